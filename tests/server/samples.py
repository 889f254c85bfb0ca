"""A good request for every endpoint; one that has none here fails a test."""

import json
from dataclasses import dataclass
from itertools import count
from typing import Any, NamedTuple

from aiohttp import ClientResponse

from gassapi_backend.server.routes import ROUTES
from gassapi_backend.server.routing import Route
from tests.conftest import PASSWORD, Api, audited, text_of

_numbers = count(1)


class Sample(NamedTuple):
    """Body and query of a good request, with ``<names>`` of ids to be filled in."""

    body: dict[str, Any] | None = None
    query: str = ""


_PROJECT = {
    "name": "Fresh name",
    "description": "What it is for",
    "isPublic": True,
    "settings": {"colour": "blue"},
}

SAMPLES: dict[tuple[str, str], Sample] = {
    ("POST", "/api/v1/auth/register"): Sample(
        {"email": "new<number>@example.com", "password": PASSWORD, "name": "New Person"}
    ),
    ("POST", "/api/v1/auth/login"): Sample({"email": "ann@example.com", "password": PASSWORD}),
    ("POST", "/api/v1/auth/refresh"): Sample({"refreshToken": "<refresh>"}),
    ("POST", "/api/v1/auth/logout"): Sample({"revokeAllTokens": True}),
    ("GET", "/api/v1/auth/sessions"): Sample(),
    ("DELETE", "/api/v1/auth/sessions/{session_id}"): Sample(),
    ("GET", "/api/v1/users/profile"): Sample(),
    ("PUT", "/api/v1/users/profile"): Sample(
        {"name": "Other Name", "avatarUrl": "https://example.com/me.png"}
    ),
    ("PUT", "/api/v1/users/password"): Sample(
        {"currentPassword": PASSWORD, "newPassword": "battery staple 43"}
    ),
    ("GET", "/api/v1/projects"): Sample(
        query="?page=1&limit=5&search=o&role=owner&sort=name&order=asc"
    ),
    ("POST", "/api/v1/projects"): Sample(
        {"name": "Another one", "description": "What it is for", "isPublic": True}
    ),
    ("GET", "/api/v1/projects/{project_id}"): Sample(),
    ("PUT", "/api/v1/projects/{project_id}"): Sample(_PROJECT),
    ("PATCH", "/api/v1/projects/{project_id}"): Sample(_PROJECT),
    ("DELETE", "/api/v1/projects/{project_id}"): Sample({"confirmation": "DELETE_PROJECT"}),
    ("GET", "/api/v1/projects/{project_id}/changes"): Sample(query="?since=1&limit=5"),
    ("GET", "/api/v1/projects/{project_id}/events"): Sample(query="?since=1"),
    ("POST", "/api/v1/projects/{project_id}/generate-config"): Sample(
        {
            "environment": "Development",
            "includeAuth": True,
            "scope": "write",
            "customSettings": {"theme": "dark"},
        }
    ),
    ("GET", "/api/v1/mcp/validate"): Sample(),
    ("GET", "/api/v1/mcp/tokens"): Sample(
        query="?projectId=<project_id>&status=active&createdBy=<user_id>&page=1&limit=5"
    ),
    ("POST", "/api/v1/mcp/tokens"): Sample(
        {"projectId": "<project_id>", "name": "Laptop", "scope": "read"}
    ),
    ("POST", "/api/v1/mcp/revoke-token"): Sample(
        {"projectId": "<project_id>", "tokenId": "<token_id>", "reason": "lost"}
    ),
    ("POST", "/api/v1/mcp/regenerate-token"): Sample(
        {"projectId": "<project_id>", "tokenId": "<token_id>"}
    ),
    ("GET", "/api/v1/health"): Sample(),
    ("GET", "/api/v1/health/live"): Sample(),
    ("GET", "/api/v1/health/ready"): Sample(),
    ("GET", "/api/v1/status"): Sample(),
    ("GET", "/api/v1/openapi.json"): Sample(),
    ("GET", "/api/v1/docs"): Sample(),
    ("GET", "/"): Sample(),
    ("GET", "/health"): Sample(),
    ("GET", "/health/live"): Sample(),
    ("GET", "/health/ready"): Sample(),
    ("GET", "/openapi.json"): Sample(),
    ("GET", "/docs"): Sample(),
    ("GET", "/docs/{file}"): Sample(),
}


class Request(NamedTuple):
    """A request that can be sent; ``path`` with the query."""

    method: str
    path: str
    body: dict[str, Any] | None


def request_for(route: Route, **values: str) -> Request:
    """Return the good request for a route, its names filled in (``project_id="..."``)."""
    sample = SAMPLES[route.method, route.full_path]
    values = {"file": "docs.css", "number": str(next(_numbers)), **values}
    path = route.full_path
    for name in route.parameters:
        path = path.replace(f"{{{name}}}", values[name])
    body = (
        {key: _filled(value, values) for key, value in sample.body.items()} if sample.body else None
    )
    return Request(route.method, path + _filled(sample.query, values), body)


@dataclass(frozen=True)
class Visit:
    """A good request to a route, its answer, and what the audit log says it did."""

    route: Route
    response: ClientResponse
    text: str
    audited: list[str]

    @property
    def answer(self) -> Any:
        """The JSON of the answer."""
        return json.loads(self.text)


async def tour(api: Api) -> list[Visit]:
    """Send every route its good request, each as the owner of a fresh project."""
    await api.person("Ann")  # who the sample signs in as
    return [await _visit(api, route, number) for number, route in enumerate(ROUTES)]


async def _visit(api: Api, route: Route, number: int) -> Visit:
    owner = await api.person(f"Guest{number}")
    project = await api.project(owner)
    issued = await api.issue(owner, project["id"])
    session = (await api.json("GET", "/auth/sessions", owner))["sessions"][0]
    method, path, body = request_for(
        route,
        project_id=project["id"],
        session_id=session["id"],
        token_id=issued["mcpToken"]["id"],
        user_id=owner.id,
        refresh=owner.refresh,
    )
    who = {"/auth/refresh": None, "/mcp/validate": issued["token"]}.get(route.path, owner)
    before = len(await audited())
    response = await api.call(method, path, who, base="", json=body)
    text = await text_of(response)
    assert response.status in (route.status, 302), (path, text)
    return Visit(route, response, text, (await audited())[before:])


def _filled(value: Any, values: dict[str, str]) -> Any:
    if isinstance(value, str):
        for name, text in values.items():
            value = value.replace(f"<{name}>", text)
    return value
