"""The tool that shows a request as it is sent: everything inherited and filled in, no secrets."""

import asyncio
from collections.abc import Mapping
from typing import Any, Literal, NotRequired

from typing_extensions import TypedDict

from gassapi_backend.database import Row
from gassapi_backend.exchange.child.nodes import node_of
from gassapi_backend.exchange.resolving import Resolved, resolve, unless_secret
from gassapi_backend.exchange.tree import Entry, Environment, Folder, Note, Request
from gassapi_backend.models import is_id, name_hash
from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.errors import Invalid
from gassapi_backend.server.importing.stored import row_frame
from gassapi_backend.server.mcp import queries
from gassapi_backend.server.mcp.answers import fitted, read_on
from gassapi_backend.server.mcp.calls import Call
from gassapi_backend.server.mcp.project_tools import Cursor, Item
from gassapi_backend.server.mcp.tool import Arguments
from gassapi_backend.server.web.bodies import optional

BOUNDARY = "gassapi-boundary"

_NO_ORIGIN = {"o_format": None, "given_name": None, "original": None, "base": None}


class RenderWanted(Arguments):
    """Which request to show, and how."""

    endpoint_id: str
    format: Literal["http", "curl"] = optional(description="Default http")
    environment: str = optional(description="Id or name; default the project's default one")
    cursor: Cursor = optional(description="Of a field in cut, to read on in it")


class Rendered(TypedDict):
    """A request as it is sent. ``unresolved`` are variables without a value, ``secret`` those
    whose value is left out, ``dynamic`` those generated when it is sent.
    """

    request: NotRequired[str]
    environment: NotRequired[str]
    unresolved: NotRequired[list[str]]
    secret: NotRequired[list[str]]
    dynamic: NotRequired[list[str]]
    notes: NotRequired[list[str]]
    cut: NotRequired[list[Item]]
    field: NotRequired[str]
    text: NotRequired[str]
    nextCursor: NotRequired[str]


async def render_request(call: Call, wanted: RenderWanted) -> Rendered:
    """A saved request as it is sent, as HTTP or a curl command: variables filled in, inherited
    parts added. Secret values stay as {{placeholders}}; nothing is sent.
    """
    entered = await call.enter_at(Permission.READ, "endpoint_id", wanted.endpoint_id)
    row: Any = entered.subject
    above = await queries.collections_above(row["collection_id"])
    environment = await _environment(call.project_id, wanted.environment)
    view = await asyncio.to_thread(_view, row, above, environment, wanted.format or "http")
    if wanted.cursor is not None:
        return read_on(view, wanted.cursor)  # type: ignore[return-value]  # a part
    del view["revision"]
    shown, cuts = fitted(view)
    return {**shown, "cut": [dict(one) for one in cuts]} if cuts else shown


async def _environment(project_id: str, wanted: str | None) -> Row | None:
    if wanted is None:
        return await queries.find_environment(project_id, "default_of", project_id)
    column, value = ("id", wanted) if is_id(wanted) else ("name_hash", name_hash(wanted))
    found = await queries.find_environment(project_id, column, value)
    if found is None:
        raise Invalid.field("environment", "There is no such environment in this project.")
    return found


def _view(row: Row, above: list[Row], environment: Row | None, form: str) -> dict[str, Any]:
    from gassapi_backend.exchange.curl.writing import command  # rarely asked for

    request = _node("endpoint", row, Request)
    folders = [_node("collection", one, Folder) for one in above]
    variables = _node("environment", environment, Environment).variables if environment else []
    resolved = resolve(request, folders, variables, shown=unless_secret)
    notes: list[Note] = []
    text = command(request, resolved, notes) if form == "curl" else _http(resolved)
    view: dict[str, Any] = {
        "request": text or "",
        "environment": environment["name"] if environment else "",
        "unresolved": resolved.unresolved,
        "secret": resolved.withheld,
        "dynamic": resolved.dynamic,
        "notes": _notes(resolved, notes),
        "revision": row["revision"],
    }
    return view


def _node(kind: str, row: Mapping[str, Any], node: type[Any]) -> Any:
    columns = {"description": None, "parent_id": None, **row, **_NO_ORIGIN}
    found = node_of(row_frame(kind, columns))
    if not isinstance(found, node):
        raise TypeError(f"This is no {kind}.")
    return found


def _notes(resolved: Resolved, notes: list[Note]) -> list[str]:
    found = [note.reason for note in notes if "stay as they are" not in note.reason]
    if not resolved.url.strip():
        found.append("It has no URL yet.")
    if resolved.auth is not None and not resolved.is_auth_applied and not _basic(resolved):
        kind = resolved.auth.get("type")
        found.append(f"Credentials of type {kind} are generated when it is sent, and not shown.")
    found += [f"These variables contain each other: {' → '.join(one)}" for one in resolved.cycles]
    return found


def _http(resolved: Resolved) -> str:
    """Return a request in the form of HTTP/1.1, but with the whole URL, for people to read."""
    lines = [f"{resolved.method} {resolved.url} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in [*_basic(resolved), *resolved.headers]]
    body = resolved.body
    if body.form is not None:
        if resolved.header("Content-Type") is None:
            lines.append(f"Content-Type: multipart/form-data; boundary={BOUNDARY}")
        parts = [line for entry in body.form for line in _part(entry)]
        return "\n".join([*lines, "", *parts, f"--{BOUNDARY}--"])
    if body.src is not None:
        return "\n".join([*lines, "", f"< {body.src}"])
    return "\n".join(lines if body.text is None else [*lines, "", body.text])


def _basic(resolved: Resolved) -> list[tuple[str, str]]:
    """Return the header for credentials that hold a placeholder, not yet encoded."""
    auth = resolved.auth or {}
    pair = f"{auth.get('username') or ''}:{auth.get('password') or ''}"
    if auth.get("type") != "basic" or resolved.is_auth_applied or "{{" not in pair:
        return []
    return [("Authorization", f"Basic <Base64 of {pair}>")]


def _part(entry: Entry) -> list[str]:
    src = entry.get("src") if entry.get("type") == "file" else None
    named = f'Content-Disposition: form-data; name="{entry.get("key") or ""}"'
    if src:
        named += f'; filename="{entry.get("fileName") or src}"'
    kind = [f"Content-Type: {entry['contentType']}"] if entry.get("contentType") else []
    return [f"--{BOUNDARY}", named, *kind, "", f"< {src}" if src else str(entry.get("value") or "")]
