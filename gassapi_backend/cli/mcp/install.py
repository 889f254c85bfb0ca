"""``mcp install``: a client is told of a project, and gets a token for it."""

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.markup import escape

from gassapi_backend.cli import completion, expiry
from gassapi_backend.cli.console import err, fail, print_json, print_plain, run
from gassapi_backend.cli.mcp import granting
from gassapi_backend.cli.mcp.diffs import print_diff
from gassapi_backend.cli.mcp.options import (
    Address,
    ClientName,
    DryRun,
    EntryName,
    PlaceName,
    place_of,
    this_machine,
)
from gassapi_backend.cli.projects import ProjectOption
from gassapi_backend.mcp_clients.clients import CLIENTS, Client, Place, TokenPlace
from gassapi_backend.mcp_clients.connection import Connection, named, slug, variable_of
from gassapi_backend.settings import LOOPBACK, Settings

if TYPE_CHECKING:
    from gassapi_backend.mcp_clients.files import Edit
    from gassapi_backend.mcp_clients.installations import Installations

FIRST_PROJECT = "My project"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be installed; without ``path`` the configuration is only printed."""

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
    """What was installed. ``edit`` is ``None`` where nothing is written."""

    at: Connection
    project: str
    edit: "Edit | None" = None
    is_new_token: bool = False
    revoked: bool = False


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

    What else the configuration says stays as it is. Given again, it replaces what it wrote. The
    token goes into an environment variable or the client's own prompt where the client can do that;
    then the output is the line of shell that sets it, to be used as
    eval "$(gassapi-backend mcp install --client claude-code)".

    For a server elsewhere, give --url and a token of it in GASSAPI_TOKEN or by --token-stdin.
    """
    if token_stdin and not url:
        fail("--token-stdin is for --url.", code=2)
    if url and (project or user or expires):
        fail(
            "With --url the token is there already: leave --project, --user and --expires.",
            code=2,
        )
    found = CLIENTS[client]
    file = place_of(found, place)
    path = this_machine().path_of(file) if file and not prints else None
    wanted = Wanted(found, file, path, name, scope, user, expiry.expiry_of(expires), dry_run)
    done = _install_remote(wanted, url, token_stdin) if url else _install_local(wanted, project)
    if as_json:
        print_json(_as_json(wanted, done))
    elif dry_run:
        _show_trial(wanted, done)
    else:
        _tell(wanted, done)


def _install_local(wanted: Wanted, project: str | None) -> Done:
    from gassapi_backend.mcp_clients.documents import Unusable
    from gassapi_backend.mcp_clients.installations import changing, known
    from gassapi_backend.own_files import Spoiled

    async def action(settings: Settings) -> Done:
        kept = known()
        found = await _project(project, makes_one=not wanted.is_trial)
        at = _connection(wanted, kept, settings.base_url, found["id"], found["name"])
        if wanted.is_trial:
            return Done(at, found["name"], _edit(wanted, at))
        with changing() as kept:
            return await _grant_and_write(wanted, kept, at, found)

    try:
        return run(action)
    except (Spoiled, Unusable) as problem:
        fail(_refusal(wanted, problem))


async def _grant_and_write(
    wanted: Wanted, kept: "Installations", at: Connection, project: Any
) -> Done:
    at = _connection(wanted, kept, at.base_url, project["id"], project["name"])  # now locked
    _edit(wanted, at)  # what cannot be written is refused before a token is issued
    grant = None
    if wanted.client.token_place is TokenPlace.VARIABLE and not wanted.expires_at:
        grant = await granting.from_variable(project["id"], at.variable, wanted.scope)
    if grant is None:
        grant = await granting.issue(
            project, wanted.user, wanted.client.key, wanted.scope, wanted.expires_at
        )
    try:
        edit = _write(wanted, _with_token(at, grant.token))
    except BaseException:
        if grant.is_new and grant.id:
            await granting.revoke(grant.id, "it could not be written down")
        raise
    old = _record(wanted, kept, at, project["id"], project["name"], grant.id)
    revoked = bool(
        grant.is_new and old and not kept.uses(old) and await granting.revoke(old, granting.REVOKED)
    )
    return Done(_with_token(at, grant.token), project["name"], edit, grant.is_new, revoked)


def _install_remote(wanted: Wanted, base_url: str, token_stdin: bool) -> Done:
    from gassapi_backend.mcp_clients.documents import Unusable
    from gassapi_backend.mcp_clients.installations import changing
    from gassapi_backend.own_files import Spoiled

    token = granting.given(token_stdin)
    project = granting.project_of(base_url, token)
    try:
        with changing() as kept:
            at = _connection(wanted, kept, base_url, project["id"], project["name"])
            at = _with_token(at, token)
            if wanted.is_trial:
                return Done(at, project["name"], _edit(wanted, at))
            edit = _write(wanted, at)
            _record(wanted, kept, at, project["id"], project["name"], None)
    except (Spoiled, Unusable) as problem:
        fail(_refusal(wanted, problem))
    return Done(at, project["name"], edit)


async def _project(wanted: str | None, *, makes_one: bool) -> Any:
    """Return the project; where a server has none yet and one account, its first one."""
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
            fail("There is no account yet that could use it. Run: gassapi-backend user create")
        if len(owners) == 1:
            new = validated(NewProject, {"name": wanted or FIRST_PROJECT})
            made = await create_project(CONSOLE, new, owner_id=owners[0]["id"])
            err.print(f'[green]Created[/] the first project, "{escape(made.name)}".')
    return await find_project(wanted)


def _connection(
    wanted: Wanted, kept: "Installations", base_url: str, project_id: str, project: str
) -> Connection:
    """Return how the client is to be told, under a name that no other server has in its file."""
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
    for name in ("gassapi", f"gassapi-{slug(project)}"):  # maybe somebody else's, in git
        if name in there and name not in others and _leads_alike(there[name], own):
            return name
    return named(project, project_id, others | set(there))[0]


def _leads_alike(entry: Any, own: dict[str, Any]) -> bool:
    """Whether two entries of a client name the same server."""
    keys = [key for key in ("url", "httpUrl", "serverUrl", "uri", "args") if key in own]
    return isinstance(entry, dict) and all(entry.get(key) == own[key] for key in keys)


def own_command() -> tuple[str, ...]:
    """Return what starts this program from anywhere: clients have another PATH than a shell."""
    import shutil
    import sys

    program = Path(sys.argv[0])
    if program.stem == "gassapi-backend" and (found := shutil.which(str(program))):
        return (str(Path(found).absolute()),)
    return (sys.executable, "-m", "gassapi_backend")


def _with_token(at: Connection, token: str) -> Connection:
    from dataclasses import replace

    return replace(at, token=token)


def _edit(wanted: Wanted, at: Connection) -> "Edit | None":
    from gassapi_backend.mcp_clients.files import adding

    if wanted.path is None or wanted.place is None:
        return None
    return adding(wanted.client, wanted.place, wanted.path, at)


def _write(wanted: Wanted, at: Connection) -> "Edit | None":
    if edit := _edit(wanted, at):
        edit.apply()
    return edit


def _record(
    wanted: Wanted,
    kept: "Installations",
    at: Connection,
    project_id: str,
    project: str,
    token_id: str | None,
) -> str | None:
    """Note what was installed; return the id of the token that it replaces."""
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


def _refusal(wanted: Wanted, problem: Exception) -> str:
    where = f"{wanted.path}: " if wanted.path else ""
    return f"{where}{problem}\nNothing was changed. --print shows what to put there by hand."


def _as_json(wanted: Wanted, done: Done) -> dict[str, Any]:
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


def _show_trial(wanted: Wanted, done: Done) -> None:
    if done.edit is None:
        _print_config(wanted, done)
        return
    err.print("This would be changed, and a token issued:")
    print_diff(done.edit)


def _tell(wanted: Wanted, done: Done) -> None:
    """Say what was done and what is left to do, and print what a script or a shell is to read."""
    from gassapi_backend.mcp_clients.instructions import instructions

    client, at = wanted.client, done.at
    if wanted.path is None:
        _print_config(wanted, done)
    else:
        is_same = done.edit is None or done.edit.before == done.edit.after
        verb = "[green]It is there already[/]:" if is_same else "[green]Wrote[/]"
        err.print(f"{verb} {escape(str(wanted.path))}")
        err.print(f"{client.title} knows “{escape(done.project)}” as {at.name} ({escape(at.url)}).")
    if done.revoked:
        err.print(
            "Revoked the token of the earlier installation: what still uses it needs the new one."
        )
    told = instructions(client, at)
    if wanted.path is None:
        err.print(escape(told.text))
    elif client.hint:
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
        err.print(f"{client.title} asks for the token at the first use. It is not shown again:")
        if prints:
            err.print(at.literal)
        else:
            print_plain(at.literal)


def _print_config(wanted: Wanted, done: Done) -> None:
    from gassapi_backend.mcp_clients.instructions import instructions, shown

    print_plain(shown(instructions(wanted.client, done.at).config).rstrip("\n"))


def _warn_of_plain_http(at: Connection) -> None:
    from urllib.parse import urlsplit

    parts = urlsplit(at.base_url)
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        err.print(
            "[yellow]Note:[/] the address begins with http://, so that the token can be read on "
            "the way. Put TLS before the server and set GASSAPI_PUBLIC_URL to its https:// address."
        )
