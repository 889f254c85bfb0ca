"""A short run with faults: nothing that was answered is lost, repeated or out of order."""

from pathlib import Path

import pytest

from tests.chaos.checking import wrong_in
from tests.chaos.faults import faults_of
from tests.chaos.history import Kind
from tests.chaos.running import Run
from tests.servers import PrivateMariaDb, available

SECONDS = 6
SEED = 4


async def test_servers_of_one_file_that_die_lose_and_repeat_nothing(tmp_path: Path) -> None:
    await check(Run(tmp_path, SECONDS, SEED))


async def test_a_database_server_that_dies_and_freezes_loses_and_repeats_nothing(
    tmp_path: Path,
) -> None:
    if "mariadb" not in available() or not PrivateMariaDb.is_installed():
        pytest.skip("there is no MariaDB installed to mistreat")
    server = PrivateMariaDb("--innodb-flush-log-at-trx-commit=1")
    try:
        server.start()
        server.sql("CREATE DATABASE chaos")
        where = {"GASSAPI_DATABASE_URL": f"{server.url}/chaos"}
        await check(Run(tmp_path, SECONDS, SEED, where, faults_of(server, SEED)))
    finally:
        server.stop()


async def check(run: Run) -> None:
    """Run it, and read its history."""
    history = await run.go()
    assert wrong_in(history) == []
    assert set(run.statuses) <= {0, 200, 201, 412, 503}
    assert run.faults_done
    assert all(one.is_done for one in history.of(Kind.CREATE))
    assert len(history.of(Kind.CREATE)) > run.writers
