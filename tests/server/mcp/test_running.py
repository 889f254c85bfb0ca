"""The MCP server as it runs: limits, failures of ours, many clients at once, restarts."""

import asyncio
import logging

import pytest

from gassapi_backend.models import Scope
from gassapi_backend.server.mcp import endpoint_tools
from tests.conftest import Api, Serve
from tests.server.mcp.clients import META, MODERN, VERSIONS, ask, connected, post
from tests.server.mcp.scenes import furnished


async def test_calls_are_slowed_down_like_any_request(serve: Serve) -> None:
    api = await serve(rate_limits="on", request_limit="20/minute")
    ann = await api.person()
    project = await api.project(ann)
    token = await api.token(ann, project["id"])
    body = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    statuses = [(await post(api, token, body)).status for _ in range(22)]
    assert set(statuses) == {200, 429}
    assert statuses == sorted(statuses)
    response = await post(api, token, body)
    assert int(response.headers["Retry-After"]) > 0
    assert "Slow down" in (await response.json())["error"]["message"]


async def test_a_failure_of_ours_says_nothing_but_where_it_is_logged(
    api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    made = await furnished(api)

    def fails(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(endpoint_tools, "endpoint_view", fails)
    said = await made.refused("get_endpoint", endpoint_id=made.endpoint["id"])
    assert "secret detail" not in said
    assert "Request id: " in said
    uri = {"uri": f"gassapi://endpoints/{made.endpoint['id']}"}
    with caplog.at_level(logging.CRITICAL):
        answer = await ask(api, made.token, "resources/read", uri)
    assert answer["error"]["code"] == -32603
    assert "secret detail" not in str(answer)


async def test_many_clients_in_all_versions_at_once_get_their_own_answers(serve: Serve) -> None:
    """The first requests of a server, too: the kernel is loaded once, for all of them."""
    api = await serve()
    made = await furnished(api)

    async def one(number: int) -> None:
        version = VERSIONS[number % len(VERSIONS)]
        given = {"name": "search_project", "arguments": {"text": "List users"}}
        for id_ in (number, f"{number}"):
            params = {**given, **({"_meta": META} if version == MODERN else {})}
            body = {"jsonrpc": "2.0", "id": id_, "method": "tools/call", "params": params}
            headers = {"Mcp-Method": "tools/call", "Mcp-Name": "search_project"}
            answer = await (await post(api, made.token, body, version, **headers)).json()
            assert answer["id"] == id_
            assert made.endpoint["id"] in answer["result"]["content"][0]["text"]

    await asyncio.gather(*(one(number) for number in range(24)))


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_client_outlives_a_restart(serve: Serve, version: str) -> None:
    """The same address, another server: no session is missed."""
    first = await serve()
    made = await furnished(first, Scope.READ)
    port = first.client.port
    async with connected(first, made.token, version) as client:
        await client.list_tools()
        await first.client.close()
        await serve(port=port)
        found = await client.call_tool("get_endpoint", {"endpoint_id": made.endpoint["id"]})
        assert not found.is_error


async def test_a_server_under_a_path_hands_out_its_address(serve: Serve) -> None:
    api = await serve(public_url="https://example.com/tools/gassapi")
    ann = await api.person()
    project = await api.project(ann)
    body = {"client": "claude-code"}
    path = f"/projects/{project['id']}/generate-config"
    answer = await api.json("POST", path, ann, json=body, expect=201)
    assert "https://example.com/tools/gassapi/mcp" in str(answer["config"])
    token = await api.token(ann, project["id"])
    ping = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    assert (await post(api, token, ping, Host="example.com")).status == 200
