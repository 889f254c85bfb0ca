"""From an answer to what can be done next with what it names (OpenAPI 3.1, 4.8.20)."""

import re
from typing import Any

from gassapi_backend.server.openapi.schemas import Schemas, answer_type
from gassapi_backend.server.routes import ROUTES
from gassapi_backend.server.routing import Route


def links(route: Route, schemas: Schemas, names: dict[Route, str]) -> dict[str, Any]:
    """Return the links of a route that creates or lists: to all whose path takes the id it gives.

    ``names`` are the routes' operation ids.
    """
    answer = answer_type(route)
    if answer is None or not (route.status == 201 or route.method == "GET"):
        return {}
    found = {}
    for parameter, pointer in _given(schemas, schemas.of(answer)).items():
        if parameter in route.parameters:
            continue
        for other in ROUTES:
            known = {name: f"$request.path.{name}" for name in route.parameters} | {
                parameter: f"$response.body#{pointer}"
            }
            if parameter in other.parameters and known.keys() >= set(other.parameters):
                found[names[other]] = {
                    "operationId": names[other],
                    "parameters": {f"path.{name}": known[name] for name in other.parameters},
                }
    return found


def _given(schemas: Schemas, schema: dict[str, Any]) -> dict[str, str]:
    """Return the ids in an answer: path parameter → JSON pointer."""
    found: dict[str, str] = {}
    for name, part in schemas.resolved(schema).get("properties", {}).items():
        inner, place = part, f"/{name}"
        if part.get("type") == "array":
            inner, place = part["items"], f"/{name}/0"
        if "id" in schemas.resolved(inner).get("properties", {}):
            words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
            singular = words.removesuffix("s") if inner is not part else words
            for key in (singular, singular.rpartition("_")[2]):  # mcpToken is a token
                found[f"{key}_id"] = f"{place}/id"
    return found
