"""Converts a document from Swagger 2.0 to OpenAPI 3.0."""

from collections.abc import Iterator
from typing import cast

from gassapi_backend.exchange.openapi.grammar import METHODS, escaped, walk
from gassapi_backend.exchange.openapi.reading.swagger_parameters import (
    Converting,
    parameter_of,
    parameters_and_body,
    place_of,
    schema_of_fields,
)
from gassapi_backend.exchange.openapi.references import PATHS_AT, References, with_paths
from gassapi_backend.exchange.openapi.texts import mapping, text_or_none
from gassapi_backend.exchange.tree import Json, Note

_MOVED = {
    "#/definitions/": "#/components/schemas/",
    "#/parameters/": "#/components/parameters/",
    "#/responses/": "#/components/responses/",
}
_PLACES = {
    "/components/schemas/": "/definitions/",
    "/components/parameters/": "/parameters/",
    "/components/responses/": "/responses/",
    "/components/securitySchemes/": "/securityDefinitions/",
    "/servers/0": "/host",
    "/servers": "/basePath",
}
_FLOWS = {"application": "clientCredentials", "accessCode": "authorizationCode"}


def from_swagger(source: dict[str, Json]) -> tuple[dict[str, Json], list[Note]]:
    """Return the document in OpenAPI 3.0, and notes on what that cannot express.

    Schemas are changed in place: do not use the document passed in afterwards.
    """
    source = with_paths(source)
    converting = Converting(source, References(source))
    document: dict[str, Json] = {"openapi": "3.0.3"}
    for key, value in source.items():
        if key in ("info", "tags", "externalDocs", "security") or (
            key.startswith("x-") and key != PATHS_AT
        ):
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


def pointer_in(source: dict[str, Json], pointer: str) -> str:
    """Return the place in a document that a pointer into the converted one is about.

    What the document has nothing like is about what it would stand in.
    """
    if not pointer.startswith("/"):
        return pointer  # of another file
    for converted, own in _PLACES.items():
        if pointer.startswith(converted) and own.lstrip("/").partition("/")[0] in source:
            pointer = own + pointer.removeprefix(converted)
            break
    found, node = "", cast("Json", source)
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(node, dict) and key in node:
            node = node[key]
        elif isinstance(node, list) and key.isdecimal() and int(key) < len(node):
            node = node[int(key)]
        else:
            break
        found += f"/{part}"
    return found


def _servers(source: dict[str, Json]) -> Iterator[dict[str, Json]]:
    """Yield one server: with https if the document offers it, as browsers would choose."""
    host, base = text_or_none(source.get("host")), text_or_none(source.get("basePath")) or ""
    if not host:
        if base:
            yield {"url": base}
        return
    slash = "" if base.startswith("/") or not base else "/"
    offered = _schemes(source)
    at = host if "://" in host else f"{_chosen(offered)}://{host}"
    server: dict[str, Json] = {"url": f"{at.rstrip('/')}{slash}{base}"}
    if len(offered) > 1:
        server["x-schemes"] = offered
    yield server


def _schemes(said: dict[str, Json]) -> list[str]:
    listed = said.get("schemes")
    return [one for one in listed if isinstance(one, str)] if isinstance(listed, list) else []


def _chosen(offered: list[str]) -> str:
    return "https" if "https" in offered or not offered else offered[0]


def _own_servers(source: dict[str, Json], said: dict[str, Json]) -> list[dict[str, Json]]:
    """Return the server of an operation that is not offered with the scheme of all others."""
    own = _schemes(said)
    if not own or _chosen(_schemes(source)) in own:
        return []
    return list(_servers({**source, "schemes": own}))


def _path_item(converting: Converting, said: Json, at: str) -> Json:
    if not isinstance(said, dict):
        return said
    shared = said.get("parameters")
    shared = shared if isinstance(shared, list) else []
    item: dict[str, Json] = {}
    kept = [one for one in shared if place_of(converting, one) not in ("body", "formData")]
    inner = [one for one in shared if place_of(converting, one) in ("body", "formData")]
    for key, value in said.items():
        if key == "parameters":
            item[key] = [parameter_of(converting, one, f"{at}/parameters") for one in kept]
        elif key in METHODS and isinstance(value, dict):
            item[key] = _operation(converting, value, inner, f"{at}/{key}")
        else:
            item[key] = value
    if item.get("parameters") == []:
        del item["parameters"]
    return item


def _operation(
    converting: Converting, said: dict[str, Json], shared: list[Json], at: str
) -> dict[str, Json]:
    listed = said.get("parameters")
    own = listed if isinstance(listed, list) else []
    operation: dict[str, Json] = {}
    for key, value in said.items():
        if key in ("consumes", "produces"):
            continue
        if key == "schemes":
            servers = _own_servers(converting.source, said)
            operation |= {"servers": servers} if servers else {}
        elif key == "parameters":
            operation |= parameters_and_body(converting, said, [*shared, *own], at)
        elif key == "responses":
            operation[key] = {
                status: _response(converting, response, said) if status[:2] != "x-" else response
                for status, response in mapping(value).items()
            }
        else:
            operation[key] = value
    if shared and "parameters" not in said:
        operation |= parameters_and_body(converting, said, shared, at)
    return operation


def _response(converting: Converting, raw: Json, operation: dict[str, Json]) -> Json:
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
    return header | {"schema": schema_of_fields(said)}


def _components(converting: Converting) -> dict[str, Json]:
    source = converting.source
    components: dict[str, Json] = {}
    if isinstance(source.get("definitions"), dict):
        components["schemas"] = source["definitions"]
    parameters = {
        name: parameter_of(converting, one, f"/parameters/{escaped(name)}")
        for name, one in mapping(source.get("parameters")).items()
        if place_of(converting, one) not in ("body", "formData")
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
    """Point references to the new places, and write schemas as 3.0 does."""
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
