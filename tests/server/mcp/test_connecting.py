"""The official client connects in every version, finds tools and calls them."""

import json
from typing import Any

import pytest
from mcp_types.version import KNOWN_PROTOCOL_VERSIONS

from gassapi_backend.models import Scope
from gassapi_backend.server.mcp.eras import VERSIONS as SPOKEN
from tests.conftest import Api
from tests.factories import add_collection, save_endpoint
from tests.server.mcp.clients import HANDSHAKES, MODERN, VERSIONS, ask, connected, post


async def scene(api: Api, scope: Scope = Scope.READ) -> dict[str, Any]:
    """Make a project with a collection and an endpoint, and a token for it."""
    ann = await api.person()
    project = await api.project(ann)
    collection = await add_collection(api, ann, project["id"], "Users")
    endpoint = await save_endpoint(api, ann, collection["id"], "Ping")
    token = await api.token(ann, project["id"], scope)
    return {"project": project, "collection": collection, "endpoint": endpoint, "token": token}


def test_the_versions_are_those_that_the_kernel_knows() -> None:
    assert set(SPOKEN) == set(VERSIONS)
    assert set(SPOKEN) <= set(KNOWN_PROTOCOL_VERSIONS)


@pytest.mark.parametrize("version", VERSIONS)
async def test_the_official_client_connects_in_every_version(api: Api, version: str) -> None:
    made = await scene(api)
    async with connected(api, made["token"], version) as client:
        assert client.protocol_version == version
        assert client.server_info is not None
        assert client.server_info.name == "gassapi"
        capabilities = client.server_capabilities
        assert capabilities.tools is not None
        assert not capabilities.tools.list_changed
        tools = (await client.list_tools()).tools
        assert "get_endpoint" in {tool.name for tool in tools}
        found = await client.call_tool("get_endpoint", {"endpoint_id": made["endpoint"]["id"]})
        assert not found.is_error
        assert found.content[0].type == "text"
        assert '"name":"Ping"' in found.content[0].text
        if version != "2025-03-26":
            assert found.structured_content is not None
            assert found.structured_content["endpoint"] == made["endpoint"]


async def test_a_client_that_tries_what_is_there_finds_the_latest_version(api: Api) -> None:
    made = await scene(api)
    answer = await ask(api, made["token"], "server/discover")
    assert answer["result"]["resultType"] == "complete"
    assert MODERN in answer["result"]["supportedVersions"]
    assert answer["result"]["cacheScope"] == "private"


@pytest.mark.parametrize("version", HANDSHAKES)
async def test_nothing_is_kept_between_two_requests(api: Api, version: str) -> None:
    """No handshake went before these, as after a restart or at another worker."""
    made = await scene(api)
    answer = await ask(api, made["token"], "ping", version=version)
    assert answer["result"] == {}
    answer = await ask(api, made["token"], "tools/list", version=version)
    assert answer["result"]["tools"]


async def test_a_version_that_is_not_spoken_is_negotiated_or_refused(api: Api) -> None:
    made = await scene(api)
    offered = {"protocolVersion": "2024-11-05", "capabilities": {}, "clientInfo": {}}
    offered["clientInfo"] = {"name": "old", "version": "1"}
    body = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": offered}
    answer = await (await post(api, made["token"], body)).json()
    assert answer["result"]["protocolVersion"] == HANDSHAKES[0]
    body = {"jsonrpc": "2.0", "id": "a", "method": "ping"}
    response = await post(api, made["token"], body, "1999-01-01")
    answer = await response.json()
    assert response.status == 400
    assert answer["id"] == "a"
    assert answer["error"]["code"] == -32022
    assert answer["error"]["data"]["supported"] == list(SPOKEN)


async def test_the_list_is_the_same_bytes_each_time(api: Api) -> None:
    made = await scene(api)
    first = await ask(api, made["token"], "tools/list")
    again = await ask(api, made["token"], "tools/list")
    assert json.dumps(first) == json.dumps(again)
    assert first["result"]["ttlMs"] > 0
    assert first["result"]["cacheScope"] == "private"
    assert first["result"]["resultType"] == "complete"


async def test_a_token_that_only_reads_is_not_offered_what_writes(api: Api) -> None:
    made = await scene(api)
    listed = await ask(api, made["token"], "tools/list")
    assert all(tool["annotations"]["readOnlyHint"] for tool in listed["result"]["tools"])
