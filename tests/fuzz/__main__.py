"""Fuzz a real server, on SQLite in a temporary folder, by its own document.

``python -m tests.fuzz [--short] [--seed N]``. Fails where schemathesis finds something, and where
an operation was never met with success: a fuzz that sees only 404 proves nothing.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.fuzz.world import PASSWORD
from tests.processes import Cli, Server

ROOT = Path(__file__).parent.parent.parent
CONFIG = Path(__file__).parent / "schemathesis.toml"
ADMIN = "root@fuzz.test"
MODES = {  # further arguments, and how many cases there have to be at least
    "full": (["--phases=examples,coverage,fuzzing,stateful", "--max-examples=70"], 5000),
    "short": (["--phases=examples,fuzzing", "--max-examples=4"], 100),
}
NEVER = {
    "get_auth_verify": "the token is only in the mail",
    "get_auth_verify_token": "the token is only in the mail",
    "post_auth_verify_email": "the token is only in the mail",
    "post_auth_reset_password": "the token is only in the mail",
    "get_project_events": "it never ends: left out",
}
"""Operations that cannot succeed here, and why; tests/server has tests of each."""


def main() -> int:
    """Run the server and schemathesis; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Fuzz the API.")
    parser.add_argument("--short", action="store_true", help="some hundred cases, for every change")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    given = parser.parse_args()
    more, least = MODES["short" if given.short else "full"]
    print(f"seed {given.seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        settings = {"GASSAPI_RATE_LIMITS": "off", "GASSAPI_REGISTRATION": "open"}
        cli = Cli(Path(folder), PYTHONPATH=str(ROOT), **settings)
        with Server(cli) as server:
            cli(
                "user",
                "create",
                "--email",
                ADMIN,
                "--name",
                "Root",
                "--password-stdin",
                "--admin",
                typed=f"{PASSWORD}\n",
            )
            report = Path(folder) / "report.json"
            code = _fuzz(server.url, given.seed, report, more)
            log = [line for line in server.log.splitlines() if "unexpected error" in line]
        seen = json.loads(report.read_text("utf-8")) if report.exists() else {}
    problems = [*log, *_problems(seen, least)]
    print(*problems, sep="\n")
    return 1 if code or problems else 0


def _fuzz(url: str, seed: int, report: Path, more: list[str]) -> int:
    program = Path(sys.executable).parent / "schemathesis"
    command = [str(program), f"--config-file={CONFIG}", "run", f"{url}/openapi.json"]
    left_out = [f"--exclude-operation-id={name}" for name in ("get_project_events",)]
    done = subprocess.run(
        [*command, f"--url={url}", f"--seed={seed}", *left_out, *more],
        cwd=ROOT,
        env=os.environ
        | {
            "FUZZ_URL": url,
            "FUZZ_SEED": str(seed),
            "FUZZ_ADMIN": ADMIN,
            "FUZZ_REPORT": str(report),
            "PYTHONPATH": str(ROOT),
        },
        check=False,
    )
    return done.returncode


def _problems(seen: dict[str, dict[str, int]], least: int) -> list[str]:
    """Print how often each operation succeeded; return what is wrong with that."""
    found = []
    for name, counts in sorted(seen.items()):
        good = sum(count for status, count in counts.items() if status < "400")
        print(f"{good:6} of {sum(counts.values()):6}  {name}  {counts}")
        if not good and name not in NEVER:
            found.append(f"{name} never succeeded")
    total = sum(sum(counts.values()) for counts in seen.values())
    print(f"{total} cases")
    if total < least:
        found.append(f"There have to be at least {least} cases.")
    return found


if __name__ == "__main__":
    sys.exit(main())
