"""What ``mcp install`` writes, under which name, and the record of it."""

import shutil
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gassapi_backend.mcp_clients.clients import Client, Place, TokenPlace
from gassapi_backend.mcp_clients.connection import Connection, named, slug, variable_of

if TYPE_CHECKING:
    from gassapi_backend.mcp_clients.files import Edit
    from gassapi_backend.mcp_clients.installations import Installations


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to install; without ``path`` the configuration is only printed."""

    client: Client
    place: Place | None
    path: Path | None
    name: str | None
    scope: str
    user: str | None
    expires_at: str | None
    is_trial: bool


@dataclass(frozen=True, slots=True)
class Done:
    """What was installed. ``edit`` is ``None`` if nothing is written."""

    at: Connection
    project: str
    edit: "Edit | None" = None
    is_new_token: bool = False
    revoked: bool = False


def connection(
    wanted: Wanted, kept: "Installations", base_url: str, project_id: str, project: str
) -> Connection:
    """Return the client's connection, under a name that no other server has in its file."""
    name = wanted.name or _name(wanted, kept, base_url, project_id, project)
    return Connection(base_url, name, variable_of(name), command=own_command())


def _name(
    wanted: Wanted, kept: "Installations", base_url: str, project_id: str, project: str
) -> str:
    from gassapi_backend.mcp_clients.files import installed

    others = {one.name for one in kept.all if one.project_id != project_id}  # and their variables
    if wanted.path is None or wanted.place is None:
        return named(project, project_id, others)[0]
    if old := kept.of(wanted.client.key, wanted.path, base_url, project_id):
        return old.name
    there = installed(wanted.path, wanted.place)
    own = wanted.client.entry(Connection(base_url))
    for name in ("gassapi", f"gassapi-{slug(project)}"):  # possibly somebody else's, in git
        if name in there and name not in others and _leads_alike(there[name], own):
            return name
    return named(project, project_id, others | set(there))[0]


def _leads_alike(entry: Any, own: dict[str, Any]) -> bool:
    """Whether two entries of a client are for the same server."""
    keys = [key for key in ("url", "httpUrl", "serverUrl", "uri", "args") if key in own]
    return isinstance(entry, dict) and all(entry.get(key) == own[key] for key in keys)


def own_command() -> tuple[str, ...]:
    """Return a command that works anywhere: a client's PATH differs from a shell's."""
    program = Path(sys.argv[0])
    if program.stem == "gassapi-backend" and (found := shutil.which(str(program))):
        return (str(Path(found).absolute()),)
    return (sys.executable, "-m", "gassapi_backend")


def with_token(at: Connection, token: str) -> Connection:
    """Return the same connection with a token."""
    return replace(at, token=token)


def edit_of(wanted: Wanted, at: Connection) -> "Edit | None":
    """Return the change to the client's file, if there is one. Raises ``Unusable``."""
    from gassapi_backend.mcp_clients.files import adding

    if wanted.path is None or wanted.place is None:
        return None
    return adding(wanted.client, wanted.place, wanted.path, at)


def write(wanted: Wanted, at: Connection) -> "Edit | None":
    """Change the client's file; return what was changed. Raises ``Unusable``."""
    if edit := edit_of(wanted, at):
        edit.apply()
    return edit


def record(
    wanted: Wanted,
    kept: "Installations",
    at: Connection,
    project_id: str,
    project: str,
    token_id: str | None,
) -> str | None:
    """Record what was installed; return the id of the token that it replaces."""
    from gassapi_backend.mcp_clients.installations import Installation

    if wanted.path is None:
        return None
    path = str(wanted.path)
    old = next((one for one in kept.all if (one.path, one.name) == (path, at.name)), None)
    variable = at.variable if wanted.client.token_place is TokenPlace.VARIABLE else None
    kept.put(
        Installation(
            wanted.client.key, path, at.name, at.base_url, project_id, project, token_id, variable
        )
    )
    return old.token_id if old else None
