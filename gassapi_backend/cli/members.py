"""Members of projects on the command line."""

from typing import Any

import typer
from rich.markup import escape

from gassapi_backend.cli.console import AsJson, out, print_json, print_table, run
from gassapi_backend.cli.people import Who, find_account
from gassapi_backend.cli.projects import Project, find_project
from gassapi_backend.settings import Settings

app = typer.Typer(help="Members: who works in a project.", no_args_is_help=True)

ALL = 1_000_000


@app.command("list")
def list_members(project: Project, as_json: AsJson = False) -> None:
    """List a project's members, the owner first."""

    async def action(_: Settings) -> Any:
        return await _members((await find_project(project))["id"])

    members = run(action)
    if as_json:
        print_json(members)
        return
    print_table(
        "Members",
        ["E-mail", "Name", "Role", "Since"],
        [
            (member["email"], member["name"], member["role"], member["joinedAt"][:10])
            for member in members
        ],
    )


@app.command()
def add(project: Project, who: Who, as_json: AsJson = False) -> None:
    """Make an account a member of a project, without asking it.

    For people without an account, see: gassapi-backend invite create
    """

    async def action(_: Settings) -> Any:
        from gassapi_backend.server.access.callers import CONSOLE
        from gassapi_backend.server.members.actions import add_member

        found, user = await find_project(project), await find_account(who)
        await add_member(CONSOLE, found["id"], user.id)
        members = await _members(found["id"])
        return next(member for member in members if member["id"] == user.id), found["name"]

    member, name = run(action)
    if as_json:
        print_json(member)
    else:
        out.print(f"[green]Added[/] {escape(member['email'])} to {escape(name)}.")


@app.command()
def remove(project: Project, who: Who, as_json: AsJson = False) -> None:
    """Remove somebody from a project, at once: their tokens for it stop working too.

    The invitations to it that they sent, and one for their address, are withdrawn.
    """

    async def action(_: Settings) -> Any:
        from gassapi_backend.server.access.callers import CONSOLE
        from gassapi_backend.server.members.actions import remove_member

        found, user = await find_project(project), await find_account(who)
        await remove_member(CONSOLE, found["id"], user.id)
        return {"id": user.id, "email": user.email, "projectId": found["id"]}, found["name"]

    removed, name = run(action)
    if as_json:
        print_json(removed)
    else:
        out.print(f"[green]Removed[/] {escape(removed['email'])} from {escape(name)}.")


async def _members(project_id: str) -> list[dict[str, Any]]:
    from gassapi_backend.server.members.queries import list_members
    from gassapi_backend.server.members.schemas import member_view

    found, _ = await list_members(project_id, limit=ALL, offset=0)
    return [dict(member_view(row, shows_email=True)) for row in found]
