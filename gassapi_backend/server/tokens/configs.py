"""The configurations that connect MCP clients: ``gassapi.json`` and each client's own file."""

from functools import cache
from typing import Any

import orjson

from gassapi_backend.mcp_clients.clients import CLIENTS, Place
from gassapi_backend.mcp_clients.clients import Client as KnownClient
from gassapi_backend.mcp_clients.connection import Connection
from gassapi_backend.mcp_clients.instructions import instructions
from gassapi_backend.server.errors import Invalid
from gassapi_backend.server.tokens.schemas import Client, ClientPaths, ClientView, ConfigAnswer

MAX_CUSTOM_SETTINGS = 10_000
_NOWHERE = Connection("https://gassapi.invalid")
OWN_KEYS = ("project", "mcpClient", "environment")


def gassapi_json(
    *,
    project: dict[str, Any],
    server_url: str,
    token: str | None,
    environment: str | None,
    variables: dict[str, str],
    custom: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the content of a ``gassapi.json``. ``project`` has id, name and description."""
    shown = {key: project[key] for key in ("id", "name", "description") if project.get(key)}
    client = (
        {"serverURL": server_url} if token is None else {"token": token, "serverURL": server_url}
    )
    return {
        "project": shown,
        "mcpClient": client,
        "environment": {"active": environment, "variables": variables},
        **(custom or {}),
    }


@cache
def shown_clients() -> list[ClientView]:
    """Return every client that is known, as a picker shows them."""
    return [_client_view(client) for client in CLIENTS.values()]


def check_custom(custom: dict[str, Any]) -> None:
    """Raise ``Invalid`` for custom settings that are too large or replace what is ours."""
    if len(orjson.dumps(custom)) > MAX_CUSTOM_SETTINGS:
        raise Invalid.field(
            "customSettings", f"They are larger than {MAX_CUSTOM_SETTINGS // 1000} KB."
        )
    for key in OWN_KEYS:
        if key in custom:
            raise Invalid.field(f"customSettings.{key}", "This key is the configuration's own.")


def for_gassapi(config: dict[str, Any]) -> ConfigAnswer:
    """Answer with ``gassapi.json``."""
    secret = (
        " It contains a token: keep it out of version control."
        if "token" in config["mcpClient"]
        else ""
    )
    return {
        "config": config,
        "instructions": f"Save this as gassapi.json in your project's folder.{secret}",
        "file": "gassapi.json",
    }


def for_client(client: Client, at: Connection) -> ConfigAnswer:
    """Answer with what one client needs to reach the MCP server.

    The token is in the configuration only where the client takes it from nowhere else, and beside
    it in any case.
    """
    told = instructions(CLIENTS[client], at)
    answer: ConfigAnswer = {"config": told.config, "instructions": told.text, "name": at.name}
    if told.file:
        answer["file"] = told.file
    if told.command:
        answer["command"] = told.command
    if told.link:
        answer["link"] = told.link
    if told.variable:
        answer["variable"] = told.variable
    if at.token:
        answer["token"] = at.token
    return answer


def _client_view(client: KnownClient) -> ClientView:
    link = client.link(_NOWHERE) if client.link else ""
    return {
        "client": client.key,  # type: ignore[typeddict-item]  # a test compares the two tables
        "title": client.title,
        "takesToken": client.token_place.value,
        "folderFile": client.folder.path if client.folder else None,
        "personFile": _paths(client.person) if client.person else None,
        "hasCommand": client.command is not None,
        "hasLink": bool(link),
        "hasBundle": link.startswith(_NOWHERE.base_url),
        "byHand": client.by_hand or None,
        "hint": client.hint or None,
    }


def _paths(place: Place) -> ClientPaths:
    linux = place.path
    return {"linux": linux, "macos": place.macos or linux, "windows": place.windows or linux}
