"""Refusals as an assistant reads them: what happened, and what to do next."""

from difflib import get_close_matches
from typing import Any

from gassapi_backend.server.errors import Failure, Uncertain
from gassapi_backend.server.mcp.arguments import argument_of
from gassapi_backend.server.mcp.tool import Tool
from gassapi_backend.server.web.reading import printable

MAX_DETAILS = 10

_NO_ID = "String should match pattern '^[0-9a-f]{8}-"
_NEXT = {
    404: "search_project and get_project_context list the ids.",
    410: "Call get_project_context, and continue from its revision.",
    429: "Wait before the next call.",
    503: "Nothing was written. Try again in a few seconds.",
}
_UNCERTAIN = (
    "It may have been carried out all the same. Call again with the same idempotency_key; if you "
    "gave none, look first whether it is done."
)


def said_of(failure: Failure, tool: Tool) -> str:
    """Return what to tell an assistant about a tool's failure."""
    lines = [failure.message]
    details = failure.details
    if isinstance(details, list):
        lines = [_line(detail, tool) for detail in details[:MAX_DETAILS]] or lines
    if failure.status == 412:
        lines.append(_stale(details, tool))
    elif isinstance(failure, Uncertain) and not tool.is_read:
        lines.append(_UNCERTAIN)
    elif hint := _NEXT.get(failure.status):
        lines.append(hint)
    return "\n".join(lines)


def unknown_name(kind: str, name: str, known: list[str]) -> str:
    """Return what to tell a client that named an unknown tool or prompt."""
    near = get_close_matches(name[:100], known, n=1, cutoff=0.5)
    hint = f" Did you mean {near[0]}?" if near else f" {kind}s/list has all of them."
    return f"There is no {kind} {printable(name, 100)}.{hint}"


def _line(detail: dict[str, str], tool: Tool) -> str:
    name, reason = argument_of(detail["field"]), detail["reason"]
    if reason == "There is no such field." and "." not in name:
        known = ", ".join(tool.arguments.model_fields) or "none"
        return f"There is no argument {name}. The arguments of {tool.name} are: {known}."
    if reason.startswith(_NO_ID):
        reason = "This is not an id. search_project lists the ids."
    return f"{name}: {reason}"


def _stale(details: Any, tool: Tool) -> str:
    current = details.get("current") if isinstance(details, dict) else None
    revision = current.get("revision") if isinstance(current, dict) else None
    kind = tool.name.partition("_")[2]
    now = "" if revision is None else f" It is at revision {revision}."
    return f"Nothing was written.{now} Read it with get_{kind}, then call again with its revision."
