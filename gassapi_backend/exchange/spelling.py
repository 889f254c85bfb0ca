"""Keeps plain YAML scalars as they were written, where a format wants text."""

from collections.abc import Mapping
from dataclasses import dataclass

from gassapi_backend.exchange.loading import json_text, text_of
from gassapi_backend.exchange.sources import Source, Syntax
from gassapi_backend.exchange.tree import Json


@dataclass(frozen=True, slots=True)
class Texts:
    """Where a format wants text: the keys of such values, and of objects that hold only text.

    Keys in ``free`` may hold any value; keys in ``others`` are not text even in such objects.
    """

    keys: frozenset[str]
    inside: frozenset[str] = frozenset()
    free: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()


LARGEST = 2**53 - 1
"""The largest integer that every reader of JSON or YAML takes for what was written."""


def as_spelled(source: Source, texts: Texts) -> Json:
    """Return a document's data, with YAML scalars as written where the format wants text.

    Those that say the same as a value of JSON (``42``, ``1.5``, ``true``) stay such values, so that
    they come back as they were; the others become the text that was written.
    """
    if source.syntax is not Syntax.YAML or not isinstance(source.data, dict):
        return source.data
    return _copied(source.data, "", source.scalars, texts, is_inside=False)


def _copied(
    value: Json, pointer: str, scalars: Mapping[str, str], texts: Texts, *, is_inside: bool
) -> Json:
    """Return a copy; the recursion is bounded by the depth of what was loaded."""
    if isinstance(value, list):
        return [
            _copied(one, f"{pointer}/{at}", scalars, texts, is_inside=is_inside)
            for at, one in enumerate(value)
        ]
    if not isinstance(value, dict):
        return value
    copied: dict[str, Json] = {}
    for key, one in value.items():
        place = f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}"
        if key in texts.free:
            copied[key] = one
        elif isinstance(one, (dict, list)):
            inside = is_inside or key in texts.inside
            copied[key] = _copied(one, place, scalars, texts, is_inside=inside)
        elif key not in texts.others and (key in texts.keys or is_inside):
            copied[key] = _spelled(one, scalars.get(place))
        else:
            copied[key] = one
    return copied


def _spelled(value: Json, written: str | None) -> Json:
    """Return a value if its text can be had from it, also after it was stored; else that text."""
    if value is None and written is None:
        return None
    text = text_of(value, written)
    is_usual = isinstance(value, bool) or type(value) is int or type(value) is float
    return value if is_usual and text == json_text(value) and abs(value) <= LARGEST else text
