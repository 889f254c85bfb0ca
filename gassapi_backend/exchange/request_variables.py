"""Puts the variables that a request has of its own into the request: ours have none.

In the tools that have such variables they win over all others, so the same is sent.
"""

import re
from collections.abc import Callable

from gassapi_backend.exchange.tree import Json, Request

_MAX_EXPANSIONS = 10
"""How often values are put into values, at most."""
_LONGEST = 10_000
"""The longest value that others are put into: they could double it each time."""
_NOT_IN_SEGMENT = frozenset("?#")
_NAME = re.compile(r"[^/?#:{}]+")


def expanded(found: dict[str, str]) -> dict[str, str]:
    """Return variables with the values of the others filled into theirs."""
    pattern = _pattern(found)
    return {key: _expanded(value, found, pattern) for key, value in found.items()}


def _pattern(variables: dict[str, str]) -> re.Pattern[str]:
    return re.compile(r"\{\{\s*(" + "|".join(map(re.escape, variables)) + r")\s*\}\}")


def _expanded(text: str, variables: dict[str, str], pattern: re.Pattern[str]) -> str:
    """Return a value with variables filled in; as it is, if they refer to each other in circles."""
    expanded = text
    for _ in range(_MAX_EXPANSIONS):
        before, expanded = expanded, pattern.sub(lambda one: variables[one[1]], expanded)
        if expanded == before or len(expanded) > _LONGEST:
            break
    return text if expanded != before or len(expanded) > _LONGEST else expanded


def fill_in(request: Request, variables: dict[str, str]) -> list[str]:
    """Give a request its own variables; return those whose values had to be written into it.

    A variable that is a whole segment of the path becomes a path variable.
    """
    start, mark, rest = request.url.partition("?")
    parts = start.split("/")
    first = 3 if "://" in start else 1
    for place, part in enumerate(parts[first:], first):
        name = part.removeprefix("{{").removesuffix("}}")
        if part == f"{{{{{name}}}}}" and _fits_segment(name, variables):
            parts[place] = f":{name}"
    request.url = "/".join(parts) + mark + rest
    in_path = {part[1:] for part in parts[first:] if part.startswith(":")}
    in_path -= {one["key"] for one in request.params if one.get("in") == "path"}
    written = _write_in(request, variables)
    request.params += [
        {"key": key, "value": value, "enabled": True, "in": "path"}
        for key, value in variables.items()
        if key in in_path
    ]
    return written


def _fits_segment(name: str, variables: dict[str, str]) -> bool:
    return (
        name in variables
        and _NAME.fullmatch(name) is not None
        and not _NOT_IN_SEGMENT & set(variables[name])
    )


def _write_in(request: Request, variables: dict[str, str]) -> list[str]:
    used: set[str] = set()

    def value(found: re.Match[str]) -> str:
        if variables[found[1]] != found[0]:
            used.add(found[1])
        return variables[found[1]]

    pattern = _pattern(variables)
    for name in ("url", "headers", "params", "body", "auth"):
        setattr(request, name, _replaced(getattr(request, name), pattern, value))
    return sorted(used)


def _replaced(said: Json, pattern: re.Pattern[str], value: Callable[[re.Match[str]], str]) -> Json:
    if isinstance(said, str):
        return pattern.sub(value, said)
    if isinstance(said, list):
        return [_replaced(one, pattern, value) for one in said]
    if isinstance(said, dict):
        return {key: _replaced(one, pattern, value) for key, one in said.items()}
    return said
