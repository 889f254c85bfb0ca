"""The server as a process: its first start, its end, its death, and its workers."""

import asyncio
import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from gassapi_backend import settings as options
from gassapi_backend.cli import serve
from tests import servers
from tests.conftest import on_server
from tests.processes import PASSWORD, PROGRAM, Cli, Server
from tests.waiting import sooner_or_later

NO_LIMITS = {"GASSAPI_RATE_LIMITS": "off"}
BURST = 120
PUBLIC = "https://api.example.com"


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    """An operator with an empty home and an empty data directory."""
    return Cli(tmp_path)


def log_lines(server: Server) -> list[dict[str, Any]]:
    """Return the log, every line of which has to be JSON without a secret."""
    assert not re.search(r"gass_\w{9}|gassr_|eyJ\w+\.|:secret@|" + PASSWORD, server.log)
    return [json.loads(line) for line in server.log.splitlines()]


def modes(folder: Path) -> dict[str, str]:
    return {path.name: f"{stat.S_IMODE(path.stat().st_mode):o}" for path in folder.iterdir()}


def test_the_next_step_names_the_program_as_the_shell_of_a_clone_finds_it(cli: Cli) -> None:
    program = cli.folder / "bin" / "gassapi-backend"
    program.parent.mkdir()
    code = "from gassapi_backend.cli.main import main\nmain()\n"
    program.write_text(f"#!{sys.executable}\n{code}")
    program.chmod(0o755)
    people = {"GASSAPI_LOG_FORMAT": "console"}
    system = {"PATH": os.defpath, **people}
    with Server(cli, env=system, program=[str(program)]) as server:
        assert "next      bin/gassapi-backend user create " in server.printed
    (cli.folder / "elsewhere").mkdir()
    with Server(cli, env=system, program=[str(program)], cwd=cli.folder / "elsewhere") as server:
        assert f"next      {program} user create " in server.printed
    found = {"PATH": f"{program.parent}:{os.defpath}", **people}
    with Server(cli, env=found, program=[str(program)]) as server:
        assert "next      gassapi-backend user create " in server.printed


def test_the_first_start_makes_everything_and_says_what_to_do_next(cli: Cli) -> None:
    nowhere = cli.folder / "readonly"
    nowhere.mkdir(mode=0o555)
    people = {"GASSAPI_LOG_FORMAT": "console"}
    with Server(cli, flags=["--host", "localhost"], env=people, cwd=nowhere) as server:
        assert modes(cli.folder)["data"] == "700"
        assert set(modes(cli.home).values()) == {"600"}
        assert modes(cli.home).keys() >= {"gassapi.db", "secret.key"}
        assert cli("db", "status").code == 0
        panel = server.printed
        for line in (
            f"address   http://localhost:{server.port} ",
            f"docs      http://localhost:{server.port}/docs ",
            f"database  sqlite:///{cli.home / 'gassapi.db'} ",
            "next      gassapi-backend user create ",
        ):
            assert line in panel
        assert "\x1b" not in panel
        assert list(nowhere.iterdir()) == []

        taken = cli("start", "--port", str(server.port))
        assert (taken.code, taken.out) == (1, "")
        assert taken.err.startswith(f"Error: Port {server.port} is taken.")
        assert taken.err.count("\n") == 1

        secret = (cli.home / "secret.key").read_text()
        cli.user()
        access = server.sign_in()["accessToken"]
        server.signal(signal.SIGINT)
        assert server.wait() == 0
        assert re.search(r"POST /api/v1/auth/login 200 \d+ms 127\.0\.0\.1 ", server.log)

        server.start()
        assert (cli.home / "secret.key").read_text() == secret
        assert server.call("GET", "/api/v1/users/profile", access=access).status == 200
        assert "next      sign in and create a project: " in server.printed


@pytest.mark.parametrize("workers", ["1", "2"])
def test_machines_get_json_lines_from_the_first_to_the_last(cli: Cli, workers: str) -> None:
    cli.user()
    with Server(cli, env={"GASSAPI_WORKERS": workers}) as server:
        access = server.sign_in()["accessToken"]
        server.call("GET", "/api/v1/users/profile", access=access)
    lines = log_lines(server)
    assert server.printed == ""
    assert lines[0]["event"] == "starting"
    assert lines[-1]["event"] == "stopped"
    (ready,) = [line for line in lines if line["event"] == "listening"]
    assert ready["address"] == f"http://localhost:{server.port}"
    assert ready["on"] == f"127.0.0.1:{server.port}"
    (line,) = [line for line in lines if line.get("path") == "/api/v1/users/profile"]
    assert (line["event"], line["level"], line["ip"]) == ("request", "info", "127.0.0.1")
    assert line["userId"] == cli.rows("SELECT id FROM users")[0][0]


def test_people_get_lines_with_address_and_user(cli: Cli) -> None:
    user_id = cli.user()["id"]
    with Server(cli, env={"GASSAPI_LOG_FORMAT": "console"}) as server:
        access = server.sign_in()["accessToken"]
        project = server.project(access)
        token = cli("token", "issue").out.strip()
        server.call("GET", f"/api/v1/projects/{project['id']}/collections", token=token)
        server.call("GET", "/%1b[2J/nowhere")
    (token_id,) = cli.rows("SELECT id FROM mcp_tokens")[0]
    for line in (
        rf"POST /api/v1/projects 201 \d+ms 127\.0\.0\.1 {user_id} ",
        rf"GET \S+/collections 200 \d+ms 127\.0\.0\.1 {user_id} by token {token_id} ",
        r"/nowhere 404 \d+ms 127\.0\.0\.1 - ",
    ):
        assert re.search(line, server.log), line
    assert "\x1b" not in server.log


def test_a_request_that_took_long_is_a_warning(cli: Cli) -> None:
    with Server(cli) as server, socket.create_connection(("127.0.0.1", server.port)) as client:
        body = b'{"email": "you@example.com", "password": "wrong horse 42"}'
        head = "POST /api/v1/auth/login HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        client.sendall(head.encode() + body[:10])
        time.sleep(1.2)
        client.sendall(body[10:])
        while client.recv(4096):
            pass
        server.call("GET", "/health")
    levels = {line["path"]: line["level"] for line in log_lines(server) if "path" in line}
    assert levels["/api/v1/auth/login"] == "warning"
    assert levels["/health"] == "info"


LOST = "A new secret key was made, although there are accounts already"


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_new_key_for_a_database_with_accounts_is_warned_of_once(cli: Cli, workers: str) -> None:
    env = {"GASSAPI_WORKERS": workers}
    cli.user()
    with Server(cli, env=env) as server:
        assert LOST not in server.log
        (cli.home / "secret.key").unlink()
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = cli("start", "--port", str(other.getsockname()[1]))
    assert (taken.code, (cli.home / "secret.key").exists()) == (1, False)
    server.start()
    server.stop()
    (line,) = [line for line in log_lines(server) if LOST in line["event"]]
    assert line["level"] == "warning"
    assert "secret variables" in line["event"]
    assert f"put it back into {cli.home / 'secret.key'}" in line["event"]
    with server:
        assert sum(LOST in line["event"] for line in log_lines(server)) == 1


def test_a_command_that_makes_a_new_key_for_a_database_with_accounts_warns(cli: Cli) -> None:
    def warnings(email: str) -> int:
        flags = ("--email", email, "--name", "Ann", "--password-stdin")
        return cli("user", "create", *flags, typed=f"{PASSWORD}\n").err.count("Warning")

    assert warnings("a@example.com") == warnings("b@example.com") == 0
    (cli.home / "secret.key").unlink()
    assert cli("user", "list").err == ""
    assert warnings("c@example.com") == 0  # which needs none
    assert f"Warning: {LOST}" in cli("user", "reset-link", "a@example.com").err
    assert cli("user", "reset-link", "a@example.com").err.count("Warning") == 0
    (cli.home / "secret.key").unlink()
    assert f"Warning: {LOST}" in cli("setup", "--yes").err


def test_a_panel_that_nobody_reads_is_no_reason_to_end(cli: Cli) -> None:
    home = cli.folder / "[bold]b#?%20 ü :smile:"  # and a home of any name
    server = Server(cli)
    env = {"GASSAPI_HOME": str(home), "GASSAPI_PORT": str(server.port)}
    process = subprocess.Popen(
        [*PROGRAM, "start"], env=cli.env | env, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()

    def is_ready() -> bool:
        with contextlib.suppress(OSError):
            return server.call("GET", "/health/ready").status == 200
        return False

    try:
        assert sooner_or_later(is_ready)
        assert modes(home).keys() >= {"gassapi.db", "secret.key"}
        assert cli("db", "status", **env).code == 0
    finally:
        process.terminate()
    assert process.wait(10) == 0
    with process.stderr as errors:
        assert b"Traceback" not in errors.read()


@pytest.mark.parametrize(
    ("given", "address", "listens"),
    [
        ({}, "http://localhost:3000", "127.0.0.1:3000, for this machine only"),
        ({"host": "0.0.0.0"}, "http://localhost:3000", "0.0.0.0:3000, on all addresses"),  # noqa: S104 - a sample
        ({"host": "192.0.2.2"}, "http://192.0.2.2:3000", "192.0.2.2:3000"),
        ({"host": "2001:db8::1"}, "http://[2001:db8::1]:3000", "[2001:db8::1]:3000"),
        ({"public_url": PUBLIC}, PUBLIC, "127.0.0.1:3000, for a proxy on this machine"),
        ({"public_url": PUBLIC, "host": "192.0.2.2"}, PUBLIC, "192.0.2.2:3000"),
    ],
)
def test_the_banner_tells_the_address_and_where_it_listens(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    given: dict[str, str],
    address: str,
    listens: str,
) -> None:
    serve.announce(options.load(home=tmp_path, log_format="console", **given))
    shown = capsys.readouterr().out
    assert re.search(rf"│ address +{re.escape(address)} +│", shown)
    assert re.search(rf"│ listens +{re.escape(listens)}", shown)
    assert re.search(rf"│ docs +{re.escape(address)}/docs +│", shown)
    assert ("--host 0.0.0.0" in shown) == (not given)


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (["--host", "nowhere.invalid"], "Cannot listen on nowhere.invalid:"),
        (["--host", "192.0.2.1"], "Cannot listen on 192.0.2.1:"),
    ],
)
def test_an_address_that_cannot_be_had_is_a_sentence(cli: Cli, flags: list[str], says: str) -> None:
    refused = cli("start", *flags)
    assert (refused.code, refused.out) == (1, "")
    assert refused.err.startswith(f"Error: {says}")


def test_a_log_for_machines_ends_with_why_the_server_did_not_start(cli: Cli) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        refused = cli("start", "--port", str(port), GASSAPI_LOG_FORMAT="json")
    assert (refused.code, refused.out) == (1, "")
    *_, last = [json.loads(line) for line in refused.err.splitlines()]
    assert (last["level"], last["event"]) == ("error", "failed")
    assert last["reason"].startswith(f"Port {port} is taken.")


def is_listening(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def upload(server: Server, access: str, go: threading.Event) -> bytes:
    """Send half of a request, and the other half when told to; return the answer."""
    body = json.dumps({"name": "Uploaded slowly"}).encode()
    head = (
        "POST /api/v1/projects HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {access}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", server.port), timeout=15) as client:
        client.sendall(head.encode() + body[:9])
        if not go.wait(10):
            return b""
        client.sendall(body[9:])
        return client.recv(65536)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_requests_under_way_are_finished_before_the_end(cli: Cli, workers: str) -> None:
    cli.env |= {"GASSAPI_PASSWORD_ROUNDS": "11", **NO_LIMITS}
    people = [f"{number}@example.com" for number in range(3)]
    for email in people:
        cli.user(email)
    go = threading.Event()
    with Server(cli, flags=["--workers", workers]) as server, ThreadPoolExecutor() as pool:
        access = server.sign_in(people[0])["accessToken"]
        idle = http.client.HTTPConnection("127.0.0.1", server.port, timeout=15)
        idle.request("GET", "/health/live")
        assert idle.getresponse().read()
        logins = [pool.submit(server.sign_in, email) for email in people]
        half = pool.submit(upload, server, access, go)
        time.sleep(0.2)  # until they are all being worked on
        server.signal(signal.SIGTERM)
        assert sooner_or_later(lambda: not is_listening(server.port))
        go.set()
        assert b" 201 " in half.result()
        assert all(login.result()["accessToken"] for login in logins)
        assert server.wait(10) == 0
        idle.close()
    lines = log_lines(server)
    logged = Counter((line.get("path"), line.get("status")) for line in lines)
    assert logged["/api/v1/auth/login", 200] == 4
    assert not [line for line in lines if line["level"] == "error"]
    names = [project["name"] for project in cli("project", "list", "--json").json]
    assert names == ["Uploaded slowly"]


def read_slowly(server: Server, path: str, access: str, go: threading.Event) -> bytes:
    """Ask for something, take a little of it, and the rest when told to; return the answer."""
    head = (
        f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        f"Authorization: Bearer {access}\r\n\r\n"
    )
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        client.settimeout(15)
        client.connect(("127.0.0.1", server.port))
        client.sendall(head.encode())
        found = client.recv(100)
        go.wait(10)
        while piece := client.recv(65536):
            found += piece
    return found


@pytest.mark.parametrize("workers", ["1", "2"])
def test_an_export_that_is_being_written_is_written_to_its_end(cli: Cli, workers: str) -> None:
    cli.user()
    go = threading.Event()
    with Server(cli, flags=["--workers", workers]) as server, ThreadPoolExecutor() as pool:
        access = server.sign_in()["accessToken"]
        copy_sessions(cli, 20_000)
        read = pool.submit(read_slowly, server, "/api/v1/users/export", access, go)
        time.sleep(1)  # until it waits to be taken
        server.signal(signal.SIGTERM)
        assert sooner_or_later(lambda: not is_listening(server.port))
        time.sleep(2.5)  # longer than anything waits for those who take nothing at the very end
        go.set()
        export = read.result()
        assert server.wait(10) == 0
    assert export.endswith(b"\r\n0\r\n\r\n")
    assert export.count(b"0" * 400) >= 20_000


def copy_sessions(cli: Cli, times: int) -> None:
    """Make copies of the only session, each with a long name for its browser."""
    columns = [name for (name,) in cli.rows("SELECT name FROM pragma_table_info('sessions')")]
    other = {"id": "printf('%036d', n)", "user_agent": "hex(zeroblob(200))"}
    values = ", ".join(other.get(column, f"s.{column}") for column in columns)
    cli.rows(
        f"INSERT INTO sessions ({', '.join(columns)}) "  # noqa: S608 - the table's columns
        f"WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers "
        f"WHERE n < {times}) SELECT {values} FROM sessions s, numbers"
    )


def test_a_client_that_hangs_does_not_keep_the_server(cli: Cli) -> None:
    cli.user()
    never = threading.Event()
    with Server(cli) as server, ThreadPoolExecutor(1) as pool:
        access = server.sign_in()["accessToken"]
        hung = pool.submit(upload, server, access, never)
        time.sleep(0.3)
        server.signal(signal.SIGTERM)
        assert server.wait(10) == 0
        never.set()
        with contextlib.suppress(OSError):
            assert hung.result() == b""
    log_lines(server)
    assert cli("project", "list", "--json").json == []


def test_a_second_signal_ends_the_server_at_once(cli: Cli) -> None:
    cli.user()
    never = threading.Event()
    with Server(cli) as server, ThreadPoolExecutor(1) as pool:
        access = server.sign_in()["accessToken"]
        hung = pool.submit(upload, server, access, never)
        time.sleep(0.3)
        server.signal(signal.SIGINT)
        assert sooner_or_later(lambda: not is_listening(server.port))
        time.sleep(0.4)  # sooner, it would count as the first one's echo
        server.signal(signal.SIGINT)
        server.wait(3)
        never.set()
        with contextlib.suppress(OSError):
            hung.result()
    log_lines(server)


class Crowd:
    """Many connections that write at once, and what they were promised."""

    def __init__(self, server: Server, access: str, connections: int) -> None:
        self._server = server
        self._headers = {"Authorization": f"Bearer {access}"}
        self._connections = connections
        self.answers: Counter[int] = Counter()
        self.created: dict[str, str] = {}
        self.renamed: dict[str, str] = {}

    async def write(self, each: int) -> None:
        """Create projects and rename every second one, until done or until the server is gone."""
        async with asyncio.TaskGroup() as tasks:
            for number in range(self._connections):
                tasks.create_task(self._one(number, each))

    async def has_created(self, count: int) -> None:
        """Wait until so many projects are there."""
        while len(self.created) < count:  # noqa: ASYNC110 - it is polled for as long as it takes
            await asyncio.sleep(0.01)

    async def _one(self, number: int, each: int) -> None:
        connector = aiohttp.TCPConnector(force_close=False, limit=1)
        with contextlib.suppress(aiohttp.ClientError):
            async with aiohttp.ClientSession(connector=connector, headers=self._headers) as client:
                for turn in range(each):
                    await self._pair(client, f"Project {number}-{turn}", rename=turn % 2 == 0)

    async def _pair(self, client: aiohttp.ClientSession, name: str, *, rename: bool) -> None:
        url = f"{self._server.url}/api/v1/projects"
        async with client.post(url, json={"name": name}) as response:
            self.answers[response.status] += 1
            if response.status != 201:
                return
            project = (await response.json())["project"]
        self.created[project["id"]] = name
        if not rename:
            return
        async with client.patch(f"{url}/{project['id']}", json={"name": f"{name}!"}) as response:
            self.answers[response.status] += 1
            if response.status == 200:
                self.renamed[project["id"]] = f"{name}!"


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


class Connection:
    """A connection that stays with one worker."""

    def __init__(self, server: Server) -> None:
        self._client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=15)

    def call(self, method: str, path: str, access: str, body: Any = None) -> tuple[int, Any]:
        """Send a request over it."""
        headers = {"Authorization": f"Bearer {access}", "Content-Type": "application/json"}
        content = None if body is None else json.dumps(body)
        self._client.request(method, f"/api/v1{path}", content, headers)
        response = self._client.getresponse()
        return response.status, json.load(response)

    def profile(self, access: str) -> int:
        """Return the status of a request for one's own account."""
        return self.call("GET", "/users/profile", access)[0]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with two workers on SQLite, and one account."""
    cli = Cli(tmp_path_factory.mktemp("pair"), **NO_LIMITS)
    cli.user("you@example.com", "You", "--admin")
    with Server(cli, flags=["--workers", "2"]) as server:
        yield server


@pytest.fixture
def both(pair: Server) -> list[Connection]:
    """A connection to each of the two workers."""
    access = pair.sign_in()["accessToken"]
    found: dict[int, Connection] = {}
    for _ in range(200):
        connection = Connection(pair)
        _, status = connection.call("GET", "/status", access)
        found.setdefault(status["process"]["pid"], connection)
        if len(found) == 2:
            return list(found.values())
    raise AssertionError("only one worker answers")


def test_two_workers_write_to_sqlite_at_once(pair: Server, both: list[Connection]) -> None:
    crowd = Crowd(pair, pair.sign_in()["accessToken"], connections=24)
    before = len(pair.cli.rows("SELECT 1 FROM projects"))
    asyncio.run(crowd.write(each=6))
    assert crowd.answers == {201: 144, 200: 72}
    assert len(pair.cli.rows("SELECT 1 FROM projects")) == before + 144
    assert "database is locked" not in pair.log
    assert not [line for line in log_lines(pair) if line["level"] != "info"]


@pytest.mark.parametrize("way", ["logout", "password", "session", "deactivation"])
def test_what_one_worker_ends_the_other_honours_within_a_second(
    pair: Server, both: list[Connection], way: str
) -> None:
    one, two = both
    email = f"{way}@example.com"
    pair.cli.user(email, "Somebody")
    own, ended = (pair.sign_in(email)["accessToken"] for _ in range(2))
    assert one.profile(ended) == two.profile(ended) == two.profile(own) == 200
    expected = 401
    if way == "logout":
        assert one.call("POST", "/auth/logout", ended)[0] == 200
    elif way == "password":
        body = {"currentPassword": PASSWORD, "newPassword": "another horse 43"}
        assert one.call("PUT", "/users/password", own, body)[0] == 200
    elif way == "session":
        _, found = one.call("GET", "/auth/sessions", own)
        (other,) = [session["id"] for session in found["sessions"] if not session["current"]]
        assert one.call("DELETE", f"/auth/sessions/{other}", own)[0] == 200
    else:
        assert pair.cli("user", "deactivate", email).code == 0
        expected = 403
    assert sooner_or_later(lambda: two.profile(ended) == expected)
    assert one.profile(ended) == expected
    assert two.profile(own) == (403 if way == "deactivation" else 200)


def test_a_worker_that_dies_is_replaced_and_reported(pair: Server, both: list[Connection]) -> None:
    access = pair.sign_in()["accessToken"]
    pids = {connection.call("GET", "/status", access)[1]["process"]["pid"] for connection in both}
    victim = pids.pop()
    os.kill(victim, signal.SIGKILL)
    seen: set[int] = set()

    def is_whole() -> bool:
        with contextlib.suppress(OSError):
            seen.add(Connection(pair).call("GET", "/status", access)[1]["process"]["pid"])
        return len(seen - {victim}) == 2

    assert sooner_or_later(is_whole)
    assert any(str(victim) in line["event"] for line in log_lines(pair))


@pytest.mark.engines("sqlite", "mysql")
def test_servers_that_start_at_once_on_a_fresh_database_all_come_up(cli: Cli, engine: str) -> None:
    name = f"gassapi_test_start_{uuid4().hex[:12]}"
    if engine != "sqlite":
        asyncio.run(on_server(engine, f"CREATE DATABASE {name}"))
        cli.env["GASSAPI_DATABASE_URL"] = servers.database_url(engine, name)
    several = [Server(cli) for _ in range(4)]
    try:
        for server in several:
            server.launch()
        for server in several:
            server.wait_until_ready()
        cli.user()
        tokens = [server.sign_in()["accessToken"] for server in several]
        for server in several:  # they share one secret
            for access in tokens:
                assert server.call("GET", "/api/v1/users/profile", access=access).status == 200
            log_lines(server)
        assert cli("db", "status").code == 0
    finally:
        for server in several:
            server.stop()
        if engine != "sqlite":
            asyncio.run(on_server(engine, f"DROP DATABASE {name}"))


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


READ_ONLY = """
set -e
mount --make-rprivate /
mount --bind "$GASSAPI_HOME" "$GASSAPI_HOME"
mount -o remount,bind,ro /
exec "$@"
"""


@pytest.mark.skipif(os.getuid() != 0 or not shutil.which("unshare"), reason="needs root, unshare")
@pytest.mark.parametrize("workers", ["1", "2"])
def test_nothing_but_the_data_directory_has_to_be_writable(cli: Cli, workers: str) -> None:
    cli.user()
    program = ["unshare", "--mount", "bash", "-c", READ_ONLY, "bash", *PROGRAM]
    env = {"HOME": "/nowhere"}
    with Server(cli, program=program, flags=["--workers", workers], env=env) as server:
        access = server.sign_in()["accessToken"]
        project = server.project(access)
        wanted = {"projectId": project["id"], "data": "curl https://example.com"}
        path = "/api/v1/collections/import"
        assert server.call("POST", path, wanted, access=access).status == 201
        server.signal(signal.SIGTERM)
        assert server.wait() == 0
    assert not [line for line in log_lines(server) if line["level"] == "error"]


@pytest.mark.skipif(os.getuid() != 0 or not shutil.which("unshare"), reason="needs root, unshare")
@pytest.mark.parametrize("workers", ["1", "2"])
def test_the_first_process_of_a_container_ends_when_told_to(cli: Cli, workers: str) -> None:
    cli.user()
    program = ["unshare", "--pid", "--fork", "--kill-child", *PROGRAM]
    with Server(cli, program=program, flags=["--workers", workers]) as server:
        (child,) = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
        assert Path(f"/proc/{child}/status").read_text().split("NSpid:")[1].split()[1] == "1"
        server.sign_in()
        os.kill(int(child), signal.SIGTERM)
        assert server.wait() == 0
    assert log_lines(server)[-1]["event"] == "stopped"


def test_a_health_check_knows_the_port_of_the_server(cli: Cli) -> None:
    cli.user()

    def check() -> int:
        command = [sys.executable, "-m", "gassapi_backend.running"]
        return subprocess.run(command, env=cli.env, check=False).returncode

    assert check() == 1
    with Server(cli, flags=["--host", "0.0.0.0"]) as server:  # noqa: S104 - as in a container
        assert check() == 0  # the settings name another port
        server.stop()
    assert check() == 1
