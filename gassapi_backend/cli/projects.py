"""Projects on the command line."""

from typing import Annotated, Any

import typer
from rich.markup import escape

from gassapi_backend.cli import completion
from gassapi_backend.cli.console import (
    AsJson,
    ask,
    confirm,
    counted,
    fail,
    is_interactive,
    labelled,
    need,
    out,
    print_facts,
    print_json,
    print_table,
    run,
)
from gassapi_backend.cli.people import Who, find_account
from gassapi_backend.settings import Settings

app = typer.Typer(help="Projects, and who works in them.", no_args_is_help=True)

Project = Annotated[
    str, typer.Argument(help="Name or id of the project.", autocompletion=completion.projects)
]
ProjectOption = Annotated[
    str | None,
    typer.Option(
        "--project",
        "-p",
        help="Name or id. May be left out when there is only one.",
        autocompletion=completion.projects,
    ),
]


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="Name that others see.")],
    owner: Annotated[
        str | None,
        typer.Option(
            help="E-mail of its owner. May be left out when there is only one.",
            autocompletion=completion.people,
        ),
    ] = None,
    description: Annotated[str | None, typer.Option(help="What it is about.")] = None,
    public: Annotated[
        bool, typer.Option("--public", help="Let everybody who signs in read it.")
    ] = False,
    yes: Annotated[
        bool,
        typer.Option("--yes", "-y", help="Even if the owner has a project of this name."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Create a project for somebody, with its default environment.

    Asks before it makes a second one of the same name and owner.
    """
    body = {"name": name, "description": description, "isPublic": public}

    async def action(_: Settings) -> Any:
        from gassapi_backend.server.access.callers import CONSOLE
        from gassapi_backend.server.projects.actions import create_project
        from gassapi_backend.server.projects.queries import has_namesake
        from gassapi_backend.server.projects.schemas import NewProject, row_of
        from gassapi_backend.server.web.bodies import validated

        new, user = validated(NewProject, body), await chosen_owner(owner)
        if not yes and await has_namesake(user.id, new.name):
            _confirm_namesake(new.name, user.name)
        made = (await create_project(CONSOLE, new, owner_id=user.id))[0]
        return _view(row_of(made, owner_name=user.name, is_member=True))

    view = run(action)
    if as_json:
        print_json(view)
    else:
        out.print(
            f"[green]Created[/] {escape(view['name'])}. It belongs to {escape(view['ownerName'])}."
        )


@app.command("list")
def list_projects(as_json: AsJson = False) -> None:
    """List all projects of this server."""
    found = run(_all)
    if as_json:
        print_json([_view(row) for row in found])
        return
    print_table(
        "Projects",
        ["Name", "Id", "Owner", "Members", "Collections", "Endpoints", "Public"],
        [
            (
                row["name"],
                row["id"],
                row["owner_name"],
                row["member_count"],
                row["collection_count"],
                row["endpoint_count"],
                bool(row["is_public"]),
            )
            for row in found
        ],
    )


@app.command()
def show(project: Project, as_json: AsJson = False) -> None:
    """Show a project, its owner and how much is in it."""

    async def action(_: Settings) -> Any:
        return await find_project(project)

    view = _view(run(action))
    if as_json:
        print_json(view)
    else:
        print_facts(labelled(view))


@app.command()
def rename(
    project: Project,
    name: Annotated[str, typer.Argument(help="Name that others see.")],
    as_json: AsJson = False,
) -> None:
    """Change a project's name."""

    async def action(_: Settings) -> Any:
        from gassapi_backend.server.access.callers import CONSOLE
        from gassapi_backend.server.projects.actions import update_project
        from gassapi_backend.server.projects.schemas import ProjectChanges, row_of
        from gassapi_backend.server.web.bodies import validated
        from gassapi_backend.server.web.etags import ANY_REVISION

        changes, found = validated(ProjectChanges, {"name": name}), await find_project(project)
        changed = await update_project(CONSOLE, found["id"], changes, ANY_REVISION)
        row = row_of(changed, owner_name=found["owner_name"], is_member=True)
        return found["name"], _view(row)

    old, view = run(action)
    if as_json:
        print_json(view)
    else:
        out.print(f"[green]Renamed[/] {escape(old)} to {escape(view['name'])}.")


@app.command()
def delete(
    project: Project,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Delete a project for good, with all that is in it. What the audit log says of it stays.

    Its members lose access and its tokens stop working at once.
    """
    if not yes and not is_interactive():
        need("--yes")

    async def find(_: Settings) -> Any:
        return await find_project(project)

    found = run(find)
    if not yes:
        _confirm_deletion(found)

    async def action(_: Settings) -> None:
        from gassapi_backend.server.access.callers import CONSOLE
        from gassapi_backend.server.projects.actions import delete_project

        await delete_project(CONSOLE, found["id"])

    run(action)
    if as_json:
        print_json({"id": found["id"], "name": found["name"]})
    else:
        out.print(f"[green]Deleted[/] the project {escape(found['name'])}.")


@app.command()
def transfer(project: Project, who: Who, as_json: AsJson = False) -> None:
    """Hand a project over to one of its members. The present owner stays a member."""

    async def action(_: Settings) -> Any:
        from gassapi_backend.server.access.callers import CONSOLE
        from gassapi_backend.server.projects.actions import transfer_project
        from gassapi_backend.server.projects.schemas import row_of

        found, user = await find_project(project), await find_account(who)
        changed, owner = await transfer_project(CONSOLE, found["id"], user.id)
        return _view(row_of(changed, owner_name=owner.name, is_member=True))

    view = run(action)
    if as_json:
        print_json(view)
    else:
        out.print(f"{escape(view['name'])} belongs to {escape(view['ownerName'])} now.")


def _confirm_namesake(name: str, owner: str) -> None:
    """Ask whether a second project of a name is meant; end where nobody can say."""
    said = f'There is a project "{name}" of {owner} already'
    if not is_interactive():
        fail(f"{said}. Give --yes to make another.", code=2)
    out.print(f"{escape(said)}.")
    if not confirm("Make another of this name?", default=False):
        fail("Nothing is created.")


def _confirm_deletion(found: Any) -> None:
    """Show how much goes, and have the name typed."""
    counts = ", ".join(
        counted(found[f"{one}_count"], one) for one in ("member", "collection", "endpoint")
    )
    out.print(f"{escape(found['name'])}, of {escape(found['owner_name'])}: {counts}.")
    if ask("Type its name to delete it for good") != found["name"]:
        fail("That is not its name. Nothing is deleted.")


async def chosen_owner(wanted: str | None) -> Any:
    """Return the account of an e-mail address or id; for ``None``, the only one there is."""
    from gassapi_backend.server.accounts.queries import all_users

    if wanted is not None:
        return await find_account(wanted)
    found = await all_users(is_active=True)
    if not found:
        fail("There is no account yet that it could belong to. Run: gassapi-backend user create")
    if len(found) > 1:
        fail("Who is to own it? Give --owner.", code=2)
    return await find_account(found[0]["id"])


def one_of(argument: str | None, option: str | None) -> str | None:
    """Return the project that was named; end where an argument and an option name two."""
    if argument is not None and option is not None:
        fail("The project is named twice. Leave --project out.", code=2)
    return option if argument is None else argument


async def find_project(wanted: str | None, *, code: int = 1) -> Any:
    """Return the project of a name or id; for ``None``, the only one there is.

    Ends with a code where there is none, or several are.
    """
    from gassapi_backend.server.projects.queries import find_projects

    found = [] if wanted == "" else await find_projects(wanted)
    if not found and wanted is None:
        fail("There is no project yet. Create one: gassapi-backend project create NAME", code=code)
    if not found:
        fail(f'There is no project "{wanted}". See: gassapi-backend project list', code=code)
    if len(found) > 1:
        names = "\n".join(f"  {row['id']}  {row['name']} ({row['owner_name']})" for row in found)
        fail(f"Which one? Give its id:\n{names}", code=code)
    return found[0]


async def _all(_: Settings) -> Any:
    from gassapi_backend.server.projects.queries import find_projects

    return await find_projects(None)


def _view(row: Any) -> dict[str, Any]:
    from gassapi_backend.server.projects.schemas import project_summary

    view = dict(project_summary(row, None))
    del view["userRole"]
    return view
