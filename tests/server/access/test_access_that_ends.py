"""Whoever loses access while their request is under way writes nothing any more, at any route."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import pytest
from aiohttp import ClientResponse, web

from gassapi_backend.models import Scope
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


CASES = [
    pytest.param(route, permission, end, status, with_token, id=name)
    for route in (*WRITES, *REVEALS)
    for permission in [Permission.REVEAL_SECRETS if route in REVEALS else route.permission]
    for with_token, ends in ((False, ends_of(permission)), (True, ends_of_token(permission)))
    for end, status in ends.items()
    for name in [f"{route.method} {route.path} {end.__name__}{' of a token' if with_token else ''}"]
]


@dataclass
class Gate:
    """Lets the test know that a request was let in, and holds it where there is no body to hold."""

    is_let_in: asyncio.Event
    may_go_on: asyncio.Event
    holds: bool

    async def admit(self, request: web.Request, permission: Permission) -> None:
        """Let a request in as the server does."""
        await ADMIT(request, permission)
        self.is_let_in.set()
        if self.holds:
            await self.may_go_on.wait()

    async def body(self, text: str) -> AsyncIterator[bytes]:
        """Send all but the last byte; that when it may go on."""
        yield text[:-1].encode()
        await self.may_go_on.wait()
        yield text[-1:].encode()


ADMIT = middleware.admit


async def make_scene(api: Api, who: Person) -> Scene:
    owner, heir = await api.person("Olga"), await api.person("Hero")
    project = await api.project(owner)
    await api.join(heir, project["id"])
    own = await api.project(owner, "Elsewhere")
    invitation = await api.invite(owner, own["id"], who.email)
    issued = await api.issue(owner, project["id"])
    ids = {
        **await furnish(api, owner, project["id"]),
        "project_id": project["id"],
        "token_id": issued["mcpToken"]["id"],
        "invitation_id": (await api.invite(owner, project["id"], "guest@x.test"))["id"],
        "own_invitation_id": invitation["id"],
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


@pytest.mark.parametrize(("route", "permission", "end", "status", "with_token"), CASES)
async def test_a_request_that_outlives_its_access_writes_nothing(
    api: Api,
    monkeypatch: pytest.MonkeyPatch,
    route: Route,
    permission: Permission,
    end: End,
    status: int,
    with_token: bool,
) -> None:
    ann = await api.person(is_admin=permission is Permission.ADMINISTER)
    scene = await make_scene(api, ann)
    if end is hand_over or permission not in {*ABOUT_NO_PROJECT, *GRANTS[Role.MEMBER]}:
        caller = Caller(scene.owner)
    else:
        await api.join(ann, scene.project_id)
        token = await api.token(ann, scene.project_id, Scope.WRITE) if with_token else None
        caller = Caller(ann, token)
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
    await end(scene, caller)
    before = await everything()
    gate.may_go_on.set()
    response = await sent
    assert response.status in {status, *also}, await response.text()
    assert await everything() == before


def test_every_route_that_writes_is_tried() -> None:
    public = {route.path for route in ROUTES if route.permission is Permission.PUBLIC}
    tried = {case.values[0] for case in CASES}
    untried = {route for route in ROUTES if route.method != "GET" and not route.is_rpc} - tried
    assert {route.path for route in untried} <= public
    assert len(REVEALS) == 6
