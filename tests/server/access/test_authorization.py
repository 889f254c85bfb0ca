"""Every kind of caller at every endpoint, compared with what the contract promises."""

import time
from dataclasses import dataclass, field
from typing import Any

import jwt
import pytest

from gassapi_backend.models import Member, Scope, User
from gassapi_backend.server.access.admission import SUBJECTS
from gassapi_backend.server.access.callers import CONSOLE
from gassapi_backend.server.access.session_tokens import AUDIENCE, ISSUER
from gassapi_backend.server.accounts.actions import set_active
from gassapi_backend.server.routes import ROUTES
from gassapi_backend.server.routing import Route
from gassapi_backend.server.web.state import KEYS
from tests.conftest import Api, Person, everything, text_of
from tests.factories import NO_PROJECTS
from tests.server.samples import SAMPLES, fresh_links, furnish, request_for

WHO = {
    "POST /api/v1/auth/register": "anybody",
    "POST /api/v1/auth/first-administrator": "setup link",
    "POST /api/v1/auth/login": "anybody",
    "POST /api/v1/auth/refresh": "refresh token",
    "POST /api/v1/auth/logout": "signed in",
    "GET /api/v1/auth/sessions": "signed in",
    "DELETE /api/v1/auth/sessions/{session_id}": "signed in",
    "POST /api/v1/auth/verify-email": "signed in",
    "GET /api/v1/auth/verify/{link}": "anybody",
    "POST /api/v1/auth/disown-account": "anybody",
    "POST /api/v1/auth/resend-verification": "signed in",
    "POST /api/v1/auth/forgot-password": "anybody",
    "POST /api/v1/auth/reset-password": "anybody",
    "GET /api/v1/users/profile": "signed in",
    "PUT /api/v1/users/profile": "signed in",
    "PATCH /api/v1/users/profile": "signed in",
    "PUT /api/v1/users/email": "signed in",
    "PUT /api/v1/users/password": "signed in",
    "GET /api/v1/users/activity": "signed in",
    "DELETE /api/v1/users/account": "signed in",
    "GET /api/v1/users/projects": "signed in",
    "GET /api/v1/users/tokens": "signed in",
    "GET /api/v1/users/export": "signed in",
    "GET /api/v1/users/stats": "administrator",
    "GET /api/v1/users": "administrator",
    "POST /api/v1/users": "administrator",
    "GET /api/v1/users/{user_id}": "administrator",
    "PATCH /api/v1/users/{user_id}": "administrator",
    "POST /api/v1/users/{user_id}/reset-link": "administrator",
    "DELETE /api/v1/users/{user_id}/sessions": "administrator",
    "POST /api/v1/mail/test": "administrator",
    "GET /api/v1/status/history": "administrator",
    "GET /api/v1/doctor": "administrator",
    "GET /api/v1/audit": "administrator",
    "GET /api/v1/audit/verification": "administrator",
    "GET /api/v1/projects": "signed in or token",
    "POST /api/v1/projects": "signed in",
    "POST /api/v1/projects/demo": "signed in",
    "POST /api/v1/projects/import": "signed in",
    "GET /api/v1/projects/{project_id}/export": "reader or token",
    "GET /api/v1/projects/{project_id}": "reader or token",
    "PUT /api/v1/projects/{project_id}": "member",
    "PATCH /api/v1/projects/{project_id}": "member",
    "DELETE /api/v1/projects/{project_id}": "owner",
    "GET /api/v1/projects/{project_id}/changes": "reader or token",
    "GET /api/v1/projects/{project_id}/events": "reader or token",
    "GET /api/v1/projects/{project_id}/collections": "reader or token",
    "POST /api/v1/projects/{project_id}/collections": "member or write token",
    "POST /api/v1/collections/import": "member or write token",
    "GET /api/v1/collections/{collection_id}/export": "reader or token",
    "GET /api/v1/collections/{collection_id}": "reader or token",
    "PUT /api/v1/collections/{collection_id}": "member or write token",
    "PATCH /api/v1/collections/{collection_id}": "member or write token",
    "DELETE /api/v1/collections/{collection_id}": "member or write token",
    "POST /api/v1/collections/{collection_id}/duplicate": "member or write token",
    "GET /api/v1/collections/{collection_id}/endpoints": "reader or token",
    "GET /api/v1/projects/{project_id}/endpoints": "reader or token",
    "POST /api/v1/collections/{collection_id}/endpoints": "member or write token",
    "GET /api/v1/endpoints/{endpoint_id}": "reader or token",
    "PUT /api/v1/endpoints/{endpoint_id}": "member or write token",
    "PATCH /api/v1/endpoints/{endpoint_id}": "member or write token",
    "DELETE /api/v1/endpoints/{endpoint_id}": "member or write token",
    "POST /api/v1/endpoints/{endpoint_id}/duplicate": "member or write token",
    "GET /api/v1/projects/{project_id}/environments": "reader or token",
    "POST /api/v1/projects/{project_id}/environments": "member or write token",
    "GET /api/v1/environments/{environment_id}/export": "reader or token",
    "GET /api/v1/environments/{environment_id}": "reader or token",
    "PUT /api/v1/environments/{environment_id}": "member or write token",
    "PATCH /api/v1/environments/{environment_id}": "member or write token",
    "DELETE /api/v1/environments/{environment_id}": "member or write token",
    "POST /api/v1/environments/{environment_id}/duplicate": "member or write token",
    "POST /api/v1/environments/{environment_id}/default": "member or write token",
    "GET /api/v1/projects/{project_id}/flows": "reader or token",
    "POST /api/v1/projects/{project_id}/flows": "member or write token",
    "GET /api/v1/flows/{flow_id}": "reader or token",
    "PUT /api/v1/flows/{flow_id}": "member or write token",
    "PATCH /api/v1/flows/{flow_id}": "member or write token",
    "DELETE /api/v1/flows/{flow_id}": "member or write token",
    "POST /api/v1/flows/{flow_id}/duplicate": "member or write token",
    "POST /api/v1/flows/{flow_id}/toggle": "member or write token",
    "GET /api/v1/flows/{flow_id}/ui": "reader or token",
    "PUT /api/v1/flows/{flow_id}/ui": "member or write token",
    "GET /api/v1/projects/{project_id}/context": "reader or token",
    "GET /api/v1/projects/{project_id}/settings": "member",
    "PUT /api/v1/projects/{project_id}/settings": "member",
    "PATCH /api/v1/projects/{project_id}/settings": "member",
    "POST /api/v1/projects/{project_id}/transfer": "owner",
    "GET /api/v1/projects/{project_id}/activity": "member",
    "GET /api/v1/projects/{project_id}/members": "reader",
    "POST /api/v1/projects/{project_id}/members": "member",
    "DELETE /api/v1/projects/{project_id}/members/{member_id}": "member",
    "GET /api/v1/projects/{project_id}/invitations": "member",
    "DELETE /api/v1/projects/{project_id}/invitations/{invitation_id}": "member",
    "GET /api/v1/invitations": "signed in",
    "GET /api/v1/invitations/{invitation_token}": "anybody",
    "POST /api/v1/invitations/accept": "signed in",
    "POST /api/v1/invitations/decline": "signed in",
    "POST /api/v1/projects/{project_id}/generate-config": "member",
    "GET /api/v1/mcp/clients": "anybody",
    "GET /api/v1/mcp/bundle": "anybody",
    "GET /api/v1/mcp/validate": "token",
    "POST /mcp": "token for tools",
    "GET /api/v1/mcp/tokens": "member",
    "POST /api/v1/mcp/tokens": "member",
    "POST /api/v1/mcp/revoke-token": "member",
    "POST /api/v1/mcp/regenerate-token": "member",
    "GET /api/v1/health": "anybody",
    "GET /api/v1/health/live": "anybody",
    "GET /api/v1/health/ready": "anybody",
    "GET /api/v1/instance": "anybody",
    "GET /api/v1/status": "signed in",
    "GET /api/v1/openapi.json": "anybody",
    "GET /api/v1/docs": "anybody",
    "GET /invite/{link}": "anybody",
    "GET /verify/{link}": "anybody",
    "GET /reset/{link}": "anybody",
    "GET /": "anybody",
    "GET /console/{console_version}/{module}": "anybody",
    "GET /console/{console_version}/{folder}/{part}": "anybody",
    "GET /health": "anybody",
    "GET /health/live": "anybody",
    "GET /health/ready": "anybody",
    "GET /openapi.json": "anybody",
    "GET /docs": "anybody",
}
"""Who may use a route, as the contract says it. A route that is not here fails a test."""

TIED = {"owner": "projects with other members", "administrator": "nobody else to administer"}
"""Who is let in to ``DELETE /users/account`` and has to put something in order first."""

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
    if who == "setup link":
        return 410  # there are accounts
    if who == "token":
        special = {"nobody": 400, "deactivated": 403, **dict.fromkeys(DEAD_TOKENS, 403)}
        return None if caller in TOKENS else special.get(caller, 401)
    if who == "token for tools":
        return None if caller in TOKENS else 403 if caller == "deactivated" else 401
    if caller in OUT or caller == "deactivated":
        return 401 if caller in OUT else 403
    let_in = {
        "signed in": PEOPLE,
        "administrator": {"administrator"},
        "signed in or token": PEOPLE | TOKENS,
        "reader or token": {"member", "owner"} | OWN_TOKENS | (STRANGERS if is_public else set()),
        "reader": {"member", "owner"} | (STRANGERS if is_public else set()),
        "member": {"member", "owner"},
        "member or write token": {"member", "owner", "write token"},
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
    contents: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    invitations: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)

    async def send(self, route: Route, caller: str, visibility: str) -> tuple[int, str]:
        """Send a route's good request as a caller; return the answer's status and text."""
        person = self.people.get(caller, self.people["owner"])
        session = jwt.decode(person.access, options={"verify_signature": False})["sid"]
        token_id = self.token_ids.get((caller, visibility), self.token_ids["owner", visibility])
        contents = self.contents.get((caller, visibility), self.contents["owner", visibility])
        invitations = self.invitations.get(
            (caller, visibility), self.invitations["owner", visibility]
        )
        who = WHO[name_of(route)]
        is_served = refusal(who, caller, is_public=visibility == "public") is None
        addressee = self.people["owner"] if who == "anybody" else person  # theirs serves only them
        links = await fresh_links(self.api, route, addressee.id) if is_served else {"link": "none"}
        method, path, body = request_for(
            route,
            **contents,
            **invitations,
            member_id=self.people["logged out"].id if person.name == "Ann Doe" else person.id,
            project_id=self.projects[visibility],
            session_id=session,
            token_id=token_id,
            user_id=person.id,
            refresh="none",
            **links,
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
    host = await api.person("Host")
    for visibility in ("private", "public"):
        await _furnish(scene, visibility)
        await _invite_everybody(scene, visibility, host)
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
    for caller in ("owner", "member", "write token"):  # each their own to delete
        scene.contents[caller, visibility] = await furnish(api, owner, project["id"])
    for caller in ("owner", "member"):
        issued = await api.issue(people[caller], project["id"])
        scene.token_ids[caller, visibility] = issued["mcpToken"]["id"]
    revoked = await api.issue(owner, project["id"])
    callers["revoked token"] = revoked["token"]
    which = {"projectId": project["id"], "tokenId": revoked["mcpToken"]["id"]}
    await api.json("POST", "/mcp/revoke-token", owner, json=which)
    scene.callers |= {(caller, visibility): text for caller, text in callers.items()}


async def _invite_everybody(scene: Scene, visibility: str, host: Person) -> None:
    """Let each have an invitation of their own, and one of the project to withdraw."""
    api, project_id = scene.api, scene.projects[visibility]
    party = await api.project(host, "Party")
    waiting = await api.invite(scene.people["owner"], project_id, "waits@example.com")
    token = waiting["inviteUrl"].rpartition("/")[2]
    for caller, person in scene.people.items():
        own = await api.invite(host, party["id"], person.email)
        guest = f"guest.of.{person.id}@example.com"
        invited = await api.invite(scene.people["owner"], project_id, guest)
        scene.invitations[caller, visibility] = {
            "invitation_id": invited["id"],
            "own_invitation_id": own["id"],
            "invitation_token": token,
        }


def _expired(api: Api, person: Person) -> str:
    claims = jwt.decode(person.access, options={"verify_signature": False})
    claims |= {"iat": int(time.time()) - 1000, "exp": int(time.time()) - 100}
    assert (claims["iss"], claims["aud"]) == (ISSUER, AUDIENCE)
    return jwt.encode(claims, api.app[KEYS].access, "HS256")


def name_of(route: Route) -> str:
    """Return a route as this module's table has it."""
    return f"{route.method} {route.full_path}"


GUARDED = [
    route
    for route in ROUTES
    if WHO.get(name_of(route)) not in (None, "anybody", "refresh token", "setup link")
]
READS = [route for route in GUARDED if route.method == "GET"]
TAKES_AWAY = (
    "verify-email",
    "logout",
    "password",
    "revoke",
    "regenerate",
    "transfer",
    "accept",
    "decline",
)
"""What routes have in their path that leave less for the next: each has a scene of its own."""

HARMLESS = [
    route
    for route in GUARDED
    if route.method not in ("GET", "DELETE") and not any(word in route.path for word in TAKES_AWAY)
]
HARMFUL = [route for route in GUARDED if route not in READS and route not in HARMLESS]


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


async def unserved(scene: Scene, route: Route, visibility: str) -> list[Any]:
    """Return those whom a route is for and does not serve."""
    surprises = []
    for caller in CALLERS:
        if refusal(WHO[name_of(route)], caller, is_public=visibility == "public") is None:
            status, text = await scene.send(route, caller, visibility)
            is_tied = route.path == "/users/account" and caller in TIED
            if status != (409 if is_tied else route.status):
                surprises.append((name_of(route), caller, status, text))
    return surprises


@pytest.mark.parametrize("route", HARMFUL, ids=name_of)
async def test_what_takes_away_serves_those_it_is_for(scene: Scene, route: Route) -> None:
    assert not await unserved(scene, route, "private")


async def test_other_writes_serve_those_they_are_for(scene: Scene) -> None:
    await User.all().update(email_verified_at=None)  # or there is nothing to confirm
    surprises = []
    for route in HARMLESS:
        surprises += await unserved(scene, route, "private")
    assert not surprises


@pytest.mark.parametrize("visibility", ["private", "public"])
async def test_reads_serve_those_they_are_for(scene: Scene, visibility: str) -> None:
    surprises = []
    for route in READS:
        surprises += await unserved(scene, route, visibility)
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
        is_alone = SUBJECTS.keys().isdisjoint(route.parameters)
        if is_alone and "<project_id>" in str(SAMPLES[route.method, route.full_path]):
            status, text = await scene.send(route, caller, "private")
            if status != 404:
                surprises.append((name_of(route), status, text))
    assert not surprises
