"""What a client does first, step by step, until something goes wrong."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gassapi_backend.bridge import messages
from gassapi_backend.bridge.problems import Problem, placeholder, problem_of
from gassapi_backend.bridge.relay import MAX_MESSAGE, PATH, STREAM
from gassapi_backend.bridge.upstream import Broken, NotSent, Upstream

MODERN, SESSIONS = "2026-07-28", "2025-11-25"
FIRST_CALL = "get_project_context"

_CLIENT = {"name": "gassapi-backend mcp test", "version": "1"}


@dataclass(frozen=True, slots=True)
class Step:
    """A step, its result in a sentence, and the problem if it failed."""

    name: str
    said: str
    problem: Problem | None = None


class _Failed(Exception):
    """A step that failed."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.sentence)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class _Answer:
    result: dict[str, Any]
    size: int


def probe(base_url: str, token: str) -> Iterator[Step]:
    """Yield each step as it is done, up to the first that fails."""
    upstream = Upstream(base_url)
    try:
        if wrong := placeholder(token):
            raise _Failed(Problem("token", wrong))
        yield _handshake(upstream, token)
        yield _discovery(upstream, token)
        yield _tools(upstream, token)
        yield _call(upstream, token)
    except _Failed as failure:
        yield Step("failed", failure.problem.sentence, failure.problem)


def _handshake(upstream: Upstream, token: str) -> Step:
    params = {"protocolVersion": SESSIONS, "capabilities": {}, "clientInfo": _CLIENT}
    result = _ask(upstream, token, "initialize", params).result
    server = result.get("serverInfo")
    name = server.get("name") if isinstance(server, dict) else None
    if not isinstance(name, str) or not isinstance(result.get("protocolVersion"), str):
        raise _Failed(Problem("not-mcp", "It answers, but not as an MCP server does."))
    version = server.get("version", "") if isinstance(server, dict) else ""
    return Step("handshake", f"{name} {version} agreed to {result['protocolVersion']}.")


def _discovery(upstream: Upstream, token: str) -> Step:
    meta = {
        "io.modelcontextprotocol/protocolVersion": MODERN,
        "io.modelcontextprotocol/clientInfo": _CLIENT,
        "io.modelcontextprotocol/clientCapabilities": {},
    }
    result = _ask(upstream, token, "server/discover", {"_meta": meta}).result
    versions = result.get("supportedVersions") or []
    return Step("discovery", f"It speaks {', '.join(map(str, versions)) or MODERN}.")


def _tools(upstream: Upstream, token: str) -> Step:
    answer = _ask(upstream, token, "tools/list", {})
    tools = answer.result.get("tools")
    names = [one.get("name") for one in tools] if isinstance(tools, list) else []
    if FIRST_CALL not in names:
        raise _Failed(Problem("not-gassapi", f"There is no tool {FIRST_CALL} among its tools."))
    writes = any(str(name).startswith(("create_", "update_", "delete_")) for name in names)
    kind = "reads and writes" if writes else "only reads"
    return Step("tools", f"{len(names)} tools in {answer.size / 1000:.1f} KB; this token {kind}.")


def _call(upstream: Upstream, token: str) -> Step:
    result = _ask(upstream, token, "tools/call", {"name": FIRST_CALL, "arguments": {}}).result
    if result.get("isError"):
        content = result.get("content")
        text = content[0].get("text") if isinstance(content, list) and content else ""
        raise _Failed(Problem("call", f"The call of {FIRST_CALL} failed: {text}"))
    return Step("call", f"{FIRST_CALL} answered.")


def _ask(upstream: Upstream, token: str, method: str, params: dict[str, Any]) -> _Answer:
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    message = messages.read(json.dumps(body).encode())
    headers = {
        "Content-Type": "application/json",
        "Accept": f"application/json, {STREAM}",
        "Authorization": f"Bearer {token}",
        "User-Agent": _CLIENT["name"],
        **message.headers(SESSIONS),
    }
    try:
        answer = upstream.send("POST", PATH, message.raw, headers)
        said = answer.read(MAX_MESSAGE)
    except (Broken, NotSent) as failure:
        raise _Failed(Problem("unreachable", str(failure))) from None
    found = _parsed(said)
    if isinstance(found, dict) and isinstance(found.get("error"), dict) and "jsonrpc" in found:
        raise _Failed(_of_protocol(method, found["error"]))
    if answer.status != 200 or not isinstance(found, dict) or "result" not in found:
        location = answer.header("Location")
        raise _Failed(problem_of(answer.status, answer.media_type, location, said))
    result = found["result"]
    return _Answer(result if isinstance(result, dict) else {}, len(said))


def _parsed(said: bytes) -> Any:
    try:
        return json.loads(said)
    except (ValueError, RecursionError):
        return None


def _of_protocol(method: str, error: dict[str, Any]) -> Problem:
    data = error.get("data")
    supported = data.get("supported") if isinstance(data, dict) else None
    if isinstance(supported, list):
        versions = ", ".join(map(str, supported))
        return Problem("version", f"It does not speak this version of MCP, but speaks {versions}.")
    return Problem("refused", f"{method} was refused: {error.get('message')}")
