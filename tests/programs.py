"""Other processes that use the code under test."""

import os
import subprocess
import sys
from typing import Any

from gassapi_backend.settings import Settings


def environment(settings: Settings) -> dict[str, str]:
    """Return the variables that give another process these settings."""
    return {
        "GASSAPI_HOME": str(settings.home),
        "GASSAPI_DATABASE_URL": settings.database,
        "GASSAPI_PASSWORD_ROUNDS": "4",
    }


class Program:
    """A Python program that prints a line when it is ready, and goes on when told to."""

    def __init__(self, code: str, *arguments: Any, env: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", code, *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=_inherited() | env,
        )

    def wait_until_ready(self) -> None:
        """Wait for the program's first line."""
        assert self.process.stdout is not None
        assert self.process.stdout.readline(), self.process.communicate()[1]

    def finish(self) -> tuple[int, str, str]:
        """Let the program go on to its end; return its exit code, output and errors."""
        output, errors = self.process.communicate("go\n", timeout=60)
        return self.process.returncode, output, errors


def all_at_once(
    code: str, times: int, *arguments: Any, env: dict[str, str]
) -> list[tuple[int, str, str]]:
    """Run a program so many times, all starting together; return how each ended."""
    programs = [Program(code, *arguments, env=env) for _ in range(times)]
    for program in programs:
        program.wait_until_ready()
    for program in programs:
        assert program.process.stdin is not None
        program.process.stdin.write("go\n")
        program.process.stdin.flush()
    return [program.finish() for program in programs]


def run(code: str, *arguments: Any, env: dict[str, str]) -> tuple[int, str, str]:
    """Run a program that waits for nobody; return its exit code, output and errors."""
    return Program(code, *arguments, env=env).finish()


def _inherited() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("GASSAPI_")}


LOGGING = """
import logging, sys
import structlog
from gassapi_backend.logs import set_up_logging
from gassapi_backend.settings import load

set_up_logging(load())
log = structlog.get_logger("test")
secret = sys.argv[1]

class Unusual:
    def __repr__(self):
        return f"<Unusual {secret}>"

def fail(argument):
    hidden = "a local " + "variable"
    try:
        raise ValueError(f"inner {argument}")
    except ValueError as error:
        raise RuntimeError(f"outer {argument}") from error

def log_failures():
    try:
        fail(secret)
    except RuntimeError as error:
        log.error("failed", exc_info=error)
        log.exception("failed again")
        logging.getLogger("library").exception("failed in %s", "a library")

log.info("message " + secret, value=secret, things=[secret, {"key": (secret, 1)}])
log.warning("odd", error=ValueError(secret), thing=Unusual(), raw=secret.encode(), number=1.5)
logging.getLogger("library").warning("library %s %r", secret, {"key": secret})
log_failures()
log.info("end")
"""
"""A program that logs a secret, its argument, in every way there is."""
