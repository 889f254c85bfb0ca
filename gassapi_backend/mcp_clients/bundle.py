"""The bundle (``.mcpb``) that Claude Desktop installs when opened: a bridge and its settings.

It holds no token: Claude Desktop asks for it and keeps it in the system's keychain.
"""

import io
import json
import zipfile
from importlib.resources import files
from typing import Any

from gassapi_backend import __version__
from gassapi_backend.mcp_clients.connection import NAME

BRIDGE = "server/index.js"
MEDIA_TYPE = "application/octet-stream"  # none is registered
_MOMENT = (1980, 1, 1, 0, 0, 0)  # the earliest in a ZIP archive; a constant, for equal bytes


def manifest(base_url: str, name: str = NAME) -> dict[str, Any]:
    """Return the manifest (version 0.4) of a bundle for a server."""
    title = "GassAPI" if name == NAME else f"GassAPI ({name.removeprefix(f'{NAME}-')})"
    return {
        "manifest_version": "0.4",
        "name": name,
        "display_name": title,
        "version": __version__,
        "description": "A project of your GassAPI server: its requests, environments and flows.",
        "author": {"name": "GassAPI"},
        "server": {
            "type": "node",
            "entry_point": BRIDGE,
            "mcp_config": {
                "command": "node",
                "args": [f"${{__dirname}}/{BRIDGE}"],
                "env": {
                    "GASSAPI_URL": "${user_config.url}",
                    "GASSAPI_TOKEN": "${user_config.token}",
                },
            },
        },
        "tools_generated": True,
        "prompts_generated": True,
        "compatibility": {
            "platforms": ["darwin", "win32", "linux"],
            "runtimes": {"node": ">=18.0.0"},
        },
        "user_config": {
            "token": {
                "type": "string",
                "title": "Token",
                "description": "A token of the project. It begins with gass_.",
                "sensitive": True,
                "required": True,
            },
            "url": {
                "type": "string",
                "title": "Address of the server",
                "description": "The server that gets the token.",
                "default": base_url,
                "required": True,
            },
        },
    }


def bundle(base_url: str, name: str = NAME) -> bytes:
    """Return a bundle for a server: the same bytes for the same server."""
    content = io.BytesIO()
    text = json.dumps(manifest(base_url, name), indent=2, ensure_ascii=False) + "\n"
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, body in (("manifest.json", text), (BRIDGE, bridge())):
            entry = zipfile.ZipInfo(path, _MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, body)
    return content.getvalue()


def bridge() -> str:
    """Return the program in it, for Node.js."""
    return files("gassapi_backend.mcp_clients").joinpath("bridge.js").read_text("utf-8")
