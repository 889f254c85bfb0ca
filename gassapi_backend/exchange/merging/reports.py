"""What a merge reports on each thing."""

import json

from gassapi_backend.exchange.merging.outcome import Prefer, Stored
from gassapi_backend.exchange.merging.settling import ABSENT, Absent, Conflict, Settling
from gassapi_backend.exchange.tree import Environment, Json, Note, What

MAX_SHOWN = 1000
"""How many characters of a value's JSON text a report shows."""


def report_settled(
    settling: Settling, kind: str, id_: str | None, name: str, pointer: str, *, is_updated: bool
) -> list[Note]:
    """Return the notes on a thing whose fields were settled."""
    notes = []
    if is_updated:
        fields = settling.taken + [one.label for one in settling.conflicts if _is_taken(settling)]
        reason = f"The source changed: {_listing(fields)}."
        notes.append(Note(What.UPDATED, kind, name, pointer, reason, id_))
    for conflict in settling.conflicts:
        notes.append(_conflict(settling.prefer, conflict, kind, id_, name, pointer))
    if settling.deleted:
        reason = f"Deleted here, and stays deleted: {_listing(settling.deleted)}."
        notes.append(Note(What.KEPT, kind, name, pointer, reason, id_))
    if settling.values:
        reason = (
            "The value changed in the source, but variables keep the values that they have here: "
            f"{_listing(settling.values)}."
        )
        notes.append(Note(What.KEPT, kind, name, pointer, reason, id_))
    return notes


def report_created(kind: str, id_: str, name: str, pointer: str) -> Note:
    """Return the note on a new thing."""
    return Note(What.CREATED, kind, name, pointer, "It is new in the source.", id_)


def report_gone(one: Stored, *, is_deleted: bool, is_edited: bool) -> Note:
    """Return the note on a thing that the source no longer has."""
    if is_deleted:
        reason = "The source no longer has it, and nobody edited it here: it is deleted."
    elif is_edited:
        reason = "The source no longer has it. It was edited here, so it stays, marked."
    else:
        reason = "The source no longer has it. It stays, marked."
    pointer = one.origin.pointer if one.origin else ""
    return Note(What.GONE, one.kind, one.name, pointer, reason, one.id)


def report_gone_environment(one: Environment) -> Note:
    """Return the note on an environment that the source no longer has: it stays as it is."""
    pointer = one.origin.pointer if one.origin else ""
    reason = "The source no longer has it. It stays."
    return Note(What.GONE, "environment", one.name, pointer, reason, one.id)


def report_back(one: Stored, pointer: str) -> Note:
    """Return the note on a thing that was gone from the source, and is there again."""
    reason = "The source has it again: it is no longer marked."
    return Note(What.UPDATED, one.kind, one.name, pointer, reason, one.id)


def report_moved(one: Stored, pointer: str, folder: str, *, is_ours: bool) -> Note:
    """Return the note on a thing that the source moved; ``is_ours``: people here moved it too."""
    if is_ours:
        reason = f"The source and people here moved it to different places: it goes to “{folder}”."
        return _not_agreed(one, pointer, folder, reason)
    reason = f"The source moved it to “{folder}”."
    return Note(What.UPDATED, one.kind, one.name, pointer, reason, one.id)


def report_not_moved(one: Stored, pointer: str, folder: str, why: str) -> Note:
    """Return the note on a thing that the source moved, but that stays where it is here."""
    return _not_agreed(one, pointer, folder, why)


def _not_agreed(one: Stored, pointer: str, folder: str, reason: str) -> Note:
    details = {"field": "parent", "ours": one.parent_name, "source": folder}
    return Note(What.CONFLICT, one.kind, one.name, pointer, reason, one.id, details)


def report_deleted_here(kind: str, name: str, pointer: str, *, is_changed: bool) -> Note:
    """Return the note on a thing that was deleted here and is in the source."""
    if is_changed:
        reason = "It was deleted here and changed in the source. It stays deleted."
        return Note(What.CONFLICT, kind, name, pointer, reason, None, _deleted(kind, name))
    return Note(What.KEPT, kind, name, pointer, "It was deleted here, and stays so.")


def report_restored(kind: str, name: str, pointer: str, id_: str) -> Note:
    """Return the note on a thing that was deleted here and comes back, as the source wins."""
    reason = "It was deleted here and changed in the source. It is back."
    return Note(What.CONFLICT, kind, name, pointer, reason, id_, _deleted(kind, name))


def report_skipped(kind: str, name: str, pointer: str) -> Note:
    """Return the note on a new thing in a collection that was deleted here."""
    reason = "It is new in the source, in a collection that was deleted here."
    return Note(What.SKIPPED, kind, name, pointer, reason)


def report_kept_up(kind: str, id_: str | None, name: str, pointer: str) -> Note:
    """Return the note on a thing of which only what is kept for an export changed."""
    reason = "The source changed something that only an export to the same format shows."
    return Note(What.UPDATED, kind, name, pointer, reason, id_)


def _deleted(kind: str, name: str) -> dict[str, Json]:
    return {"field": kind, "ours": None, "source": name}


def _is_taken(settling: Settling) -> bool:
    return settling.prefer is Prefer.SOURCE


def _conflict(
    prefer: Prefer, conflict: Conflict, kind: str, id_: str | None, name: str, pointer: str
) -> Note:
    label, is_ours = _spoken(conflict.label), prefer is Prefer.OURS
    if conflict.theirs is ABSENT:
        what = f"{label} was changed here and is no longer in the source"
        end = "It stays as it is here." if is_ours else "It is gone here too."
    elif conflict.ours is ABSENT:
        what = f"{label} was deleted here and changed in the source"
        end = "It stays deleted." if is_ours else "It is back."
    else:
        what = f"{label} was changed here and in the source"
        end = "What is here stays." if is_ours else "The source's is taken."
    details = {
        "field": conflict.label,
        "ours": _shown(conflict.ours),
        "source": _shown(conflict.theirs),
    }
    reason = f"{what[0].upper()}{what[1:]}. {end}"
    return Note(What.CONFLICT, kind, name, pointer, reason, id_, details)


def _shown(value: Json | Absent) -> Json:
    """Return a value as a report shows it: null if absent, and only the beginning of a long one."""
    if value is ABSENT:
        return None
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return value if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + "…"


def _listing(labels: list[str]) -> str:
    shown = ", ".join(dict.fromkeys(map(_spoken, labels[:20])))
    return f"{shown} and {len(labels) - 20} more" if len(labels) > 20 else shown


def _spoken(label: str) -> str:
    """Return a label as a sentence has it."""
    return f"URL{label[3:]}" if label.partition(":")[0] == "url" else label
