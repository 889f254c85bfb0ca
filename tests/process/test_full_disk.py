"""A disk that becomes full under a working server: it refuses, keeps what it said, and goes on."""

import resource
from pathlib import Path

from tests.process.running import NO_LIMITS
from tests.processes import Cli, Server
from tests.waiting import sooner_or_later

ROOM = 30_000  # bytes that a file may still grow by
TEXT = "x" * 3000


def test_a_full_disk_is_503_keeps_what_was_acknowledged_and_is_over_when_there_is_room(
    cli: Cli,
) -> None:
    cli.env |= NO_LIMITS
    cli.user()
    with Server(cli) as server:
        access = server.sign_in()["accessToken"]
        project = server.project(access)["id"]
        path = f"/api/v1/projects/{project}/environments"

        def add(number: int) -> int:
            new = {"name": f"Stage {number}", "variables": [{"key": "text", "value": TEXT}]}
            return server.call("POST", path, new, access=access).status

        assert add(0) == 201
        limit = ROOM + max(file.stat().st_size for file in _files(cli.home))
        _limit_files(server.pid, limit)
        answers = [add(number) for number in range(1, 31)]
        assert set(answers) == {201, 503}
        assert "database unavailable" in server.log
        assert server.call("GET", path, access=access).status == 200
        _limit_files(server.pid, resource.RLIM_INFINITY)
        assert add(31) == 201
        stored = cli.rows("SELECT COUNT(*) FROM environments WHERE name LIKE 'Stage%'")
        assert stored == [(2 + answers.count(201),)]
        assert cli("audit", "verify").code == 0
        assert cli.rows("PRAGMA integrity_check") == [("ok",)]


def test_a_log_that_cannot_be_written_keeps_nobody_from_an_answer(cli: Cli) -> None:
    cli.env |= NO_LIMITS
    cli.user()
    with Server(cli) as server:
        access = server.sign_in()["accessToken"]
        _limit_files(server.pid, len(server.log))
        for _ in range(3):
            assert server.call("GET", "/api/v1/projects", access=access).status == 200
            refused = server.call("POST", "/api/v1/projects", {"name": "Shop"}, access=access)
            assert (refused.status, refused.body["error"]["code"]) == (503, "UNAVAILABLE")
        _limit_files(server.pid, resource.RLIM_INFINITY)
        logged = len(server.log)
        assert server.project(access)["name"] == "Shop"
        assert sooner_or_later(lambda: len(server.log) > logged)  # lines are written some at a time


def _files(home: Path) -> list[Path]:
    return list(home.glob("gassapi.db*"))


def _limit_files(pid: int, size: int) -> None:
    """Have a process write no file beyond a size, which stands for the end of the disk."""
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
