"""What must never be in a history: writes that are lost, repeated or out of order."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from tests.chaos.history import History, Kind


def wrong_in(history: History) -> list[str]:
    """Return what is wrong, as sentences."""
    return [
        *_creations(history),
        *_feed(history),
        *_order(history),
        *_registers(history),
        *_comparisons(history),
        *_reads(history),
    ]


def _creations(history: History) -> Iterator[str]:
    """Each creation that was answered is there once, and no other more than once."""
    found = defaultdict(set)
    for endpoint in history.endpoints:
        found[endpoint["name"]].add(endpoint["id"])
    for one in history.of(Kind.CREATE):
        ids = found.pop(one.value, set())
        if len(ids) > 1:
            yield f"{one.value} is repeated: {len(ids)} times"
        if one.is_done and one.resource_id not in ids:
            yield f"{one.value} is lost"
        for replay in one.replays:
            if replay != (one.resource_id, one.revision):
                yield f"{one.value} was answered otherwise when it was sent again: {replay}"
    shared = set(history.shared.values())
    for name, ids in found.items():
        if not ids <= shared:
            yield f"{name} was asked for by nobody"


def _feed(history: History) -> Iterator[str]:
    """The feed has every revision once and in order, and every write where its answer says."""
    revisions = [change["revision"] for change in history.changes]
    if revisions != list(range(1, len(revisions) + 1)):
        yield f"the feed has gaps or repetitions: {_odd(revisions)}"
    for number, followed in enumerate(history.followed):
        if followed != list(range(1, len(followed) + 1)):
            yield f"follower {number} was told with gaps or repetitions: {_odd(followed)}"
    by_revision = {change["revision"]: change for change in history.changes}
    for one in history.operations:
        if one.is_done and one.kind is not Kind.READ:
            change = by_revision.get(one.revision or 0)
            wanted = one.resource_id or history.shared.get(one.kind)
            if change is None or change["resourceId"] != wanted:
                yield f"{one.value} is not in the feed at revision {one.revision}"
    named = Counter(change["resourceId"] for change in history.changes)
    for one in history.of(Kind.CREATE):
        if one.resource_id and named[one.resource_id] > 1:
            yield f"{one.value} is in the feed {named[one.resource_id]} times"


def _order(history: History) -> Iterator[str]:
    """What began after the answer to something else has a later revision."""
    done = [one for one in history.operations if one.is_done and one.kind is not Kind.READ]
    ends = sorted(done, key=lambda one: one.ended or 0)
    latest, at = 0, 0
    for one in sorted(done, key=lambda one: one.began):
        while at < len(ends) and (ends[at].ended or 0) < one.began:
            latest, at = max(latest, ends[at].revision or 0), at + 1
        if (one.revision or 0) <= latest:
            yield f"{one.value} (revision {one.revision}) came after revision {latest}"


def _registers(history: History) -> Iterator[str]:
    """The last write that was answered is what is there, unless one without an answer is."""
    by_id = {endpoint["id"]: endpoint for endpoint in history.endpoints}
    for kind in (Kind.WRITE, Kind.COMPARE):
        writes = history.of(kind)
        last = max(
            (one for one in writes if one.is_done), key=lambda one: one.revision or 0, default=None
        )
        kept = by_id.get(history.shared.get(kind, ""))
        if last is None or kept is None or kept["description"] == last.value:
            continue
        unknown = {one.value for one in writes if not one.is_done and not one.is_refused}
        if kept["description"] not in unknown or kept["revision"] < (last.revision or 0):
            yield f"{last.value} (revision {last.revision}) is lost: {kept['description']} is there"


def _comparisons(history: History) -> Iterator[str]:
    """Nothing is overwritten by who did not know of it."""
    bases = Counter(one.base for one in history.of(Kind.COMPARE) if one.is_done)
    for base, count in bases.items():
        if count > 1:
            yield f"{count} wrote over revision {base}"


def _reads(history: History) -> Iterator[str]:
    """A read sees what was answered before it began."""
    writes = [one for one in history.of(Kind.WRITE) if one.is_done]
    for read in history.of(Kind.READ):
        before = [one.revision or 0 for one in writes if (one.ended or 0) < read.began]
        if read.is_done and before and (read.revision or 0) < max(before):
            yield f"a read saw revision {read.revision}, after {max(before)} was answered"


def _odd(revisions: list[int]) -> str:
    odd = [
        f"{one} then {other}"
        for one, other in zip([0, *revisions], revisions, strict=False)
        if other != one + 1
    ]
    return ", ".join(odd[:5])
