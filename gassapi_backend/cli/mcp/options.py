"""The options of the commands about MCP clients: which client, which file, which server."""

import difflib
import re
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from gassapi_backend.cli.console import fail
from gassapi_backend.mcp_clients.clients import CLIENTS, Client, Place

if TYPE_CHECKING:
    from gassapi_backend.mcp_clients.files import Machine

NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
MAX_NAME = 40  # clients join it with a tool's name, with at most 64 characters in all


class Where(StrEnum):
    """Which of a client's files to use."""

    FOLDER = "folder"
    HOME = "home"


def _clients(incomplete: str) -> list[tuple[str, str]]:
    return [(key, one.title) for key, one in CLIENTS.items() if key.startswith(incomplete)]


def _check_client(value: str | None) -> str | None:
    if value is None or value in CLIENTS:
        return value
    near = difflib.get_close_matches(value, CLIENTS, n=1)
    hint = f" Did you mean {near[0]}?" if near else f" There are: {', '.join(CLIENTS)}."
    raise typer.BadParameter(f'There is no client "{value}".{hint}')


def _installed(incomplete: str) -> list[str]:
    from gassapi_backend.mcp_clients.installations import known

    with suppress(Exception):
        return [one.name for one in known().all if one.name.startswith(incomplete)]
    return []


def _check_name(value: str | None) -> str | None:
    if value is not None and (len(value) > MAX_NAME or not NAME.fullmatch(value)):
        raise typer.BadParameter(
            f"Small letters, digits and single hyphens, at most {MAX_NAME}, a letter first."
        )
    return value


def check_url(value: str | None) -> str | None:
    """Return the address of a server without a slash at its end. Raises ``BadParameter``."""
    if value is None:
        return None
    try:
        parts = urlsplit(value)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or re.search(r"[\s\x00-\x20\x7f\"'<>\\^`{|}$]", value):
        raise typer.BadParameter("An address like https://api.example.com is needed.")
    if parts.username is not None or parts.query or parts.fragment:
        raise typer.BadParameter("The address must have no user, query or fragment.")
    return value.rstrip("/").removesuffix("/mcp")


ClientName = Annotated[
    str,
    typer.Option(
        "--client",
        help=f"Which client: {', '.join(CLIENTS)}.",
        show_default=False,
        callback=_check_client,
        autocompletion=_clients,
        metavar="CLIENT",
    ),
]
PlaceName = Annotated[
    Where | None,
    typer.Option(
        "--place",
        help="The file of this folder, or that in your home, for all folders. "
        "Default: this folder's, where the client has one.",
    ),
]
EntryName = Annotated[
    str | None,
    typer.Option(
        "--name",
        help="What the client calls the server. Default: gassapi, and gassapi-PROJECT for a "
        "further project.",
        callback=_check_name,
        autocompletion=_installed,
    ),
]
Address = Annotated[
    str | None,
    typer.Option("--url", help="Address of another server.", callback=check_url),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only show what would be changed.")]


def place_of(client: Client, where: Where | None) -> Place | None:
    """Return the file to use; ``None`` for a client that is configured by hand."""
    if where is None:
        return client.folder or client.person
    place = client.folder if where is Where.FOLDER else client.person
    if place is None:
        rest = " It is configured by hand: give --print." if client.by_hand else ""
        kind = "for a folder" if where is Where.FOLDER else "in your home"
        fail(f"{client.title} has no file {kind}.{rest}", code=2)
    return place


def this_machine() -> "Machine":
    """Return the surroundings of the person who gave the command."""
    from gassapi_backend.mcp_clients.files import Machine

    return Machine(Path.home(), Path.cwd())
