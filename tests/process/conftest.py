"""An operator at a shell."""

from pathlib import Path

import pytest

from tests.processes import Cli


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    """An operator with an empty home and an empty data directory."""
    return Cli(tmp_path)
