"""What a client calls itself: in its handshake or, in the newer era, in each message."""

from typing import Any

from gassapi_backend.server.mcp.messages import Message

META_KEY = "io.modelcontextprotocol/clientInfo"
LENGTH = 100  # characters that are kept


def client_of(message: Message) -> str | None:
    """Return the name and version that a client states, if it states them here."""
    params = message.params or {}
    meta = params.get("_meta")
    info = params.get("clientInfo") if message.method == "initialize" else None
    if info is None and isinstance(meta, dict):
        info = meta.get(META_KEY)
    if not isinstance(info, dict):
        return None
    said = " ".join(part for part in (_text(info, "name"), _text(info, "version")) if part)
    return said[:LENGTH].strip() or None


def _text(info: dict[str, Any], key: str) -> str:
    value = info.get(key)
    if not isinstance(value, str):
        return ""
    return "".join(one for one in value[:LENGTH] if one.isprintable()).strip()
