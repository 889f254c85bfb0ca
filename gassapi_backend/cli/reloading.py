"""A process that is run again after every change of the code; for ``dev``."""

import logging
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from pathlib import Path

CONSOLE = (".js", ".css", ".html")  # what the web console is made of
END_SECONDS = 10  # a server may take to finish what is under way


def run_again(target: Callable[[], None], folder: Path) -> int:
    """Run ``target`` in a process of its own, anew whenever code in ``folder`` changes.

    Ends when interrupted or terminated, with 0, and when the first process fails, with 1: a
    later one failed because of a change, and the next change may mend it.
    """
    from watchfiles import PythonFilter, run_process

    logging.getLogger("watchfiles").setLevel(logging.ERROR)  # a failed process has said why already
    has_failed = get_context("spawn").Event()
    with suppress(KeyboardInterrupt):  # while it was not watching
        run_process(
            folder,
            target=_run,
            args=(target, has_failed),
            watch_filter=PythonFilter(extra_extensions=CONSOLE),
            sigint_timeout=END_SECONDS,
        )
    return 1 if has_failed.is_set() else 0


def _run(target: Callable[[], None], has_failed: Event) -> None:
    """Run ``target``; where it fails at once, before any change, end those who wait for one."""
    try:
        target()
    except (Exception, SystemExit) as error:
        is_first = os.environ["WATCHFILES_CHANGES"] == "[]"
        if is_first and not (isinstance(error, SystemExit) and not error.code):
            has_failed.set()
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is for the others; we end anyway
            os.kill(os.getppid(), signal.SIGINT)
        raise
