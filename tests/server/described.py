"""What the OpenAPI document says about an answer, compared with the answer."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import jsonschema_rs
import orjson

from gassapi_backend.server.openapi import document
from gassapi_backend.server.routes import ROUTES
from gassapi_backend.server.routing import Route

SERVER = "https://api.example.com"
PLACES = [(route, re.compile(re.sub(r"{\w+}", "[^/]+", route.full_path))) for route in ROUTES]


@cache
def described() -> dict[str, Any]:
    """Return the document, made strict: objects have no property that it lacks."""
    spec = document(SERVER)
    _close(spec["components"]["schemas"])
    return spec


def route_at(method: str, path: str) -> Route | None:
    """Return the route that serves a path; a path without parameters is nobody else's."""
    found = [route for route, place in PLACES if place.fullmatch(path)]
    least = min((len(route.parameters) for route in found), default=0)
    own = (one for one in found if one.method == method and len(one.parameters) == least)
    return next(own, None)


def wrong_about(route: Route, status: int, headers: Mapping[str, str], body: bytes) -> list[str]:
    """Return what the document says differently about a response of a route."""
    responses = operation(route)["responses"]
    if str(status) not in responses:
        return [f"status {status} is not in the document: is it missing in Route(refuses=…)?"]
    response = resolved(responses[str(status)])
    wrong = [
        f"no header {name}"
        for name, header in response.get("headers", {}).items()
        if resolved(header)["required"] and name not in headers
    ]
    content = response.get("content", {})
    kind = headers.get("Content-Type", "").partition(";")[0]
    if content and kind not in content:
        return [*wrong, f"{kind} is not in the document: is it missing in Route(produces=…)?"]
    if kind == "application/json" and content:
        shared = responses[str(status)].get("$ref")  # the same for many routes, and not small
        validator = _validator(None if shared else route, str(status), shared)
        wrong += [
            f"{'.'.join(map(str, error.instance_path))}: {error.message[:300]}"
            for error in validator.iter_errors(orjson.loads(body))
        ]
    return wrong


def operation(route: Route) -> dict[str, Any]:
    """Return what the document says about a route."""
    found: dict[str, Any] = described()["paths"][route.full_path][route.method.lower()]
    return found


def resolved(part: dict[str, Any]) -> dict[str, Any]:
    """Return what a part of the document refers to, or itself."""
    if "$ref" in part:
        _, _, kind, name = part["$ref"].split("/")
        found: dict[str, Any] = described()["components"][kind][name]
        return found
    return part


def validator(schema: dict[str, Any]) -> jsonschema_rs.Draft202012Validator:
    """Return what checks values against a schema of the document, formats too."""
    whole = {**schema, "components": described()["components"]}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)


@cache
def _validator(
    route: Route | None, status: str, shared: str | None
) -> jsonschema_rs.Draft202012Validator:
    response = resolved(
        {"$ref": shared} if route is None else operation(route)["responses"][status]
    )
    return validator(response["content"]["application/json"]["schema"])


def _close(value: Any) -> None:
    if isinstance(value, list):
        for item in value:
            _close(item)
    elif isinstance(value, dict):
        if isinstance(value.get("properties"), dict) and value.get("type") == "object":
            value.setdefault("additionalProperties", False)
        for item in value.values():
            _close(item)
