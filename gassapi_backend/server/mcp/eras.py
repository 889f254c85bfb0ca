"""The protocol versions that are spoken here, and which one a message uses."""

from collections.abc import Mapping
from typing import Any

MODERN = "2026-07-28"
HANDSHAKES = ("2025-11-25", "2025-06-18", "2025-03-26")
"""Versions in which a client begins with ``initialize``, the latest first."""
VERSIONS = (MODERN, *HANDSHAKES)
UNSAID = "2025-03-26"
"""What a client speaks if it does not say: the header came with the next version."""

HEADER = "MCP-Protocol-Version"
VERSION_KEY = "io.modelcontextprotocol/protocolVersion"


def is_modern(version: str | None, message: Mapping[str, Any]) -> bool:
    """Whether a message belongs to the era without a handshake, by its header or its content."""
    if version == MODERN:
        return True
    params = message.get("params")
    meta = params.get("_meta") if isinstance(params, dict) else None
    return isinstance(meta, dict) and VERSION_KEY in meta


def has_titles(version: str) -> bool:
    """Whether a version knows titles, output schemas and structured content."""
    return version != UNSAID
