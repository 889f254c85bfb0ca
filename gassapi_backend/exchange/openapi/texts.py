"""Writes values as text for URLs, headers, bodies and names."""

import json
import re

import orjson

from gassapi_backend.exchange.loading import text_of
from gassapi_backend.exchange.tree import Json


def json_text(value: Json, *, indented: bool = True) -> str:
    """Write JSON, indented by two spaces or compact."""
    try:
        return orjson.dumps(value, option=orjson.OPT_INDENT_2 if indented else 0).decode()
    except TypeError:  # an integer beyond 64 bits, a lone surrogate
        indent, separators = (2, (",", ": ")) if indented else (None, (",", ":"))
        return json.dumps(value, indent=indent, ensure_ascii=False, separators=separators)


def plain_text(value: Json) -> str:
    """Write a value into a URL, header or form field; objects and lists as JSON."""
    if isinstance(value, dict | list):
        return json_text(value, indented=False)
    return text_of(value)


def text_or_none(value: Json) -> str | None:
    """Return text as it is, a number as it was written, and ``None`` for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return text_of(value)


def first_paragraph(text: str, longest: int = 500) -> str:
    """Return the first paragraph on one line, cut at a word if it is too long."""
    paragraph = " ".join(re.split(r"\n\s*\n", text.strip(), maxsplit=1)[0].split())
    if len(paragraph) <= longest:
        return paragraph
    return paragraph[: longest - 1].rsplit(" ", 1)[0] + "…"


def objects(value: Json) -> list[dict[str, Json]]:
    """Return the objects in a list; nothing if it is not a list."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def mapping(value: Json) -> dict[str, Json]:
    """Return an object; an empty one for any other value."""
    return value if isinstance(value, dict) else {}
