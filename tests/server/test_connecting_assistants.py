"""What a page needs to connect an assistant: who there is, and when it calls first."""

from typing import Any, get_args

import pytest

from gassapi_backend.mcp_clients.clients import CLIENTS
from gassapi_backend.models import McpToken, Scope
from gassapi_backend.server.tokens.schemas import Client
from gassapi_backend.server.tokens.state import USAGE
from gassapi_backend.settings import Registration
from tests.conftest import Api, Person, Serve
from tests.server.mcp.clients import HANDSHAKES, ask

LATEST = HANDSHAKES[0]


async def own(api: Api, who: Person, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await api.json("GET", f"/users/tokens{query}", who))["tokens"]
    return found


async def hello(api: Api, token: str, **info: Any) -> dict[str, Any]:
    offered = {"protocolVersion": LATEST, "capabilities": {}, "clientInfo": info}
    return await ask(api, token, "initialize", offered, LATEST)


async def test_everybody_is_told_what_there_is_to_know_before_signing_in(serve: Serve) -> None:
    api = await serve(registration=Registration.INVITED, public_url="https://api.example.com")
    before = (await api.json("GET", "/instance"))["instance"]
    assert before["isEmpty"]
    assert before["registration"] == "invited"
    assert before["address"] == "https://api.example.com"
    assert not before["sendsMail"]
    assert before["name"] == (await api.json("GET", "/health"))["instance"]
    await api.person()
    assert not (await api.json("GET", "/instance"))["instance"]["isEmpty"]


async def test_a_picker_has_every_client_that_a_configuration_can_be_made_for(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    clients = (await api.json("GET", "/mcp/clients"))["clients"]
    assert [one["client"] for one in clients] == list(CLIENTS)
    assert {one["client"] for one in clients} == set(get_args(Client))
    for one in clients:
        body = {"client": one["client"]}
        path = f"/projects/{project_id}/generate-config"
        made = await api.json("POST", path, ann, json=body, expect=201)
        assert one["hasLink"] == ("link" in made), one
        assert one["hasCommand"] == ("command" in made), one
        assert one["hasBundle"] == ("/mcp/bundle" in made.get("link", "")), one
        assert (one["takesToken"] == "variable") == ("variable" in made), one
        linux = one["personFile"] and one["personFile"]["linux"]
        assert made.get("file") == (one["folderFile"] or linux), one


async def test_own_tokens_are_listed_over_all_projects_and_nobody_elses(api: Api) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    first, second = [(await api.project(ann, name))["id"] for name in ("First", "Second")]
    await api.join(bob, first)
    old = (await api.issue(ann, first))["mcpToken"]["id"]
    new = (await api.issue(ann, second))["mcpToken"]["id"]
    await api.issue(bob, first)
    found = await own(api, ann)
    assert [(one["id"], one["projectName"]) for one in found] == [(new, "Second"), (old, "First")]
    gone = {"projectId": first, "tokenId": old}
    await api.json("POST", "/mcp/revoke-token", ann, json=gone)
    assert [one["id"] for one in await own(api, ann, "?status=active")] == [new]
    assert [one["id"] for one in await own(api, ann, "?status=revoked")] == [old]
    assert await own(api, ann, "?status=expired") == []


async def test_the_first_call_is_known_with_the_client_at_once_and_written_soon(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    token = await api.token(ann, project_id, Scope.WRITE)
    await hello(api, token, name="claude-code", version="2.1")
    (shown,) = await own(api, ann)
    assert shown["lastUsedAt"] is not None
    assert shown["lastClient"] == "claude-code 2.1"
    await api.app[USAGE].flush_soon()
    kept = await McpToken.get()
    assert kept.last_client == "claude-code 2.1"
    assert kept.last_used_at is not None

    await McpToken.all().update(last_client="mark")
    await api.json("GET", f"/projects/{project_id}", token)
    await ask(api, token, "tools/list", version=LATEST)
    await api.app[USAGE].flush()
    assert (await McpToken.get()).last_client == "mark"  # nothing new: nothing is written

    await hello(api, token, name="cursor", version="1")
    await api.app[USAGE].flush_soon()
    assert (await McpToken.get()).last_client == "mark"  # it waits, since it is not the first
    await api.app[USAGE].flush()
    assert (await McpToken.get()).last_client == "cursor 1"

    await ask(api, token, "tools/list")  # in the era without handshakes
    assert [one["lastClient"] for one in await own(api, ann)] == ["tests 1"]


async def test_a_program_that_says_no_name_leaves_the_one_that_is_known(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    token = await api.token(ann, project_id)
    await McpToken.all().update(last_client="kept")
    await api.json("GET", f"/projects/{project_id}", token)
    assert [one["lastClient"] for one in await own(api, ann)] == ["kept"]
    await api.app[USAGE].flush()
    assert (await McpToken.get()).last_client == "kept"


@pytest.mark.parametrize(
    ("info", "shown"),
    [
        ({"name": "<b>x</b>", "version": "1"}, "<b>x</b> 1"),
        ({"name": "a\x1b[2J\n\u202eb", "version": "1"}, "a[2Jb 1"),
        ({"name": "😀" * 300, "version": "1"}, "😀" * 100),
        ({"name": "x", "version": "9" * 3000}, "x " + "9" * 98),
        ({"name": "", "version": ""}, None),
    ],
    ids=["markup", "control", "long name", "long version", "nothing"],
)
async def test_a_client_may_call_itself_what_it_likes(
    api: Api, info: dict[str, str], shown: str | None
) -> None:
    ann = await api.person()
    token = await api.token(ann, (await api.project(ann))["id"])
    assert "result" in await hello(api, token, **info)
    await api.app[USAGE].flush()
    (found,) = await own(api, ann)
    assert (await McpToken.get()).last_client == found["lastClient"]
    assert found["lastClient"] == shown
