"""Reads parameters of an operation as entries: query, path, headers and cookies."""

from collections.abc import Iterator
from dataclasses import dataclass

from gassapi_backend.exchange.openapi.extensions import OWN
from gassapi_backend.exchange.openapi.grammar import BACKPORT
from gassapi_backend.exchange.openapi.reading.sampling import NOTHING, kind_of, said_value
from gassapi_backend.exchange.openapi.references import References
from gassapi_backend.exchange.openapi.texts import mapping, plain_text, text_or_none
from gassapi_backend.exchange.tree import Entry, Json

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


def schema_of(references: References, said: dict[str, Json]) -> dict[str, Json]:
    """Return the schema of a parameter or header, even if it is described by ``content``."""
    if isinstance(said.get("schema"), dict):
        return references.follow(said["schema"])
    return references.follow(_content_of(references, said)[1].get("schema"))


def _content_of(references: References, said: dict[str, Json]) -> tuple[str, dict[str, Json]]:
    for media_type, media in mapping(said.get("content")).items():
        return media_type, references.follow(media)
    return "", {}


def example_value(references: References, owner: dict[str, Json]) -> Json:
    """Return the value that ``example`` or the first of ``examples`` names, else ``NOTHING``."""
    if "example" in owner:
        return owner["example"]
    for raw in mapping(owner.get("examples")).values():
        example = references.follow(raw)
        for key in ("value", "dataValue", BACKPORT + "dataValue", "serializedValue"):
            if key in example:
                return example[key]
    return NOTHING


def value_of(references: References, said: dict[str, Json]) -> Json:
    """Return the value that a parameter or header gives itself, else ``NOTHING``."""
    for owner in (said, _content_of(references, said)[1]):
        value = example_value(references, owner)
        if value is not NOTHING:
            return value
    schema = schema_of(references, said)
    value = said_value(schema)
    if value is NOTHING and kind_of(schema) == "array":
        value = said_value(references.follow(schema.get("items")))
        return NOTHING if value is NOTHING or isinstance(value, list) else [value]
    return value


def is_sent(references: References, said: dict[str, Json]) -> bool:
    """Whether a parameter is enabled: it is required, or has a default value."""
    enabled = mapping(said.get(OWN)).get("enabled")
    if isinstance(enabled, bool):
        return enabled
    return said.get("required") is True or "default" in schema_of(references, said)


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
    pairs = list(query_pairs(references, parameter))
    for key, value in pairs:
        entry = _entry(references, parameter, key, value)
        yield Placed("params", entry | {"in": "query"}, parameter)


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
        glue = {"spaceDelimited": " ", "pipeDelimited": "|", "tabDelimited": "\t"}
        yield name, glue.get(str(style), ",").join(map(plain_text, value))


def _object_pairs(
    name: str, value: dict[str, Json], style: str, *, explode: bool
) -> Iterator[tuple[str, str]]:
    if style == "deepObject":
        yield from ((f"{name}[{key}]", plain_text(one)) for key, one in value.items())
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
    glue = {"label": ".", "matrix": ";"}.get(str(style), ",") if explode else ","
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


def _header(references: References, parameter: Parameter) -> Placed:
    value = value_of(references, parameter.said)
    text = (
        "" if value is NOTHING else simple_text(value, {"explode": parameter.said.get("explode")})
    )
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
