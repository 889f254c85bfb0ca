"""Gets the tools and runs the tests with them: ``make interop``.

Where npm cannot be reached this says so in a line, and is no failure unless ``--strict`` is given.
"""

import os
import sys

import pytest

from tests.interop import npm


def main(arguments: list[str]) -> int:
    """Return the exit code: of the tests, or of what kept them from running."""
    is_strict = "--strict" in arguments
    try:
        for tools in ("", "clients", "conformance", "console"):
            npm.install(tools)
    except npm.NotReachable as problem:
        print(f"interop: not run, since npm cannot be reached: {problem}")
        return 1 if is_strict else 0
    os.environ[npm.ASKED] = "1"
    chosen = [one for one in arguments if one != "--strict"]
    return int(pytest.main([str(npm.HERE), "-n", "2", "--dist", "loadfile", *chosen]))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
