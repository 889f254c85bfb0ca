"""Converts entries (headers, parameters, form fields, variables) of OpenCollection, and back."""

from collections.abc import Iterable

from gassapi_backend.exchange.entries import written_entries
from gassapi_backend.exchange.loading import text_of
from gassapi_backend.exchange.tree import Entry, Json, Variable
from gassapi_backend.exchange.values import is_on, listed, mapping, objects, text_in, text_or_none

Node = dict[str, Json]


def name_of(said: Json) -> str | None:
    """Return the name of an entry; ``None`` for one that is not read."""
    return text_or_none(mapping(said).get("name")) or None


def field_name_of(said: Json) -> str | None:
    """Return the name of a form field, which may be empty for one that has a value."""
    return name_of(said) or ("" if mapping(said).get("value") not in (None, "", []) else None)


def description_of(said: Json) -> str | None:
    """Return a description, which is text or an object with ``content``; ``None`` if empty."""
    return text_or_none(said.get("content") if isinstance(said, dict) else said) or None


def with_description(written: Node, name: str, description: Json) -> None:
    """Write a description in the place and shape of the previous one."""
    before = written.get(name)
    if isinstance(before, dict):
        written[name] = before | {"content": text_in(description)}
    elif description:
        written[name] = description
    else:
        written.pop(name, None)


def describe(written: Node, description: Json) -> None:
    """Write the description of an item where the previous one was: in its docs, or its info."""
    info = mapping(written.get("info"))
    if info.get("description") and not written.get("docs"):
        info = dict(info)
        with_description(info, "description", description)
        written["info"] = info
    else:
        with_description(written, "docs", description)


def read_entry(said: Node) -> Entry:
    """Return an entry: key, text, whether it is enabled, and its description."""
    entry: Entry = {
        "key": name_of(said) or "",
        "value": text_in(said.get("value")),
        "enabled": said.get("disabled") is not True,
    }
    if description := description_of(said.get("description")):
        entry["description"] = description
    return entry


def read_entries(said: Json) -> list[Entry]:
    """Return the entries that have a name, in order."""
    return [read_entry(one) for _, one in objects(said) if name_of(one)]


def rewritten(entry: Entry, before: Entry, original: Json) -> Node:
    """Return an entry for OpenCollection: its original with what was edited."""
    written = dict(original) if isinstance(original, dict) else {}
    for name, theirs in (("key", "name"), ("value", "value")):
        if original is None or entry.get(name) != before.get(name):
            written[theirs] = text_of(entry.get(name))
    if is_on(entry) != is_on(before):
        written.pop("disabled", None)
        if not is_on(entry):
            written["disabled"] = True
    if entry.get("description") != before.get("description"):
        with_description(written, "description", entry.get("description"))
    return written


def write_entries(entries: Iterable[Entry], base: Json, said: Json) -> list[Json]:
    """Return entries as a list; what was not edited stays as it was."""
    entries = [one for one in entries if isinstance(one, dict)]
    return written_entries(entries, listed(base), listed(said), rewritten, theirs=name_of)


def read_variables(said: Json) -> list[Variable]:
    """Return variables; a secret one has no value; of several values, the selected one is used."""
    return [
        {**read_entry(one), "value": _value_of(one.get("value")), "secret": _is_secret(one)}
        for _, one in objects(said)
        if name_of(one)
    ]


def _is_secret(said: Node) -> bool:
    return said.get("secret") is True


def _value_of(said: Json) -> str:
    if isinstance(said, list):
        variants = [one for _, one in objects(said)]
        selected = [one for one in variants if one.get("selected") is True] or variants
        said = selected[0].get("value") if selected else ""
    if isinstance(said, dict) and "data" in said:
        said = said["data"]
    return text_of(said)


def write_variables(variables: list[Variable], base: Json, said: Json) -> list[Json]:
    """Return variables as a list; what was not edited stays as it was."""
    return written_entries(variables, listed(base), listed(said), _variable, theirs=name_of)


def _variable(entry: Entry, before: Entry, original: Json) -> Node:
    written = rewritten(entry, before, None if original is None else _without_value(original))
    value = text_of(entry.get("value"))
    if original is not None and entry.get("value") == before.get("value"):
        if "value" in original:
            written["value"] = original["value"]
    elif isinstance(was := mapping(original).get("value"), dict) and "data" in was:
        written["value"] = was | {"data": value}
    elif isinstance(was, list):
        written["value"] = [_variant(one, value) for one in was]
    else:
        written["value"] = value
    if entry.get("secret"):  # values of secrets are not in the file
        return {"secret": True} | {k: one for k, one in written.items() if k != "value"}
    written.pop("secret", None)
    return written


def _without_value(original: Json) -> Node:
    return {name: one for name, one in mapping(original).items() if name != "value"}


def _variant(said: Json, value: str) -> Json:
    """Return one of several values, replaced if it is the selected one."""
    if isinstance(said, dict) and said.get("selected") is True:
        return said | {"value": value}
    return said
