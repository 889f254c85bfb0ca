"""``export``: a collection, an environment or a whole project as a file."""

import codecs
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.text import Text

from gassapi_backend.cli import completion
from gassapi_backend.cli.console import err, fail, out, refuse_unwritable, run
from gassapi_backend.cli.documents.choosing import (
    chosen_collection,
    chosen_environment,
    chosen_project,
)
from gassapi_backend.cli.documents.outcomes import BROKEN, REFUSED, reason_of
from gassapi_backend.cli.projects import ProjectOption, one_of
from gassapi_backend.server.errors import Failure, NotFound
from gassapi_backend.settings import Settings
from gassapi_backend.terminal_text import in_one_line, visible

app = typer.Typer(help="Documents for other tools, and whole projects.", no_args_is_help=True)

STDOUT = Path("-")
_SHOWN_NOTES = 20


def _begun_formats(incomplete: str) -> list[str]:
    from gassapi_backend.exchange.formats import FORMATS

    return [one.name for one in FORMATS if one.is_written and one.name.startswith(incomplete)]


def _begun_environment_formats(incomplete: str) -> list[str]:
    from gassapi_backend.exchange.formats import ENVIRONMENTS_WRITTEN

    return [name for name in ENVIRONMENTS_WRITTEN if name.startswith(incomplete)]


Output = Annotated[
    Path, typer.Option(help="File to write, for its owner only; - prints it.", show_default="-")
]
Force = Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")]
Reveal = Annotated[
    bool, typer.Option("--reveal", help="Include secret values; this is recorded in the audit log.")
]


@app.command("collection")
def export_collection(
    collection: Annotated[str, typer.Argument(help="Name or id of the collection.")],
    project: ProjectOption = None,
    format_: Annotated[
        str,
        typer.Option(
            "--format",
            help="postman, openapi, insomnia, opencollection, har, curl or http.",
            autocompletion=_begun_formats,
        ),
    ] = "postman",
    version: Annotated[
        str, typer.Option(help="Of the format: 3.0 of OpenAPI, 4 of Insomnia.", show_default=False)
    ] = "",
    environment: Annotated[
        str | None, typer.Option(help="Name or id of one whose variables are filled in.")
    ] = None,
    sub_collections: Annotated[
        bool,
        typer.Option("--sub-collections/--no-sub-collections", help="Include collections in it."),
    ] = True,
    examples: Annotated[
        bool, typer.Option("--examples/--no-examples", help="Include saved examples.")
    ] = True,
    reveal: Reveal = False,
    output: Output = STDOUT,
    force: Force = False,
) -> None:
    """Export a collection with everything in it, for another tool.

    What was imported from the same format goes back unchanged, except for edits made here.
    """

    async def write(settings: Settings, put: Callable[[bytes], None]) -> Sequence[Any]:
        from gassapi_backend.server.access.callers import CONSOLE
        from gassapi_backend.server.importing.exporting import collection_rows
        from gassapi_backend.server.importing.schemas import CollectionExport
        from gassapi_backend.server.web.bodies import validated
        from gassapi_backend.vault import Vault

        found = await chosen_project(project)
        chosen = await chosen_collection(found, collection)
        filled = environment and (await chosen_environment(found, environment))["id"]
        query = {
            "format": format_,
            "version": version,
            "environment": filled,
            "includeSubCollections": sub_collections,
            "includeExamples": examples,
            "reveal": reveal,
        }
        options, rows = await collection_rows(
            CONSOLE,
            found["id"],
            chosen["id"],
            validated(CollectionExport, query),
            Vault(settings),
        )
        return await _written("child.exporting:exported", options, rows, put)

    _export(output, force, write)


@app.command("environment")
def export_environment(
    environment: Annotated[str, typer.Argument(help="Name or id of the environment.")],
    project: ProjectOption = None,
    format_: Annotated[
        str,
        typer.Option(
            "--format",
            help="postman, insomnia or dotenv.",
            autocompletion=_begun_environment_formats,
        ),
    ] = "postman",
    reveal: Reveal = False,
    output: Output = STDOUT,
    force: Force = False,
) -> None:
    """Export the variables of an environment."""

    async def write(settings: Settings, put: Callable[[bytes], None]) -> Sequence[Any]:
        from gassapi_backend.server.access.callers import CONSOLE
        from gassapi_backend.server.importing.exporting import environment_rows
        from gassapi_backend.server.importing.schemas import EnvironmentExport
        from gassapi_backend.server.web.bodies import validated
        from gassapi_backend.vault import Vault

        found = await chosen_project(project)
        chosen = await chosen_environment(found, environment)
        query = validated(EnvironmentExport, {"format": format_, "reveal": reveal})
        rows = await environment_rows(CONSOLE, found["id"], chosen["id"], query, Vault(settings))
        job = "child.exporting:exported_environment"
        return await _written(job, {"format": query.format}, rows, put)

    _export(output, force, write)


@app.command("project")
def export_project(
    named: Annotated[
        str | None,
        typer.Argument(
            metavar="[PROJECT]",
            help="Name or id. May be left out when there is only one.",
            autocompletion=completion.projects,
        ),
    ] = None,
    chosen: ProjectOption = None,
    reveal: Reveal = False,
    output: Output = STDOUT,
    force: Force = False,
) -> None:
    """Export a whole project: its environments, collections, requests and flows.

    To read it back: gassapi-backend import FILE --new-project
    """
    project = one_of(named, chosen)

    async def write(settings: Settings, put: Callable[[bytes], None]) -> Sequence[Any]:
        from gassapi_backend.database import snapshot
        from gassapi_backend.server.access.callers import CONSOLE
        from gassapi_backend.server.access.queries import load_project
        from gassapi_backend.server.importing.exporting import reveal_project
        from gassapi_backend.server.importing.projects import project_pieces
        from gassapi_backend.vault import Vault

        vault, found = Vault(settings), await chosen_project(project)
        if reveal:
            await reveal_project(CONSOLE, found["id"], vault)
        async with snapshot():
            row = await load_project(found["id"], None)
            if row is None:
                raise NotFound("The project was deleted just now.")
            async for piece in project_pieces(row, vault if reveal else None):
                put(piece)
        return []

    _export(output, force, write)


_Write = Callable[[Settings, Callable[[bytes], None]], Awaitable[Sequence[Any]]]
"""Writes a document piece by piece, and returns notes on what it could not express."""


def _export(output: Path, force: bool, write: _Write) -> None:
    """Write a document to its destination, all of it or nothing."""
    is_file = output != STDOUT
    if is_file:
        refuse_unwritable(output, force=force)

    async def action(settings: Settings) -> Sequence[Any]:
        with _file(output) if is_file else _standard_output() as put:
            return await write(settings, put)

    try:
        notes = run(action)
    except Failure as refusal:
        fail(reason_of(refusal), code=REFUSED if refusal.status < 500 else BROKEN)
    _print_notes(notes)
    if is_file:
        out.print(f"[green]Wrote[/] {escape(str(output))}.")


async def _written(
    job: str, options: Any, rows: AsyncIterator[bytes], put: Callable[[bytes], None]
) -> Sequence[Any]:
    """Have a child write a document, and pass it on as it comes; return its notes."""
    from gassapi_backend.exchange.child.running import Children
    from gassapi_backend.server.importing.children import written_by

    async with written_by(Children(), job, options, rows) as (said, frames):
        async for frame in frames:
            put(frame.blobs[0])
    return list(said["notes"])


@contextmanager
def _file(path: Path) -> Iterator[Callable[[bytes], Any]]:
    from gassapi_backend.private_files import private_bytes

    with private_bytes(path.absolute()) as file:
        yield file.write


@contextmanager
def _standard_output() -> Iterator[Callable[[bytes], Any]]:
    """Print a document: unchanged to programs, without control characters to a terminal."""
    if not sys.stdout.isatty():
        yield sys.stdout.buffer.write
        sys.stdout.buffer.flush()
        return
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    yield lambda piece: sys.stdout.write(visible(decoder.decode(piece)))
    sys.stdout.flush()


def _print_notes(notes: Sequence[Any]) -> None:
    """Say, apart from the document, what the format cannot express."""
    for note in notes[:_SHOWN_NOTES]:
        text = f"{note['kind']} {in_one_line(note['name'])}: {in_one_line(note['reason'])}"
        err.print(Text.assemble((f"{note['what']} ", "yellow"), text))
    if len(notes) > _SHOWN_NOTES:
        err.print(f"and {len(notes) - _SHOWN_NOTES} more.")
