"""The official client, and messages by hand, to the MCP server under test."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from unittest.mock import patch

import httpx2
from aiohttp import ClientResponse
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client

from tests.conftest import Api

MODERN = "2026-07-28"
HANDSHAKES = ("2025-11-25", "2025-06-18", "2025-03-26")
VERSIONS = (MODERN, *HANDSHAKES)
META = {
    "io.modelcontextprotocol/protocolVersion": MODERN,
    "io.modelcontextprotocol/clientCapabilities": {},
    "io.modelcontextprotocol/clientInfo": {"name": "tests", "version": "1"},
}


@asynccontextmanager
async def connected(api: Api, token: str, version: str = MODERN) -> AsyncIterator[Client]:
    """Connect the official client in a version of the protocol."""
    headers = {"Authorization": f"Bearer {token}"}
    url = str(api.client.make_url("/mcp"))
    mode = "auto" if version == MODERN else "legacy"
    latest = version if version in HANDSHAKES else HANDSHAKES[0]
    async with httpx2.AsyncClient(headers=headers) as http:
        transport = streamable_http_client(url, http_client=http)
        with patch("mcp.client.session.LATEST_HANDSHAKE_VERSION", latest):
            async with Client(transport, mode=mode) as client:
                yield client


async def post(
    api: Api, token: str | None, body: Any, version: str | None = None, **headers: str
) -> ClientResponse:
    """Send a body as it is; bytes as well."""
    sent = {"Content-Type": "application/json", **headers}
    if version is not None:
        sent["MCP-Protocol-Version"] = version
    options = {"data": body} if isinstance(body, (bytes, str)) else {"json": body}
    return await api.call("POST", "/mcp", token, base="", headers=sent, **options)


async def ask(
    api: Api,
    token: str,
    method: str,
    params: dict[str, Any] | None = None,
    version: str = MODERN,
) -> dict[str, Any]:
    """Send a request as an era wants it; return the whole answer."""
    sent = dict(params or {})
    headers = {}
    if version == MODERN:
        sent["_meta"] = META
        headers["Mcp-Method"] = method
        if (name := sent.get("name", sent.get("uri"))) is not None:
            headers["Mcp-Name"] = name
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": sent}
    response = await post(api, token, body, version, **headers)
    found: dict[str, Any] = await response.json()
    return found


async def call(api: Api, token: str, tool: str, **arguments: Any) -> dict[str, Any]:
    """Call a tool that is to succeed; return its data."""
    answer = await ask(api, token, "tools/call", {"name": tool, "arguments": arguments})
    assert not answer["result"]["isError"], answer
    found: dict[str, Any] = answer["result"]["structuredContent"]
    return found


async def refused(api: Api, token: str, tool: str, **arguments: Any) -> str:
    """Call a tool that is to refuse; return what it says."""
    answer = await ask(api, token, "tools/call", {"name": tool, "arguments": arguments})
    assert answer["result"]["isError"], answer
    assert "structuredContent" not in answer["result"]
    [content] = answer["result"]["content"]
    return str(content["text"])
