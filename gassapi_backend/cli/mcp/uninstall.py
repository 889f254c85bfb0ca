"""``mcp uninstall``: remove from a client's configuration what ``mcp install`` put there."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from gassapi_backend.cli.console import (
    confirm,
    err,
    fail,
    is_interactive,
    out,
    print_json,
    run,
)
from gassapi_backend.cli.mcp import granting
from gassapi_backend.cli.mcp.diffs import print_diff
from gassapi_backend.cli.mcp.options import (
    ClientName,
    DryRun,
    EntryName,
    PlaceName,
    place_of,
    this_machine,
)
from gassapi_backend.mcp_clients.clients import CLIENTS
from gassapi_backend.mcp_clients.connection import Connection
from gassapi_backend.settings import Settings

if TYPE_CHECKING:
    from gassapi_backend.mcp_clients.installations import Installation, Installations


def uninstall(
    client: ClientName,
    project: Annotated[
        str | None,
        typer.Option(
            "--project", "-p", help="Name or id. Optional when the client knows only one."
        ),
    ] = None,
    place: PlaceName = None,
    name: EntryName = None,
    revoke: Annotated[
        bool | None,
        typer.Option("--revoke/--keep-token", help="Whether to revoke the token too.  [asks]"),
    ] = None,
    dry_run: DryRun = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")] = False,
) -> None:
    """Remove from a client's configuration what mcp install put there, and nothing else."""
    from gassapi_backend.mcp_clients.documents import Unusable
    from gassapi_backend.mcp_clients.installations import changing
    from gassapi_backend.own_files import Spoiled

    found = CLIENTS[client]
    file = place_of(found, place)
    if file is None:
        fail(f"{found.title} is configured by hand, so remove it by hand.")
    path = this_machine().path_of(file)
    try:
        with changing() as kept:
            ours = _ours(kept, client, str(path), project, name)
            is_changed = _remove(ours, dry_run=dry_run)
            if dry_run:
                return
            kept.remove(ours)
            is_last = bool(ours.token_id) and not kept.uses(ours.token_id or "")
    except (Spoiled, Unusable) as problem:
        fail(f"{path}: {problem}\nNothing was changed.")
    is_revoked = is_last and _revoke(ours, wanted=revoke)
    if as_json:
        print_json(
            {
                "client": client,
                "name": ours.name,
                "path": ours.path,
                "changed": is_changed,
                "revoked": is_revoked,
            }
        )
        return
    if is_changed:
        out.print(f"[green]Removed[/] {ours.name} from {escape(ours.path)}.")
    else:
        out.print(f"{ours.name} was no longer in {escape(ours.path)}.")
    if is_revoked:
        out.print("[green]Revoked[/] its token.")
    elif ours.variable and not kept.uses(ours.token_id or ""):
        out.print(f"Its token still works, where {ours.variable} is set.")


def _ours(
    kept: "Installations", client: str, path: str, project: str | None, name: str | None
) -> "Installation":
    """Return the installation that is meant, among those that this program put into a file."""
    there = [one for one in kept.all if (one.client, one.path) == (client, path)]
    found = [
        one
        for one in there
        if name in (None, one.name)
        and (project is None or project == one.project_id or _same(project, one.project))
    ]
    if not there:
        others = [one for one in kept.all if one.client == client]
        more = "".join(f"\n  {one.name} in {one.path}" for one in others)
        hint = f"\nIt is installed elsewhere:{more}" if others else ""
        fail(f"Nothing in {path} is from `mcp install`.{hint}")
    if len(found) != 1:
        names = "\n".join(f"  --name {one.name}  ({one.project})" for one in there)
        fail(f"Which one?\n{names}", code=2)
    return found[0]


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()


def _remove(ours: "Installation", *, dry_run: bool) -> bool:
    from pathlib import Path

    from gassapi_backend.mcp_clients.files import removing

    client, path = CLIENTS[ours.client], Path(ours.path)
    place = next(
        one for one in (client.folder, client.person) if one and this_machine().path_of(one) == path
    )
    edit = removing(client, place, path, Connection(ours.base_url, ours.name))
    if not dry_run:
        return edit.apply()
    err.print("This would be changed:")
    print_diff(edit)
    return False


def _revoke(ours: "Installation", *, wanted: bool | None) -> bool:
    """Revoke the token if that is wanted; return whether it was revoked. Ask if possible."""
    if wanted is None:
        wanted = is_interactive() and confirm("Revoke its token too?")
    token_id = ours.token_id
    if not wanted or token_id is None:
        return False

    async def action(_: Settings) -> bool:
        return await granting.revoke(token_id, "mcp uninstall")

    return run(action)
