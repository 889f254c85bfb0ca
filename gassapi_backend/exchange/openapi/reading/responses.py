"""Reads responses of an operation: examples as saved responses, schemas for assistants."""

from collections.abc import Iterator
from dataclasses import dataclass

from gassapi_backend.exchange.openapi.extensions import OWN
from gassapi_backend.exchange.openapi.grammar import BACKPORT
from gassapi_backend.exchange.openapi.media_types import body_type_of, is_range
from gassapi_backend.exchange.openapi.reading.bodies import body_text
from gassapi_backend.exchange.openapi.reading.parameters import simple_text
from gassapi_backend.exchange.openapi.reading.sampling import NOTHING
from gassapi_backend.exchange.openapi.reading.values import value_of
from gassapi_backend.exchange.openapi.references import References
from gassapi_backend.exchange.openapi.texts import mapping, text_or_none
from gassapi_backend.exchange.tree import Json


@dataclass(frozen=True, slots=True)
class ExampleRead:
    """A saved response, and the place it was read from: status, media type, name of the example."""

    example: dict[str, Json]
    status: str
    media_type: str
    key: str | None


def read_examples(references: References, operation: dict[str, Json]) -> list[ExampleRead]:
    """Return the examples that the document itself gives; none are made up."""
    found: list[ExampleRead] = []
    for status, raw in mapping(operation.get("responses")).items():
        if status.startswith("x-"):
            continue
        response = references.follow(raw)
        for media_type, raw_media in mapping(response.get("content")).items():
            media = references.follow(raw_media)
            for key, said in _said(references, media):
                example = _example(references, status, response, media_type, media, said, key)
                found.append(ExampleRead(example, status, media_type, key))
        found += _kept(status, response)
    return found


def _said(
    references: References, media: dict[str, Json]
) -> Iterator[tuple[str | None, dict[str, Json]]]:
    examples = media.get("examples")
    if isinstance(examples, dict):
        for key, raw in examples.items():
            example = references.follow(raw)
            if example or isinstance(raw, dict):
                yield key, example
    if "example" in media:
        yield None, {"value": media["example"]}


def _example(
    references: References,
    status: str,
    response: dict[str, Json],
    media_type: str,
    media: dict[str, Json],
    said: dict[str, Json],
    key: str | None,
) -> dict[str, Json]:
    described = text_or_none(response.get("description"))
    name = text_or_none(said.get("summary")) or key or described or status
    example: dict[str, Json] = {"name": name}
    if status.isascii() and status.isdecimal():
        example["status"] = int(status)
    example["headers"] = _headers(references, response, media_type)
    value = _value(said)
    if value is not NOTHING:
        kind = body_type_of(media_type)
        example["body"] = body_text(references, kind, media_type, value, media)
    about = text_or_none(said.get("description"))
    if about:
        example["description"] = about
    return example | mapping(said.get(OWN))


def _value(said: dict[str, Json]) -> Json:
    for key in ("serializedValue", "value", "dataValue", BACKPORT + "dataValue"):
        if key in said:
            return said[key]
    return NOTHING


def _headers(
    references: References, response: dict[str, Json], media_type: str
) -> list[dict[str, Json]]:
    entries = []
    if not is_range(media_type):
        entries.append({"key": "Content-Type", "value": media_type})
    for name, raw in mapping(response.get("headers")).items():
        value = value_of(references, references.follow(raw))
        if value is not NOTHING and name.lower() != "content-type":
            entries.append({"key": name, "value": simple_text(value, {})})
    return entries


def _kept(status: str, response: dict[str, Json]) -> list[ExampleRead]:
    """Return the saved responses without a body, which only our extension can hold."""
    listed = mapping(response.get(OWN)).get("examples")
    return [
        ExampleRead(dict(one), status, "", None)
        for one in (listed if isinstance(listed, list) else ())
        if isinstance(one, dict)
    ]


def response_schema(operation: dict[str, Json], references: References) -> dict[str, Json] | None:
    """Return the responses by status, with schemas as they are: ``$ref`` is not followed."""
    found: dict[str, Json] = {}
    for status, raw in mapping(operation.get("responses")).items():
        response = references.follow(raw)
        if status.startswith("x-") or not response:
            continue
        said: dict[str, Json] = {}
        if text_or_none(response.get("description")):
            said["description"] = response["description"]
        schemas = {
            name: _schema(references.follow(media))
            for name, media in mapping(response.get("content")).items()
        }
        if schemas:
            said["content"] = schemas
        if mapping(response.get("headers")):
            said["headers"] = {
                name: text_or_none(references.follow(header).get("description")) or ""
                for name, header in response["headers"].items()
            }
        found[status] = said
    return found or None


def _schema(media: dict[str, Json]) -> Json:
    for key in ("schema", "itemSchema", BACKPORT + "itemSchema"):
        if key in media:
            return media[key]
    return {}
