"""Our servers on three nodes of Galera: nobody is refused, and what goes wrong loses nothing."""

import asyncio
from pathlib import Path

import pytest

from tests.chaos.checking import wrong_in
from tests.chaos.history import History, Kind
from tests.chaos.running import Fault, Run
from tests.cluster.faults import faults_of
from tests.cluster.galera import NODES, Galera
from tests.cluster.haproxy import HaProxy
from tests.processes import Cli, Server

SEED = 7
WRITERS = 12


async def test_servers_that_start_at_once_on_an_empty_cluster_upgrade_it_once(
    galera: Galera, tmp_path: Path
) -> None:
    galera.sql(0, "CREATE DATABASE empty")
    cli = Cli(tmp_path, GASSAPI_SECRET_KEY="only-for-tests-0123456789abcdefghij")
    servers = [
        Server(cli, env={"GASSAPI_DATABASE_URL": galera.url("empty", [node])}) for node in NODES
    ]
    try:
        for server in servers:
            server.launch()
        for server in servers:
            server.wait_until_ready(60)
    finally:
        for server in servers:
            server.stop()
    versions = galera.sql(2, "SELECT version FROM empty.aerich").split()
    assert len(versions) == len(set(versions)) > 0


async def test_twelve_writers_on_three_nodes_are_never_refused(
    galera: Galera, tmp_path: Path
) -> None:
    run, history = await on_three_nodes(galera, tmp_path, "crowd", 6, [])
    assert set(run.statuses) <= {200, 201, 412}
    assert len(history.of(Kind.CREATE)) > WRITERS


async def test_nodes_that_die_end_and_freeze_lose_and_repeat_nothing(
    galera: Galera, tmp_path: Path
) -> None:
    left = faults_of(galera, SEED)  # each once

    async def next_fault() -> None:
        if left:
            await left.pop()()

    run, history = await on_three_nodes(galera, tmp_path, "faults", 25, [next_fault])
    assert set(run.statuses) <= {0, 200, 201, 412, 503}
    assert all(one.is_done for one in history.of(Kind.CREATE))
    assert not left


async def test_behind_haproxy_the_next_node_writes_when_one_dies(
    galera: Galera, tmp_path: Path
) -> None:
    if not HaProxy.is_installed():
        pytest.skip("there is no HAProxy: install haproxy")
    galera.sql(0, "CREATE USER haproxy@'127.0.0.1'; CREATE DATABASE proxied")
    proxy = HaProxy(galera, tmp_path)

    async def die() -> None:
        await asyncio.to_thread(galera.kill, 0)
        await asyncio.sleep(4)
        await asyncio.to_thread(galera.rejoin, 0)
        await asyncio.sleep(4)

    proxy.start()
    try:
        await asyncio.sleep(5)  # its checks
        settings = {"GASSAPI_DATABASE_URL": proxy.url("proxied")}
        run = Run(tmp_path, 5, SEED, settings, [die], kills=False, failpoints="")
        history = await run.go()
    finally:
        proxy.stop()
    assert wrong_in(history) == []
    assert set(run.statuses) <= {0, 200, 201, 412, 503}
    assert run.faults_done


async def on_three_nodes(
    galera: Galera, folder: Path, name: str, seconds: float, faults: list[Fault]
) -> tuple[Run, History]:
    """Have twelve write through three servers, each with a node of its own; check the history."""
    galera.sql(0, f"CREATE DATABASE {name}")
    own = [
        {"GASSAPI_DATABASE_URL": galera.url(name, [*NODES[node:], *NODES[:node]])} for node in NODES
    ]
    run = Run(
        folder, seconds, SEED, own[0], faults, writers=WRITERS, own=own, kills=False, failpoints=""
    )
    history = await run.go()
    assert wrong_in(history) == []
    return run, history
