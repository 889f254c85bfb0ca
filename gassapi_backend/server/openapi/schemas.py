"""The JSON schemas of what goes in and out, derived from the handlers' types."""

import inspect
import re
from collections.abc import Iterator
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from aiohttp import web
from pydantic import TypeAdapter

from gassapi_backend.server.routes import ROUTES
from gassapi_backend.server.routing import Route

Schema = dict[str, Any]

REF = "#/components/schemas/{model}"
_ID_PATTERN = "^[0-9a-f]{8}-[0-9a-f]{4}-"
_FREE = {"requestId"}  # ids that need not be UUIDs
_TIMES = {"timestamp"}


def answer_type(route: Route) -> Any:
    """Return the schema of a route's answer; ``None`` where it is no JSON that we describe.

    A handler that builds its response itself says what is in it as
    ``Annotated[web.Response, TheAnswer]``.
    """
    answer = get_type_hints(route.handler, include_extras=True)["return"]
    if get_origin(answer) is Annotated:
        return get_args(answer)[1]
    is_response = inspect.isclass(answer) and issubclass(answer, web.StreamResponse)
    return None if is_response else answer


class Schemas:
    """The schema of every type that the routes use, and the named ones they refer to."""

    def __init__(self) -> None:
        modes: dict[Any, str] = {}
        for route in ROUTES:
            for kind in (route.body, route.query):
                if kind is not None:
                    modes[kind] = "validation"
            if (answer := answer_type(route)) is not None:
                modes[answer] = "serialization"
        found, rest = TypeAdapter.json_schemas(
            [(kind, mode, TypeAdapter(kind)) for kind, mode in modes.items()],  # type: ignore[misc]  # modes are literals
            ref_template=REF,
        )
        names = {name: _short(name) for name in rest.get("$defs", {})}
        self.components: dict[str, Schema] = {
            names[name]: _tidy(schema, names) for name, schema in rest.get("$defs", {}).items()
        }
        self._of = {
            kind: _tidy(found[kind, mode], names)  # type: ignore[index]  # as above
            for kind, mode in modes.items()
        }
        for route in ROUTES:
            self._add_envelope(route)

    @property
    def published(self) -> dict[str, Schema]:
        """The components of the document: all but the queries, which are its parameters."""
        queries = {self._of[route.query]["$ref"] for route in ROUTES if route.query}
        return {
            name: schema
            for name, schema in self.components.items()
            if REF.format(model=name) not in queries
        }

    def of(self, kind: Any) -> Schema:
        """Return the schema of a type, which may be a reference."""
        found: Schema = self._of[kind]
        return found

    def resolved(self, schema: Schema) -> Schema:
        """Return what a schema refers to, or itself."""
        while "$ref" in schema:
            schema = self.components[schema["$ref"].rpartition("/")[2]]
        return schema

    def _add_envelope(self, route: Route) -> None:
        """Give an answer the ``success`` that it gets as it is sent."""
        if (answer := answer_type(route)) is None:
            return
        schema = self.resolved(self._of[answer])
        if "success" not in schema["properties"]:
            is_ours = get_type_hints(route.handler)["return"] is answer
            success = {"const": True} if is_ours else {"type": "boolean"}
            schema["properties"] = {"success": success, **schema["properties"]}
            schema["required"] = ["success", *schema.get("required", ())]


def named_parts(schema: Schema) -> Iterator[tuple[str, Schema]]:
    """Yield the properties of an object schema, each as its alternatives that are not null."""
    for name, part in schema.get("properties", {}).items():
        for option in part.get("anyOf", [part]):
            if option.get("type") != "null":
                yield name, option


def _short(name: str) -> str:
    """Return a name for people: pydantic tells two of one name apart by their whole path."""
    name = name.replace("-Input", "").replace("-Output", "View")
    parts = [part for part in name.split("__") if part != "schemas"]
    return "".join(re.sub(r"(?:^|_)(\w)", lambda match: match[1].upper(), p) for p in parts[-2:])


def _tidy(value: Any, names: dict[str, str]) -> Any:
    """Return a schema without generated titles, with formats that follow from names."""
    if isinstance(value, list):
        return [_tidy(item, names) for item in value]
    if not isinstance(value, dict):
        return value
    schema = {
        key: {name: _tidy(part, names) for name, part in inner.items()}
        if key == "properties"
        else inner
        if key in ("default", "examples", "const", "enum")
        else _tidy(inner, names)
        for key, inner in value.items()
        if key != "title" or not isinstance(inner, str)
    }
    if "$ref" in schema:
        schema["$ref"] = REF.format(model=names[str(schema["$ref"]).rpartition("/")[2]])
    if schema.get("default", ...) is None:
        del schema["default"]  # what is left out; to send null may mean to clear it
    if schema.get("type") == "object" and not {"properties", "additionalProperties"} & set(schema):
        schema["additionalProperties"] = True  # some programs take its absence for none
    if schema.get("type") == "array":
        schema.setdefault("items", {})
    if str(schema.get("pattern", "")).startswith(_ID_PATTERN):
        schema["format"] = "uuid"
    for name, part in named_parts(schema):
        if part == {"type": "string"} and name not in _FREE:
            if name.endswith("At") or name in _TIMES:
                part["format"] = "date-time"
            elif name == "id" or name.endswith("Id"):
                part["format"] = "uuid"
        elif part == {"type": "integer"}:  # all that we count or number
            part["minimum"] = 0
    return schema
