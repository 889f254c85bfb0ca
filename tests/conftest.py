"""Fixtures: a fresh database on each engine, a server on a socket, people and projects."""

import asyncio
import os
import re
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncmy
import pytest
import structlog
from aiohttp import ClientResponse, DummyCookieJar
from aiohttp.test_utils import TestClient, TestServer
from yarl import URL

from gassapi_backend.database import open_database, rows
from gassapi_backend.database.migrations import upgrade
from gassapi_backend.models import Member, Project, Scope, User
from gassapi_backend.server.access.callers import CONSOLE
from gassapi_backend.server.accounts.actions import create_user
from gassapi_backend.server.accounts.schemas import NewAccount
from gassapi_backend.server.accounts.state import PASSWORDS
from gassapi_backend.server.app import build_app
from gassapi_backend.settings import Settings, load
from tests import servers
from tests.interop import npm
from tests.server import described
from tests.waiting import PATIENCE

PASSWORD = "correct horse 42"
NOTED = ("last_used_at", "last_used_ip", "last_client")
LACKS = re.compile(r"\binstall|\bneeds\b|^there is no|names no folder")
"""The reasons of skips that another machine would not have."""
TABLES = (  # those that refer to others first
    "audit_log",
    "audit_chains",
    "idempotency",
    "mails",
    "flows",
    "origins",
    "endpoints",
    "collections",
    "invitations",
    "mcp_tokens",
    "environments",
    "members",
    "projects",
    "attempts",
    "one_time_tokens",
    "setup_links",
    "sessions",
    "users",
)

_private: servers.PrivateMariaDb | None = None


def pytest_configure(config: pytest.Config) -> None:
    """Start a private MariaDB once, before the workers that inherit its address."""
    global _private
    config.addinivalue_line("markers", "engines(*names): run only on these databases")
    for name in [name for name in os.environ if name.startswith("GASSAPI_")]:
        if not name.startswith("GASSAPI_TEST_"):
            del os.environ[name]
    os.environ["GASSAPI_HOME"] = os.devnull  # a test that forgets its own home fails loudly
    plain: list[Any] = [
        structlog.processors.format_exc_info,
        structlog.processors.KeyValueRenderer(),
    ]
    structlog.configure(processors=plain)  # pretty tracebacks are slow
    is_worker = hasattr(config, "workerinput")
    if is_worker or config.option.collectonly:
        return
    is_lacking = servers.is_wanted("mariadb") and "mariadb" in servers.missing()
    if is_lacking and servers.PrivateMariaDb.is_installed():
        _private = servers.PrivateMariaDb()
        _private.start()
        os.environ[servers.VARIABLES["mariadb"]] = _private.url
    required = [name for name in servers.required() if servers.is_wanted(name)]
    lacking = [name for name in required if name in servers.missing()]
    if lacking:
        raise pytest.UsageError(f"Required, but there is no server: {', '.join(lacking)}")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the private MariaDB."""
    if _private is not None:
        _private.stop()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say in a line which databases were used, and what was left out for want of something."""
    left_out = [f"{name} ({servers.why_missing(name)})" for name in servers.missing()]
    if not os.environ.get(npm.ASKED):
        left_out.append("tools from npm (make interop)")
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = Counter(str(one.longrepr[2]).removeprefix("Skipped: ") for one in skipped)
    left_out += [f"{n} tests ({why})" for why, n in sorted(reasons.items()) if LACKS.search(why)]
    tested = ", ".join(servers.available())
    terminalreporter.write_line(f"tested on {tested}; left out: {', '.join(left_out) or 'nothing'}")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that uses the database on every engine there is, or on those it is marked for."""
    if "engine" in metafunc.fixturenames:
        marker = metafunc.definition.get_closest_marker("engines")
        wanted = marker.args if marker else servers.ENGINES
        engines = [engine for engine in servers.available() if engine in wanted]
        metafunc.parametrize("engine", engines, scope="session")


@pytest.fixture(scope="session")
def empty_database(
    engine: str, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Iterator[str]:
    """The URL of a migrated database of this test process; on SQLite, one to copy."""
    home = tmp_path_factory.mktemp("template")
    if engine == "sqlite":
        url = f"sqlite:///{home / 'template.db'}"
    else:
        name = f"gassapi_test_{worker_id}_{os.getpid()}"
        asyncio.run(on_server(engine, f"CREATE DATABASE {name}"))
        url = servers.database_url(engine, name)
    asyncio.run(_migrate(load(home=home, database_url=url)))
    yield url
    if engine != "sqlite":
        asyncio.run(on_server(engine, f"DROP DATABASE {name}"))


@pytest.fixture
async def settings(engine: str, empty_database: str, tmp_path: Path) -> Settings:
    """Settings over an empty database: cheap passwords, no rate limits."""
    url = empty_database
    if engine == "sqlite":
        copy = tmp_path / "test.db"
        shutil.copy(empty_database.removeprefix("sqlite:///"), copy)
        url = f"sqlite:///{copy}"
    else:
        await _empty(load(home=tmp_path, database_url=url))
    return load(
        home=tmp_path,
        database_url=url,
        password_rounds=4,
        rate_limits="off",
        secret_key="only-for-tests-0123456789abcdefghij",
        log_level="error",
    )


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Settings]:
    """An open, empty database; for tests without a server."""
    async with open_database(settings, everywhere=True):
        yield settings


Serve = Callable[..., Awaitable["Api"]]


@pytest.fixture
async def serve(settings: Settings) -> AsyncIterator[Serve]:
    """Start a server on a socket, on ``port`` if it is given; arguments change its settings."""
    clients = []

    async def start(**changes: Any) -> Api:
        app = build_app(settings.model_copy(update=changes))
        server = TestServer(app, port=changes.get("port"))
        client = TestClient(server, cookie_jar=DummyCookieJar())
        await client.start_server()
        clients.append(client)
        return Api(client)

    yield start
    for client in clients:
        await client.close()


@pytest.fixture
async def api(serve: Serve) -> "Api":
    """A running server."""
    return await serve()


@pytest.fixture
def redis() -> Iterator[servers.PrivateRedis]:
    """A Redis of its own."""
    if not servers.PrivateRedis.is_installed():
        pytest.skip("there is no Redis: install redis-server")
    found = servers.PrivateRedis()
    found.start()
    yield found
    found.kill()


@dataclass(frozen=True)
class Person:
    """Somebody who is signed in."""

    id: str
    email: str
    name: str
    access: str
    refresh: str

    @property
    def auth(self) -> dict[str, str]:
        """The headers that identify them."""
        return {"Authorization": f"Bearer {self.access}"}


class Api:
    """A client of the server under test, and short ways to set a scene."""

    def __init__(self, client: TestClient[Any, Any]) -> None:
        self.client = client
        self.base = "/api/v1"

    @property
    def app(self) -> Any:
        """The application under test."""
        return self.client.app

    async def call(
        self, method: str, path: str, who: Person | str | None = None, **options: Any
    ) -> ClientResponse:
        """Send a request, as a person, with a token, or as nobody.

        ``base`` goes before the path. Whatever comes back has to be as the document says.
        """
        base = options.pop("base", self.base)
        headers = dict(options.pop("headers", {}))
        if isinstance(who, Person):
            headers |= who.auth
        elif who is not None:
            headers["Authorization"] = f"Bearer {who}"
        url = URL(base + path, encoded=True)
        response = await self.client.request(
            method, url, headers=headers, allow_redirects=False, **options
        )
        await _compare(method, url.path, response)
        return response

    async def json(
        self,
        method: str,
        path: str,
        who: Person | str | None = None,
        *,
        expect: int = 200,
        **options: Any,
    ) -> Any:
        """Send a request, check its status, and return the body."""
        response = await self.call(method, path, who, **options)
        body = await response.json()
        assert response.status == expect, body
        return body

    async def person(
        self, name: str = "Ann", *, is_admin: bool = False, is_confirmed: bool = True
    ) -> Person:
        """Create an account and sign in; one that is not confirmed is like a registered one."""
        email = f"{name.lower()}@example.com"
        new = NewAccount.model_validate(
            {"email": email, "password": PASSWORD, "name": f"{name} Doe"}
        )
        user = await create_user(CONSOLE, new, self.app[PASSWORDS], is_admin=is_admin)
        if not is_confirmed:
            await User.filter(id=user.id).update(email_verified_at=None)
        return await self.sign_in(email)

    async def sign_in(self, email: str, password: str = PASSWORD) -> Person:
        """Sign in."""
        found = await self.json("POST", "/auth/login", json={"email": email, "password": password})
        user, tokens = found["user"], found["tokens"]
        return Person(
            user["id"], user["email"], user["name"], tokens["accessToken"], tokens["refreshToken"]
        )

    async def project(self, owner: Person, name: str = "Shop", **fields: Any) -> dict[str, Any]:
        """Create a project."""
        body = await self.json(
            "POST", "/projects", owner, json={"name": name, **fields}, expect=201
        )
        return body["project"]

    async def join(self, who: Person, project_id: str) -> None:
        """Make somebody a member of a project, as an accepted invitation does."""
        project = await Project.get(id=project_id)
        await Member.create(project_id=project_id, user_id=who.id)
        project.member_count += 1
        await project.save(update_fields=["member_count"])

    async def invite(self, who: Person, project_id: str, email: str) -> dict[str, Any]:
        """Invite an e-mail address to a project; return the invitation."""
        path = f"/projects/{project_id}/members"
        answer = await self.json("POST", path, who, json={"email": email}, expect=201)
        return answer["invitation"]

    async def raw(self, request: bytes) -> bytes:
        """Send bytes to the server and return what it answers before it closes the connection."""
        reader, writer = await asyncio.open_connection(self.client.host, self.client.port)
        writer.write(request)
        try:
            async with asyncio.timeout(PATIENCE):
                return await reader.read()
        finally:
            writer.close()

    async def issue(
        self, who: Person, project_id: str, *, name: str = "CI", scope: Scope = Scope.READ
    ) -> dict[str, Any]:
        """Issue an MCP token; return it and its record."""
        body = {"projectId": project_id, "name": name, "scope": scope.value}
        return await self.json("POST", "/mcp/tokens", who, json=body, expect=201)

    async def token(self, who: Person, project_id: str, scope: Scope = Scope.READ) -> str:
        """Issue an MCP token."""
        return (await self.issue(who, project_id, scope=scope))["token"]


async def _compare(method: str, path: str, response: ClientResponse) -> None:
    route = described.route_at(method, path)
    if route is None or response.content_type == "text/event-stream":
        return
    body = await response.read()
    wrong = described.wrong_about(route, response.status, response.headers, body)
    assert not wrong, f"{method} {route.full_path} answered {response.status}: {wrong}"


async def text_of(response: ClientResponse) -> str:
    """Return the text of an answer; of a stream, which has no end, its first event."""
    if response.content_type != "text/event-stream":
        return (await response.read()).decode(errors="replace")  # a bundle is no text
    first = await response.content.readuntil(b"\n\n")
    response.close()
    return first.decode()


async def everything() -> dict[str, list[str]]:
    """Return every row of every table: what a refusal leaves as it was.

    Without when a token was last used: that is noted of refused requests too.
    """
    found = {}
    for table in TABLES:
        there = await rows(f"SELECT * FROM {table}")  # noqa: S608 - the list above
        noted = NOTED if table == "mcp_tokens" else ()
        kept = [{key: row[key] for key in row if key not in noted} for row in there]
        found[table] = sorted(map(str, kept))
    return found


async def audited() -> list[str]:
    """Return what the audit log says was done, in order."""
    entries = await rows("SELECT action FROM audit_log ORDER BY id")
    return [entry["action"] for entry in entries]


async def on_server(engine: str, sql: str) -> None:
    """Run a statement on the server of an engine, outside any database."""
    parts = urlsplit(os.environ[servers.VARIABLES[engine]])
    connection = await asyncmy.connect(
        host=parts.hostname, port=parts.port, user=parts.username, password=parts.password
    )
    async with connection.cursor() as cursor:
        await cursor.execute(sql)
    await connection.ensure_closed()


async def _migrate(settings: Settings) -> None:
    async with open_database(settings):
        await upgrade(settings)


async def _empty(settings: Settings) -> None:
    async with open_database(settings) as context:
        # MySQL 9 gives up where foreign keys would take a tree with many branches along
        await context.db("default").execute_script("UPDATE collections SET parent_id = NULL")
        for table in TABLES:
            await context.db("default").execute_script(f"DELETE FROM {table}")  # noqa: S608 - the list above
