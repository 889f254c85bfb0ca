"""``gassapi-backend mcp stdio``, as started by clients: starts fast, prints only messages."""

import os
import sys
from pathlib import Path
from typing import IO

from gassapi_backend.bridge.relay import Relay
from gassapi_backend.bridge.target import NoTarget, chosen
from gassapi_backend.bridge.upstream import Upstream

INTERRUPTED = 130


def is_stdio(arguments: list[str]) -> bool:
    """Whether the program's arguments start the bridge and ask for nothing else."""
    if arguments[:2] != ["mcp", "stdio"]:
        return False
    rest = arguments[2:]
    return not rest or (len(rest) == 2 and rest[0] == "--url") or _joined(rest)


def _joined(rest: list[str]) -> bool:
    return len(rest) == 1 and rest[0].startswith("--url=")


def start(arguments: list[str]) -> None:
    """Run the bridge with the arguments that ``is_stdio()`` took, and end the program."""
    url = arguments[-1].removeprefix("--url=") if len(arguments) > 2 else None
    run(url)


def run(url: str | None) -> None:
    """Pass messages on until the input ends, and end the program with 0."""
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # any printing goes to the client's log, never among its messages
    try:
        _relay(url, output)
    except KeyboardInterrupt:
        os._exit(INTERRUPTED)
    except BrokenPipeError:
        pass
    sys.stderr.flush()
    os._exit(0)  # without waiting for what is still in progress


def _relay(url: str | None, output: IO[bytes]) -> None:
    try:
        target = chosen(url, Path.cwd())
    except (NoTarget, OSError) as problem:
        print(f"gassapi-backend: {problem}", file=sys.stderr, flush=True)
        Relay(sys.stdin.buffer, output, None, "", str(problem)).run()
    else:
        Relay(sys.stdin.buffer, output, Upstream(target.base_url), target.token).run()
