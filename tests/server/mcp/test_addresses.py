"""Host and Origin: no page gets in by a name that leads here."""

from typing import Any

import pytest

from gassapi_backend.models import Scope
from tests.conftest import Api, Serve
from tests.server.mcp.clients import post
from tests.server.mcp.scenes import content

PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
WRITE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "tools/call",
    "params": {"name": "create_collection", "arguments": {"name": "Written"}},
}
PUBLIC = "https://gassapi.example.com"


async def token_of(api: Api) -> str:
    ann = await api.person()
    project = await api.project(ann)
    return await api.token(ann, project["id"], Scope.WRITE)


async def status(api: Api, token: str, body: Any = PING, **headers: str) -> int:
    return (await post(api, token, body, **headers)).status


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:3000", "127.0.0.1:9", "[::1]:3000", "LOCALHOST", "localhost."]
)
async def test_a_server_without_a_public_address_answers_to_this_machine(
    api: Api, host: str
) -> None:
    assert await status(api, await token_of(api), Host=host) == 200


OTHERS = [
    *("evil.example", "evil.example:3000", "localhost.evil.example", "127.0.0.1.evil.example"),
    *("", "192.0.2.7", "user@localhost", "gassapi.example.com.evil.example", "[::1", "[x]"),
]


@pytest.mark.parametrize("host", OTHERS)
@pytest.mark.parametrize("public", [None, PUBLIC])
async def test_other_names_are_refused_and_nothing_is_written(
    serve: Serve, host: str, public: str | None
) -> None:
    api = await serve(public_url=public)
    token = await token_of(api)
    before = await content()
    response = await post(api, token, WRITE, Host=host)
    if host:
        assert response.status == 403
        assert "GASSAPI_PUBLIC_URL" in (await response.json())["error"]["message"]
    assert response.status != 200
    assert await content() == before


async def test_a_public_server_answers_to_its_name(serve: Serve) -> None:
    api = await serve(public_url=PUBLIC)
    token = await token_of(api)
    assert await status(api, token, Host="gassapi.example.com") == 200
    assert await status(api, token, Host="gassapi.example.com:443") == 200
    assert await status(api, token, Host="localhost:3000") == 200  # of a proxy beside it


async def test_a_server_that_listens_everywhere_answers_to_its_addresses(serve: Serve) -> None:
    api = await serve(host="0.0.0.0")  # noqa: S104 - only a setting here
    token = await token_of(api)
    assert await status(api, token, Host="192.0.2.7:3000") == 200
    assert await status(api, token, Host="evil.example") == 403


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:1", "x"])
async def test_pages_of_other_sites_are_refused(serve: Serve, origin: str) -> None:
    api = await serve(public_url=PUBLIC)
    token = await token_of(api)
    before = await content()
    response = await post(api, token, WRITE, Host="gassapi.example.com", Origin=origin)
    assert response.status == 403
    assert await content() == before


async def test_pages_of_our_own_and_of_named_sites_may(serve: Serve) -> None:
    api = await serve(public_url=PUBLIC, cors_origins=["https://web.example.com"])
    token = await token_of(api)
    for origin in (PUBLIC, "https://web.example.com"):
        assert await status(api, token, Host="gassapi.example.com", Origin=origin) == 200


async def test_without_a_public_address_pages_of_this_machine_may(api: Api) -> None:
    token = await token_of(api)
    assert await status(api, token, Origin="http://localhost:6274") == 200
    assert await status(api, token, Origin="https://127.0.0.1") == 200
    assert await status(api, token, Origin="file://localhost") == 403
    assert await status(api, token, Origin="http://localhost.evil.example") == 403
