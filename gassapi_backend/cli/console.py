"""What every command needs: the settings, the database, answers, failures and exit codes."""

import asyncio
import json
import os
import re
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar
from urllib.parse import urlsplit

import typer
from rich.console import Console, ConsoleOptions, RenderableType
from rich.markup import escape
from rich.measure import Measurement
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from gassapi_backend import settings as options
from gassapi_backend.running import at_its_address
from gassapi_backend.settings import LOOPBACK, Settings, without_password
from gassapi_backend.terminal_text import escaped_json, visible
from gassapi_backend.unknown_variables import unknown_variables

T = TypeVar("T")

WIDE = 10_000  # columns: what is read by programs is never wrapped


class SafeConsole(Console):
    """A console that prints no character that would steer the terminal, whoever wrote it.

    Styles are not text here, so they come through.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(highlight=False, emoji=False, **options)  # ":smile:" is as good a name

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Yield what to print of anything: every text goes through here."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=visible(segment.text))


out = SafeConsole(soft_wrap=True)
err = SafeConsole(stderr=True, soft_wrap=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]


def run(
    action: Callable[[Settings], Awaitable[T]],
    settings: Settings | None = None,
    *,
    needs_migrations: bool = True,
    makes_database: bool = False,
) -> T:
    """Open the database, await the action, and return what it returns.

    Where there is none yet, one is made if the command ``makes_database``, so that it works before
    the first start; others end, since they are most likely looking in the wrong place. A database
    that waits for an upgrade is refused. Links lead to the server that runs on the data directory,
    if one does. Raises what ``main()`` turns into a sentence.
    """
    from gassapi_backend.database import is_sqlite, open_database, sqlite_path
    from gassapi_backend.database.migrations import MigrationError, status, upgrade
    from gassapi_backend.instance_key import lacks_key, load_keys
    from gassapi_backend.models import User
    from gassapi_backend.server.changes.redis import announcing
    from gassapi_backend.server.limits.quotas import in_force
    from gassapi_backend.server.mail.notices import notices_in_force

    chosen = settings or at_its_address(options.load())
    warn_of_unknown_variables()
    if not makes_database and is_sqlite(chosen) and not sqlite_path(chosen.database).exists():
        _fail_without_database(chosen)

    async def opened() -> T:
        with in_force(chosen), notices_in_force(chosen):
            async with open_database(chosen):
                return await ready()

    async def ready() -> T:
        if needs_migrations:
            found = await status(chosen)
            if not found.applied and not makes_database:
                _fail_without_database(chosen)
            if found.pending and found.applied:
                raise MigrationError(
                    "The database waits for an upgrade. Run: gassapi-backend db upgrade"
                )
            await upgrade(chosen)
        is_keyless = needs_migrations and lacks_key(chosen)
        if is_keyless and not await User.exists():
            load_keys(chosen)  # so that the first account begins with the key it stays with
            is_keyless = False
        async with announcing(chosen):
            done = await action(chosen)
        if is_keyless and not lacks_key(chosen):
            warn_of_new_key(chosen)
        return done

    return asyncio.run(opened())


def _fail_without_database(settings: Settings) -> NoReturn:
    place = without_password(settings.database)
    fail(
        f"There is no database of this server yet: {place}\n"
        "If there should be one, say where with GASSAPI_HOME or GASSAPI_DATABASE_URL; the data "
        f"directory is {settings.home} now.\n"
        "If this is a new server, run: gassapi-backend start"
    )


def fail(message: str, *, code: int = 1) -> NoReturn:
    """Print why it did not work, to standard error, and end."""
    err.print(f"[bold red]Error:[/] {escape(message)}")
    raise typer.Exit(code)


def checks(setting: str) -> Callable[[str | None], str | None]:
    """Return a check that refuses, as wrong usage, a flag's value that its setting cannot have."""

    def check(value: str | None) -> str | None:
        if value is not None and (reason := options.complaint(setting, value)):
            raise typer.BadParameter(reason)
        return value

    return check


def need(flags: str) -> NoReturn:
    """End because there is no terminal to ask on: say which flags are needed."""
    fail(f"There is no terminal to ask on. Give {flags}.", code=2)


def is_interactive() -> bool:
    """Whether somebody can answer questions."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


def print_json(value: Any) -> None:
    """Print JSON as it is, without colours or wrapping; what would steer a terminal is escaped."""
    print_plain(escaped_json(json.dumps(value, indent=2, ensure_ascii=False)))


def print_plain(text: str) -> None:
    """Print what a script reads: never wrapped, never with escape codes."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print rows under headings, or that there are none.

    On a terminal that is too narrow for it, each row is printed as its facts: what is folded into
    a narrow column can be neither read nor copied.
    """
    if not rows:
        out.print(f"No {title.lower()}.")
        return
    table = Table(title=None, box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(_shown(value) for value in row))
    if not out.is_terminal or _width(table) <= out.width:
        print_whole(table)
        return
    for at, row in enumerate(rows):
        if at:
            out.print()
        print_facts(list(zip(columns, row, strict=True)))


def _width(table: Table) -> int:
    """Return how many columns a table takes when nothing in it is folded."""
    return Measurement.get(out, out.options.update(width=WIDE), table).maximum


def print_facts(facts: Sequence[tuple[str, Any]]) -> None:
    """Print names and values, one a line, never broken, so that a link can be copied."""
    width = max((len(name) for name, _ in facts), default=0) + 2
    for name, value in facts:
        text = _shown(value).plain.replace(
            "\n", "\n" + " " * width
        )  # or it could fake a further fact
        out.print(Text(f"{name:<{width}}", style="dim"), Text(text), sep="")


def labelled(view: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return an answer's fields under names for people, the times without their fractions."""
    return [(_label(name), _told(value)) for name, value in view.items()]


def _label(name: str) -> str:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
    return words.removeprefix("is ").removesuffix(" at")


def _told(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", value):
        return f"{value[:10]} {value[11:16]} UTC"
    return value


def print_whole(content: RenderableType) -> None:
    """Print a table or a frame: as wide as the terminal, and elsewhere as wide as it is."""
    width = None if out.is_terminal else WIDE
    SafeConsole(width=width).print(content)


def _shown(value: Any) -> Text:
    if value is None:
        return Text("–")
    if isinstance(value, bool):
        return Text("yes" if value else "no")
    return Text(visible(str(value)))  # now, since a column is as wide as what it shows


def warn_of_new_key(settings: Settings) -> None:
    """Say that a secret key was made for a database that must have had another."""
    from gassapi_backend.instance_key import tell_of_new_key

    err.print(f"[bold yellow]Warning:[/] {escape(tell_of_new_key(settings))}")


def warn_of_unknown_variables() -> None:
    """Name the variables that look like settings and are none."""
    for sentence in unknown_variables():
        err.print(f"[bold yellow]Warning:[/] {escape(sentence)}")


def warn_of_local_links(settings: Settings) -> None:
    """Say that a link just printed works on this machine only, where that is so."""
    if urlsplit(settings.base_url).hostname in LOOPBACK:
        err.print(
            "[yellow]Note:[/] it works on this machine only. Set GASSAPI_PUBLIC_URL to the address "
            "that people use."
        )


def counted(number: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun: "1 entry", "2 entries"."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def refuse_unwritable(output: Path, *, force: bool, option: str = "--output") -> None:
    """End before making something that could not be written down. A device or a pipe will do."""
    from gassapi_backend.private_files import is_special

    if is_special(output):
        return
    if output.exists() and not force:
        fail(f"{output} exists already. Give --force to replace it, or {option} for another place.")
    folder = output.absolute().parent
    if output.is_dir() or not folder.is_dir() or not os.access(folder, os.W_OK):
        fail(f"{output} cannot be written. Give {option} for another place.")


def password_from_stdin() -> str:
    """Return the first line of standard input."""
    if sys.stdin is None:
        return ""
    if sys.stdin.isatty():
        err.print("Type the password and press Enter:")
    return sys.stdin.readline().removeprefix("\ufeff").rstrip("\r\n")


Complaint = Callable[[str], str | None]
"""Tells what is wrong with an answer, in a sentence; ``None`` where it will do."""


def ask(question: str, complaint: Complaint = lambda _: None, **options: Any) -> str:
    """Ask for one line, again until it will do. Raises ``KeyboardInterrupt`` without an answer."""
    while True:
        try:
            text = str(typer.prompt(question, **options))
        except typer.Abort:
            raise KeyboardInterrupt from None
        if (reason := complaint(text)) is None:
            return text
        err.print(f"[bold red]Once more:[/] {escape(reason)}")


def ask_password(question: str = "Password", complaint: Complaint = lambda _: None) -> str:
    """Ask for a new password, twice and unseen."""
    while True:
        password = ask(question, complaint, hide_input=True)
        if ask("Repeat for confirmation", hide_input=True) == password:
            return password
        err.print("[bold red]Once more:[/] The two do not match.")


def confirm(question: str, *, default: bool = True) -> bool:
    """Ask whether to go on; Enter means the default. Raises ``KeyboardInterrupt`` as ``ask()``."""
    try:
        return typer.confirm(question, default=default)
    except typer.Abort:
        raise KeyboardInterrupt from None
