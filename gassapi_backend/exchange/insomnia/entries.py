"""Converts headers, parameters and form fields between Insomnia's form and ours."""

from gassapi_backend.exchange.entries import written_entries
from gassapi_backend.exchange.insomnia.templates import read_text, write_text
from gassapi_backend.exchange.tree import Entry, Json
from gassapi_backend.exchange.values import is_on, listed, mapping, objects, text_in, text_or_none


def name_of(said: Json) -> str | None:
    """Return the name that our entry gets; ``None`` for one that is not read."""
    name = text_or_none(mapping(said).get("name"))
    return read_text(name) if name else None


def field_name_of(said: Json) -> str | None:
    """Return the name of a form field, which may be empty for one that has a value."""
    said = mapping(said)
    has_value = bool(text_in(said.get("value")) or text_in(said.get("fileName")))
    return name_of(said) or ("" if has_value else None)


def read_entry(said: dict[str, Json]) -> Entry:
    """Return an entry: key, text, whether it is enabled, and its description."""
    entry: Entry = {
        "key": name_of(said) or "",
        "value": read_text(text_in(said.get("value"))),
        "enabled": said.get("disabled") is not True,
    }
    if description := text_or_none(said.get("description")):
        entry["description"] = read_text(description)
    return entry


def read_entries(said: Json) -> list[Entry]:
    """Return the entries that have a name, in order."""
    return [read_entry(one) for _, one in objects(said) if name_of(one)]


def rewritten(entry: Entry, before: Entry, original: Json) -> dict[str, Json]:
    """Return an entry for Insomnia: its original with the properties that were edited."""
    written = dict(original) if isinstance(original, dict) else {}
    if not written or entry.get("key") != before.get("key"):
        written["name"] = write_text(text_in(entry.get("key")))
    if not written.keys() & {"value", "fileName"} or entry.get("value") != before.get("value"):
        written["value"] = write_text(text_in(entry.get("value")))
    if is_on(entry) != is_on(before):
        written.pop("disabled", None)
        if not is_on(entry):
            written["disabled"] = True
    if entry.get("description") != before.get("description"):
        written.pop("description", None)
        if description := text_in(entry.get("description")):
            written["description"] = write_text(description)
    return written


def write_entries(entries: list[Entry], base: Json, said: Json) -> list[Json]:
    """Return entries as a list; what was not edited stays as it was."""
    entries = [one for one in entries if isinstance(one, dict)]
    return written_entries(entries, listed(base), listed(said), rewritten, theirs=name_of)
