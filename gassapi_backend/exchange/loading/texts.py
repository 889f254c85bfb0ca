"""Repairs text that cannot be stored as it is, because of lone surrogates."""

import re

from gassapi_backend.exchange.tree import Json, Note, What

_SURROGATE = re.compile("[\ud800-\udfff]")
REPLACEMENT = "\ufffd"


def whole(text: str) -> str:
    """Return text in which each surrogate pair is one character.

    Lone surrogates, which UTF-8 cannot encode, become U+FFFD.
    """
    if not _SURROGATE.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def without_surrogates(data: Json) -> tuple[Json, list[Note]]:
    """Return the data with only whole characters, and a note if anything was replaced.

    Lists and objects are changed in place.
    """
    top = [data]
    waiting: list[Json] = [top]
    changed = 0
    while waiting:
        container = waiting.pop()
        if isinstance(container, dict):
            changed += _mend_keys(container)
        for key, value in (
            container.items() if isinstance(container, dict) else enumerate(container)
        ):
            if isinstance(value, str) and _SURROGATE.search(value):
                container[key] = whole(value)
                changed += 1
            elif isinstance(value, (dict, list)):
                waiting.append(value)
    return top[0], [_note(changed)] if changed else []


def _mend_keys(container: dict[str, Json]) -> int:
    if not any(map(_SURROGATE.search, container)):
        return 0
    mended = {whole(key): value for key, value in container.items()}
    container.clear()
    container.update(mended)
    return 1


def _note(count: int) -> Note:
    return Note(
        What.KEPT,
        "document",
        "",
        "",
        f"{count} texts held half of a surrogate pair, which is no character: "
        "U+FFFD stands in its place",
    )
