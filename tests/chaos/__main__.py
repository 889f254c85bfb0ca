"""The long form: ``python -m tests.chaos [--minutes 5] [--seed 1]``, on SQLite and MariaDB."""

import argparse
import asyncio
import secrets
import sys
import tempfile
from pathlib import Path

from tests.chaos.checking import wrong_in
from tests.chaos.faults import faults_of
from tests.chaos.history import Kind
from tests.chaos.running import Run
from tests.servers import PrivateMariaDb

WRITERS = 24  # so many that several of them wait for each other, and are committed together


def main() -> int:
    """Run; return 1 where something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=5, help="on each database")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(2**31))
    chosen = parser.parse_args()
    print(f"seed {chosen.seed}")
    found = _run("SQLite", chosen.seed, chosen.minutes)
    if PrivateMariaDb.is_installed():
        found += _run("MariaDB", chosen.seed, chosen.minutes)
    else:
        print("MariaDB is not installed: left out.")
    return 1 if found else 0


def _run(engine: str, seed: int, minutes: float) -> list[str]:
    with tempfile.TemporaryDirectory(prefix="gassapi-chaos-") as folder:
        run = Run(Path(folder), minutes * 60, seed, writers=WRITERS)
        server = None
        try:
            if engine == "MariaDB":
                server = PrivateMariaDb("--innodb-flush-log-at-trx-commit=1")
                server.start()
                server.sql("CREATE DATABASE chaos")
                run.settings["GASSAPI_DATABASE_URL"] = f"{server.url}/chaos"
                run.faults = faults_of(server, seed)
            history = asyncio.run(run.go())
        finally:
            if server is not None:
                server.stop()
    counts = {kind.value: len(history.of(kind)) for kind in Kind}
    print(f"{engine}: {counts}, {len(history.changes)} revisions, answers {run.statuses},")
    print(f"  {run.faults_done} faults, {run.deaths} deaths, slowest creation {run.slowest:.1f} s")
    found = wrong_in(history)
    for one in found:
        print(f"  WRONG: {one}")
    return found


if __name__ == "__main__":
    sys.exit(main())
