"""Bodies: JSON member by member, forms entry by entry, anything else as a whole."""

from typing import cast

from gassapi_backend.exchange.merging import json_spans
from gassapi_backend.exchange.merging.json_spans import Member, Value
from gassapi_backend.exchange.merging.orders import merged_order
from gassapi_backend.exchange.merging.settling import ABSENT, Absent, Settling, same
from gassapi_backend.exchange.tree import Json

Body = tuple[Json, Json]
"""Type and content."""

FORMS = ("x-www-form-urlencoded", "form-data")


def settle_body(settling: Settling, base: Body, ours: Body, theirs: Body) -> Body:
    """Return the merged body."""
    if same([*base], [*theirs]) or same([*ours], [*theirs]):
        return ours
    if same([*base], [*ours]):
        settling.taken.append("body")
        return theirs
    kinds = {base[0], ours[0], theirs[0]}
    bodies = (base[1], ours[1], theirs[1])
    if len(kinds) == 1 and ours[0] in FORMS and all(isinstance(one, list) for one in bodies):
        return ours[0], settling.settle_list(bodies, entry_key, _label, name="form fields")
    if len(kinds) == 1 and all(isinstance(one, dict) for one in bodies):
        return ours[0], _settle_properties(settling, *bodies)
    is_text = len(kinds) == 1 and all(isinstance(one, str) for one in bodies)
    if is_text and (text := _settle_json(settling, *bodies)) is not None:
        return ours[0], text
    settled = settling.settle("body", [*base], [*ours], [*theirs])
    kind, content = cast("list[Json]", settled)
    return kind, content


def entry_key(entry: Json) -> str:
    """Return what identifies an entry."""
    return name_of(entry) if isinstance(entry, dict) else repr(entry)


def name_of(entry: Json) -> str:
    """Return an entry's key as text."""
    return str(entry.get("key", "")) if isinstance(entry, dict) else ""


def _label(entry: Json) -> str:
    return f"form field {name_of(entry)}"


def _settle_properties(
    settling: Settling, base: dict[str, Json], ours: dict[str, Json], theirs: dict[str, Json]
) -> Json:
    settled = {}
    for name in dict.fromkeys((*ours, *theirs)):
        versions = [version.get(name, ABSENT) for version in (base, ours, theirs)]
        if (value := settling.settle(f"body: {name}", *versions)) is not ABSENT:
            settled[name] = value
    return settled


def _settle_json(settling: Settling, base: str, ours: str, theirs: str) -> str | None:
    """Return merged JSON text that keeps ours as it is written; ``None`` if one is not an object.

    Where texts differ only in white space, ours wins.
    """
    versions = [json_spans.parse(text) for text in (base, ours, theirs)]
    if any(version is None for version in versions):
        return None
    b, o, t = cast("list[Value]", versions)
    if o.members is None or t.members is None or b.members is None:
        return None
    merged = _settle_object(settling, "body ", b, o, t)
    start = json_spans.start_of(ours)
    return ours[:start] + merged.text + ours[start + len(o.text) :]


def _settle_object(settling: Settling, path: str, base: Value, ours: Value, theirs: Value) -> Value:
    b, o, t = (version.members or {} for version in (base, ours, theirs))
    style = next(reversed(o.values()), None)
    settled: dict[str, Member] = {}
    for key in dict.fromkeys((*o, *t, *b)):
        found = [members[key].value if key in members else None for members in (b, o, t)]
        value = _settle_value(settling, f"{path}/{key[1:-1]}", *found)
        if value is None:
            continue
        if key in o:
            settled[key] = Member(o[key].lead, key, o[key].middle, value)
        else:
            settled[key] = _styled(t[key] if key in t else b[key], value, style, ours)
    order = [*o] if all(key in o for key in settled) else merged_order([*b], [*o], [*t], settled)
    members = [settled[key] for key in order if key in settled]
    if [one.value.text for one in members] == [one.value.text for one in o.values()]:
        return ours
    return Value(json_spans.written(members, ours.tail), {one.key: one for one in members})


def _settle_value(
    settling: Settling, path: str, base: Value | None, ours: Value | None, theirs: Value | None
) -> Value | None:
    if ours and theirs and ours.members is not None and theirs.members is not None:
        before = base if base and base.members is not None else Value("{}", {})
        return _settle_object(settling, path, before, ours, theirs)
    texts: list[Json | Absent] = [one.plain if one else ABSENT for one in (base, ours, theirs)]
    settled = settling.settle(path, *texts)
    if settled is ABSENT:
        return None
    return ours if ours and settled == ours.plain else theirs


def _styled(member: Member, value: Value, style: Member | None, ours: Value) -> Member:
    """Return a new member, laid out like those beside it."""
    if "\n" not in ours.text:
        value = Value(value.plain, value.members)
    if style is None:
        return Member("", member.key, ": " if "\n" in ours.text else ":", value)
    is_alone = len(ours.members or ()) == 1 and not style.lead
    lead = "".join(style.lead.rpartition("\n")[1:]) if "\n" in style.lead else style.lead
    lead = " " if is_alone and style.middle.endswith(" ") else json_spans.plain_space(lead)
    return Member(lead, member.key, style.middle, value)
