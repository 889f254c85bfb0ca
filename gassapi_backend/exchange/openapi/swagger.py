"""Turns a document of Swagger 2.0 into one of OpenAPI 3.0 that says the same."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from gassapi_backend.exchange.openapi.grammar import METHODS, escaped, walk
from gassapi_backend.exchange.openapi.references import References
from gassapi_backend.exchange.openapi.texts import mapping, text_or_none
from gassapi_backend.exchange.tree import Json, Note, What

_MOVED = {
    "#/definitions/": "#/components/schemas/",
    "#/parameters/": "#/components/parameters/",
    "#/responses/": "#/components/responses/",
}
_NOT_SCHEMA = frozenset(
    {"name", "in", "description", "required", "schema", "collectionFormat", "allowEmptyValue"}
)
_STYLES = {"ssv": "spaceDelimited", "pipes": "pipeDelimited"}
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_FLOWS = {"application": "clientCredentials", "accessCode": "authorizationCode"}
_DEFAULT = ["application/json"]


@dataclass(slots=True)
class _Converting:
    """A document on its way: where references lead, what it takes and gives, what was lost."""

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


def from_swagger(source: dict[str, Json]) -> tuple[dict[str, Json], list[Note]]:
    """Return the document in OpenAPI 3.0, and what it has no word for.

    Schemas are changed where they stand: the document that is given is used up.
    """
    converting = _Converting(source, References(source))
    document: dict[str, Json] = {"openapi": "3.0.3"}
    for key, value in source.items():
        if key in ("info", "tags", "externalDocs", "security") or key.startswith("x-"):
            document[key] = value
    servers = list(_servers(source))
    if servers:
        document["servers"] = servers
    document["paths"] = {
        path: _path_item(converting, item, f"/paths/{escaped(path)}")
        if not path.startswith("x-")
        else item
        for path, item in mapping(source.get("paths")).items()
    }
    components = _components(converting)
    if components:
        document["components"] = components
    _finish(document)
    return document, converting.notes


def _servers(source: dict[str, Json]) -> Iterator[dict[str, Json]]:
    """Yield one server: https where the document offers it, as browsers would choose."""
    host, base = text_or_none(source.get("host")), text_or_none(source.get("basePath")) or ""
    if not host:
        if base:
            yield {"url": base}
        return
    schemes = source.get("schemes")
    offered = [one for one in schemes if isinstance(one, str)] if isinstance(schemes, list) else []
    scheme = "https" if "https" in offered or not offered else offered[0]
    slash = "" if base.startswith("/") or not base else "/"
    server: dict[str, Json] = {"url": f"{scheme}://{host}{slash}{base}"}
    if len(offered) > 1:
        server["x-schemes"] = offered
    yield server


def _path_item(converting: _Converting, said: Json, at: str) -> Json:
    if not isinstance(said, dict):
        return said
    shared = said.get("parameters")
    shared = shared if isinstance(shared, list) else []
    item: dict[str, Json] = {}
    kept = [one for one in shared if _place(converting, one) not in ("body", "formData")]
    inner = [one for one in shared if _place(converting, one) in ("body", "formData")]
    for key, value in said.items():
        if key == "parameters":
            item[key] = [_parameter(converting, one, f"{at}/parameters") for one in kept]
        elif key in METHODS and isinstance(value, dict):
            item[key] = _operation(converting, value, inner, f"{at}/{key}")
        else:
            item[key] = value
    if item.get("parameters") == []:
        del item["parameters"]
    return item


def _place(converting: _Converting, parameter: Json) -> Json:
    return converting.references.follow(parameter).get("in")


def _operation(
    converting: _Converting, said: dict[str, Json], shared: list[Json], at: str
) -> dict[str, Json]:
    listed = said.get("parameters")
    own = listed if isinstance(listed, list) else []
    operation: dict[str, Json] = {}
    for key, value in said.items():
        if key in ("consumes", "produces", "schemes"):
            continue
        if key == "parameters":
            operation |= _parameters(converting, said, [*shared, *own], at)
        elif key == "responses":
            operation[key] = {
                status: _response(converting, response, said) if status[:2] != "x-" else response
                for status, response in mapping(value).items()
            }
        else:
            operation[key] = value
    if shared and "parameters" not in said:
        operation |= _parameters(converting, said, shared, at)
    return operation


def _parameters(
    converting: _Converting, operation: dict[str, Json], listed: list[Json], at: str
) -> dict[str, Json]:
    """Return ``parameters`` and ``requestBody``: 2.0 has body and form fields among the former."""
    plain, form, body = list[Json](), list[dict[str, Json]](), dict[str, Json]()
    for raw in listed:
        said = converting.references.follow(raw)
        match said.get("in"):
            case "body":
                body = _body(converting, said, operation)
            case "formData":
                form.append(said)
            case _:
                plain.append(_parameter(converting, raw, f"{at}/parameters"))
    found: dict[str, Json] = {}
    if plain:
        found["parameters"] = plain
    if form:
        found["requestBody"] = _form(converting, form, operation)
    elif body:
        found["requestBody"] = body
    return found


def _body(
    converting: _Converting, said: dict[str, Json], operation: dict[str, Json]
) -> dict[str, Json]:
    media = {"schema": said["schema"]} if "schema" in said else {}
    types = converting.media_types(operation, "consumes")
    body: dict[str, Json] = {"content": {one: dict(media) for one in types}}
    for key, value in said.items():
        if key in ("description", "required") or key.startswith("x-"):
            body[key] = value
    if text_or_none(said.get("name")):
        body["x-body-name"] = said["name"]
    return body


def _form(
    converting: _Converting, fields: list[dict[str, Json]], operation: dict[str, Json]
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
        properties[name] = _schema_of(one)
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


def _schema_of(said: dict[str, Json]) -> dict[str, Json]:
    """Return the schema that the fields of a parameter, header or form field make up."""
    schema = {
        key: value
        for key, value in said.items()
        if key not in _NOT_SCHEMA and (not key.startswith("x-") or key == "x-nullable")
    }
    if schema.get("type") == "file":
        schema |= {"type": "string", "format": "binary"}
    if isinstance(schema.get("items"), dict):
        schema["items"] = _schema_of(schema["items"])
    return schema


def _parameter(converting: _Converting, raw: Json, at: str) -> Json:
    if not isinstance(raw, dict) or isinstance(raw.get("$ref"), str):
        return raw
    parameter = {
        key: value
        for key, value in raw.items()
        if key in ("name", "in", "description", "required", "allowEmptyValue")
        or (key.startswith("x-") and key not in ("x-example", "x-nullable"))
    }
    parameter["schema"] = _schema_of(raw)
    if "x-example" in raw:
        parameter["example"] = raw["x-example"]
    if raw.get("in") == "path":
        parameter["required"] = True
    if raw.get("type") == "array":
        parameter |= _style(converting, raw, at)
    return parameter


def _style(converting: _Converting, raw: dict[str, Json], at: str) -> dict[str, Json]:
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


def _response(converting: _Converting, raw: Json, operation: dict[str, Json]) -> Json:
    if not isinstance(raw, dict) or isinstance(raw.get("$ref"), str):
        return raw
    response = {
        key: value for key, value in raw.items() if key not in ("schema", "examples", "headers")
    }
    response.setdefault("description", "")
    if isinstance(raw.get("headers"), dict):
        response["headers"] = {name: _header(one) for name, one in raw["headers"].items()}
    content: dict[str, Json] = {}
    if "schema" in raw:
        for media_type in converting.media_types(operation, "produces"):
            content[media_type] = {"schema": raw["schema"]}
    for media_type, example in mapping(raw.get("examples")).items():
        media = content.setdefault(media_type, {"schema": raw["schema"]} if "schema" in raw else {})
        media["example"] = example
    if content:
        response["content"] = content
    return response


def _header(said: Json) -> Json:
    if not isinstance(said, dict):
        return said
    header = {key: said[key] for key in said if key == "description" or key.startswith("x-")}
    return header | {"schema": _schema_of(said)}


def _components(converting: _Converting) -> dict[str, Json]:
    source = converting.source
    components: dict[str, Json] = {}
    if isinstance(source.get("definitions"), dict):
        components["schemas"] = source["definitions"]
    parameters = {
        name: _parameter(converting, one, f"/parameters/{escaped(name)}")
        for name, one in mapping(source.get("parameters")).items()
        if _place(converting, one) not in ("body", "formData")
    }
    if parameters:
        components["parameters"] = parameters
    responses = mapping(source.get("responses"))
    if responses:
        components["responses"] = {
            name: _response(converting, one, source) for name, one in responses.items()
        }
    schemes = mapping(source.get("securityDefinitions"))
    if schemes:
        components["securitySchemes"] = {name: _scheme(one) for name, one in schemes.items()}
    return components


def _scheme(said: Json) -> Json:
    if not isinstance(said, dict):
        return said
    extensions = {key: said[key] for key in said if key == "description" or key.startswith("x-")}
    match said.get("type"):
        case "basic":
            return {"type": "http", "scheme": "basic", **extensions}
        case "oauth2":
            kind = text_or_none(said.get("flow")) or "implicit"
            flow = {key: said[key] for key in ("authorizationUrl", "tokenUrl") if key in said}
            flow["scopes"] = mapping(said.get("scopes"))
            return {"type": "oauth2", "flows": {_FLOWS.get(kind, kind): flow}, **extensions}
        case _:
            return said


def _finish(document: dict[str, Json]) -> None:
    """Lead references to where things stand now, and write schemas as 3.0 does."""
    for kind, node, _ in walk("document", document):
        ref = node.get("$ref")
        if isinstance(ref, str):
            for old, new in _MOVED.items():
                if ref.startswith(old):
                    node["$ref"] = new + ref.removeprefix(old)
        if kind == "schema":
            _schema(node)


def _schema(node: dict[str, Json]) -> None:
    if isinstance(node.get("discriminator"), str):
        node["discriminator"] = {"propertyName": node["discriminator"]}
    if isinstance(node.get("x-nullable"), bool):
        node["nullable"] = node.pop("x-nullable")
    if node.get("type") == "file":
        node |= {"type": "string", "format": "binary"}
