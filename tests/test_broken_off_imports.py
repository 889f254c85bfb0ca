"""Imports that end before their time: killed, stopped, without room on the disk; never half."""

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.processes import Answer, Cli, Server
from tests.server.importing.children import readers
from tests.waiting import sooner_or_later

SLOW = (
    "openapi: 3.0.0\ninfo: {title: Slow, version: '1'}\npaths: {/a: {get: {responses: {}}}}\n"
    "x-tab: |\n  a\n  \t b\nx-many:\n" + "  - c: [1, 2, 3, 4, 5, 6, 7, 8]\n" * 60_000
)
"""Some seconds of work: with a tab where only the slow parser takes one."""


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    """An operator with an empty home and an account."""
    cli = Cli(tmp_path)
    cli.env |= {"GASSAPI_RATE_LIMITS": "off"}
    cli.user()
    return cli


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of sixty megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    command = [str(mount), "-t", "tmpfs", "-o", "size=60m", "tmpfs", str(folder)]
    if mount is None or os.getuid() or subprocess.run(command, check=False).returncode:
        pytest.skip("file systems can only be mounted by root")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def many(requests: int) -> dict[str, Any]:
    """Return a Postman collection of so many requests, each with a kilobyte of text."""
    schema = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
    items = [
        {"name": f"R{number}", "request": {"url": "http://x.test", "description": "d" * 1_000}}
        for number in range(requests)
    ]
    return {"info": {"name": "Many", "schema": schema}, "item": items}


class Importing:
    """An import under way at a server."""

    def __init__(self, server: Server, pool: ThreadPoolExecutor, document: Any) -> None:
        self.access = server.sign_in()["accessToken"]
        self.project_id = server.project(self.access)["id"]
        body = {"projectId": self.project_id, "data": document}
        path = "/api/v1/collections/import"
        self.answer: Future[Answer] = pool.submit(
            server.call, "POST", path, body, access=self.access
        )


def held_by(cli: Cli) -> list[tuple[Any, ...]]:
    """Return how many rows of an import the database holds."""
    return cli.rows(
        "SELECT (SELECT COUNT(*) FROM collections), (SELECT COUNT(*) FROM endpoints), "
        "(SELECT COUNT(*) FROM origins), (SELECT SUM(endpoint_count) FROM projects), "
        "(SELECT COUNT(*) FROM audit_log WHERE action = 'collection_imported')"
    )


NOTHING = [(0, 0, 0, 0, 0)]


def test_a_server_that_is_killed_while_a_document_is_read_takes_its_child_along(cli: Cli) -> None:
    with Server(cli) as server, ThreadPoolExecutor(1) as pool:
        importing = Importing(server, pool, SLOW)
        assert sooner_or_later(lambda: readers(server.pid))
        children = readers(server.pid)
        server.signal(signal.SIGKILL)
        server.wait()
        assert importing.answer.exception()
        assert sooner_or_later(lambda: not any(Path(f"/proc/{one}").exists() for one in children))
        server.start()
        assert held_by(cli) == NOTHING


def test_a_server_that_is_killed_while_it_writes_has_written_nothing(cli: Cli) -> None:
    with Server(cli) as server, ThreadPoolExecutor(1) as pool:
        importing = Importing(server, pool, many(15_000))
        assert sooner_or_later(lambda: readers(server.pid))
        assert sooner_or_later(lambda: not readers(server.pid))  # it is read, and being written
        server.signal(signal.SIGKILL)
        server.wait()
        assert importing.answer.exception()
        server.start()
        assert held_by(cli) == NOTHING
        assert cli.rows("PRAGMA integrity_check") == [("ok",)]


def test_a_server_that_is_asked_to_stop_finishes_the_import_first(cli: Cli) -> None:
    with Server(cli) as server, ThreadPoolExecutor(1) as pool:
        importing = Importing(server, pool, many(2_000))
        assert sooner_or_later(lambda: readers(server.pid))
        server.signal(signal.SIGTERM)
        assert importing.answer.result().status == 201
        assert server.wait() == 0
    assert held_by(cli) == [(1, 2_000, 2_001, 2_000, 1)]


def test_a_disk_without_room_is_a_refusal_and_room_makes_it_work_again(
    tmp_path: Path, small_disk: Path
) -> None:
    cli = Cli(tmp_path, TMPDIR=str(small_disk))
    cli.home = small_disk
    cli.env |= {"GASSAPI_HOME": str(small_disk), "GASSAPI_RATE_LIMITS": "off"}
    cli.user()
    with Server(cli) as server, ThreadPoolExecutor(1) as pool:
        filler = small_disk / "filler"
        space = shutil.disk_usage(small_disk).free - 6_000_000
        filler.write_bytes(b"x" * space)
        importing = Importing(server, pool, many(8_000))
        refused = importing.answer.result()
        assert refused.status == 503, refused.body
        assert held_by(cli) == NOTHING
        shown = server.call(
            "GET", f"/api/v1/projects/{importing.project_id}", access=importing.access
        )
        assert shown.body["project"]["endpointCount"] == 0
        assert cli.rows("PRAGMA integrity_check") == [("ok",)]
        filler.unlink()
        body = {"projectId": importing.project_id, "data": many(100)}
        path = "/api/v1/collections/import"
        assert server.call("POST", path, body, access=importing.access).status == 201
    assert json.loads(server.log.splitlines()[-1])
