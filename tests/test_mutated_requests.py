"""Every route that writes answers whatever is sent to it, without a fault: a short run."""

import subprocess
import sys

import pytest

from tests.checkout import TOP

COUNT = 240


@pytest.mark.parametrize("seed", [1])
def test_mutated_requests_are_answered_without_a_fault(seed: int) -> None:
    """Prints what was sent where it was not."""
    command = [sys.executable, "-m", "tests.fuzz", f"--mutate={COUNT}", f"--seed={seed}"]
    done = subprocess.run(
        command, cwd=TOP, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    rows = [line.split() for line in done.stdout.splitlines() if line.startswith("  ")]
    counts = [row[0] for row in rows]
    assert sum(map(int, counts)) == COUNT
