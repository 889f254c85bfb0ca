"""Writes the body of a request as that of an operation."""

import json

from gassapi_backend.exchange.openapi.copying import unshared
from gassapi_backend.exchange.openapi.reading.operations import OperationRead
from gassapi_backend.exchange.openapi.references import References
from gassapi_backend.exchange.openapi.texts import mapping, objects
from gassapi_backend.exchange.openapi.writing.inferring import schema_of_value
from gassapi_backend.exchange.tree import Entry, Json

_FORMS = ("x-www-form-urlencoded", "form-data")


def write_body(
    references: References,
    operation: dict[str, Json],
    read: OperationRead,
    kind: str | None,
    body: Json,
    media_type: str,
) -> None:
    """Put a body into an operation; an existing media type keeps its other fields."""
    if kind in (None, "none"):
        operation.pop("requestBody", None)
        return
    said: dict[str, Json] = unshared(references.follow(operation.get("requestBody")))
    content = mapping(said.get("content"))
    known = read.body.media_type
    if known in content and kind == read.body.body_type and known == media_type:
        media = unshared(references.follow(content[known]))
    else:
        media = _new_media(str(kind), body)
    if kind in _FORMS:
        _set_form(references, media, objects(body), files=kind == "form-data")
    elif kind != "binary":
        set_example(media, example_of(str(kind), body))
    content = {key: value for key, value in content.items() if key not in (known, media_type)}
    said["content"] = {media_type: media, **content}
    operation["requestBody"] = said


def _new_media(kind: str, body: Json) -> dict[str, Json]:
    if kind in _FORMS:
        return {"schema": {"type": "object", "properties": {}}}
    if kind == "binary":
        return {"schema": {"type": "string", "format": "binary"}}
    value = example_of(kind, body)
    return {"schema": {"type": "string"} if isinstance(value, str) else schema_of_value(value)}


def example_of(kind: str, body: Json) -> Json:
    """Return the value of a body: the parsed value if it is JSON, else the text."""
    if kind == "graphql":
        return _graphql(mapping(body))
    if kind == "json" and isinstance(body, str):
        return parsed_or_text(body)
    return body


def parsed_or_text(text: str) -> Json:
    """Return the value of JSON text; the text itself if it is not JSON, or not a finite number."""
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return text


def _refuse(name: str) -> Json:
    raise ValueError(name)


def _graphql(body: dict[str, Json]) -> dict[str, Json]:
    found: dict[str, Json] = {"query": body.get("query") or ""}
    variables = body.get("variables")
    if isinstance(variables, str) and variables.strip():
        found["variables"] = parsed_or_text(variables)
    elif isinstance(variables, dict):
        found["variables"] = variables
    if body.get("operationName"):
        found["operationName"] = body["operationName"]
    return found


def set_example(media: dict[str, Json], value: Json) -> None:
    """Make a value the first example; a body without text has none."""
    examples = media.get("examples")
    if isinstance(examples, dict) and examples and "example" not in media:
        first = next(iter(examples))
        old = examples[first] if isinstance(examples[first], dict) else {}
        kept = {key: old[key] for key in ("summary", "description") if key in old}
        media["examples"] = {**examples, first: {**kept, "value": value}}
    elif value == "":
        media.pop("example", None)
    else:
        media["example"] = value


def _set_form(
    references: References, media: dict[str, Json], entries: list[Entry], *, files: bool
) -> None:
    schema = media.get("schema")
    own = mapping(schema).get("properties") if "$ref" not in mapping(schema) else None
    properties = own if isinstance(own, dict) else {}
    example: dict[str, Json] = {}
    for entry in entries:
        key, value = str(entry.get("key", "")), entry.get("value")
        is_file = files and entry.get("type") == "file"
        if key not in properties:
            properties[key] = _field(entry, is_file=is_file)
        if entry.get("enabled", True) is not False and not is_file:
            known = example.get(key, [])
            values = known if isinstance(known, list) else [known]
            example[key] = [*values, value] if key in example else value
        if files and isinstance(entry.get("contentType"), str):
            encoding = media.setdefault("encoding", {})
            if isinstance(encoding, dict):
                encoding.setdefault(key, {"contentType": entry["contentType"]})
    media.pop("examples", None)
    media.pop("example", None)
    if example:
        media["example"] = example


def _field(entry: Entry, *, is_file: bool) -> dict[str, Json]:
    found: dict[str, Json] = {"type": "string"}
    if is_file:
        found["format"] = "binary"
    if entry.get("description"):
        found["description"] = entry["description"]
    if entry.get("enabled", True) is False and entry.get("value"):
        found["example"] = entry["value"]
    return found
