"""Fixtures: an operator at a shell, and a server that runs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import Cli, Server


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    """An operator with an empty home and an empty data directory."""
    return Cli(tmp_path)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with one account, ``you@example.com``; one for all tests of a module."""
    cli = Cli(tmp_path_factory.mktemp("server"))
    cli.user()
    with Server(cli) as server:
        yield server
