"""Reads values of unknown type from a Hoppscotch document, with its variables as ours."""

import re

from gassapi_backend.exchange.loading import text_of
from gassapi_backend.exchange.tree import Entry, Json

_VARIABLE = re.compile(r"<<([^<>]+)>>")


def mapping(value: Json) -> dict[str, Json]:
    """Return an object; an empty one for any other value."""
    return value if isinstance(value, dict) else {}


def listed(value: Json) -> list[Json]:
    """Return a list; an empty one for any other value."""
    return value if isinstance(value, list) else []


def text_or_none(value: Json) -> str | None:
    """Return text as it is, a number or truth value as text, and ``None`` for anything else."""
    return None if value is None or isinstance(value, (dict, list)) else text_of(value)


def with_our_variables(text: str) -> str:
    """Return text with ``<<name>>`` as ``{{name}}``."""
    return _VARIABLE.sub(r"{{\1}}", text) if "<<" in text else text


def our_text(value: Json) -> str:
    """Return the text of a value, with our variables."""
    return with_our_variables(text_of(value))


def entries(said: Json) -> list[Entry]:
    """Return headers or parameters that have a name, in order."""
    return [
        entry_of(one, key)
        for one in map(mapping, listed(said))
        if (key := text_or_none(one.get("key")))
    ]


def entry_of(said: dict[str, Json], key: str) -> Entry:
    """Return an entry: key, text, whether it is enabled, and its description."""
    entry: Entry = {
        "key": with_our_variables(key),
        "value": our_text(said.get("value")),
        "enabled": said.get("active") is not False,
    }
    if description := text_or_none(said.get("description")):
        entry["description"] = description
    return entry


def source_id_of(said: dict[str, Json]) -> str | None:
    """Return Hoppscotch's id of a thing."""
    return text_or_none(said.get("_ref_id")) or text_or_none(said.get("id")) or None
