"""Reads values of unknown type from a Postman document: texts, lists, objects, descriptions."""

from gassapi_backend.exchange.loading import text_of
from gassapi_backend.exchange.tree import Entry, Json


def mapping(value: Json) -> dict[str, Json]:
    """Return an object; an empty one for any other value."""
    return value if isinstance(value, dict) else {}


def listed(value: Json) -> list[Json]:
    """Return a list; an empty one for any other value."""
    return value if isinstance(value, list) else []


def text_or_none(value: Json) -> str | None:
    """Return text as it is, a number or truth value as text, and ``None`` for anything else."""
    return None if value is None or isinstance(value, (dict, list)) else text_of(value)


def key_of(said: Json) -> str | None:
    """Return the key of an entry, which old documents call ``id`` or ``name``."""
    said = mapping(said)
    return next(
        (key for name in ("key", "id", "name") if (key := text_or_none(said.get(name)))), None
    )


def field_key_of(said: Json) -> str | None:
    """Return the key of a form field, which may be empty for one that has a value."""
    has_value = bool(text_or_none(mapping(said).get("value")) or mapping(said).get("src"))
    return key_of(said) or ("" if has_value else None)


def is_off(said: Json) -> bool:
    """Whether an entry is ``disabled`` or, in older documents, not ``enabled``."""
    return bool(said.get("disabled")) or said.get("enabled") is False


def description_of(said: Json) -> str | None:
    """Return a description, which is text or an object with ``content``; ``None`` if empty."""
    content = said.get("content") if isinstance(said, dict) else said
    return text_or_none(content) or None


def with_description(written: dict[str, Json], description: Json) -> None:
    """Write a description in the place and shape of the previous one."""
    before = written.get("description")
    if isinstance(before, dict):
        written["description"] = before | {"content": description or ""}
    elif description:
        written["description"] = description
    else:
        written.pop("description", None)


def entry_of(said: dict[str, Json], key: str) -> Entry:
    """Return an entry: key, text, whether it is enabled, and its description."""
    entry: Entry = {"key": key, "value": text_of(said.get("value")), "enabled": not is_off(said)}
    if description := description_of(said.get("description")):
        entry["description"] = description
    return entry


def rewritten(entry: Entry, before: Entry, original: Json) -> dict[str, Json]:
    """Return an entry for Postman: its original with the properties that were edited."""
    written = dict(original) if isinstance(original, dict) else {}
    if not written or entry.get("key") != before.get("key"):
        name = next((name for name in ("key", "id", "name") if name in written), "key")
        written[name] = entry.get("key", "")
    if not written.keys() & {"value", "src"} or entry.get("value") != before.get("value"):
        written["value"] = entry.get("value", "")
    if not is_on(entry):
        written["disabled"] = True
    elif not is_on(before) or not before:
        written.pop("disabled", None)
        written.pop("enabled", None)
    if entry.get("description") != before.get("description"):
        with_description(written, entry.get("description"))
    return written


def is_on(entry: Entry) -> bool:
    """Whether an entry of ours is sent."""
    return entry.get("enabled", True) is not False
