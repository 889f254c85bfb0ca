"""The configurations that connect MCP clients: ``gassapi.json`` and each client's own file."""

import json
from typing import Any

import orjson

from gassapi_backend.server.errors import Invalid
from gassapi_backend.server.tokens.schemas import Client, ConfigAnswer

MAX_CUSTOM_SETTINGS = 10_000
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


def for_client(client: Client, *, url: str, token: str | None) -> ConfigAnswer:
    """Answer with what one client needs to reach the MCP endpoint at ``url``.

    The shapes are those of each client's own documentation of remote (HTTP) MCP servers.
    """
    shown = token or "<token>"
    headers = {"Authorization": f"Bearer {shown}"}
    http = {"type": "http", "url": url, "headers": headers}
    match client:
        case "claude-code":
            return {
                "config": {"mcpServers": {"gassapi": http}},
                "instructions": "Run the command in your project's folder, or save the "
                "configuration as .mcp.json there.",
                "file": ".mcp.json",
                "command": f"claude mcp add --transport http gassapi {url} "
                f'--header "Authorization: Bearer {shown}"',
            }
        case "claude-desktop":
            bridge = ["-y", "mcp-remote", url, "--header", "Authorization:${GASSAPI_AUTH}"]
            entry = {
                "command": "npx",
                "args": bridge,
                "env": {"GASSAPI_AUTH": f"Bearer {shown}"},
            }
            return {
                "config": {"mcpServers": {"gassapi": entry}},
                "instructions": "Open Settings, Developer, Edit Config, add this to the file, and "
                "restart Claude Desktop. It needs Node.js.",
                "file": "claude_desktop_config.json",
            }
        case "cursor":
            return _json_file(
                {"mcpServers": {"gassapi": {"url": url, "headers": headers}}}, ".cursor/mcp.json"
            )
        case "vscode":
            return _json_file({"servers": {"gassapi": http}}, ".vscode/mcp.json")
        case "windsurf":
            entry = {"serverUrl": url, "headers": headers}
            return _json_file(
                {"mcpServers": {"gassapi": entry}}, "~/.codeium/windsurf/mcp_config.json"
            )
        case "gemini":
            entry = {"httpUrl": url, "headers": headers}
            return _json_file({"mcpServers": {"gassapi": entry}}, ".gemini/settings.json")
        case "codex":
            return {
                "config": f"[mcp_servers.gassapi]\nurl = {json.dumps(url)}\n"
                f"http_headers = {{ Authorization = {json.dumps('Bearer ' + shown)} }}\n",
                "instructions": "Add this to ~/.codex/config.toml.",
                "file": "~/.codex/config.toml",
            }


def _json_file(config: dict[str, Any], file: str) -> ConfigAnswer:
    return {"config": config, "instructions": f"Add this to {file}.", "file": file}
