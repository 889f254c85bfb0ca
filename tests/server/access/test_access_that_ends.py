"""Whoever loses access while their request is under way writes nothing any more, at any route."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import pytest
from aiohttp import ClientResponse, web

from gassapi_backend.models import Member, Scope
from gassapi_backend.server import middleware
from gassapi_backend.server.access.callers import CONSOLE
from gassapi_backend.server.access.permissions import (
    ABOUT_NO_PROJECT,
    FOR_TOKENS,
    GRANTS,
    SCOPES,
    Permission,
    Role,
)
from gassapi_backend.server.accounts.actions import set_active, set_admin
from gassapi_backend.server.accounts.deletion import delete_user
from gassapi_backend.server.members.actions import remove_member
from gassapi_backend.server.projects.actions import transfer_project
from gassapi_backend.server.routes import ROUTES
from gassapi_backend.server.routing import Route
from gassapi_backend.server.tokens.actions import revoke_tokens
from gassapi_backend.server.tokens.schemas import Revocation
from tests.conftest import Api, Person, everything
from tests.server.samples import fresh_links, furnish, request_for


@dataclass(frozen=True)
class Scene:
    """A project with its owner, somebody to hand it to, and something of each kind in it."""

    api: Api
    owner: Person
    heir: Person
    project_id: str
    ids: dict[str, str]


class Caller(NamedTuple):
    """Who sends the request: a person, and the token that they use instead, if they do."""

    person: Person
    token: str | None = None


async def sign_out(scene: Scene, caller: Caller) -> None:
    await scene.api.json("POST", "/auth/logout", caller.person, json={})


async def deactivate(_: Scene, caller: Caller) -> None:
    await set_active(CONSOLE, caller.person.id, is_active=False)


async def delete(_: Scene, caller: Caller) -> None:
    await delete_user(CONSOLE, caller.person.id)


async def remove(scene: Scene, caller: Caller) -> None:
    await remove_member(CONSOLE, scene.project_id, caller.person.id)


async def hand_over(scene: Scene, _: Caller) -> None:
    await transfer_project(CONSOLE, scene.project_id, scene.heir.id)


async def demote(_: Scene, caller: Caller) -> None:
    await set_admin(CONSOLE, caller.person.id, is_admin=False)


async def revoke(scene: Scene, _: Caller) -> None:
    await revoke_tokens(CONSOLE, scene.project_id, Revocation(projectId=scene.project_id))


End = Callable[[Scene, Caller], Awaitable[None]]

WRITES = [
    route
    for route in ROUTES
    if route.method != "GET" and route.permission not in (Permission.PUBLIC, *FOR_TOKENS)
]
"""Tools are tried one by one, in ``tests/server/mcp``."""
REVEALS = [route for route in ROUTES if route.query and "reveal" in route.query.model_fields]
"""Reads that are on record where they show secrets."""


def ends_of(permission: Permission) -> dict[End, int]:
    """Return how a person loses a permission, and the status with which they are refused."""
    ends: dict[End, int] = {sign_out: 401, deactivate: 403}
    if permission is Permission.ADMINISTER:
        return ends | {delete: 401, demote: 403}
    if permission in ABOUT_NO_PROJECT:
        return ends | {delete: 401}
    if permission in GRANTS[Role.MEMBER]:
        return ends | {delete: 401, remove: 403}
    return ends | {hand_over: 403}


def ends_of_token(permission: Permission) -> dict[End, int]:
    """Return the same for a write token."""
    if permission in ABOUT_NO_PROJECT or permission not in SCOPES[Scope.WRITE]:
        return {}
    return {revoke: 401, remove: 401}


class Case(NamedTuple):
    """A way of losing access, and the status with which it is refused then."""

    end: End
    status: int
    with_token: bool

    @property
    def name(self) -> str:
        """How a failure names it."""
        return f"{self.end.__name__}{' of a token' if self.with_token else ''}"


def permission_of(route: Route) -> Permission:
    return Permission.REVEAL_SECRETS if route in REVEALS else route.permission


def cases_of(route: Route) -> list[Case]:
    """Return what is tried at a route; handing the project over last, as it is another's then."""
    permission = permission_of(route)
    cases = [Case(end, status, False) for end, status in ends_of(permission).items()]
    cases += [Case(end, status, True) for end, status in ends_of_token(permission).items()]
    return sorted(cases, key=lambda case: case.end is hand_over)


@dataclass
class Gate:
    """Lets the test know that a request was let in, and holds it where there is no body to hold."""

    is_let_in: asyncio.Event
    may_go_on: asyncio.Event
    holds: bool

    async def admit(self, request: web.Request, permission: Permission, **options: bool) -> None:
        """Let a request in as the server does."""
        await ADMIT(request, permission, **options)
        self.is_let_in.set()
        if self.holds:
            await self.may_go_on.wait()

    async def body(self, text: str) -> AsyncIterator[bytes]:
        """Send all but the last byte; that when it may go on."""
        yield text[:-1].encode()
        await self.may_go_on.wait()
        yield text[-1:].encode()


ADMIT = middleware.admit
CREATE = next(
    route
    for route in ROUTES
    if (route.method, route.path) == ("POST", "/collections/{collection_id}/endpoints")
)


async def make_scene(api: Api, number: int = 0) -> Scene:
    owner, heir = await api.person(f"Olga{number}"), await api.person(f"Hero{number}")
    project = await api.project(owner)
    await api.join(heir, project["id"])
    issued = await api.issue(owner, project["id"])
    ids = {
        **await furnish(api, owner, project["id"]),
        "project_id": project["id"],
        "token_id": issued["mcpToken"]["id"],
        "invitation_id": (await api.invite(owner, project["id"], "guest@x.test"))["id"],
    }
    return Scene(api, owner, heir, project["id"], ids)


async def send(
    gate: Gate, scene: Scene, caller: Caller, route: Route, **ids: str
) -> ClientResponse:
    method, path, body = request_for(route, **scene.ids, **ids)
    if route in REVEALS:
        path = path.replace("reveal=false", "reveal=true")
        assert "reveal=true" in path
    options: dict[str, Any] = {}
    gate.holds = body is None or route.body is None
    if not gate.holds:
        options["data"] = gate.body(json.dumps(body))
        options["headers"] = {"Content-Type": "application/json"}
    return await scene.api.call(method, path, caller.token or caller.person, base="", **options)


@pytest.mark.parametrize(
    "route", [*WRITES, *REVEALS], ids=lambda route: f"{route.method} {route.path}"
)
async def test_a_request_that_outlives_its_access_writes_nothing(
    api: Api, monkeypatch: pytest.MonkeyPatch, route: Route
) -> None:
    """However the access ends. What is refused leaves the scene as it was, for the next."""
    permission = permission_of(route)
    is_for_members = permission in {*ABOUT_NO_PROJECT, *GRANTS[Role.MEMBER]}
    scene = await make_scene(api)
    for number, case in enumerate(cases_of(route)):
        ann = await api.person(f"Ann{number}", is_admin=permission is Permission.ADMINISTER)
        if case.end is hand_over or not is_for_members:
            scene = await make_scene(api, number + 1)  # of an owner who has not lost access yet
            caller = Caller(scene.owner)
        else:
            await api.join(ann, scene.project_id)
            token = await api.token(ann, scene.project_id, Scope.WRITE) if case.with_token else None
            caller = Caller(ann, token)
        elsewhere = await api.project(scene.heir, "Elsewhere")
        scene.ids["own_invitation_id"] = (
            await api.invite(scene.heir, elsewhere["id"], caller.person.email)
        )["id"]
        await outlive(monkeypatch, scene, caller, route, case)


async def outlive(
    monkeypatch: pytest.MonkeyPatch, scene: Scene, caller: Caller, route: Route, case: Case
) -> None:
    """Send a request, have its access end while it is under way, and look at what it did."""
    api = scene.api
    session = (await api.json("GET", "/auth/sessions", caller.person))["sessions"][0]
    ids = {"session_id": session["id"], "user_id": scene.heir.id, "member_id": caller.person.id}
    if caller.person is scene.owner:
        ids["member_id"] = scene.heir.id
    links = await fresh_links(api, route, caller.person.id)
    # A project that the body names is entered once the body is read: by then they are no member
    also = {403} if route.body and "project_id" in route.body.model_fields else set()
    also |= {410} if links else set()  # a link goes with its account
    gate = Gate(asyncio.Event(), asyncio.Event(), holds=False)
    monkeypatch.setattr(middleware, "admit", gate.admit)
    sent = asyncio.create_task(send(gate, scene, caller, route, **ids, **links))
    async with asyncio.timeout(30):
        await gate.is_let_in.wait()
    monkeypatch.setattr(middleware, "admit", ADMIT)
    await case.end(scene, caller)
    before = await everything()
    gate.may_go_on.set()
    response = await sent
    assert response.status in {case.status, *also}, (case.name, await response.text())
    assert await everything() == before, case.name


DECIDED_AGAIN = [route for route in ROUTES if route.is_decided_again]
NAMED = {"collection_id", "endpoint_id", "environment_id"}


async def test_whoever_wrote_before_is_refused_as_soon_as_they_may_no_longer(api: Api) -> None:
    """Even where their access was ended by another process, and they are let in by memory."""
    ann = await api.person("Ann")
    scene = await make_scene(api)
    await api.join(ann, scene.project_id)
    key = {"Idempotency-Key": "once"}
    for route in DECIDED_AGAIN:
        if route.method == "PATCH":
            method, path, body = request_for(route, **scene.ids)
            await api.json(method, path, ann, base="", json=body)
    method, again, written = request_for(CREATE, **scene.ids)
    await api.json(method, again, ann, base="", json=written, headers=key, expect=201)
    assert {name for route in DECIDED_AGAIN for name in route.parameters} == NAMED
    await Member.filter(user_id=ann.id, project_id=scene.project_id).delete()
    before = await everything()
    for route in DECIDED_AGAIN:
        method, path, body = request_for(route, **scene.ids)
        await api.json(method, path, ann, base="", json=body, expect=403)
    await api.json(CREATE.method, again, ann, base="", json=written, headers=key, expect=403)
    assert await everything() == before


async def test_what_somebody_wrote_before_and_another_deleted_is_not_found(api: Api) -> None:
    ann, path = await api.person("Ann"), "/api/v1/endpoints/{endpoint_id}"
    scene = await make_scene(api)
    await api.join(ann, scene.project_id)
    path = path.format(**scene.ids)
    await api.json("PATCH", path, ann, base="", json={"name": "Mine"})
    await api.json("DELETE", path, scene.owner, base="")
    answer = await api.json("PATCH", path, ann, base="", json={"name": "Still mine"}, expect=404)
    assert answer["error"]["message"] == "There is no such endpoint."


def test_every_route_that_writes_is_tried() -> None:
    public = {route.path for route in ROUTES if route.permission is Permission.PUBLIC}
    untried = {route for route in ROUTES if route.method != "GET" and not route.is_rpc}
    untried -= {*WRITES, *REVEALS}
    assert {route.path for route in untried} <= public
    assert len(REVEALS) == 6
    cases = [(route, case) for route in (*WRITES, *REVEALS) for case in cases_of(route)]
    assert len(cases) > 250
