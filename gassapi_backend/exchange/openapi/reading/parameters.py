"""Reads parameters of an operation as entries: query, path, headers and cookies."""

from collections.abc import Iterator
from dataclasses import dataclass

from gassapi_backend.exchange.openapi.extensions import OWN
from gassapi_backend.exchange.openapi.grammar import BACKPORT
from gassapi_backend.exchange.openapi.reading.properties import merged, nested_pairs
from gassapi_backend.exchange.openapi.reading.sampling import NOTHING, said_value
from gassapi_backend.exchange.openapi.reading.values import (
    has_default,
    is_sent,
    off_keys,
    properties_of,
    schema_of,
    value_of,
    whole_value,
)
from gassapi_backend.exchange.openapi.references import References
from gassapi_backend.exchange.openapi.texts import mapping, plain_text, text_or_none
from gassapi_backend.exchange.tree import Entry, Json

LIST_FORMAT = "x-collectionFormat"
"""On a parameter of Swagger 2: the format of its list, where OpenAPI 3 has no such style."""

PLACES = frozenset({"query", "querystring", "path", "header", "cookie"})
"""The places that a parameter may be in."""

NOT_PARAMETERS = frozenset({"accept", "content-type", "authorization"})
"""Headers that are determined elsewhere, says the specification ("Parameter Object", ``name``)."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter: what it says, its place, and whether the path or the operation lists it."""

    said: dict[str, Json]
    name: str
    place: str
    of_path: bool
    index: int


@dataclass(frozen=True, slots=True)
class Placed:
    """An entry, the list of a request that it belongs to, and the parameter it was made from."""

    list_name: str
    entry: Entry
    parameter: Parameter | None = None


def parameters_of(
    references: References, item: dict[str, Json], operation: dict[str, Json]
) -> list[Parameter]:
    """Return the parameters of a path and its operation, in order; the operation's own win."""
    found: dict[tuple[str, str], Parameter] = {}
    for owner, of_path in ((item, True), (operation, False)):
        for index, raw in enumerate(_listed(owner)):
            said = references.follow(raw)
            name, place = text_or_none(said.get("name")), said.get("in")
            if name is not None and isinstance(place, str):
                found[name, place] = Parameter(said, name, place, of_path, index)
    return list(found.values())


def _listed(owner: dict[str, Json]) -> list[Json]:
    found: list[Json] = []
    for key in ("parameters", BACKPORT + "querystring"):
        listed = owner.get(key)
        found += listed if isinstance(listed, list) else []
    return found


def in_parts(parameter: Parameter) -> bool:
    """Whether an object as this parameter is sent as one parameter for each of its properties."""
    said = parameter.said
    if parameter.place != "query" or "content" in said:
        return False
    style = said.get("style", "form")
    return style == "deepObject" or said.get("explode", style == "form") is True


def read_parameters(references: References, parameters: list[Parameter]) -> list[Placed]:
    """Return the entries of parameters, each cookie as a ``Cookie`` header of its own."""
    placed: list[Placed] = []
    for parameter in parameters:
        match parameter.place:
            case "query" | "querystring":
                placed += _query(references, parameter)
            case "path":
                placed.append(_path(references, parameter))
            case "header" if not is_ignored(parameter):
                placed.append(_header(references, parameter))
            case "cookie":
                placed.append(_cookie(references, parameter))
    return placed


def is_ignored(parameter: Parameter) -> bool:
    """Whether a header is determined elsewhere; our own word on it says that it is not."""
    if parameter.place != "header" or parameter.name.lower() not in NOT_PARAMETERS:
        return False
    return not isinstance(mapping(parameter.said.get(OWN)).get("enabled"), bool)


def _entry(references: References, parameter: Parameter, key: str, value: str) -> Entry:
    entry: Entry = {"key": key, "value": value}
    entry["enabled"] = is_sent(references, parameter.said)
    description = _description(references, parameter.said)
    if description:
        entry["description"] = description
    return entry


def _description(references: References, said: dict[str, Json]) -> str | None:
    return text_or_none(said.get("description")) or text_or_none(
        schema_of(references, said).get("description")
    )


def _query(references: References, parameter: Parameter) -> Iterator[Placed]:
    described = list(_described_parts(references, parameter))
    if described:
        yield from described
        return
    off = off_keys(parameter.said)
    parts = properties_of(references, parameter.said) if in_parts(parameter) else {}
    for key, value in list(query_pairs(references, parameter)):
        entry = _entry(references, parameter, key, value)
        entry["enabled"] = entry["enabled"] and key not in off
        of_part = parts.get(key.removeprefix(f"{parameter.name}[").removesuffix("]"), {})
        if description := text_or_none(of_part.get("description")):
            entry["description"] = description
        yield Placed("params", entry | {"in": "query"}, parameter)


def _described_parts(references: References, parameter: Parameter) -> Iterator[Placed]:
    """Yield what the properties of an object are sent as, if nothing gives its value as a whole."""
    said = parameter.said
    if not in_parts(parameter) or whole_value(references, said) is not NOTHING:
        return
    listed = merged(references, schema_of(references, said)).get("required")
    required = listed if said.get("required") is True and isinstance(listed, list) else []
    for name, below in properties_of(references, said).items():
        value = value_of(references, {"schema": below})
        key = f"{parameter.name}[{name}]" if said.get("style") == "deepObject" else name
        for part, text in _part_pairs(key, value):
            entry: Entry = {"key": part, "value": text}
            entry["enabled"] = name in required or has_default(below)
            description = text_or_none(below.get("description"))
            if description:
                entry["description"] = description
            yield Placed("params", entry | {"in": "query"}, parameter)


def _part_pairs(key: str, value: Json) -> list[tuple[str, str]]:
    if value is NOTHING:
        return [(key, "")]
    if "[" in key:
        return nested_pairs(key, value)
    texts = [plain_text(one) for one in value] if isinstance(value, list) else [plain_text(value)]
    return [(key, text) for text in texts or [""]]


def query_pairs(references: References, parameter: Parameter) -> Iterator[tuple[str, str]]:
    """Yield key and value as the parameter's style sends them (by default, exploded ``form``)."""
    said, name = parameter.said, parameter.name
    value = value_of(references, said)
    if parameter.place == "querystring":
        yield from _whole_query(references, said, value)
        return
    style = said.get("style", "form")
    explode = said.get("explode", style == "form") is True
    if value is NOTHING or "content" in said or not isinstance(value, dict | list):
        yield name, "" if value is NOTHING else plain_text(value)
    elif isinstance(value, dict):
        yield from _object_pairs(name, value, str(style), explode=explode)
    elif explode:
        yield from ((name, plain_text(one)) for one in value or [""])
    else:
        yield (
            name,
            _glue(said, {"spaceDelimited": " ", "pipeDelimited": "|"}).join(map(plain_text, value)),
        )


def _object_pairs(
    name: str, value: dict[str, Json], style: str, *, explode: bool
) -> Iterator[tuple[str, str]]:
    if style == "deepObject":
        yield from nested_pairs(name, value)
    elif explode:
        yield from ((key, plain_text(one)) for key, one in value.items())
    else:
        yield name, ",".join(f"{key},{plain_text(one)}" for key, one in value.items())


def _whole_query(
    references: References, said: dict[str, Json], value: Json
) -> Iterator[tuple[str, str]]:
    properties = mapping(schema_of(references, said).get("properties"))
    known = mapping(value)
    for key in {**properties, **known}:
        one = known.get(key, said_value(references.follow(properties.get(key))))
        yield key, "" if one is NOTHING else plain_text(one)


def _path(references: References, parameter: Parameter) -> Placed:
    value = value_of(references, parameter.said)
    text = "" if value is NOTHING else simple_text(value, parameter.said)
    entry = _entry(references, parameter, parameter.name, text)
    return Placed("params", entry | {"enabled": True, "in": "path"}, parameter)


def simple_text(value: Json, said: dict[str, Json]) -> str:
    """Write a value in the styles ``simple`` (the default), ``label`` and ``matrix``."""
    explode = said.get("explode") is True
    style, name = said.get("style"), said.get("name")
    glue = _glue(said, {"label": ".", "matrix": ";"} if explode else {})
    if isinstance(value, dict):
        inner = "=" if explode else ","
        text = glue.join(f"{key}{inner}{plain_text(one)}" for key, one in value.items())
    elif isinstance(value, list):
        each = f";{name}=" if style == "matrix" and explode else glue
        text = each.join(map(plain_text, value))
    else:
        text = plain_text(value)
    prefix = {"label": ".", "matrix": ";" if explode and isinstance(value, dict) else f";{name}="}
    return prefix.get(str(style), "") + text


def _glue(said: dict[str, Json], of_style: dict[str, str]) -> str:
    """Return what separates the values of a list in one text."""
    of_swagger = {"ssv": " ", "pipes": "|", "tsv": "\t"}.get(str(said.get(LIST_FORMAT)))
    return of_swagger or of_style.get(str(said.get("style")), ",")


def _header(references: References, parameter: Parameter) -> Placed:
    value = value_of(references, parameter.said)
    said = {key: one for key, one in parameter.said.items() if key != "style"}
    text = "" if value is NOTHING else simple_text(value, said)
    return Placed("headers", _entry(references, parameter, parameter.name, text), parameter)


def _cookie(references: References, parameter: Parameter) -> Placed:
    pairs = "; ".join(f"{key}={value}" for key, value in query_pairs(references, parameter))
    return Placed("headers", _entry(references, parameter, "Cookie", pairs), parameter)


def join_cookies(placed: list[Placed]) -> list[Placed]:
    """Put the cookies that are sent into one header, as RFC 6265 (section 5.4) requires."""
    sent = [one for one in placed if one.entry["key"] == "Cookie" and one.entry["enabled"]]
    if len(sent) < 2:
        return placed
    value = "; ".join(one.entry["value"] for one in sent)
    joined: Entry = {"key": "Cookie", "value": value, "enabled": True}
    described = [
        f"{one.parameter.name}: {one.entry['description']}"
        for one in sent
        if one.parameter and one.entry.get("description")
    ]
    if described:
        joined["description"] = "\n".join(described)
    first = placed.index(sent[0])
    rest = [one for one in placed if one not in sent]
    return [*rest[:first], Placed("headers", joined), *rest[first:]]
