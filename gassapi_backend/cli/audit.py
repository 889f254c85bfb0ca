"""The audit log on the command line: to be read, taken elsewhere, and checked."""

import json
from contextlib import nullcontext
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.text import Text

from gassapi_backend.cli import completion
from gassapi_backend.cli.console import (
    AsJson,
    counted,
    fail,
    out,
    print_json,
    print_plain,
    print_table,
    refuse_unwritable,
    run,
)
from gassapi_backend.cli.projects import find_project, one_of
from gassapi_backend.settings import Settings
from gassapi_backend.terminal_text import escaped_json

if TYPE_CHECKING:
    from gassapi_backend.server.audit.verdicts import Noted, Verdict

app = typer.Typer(help="The audit log: who did what, and whether the record is whole.")

ProjectOption = Annotated[
    str | None,
    typer.Option(
        "--project",
        "-p",
        help="Name or id; for a deleted project, its id.",
        autocompletion=completion.projects,
    ),
]


def _begun_actions(incomplete: str) -> list[str]:
    from gassapi_backend.server.audit.words import ACTIONS

    return [action for action in ACTIONS if action.startswith(incomplete)]


@app.command("list")
def list_entries(
    project: ProjectOption = None,
    user: Annotated[
        str | None,
        typer.Option(
            "--user",
            help="E-mail address or id of who did it.",
            autocompletion=completion.people,
        ),
    ] = None,
    action: Annotated[
        str | None,
        typer.Option(
            "--action", help="What was done: project_created …", autocompletion=_begun_actions
        ),
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", help="From this time or day on: 2026-01-31.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", help="Up to this time or day; times are UTC.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000)] = 50,
    as_json: AsJson = False,
) -> None:
    """List audit entries, the newest first."""

    async def read(_: Settings) -> Any:
        from gassapi_backend.server.audit.queries import newest
        from gassapi_backend.server.audit.schemas import End, Start

        return await newest(
            project_id=await _project_id(project),
            user_id=await _user_id(user),
            action=await _action(action),
            since=_given("--since", since, Start),
            until=_given("--until", until, End),
            limit=limit,
        )

    found = run(read)
    if as_json:
        _print_entries(found)
        return
    print_table(
        "Entries",
        ["When (UTC)", "Who", "What", "Name", "Project"],
        [
            (
                row["at"][:19],
                _who(row),
                row["action"].replace("_", " "),
                row["resource_name"],
                row["project_name"] or row["project_id"],
            )
            for row in found
        ],
    )


@app.command()
def export(
    project: ProjectOption = None,
    output: Annotated[
        Path | None, typer.Option(help="File to write, for its owner only. Default: print it.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
) -> None:
    """Write audit entries as JSON lines, from which their chains can be verified.

    A line's hash is the SHA-256 of its other values as a JSON array without white space.
    """
    if output is not None:
        refuse_unwritable(output, force=force)

    async def write(_: Settings) -> int:
        from gassapi_backend.private_files import private_file
        from gassapi_backend.server.audit.export import export as lines

        count = 0
        ids = await _chosen(project)
        with private_file(output.absolute()) if output else nullcontext() as file:
            async for line in lines(ids if project else [*ids, None]):
                text = escaped_json(line.decode().rstrip("\n"))
                if file is None:
                    print_plain(text)
                else:
                    file.write(text + "\n")
                count += 1
        return count

    count = run(write)
    if output is not None:
        out.print(f"[green]Wrote[/] {counted(count, 'entry', 'entries')} to {escape(str(output))}.")


@app.command()
def verify(
    project: Annotated[
        str | None,
        typer.Argument(
            help="Name or id; for a deleted project, its id. Default: all there ever were.",
            autocompletion=completion.projects,
        ),
    ] = None,
    chosen: ProjectOption = None,
    against: Annotated[
        Path | None,
        typer.Option(
            help="What --json printed earlier: the last entries it names must still be there."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check that no entry of a project was changed, removed, inserted or moved.

    Exits with 1 if one was. Whoever can write to the whole database can also compute a new chain:
    keep what --json prints somewhere else, and compare --against it. That exits with 1, too, if it
    is too old to be compared. Only what GASSAPI_AUDIT_KEEP_DAYS removes may be missing from the
    beginning.
    """
    project, noted = one_of(project, chosen), _noted(against)

    async def check(settings: Settings) -> list[Any]:
        from gassapi_backend.server.audit.verification import verify as verdicts

        ids = await _chosen(project)
        if project is None:
            ids = sorted({*ids, *noted})
        elif against is not None and ids[0] not in noted:
            fail(f'{against} says nothing about the project "{project}".')
        found = []
        async for verdict in verdicts(ids, noted, keep_days=settings.audit_keep_days):
            found.append(_view(verdict))
            if not as_json:
                _print_verdict(found[-1], is_compared=against is not None)
        return found

    found = run(check)
    broken = [view for view in found if view["problems"]]
    removed = [view for view in found if view["compared"] == "removed"]
    entries = sum(view["entries"] for view in found)
    if as_json:
        print_json({"isWhole": not broken, "entries": entries, "chains": found})
    elif broken:
        verb = "is" if len(broken) == 1 else "are"
        out.print(f"[red]{len(broken)} of {counted(len(found), 'chain')} {verb} broken.[/]")
    elif removed:
        heads = counted(len(removed), "noted head")
        out.print(f"[yellow]{heads} cannot be compared.[/] Note the heads again.")
    else:
        of = counted(len(found), "chain")
        out.print(f"[green]Whole:[/] {counted(entries, 'entry', 'entries')} in {of}.")
    if broken or removed:
        raise typer.Exit(1)


async def _chosen(project: str | None) -> list[str]:
    from gassapi_backend.server.audit.queries import project_ids

    wanted = await _project_id(project)
    known = await project_ids()
    if wanted is None:
        return known
    if wanted not in known:
        fail(
            f'There is no project "{project}", and there was none. See: gassapi-backend audit list'
        )
    return [wanted]


async def _project_id(wanted: str | None) -> str | None:
    from gassapi_backend.models import is_id

    if wanted is None or is_id(wanted):
        return wanted
    return str((await find_project(wanted))["id"])


async def _user_id(wanted: str | None) -> str | None:
    from gassapi_backend.cli.people import find_account
    from gassapi_backend.models import is_id

    if wanted is None or is_id(wanted):
        return wanted
    return str((await find_account(wanted)).id)


async def _action(wanted: str | None) -> str | None:
    """Return an action as entries have it; end with those there are where there is no such one."""
    from gassapi_backend.models import AuditEntry
    from gassapi_backend.server.audit.schemas import Word
    from gassapi_backend.server.audit.words import ACTIONS

    action = _given("--action", wanted and wanted.strip().lower().replace(" ", "_"), Word)
    if action is None or action in ACTIONS:
        return action
    if not await AuditEntry.exists(action=action):  # of another version, it may have others
        near = get_close_matches(action, ACTIONS, n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        fail(f'--action: there is no "{wanted}".{hint} There is: {", ".join(ACTIONS)}.', code=2)
    return action


def _given(flag: str, text: str | None, form: Any) -> str | None:
    """Return what a flag was given, as HTTP would take it; end where it would not."""
    from pydantic import TypeAdapter, ValidationError

    if text is None:
        return None
    try:
        return str(TypeAdapter(form).validate_python(text))
    except ValidationError as error:
        fail(f"{flag}: {error.errors()[0]['msg'].removeprefix('Value error, ')}", code=2)


def _who(row: Any) -> str:
    name = row["actor_name"] or row["actor_id"] or row["actor_type"]
    if row["token_id"]:
        name += f" (token {row['token_name']})" if row["token_name"] else " (token)"
    return str(name)


def _print_entries(found: Any) -> None:
    import orjson

    from gassapi_backend.server.audit.schemas import entry_view

    views = [
        {
            **entry_view(row),
            "projectName": row["project_name"],
            "requestId": row["request_id"],
            "ip": row["ip"],
            "number": row["number"],
            "hash": row["hash"],
        }
        for row in found
    ]
    print_plain(escaped_json(orjson.dumps(views, option=orjson.OPT_INDENT_2).decode()))


def _noted(file: Path | None) -> "dict[str, Noted]":
    from gassapi_backend.server.audit.verdicts import Noted
    from gassapi_backend.server.changes.chain import Place

    if file is None:
        return {}
    try:
        written = file.read_bytes()
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror}.", code=2)
    try:
        chains = json.loads(written)["chains"]  # in UTF-16, too, as PowerShell's > makes it
        heads = {str(chain["projectId"]): chain["head"] for chain in chains}
        return {
            project_id: Noted(Place(int(head["number"]), str(head["hash"])), head.get("at"))
            for project_id, head in heads.items()
        }
    except (ValueError, KeyError, TypeError, AttributeError):
        fail(f"{file} is not what gassapi-backend audit verify --json printed.", code=2)


def _view(verdict: "Verdict") -> dict[str, Any]:
    head = verdict.head or verdict.anchor
    return {
        "projectId": verdict.project_id,
        "name": verdict.name,
        "isDeleted": verdict.is_deleted,
        "entries": verdict.entries,
        "beganAt": verdict.began_at,
        "entriesBefore": verdict.unchained,
        "removed": verdict.anchor.number,
        "head": {"number": head.number, "hash": head.hash, "at": verdict.head_at},
        "compared": verdict.compared,
        "problems": [
            {"what": one.what, "number": one.number, "id": one.entry_id, "message": one.message}
            for one in verdict.problems
        ],
        "moreProblems": verdict.more_problems,
    }


def _print_verdict(view: dict[str, Any], *, is_compared: bool) -> None:
    sign = Text("✗ ", "red") if view["problems"] else Text("✓ ", "green")
    name = view["name"] or view["projectId"]
    facts = [counted(view["entries"], "entry", "entries")]
    if view["isDeleted"]:
        facts.append("project deleted")
    if view["removed"]:
        facts.append(f"the first {view['removed']} removed by retention")
    if view["entriesBefore"]:
        facts.append(f"{view['entriesBefore']} from before there was a chain")
    if is_compared and view["compared"] != "yes":
        facts.append("no head was noted" if view["compared"] == "no" else "noted head removed")
    out.print(sign + Text(f"{name}: {', '.join(facts)}"))
    head = view["head"]
    out.print(Text(f"  {view['projectId']}  {head['number']}  {head['hash']}", "dim"))
    for problem in view["problems"]:
        out.print(Text(f"  {problem['what']}: {problem['message']}", "red"))
    if view["moreProblems"]:
        out.print(f"  and {view['moreProblems']} more")
