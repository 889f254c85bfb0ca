"""An example for any schema: always the same one, and with sensible values."""

import re
import zlib
from typing import Any

from gassapi_backend.server.openapi.schemas import Schema, Schemas

GOOD: dict[str, Any] = {
    "ConfigOptions": {"client": "claude-code", "includeAuth": True, "scope": "write"},
    "Creator.name": "Ann Doe",
    "InvitationChoice": {"invitationId": "0198c0de-0000-7000-8000-000000000002"},
    "NewAccount.name": "Ann Doe",
    "ProfileChanges.name": "Ann Doe",
    "Registrant": {
        "email": "ann@example.com",
        "password": "violet teapot 61",
        "name": "Ann Doe",
    },
    "UserView.name": "Ann Doe",
    "accessToken": "eyJ…",
    "action": "project_updated",
    "avatarUrl": "https://example.com/ann.png",
    "bodyType": "json",
    "confirmation": "DELETE_PROJECT",
    "currentPassword": "violet teapot 61",
    "customSettings": {"theme": "dark"},
    "description": "What it is for",
    "email": "ann@example.com",
    "environment": "Development",
    "expiresAt": "2099-01-31T12:00:00.000Z",
    "expiresIn": 900,
    "edges": [{"id": "edge-1", "source": "login", "target": "orders"}],
    "flowData": {
        "version": "1.0",
        "steps": [
            {"id": "login", "name": "Log in", "method": "POST", "url": "{{baseUrl}}/login"},
            {"id": "orders", "name": "List orders", "method": "GET", "url": "{{baseUrl}}/orders"},
        ],
        "config": {},
    },
    "flowInputs": [{"name": "email", "type": "email", "required": True}],
    "console_version": "4b8a99adb44e302d",
    "module": "app.js",
    "folder": "screens",
    "part": "docs.js",
    "hasNext": False,
    "hasPrev": False,
    "ip": "203.0.113.7",
    "instructions": "Save it as gassapi.json beside your project.",
    "key": "baseUrl",
    "limit": 20,
    "message": "It is done.",
    "method": "GET",
    "name": "Shop",
    "newPassword": "amber kettle 27",
    "nodes": [
        {"id": "login", "type": "request", "data": {"method": "POST", "url": "/login"}},
        {"id": "orders", "type": "request", "data": {"method": "GET", "url": "/orders"}},
    ],
    "ownerName": "Ann Doe",
    "password": "violet teapot 61",
    "prefix": "gass_2kQ9",
    "refreshToken": "gassr_…",
    "resourceType": "project",
    "search": "shop",
    "serverName": "gassapi-shop",
    "settings": {"colour": "blue"},
    "token": "gass_…",
    "url": "{{baseUrl}}/orders",
    "userAgent": "Mozilla/5.0",
    "value": "https://api.example.com",
    "variables": {"baseUrl": "https://api.example.com"},
    "version": "0.1.0",
}
"""Good values, by the name of a schema, of a property in one, or of any property.

The last are used where they are of the right type.
"""

_FORMATS = {
    "date-time": "2026-01-31T12:00:00.000Z",
    "date": "2026-01-31",
    "email": "ann@example.com",
    "password": "violet teapot 61",
    "uri": "https://example.com/",
}
_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
}


def example_id(name: str) -> str:
    """Return the id that examples have wherever one of that name is asked for."""
    word = re.sub(r"(?:_id|Id)$", "", name).lower()
    return f"0198c0de-0000-7000-8000-{zlib.crc32(word.encode()):012x}"


def example(schemas: Schemas, schema: Schema, name: str = "", within: tuple[str, ...] = ()) -> Any:
    """Return a value that fits a schema, as the property ``name`` of the objects ``within``.

    Where none follows from the schema (a pattern, a rule that it cannot say), ``GOOD`` has one, or
    the type itself: ``Field(examples=[...])``.
    """
    if "$ref" in schema:
        target = schema["$ref"].rpartition("/")[2]
        if target in GOOD:
            return GOOD[target]
        return example(schemas, schemas.components[target], name, (*within, target))
    if "examples" in schema:
        return schema["examples"][0]
    for fixed in ("const", "enum"):
        if fixed in schema:
            return schema[fixed] if fixed == "const" else schema[fixed][0]
    options = [part for part in schema.get("anyOf", ()) if part.get("type") != "null"]
    if options:
        return example(schemas, options[0], name, within)
    owner = within[-1] if within else ""
    good = GOOD.get(f"{owner}.{name}", GOOD.get(name))
    kind = schema.get("type", "object")
    if good is not None and isinstance(good, _TYPES[kind]) and "properties" not in schema:
        return good
    return _made(schemas, schema, kind, name, within)


def _made(schemas: Schemas, schema: Schema, kind: str, name: str, within: tuple[str, ...]) -> Any:
    if kind == "object":
        return _object(schemas, schema, within)
    if kind == "array":
        item = schema.get("items", {})
        is_deep = str(item.get("$ref", "")).rpartition("/")[2] in within
        return [] if is_deep else [example(schemas, item, name.removesuffix("s"), within)]
    if kind == "string":
        return _text(schema, name, within)
    if kind == "boolean":
        return schema.get("default", True)
    return schema.get("default") or schema.get("minimum") or 1


def _object(schemas: Schemas, schema: Schema, within: tuple[str, ...]) -> dict[str, Any]:
    parts = schema.get("properties", {})
    found = {name: example(schemas, part, name, within) for name, part in parts.items()}
    rest = schema.get("additionalProperties")
    if not parts and isinstance(rest, dict):
        return {"key": example(schemas, rest, "value", within)}
    return found


def _text(schema: Schema, name: str, within: tuple[str, ...]) -> str:
    if schema.get("format") == "uuid":
        owner = re.sub(r"(?:View|Summary|Answer)$", "", within[-1]) if within else ""
        return example_id(owner if name == "id" else name)
    text = _FORMATS.get(schema.get("format", ""))
    text = text or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).capitalize() or "Text"
    return text.ljust(schema.get("minLength", 0), "x")[: schema.get("maxLength")]
