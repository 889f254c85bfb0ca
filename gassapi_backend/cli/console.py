"""What every command needs: the settings, the database, answers, failures and exit codes."""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import typer
from rich.console import Console, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from gassapi_backend import settings as options
from gassapi_backend.settings import Settings

T = TypeVar("T")

out = Console(highlight=False, soft_wrap=True, emoji=False)  # ":smile:" is a name like any other
err = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]


def run(
    action: Callable[[Settings], Awaitable[T]],
    settings: Settings | None = None,
    *,
    needs_migrations: bool = True,
) -> T:
    """Open the database, await the action, and return what it returns.

    An empty database is set up first, so that every command works before the first start; one
    that waits for an upgrade is refused. Raises what ``main()`` turns into a sentence.
    """
    from gassapi_backend.database import open_database
    from gassapi_backend.database.migrations import MigrationError, status, upgrade
    from gassapi_backend.server.channel import announcing

    chosen = settings or options.load()

    async def opened() -> T:
        async with open_database(chosen):
            if needs_migrations:
                found = await status(chosen)
                if found.pending and found.applied:
                    raise MigrationError(
                        "The database waits for an upgrade. Run: gassapi-backend db upgrade"
                    )
                await upgrade(chosen)
            async with announcing(chosen):
                return await action(chosen)

    return asyncio.run(opened())


def fail(message: str, *, code: int = 1) -> NoReturn:
    """Print why it did not work, to standard error, and end."""
    err.print(f"[bold red]Error:[/] {escape(message)}")
    raise typer.Exit(code)


def need(flags: str) -> NoReturn:
    """End because there is no terminal to ask on: say which flags are needed."""
    fail(f"There is no terminal to ask on. Give {flags}.", code=2)


def is_interactive() -> bool:
    """Whether somebody can answer questions."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


def print_json(value: Any) -> None:
    """Print JSON as it is, without colours or wrapping."""
    print_plain(json.dumps(value, indent=2, ensure_ascii=False))


def print_plain(text: str) -> None:
    """Print what a script reads: never wrapped, never with escape codes."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print rows under headings, or that there are none."""
    if not rows:
        out.print(f"No {title.lower()}.")
        return
    table = Table(title=None, box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=column == "Id")  # to be copied
    for row in rows:
        table.add_row(*(_shown(value) for value in row))
    print_whole(table)


def print_facts(facts: Sequence[tuple[str, Any]]) -> None:
    """Print names and values, one a line."""
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    for name, value in facts:
        table.add_row(name, _shown(value))
    print_whole(table)


def print_whole(content: RenderableType) -> None:
    """Print a table or a frame: as wide as the terminal, and elsewhere as wide as it is."""
    width = None if out.is_terminal else 10_000
    Console(highlight=False, emoji=False, width=width).print(content)


def _shown(value: Any) -> Text:
    if value is None:
        return Text("–")
    if isinstance(value, bool):
        return Text("yes" if value else "no")
    return Text(str(value))


def refuse_unwritable(output: Path, *, force: bool) -> None:
    """End before something is made that could not be written down."""
    if output.exists() and not force:
        fail(f"{output} exists already. Give --force to replace it, or --output for another place.")
    folder = output.absolute().parent
    if output.is_dir() or not folder.is_dir() or not os.access(folder, os.W_OK):
        fail(f"{output} cannot be written. Give --output for another place.")


def password_from_stdin() -> str:
    """Return the first line of standard input."""
    if sys.stdin is None:
        return ""
    if sys.stdin.isatty():
        err.print("Type the password and press Enter:")
    return sys.stdin.readline().rstrip("\r\n")


def ask(question: str, **options: Any) -> str:
    """Ask for one line. Raises ``KeyboardInterrupt`` when there is no answer."""
    try:
        return str(typer.prompt(question, **options))
    except typer.Abort:
        raise KeyboardInterrupt from None


def ask_password(question: str = "Password") -> str:
    """Ask for a new password, twice and unseen."""
    return ask(question, hide_input=True, confirmation_prompt=True)


def confirm(question: str, *, default: bool = True) -> bool:
    """Ask whether to go on; Enter means the default. Raises ``KeyboardInterrupt`` as ``ask()``."""
    try:
        return typer.confirm(question, default=default)
    except typer.Abort:
        raise KeyboardInterrupt from None
