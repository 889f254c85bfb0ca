"""A process that is run again after every change of the code; for ``dev``."""

import os
import signal
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

END_SECONDS = 10  # a server may take to finish what is under way
LOOK_MILLISECONDS = 300


def run_again(target: Callable[[], None], folder: Path) -> int:
    """Run ``target`` in a process of its own, anew whenever Python code in ``folder`` changes.

    Ends when interrupted or terminated, with 0, and when the first process fails, with 1: a
    later one failed because of a change, and the next change may mend it.
    """
    from watchfiles import PythonFilter, watch

    signal.signal(signal.SIGTERM, _interrupt)
    process, is_first = _started(target), True
    try:
        for changes in watch(
            folder,
            watch_filter=PythonFilter(),
            yield_on_timeout=True,
            rust_timeout=LOOK_MILLISECONDS,
            raise_interrupt=False,
        ):
            if changes:
                _end(process)
                process, is_first = _started(target), False
            elif is_first and process.exitcode:
                return 1
    except KeyboardInterrupt:  # while it was not watching
        pass
    finally:
        _end(process)
    return 0


def _started(target: Callable[[], None]) -> BaseProcess:
    process = get_context("spawn").Process(target=target)
    process.start()
    return process


def _end(process: BaseProcess) -> None:
    if process.is_alive() and process.pid:
        os.kill(process.pid, signal.SIGINT)
        process.join(END_SECONDS)
    if process.is_alive():
        process.kill()
        process.join()


def _interrupt(*_: Any) -> None:
    raise KeyboardInterrupt
