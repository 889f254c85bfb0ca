"""The files of this repository."""

import subprocess
from pathlib import Path

import pytest

TOP = Path(__file__).parent.parent


def files() -> list[str]:
    """Return the files of the repository, those not yet added too."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=TOP,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("this is no checkout")
    return [name for name in listed.stdout.splitlines() if (TOP / name).is_file()]
