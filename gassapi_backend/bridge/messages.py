"""JSON-RPC messages as the bridge sees them: passed on unchanged, read only to send them right."""

import json
import re
from base64 import b64encode
from dataclasses import dataclass
from typing import Any

NOT_CONNECTED = -32000  # one of those that JSON-RPC leaves to implementations

_VERSION = "io.modelcontextprotocol/protocolVersion"
_NAMED = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}
_READING = {
    "initialize",
    "ping",
    "server/discover",
    "tools/list",
    "resources/list",
    "resources/templates/list",
    "resources/read",
    "prompts/list",
    "prompts/get",
    "completion/complete",
}
_PLAIN = re.compile(r"[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?")
_ENCODED = re.compile(r"=\?base64\?.*\?=")


@dataclass(frozen=True, slots=True)
class Message:
    """A line from the client. ``id`` is set if ``wants_answer``."""

    raw: bytes
    method: str = ""
    wants_answer: bool = False
    id: Any = None
    params: Any = None

    @property
    def key(self) -> str:
        """The id as a key: 1 and "1" are different."""
        return json.dumps(self.id)

    @property
    def cancels(self) -> str | None:
        """The key of the request that this message cancels, if any."""
        if self.method == "notifications/cancelled" and isinstance(self.params, dict):
            return json.dumps(self.params.get("requestId"))
        return None

    @property
    def may_be_repeated(self) -> bool:
        """Whether it is safe to send again when its outcome is unknown."""
        if self.method in _READING or not self.wants_answer:
            return True
        arguments = self.params.get("arguments") if isinstance(self.params, dict) else None
        return isinstance(arguments, dict) and bool(arguments.get("idempotency_key"))

    def headers(self, negotiated: str | None) -> dict[str, str]:
        """Return the headers that the protocol's HTTP transport requires for a message.

        ``negotiated`` is the version of the last ``initialize``; a message of 2026-07-28 and later
        has its own.
        """
        params = self.params if isinstance(self.params, dict) else {}
        meta = params.get("_meta")
        version = meta.get(_VERSION) if isinstance(meta, dict) else None
        if not isinstance(version, str):
            is_first = self.method == "initialize" or negotiated is None
            return {} if is_first or negotiated is None else {"MCP-Protocol-Version": negotiated}
        found = {"MCP-Protocol-Version": _field(version), "Mcp-Method": _field(self.method)}
        name = params.get(_NAMED.get(self.method, ""))
        return {**found, "Mcp-Name": _field(name)} if isinstance(name, str) else found


def read(line: bytes) -> Message:
    """Return the message in a line. Anything else is passed on, for the server to refuse."""
    try:
        body = json.loads(line)
    except (ValueError, RecursionError):
        return Message(line, wants_answer=True)
    if not isinstance(body, dict):
        return Message(line, wants_answer=True)
    method = body.get("method")
    if not isinstance(method, str):
        is_answer = "result" in body or "error" in body
        return Message(line, wants_answer=not is_answer, id=body.get("id"))
    return Message(line, method, "id" in body, body.get("id"), body.get("params"))


def error(id_: Any, sentence: str) -> bytes:
    """Return the answer to a request that could not be passed on."""
    body = {"jsonrpc": "2.0", "id": id_, "error": {"code": NOT_CONNECTED, "message": sentence}}
    return json.dumps(body).encode()


def answer(body: bytes, id_: Any) -> bytes | None:
    """Return a server's answer to a request as one line; ``None`` if it is not an answer.

    An error without an id gets the request's, so that the client knows what failed.
    """
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or found.get("jsonrpc") != "2.0":
        return None
    if "error" in found and found.get("id") is None and id_ is not None:
        return json.dumps({**found, "id": id_}).encode()
    return one_line(body)


def one_line(body: bytes) -> bytes:
    """Return JSON without line breaks, which occur only between values."""
    return body.replace(b"\r", b" ").replace(b"\n", b" ").strip()


def answers(body: bytes, id_: Any) -> bool:
    """Whether a message in a stream is the answer to a request."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and "method" not in found and found.get("id") == id_


def version_of(body: bytes) -> str | None:
    """Return the version in an answer to ``initialize``."""
    try:
        version = json.loads(body)["result"]["protocolVersion"]
    except (ValueError, RecursionError, KeyError, TypeError):
        return None
    return version if isinstance(version, str) and _PLAIN.fullmatch(version) else None


def _field(value: str) -> str:
    """Return text as a header value, encoded if it is not plain (SEP-2243)."""
    if _PLAIN.fullmatch(value) and not _ENCODED.fullmatch(value):
        return value
    return f"=?base64?{b64encode(value.encode('utf-8', 'surrogatepass')).decode()}?="
