"""The clients, and what each one's file says about a server, as it documents or writes that."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import quote

from gassapi_backend.mcp_clients.connection import Connection

Entry = dict[str, Any]

BUNDLE_PATH = "/api/v1/mcp/bundle"


class TokenPlace(StrEnum):
    """Where a client takes the token from."""

    VARIABLE = "variable"  # an environment variable, which the file names
    PROMPT = "prompt"  # the client asks for it, and keeps it
    FILE = "file"  # its own file, which must be private


@dataclass(frozen=True, slots=True)
class Place:
    """A file. ``path`` is relative to a folder, or begins with ``~`` or ``%APPDATA%``.

    ``keys`` lead to the object that has an entry for each server.
    """

    path: str
    keys: tuple[str, ...]
    macos: str | None = None
    windows: str | None = None


@dataclass(frozen=True, slots=True)
class Client:
    """A client: where it is configured for a folder or for a person, and what is written there.

    ``entry`` returns the server's entry in the file; ``beside`` what to add elsewhere, by key.
    ``command`` does the same with the client's own command line. ``link`` opens the client, which
    asks whether to add the server. A client without a place is configured by hand.
    """

    key: str
    title: str
    entry: Callable[[Connection], Entry]
    token_place: TokenPlace
    folder: Place | None = None
    person: Place | None = None
    beside: Callable[[Connection], dict[str, list[Entry]]] | None = None
    command: Callable[[Connection], str] | None = None
    link: Callable[[Connection], str] | None = None
    by_hand: str = ""
    hint: str = ""


def _bearer(value: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {value}"}


def _dollar(at: Connection) -> dict[str, str]:
    return _bearer(f"${{{at.variable}}}")


def _typed(at: Connection) -> Entry:
    return {"type": "http", "url": at.url, "headers": _dollar(at)}


def _literal(at: Connection) -> Entry:
    return {"url": at.url, "headers": _bearer(at.literal)}


def _gemini(at: Connection) -> Entry:
    return {"httpUrl": at.url, "headers": _dollar(at)}


def _cursor(at: Connection) -> Entry:
    return {"url": at.url, "headers": _bearer(f"${{env:{at.variable}}}")}


def _vscode(at: Connection) -> Entry:
    return {"type": "http", "url": at.url, "headers": _bearer(f"${{input:{_input(at)}}}")}


def _input(at: Connection) -> str:
    return f"{at.name}-token"


def _vscode_inputs(at: Connection) -> dict[str, list[Entry]]:
    asked = {
        "type": "promptString",
        "id": _input(at),
        "description": f"Token of the GassAPI project ({at.name})",
        "password": True,
    }
    return {"inputs": [asked]}


def _vscode_link(at: Connection) -> str:
    wanted = {"name": at.name, **_vscode(at), **_vscode_inputs(at)}
    return "vscode:mcp/install?" + quote(json.dumps(wanted, separators=(",", ":")), safe="")


def _cursor_link(at: Connection) -> str:
    entry = json.dumps(_cursor(at), separators=(",", ":")).encode()
    config = quote(base64.b64encode(entry).decode(), safe="")
    return f"cursor://anysphere.cursor-deeplink/mcp/install?name={quote(at.name)}&config={config}"


def _bridge(at: Connection) -> Entry:
    command, *first = at.command
    variables = {"GASSAPI_TOKEN": at.literal}
    return {
        "command": command,
        "args": [*first, "mcp", "stdio", "--url", at.base_url],
        "env": variables,
    }


def _bundle_link(at: Connection) -> str:
    return f"{at.base_url}{BUNDLE_PATH}?serverName={at.name}"


def _codex(at: Connection) -> Entry:
    return {"url": at.url, "bearer_token_env_var": at.variable}


def _opencode(at: Connection) -> Entry:
    return {
        "type": "remote",
        "url": at.url,
        "headers": _bearer(f"{{env:{at.variable}}}"),
        "oauth": False,  # otherwise a wrong token looks like a missing sign-in
        "enabled": True,
    }


def _devin(at: Connection) -> Entry:
    return {"url": at.url, "transport": "http", "headers": _bearer(at.literal)}


def _windsurf(at: Connection) -> Entry:
    return {"serverUrl": at.url, "headers": _bearer(f"${{env:{at.variable}}}")}


def _antigravity(at: Connection) -> Entry:
    return {"serverUrl": at.url, "headers": _bearer(at.literal)}


def _zed(at: Connection) -> Entry:
    return {"source": "custom", "url": at.url, "headers": _bearer(at.literal)}


def _cline(at: Connection) -> Entry:
    return {
        "type": "streamableHttp",
        "url": at.url,
        "headers": _bearer(at.literal),
        "disabled": False,
    }


def _goose(at: Connection) -> Entry:
    return {
        "enabled": True,
        "type": "streamable_http",
        "name": at.name,
        "uri": at.url,
        "headers": _bearer(at.literal),
        "timeout": 300,
    }


def _copilot(at: Connection) -> Entry:
    return {**_typed(at), "tools": ["*"]}


_SERVERS = ("mcpServers",)

CLIENTS = {
    client.key: client
    for client in (
        Client(
            "claude-code",
            "Claude Code",
            _typed,
            TokenPlace.VARIABLE,
            folder=Place(".mcp.json", _SERVERS),
            person=Place("~/.claude.json", _SERVERS),
            command=lambda at: (
                f"claude mcp add --transport http --scope project {at.name} {at.url} "
                f"--header 'Authorization: Bearer ${{{at.variable}}}'"
            ),
            hint="Claude Code asks once whether to use the servers of a folder's .mcp.json.",
        ),
        Client(
            "claude-desktop",
            "Claude Desktop",
            _bridge,
            TokenPlace.FILE,
            person=Place(
                "~/.config/Claude/claude_desktop_config.json",
                _SERVERS,
                macos="~/Library/Application Support/Claude/claude_desktop_config.json",
                windows="%APPDATA%/Claude/claude_desktop_config.json",
            ),
            link=_bundle_link,
            hint="The link is a bundle (.mcpb, also by `gassapi-backend mcp bundle`): opened with "
            "Claude Desktop, it asks for the token and keeps it in the system's keychain. Restart "
            "Claude Desktop after changing the file.",
        ),
        Client(
            "cursor",
            "Cursor",
            _cursor,
            TokenPlace.VARIABLE,
            folder=Place(".cursor/mcp.json", _SERVERS),
            person=Place("~/.cursor/mcp.json", _SERVERS),
            link=_cursor_link,
        ),
        Client(
            "vscode",
            "Visual Studio Code",
            _vscode,
            TokenPlace.PROMPT,
            folder=Place(".vscode/mcp.json", ("servers",)),
            person=Place(
                "~/.config/Code/User/mcp.json",
                ("servers",),
                macos="~/Library/Application Support/Code/User/mcp.json",
                windows="%APPDATA%/Code/User/mcp.json",
            ),
            beside=_vscode_inputs,
            command=lambda at: (
                "code --add-mcp '"
                + json.dumps({"name": at.name, **_vscode(at), **_vscode_inputs(at)})
                + "'"
            ),
            link=_vscode_link,
        ),
        Client(
            "devin",
            "Devin Desktop (formerly Windsurf)",
            _devin,
            TokenPlace.FILE,
            person=Place(
                "~/.config/devin/mcp_config.json",
                _SERVERS,
                windows="%APPDATA%/devin/mcp_config.json",
            ),
            command=lambda at: (
                f'devin mcp add -s user -H "Authorization: Bearer {at.literal}" {at.name} {at.url}'
            ),
        ),
        Client(
            "windsurf",
            "Windsurf",
            _windsurf,
            TokenPlace.VARIABLE,
            person=Place("~/.codeium/windsurf/mcp_config.json", _SERVERS),
            hint="Since June 2026 Windsurf is Devin Desktop: use `--client devin` there.",
        ),
        Client(
            "codex",
            "Codex",
            _codex,
            TokenPlace.VARIABLE,
            folder=Place(".codex/config.toml", ("mcp_servers",)),
            person=Place("~/.codex/config.toml", ("mcp_servers",)),
            command=lambda at: (
                f"codex mcp add {at.name} --url {at.url} --bearer-token-env-var {at.variable}"
            ),
            hint="Codex reads a folder's .codex/config.toml once you trust the folder.",
        ),
        Client(
            "gemini",
            "Gemini CLI",
            _gemini,
            TokenPlace.VARIABLE,
            folder=Place(".gemini/settings.json", _SERVERS),
            person=Place("~/.gemini/settings.json", _SERVERS),
            hint="Gemini CLI uses no server in a folder that you have not trusted there.",
        ),
        Client(
            "antigravity",
            "Antigravity",
            _antigravity,
            TokenPlace.FILE,
            person=Place("~/.gemini/config/mcp_config.json", _SERVERS),
            command=lambda at: (
                f'agy mcp add --header "Authorization: Bearer {at.literal}" {at.name} {at.url}'
            ),
        ),
        Client(
            "opencode",
            "opencode",
            _opencode,
            TokenPlace.VARIABLE,
            folder=Place("opencode.json", ("mcp",)),
            person=Place("~/.config/opencode/opencode.json", ("mcp",)),
        ),
        Client(
            "zed",
            "Zed",
            _zed,
            TokenPlace.FILE,
            person=Place(
                "~/.config/zed/settings.json",
                ("context_servers",),
                windows="%APPDATA%/Zed/settings.json",
            ),
        ),
        Client(
            "cline",
            "Cline",
            _cline,
            TokenPlace.FILE,
            person=Place("~/.cline/data/settings/cline_mcp_settings.json", _SERVERS),
            command=lambda at: (
                f"cline mcp install {at.name} {at.url} --transport http "
                f'--header "Authorization: Bearer {at.literal}" --yes'
            ),
        ),
        Client(
            "goose",
            "goose",
            _goose,
            TokenPlace.FILE,
            person=Place(
                "~/.config/goose/config.yaml",
                ("extensions",),
                windows="%APPDATA%/Block/goose/config/config.yaml",
            ),
        ),
        Client(
            "jetbrains",
            "JetBrains AI Assistant",
            _literal,
            TokenPlace.FILE,
            by_hand="Open Settings, Tools, AI Assistant, Model Context Protocol (MCP), add a "
            "server, choose “As JSON”, and paste this.",
        ),
        Client(
            "junie",
            "JetBrains Junie",
            _bridge,
            TokenPlace.FILE,
            person=Place("~/.junie/mcp/mcp.json", _SERVERS),
            hint="Junie starts commands only, so this is the bridge.",
        ),
        Client(
            "kiro",
            "Kiro",
            lambda at: {"url": at.url, "headers": _dollar(at)},
            TokenPlace.VARIABLE,
            folder=Place(".kiro/settings/mcp.json", _SERVERS),
            person=Place("~/.kiro/settings/mcp.json", _SERVERS),
        ),
        Client(
            "warp",
            "Warp",
            _literal,
            TokenPlace.FILE,
            by_hand="Open Settings, MCP Servers, Add, and paste this.",
        ),
        Client(
            "qwen",
            "Qwen Code",
            _gemini,
            TokenPlace.VARIABLE,
            folder=Place(".qwen/settings.json", _SERVERS),
            person=Place("~/.qwen/settings.json", _SERVERS),
        ),
        Client(
            "copilot",
            "GitHub Copilot CLI",
            _copilot,
            TokenPlace.VARIABLE,
            person=Place("~/.copilot/mcp-config.json", _SERVERS),
        ),
    )
}
