"""Whatever a document holds and whatever people did to it: a merge loses nothing of theirs."""

import copy
import random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gassapi_backend.exchange.merging import Prefer, Stored
from gassapi_backend.exchange.merging.orders import merged_order
from gassapi_backend.exchange.tree import Folder, Origin, Request
from tests.exchange.merging.storing import ROOT, applied, merged_with, stored_of, tree_of

SLOWLY = settings(
    deadline=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.too_slow],
)
WORDS = st.sampled_from(["a", "b", "A", "{{x}}", ""])
NAMES = st.sampled_from(["One", "Two", "Three"])
ENTRIES = st.lists(
    st.fixed_dictionaries({"key": WORDS, "value": WORDS}, optional={"enabled": st.booleans()}),
    max_size=3,
)
URLS = st.sampled_from(
    [
        "",
        "/",
        "{{base}}/a",
        "{{base}}/a/{id}",
        "http://h/a/:key",
        "/b?x=1&y=2",
        "/b?y=2",
        "/a/{id}/{x}",
    ]
)
JSON_BODIES = st.sampled_from(
    [
        "{}",
        '{"a": 1}',
        '{"a": 1, "b": {"c": [1, 2], "d": {{x}}}}',
        '{"b": {"c": [1], "e": "}"}} ',
        '{\n  // why\n  "a": "{{x}}",\n  "z": null\n}',
        "no JSON {",
        "",
    ]
)
BODIES: Any = st.one_of(
    st.just((None, None)),
    st.tuples(st.just("json"), JSON_BODIES),
    st.tuples(st.just("form-data"), ENTRIES),
    st.tuples(st.just("graphql"), st.fixed_dictionaries({"query": WORDS, "variables": WORDS})),
)
SOURCE_IDS = st.sampled_from([None, None, "i1", "i2", "i3"])


@st.composite
def requests(draw: Any) -> Request:
    """Make a request of few different values, so that much of it is alike."""
    body_type, body = draw(BODIES)
    return Request(
        draw(NAMES),
        draw(st.sampled_from(["GET", "POST"])),
        draw(URLS),
        draw(ENTRIES),
        [{**entry, "in": draw(st.sampled_from(["query", "path"]))} for entry in draw(ENTRIES)],
        body_type,
        body,
        draw(st.sampled_from([None, {"type": "none"}, {"type": "bearer", "token": "t"}])),
        draw(st.sampled_from([None, "text"])),
        [{"name": draw(NAMES), "status": draw(st.sampled_from([200, 404]))}],
        origin=Origin("made up", "1", "/x", draw(SOURCE_IDS), draw(SOURCE_IDS), draw(WORDS)),
    )


def folders(items: Any) -> Any:
    """Return folders of such items."""
    return st.builds(
        Folder,
        NAMES,
        st.sampled_from([None, "text"]),
        ENTRIES,
        ENTRIES,
        items=st.lists(items, max_size=4),
        origin=st.builds(
            Origin, st.just("made up"), st.just("1"), st.just("/f"), SOURCE_IDS, st.none(), WORDS
        ),
    )


TREES = folders(st.recursive(requests(), folders, max_leaves=6))


def edit(stored: list[Stored], dice: random.Random) -> list[Stored]:
    """Return what people may have made of it: edited, moved, deleted, reordered, added to."""
    stored = copy.deepcopy(stored)
    for number in range(dice.randrange(6)):
        living = [one for one in stored if one.node is not None]
        one = dice.choice(living)
        what = dice.randrange(6)
        if what == 0 and one.node:
            one.node.name = f"Ours {number}"
        elif what == 1 and isinstance(one.node, Request):
            one.node.body_type, one.node.body = "json", '{"ours": 1, "a": 2}'
            one.node.headers.append({"key": "ours", "value": "1"})
        elif what == 2 and one.node:
            one.node.headers = one.node.headers[1:]
        elif what == 3 and one.id != ROOT:
            targets = [o for o in living if o.is_folder and not below(stored, o.id, one.id)]
            one.parent_id, one.position = dice.choice(targets).id, dice.randrange(5)
        elif what == 4 and one.id != ROOT:
            for each in [o for o in stored if below(stored, o.id, one.id)]:
                each.node = None
            stored = [one for one in stored if one.node is not None or is_kept(one)]
        else:
            parent = dice.choice([o for o in living if o.is_folder])
            node: Any = dice.choice([Folder(f"Own {number}"), Request(f"Own {number}")])
            own = Stored(
                f"own {dice.random()}", node, parent.id, 9, is_folder=isinstance(node, Folder)
            )
            stored.append(own)
    return stored


def is_kept(deleted: Stored) -> bool:
    """Whether it is known of something deleted that it was: not, if only people had it."""
    return deleted.origin is not None and not deleted.is_gone


def plain(tree: Any) -> Any:
    """Return a tree without what entries say by saying nothing, and without variables' values."""
    fields, is_gone, items = tree
    fields = copy.deepcopy(fields)
    for entry in (*fields["headers"], *fields.get("params", ()), *fields.get("variables", ())):
        entry.setdefault("enabled", True)
    for variable in fields.get("variables", ()):
        del variable["value"]
    if fields.get("body_type") == "form-data":
        for entry in fields["body"]:
            entry.setdefault("enabled", True)
    return fields, is_gone, [plain(item) for item in items]


def below(stored: list[Stored], id_: str | None, ancestor: str) -> bool:
    """Whether something is in something, or the same."""
    by_id = {one.id: one for one in stored}
    while id_ in by_id:  # of what was forgotten, nothing is known
        if id_ == ancestor:
            return True
        id_ = by_id[id_].parent_id
    return False


@SLOWLY
@given(TREES)
def test_a_document_merged_with_itself_gives_nothing(tree: Folder) -> None:
    merged = merged_with(stored_of(tree), copy.deepcopy(tree))
    assert merged.is_nothing
    assert merged.notes == []
    assert merged.unchanged == len(stored_of(tree))


@SLOWLY
@given(TREES, st.integers(0, 10**6))
def test_the_document_that_was_imported_takes_nothing_back(tree: Folder, seed: int) -> None:
    stored = edit(stored_of(tree), random.Random(seed))  # noqa: S311 - no secret
    merged = merged_with(stored, copy.deepcopy(tree))
    assert merged.is_nothing


@SLOWLY
@given(TREES, TREES)
def test_what_nobody_edited_becomes_the_newer_document(first: Folder, second: Folder) -> None:
    stored = stored_of(first)
    merged = merged_with(stored, copy.deepcopy(second), prune=True)
    assert plain(tree_of(applied(stored, merged))) == plain(tree_of(stored_of(second)))


@SLOWLY
@given(TREES, TREES, st.integers(0, 10**6), st.sampled_from(Prefer), st.booleans())
def test_a_merge_can_be_carried_out_and_is_done_after_that(
    first: Folder, second: Folder, seed: int, prefer: Prefer, prune: bool
) -> None:
    stored = edit(stored_of(first), random.Random(seed))  # noqa: S311 - no secret
    after = applied(stored, merged_with(stored, copy.deepcopy(second), prefer, prune=prune))
    for one in after:
        if one.node is not None:
            assert below(after, one.id, ROOT)
    again = merged_with(after, copy.deepcopy(second), prefer, prune=prune, name="again")
    assert again.is_nothing


@SLOWLY
@given(TREES, TREES, st.integers(0, 10**6), st.booleans())
def test_nothing_that_people_wrote_is_lost(
    first: Folder, second: Folder, seed: int, prune: bool
) -> None:
    stored = edit(stored_of(first), random.Random(seed))  # noqa: S311 - no secret
    after = applied(stored, merged_with(stored, copy.deepcopy(second), prune=prune))
    now = {one.id: one for one in after}
    for one in stored:
        if one.node is None:
            assert one.id not in now or now[one.id].node is None
        elif one.origin is None:
            assert now[one.id].node == one.node
            assert now[one.id].parent_id == one.parent_id
        elif one.node.name.startswith("Ours"):
            kept = now[one.id].node
            assert kept is not None
            assert kept.name == one.node.name
        if isinstance(one.node, Request) and {"key": "ours", "value": "1"} in one.node.headers:
            kept = now[one.id].node
            assert isinstance(kept, Request)
            assert {"key": "ours", "value": "1"} in kept.headers
            assert '"ours": 1' in kept.body


KEYS = st.lists(st.integers(0, 6), unique=True, max_size=6)


@given(KEYS, KEYS, KEYS)
def test_an_order_has_everything_once_and_stays(
    base: list[int], ours: list[int], theirs: list[int]
) -> None:
    keep = {*ours, *theirs}
    found = merged_order(base, ours, theirs, keep)
    assert sorted(found) == sorted(keep)
    assert merged_order(theirs, found, theirs, keep) == found
    assert merged_order(base, ours, base, {*ours, *base})[:0] == []
    assert merged_order(ours, ours, theirs, set(theirs)) == theirs
