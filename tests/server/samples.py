"""A good request for every endpoint; one that has none here fails a test."""

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Any, NamedTuple

from aiohttp import ClientResponse

from gassapi_backend.console.files import console
from gassapi_backend.models import Purpose, User
from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.audit.queries import project_ids
from gassapi_backend.server.audit.verification import verify
from gassapi_backend.server.recovery.state import LINKS
from gassapi_backend.server.routes import ROUTES
from gassapi_backend.server.routing import Route
from gassapi_backend.server.web.cursors import Place, new_cursor
from tests.conftest import PASSWORD, Api, Person, audited, text_of
from tests.factories import NOWHERE

CONTENT = ("parent_id", "collection_id", "endpoint_id", "environment_id", "flow_id")
COMPANY = ("member_id", "invitation_id", "invitation_token", "own_invitation_id")
NOTHING = dict.fromkeys((*CONTENT, *COMPANY), "01a20200-0000-7000-8000-000000000000") | {
    "console_version": console().version,
    "module": "app.js",
    "folder": "screens",
    "part": "docs.js",
    "link": "x" * 54,
}
"""What requests are about where nothing better is at hand."""

_numbers = count(1)


FOR_NOBODY = ("/auth/first-administrator",)
"""Routes that refuse everybody as soon as there is an account."""


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

_COLLECTION = {
    "name": "Collection <number>",
    "parentId": "<parent_id>",
    "description": "What is in it",
    "position": 3,
    "variables": [{"key": "base url", "value": "https://example.com"}],
    "auth": {"type": "bearer", "token": "{{token}}"},
    "headers": [{"key": "X-Team", "value": "blue", "enabled": False}],
}
_ENDPOINT = {
    "name": "Log in",
    "method": "post",
    "url": "{{host}}/login",
    "description": "How one gets in",
    "position": 3,
    "headers": {"Accept": "application/json"},
    "params": {"verbose": ["1", "2"]},
    "body": {"user": "{{user}}", "remember": True},
    "bodyType": "json",
    "auth": {"type": "bearer", "token": "{{token}}"},
    "examples": [{"name": "good", "status": 200}],
    "purpose": "Starts a session",
    "requestParams": {"user": {"type": "string"}},
    "responseSchema": {"type": "object"},
    "headerDocs": [{"name": "Accept", "about": "JSON only"}],
}
_ENVIRONMENT = {
    "name": "Production <number>",
    "description": "Where it is real",
    "variables": [
        {"key": "HOST", "value": "https://{{region}}.example.com", "description": "Where it is"},
        {"key": "API_KEY", "value": "battery staple 44", "enabled": True, "secret": True},
    ],
    "isDefault": True,
}
_FLOW = {
    "name": "Check out",
    "description": "From the basket to the receipt",
    "collectionId": "<collection_id>",
    "flowData": {
        "version": "1.0",
        "steps": [
            {"id": "login", "method": "POST", "url": "{{host}}/login", "outputs": ["token"]},
            {"id": "pay", "url": "{{host}}/pay", "headers": {"Authorization": "{{login.token}}"}},
        ],
        "config": {"stopOnError": True},
    },
    "flowInputs": [{"name": "email", "type": "email", "required": True, "default": "a@b.test"}],
    "isActive": False,
}
_DRAWING = {
    "nodes": [{"id": "login", "type": "request", "position": {"x": 0, "y": 0}, "data": {}}],
    "edges": [],
    "viewport": {"x": 0, "y": 0, "zoom": 1.5},
}

OF_PLACES, OF_AGES, OF_ENTRIES = (
    new_cursor(Place(0, key))
    for key in ((0, NOWHERE), (NOWHERE,), ("2999-01-01 00:00:00.000", NOWHERE))
)
"""Cursors at the beginning of lists by place, by age, and of entries."""

SAMPLES: dict[tuple[str, str], Sample] = {
    ("POST", "/api/v1/auth/register"): Sample(
        {
            "email": "new<number>@example.com",
            "password": PASSWORD,
            "name": "New Person",
            "invitationToken": "<invitation_token>",
        }
    ),
    ("POST", "/api/v1/auth/first-administrator"): Sample(
        {
            "token": "<link>",
            "email": "first<number>@example.com",
            "password": PASSWORD,
            "name": "First Person",
        }
    ),
    ("POST", "/api/v1/auth/login"): Sample({"email": "ann@example.com", "password": PASSWORD}),
    ("POST", "/api/v1/auth/refresh"): Sample({"refreshToken": "<refresh>"}),
    ("POST", "/api/v1/auth/logout"): Sample({"revokeAllTokens": True}),
    ("GET", "/api/v1/auth/sessions"): Sample(),
    ("DELETE", "/api/v1/auth/sessions/{session_id}"): Sample(),
    ("POST", "/api/v1/auth/verify-email"): Sample({"token": "<link>"}),
    ("GET", "/api/v1/auth/verify/{link}"): Sample(),
    ("POST", "/api/v1/auth/disown-account"): Sample({"token": "<link>"}),
    ("POST", "/api/v1/auth/resend-verification"): Sample(),
    ("POST", "/api/v1/auth/forgot-password"): Sample({"email": "ann@example.com"}),
    ("POST", "/api/v1/auth/reset-password"): Sample(
        {"token": "<link>", "password": PASSWORD, "revokeTokens": False}
    ),
    ("GET", "/api/v1/users/profile"): Sample(),
    ("PUT", "/api/v1/users/profile"): Sample(
        {"name": "Other Name", "avatarUrl": "https://example.com/me.png"}
    ),
    ("PATCH", "/api/v1/users/profile"): Sample(
        {"name": "Other Name", "avatarUrl": "https://example.com/me.png"}
    ),
    ("PUT", "/api/v1/users/email"): Sample(
        {"email": "moved<number>@example.com", "password": PASSWORD}
    ),
    ("PUT", "/api/v1/users/password"): Sample(
        {
            "currentPassword": PASSWORD,
            "newPassword": "battery staple 43",
            "revokeTokens": False,
        }
    ),
    ("GET", "/api/v1/users/activity"): Sample(
        query="?page=1&limit=5&action=project_created&resourceType=project"
        "&fromDate=2026-01-31&toDate=9999-12-31T12:00:00Z"
        f"&cursor={OF_ENTRIES}"
    ),
    ("DELETE", "/api/v1/users/account"): Sample(
        {"password": PASSWORD, "confirmation": "DELETE_MY_ACCOUNT"}
    ),
    ("GET", "/api/v1/users/projects"): Sample(
        query="?page=1&limit=5&search=o&role=owner&sort=name&order=asc"
    ),
    ("GET", "/api/v1/users/tokens"): Sample(query="?status=active&page=1&limit=5"),
    ("GET", "/api/v1/users/export"): Sample(),
    ("GET", "/api/v1/users/stats"): Sample(),
    ("GET", "/api/v1/users"): Sample(
        query="?page=1&limit=5&search=o&isActive=true&isAdmin=false&sort=last_login_at&order=asc"
    ),
    ("POST", "/api/v1/users"): Sample(
        {
            "email": "made<number>@example.com",
            "password": PASSWORD,
            "name": "Made Person",
            "isAdmin": True,
        }
    ),
    ("GET", "/api/v1/users/{user_id}"): Sample(),
    ("PATCH", "/api/v1/users/{user_id}"): Sample(
        {"name": "Other Name", "isActive": True, "isAdmin": True}
    ),
    ("POST", "/api/v1/users/{user_id}/reset-link"): Sample(),
    ("DELETE", "/api/v1/users/{user_id}/sessions"): Sample(),
    ("POST", "/api/v1/mail/test"): Sample(),
    ("GET", "/api/v1/status/history"): Sample(),
    ("GET", "/api/v1/doctor"): Sample(),
    ("GET", "/api/v1/audit/verification"): Sample(query="?after=01a20200"),
    ("GET", "/api/v1/audit"): Sample(
        query="?page=1&limit=5&action=user_created&resourceType=user&actorId=<user_id>"
        "&fromDate=2026-01-31&toDate=9999-12-31T12:00:00Z"
        f"&cursor={OF_ENTRIES}"
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
    ("GET", "/api/v1/projects/{project_id}/collections"): Sample(query="?flat=true"),
    ("POST", "/api/v1/projects/{project_id}/collections"): Sample(_COLLECTION),
    ("POST", "/api/v1/collections/import"): Sample(
        {
            "projectId": "<project_id>",
            "parentId": "<parent_id>",
            "collectionId": "<collection_id>",
            "format": "curl",
            "mode": "merge",
            "prefer": "source",
            "prune": True,
            "dryRun": False,
            "data": "curl https://example.com/<number>",
        }
    ),
    ("GET", "/api/v1/collections/{collection_id}/export"): Sample(
        query="?format=postman&version=2.1&includeSubCollections=true&includeExamples=true"
        "&environment=<environment_id>&reveal=false"
    ),
    ("POST", "/api/v1/projects/demo"): Sample({"name": "Look around"}),
    ("POST", "/api/v1/projects/import"): Sample(
        {"name": "Back again", "data": {"format": "gassapi", "version": 1, "project": {}}}
    ),
    ("GET", "/api/v1/projects/{project_id}/export"): Sample(query="?reveal=false"),
    ("GET", "/api/v1/environments/{environment_id}/export"): Sample(
        query="?format=postman&reveal=false"
    ),
    ("GET", "/api/v1/collections/{collection_id}"): Sample(query="?reveal=false"),
    ("PUT", "/api/v1/collections/{collection_id}"): Sample(_COLLECTION),
    ("PATCH", "/api/v1/collections/{collection_id}"): Sample(_COLLECTION),
    ("DELETE", "/api/v1/collections/{collection_id}"): Sample(),
    ("POST", "/api/v1/collections/{collection_id}/duplicate"): Sample(
        {"name": "Copy <number>", "projectId": "<project_id>"}
    ),
    ("GET", "/api/v1/collections/{collection_id}/endpoints"): Sample(
        query=f"?search=o&method=get&limit=5&offset=0&whole=true&cursor={OF_PLACES}"
    ),
    ("GET", "/api/v1/projects/{project_id}/endpoints"): Sample(
        query=f"?search=o&method=get&limit=5&offset=0&whole=true&cursor={OF_AGES}"
    ),
    ("POST", "/api/v1/collections/{collection_id}/endpoints"): Sample(_ENDPOINT),
    ("GET", "/api/v1/endpoints/{endpoint_id}"): Sample(),
    ("PUT", "/api/v1/endpoints/{endpoint_id}"): Sample(
        {**_ENDPOINT, "collectionId": "<parent_id>"}
    ),
    ("PATCH", "/api/v1/endpoints/{endpoint_id}"): Sample(
        {**_ENDPOINT, "collectionId": "<parent_id>"}
    ),
    ("DELETE", "/api/v1/endpoints/{endpoint_id}"): Sample(),
    ("POST", "/api/v1/endpoints/{endpoint_id}/duplicate"): Sample(
        {"name": "Log in again", "collectionId": "<parent_id>"}
    ),
    ("GET", "/api/v1/projects/{project_id}/environments"): Sample(query="?reveal=false"),
    ("POST", "/api/v1/projects/{project_id}/environments"): Sample(_ENVIRONMENT),
    ("GET", "/api/v1/environments/{environment_id}"): Sample(query="?reveal=false"),
    ("PUT", "/api/v1/environments/{environment_id}"): Sample(_ENVIRONMENT),
    ("PATCH", "/api/v1/environments/{environment_id}"): Sample(_ENVIRONMENT),
    ("DELETE", "/api/v1/environments/{environment_id}"): Sample(),
    ("POST", "/api/v1/environments/{environment_id}/duplicate"): Sample({"name": "Copy <number>"}),
    ("POST", "/api/v1/environments/{environment_id}/default"): Sample(),
    ("GET", "/api/v1/projects/{project_id}/flows"): Sample(
        query="?page=1&limit=5&search=o&isActive=true&collectionId=<collection_id>"
    ),
    ("POST", "/api/v1/projects/{project_id}/flows"): Sample(_FLOW),
    ("GET", "/api/v1/flows/{flow_id}"): Sample(query="?shape=ui"),
    ("PUT", "/api/v1/flows/{flow_id}"): Sample(_FLOW),
    ("PATCH", "/api/v1/flows/{flow_id}"): Sample(_FLOW),
    ("DELETE", "/api/v1/flows/{flow_id}"): Sample(),
    ("POST", "/api/v1/flows/{flow_id}/duplicate"): Sample({"name": "Check out again"}),
    ("POST", "/api/v1/flows/{flow_id}/toggle"): Sample({"isActive": False}),
    ("GET", "/api/v1/flows/{flow_id}/ui"): Sample(),
    ("PUT", "/api/v1/flows/{flow_id}/ui"): Sample(_DRAWING),
    ("GET", "/api/v1/projects/{project_id}/context"): Sample(),
    ("GET", "/api/v1/projects/{project_id}/settings"): Sample(),
    ("PUT", "/api/v1/projects/{project_id}/settings"): Sample({"colour": "blue"}),
    ("PATCH", "/api/v1/projects/{project_id}/settings"): Sample({"colour": "red", "size": None}),
    ("POST", "/api/v1/projects/{project_id}/transfer"): Sample({"userId": "<member_id>"}),
    ("GET", "/api/v1/projects/{project_id}/activity"): Sample(
        query="?page=1&limit=5&action=project_created&resourceType=project&actorId=<user_id>&tokenId=<token_id>"
        "&fromDate=2026-01-31&toDate=9999-12-31T12:00:00Z"
        f"&cursor={OF_ENTRIES}"
    ),
    ("GET", "/api/v1/projects/{project_id}/members"): Sample(query="?page=1&limit=5"),
    ("POST", "/api/v1/projects/{project_id}/members"): Sample({"email": "guest@example.com"}),
    ("DELETE", "/api/v1/projects/{project_id}/members/{member_id}"): Sample(),
    ("GET", "/api/v1/projects/{project_id}/invitations"): Sample(query="?page=1&limit=5"),
    ("DELETE", "/api/v1/projects/{project_id}/invitations/{invitation_id}"): Sample(),
    ("GET", "/api/v1/invitations"): Sample(query="?page=1&limit=5"),
    ("GET", "/api/v1/invitations/{invitation_token}"): Sample(),
    ("POST", "/api/v1/invitations/accept"): Sample({"invitationId": "<own_invitation_id>"}),
    ("POST", "/api/v1/invitations/decline"): Sample({"invitationId": "<own_invitation_id>"}),
    ("POST", "/api/v1/projects/{project_id}/generate-config"): Sample(
        {
            "environment": "Development",
            "includeAuth": True,
            "scope": "write",
            "includeSecrets": True,
            "customSettings": {"theme": "dark"},
            "expiresAt": "9999-12-31T12:00:00Z",
            "serverName": "gassapi-shop",
        }
    ),
    ("GET", "/api/v1/mcp/clients"): Sample(),
    ("GET", "/api/v1/mcp/bundle"): Sample(query="?serverName=gassapi-shop"),
    ("GET", "/api/v1/mcp/validate"): Sample(),
    ("GET", "/api/v1/mcp/tokens"): Sample(
        query="?projectId=<project_id>&status=active&createdBy=<user_id>&page=1&limit=5"
    ),
    ("POST", "/api/v1/mcp/tokens"): Sample(
        {
            "projectId": "<project_id>",
            "name": "Laptop",
            "scope": "read",
            "expiresAt": "9999-12-31T12:00:00Z",
        }
    ),
    ("POST", "/api/v1/mcp/revoke-token"): Sample(
        {"projectId": "<project_id>", "tokenId": "<token_id>", "reason": "lost"}
    ),
    ("POST", "/api/v1/mcp/regenerate-token"): Sample(
        {
            "projectId": "<project_id>",
            "tokenId": "<token_id>",
            "expiresAt": "9999-12-31T12:00:00Z",
        }
    ),
    ("POST", "/mcp"): Sample({"jsonrpc": "2.0", "id": 1, "method": "ping"}),
    ("GET", "/api/v1/health"): Sample(),
    ("GET", "/api/v1/health/live"): Sample(),
    ("GET", "/api/v1/health/ready"): Sample(),
    ("GET", "/api/v1/instance"): Sample(),
    ("GET", "/api/v1/status"): Sample(),
    ("GET", "/api/v1/openapi.json"): Sample(),
    ("GET", "/api/v1/docs"): Sample(),
    ("GET", "/invite/{link}"): Sample(),
    ("GET", "/verify/{link}"): Sample(),
    ("GET", "/reset/{link}"): Sample(),
    ("GET", "/"): Sample(),
    ("GET", "/console/{console_version}/{module}"): Sample(),
    ("GET", "/console/{console_version}/{folder}/{part}"): Sample(),
    ("GET", "/health"): Sample(),
    ("GET", "/health/live"): Sample(),
    ("GET", "/health/ready"): Sample(),
    ("GET", "/openapi.json"): Sample(),
    ("GET", "/docs"): Sample(),
}


class Request(NamedTuple):
    """A request that can be sent; ``path`` with the query."""

    method: str
    path: str
    body: dict[str, Any] | None


def request_for(route: Route, **values: str) -> Request:
    """Return the good request for a route, its names filled in (``project_id="..."``).

    Without them, it is about things that are not there.
    """
    sample = SAMPLES[route.method, route.full_path]
    values = {**NOTHING, "number": str(next(_numbers)), **values}
    path = route.full_path
    for name in route.parameters:
        path = path.replace(f"{{{name}}}", values[name])
    body = (
        {key: _filled(value, values) for key, value in sample.body.items()} if sample.body else None
    )
    return Request(route.method, path + _filled(sample.query, values), body)


def names_of(route: Route) -> set[str]:
    """Return the names that have to be filled in for a route's good request."""
    return set(
        re.findall(r"[<{](\w+)[>}]", route.path + str(SAMPLES[route.method, route.full_path]))
    )


async def fresh_links(api: Api, route: Route, user_id: str) -> dict[str, str]:
    """Return the token of a link that works once, where a route uses one up."""
    purposes = {
        "/auth/verify-email": Purpose.VERIFY_EMAIL,
        "/auth/disown-account": Purpose.VERIFY_EMAIL,
        "/auth/reset-password": Purpose.RESET_PASSWORD,
    }
    if route.path not in purposes:
        return {}
    if route.path == "/auth/disown-account":  # closes it
        user_id = (await api.person(f"Newcomer{next(_numbers)}", is_confirmed=False)).id
    user = await User.get(id=user_id)
    return {"link": (await api.app[LINKS].new_token(user, purposes[route.path]))[0]}


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


async def furnish(api: Api, who: Person | str, project_id: str) -> dict[str, str]:
    """Put one of everything into a project; return the ids by their names in paths."""
    number = next(_numbers)

    async def make(path: str, **body: Any) -> str:
        answer = await api.json("POST", path, who, json=body, expect=201)
        return next(value["id"] for key, value in answer.items() if key != "success")

    project = f"/projects/{project_id}"
    parent, collection = [
        await make(f"{project}/collections", name=f"Zebra {name} {number}")
        for name in ("parent", "collection")
    ]
    request = {"name": "Zebra login", "method": "GET", "url": "https://example.com"}
    empty = {"nodes": [], "edges": []}
    return {
        "parent_id": parent,
        "collection_id": collection,
        "endpoint_id": await make(f"/collections/{collection}/endpoints", **request),
        "environment_id": await make(f"{project}/environments", name=f"Zebra stage {number}"),
        "flow_id": await make(f"{project}/flows", name="Zebra flow", flowData=empty),
    }


async def accompany(api: Api, owner: Person, project_id: str) -> dict[str, str]:
    """Give an owner a member, somebody invited, and an invitation from elsewhere."""
    number = next(_numbers)
    member, host = await api.person(f"Member{number}"), await api.person(f"Host{number}")
    await api.join(member, project_id)
    waiting = await api.invite(owner, project_id, f"waits{number}@example.com")
    elsewhere = await api.project(host, "Elsewhere")
    own = await api.invite(host, elsewhere["id"], owner.email)
    return {
        "member_id": member.id,
        "invitation_id": waiting["id"],
        "invitation_token": waiting["inviteUrl"].rpartition("/")[2],
        "own_invitation_id": own["id"],
    }


async def tour(
    api: Api, *, headers: dict[str, str] | None = None, is_good: bool = True
) -> list[Visit]:
    """Send every route its good request, each as the owner of a fresh project.

    All but those that are ``FOR_NOBODY`` here.
    ``is_good``: whether they are still good with these ``headers``. Whatever they did, the chains
    of audit entries are whole after it.
    """
    await api.person("Ann")  # who the sample signs in as
    visits = [
        await _visit(api, route, number, headers or {})
        for number, route in enumerate(ROUTES)
        if route.path not in FOR_NOBODY
    ]
    for visit in visits if is_good else ():
        assert visit.response.status == visit.route.status, (visit.route.path, visit.text)
    assert [one async for one in verify(await project_ids()) if one.problems] == []
    return visits


async def _visit(api: Api, route: Route, number: int, headers: dict[str, str]) -> Visit:
    send = await ready(api, route, f"Guest{number}", headers)
    before = len(await audited())
    response = await send()
    text = await text_of(response)
    return Visit(route, response, text, (await audited())[before:])


async def ready(
    api: Api, route: Route, name: str, headers: dict[str, str]
) -> Callable[[], Awaitable[ClientResponse]]:
    """Make what a route's good request is about; return what sends it, as the owner ``name``."""
    is_admin = route.permission is Permission.ADMINISTER
    asks = route.path == "/auth/resend-verification"
    owner = await api.person(name, is_admin=is_admin, is_confirmed=not asks)
    project = await api.project(owner)
    issued = await api.issue(owner, project["id"])
    session = (await api.json("GET", "/auth/sessions", owner))["sessions"][0]
    ids = {
        "project_id": project["id"],
        "session_id": session["id"],
        "token_id": issued["mcpToken"]["id"],
        "user_id": owner.id,
        "refresh": owner.refresh,
        **await fresh_links(api, route, owner.id),
    }
    if not names_of(route).isdisjoint(CONTENT):
        ids |= await furnish(api, owner, project["id"])
    if not names_of(route).isdisjoint(COMPANY):
        ids |= await accompany(api, owner, project["id"])
    method, path, body = request_for(route, **ids)
    token = issued["token"]
    special = {"/auth/refresh": None, "/mcp/validate": token, "/mcp": token}
    who = special.get(route.path, owner)
    return partial(api.call, method, path, who, base="", json=body, headers=headers)


def _filled(value: Any, values: dict[str, str]) -> Any:
    if isinstance(value, str):
        for name, text in values.items():
            value = value.replace(f"<{name}>", text)
    return value
