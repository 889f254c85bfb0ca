"""The progress of an import: a bar on the terminal, on standard error."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn

from gassapi_backend.cli.console import err
from gassapi_backend.terminal_text import in_one_line

_NAME = 40  # columns


class Bar:
    """A bar for one document at a time; it moves as the document's rows come from the child."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task: TaskID | None = None
        self._total: int | None = None

    def begin(self, name: str, number: int, count: int) -> None:
        """Show the name of what is being read."""
        if self._task is not None:
            self._progress.remove_task(self._task)
        shown = in_one_line(name)
        shown = shown if len(shown) <= _NAME else f"…{shown[-_NAME:]}"
        prefix = f"{number}/{count}  " if count > 1 else ""
        self._task = self._progress.add_task(prefix + shown, total=None, step="Reading")

    def hear(self, said: Any) -> None:
        """Advance as a child reports: what the document holds, then row by row, then the end."""
        if self._task is None:
            return
        if "document" in said:
            counts = said["document"]["counts"]
            total = sum(counts[kind] for kind in ("collections", "endpoints", "environments"))
            self._progress.update(self._task, total=total or None, step="Comparing")
        elif "node" in said or "update" in said:
            self._progress.advance(self._task)
        elif "end" in said:
            self._progress.update(self._task, step="Writing")


@contextmanager
def bar() -> Iterator[Bar]:
    """Show a bar while the block runs, if standard error is a terminal; it leaves no trace."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.fields[step]}", style="dim"),
    )
    is_seen = sys.stderr is not None and sys.stderr.isatty()  # colours may be forced elsewhere
    with Progress(*columns, console=err, transient=True, disable=not is_seen) as progress:
        yield Bar(progress)
