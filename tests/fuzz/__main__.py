"""Fuzz a real server, in a temporary folder, by its own document.

``python -m tests.fuzz [--short] [--seed N] [--database-url URL]``. Fails where schemathesis finds
something, where the log has an unexpected error, and where an operation was never met with success:
a fuzz that sees only 404 proves nothing. ``--mutate N`` sends N good requests made bad instead, to
every route that writes: each has to be answered, and not with a fault.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.fuzz.mutating import Mutating
from tests.processes import Cli, Server
from tests.servers import free_port

ROOT = Path(__file__).parent.parent.parent
CONFIG = Path(__file__).parent / "schemathesis.toml"
ADMIN = "root@fuzz.test"
MODES = {  # further arguments, and how many cases there have to be at least
    "full": (["--phases=examples,coverage,fuzzing,stateful", "--max-examples=50"], 5000),
    "short": (["--phases=examples,fuzzing", "--max-examples=2"], 300),
}
STREAM = "text/event-stream"
NEVER: dict[str, str] = {
    "post_auth_first_administrator": "there are accounts already",
}
"""Operations that cannot succeed here, and why; tests/server has tests of each."""


def main() -> int:
    """Run the server and schemathesis; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Fuzz the API.")
    parser.add_argument("--short", action="store_true", help="some hundred cases, for every change")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    parser.add_argument("--database-url", help="an empty database; SQLite if left out")
    parser.add_argument("--mutate", type=int, metavar="N", help="send so many mutated requests")
    given = parser.parse_args()
    if given.mutate:
        return _mutate(given.mutate, given.seed, given.database_url)
    more, least = MODES["short" if given.short else "full"]
    print(f"seed {given.seed}", flush=True)
    started = time.monotonic()
    settings = {"GASSAPI_RATE_LIMITS": "off", "GASSAPI_REGISTRATION": "open"}
    mail_port = free_port()
    mail = {
        "GASSAPI_SMTP_URL": f"smtp://127.0.0.1:{mail_port}",
        "GASSAPI_MAIL_FROM": "gassapi@fuzz.test",
    }
    if given.database_url:
        settings["GASSAPI_DATABASE_URL"] = given.database_url
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cli = Cli(folder, PYTHONPATH=str(ROOT), **settings)
        with Server(cli) as server, Server(cli, env=mail) as mailing:
            cli.user(ADMIN, "Root", "--admin")
            document = server.call("GET", "/api/v1/openapi.json").body
            (folder / "openapi.json").write_text(json.dumps(document), "utf-8")
            streams = [one for one in _operations(document) if STREAM in _media_types(one)]
            left_out = [one["operationId"] for one in streams]
            facts = {
                "FUZZ_URL": server.url,
                "FUZZ_MAILING_URL": mailing.url,
                "FUZZ_MAIL_PORT": str(mail_port),
                "FUZZ_SEED": str(given.seed),
            }
            excluded = [f"--exclude-operation-id={name}" for name in left_out]
            code = _fuzz(folder, facts, [*excluded, *more])
            log = [line for line in server.log.splitlines() if "unexpected error" in line]
        report = folder / "report.json"
        seen = json.loads(report.read_text("utf-8")) if report.exists() else {}
    wanted = {one["operationId"] for one in _operations(document)} - set(left_out)
    problems = [*log, *_problems(seen, wanted, least)]
    print(f"left out, since they never end: {', '.join(left_out) or 'none'}")
    print(f"seed {given.seed}, {time.monotonic() - started:.0f} seconds")
    print(*problems, sep="\n")
    return 1 if code or problems else 0


def _mutate(count: int, seed: int, database_url: str | None) -> int:
    """Run a server and send it mutated requests; return the exit code."""
    print(f"seed {seed}", flush=True)
    settings = {"GASSAPI_RATE_LIMITS": "off", "GASSAPI_REGISTRATION": "open"}
    if database_url:
        settings["GASSAPI_DATABASE_URL"] = database_url
    with tempfile.TemporaryDirectory() as name:
        cli = Cli(Path(name), PYTHONPATH=str(ROOT), **settings)
        with Server(cli) as server:
            cli.user(ADMIN, "Root", "--admin")
            os.environ |= {"FUZZ_URL": server.url, "FUZZ_ADMIN": ADMIN}
            done = Mutating(seed)
            done.run(count)
            log = [line for line in server.log.splitlines() if "unexpected error" in line]
    for name, counts in sorted(done.answers.items()):
        print(f"{sum(counts.values()):6}  {name}  {dict(sorted(counts.items()))}")
    print(*done.problems, *log, f"seed {seed}", sep="\n")
    return 1 if done.problems or log else 0


def _operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for methods in document["paths"].values() for one in methods.values()]


def _media_types(operation: dict[str, Any]) -> set[str]:
    return {
        kind for answer in operation["responses"].values() for kind in answer.get("content", {})
    }


def _fuzz(folder: Path, facts: dict[str, str], more: list[str]) -> int:
    program = Path(sys.executable).parent / "schemathesis"
    # from a file: at an address, the operation that is there would be left out
    command = [str(program), f"--config-file={CONFIG}", "run", str(folder / "openapi.json")]
    facts |= {"FUZZ_ADMIN": ADMIN, "FUZZ_REPORT": str(folder / "report.json")}
    done = subprocess.run(
        [*command, f"--url={facts['FUZZ_URL']}", f"--seed={facts['FUZZ_SEED']}", *more],
        cwd=ROOT,
        env=os.environ | facts | {"PYTHONPATH": str(ROOT)},
        check=False,
    )
    return done.returncode


def _problems(seen: dict[str, dict[str, int]], wanted: set[str], least: int) -> list[str]:
    """Print how often each operation succeeded; return what is wrong with that."""
    found = [f"{name} is in NEVER, but not in the document" for name in NEVER.keys() - wanted]
    for name in sorted(wanted):
        counts = seen.get(name, {})
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
