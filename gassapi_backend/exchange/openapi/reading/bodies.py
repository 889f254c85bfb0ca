"""Reads the body of an operation: one of its media types, filled with its example."""

import json
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from gassapi_backend.exchange.openapi.grammar import BACKPORT
from gassapi_backend.exchange.openapi.media_types import (
    DEFAULTS,
    LINES,
    body_type_of,
    essence,
    is_range,
    preferred,
)
from gassapi_backend.exchange.openapi.reading.parameters import Placed
from gassapi_backend.exchange.openapi.reading.properties import merged, nested_pairs
from gassapi_backend.exchange.openapi.reading.sampling import NOTHING, kind_of, said_value, sample
from gassapi_backend.exchange.openapi.reading.values import example_value
from gassapi_backend.exchange.openapi.reading.xml import xml_text
from gassapi_backend.exchange.openapi.references import References
from gassapi_backend.exchange.openapi.texts import (
    json_text,
    mapping,
    plain_text,
    text_or_none,
)
from gassapi_backend.exchange.tree import Entry, Json


@dataclass(slots=True)
class BodyRead:
    """A body, the media type it was made from, the other ones, and the header that names it."""

    body_type: str | None = None
    body: Json = None
    media_type: str = ""
    others: list[str] = field(default_factory=list)
    headers: list[Placed] = field(default_factory=list)


def read_body(references: References, operation: dict[str, Json]) -> BodyRead:
    """Return the body that an operation takes; one without a type if it takes none."""
    content = mapping(references.follow(operation.get("requestBody")).get("content"))
    names = [name for name, media in content.items() if isinstance(media, dict)]
    if not names:
        return BodyRead()
    chosen = preferred(names)
    media = references.follow(content[chosen])
    kind = body_type_of(chosen)
    read = BodyRead(kind, _body(references, kind, chosen, media), chosen)
    read.others = [name for name in names if name != chosen]
    if not is_range(chosen) and (essence(chosen) != DEFAULTS[kind] or kind == "binary"):
        entry: Entry = {"key": "Content-Type", "value": chosen, "enabled": True}
        read.headers.append(Placed("headers", entry))
    return read


def _body(references: References, kind: str, name: str, media: dict[str, Json]) -> Json:
    if kind in ("x-www-form-urlencoded", "form-data"):
        return _form(references, media, files=kind == "form-data")
    value = media_value(references, media)
    if kind == "binary":
        return {"src": ""}
    if value is NOTHING:
        return ""
    return body_text(references, kind, name, value, media)


def media_value(references: References, media: dict[str, Json]) -> Json:
    """Return the example of a media type, made up from its schema if it has none."""
    value = example_value(references, media)
    if value is not NOTHING:
        return value
    if "schema" in media:
        return sample(references, media["schema"])
    item = media.get("itemSchema", media.get(BACKPORT + "itemSchema"))
    value = sample(references, item) if item is not None else NOTHING
    return value if value is NOTHING else [value]


def body_text(
    references: References, kind: str, name: str, value: Json, media: dict[str, Json]
) -> str:
    """Write an example as the text to send: text as it is, anything else in its format."""
    if essence(name) in LINES and isinstance(value, list):
        return "\n".join(json_text(one, indented=False) for one in value)
    if kind == "xml" and not isinstance(value, str):
        return xml_text(references, media.get("schema"), value)
    if kind != "json":
        return plain_text(value)
    if isinstance(value, str) and not _is_text(references, media, value):
        return value
    return json_text(value)


def _is_text(references: References, media: dict[str, Json], value: str) -> bool:
    """Whether a text example of a JSON body is a JSON string, and not JSON written as text."""
    if kind_of(references.follow(media.get("schema"))) == "string":
        return True
    if value.lstrip()[:1] in ("{", "["):
        return False
    try:
        json.loads(value)
    except (ValueError, RecursionError):
        return "{{" not in value
    return False


def _form(references: References, media: dict[str, Json], *, files: bool) -> list[Entry]:
    example = example_value(references, media)
    if isinstance(example, str) and not files:
        return _written_form(example)
    known = mapping(example)
    schema = merged(references, media.get("schema"))
    if not known and isinstance(said_value(schema), dict):
        known = said_value(schema)
    properties = mapping(schema.get("properties"))
    required = schema.get("required")
    required = required if isinstance(required, list) else []
    entries: list[Entry] = []
    for key in {**properties, **known}:
        field_schema = references.follow(properties.get(key))
        if field_schema.get("readOnly") is True:
            continue
        encoding = mapping(mapping(media.get("encoding")).get(key))
        on = key in required or key in known or field_schema.get("default") is not None
        value = known.get(key, NOTHING)
        if value is NOTHING:
            value = (
                sample(references, properties.get(key)) if on else _hint(references, field_schema)
            )
        entries += _fields(references, key, value, field_schema, encoding, on=on, files=files)
    return entries


def _written_form(text: str) -> list[Entry]:
    """Read an example that is the text of a form."""
    pairs = parse_qsl(text.strip(), keep_blank_values=True)
    return [{"key": key, "value": value, "enabled": True} for key, value in pairs]


def _hint(references: References, schema: dict[str, Json]) -> Json:
    """Return the value that an optional field gives; none is made up for it."""
    return said_value(schema) if not is_file(references, schema, {}) else ""


def is_file(references: References, schema: dict[str, Json], encoding: dict[str, Json]) -> bool:
    """Whether a form field is a file: binary, or with a media type that is not text."""
    kind = kind_of(schema)
    if kind == "file" or schema.get("format") in ("binary", "base64", "byte"):
        return True
    if kind == "array":
        return is_file(references, references.follow(schema.get("items")), encoding)
    media_type = schema.get("contentMediaType") or encoding.get("contentType")
    if not isinstance(media_type, str) or "$ref" in schema or kind == "object":
        return False
    return body_type_of(media_type.split(",")[0]) == "binary"


def _fields(
    references: References,
    key: str,
    value: Json,
    schema: dict[str, Json],
    encoding: dict[str, Json],
    *,
    on: bool,
    files: bool,
) -> list[Entry]:
    entry: Entry = {"key": key, "value": "", "enabled": on}
    description = text_or_none(schema.get("description"))
    if description:
        entry["description"] = description
    if files:
        entry["type"] = "text"
        if content_type := _first_type(encoding) or _usual_type(value):
            entry["contentType"] = content_type
    if files and is_file(references, schema, encoding):
        return [entry | {"type": "file", "src": ""}]
    return [entry | {"key": name, "value": text} for name, text in _pairs(key, value, encoding)]


def _first_type(encoding: dict[str, Json]) -> str | None:
    """Return the first of the media types that a field may have; ``None`` for a range of them."""
    said = encoding.get("contentType")
    first = said.split(",")[0].strip() if isinstance(said, str) else ""
    return first if first and "*" not in first else None


def _usual_type(value: Json) -> str | None:
    """Return the type of a part that holds objects ("Encoding Object": ``contentType``)."""
    one = value[0] if isinstance(value, list) and value else value
    return "application/json" if isinstance(one, dict) else None


def _pairs(key: str, value: Json, encoding: dict[str, Json]) -> list[tuple[str, str]]:
    """Return the fields that one property becomes ("Encoding Object": ``style``, ``explode``)."""
    if value is NOTHING:
        return [(key, "")]
    if isinstance(value, list) and encoding.get("explode") is not False:
        return [(key, plain_text(one)) for one in value] or [(key, "")]
    if isinstance(value, list):
        return [(key, ",".join(map(plain_text, value)))]
    if isinstance(value, dict) and encoding.get("style") == "deepObject":
        return nested_pairs(key, value)
    if isinstance(value, dict) and {"style", "explode"} & encoding.keys():
        if encoding.get("explode") is not False:
            return [(name, plain_text(one)) for name, one in value.items()]
        return [(key, ",".join(f"{name},{plain_text(one)}" for name, one in value.items()))]
    return [(key, plain_text(value))]
