"""``import``: documents of other tools into a project, or a whole project."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.markup import escape

from gassapi_backend.cli import completion
from gassapi_backend.cli.console import (
    AsJson,
    confirm,
    counted,
    fail,
    is_interactive,
    need,
    out,
    print_json,
    refuse_unwritable,
    run,
)
from gassapi_backend.cli.documents.bringing import Wanted, import_all
from gassapi_backend.cli.documents.outcomes import (
    REFUSED,
    Outcome,
    exit_code,
    print_outcomes,
    report_of,
)
from gassapi_backend.cli.documents.progress import bar
from gassapi_backend.cli.documents.sources import Given, given_by
from gassapi_backend.cli.projects import ProjectOption
from gassapi_backend.server.errors import Invalid
from gassapi_backend.settings import Settings, load


def import_documents(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE|FOLDER|-…",
            help="What to import; - is standard input.",
            show_default=False,
        ),
    ],
    project: ProjectOption = None,
    into: Annotated[
        str | None,
        typer.Option(help="Name or id of the collection to import into, or to --merge with."),
    ] = None,
    format_: Annotated[
        str | None, typer.Option("--format", help="Format, if it is not recognised by itself.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only report what would be done.")
    ] = False,
    merge: Annotated[
        bool, typer.Option("--merge", help="Update what an earlier version became.")
    ] = False,
    prefer: Annotated[
        Literal["ours", "source"],
        typer.Option(help="With --merge: which side wins if both changed something."),
    ] = "ours",
    prune: Annotated[
        bool,
        typer.Option(
            "--prune", help="With --merge: delete what is gone from the document and unedited here."
        ),
    ] = False,
    fail_on: Annotated[
        Literal["conflict"] | None, typer.Option(help="Exit with 3 if there are conflicts.")
    ] = None,
    new_project: Annotated[
        bool, typer.Option("--new-project", help="Create a project from an exported one.")
    ] = False,
    name: Annotated[str | None, typer.Option(help="With --new-project: its name.")] = None,
    owner: Annotated[
        str | None,
        typer.Option(
            help="With --new-project: e-mail of its owner; optional if there is only one account.",
            autocompletion=completion.people,
        ),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(help="JSON file for the whole report, readable by its owner only."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace the file of --report if it exists.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before --prune.")] = False,
    as_json: AsJson = False,
) -> None:
    """Import Postman, OpenAPI, Insomnia, Bruno, HAR, cURL and more into a project.

    Each document is recognised by its content, imported whole or not at all, and reported: what was
    created, renamed, kept, skipped. A folder is one document, like Bruno's, or holds several.

    The exit code is 0, or 2 if something was refused, 3 for conflicts with --fail-on conflict, and
    1 if something broke. The other documents are imported all the same.
    """
    options = {"format": format_, "dryRun": dry_run, "prefer": prefer, "prune": prune}
    options["mode"] = "merge" if merge else "new"
    wanted = Wanted(project, into, new_project, name, owner, options)
    _check_flags(wanted, len(sources))
    if report is not None:
        refuse_unwritable(report, force=force, option="--report")
    if prune and not dry_run and not yes and not is_interactive():
        need("--yes, since --prune deletes")
    given = _given(sources)
    if prune and not dry_run and not yes:
        _confirm(given, wanted)
    found, outcomes = _import(given, wanted)
    code = exit_code(outcomes, fails_on_conflict=fail_on is not None)
    said = report_of(outcomes, found, code)
    if as_json:
        print_json(said)
    else:
        print_outcomes(outcomes)
        _print_end(outcomes, found, wanted)
    if report is not None:
        _write_report(report, said)
    if code:
        raise typer.Exit(code)


def _check_flags(wanted: Wanted, count: int) -> None:
    """Exit with a usage error if flags do not go together."""
    options = wanted.options
    if wanted.is_new_project:
        given = {"--project": wanted.project, "--into": wanted.into, "--format": options["format"]}
        given |= {"--merge": wanted.is_merge, "--dry-run": options["dryRun"]}
        if others := [flag for flag, value in given.items() if value]:
            fail(f"--new-project does not go with {others[0]}.", code=REFUSED)
        if wanted.name is not None and count > 1:
            fail("--name is for one project. Import them one by one.", code=REFUSED)
    elif wanted.name is not None or wanted.owner is not None:
        fail("--name and --owner are for --new-project.", code=REFUSED)
    if not wanted.is_merge and (options["prune"] or options["prefer"] != "ours"):
        fail("--prune and --prefer are for --merge.", code=REFUSED)
    if wanted.is_merge and wanted.into is not None and count > 1:
        fail("With --merge, --into is for one document. Merge them one by one.", code=REFUSED)


def _given(words: list[str]) -> list[Given]:
    try:
        return given_by(words, _limit(load()))
    except Invalid as problem:
        fail(problem.message, code=REFUSED)


def _limit(settings: Settings) -> int:
    return settings.import_max_mb * 1_000_000


def _confirm(given: list[Given], wanted: Wanted) -> None:
    """Show what a merge would do, and ask whether to do it."""
    _, outcomes = _import(given, replace(wanted, options={**wanted.options, "dryRun": True}))
    print_outcomes(outcomes)
    if not confirm("Do this?", default=False):
        fail("Nothing was changed.")


def _import(given: list[Given], wanted: Wanted) -> tuple[Any, list[Outcome]]:
    """Import one after the other; return the project, if it existed before, and the outcomes."""

    async def action(settings: Settings) -> tuple[Any, list[Outcome]]:
        with bar() as shown:
            return await import_all(given, wanted, settings, shown)

    return run(action)


def _print_end(outcomes: list[Outcome], project: Any, wanted: Wanted) -> None:
    """Say in one line what was done."""
    done = [one for one in outcomes if one.refusal is None]
    if not done:
        return
    what = counted(len(done), "document")
    place = f" into {escape(project['name'])}" if project else ""
    out.print()
    if wanted.options["dryRun"]:
        out.print(f"[yellow]Nothing was written:[/] this is what importing {what}{place} would do.")
    elif not wanted.is_merge:
        out.print(f"[green]Imported[/] {what}{place}.")
    elif any(one.changes_something for one in done):
        out.print(f"[green]Merged[/] {what}{place}.")
    else:
        out.print("[green]Nothing to do:[/] everything is here already.")


def _write_report(path: Path, said: dict[str, Any]) -> None:
    from gassapi_backend.private_files import write_private

    write_private(path.absolute(), json.dumps(said, indent=2, ensure_ascii=False) + "\n")
