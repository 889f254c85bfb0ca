"""Converts the data of environments, which may be nested, to a flat list of variables, and back."""

import copy
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from gassapi_backend.exchange.insomnia.templates import read_text, write_text
from gassapi_backend.exchange.loading import text_of
from gassapi_backend.exchange.loading.scalars import NumberAsWritten
from gassapi_backend.exchange.tree import Json, Variable

Path = tuple[str | int, ...]

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})", re.ASCII)
_NUMBER = re.compile(
    r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,17})?(?:[eE][-+]?[0-9]{1,2})?", re.ASCII
)
_PLACE = re.compile(r"\[(\d{1,6})\]")


def leaves(data: Json, path: Path = ()) -> Iterator[tuple[Path, Json]]:
    """Yield the values in nested data, each with its path."""
    for step, value in data.items() if isinstance(data, dict) else enumerate(data):
        if isinstance(value, (dict, list)):
            yield from leaves(value, (*path, step))
        else:
            yield (*path, step), value


def key_of(path: Path) -> str:
    """Return the name of a nested value in Insomnia's templates: ``a.b[0].c``."""
    key = ""
    for step in path:
        key += f"[{step}]" if isinstance(step, int) else f".{step}" if key else step
    return key


def path_of(key: str) -> Path:
    """Return the path to a value, given its name."""
    steps: list[str | int] = []
    for part in key.split("."):
        name, *places = re.split(r"(?=\[\d{1,6}\])", part)
        steps += [name] if name or not places else []
        for place in places:
            found = _PLACE.fullmatch(place)
            steps.append(int(found[1]) if found and steps else place)
    return tuple(steps) if all(step != "" for step in steps) else (key,)


def read_data(data: Json) -> list[Variable]:
    """Return an environment's data as variables, with each value as text."""
    if not isinstance(data, dict):
        return []
    return [
        {"key": key_of(path), "value": read_text(text_of(value)), "enabled": True, "secret": False}
        for path, value in leaves(data)
        if path != ("",)
    ]


def is_nested(data: Json) -> bool:
    """Whether data has nested values, which become variables with a path as their name."""
    return isinstance(data, dict) and any(isinstance(one, (dict, list)) for one in data.values())


def write_data(
    variables: list[Variable], base: list[Variable], data: Json
) -> tuple[dict[str, Json], list[str]]:
    """Return data with what was edited, and the keys for which it has no place.

    ``base`` are the variables that were read from ``data``. A value that was a number or a truth
    value becomes one again, if its text still is one.
    """
    written: dict[str, Json] = copy.deepcopy(data) if isinstance(data, dict) else {}
    found = {key_of(path): (path, value) for path, value in leaves(written)}
    before = {one["key"]: one for one in base}
    now = {one["key"]: one for one in variables}
    for key in before.keys() - now.keys():
        if key in found:
            _remove(written, found[key][0])
    left_out = []
    for key, variable in now.items():
        path, value = found.get(key, (path_of(key), ""))
        said = text_of(variable.get("value"))
        if key in found and text_of(before.get(key, {}).get("value")) == said:
            _put(written, path, _as_written(value, said))
        elif not _put(written, path, _like(value, write_text(said))):
            left_out.append(key)
    return written, left_out


def _as_written(value: Json, text: str) -> Json:
    """Return a number that will be spelled as it was before, if it is still the same number."""
    if type(value) is float and repr(value) != text and _NUMBER.fullmatch(text):
        return NumberAsWritten(value, text)
    return value


def _like(value: Json, text: str) -> Json:
    """Return text as the kind of value that was there before."""
    if isinstance(value, bool) and text in ("true", "false"):
        return text == "true"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if _INTEGER.fullmatch(text):
            return int(text)
        if _NUMBER.fullmatch(text):
            return float(text)
    return text


def _put(data: Json, path: Path, value: Json) -> bool:
    """Set a value in nested data; return whether that was possible."""
    for step, following in pairwise(path):
        data = _entered(data, step, [] if isinstance(following, int) else {})
        if data is None:
            return False
    return _set(data, path[-1], value)


def _entered(data: Json, step: str | int, empty: Json) -> Json:
    """Return the object or list that a step leads to, created if there was nothing."""
    if isinstance(data, dict) and isinstance(step, str):
        inner = data.setdefault(step, empty)
    elif isinstance(data, list) and isinstance(step, int) and step <= len(data):
        if step == len(data):
            data.append(empty)
        inner = data[step]
    else:
        return None
    return inner if type(inner) is type(empty) else None


def _set(data: Json, step: str | int, value: Json) -> bool:
    if isinstance(data, dict) and isinstance(step, str):
        if isinstance(data.get(step), (dict, list)):
            return False
        data[step] = value
        return True
    if isinstance(data, list) and isinstance(step, int) and step <= len(data):
        data[step : step + 1] = [value]
        return True
    return False


def _remove(data: Any, path: Path) -> None:
    """Remove a value from nested data, and the objects that this leaves empty."""
    way = [data]
    for at in path[:-1]:
        way.append(way[-1][at])
    step: Any
    for inside, step in zip(reversed(way), reversed(path), strict=True):
        if isinstance(inside, list):
            inside[step] = None  # those after it keep their places
            return
        inside.pop(step, None)
        if inside:
            return
