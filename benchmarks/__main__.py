"""Measure what the server costs beside a bare one, and write it into the README here.

``python -m benchmarks`` uses SQLite and, where it is installed, a private MariaDB. With arguments
it only prints: ``sqlite`` or ``mariadb``, or the address of an empty database,
``mysql://user:password@host:port/name``, and its server's process id, to count its CPU too.
"""

import sys
from contextlib import ExitStack
from pathlib import Path

from benchmarks import paths, scaling, tails
from benchmarks.databases import Database, mariadb, named, sqlite
from benchmarks.machine import described
from benchmarks.plots import bars
from benchmarks.report import Table, write
from tests.servers import PrivateMariaDb

KINDS = (paths, tails, scaling)
"""Each measures a kind of figure."""

PLOT = Path(__file__).with_name("paths.svg")


def main() -> None:
    """Run all kinds of benchmarks."""
    with ExitStack() as stack:
        databases = _databases(stack, sys.argv[1:])
        tables = [table for kind in KINDS for table in kind.measure(databases)]
        names = ", ".join(database.name for database in databases)
    text = "\n\n".join([f"{names}; {described()}", *(table.as_markdown() for table in tables)])
    print(f"\n{text}")
    if len(sys.argv) == 1:
        write(f"{text}\n\n![CPU against the bare server]({PLOT.name})")
        draw(tables)


def draw(tables: list[Table], into: Path = PLOT) -> None:
    """Draw what there is to be drawn."""
    shown = {table.title: table.bars for table in tables if table.bars}
    into.write_text(bars(shown, across="times the bare server's CPU"), "utf-8")


def _databases(stack: ExitStack, arguments: list[str]) -> list[Database]:
    match arguments:
        case []:
            wanted = [sqlite(), *([mariadb()] if PrivateMariaDb.is_installed() else [])]
        case ["sqlite"]:
            wanted = [sqlite()]
        case ["mariadb"]:
            wanted = [mariadb()]
        case [url, *pid]:
            wanted = [named(url, int(pid[0]) if pid else None)]
    return [stack.enter_context(one) for one in wanted]


if __name__ == "__main__":
    main()
