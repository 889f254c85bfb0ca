"""Our servers on a replication group whose primary changes: what was acknowledged stays, once."""

import asyncio
from pathlib import Path

from tests.chaos.checking import wrong_in
from tests.chaos.history import Kind
from tests.chaos.running import Run
from tests.cluster.faults import faults_of_group
from tests.cluster.galera import NODES
from tests.cluster.group import Group
from tests.processes import Cli

SEED = 7


async def test_a_primary_that_hands_over_freezes_ends_or_dies_loses_and_repeats_nothing(
    group: Group, tmp_path: Path
) -> None:
    await asyncio.to_thread(group.sql, group.primary(), "CREATE DATABASE faults")
    settings = {"GASSAPI_LOG_LEVEL": "warning", "GASSAPI_DATABASE_URL": group.url("faults")}
    own = [
        {"GASSAPI_DATABASE_URL": group.url("faults", [*NODES[node:], *NODES[:node]])}
        for node in NODES
    ]

    async def every_fault() -> None:
        for fault in faults_of_group(group, SEED):
            await fault()

    run = Run(tmp_path, 1, SEED, settings, [every_fault], own=own, kills=False, failpoints="")
    run.rest = 0.4  # a server that was away has to catch up before the next fault
    history = await run.go()
    assert run.faults_done == 1
    assert wrong_in(history) == []
    assert set(run.statuses) <= {0, 200, 201, 412, 503}
    assert all(one.is_done for one in history.of(Kind.CREATE))
    logs = await asyncio.to_thread(lambda: [log.read_text() for log in tmp_path.glob("*.err")])
    assert "unexpected error" not in "".join(logs)
    assert all("database server not used" in log for log in logs)
    assert Cli(tmp_path, **settings)("audit", "verify").code == 0
