"""Every read that the API offers, from its tables: each filter, sort and page of each list.

A new route, tool, filter or sort is in it by itself; one whose value cannot be guessed fails with
the name that ``VALUES`` lacks.
"""

from collections.abc import Iterator
from itertools import combinations, product
from typing import Any, Literal, get_args, get_origin
from urllib.parse import urlencode

from pydantic import BaseModel
from pydantic.alias_generators import to_camel

from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.mcp.tools import TOOLS
from gassapi_backend.server.routes import ROUTES
from gassapi_backend.server.routing import PREFIX, Route

Values = dict[str, Any]

LIMIT = 10
LONG_LIMIT = 100  # of lists with cursors, which are gone through to the end
PAGING = {"page": 2, "offset": 2 * LIMIT}
NOT_THERE = "nothing like it"

VALUES: dict[str, str | tuple[str, ...] | None] = {
    "action": "endpoint_created",
    "resource_type": "endpoint",
    "from_date": "2026-01-01",
    "to_date": "2999-01-01",
    "search": ("bulk", NOT_THERE),
    "text": ("bulk", NOT_THERE),
    "method": "GET",
    "since": "{revision}",
    "since_revision": "{revision}",
    "environment": "{environment}",
    "version": None,
    "after": None,
    "include_sub_collections": None,
    "include_examples": None,
    "server_name": None,
    "reveal": None,
    "format": "postman",
}
"""Values of filters by their name; ``None``: it changes nothing about what is read."""

IDS = {
    "project_id": "project",
    "collection_id": "collection",
    "endpoint_id": "endpoint",
    "environment_id": "environment",
    "flow_id": "flow",
    "user_id": "ann",
    "actor_id": "ann",
    "token_id": "token",
    "created_by": "ann",
    "invitation_token": "invitation",
}

APART = {
    "/users/stats": "counts all there is",
    "/audit/verification": "reads all entries",
    "/doctor": "checks all there is",
    "/status/history": "is read from memory",
    "/invitations/{invitation_token}": "needs what only its mail says: test_invitations.py",
    "/projects/{project_id}/events": "never ends: test_statements.py",
    "/mcp/validate": "is asked by a token: test_statements.py",
}
"""Routes that are not here, and why."""


Read = str | tuple[str, tuple[tuple[str, Any], ...]]
"""The address of a read below the prefix, or the name of a tool and its arguments."""


def reads(ids: dict[str, str], together: int = 2) -> Iterator[Read]:
    """Yield every read, with each choice of so many filters and orders at most."""
    for route in ROUTES:
        is_read = route.method == "GET" and route.permission is not Permission.PUBLIC
        if is_read and route.prefix == PREFIX and route.path not in APART:
            yield from _addresses(route, ids, together)
    for tool in TOOLS:
        if tool.is_read:
            for chosen in choices(tool.arguments, ids, together):
                yield tool.name, tuple(chosen.items())


def _addresses(route: Route, ids: dict[str, str], together: int) -> Iterator[str]:
    path = route.path
    for name in route.parameters:
        path = path.replace(f"{{{name}}}", ids[IDS[name]])
    for chosen in choices(route.query, ids, together) if route.query else [{}]:
        asked = {to_camel(name): _said(value) for name, value in chosen.items()}
        yield f"{path}?{urlencode(asked)}" if asked else path


def choices(schema: type[BaseModel], ids: dict[str, str], together: int) -> Iterator[Values]:
    """Yield what is given to a read: what has to be, and up to so many of what may be."""
    fields = schema.model_fields
    base: Values = {}
    if "limit" in fields:
        base["limit"] = LONG_LIMIT if "cursor" in fields else LIMIT
    for name, field in fields.items():
        if name == "project_id" or field.is_required():
            base[name] = _values(name, field.annotation, ids)[0]
    optional = {
        name: values
        for name, field in fields.items()
        if name not in (*base, "cursor") and (values := _values(name, field.annotation, ids))
    }
    for count in range(together + 1):
        for names in combinations(optional, count):
            for values in product(*(optional[name] for name in names)):
                yield base | dict(zip(names, values, strict=True))


def _values(name: str, annotation: Any, ids: dict[str, str]) -> list[Any]:
    if name in IDS:
        return [ids[IDS[name]]]
    if name in PAGING:
        return [PAGING[name]]
    if found := _literals(annotation):
        return found
    if name in VALUES:
        value = VALUES[name]
        some = value if isinstance(value, tuple) else (value,)
        return [_filled(one, ids) for one in some if one is not None]
    if annotation is bool or bool in get_args(annotation):
        return [True, False]
    raise AssertionError(f"tests/server/lists.py knows no value for {name}")


def _filled(value: str, ids: dict[str, str]) -> str | int:
    filled = value.format(**ids)
    return int(filled) if value == "{revision}" else filled


def _literals(annotation: Any) -> list[Any]:
    """Return what a type allows by name, also where it is optional."""
    if get_origin(annotation) is Literal:
        return list(get_args(annotation))
    return [value for part in get_args(annotation) for value in _literals(part)]


def _said(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
