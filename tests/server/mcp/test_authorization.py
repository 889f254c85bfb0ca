"""Every kind of caller at every tool: nobody sees or writes what they may not."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import web

from gassapi_backend.database import rows
from gassapi_backend.models import Member, Scope
from gassapi_backend.server import middleware
from gassapi_backend.server.access.callers import CONSOLE, forget_everybody
from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.accounts.actions import set_active
from gassapi_backend.server.mcp.tool import Tool
from gassapi_backend.server.mcp.tools import TOOLS
from gassapi_backend.server.tokens.actions import revoke_tokens
from gassapi_backend.server.tokens.schemas import Revocation
from gassapi_backend.server.web.admission import admit
from tests.conftest import TABLES, Api
from tests.server.mcp.clients import META, MODERN, ask, post
from tests.server.mcp.samples import SAMPLES, arguments_for, names_something
from tests.server.mcp.scenes import Scene, content, furnished

EVERY_TOOL = pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
CONTENT = ("collections", "endpoints", "environments", "flows", "audit_log")


async def send(made: Scene, token: str | None, tool: Tool) -> tuple[int, dict[str, Any]]:
    """Call a tool with its good arguments; return the status and the answer."""
    params = {"name": tool.name, "arguments": arguments_for(tool.name, made), "_meta": META}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    headers = {"Mcp-Method": "tools/call", "Mcp-Name": tool.name}
    response = await post(made.api, token, body, MODERN, **headers)
    return response.status, await response.json()


async def content_of(project_id: str) -> dict[str, list[str]]:
    """Return every row of a project's content: what nobody else may change."""
    return {
        table: sorted(
            str(row)
            for row in await rows(f"SELECT * FROM {table} WHERE project_id = ?", project_id)  # noqa: S608 - the list above
        )
        for table in CONTENT
    }


def test_every_tool_is_tried() -> None:
    assert list(SAMPLES) == [tool.name for tool in TOOLS]
    assert set(CONTENT) < set(TABLES)


@EVERY_TOOL
async def test_a_token_may_what_its_scope_says(api: Api, tool: Tool) -> None:
    made = await furnished(api)
    reading = await api.token(made.ann, made.project_id)
    before = await content()
    status, answer = await send(made, reading, tool)
    assert status == 200
    assert answer["result"]["isError"] == (tool.permission is Permission.WRITE)
    if answer["result"]["isError"]:
        assert "scope write" in answer["result"]["content"][0]["text"]
    assert await content() == before
    _, answer = await send(made, made.token, tool)
    assert answer["result"]["isError"] is False, answer
    assert (await content() == before) == tool.is_read


@EVERY_TOOL
async def test_a_foreign_token_sees_and_writes_nothing_here(api: Api, tool: Tool) -> None:
    """Its own project is empty; ids of another are to it as if there were none."""
    made = await furnished(api)
    sam = await api.person("Sam")
    other = await api.project(sam, "Elsewhere", isPublic=True)
    foreign = await api.token(sam, other["id"], Scope.WRITE)
    before = await content_of(made.project_id)
    status, answer = await send(made, foreign, tool)
    assert status == 200
    if names_something(tool.name):
        assert answer["result"]["isError"] is True
        text = answer["result"]["content"][0]["text"]
        assert "There is no" in text
    for secret in ("List users", "Users", "Sign in", "Stage", "Shop", "hidden-"):
        assert secret not in str(answer)
    assert await content_of(made.project_id) == before


@EVERY_TOOL
async def test_who_has_no_good_token_is_told_so_and_gets_nothing(api: Api, tool: Tool) -> None:
    made = await furnished(api)
    lea, ida = await api.person("Lea"), await api.person("Ida")
    for person in (lea, ida):
        await api.join(person, made.project_id)
    revoked = await api.issue(made.ann, made.project_id, scope=Scope.WRITE)
    which = {"projectId": made.project_id, "tokenId": revoked["mcpToken"]["id"]}
    await revoke_tokens(CONSOLE, made.project_id, Revocation.model_validate(which))
    left = await api.token(lea, made.project_id, Scope.WRITE)
    inactive = await api.token(ida, made.project_id, Scope.WRITE)
    await Member.filter(user_id=lea.id).delete()
    await set_active(CONSOLE, ida.id, is_active=False)
    forget_everybody()
    before = await content()
    for credential in (None, "nonsense", made.ann.access, revoked["token"], left, inactive):
        status, answer = await send(made, credential, tool)
        assert status == 401, credential
        assert len(answer["error"]["message"]) > 20
        assert "Users" not in str(answer)
    assert await content() == before


@dataclass
class Gate:
    """Holds a request that was let in, until the test has ended its access."""

    is_let_in: asyncio.Event
    may_go_on: asyncio.Event

    async def admit(self, request: web.Request, permission: Permission, **options: bool) -> None:
        """Let a request in as the server does, and hold it."""
        await admit(request, permission, **options)
        self.is_let_in.set()
        await self.may_go_on.wait()


End = Callable[[Scene], Awaitable[Any]]


async def revoke(made: Scene) -> None:
    await revoke_tokens(CONSOLE, made.project_id, Revocation(projectId=made.project_id))


async def deactivate(made: Scene) -> None:
    await set_active(CONSOLE, made.ann.id, is_active=False)


@pytest.mark.parametrize("end", [revoke, deactivate])
@pytest.mark.parametrize(
    "tool", [tool for tool in TOOLS if not tool.is_read], ids=lambda tool: tool.name
)
async def test_a_token_that_ends_in_mid_call_writes_nothing(
    api: Api, monkeypatch: pytest.MonkeyPatch, tool: Tool, end: End
) -> None:
    made = await furnished(api)
    await ask(api, made.token, "ping")  # the kernel is there
    gate = Gate(asyncio.Event(), asyncio.Event())
    monkeypatch.setattr(middleware, "admit", gate.admit)
    sent = asyncio.create_task(send(made, made.token, tool))
    async with asyncio.timeout(30):
        await gate.is_let_in.wait()
    monkeypatch.setattr(middleware, "admit", admit)
    await end(made)
    before = await content()
    gate.may_go_on.set()
    status, answer = await sent
    assert status in (401, 403), answer
    assert answer["error"]["message"]
    assert await content() == before
