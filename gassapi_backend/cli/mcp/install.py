"""``mcp install``: connect a client to a project, with a token for it."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.markup import escape

from gassapi_backend.cli import completion, expiry
from gassapi_backend.cli.console import err, fail, print_json, run
from gassapi_backend.cli.mcp import granting
from gassapi_backend.cli.mcp.options import (
    Address,
    ClientName,
    DryRun,
    EntryName,
    PlaceName,
    place_of,
    this_machine,
)
from gassapi_backend.cli.mcp.telling import as_json_of, show_trial, tell
from gassapi_backend.cli.mcp.writing import (
    Done,
    Wanted,
    connection,
    edit_of,
    record,
    with_token,
    write,
)
from gassapi_backend.cli.projects import ProjectOption
from gassapi_backend.mcp_clients.clients import CLIENTS, TokenPlace
from gassapi_backend.mcp_clients.connection import Connection
from gassapi_backend.settings import Settings

if TYPE_CHECKING:
    from gassapi_backend.mcp_clients.installations import Installations

FIRST_PROJECT = "My project"


def install(
    client: ClientName,
    project: ProjectOption = None,
    scope: Annotated[
        Literal["read", "write"], typer.Option(help="Whether the assistant may change things.")
    ] = "write",
    user: Annotated[
        str | None,
        typer.Option(
            help="E-mail of the member it acts as. Default: the owner.",
            autocompletion=completion.people,
        ),
    ] = None,
    expires: Annotated[str | None, typer.Option(help=expiry.HELP)] = None,
    place: PlaceName = None,
    name: EntryName = None,
    url: Address = None,
    token_stdin: Annotated[
        bool,
        typer.Option("--token-stdin", help="With --url: read the token from standard input."),
    ] = False,
    prints: Annotated[
        bool, typer.Option("--print", help="Print the configuration, and write no file.")
    ] = False,
    dry_run: DryRun = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")] = False,
) -> None:
    """Connect an AI assistant: issue a token, and write its client's configuration.

    The rest of the configuration stays as it is. Run again, it replaces what it wrote before. If
    the client can take the token from an environment variable or its own prompt, it does; for a
    variable, the output is the shell line that sets it, to be used as
    eval "$(gassapi-backend mcp install --client claude-code)".

    For another server, give --url and its token in GASSAPI_TOKEN or with --token-stdin.
    """
    if token_stdin and not url:
        fail("--token-stdin is for --url.", code=2)
    if url and (project or user or expires):
        fail(
            "With --url the token already exists: leave out --project, --user and --expires.",
            code=2,
        )
    found = CLIENTS[client]
    file = place_of(found, place)
    path = this_machine().path_of(file) if file and not prints else None
    wanted = Wanted(found, file, path, name, scope, user, expiry.expiry_of(expires), dry_run)
    done = _install_remote(wanted, url, token_stdin) if url else _install_local(wanted, project)
    if as_json:
        print_json(as_json_of(wanted, done))
    elif dry_run:
        show_trial(wanted, done)
    else:
        tell(wanted, done)


def _install_local(wanted: Wanted, project: str | None) -> Done:
    from gassapi_backend.mcp_clients.documents import Unusable
    from gassapi_backend.mcp_clients.installations import changing, known
    from gassapi_backend.own_files import Spoiled

    async def action(settings: Settings) -> Done:
        kept = known()
        found = await _project(project, makes_one=not wanted.is_trial)
        at = connection(wanted, kept, settings.base_url, found["id"], found["name"])
        if wanted.is_trial:
            return Done(at, found["name"], edit_of(wanted, at))
        with changing() as kept:
            return await _grant_and_write(wanted, kept, at, found)

    try:
        return run(action)
    except (Spoiled, Unusable) as problem:
        fail(_refusal(wanted, problem))


async def _grant_and_write(
    wanted: Wanted, kept: "Installations", at: Connection, project: Any
) -> Done:
    at = connection(wanted, kept, at.base_url, project["id"], project["name"])  # now locked
    edit_of(wanted, at)  # refuses what cannot be written before a token is issued
    grant = None
    if wanted.client.token_place is TokenPlace.VARIABLE and not wanted.expires_at:
        grant = await granting.from_variable(project["id"], at.variable, wanted.scope)
    if grant is None:
        grant = await granting.issue(
            project, wanted.user, wanted.client.key, wanted.scope, wanted.expires_at
        )
    try:
        edit = write(wanted, with_token(at, grant.token))
    except BaseException:
        if grant.is_new and grant.id:
            await granting.revoke(grant.id, "it could not be recorded")
        raise
    old = record(wanted, kept, at, project["id"], project["name"], grant.id)
    revoked = bool(
        grant.is_new and old and not kept.uses(old) and await granting.revoke(old, granting.REVOKED)
    )
    return Done(with_token(at, grant.token), project["name"], edit, grant.is_new, revoked)


def _install_remote(wanted: Wanted, base_url: str, token_stdin: bool) -> Done:
    from gassapi_backend.mcp_clients.documents import Unusable
    from gassapi_backend.mcp_clients.installations import changing
    from gassapi_backend.own_files import Spoiled

    token = granting.given(token_stdin)
    project = granting.project_of(base_url, token)
    try:
        with changing() as kept:
            at = connection(wanted, kept, base_url, project["id"], project["name"])
            at = with_token(at, token)
            if wanted.is_trial:
                return Done(at, project["name"], edit_of(wanted, at))
            edit = write(wanted, at)
            record(wanted, kept, at, project["id"], project["name"], None)
    except (Spoiled, Unusable) as problem:
        fail(_refusal(wanted, problem))
    return Done(at, project["name"], edit)


async def _project(wanted: str | None, *, makes_one: bool) -> Any:
    """Return the project; if there is none yet and only one account, create the first one."""
    from gassapi_backend.cli.projects import find_project
    from gassapi_backend.server.access.callers import CONSOLE
    from gassapi_backend.server.accounts.queries import all_users
    from gassapi_backend.server.projects.actions import create_project
    from gassapi_backend.server.projects.queries import find_projects
    from gassapi_backend.server.projects.schemas import NewProject
    from gassapi_backend.server.web.bodies import validated

    if makes_one and not await find_projects(None):
        owners = await all_users(is_active=True)
        if not owners:
            fail("There is no account yet to use it. Run: gassapi-backend user create")
        if len(owners) == 1:
            new = validated(NewProject, {"name": wanted or FIRST_PROJECT})
            made, _ = await create_project(CONSOLE, new, owner_id=owners[0]["id"])
            err.print(f'[green]Created[/] the first project, "{escape(made.name)}".')
    return await find_project(wanted)


def _refusal(wanted: Wanted, problem: Exception) -> str:
    where = f"{wanted.path}: " if wanted.path else ""
    return f"{where}{problem}\nNothing was changed. --print shows what to put there by hand."
