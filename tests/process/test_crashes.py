"""A server that is killed, or whose database goes away, loses nothing that it acknowledged."""

import asyncio
import signal
import time
from collections import Counter

import pytest

from tests import servers
from tests.process.running import NO_LIMITS, Crowd, log_lines
from tests.processes import PASSWORD, Cli, Server

BURST = 120


def test_a_killed_server_has_kept_every_write_it_acknowledged(cli: Cli) -> None:
    cli.env |= NO_LIMITS
    cli.user()
    with Server(cli) as server:
        crowd = Crowd(server, server.sign_in()["accessToken"], connections=10)

        async def write_and_kill() -> None:
            writing = asyncio.create_task(crowd.write(each=100_000))
            await crowd.has_created(BURST)
            server.signal(signal.SIGKILL)
            await writing

        asyncio.run(write_and_kill())
        assert server.wait() == -signal.SIGKILL
        assert set(crowd.answers) == {200, 201}
        server.start()
        assert server.sign_in()

        stored = dict(cli.rows("SELECT id, name FROM projects"))
        for project_id, name in crowd.created.items():
            assert stored[project_id] in (name, f"{name}!")
        assert crowd.renamed.items() <= stored.items()
        assert cli.rows("PRAGMA integrity_check") == [("ok",)]
        assert cli.rows("PRAGMA foreign_key_check") == []
        entries = Counter(cli.rows("SELECT project_id, action FROM audit_log"))
        for project_id in stored:
            assert entries[project_id, "project_created"] == 1
            assert entries[project_id, "environment_created"] == 1
        for project_id in crowd.renamed:
            assert entries[project_id, "project_updated"] == 1
        updated = sum(
            count for (_, action), count in entries.items() if action.endswith("_updated")
        )
        assert updated == sum(name.endswith("!") for name in stored.values())
        parts = "SELECT (SELECT COUNT(*) FROM members), (SELECT COUNT(*) FROM environments)"
        assert cli.rows(parts) == [(len(stored), len(stored))]
        revisions = "SELECT COUNT(*) FROM projects p WHERE revision <> (SELECT COUNT(*) FROM "
        assert cli.rows(f"{revisions}audit_log a WHERE a.project_id = p.id)") == [(0,)]
    log_lines(server)


def test_a_database_server_that_goes_away_and_comes_back(cli: Cli) -> None:
    if "mariadb" not in servers.available() or not servers.PrivateMariaDb.is_installed():
        pytest.skip("there is no MariaDB installed to stop, or none is wanted")
    database = servers.PrivateMariaDb("--innodb-flush-log-at-trx-commit=1")  # survives a kill
    database.start()
    try:
        flags = ["--database-url", f"{database.url}/gassapi", "--no-admin"]
        assert cli("setup", *flags).code == 0
        cli.user()
        with Server(cli) as server:
            access = server.sign_in()["accessToken"]
            token = cli("token", "issue", "--project", server.project(access)["id"]).out.strip()
            assert server.validate(token) == 200
            database.kill()
            time.sleep(1.1)  # nothing is remembered for longer
            for method, path, body in [
                ("GET", "/projects", None),
                ("POST", "/projects", {"name": "Lost"}),
                ("POST", "/auth/login", {"email": "you@example.com", "password": PASSWORD}),
            ]:
                refused = server.call(method, f"/api/v1{path}", body, access=access)
                assert (refused.status, refused.body["error"]["code"]) == (503, "UNAVAILABLE")
                assert int(refused.headers["Retry-After"]) > 0
            assert server.validate(token) == 503
            health = server.call("GET", "/health")
            assert (health.status, health.body["status"]) == (503, "unhealthy")
            assert server.call("GET", "/health/ready").status == 503
            assert server.call("GET", "/health/live").status == 200
            database.run()
            server.wait_until_ready(10)
            assert server.call("GET", "/health").status == 200
            assert server.validate(token) == 200
            assert server.project(access, "Found")
        names = {project["name"] for project in cli("project", "list", "--json").json}
        assert names == {"Shop", "Found"}
        assert not [line for line in log_lines(server) if line["level"] == "error"]
    finally:
        database.stop()
