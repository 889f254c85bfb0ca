"""Every kind of caller at every endpoint, compared with what the contract promises."""

import time
from dataclasses import dataclass, field

import jwt
import pytest

from gassapi_backend.models import Member, Scope
from gassapi_backend.server.accounts.actions import set_active
from gassapi_backend.server.accounts.signing import AUDIENCE, ISSUER
from gassapi_backend.server.identity import CONSOLE
from gassapi_backend.server.keys import KEYS
from gassapi_backend.server.routes import ROUTES
from gassapi_backend.server.routing import Route
from tests.conftest import Api, Person, everything, text_of
from tests.server.samples import SAMPLES, request_for

WHO = {
    "POST /api/v1/auth/register": "anybody",
    "POST /api/v1/auth/login": "anybody",
    "POST /api/v1/auth/refresh": "refresh token",
    "POST /api/v1/auth/logout": "signed in",
    "GET /api/v1/auth/sessions": "signed in",
    "DELETE /api/v1/auth/sessions/{session_id}": "signed in",
    "GET /api/v1/users/profile": "signed in",
    "PUT /api/v1/users/profile": "signed in",
    "PUT /api/v1/users/password": "signed in",
    "GET /api/v1/projects": "signed in or token",
    "POST /api/v1/projects": "signed in",
    "GET /api/v1/projects/{project_id}": "reader or token",
    "PUT /api/v1/projects/{project_id}": "member",
    "PATCH /api/v1/projects/{project_id}": "member",
    "DELETE /api/v1/projects/{project_id}": "owner",
    "GET /api/v1/projects/{project_id}/changes": "reader or token",
    "GET /api/v1/projects/{project_id}/events": "reader or token",
    "POST /api/v1/projects/{project_id}/generate-config": "member",
    "GET /api/v1/mcp/validate": "token",
    "GET /api/v1/mcp/tokens": "member",
    "POST /api/v1/mcp/tokens": "member",
    "POST /api/v1/mcp/revoke-token": "member",
    "POST /api/v1/mcp/regenerate-token": "member",
    "GET /api/v1/health": "anybody",
    "GET /api/v1/health/live": "anybody",
    "GET /api/v1/health/ready": "anybody",
    "GET /api/v1/status": "signed in",
    "GET /api/v1/openapi.json": "anybody",
    "GET /api/v1/docs": "anybody",
    "GET /": "anybody",
    "GET /health": "anybody",
    "GET /health/live": "anybody",
    "GET /health/ready": "anybody",
    "GET /openapi.json": "anybody",
    "GET /docs": "anybody",
    "GET /docs/{file}": "anybody",
}
"""Who may use a route, as the contract says it. A route that is not here fails a test."""

OWN_TOKENS = {"read token", "write token"}
DEAD_TOKENS = {"revoked token", "token whose creator left", "token of a deactivated creator"}
OUT = {"nobody", "logged out", "expired", *DEAD_TOKENS}
STRANGERS = {"stranger", "administrator"}
PEOPLE = {"member", "owner", *STRANGERS}
TOKENS = {"foreign token", *OWN_TOKENS}
CALLERS = sorted(OUT | PEOPLE | TOKENS | {"deactivated"})


def refusal(who: str, caller: str, *, is_public: bool) -> int | None:
    """Return the status with which a caller is refused; ``None`` where they are let in."""
    if who == "anybody":
        return None
    if who == "refresh token":
        return 401  # these callers bring everything but one
    if who == "token":
        special = {"nobody": 400, "deactivated": 403, **dict.fromkeys(DEAD_TOKENS, 403)}
        return None if caller in TOKENS else special.get(caller, 401)
    if caller in OUT or caller == "deactivated":
        return 401 if caller in OUT else 403
    let_in = {
        "signed in": PEOPLE,
        "signed in or token": PEOPLE | TOKENS,
        "reader or token": {"member", "owner"} | OWN_TOKENS | (STRANGERS if is_public else set()),
        "member": {"member", "owner"},
        "owner": {"owner"},
    }
    return None if caller in let_in[who] else 403


@dataclass
class Scene:
    """Two projects, one of them public, and everybody who may want something of them."""

    api: Api
    callers: dict[tuple[str, str], str] = field(default_factory=dict)
    projects: dict[str, str] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    token_ids: dict[tuple[str, str], str] = field(default_factory=dict)

    async def send(self, route: Route, caller: str, visibility: str) -> tuple[int, str]:
        """Send a route's good request as a caller; return the answer's status and text."""
        person = self.people.get(caller, self.people["owner"])
        session = jwt.decode(person.access, options={"verify_signature": False})["sid"]
        token_id = self.token_ids.get((caller, visibility), self.token_ids["owner", visibility])
        method, path, body = request_for(
            route,
            project_id=self.projects[visibility],
            session_id=session,
            token_id=token_id,
            user_id=person.id,
            refresh=person.refresh if caller in self.people else "none",
        )
        credential = self.callers.get((caller, visibility)) or None
        response = await self.api.call(method, path, credential, base="", json=body)
        return response.status, await text_of(response)


@pytest.fixture
async def scene(api: Api) -> Scene:
    """Everybody, at a private and at a public project."""
    names = {"owner": "Ann", "member": "Bob", "stranger": "Sam", "deactivated": "Ida"}
    scene = Scene(api)
    for caller, name in (names | {"logged out": "Lou", "left": "Lea"}).items():
        scene.people[caller] = await api.person(name)
    scene.people["administrator"] = await api.person("Adam", is_admin=True)
    scene.people["expired"] = scene.people["member"]
    for visibility in ("private", "public"):
        await _furnish(scene, visibility)
    await api.json("POST", "/auth/logout", scene.people["logged out"])
    await set_active(CONSOLE, scene.people["deactivated"].id, is_active=False)
    await Member.filter(user_id=scene.people["left"].id).delete()
    return scene


async def _furnish(scene: Scene, visibility: str) -> None:
    api, people, owner = scene.api, scene.people, scene.people["owner"]
    project = await api.project(owner, f"Zebra {visibility}", isPublic=visibility == "public")
    other = await api.project(people["stranger"], "Elsewhere")
    for caller in ("member", "deactivated", "logged out", "left"):
        await api.join(people[caller], project["id"])
    scene.projects[visibility] = project["id"]
    callers = {caller: person.access for caller, person in people.items()}
    callers["expired"] = _expired(api, people["member"])
    callers["read token"] = await api.token(owner, project["id"])
    callers["write token"] = await api.token(owner, project["id"], Scope.WRITE)
    callers["foreign token"] = await api.token(people["stranger"], other["id"], Scope.WRITE)
    callers["token whose creator left"] = await api.token(people["left"], project["id"])
    callers["token of a deactivated creator"] = await api.token(
        people["deactivated"], project["id"]
    )
    for caller in ("owner", "member"):
        issued = await api.issue(people[caller], project["id"])
        scene.token_ids[caller, visibility] = issued["mcpToken"]["id"]
    revoked = await api.issue(owner, project["id"])
    callers["revoked token"] = revoked["token"]
    which = {"projectId": project["id"], "tokenId": revoked["mcpToken"]["id"]}
    await api.json("POST", "/mcp/revoke-token", owner, json=which)
    scene.callers |= {(caller, visibility): text for caller, text in callers.items()}


def _expired(api: Api, person: Person) -> str:
    claims = jwt.decode(person.access, options={"verify_signature": False})
    claims |= {"iat": int(time.time()) - 1000, "exp": int(time.time()) - 100}
    assert (claims["iss"], claims["aud"]) == (ISSUER, AUDIENCE)
    return jwt.encode(claims, api.app[KEYS].access, "HS256")


def name_of(route: Route) -> str:
    """Return a route as this module's table has it."""
    return f"{route.method} {route.full_path}"


GUARDED = [
    pytest.param(route, visibility, id=f"{name_of(route)} {visibility}")
    for route in ROUTES
    for visibility in ("private", "public")
    if WHO.get(name_of(route)) not in (None, "anybody", "refresh token")
    and (visibility == "private" or "reader" in WHO[name_of(route)])
]
NO_PROJECTS = [
    "01a20200-0000-7000-8000-000000000000",
    "01A20200-0000-7000-8000-000000000000",
    "not-an-id",
    "%00",
    "%FF",
    "1%20OR%201=1",
    "%F0%9F%92%A5",
]


def test_every_route_is_in_the_table_and_has_a_sample() -> None:
    assert {name_of(route) for route in ROUTES} == set(WHO)
    assert {(route.method, route.full_path) for route in ROUTES} == set(SAMPLES)


@pytest.mark.parametrize("visibility", ["private", "public"])
async def test_refusals_are_those_of_the_contract_and_change_and_tell_nothing(
    scene: Scene, visibility: str
) -> None:
    before, surprises = await everything(), []
    for route in ROUTES:
        for caller in CALLERS:
            wanted = refusal(WHO[name_of(route)], caller, is_public=visibility == "public")
            if wanted is not None:
                status, text = await scene.send(route, caller, visibility)
                if status != wanted or "Zebra" in text:
                    surprises.append((name_of(route), caller, wanted, status, text))
    assert not surprises
    assert await everything() == before


async def test_public_routes_serve_everybody_whatever_they_bring(scene: Scene) -> None:
    surprises = []
    for route in ROUTES:
        for caller in CALLERS if WHO[name_of(route)] == "anybody" else ():
            status, text = await scene.send(route, caller, "private")
            if status != (302 if route.path == "/" else route.status):
                surprises.append((name_of(route), caller, status, text))
    assert not surprises


@pytest.mark.parametrize(("route", "visibility"), GUARDED)
async def test_a_route_serves_those_it_is_for(scene: Scene, route: Route, visibility: str) -> None:
    surprises = []
    for caller in CALLERS:
        if refusal(WHO[name_of(route)], caller, is_public=visibility == "public") is None:
            status, text = await scene.send(route, caller, visibility)
            if status != route.status:
                surprises.append((caller, status, text))
    assert not surprises


@pytest.mark.parametrize("project_id", NO_PROJECTS)
async def test_a_project_that_is_not_there_is_404_for_everybody_who_is_known(
    scene: Scene, project_id: str
) -> None:
    scene.projects["private"] = project_id
    surprises = []
    for route in ROUTES:
        for caller in PEOPLE | TOKENS if "project_id" in route.parameters else ():
            status, text = await scene.send(route, caller, "private")
            if status != 404:
                surprises.append((name_of(route), caller, status, text))
    assert not surprises


@pytest.mark.parametrize("caller", sorted(PEOPLE | TOKENS))
async def test_a_project_that_is_not_there_is_404_in_a_body_or_query_too(
    scene: Scene, caller: str
) -> None:
    scene.projects["private"] = NO_PROJECTS[0]
    surprises = []
    for route in ROUTES:
        if "<project_id>" in str(SAMPLES[route.method, route.full_path]):
            status, text = await scene.send(route, caller, "private")
            if status != 404:
                surprises.append((name_of(route), status, text))
    assert not surprises
