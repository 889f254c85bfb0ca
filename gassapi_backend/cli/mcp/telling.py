"""What ``mcp install`` prints: what was done, what is left to do, and lines for a shell."""

import shlex
from typing import Any
from urllib.parse import urlsplit

from rich.markup import escape

from gassapi_backend.cli.console import err, print_plain
from gassapi_backend.cli.mcp.diffs import print_diff
from gassapi_backend.cli.mcp.writing import Done, Wanted
from gassapi_backend.mcp_clients.clients import Client, TokenPlace
from gassapi_backend.mcp_clients.connection import Connection
from gassapi_backend.settings import LOOPBACK


def as_json_of(wanted: Wanted, done: Done) -> dict[str, Any]:
    """Return what was installed, for scripts."""
    from gassapi_backend.mcp_clients.instructions import instructions

    told = instructions(wanted.client, done.at)
    return {
        "client": wanted.client.key,
        "project": done.project,
        "name": done.at.name,
        "url": done.at.url,
        "path": str(wanted.path) if wanted.path else None,
        "changed": bool(done.edit and done.edit.before != done.edit.after),
        "variable": told.variable,
        "token": done.at.token,
        "config": told.config,
        "instructions": told.text,
        "link": told.link,
    }


def show_trial(wanted: Wanted, done: Done) -> None:
    """Show what would change."""
    if done.edit is None:
        _print_config(wanted, done)
        return
    err.print("This would be changed, and a token would be issued:")
    print_diff(done.edit)


def tell(wanted: Wanted, done: Done) -> None:
    """Say what was done and what is left to do, and print the output for a script or shell."""
    from gassapi_backend.mcp_clients.instructions import instructions

    client, at = wanted.client, done.at
    if wanted.path is None:
        _print_config(wanted, done)
    else:
        is_same = done.edit is None or done.edit.before == done.edit.after
        verb = "[green]Already connected[/]:" if is_same else "[green]Wrote[/]"
        err.print(f"{verb} {escape(str(wanted.path))}")
        err.print(f"{client.title} knows “{escape(done.project)}” as {at.name} ({escape(at.url)}).")
    if done.revoked:
        err.print(
            "Revoked the earlier installation's token: whatever still uses it needs the new one."
        )
    told = instructions(client, at)
    if wanted.path is None:
        err.print(escape(told.text))
    elif client.hint and wanted.place is (client.folder or client.person):
        err.print(escape(client.hint))
    _warn_of_plain_http(at)
    _tell_token(client, done, prints=wanted.path is None)


def _tell_token(client: Client, done: Done, *, prints: bool) -> None:
    at = done.at
    if client.token_place is TokenPlace.VARIABLE:
        line = f"export {at.variable}={shlex.quote(at.literal)}"
        err.print(f"{client.title} takes the token from {at.variable}. Set it where you start it:")
        if prints:
            err.print(escape(line))
        else:
            print_plain(line)
    elif client.token_place is TokenPlace.PROMPT:
        err.print(f"{client.title} asks for the token when first used. It is not shown again:")
        if prints:
            err.print(at.literal)
        else:
            print_plain(at.literal)


def _print_config(wanted: Wanted, done: Done) -> None:
    from gassapi_backend.mcp_clients.instructions import instructions, shown

    print_plain(shown(instructions(wanted.client, done.at).config).rstrip("\n"))


def _warn_of_plain_http(at: Connection) -> None:
    parts = urlsplit(at.base_url)
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        err.print(
            "[yellow]Note:[/] the address begins with http://, so the token can be intercepted. "
            "Put TLS in front of it and set GASSAPI_PUBLIC_URL to its https:// address."
        )
