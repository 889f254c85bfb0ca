"""Signing people out, handing out what is stored about them, and deleting their accounts."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from gassapi_backend.cli.console import (
    AsJson,
    confirm,
    counted,
    fail,
    is_interactive,
    need,
    out,
    print_json,
    print_plain,
    print_table,
    refuse_unwritable,
    run,
)
from gassapi_backend.cli.people import Who, find_account, load_account, minute
from gassapi_backend.settings import Settings
from gassapi_backend.terminal_text import escaped_json


def sessions(who: Who, as_json: AsJson = False) -> None:
    """List the devices on which somebody is signed in."""

    async def action(_: Settings) -> list[dict[str, Any]]:
        from gassapi_backend.clock import now, stored
        from gassapi_backend.server.sessions.queries import list_sessions
        from gassapi_backend.server.sessions.schemas import session_view

        found = await list_sessions((await find_account(who)).id, stored(now()))
        views = [dict(session_view(row, None)) for row in found]
        return [{key: view[key] for key in view if key != "current"} for view in views]

    found = run(action)
    if as_json:
        print_json(found)
        return
    print_table(
        "Sessions",
        ["Id", "Address", "Device", "Since", "Last used"],
        [
            (
                session["id"],
                session["ip"],
                session["userAgent"],
                minute(session["createdAt"]),
                minute(session["lastUsedAt"]),
            )
            for session in found
        ],
    )


def sign_out(who: Who, as_json: AsJson = False) -> None:
    """Sign somebody out of all their devices."""

    async def action(_: Settings) -> tuple[str, int]:
        from gassapi_backend.server.access.callers import CONSOLE
        from gassapi_backend.server.accounts import administration

        user = await find_account(who)
        return user.email, await administration.sign_out_user(CONSOLE, user.id)

    email, count = run(action)
    if as_json:
        print_json({"email": email, "endedSessions": count})
        return
    what = counted(count, "session has", "sessions have")
    out.print(f"[green]Signed out[/] {escape(email)}: {what} ended.")


def export(
    who: Who,
    output: Annotated[
        Path | None, typer.Option(help="File to write, for its owner only. Default: print it.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
) -> None:
    """Write everything that is stored about somebody, as JSON; no password, token or link."""
    if output is not None:
        refuse_unwritable(output, force=force)

    async def action(_: Settings) -> str:
        from gassapi_backend.server.access.callers import CONSOLE
        from gassapi_backend.server.accounts import administration
        from gassapi_backend.server.accounts.export import export_user

        account = await load_account(who)
        await administration.note_export(CONSOLE, account["id"], account["email"])
        return b"".join([part async for part in export_user(account)]).decode()

    text = escaped_json(run(action))
    if output is None:
        print_plain(text)
        return
    from gassapi_backend.private_files import write_private

    write_private(output.absolute(), text + "\n")
    out.print(f"[green]Wrote[/] {escape(str(output))}.")


def delete(
    who: Who,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Delete an account for good, with the projects that nobody else is in.

    Refused while it owns projects with other members. What it made elsewhere stays.
    """
    if not yes and not is_interactive():
        need("--yes")
    if not yes:
        _confirm_deletion(who)

    async def action(_: Settings) -> Any:
        from gassapi_backend.server.access.callers import CONSOLE
        from gassapi_backend.server.accounts import deletion
        from gassapi_backend.server.errors import Conflict

        user = await find_account(who)
        try:
            await deletion.delete_user(CONSOLE, user.id)
        except Conflict as refusal:
            projects = (refusal.details or {}).get("projects", [])
            names = "".join(f"\n  {project['id']}  {project['name']}" for project in projects)
            fail(refusal.message + names)
        return user

    user = run(action)
    if as_json:
        print_json({"id": user.id, "email": user.email})
    else:
        out.print(f"[green]Deleted[/] the account {escape(user.email)}.")


def _confirm_deletion(who: str) -> None:
    """Ask, once it is certain that there is such an account; show how much goes."""

    async def action(_: Settings) -> Any:
        from gassapi_backend.server.accounts.queries import shared_projects

        account = await load_account(who)
        return account, len(await shared_projects(account["id"]))

    account, shared = run(action)
    owned = _owned(account["owned_projects"] - shared, shared)
    out.print(f"{escape(account['name'])}, {escape(account['email'])}. {owned}")
    if not confirm("Delete this account for good?", default=False):
        fail("Nothing is deleted.")


def _owned(alone: int, shared: int) -> str:
    """Say how many projects an account owns that nobody else is in, and how many with others."""
    if not alone and not shared:
        return "It owns no project."
    parts = []
    if alone:
        parts.append(f"{counted(alone, 'project')} that nobody else is in")
    if shared:
        parts.append(f"{counted(shared, 'project')} with other members")
    return f"It owns {' and '.join(parts)}."
