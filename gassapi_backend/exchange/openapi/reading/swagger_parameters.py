"""Converts parameters and bodies from Swagger 2.0 to OpenAPI 3.0."""

from dataclasses import dataclass, field

from gassapi_backend.exchange.openapi.extensions import OWN
from gassapi_backend.exchange.openapi.references import References
from gassapi_backend.exchange.openapi.texts import mapping, text_or_none
from gassapi_backend.exchange.tree import Json, Note, What

_NOT_SCHEMA = frozenset(
    {"name", "in", "description", "required", "schema", "collectionFormat", "allowEmptyValue"}
)
_STYLES = {"ssv": "spaceDelimited", "pipes": "pipeDelimited"}
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_DEFAULT = ["application/json"]
_HEADERS = frozenset({"authorization", "accept"})
"""Headers that are parameters in 2.0, and since 3.0 only with a word of ours."""


@dataclass(slots=True)
class Converting:
    """A document being converted: its references, what it consumes and produces, what was lost."""

    source: dict[str, Json]
    references: References
    notes: list[Note] = field(default_factory=list)

    def media_types(self, owner: dict[str, Json], key: str) -> list[str]:
        for said in (owner, self.source):
            listed = said.get(key)
            if isinstance(listed, list):
                found = [one for one in listed if isinstance(one, str) and one]
                if found:
                    return found
        return _DEFAULT


def place_of(converting: Converting, parameter: Json) -> Json:
    return converting.references.follow(parameter).get("in")


def parameters_and_body(
    converting: Converting, operation: dict[str, Json], listed: list[Json], at: str
) -> dict[str, Json]:
    """Return ``parameters`` and ``requestBody``: in 2.0, body and form fields are parameters."""
    plain, form, body = list[Json](), list[dict[str, Json]](), dict[str, Json]()
    for raw in listed:
        said = converting.references.follow(raw)
        match said.get("in"):
            case "body":
                body = _body(converting, said, operation)
            case "formData":
                form.append(said)
            case _:
                plain.append(parameter_of(converting, raw, f"{at}/parameters"))
    found: dict[str, Json] = {}
    if plain:
        found["parameters"] = plain
    if form:
        found["requestBody"] = _form(converting, form, operation)
    elif body:
        found["requestBody"] = body
    return found


def _body(
    converting: Converting, said: dict[str, Json], operation: dict[str, Json]
) -> dict[str, Json]:
    media = {"schema": said["schema"]} if "schema" in said else {}
    types = converting.media_types(operation, "consumes")
    examples = mapping(said.get("x-examples"))
    known = {one: said["x-example"] for one in types if "x-example" in said}
    known |= {one: examples[one] for one in types if one in examples}
    body: dict[str, Json] = {
        "content": {one: media | ({"example": known[one]} if one in known else {}) for one in types}
    }
    for key, value in said.items():
        if key in ("description", "required") or (
            key.startswith("x-") and key not in ("x-example", "x-examples")
        ):
            body[key] = value
    if text_or_none(said.get("name")):
        body["x-body-name"] = said["name"]
    return body


def _form(
    converting: Converting, fields: list[dict[str, Json]], operation: dict[str, Json]
) -> dict[str, Json]:
    has_file = any(one.get("type") == "file" for one in fields)
    types = [one for one in converting.media_types(operation, "consumes") if one in _FORMS]
    if has_file:
        types = [_FORMS[1]]
    properties: dict[str, Json] = {}
    encoding: dict[str, Json] = {}
    for one in fields:
        name = text_or_none(one.get("name"))
        if name is None:
            continue
        properties[name] = schema_of_fields(one)
        if "description" in one:
            properties[name] = {**properties[name], "description": one["description"]}
        if one.get("type") == "array" and one.get("collectionFormat") != "multi":
            encoding[name] = {"style": "form", "explode": False}
    schema: dict[str, Json] = {"type": "object", "properties": properties}
    required = [one["name"] for one in fields if one.get("required") is True and "name" in one]
    if required:
        schema["required"] = required
    media: dict[str, Json] = {"schema": schema}
    if encoding:
        media["encoding"] = encoding
    body: dict[str, Json] = {"content": dict.fromkeys(types or [_FORMS[0]], media)}
    return body | ({"required": True} if required else {})


def schema_of_fields(said: dict[str, Json]) -> dict[str, Json]:
    """Return the schema made from the fields of a parameter, header or form field."""
    schema = {
        key: value
        for key, value in said.items()
        if key not in _NOT_SCHEMA and (not key.startswith("x-") or key == "x-nullable")
    }
    if schema.get("type") == "file":
        schema |= {"type": "string", "format": "binary"}
    if isinstance(schema.get("items"), dict):
        schema["items"] = schema_of_fields(schema["items"])
    return schema


def parameter_of(converting: Converting, raw: Json, at: str) -> Json:
    if not isinstance(raw, dict) or isinstance(raw.get("$ref"), str):
        return raw
    parameter = {
        key: value
        for key, value in raw.items()
        if key in ("name", "in", "description", "required", "allowEmptyValue")
        or (key.startswith("x-") and key not in ("x-example", "x-nullable"))
    }
    parameter["schema"] = schema_of_fields(raw)
    if "x-example" in raw:
        parameter["example"] = raw["x-example"]
    if raw.get("in") == "path":
        parameter["required"] = True
    if raw.get("in") == "header" and str(raw.get("name")).lower() in _HEADERS:
        parameter[OWN] = {"enabled": raw.get("required") is True or "default" in raw}
    if raw.get("type") == "array":
        parameter |= _style(converting, raw, at)
    return parameter


def _style(converting: Converting, raw: dict[str, Json], at: str) -> dict[str, Json]:
    form = str(raw.get("collectionFormat", "csv"))
    if raw.get("in") != "query":
        return {} if form == "csv" else {"x-collectionFormat": form}
    if form == "multi":
        return {"style": "form", "explode": True}
    if form in _STYLES:
        return {"style": _STYLES[form], "explode": False}
    if form != "csv":
        name = text_or_none(raw.get("name")) or ""
        reason = f"OpenAPI 3 has no lists in the format {form}; it is kept as x-collectionFormat."
        converting.notes.append(Note(What.KEPT, "document", name, at, reason))
        return {"style": "form", "explode": False, "x-collectionFormat": form}
    return {"style": "form", "explode": False}
