"""What a server lives on fails under an open page: its database, its disk, its process, its files.

Nothing is answered in the server's place: what was typed stays, it is said, and it goes on.
"""

import re
import resource
import shutil
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, expect

import gassapi_backend
from tests import servers
from tests.console.scene import Place, Scene, Tab, watched
from tests.processes import Cli, Server
from tests.runners import PROGRAM

AWAY = "The server cannot be reached"
GONE = r"ERR_CONNECTION_|ERR_EMPTY|ERR_INCOMPLETE|404: .*/console/"
PAUSES = 40_000  # ms, between questions of whether it is back, on a slow machine
LITTLE = 4096  # bytes: no page of a database has room in a file of these


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    return Cli(tmp_path, GASSAPI_RATE_LIMITS="off")


@pytest.fixture
def database() -> Iterator[servers.PrivateMariaDb]:
    """A database server that may be killed."""
    if "mariadb" not in servers.available() or not servers.PrivateMariaDb.is_installed():
        pytest.skip("there is no MariaDB installed to stop, or none is wanted")
    found = servers.PrivateMariaDb("--innodb-flush-log-at-trx-commit=1")  # survives a kill
    found.start()
    yield found
    found.stop()


@asynccontextmanager
async def browsing(chromium: Browser, server: Server, lost: str = "^$") -> AsyncIterator[Scene]:
    """Somebody with a browser, in which nothing goes wrong but what may be ``lost``."""
    context = await chromium.new_context(base_url=server.url, locale="en-GB")
    context.set_default_timeout(15_000)
    scene = Scene(Place(server), context)
    watched(context, server.url, scene.problems)
    yield scene
    await context.close()
    assert [problem for problem in scene.problems if not re.search(lost, problem)] == []


def away(tab: Tab) -> Locator:
    return tab.get_by_role("status").filter(has_text=AWAY)


async def begin_project(tab: Tab) -> None:
    await tab.get_by_role("button", name="New project").first.click()
    await tab.get_by_label("Name").fill("Bakery")


async def make(tab: Tab) -> None:
    await tab.get_by_role("button", name="Create project").click()


async def test_a_database_that_is_killed_is_waited_for_and_nothing_typed_is_lost(
    cli: Cli, database: servers.PrivateMariaDb, chromium: Browser
) -> None:
    flags = ["--database-url", f"{database.url}/gassapi", "--no-admin"]
    assert cli("setup", *flags).code == 0
    with Server(cli) as server:
        async with browsing(chromium, server) as scene:
            ann = scene.place.person()
            tab = await scene.signed_in(ann)
            await begin_project(tab)
            database.kill()
            await make(tab)
            refusal = tab.get_by_role("dialog").get_by_role("alert")
            await expect(refusal).to_contain_text("The database cannot be reached.")
            await expect(away(tab)).to_be_visible()
            again = await scene.tab("/projects")
            await expect(away(again)).to_be_visible()  # not the form: nobody has signed out
            database.run()
            projects = again.get_by_role("heading", name="No projects yet")
            await expect(projects).to_be_visible(timeout=PAUSES)
            await tab.bring_to_front()
            await expect(tab.get_by_text("The server is back.")).to_be_visible(timeout=PAUSES)
            await expect(refusal).to_have_count(0)  # it is so no longer
            await expect(tab.get_by_label("Name")).to_have_value("Bakery")
            await make(tab)
            await expect(tab.get_by_role("heading", name="Bakery")).to_be_visible()


async def test_a_full_disk_is_said_and_what_was_typed_is_sent_when_there_is_room(
    cli: Cli, chromium: Browser
) -> None:
    with Server(cli) as server:
        async with browsing(chromium, server) as scene:
            ann = scene.place.person()
            tab = await scene.signed_in(ann)
            await begin_project(tab)
            resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (LITTLE, resource.RLIM_INFINITY))
            await make(tab)
            refusal = tab.get_by_role("dialog").get_by_role("alert")
            await expect(refusal).to_contain_text("Try again")
            await expect(away(tab)).to_have_count(0)  # it is there, and reads
            await tab.reload()
            await expect(tab.get_by_role("heading", name="No projects yet")).to_be_visible()
            await tab.get_by_role("button", name="New project").first.click()
            await expect(tab.get_by_label("Name")).to_have_value("Bakery")
            unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
            resource.prlimit(server.pid, resource.RLIMIT_FSIZE, unlimited)
            await make(tab)
            await expect(tab.get_by_role("heading", name="Bakery")).to_be_visible()


async def test_a_killed_server_that_comes_back_newer_takes_what_was_typed(
    cli: Cli, chromium: Browser
) -> None:
    newer = copied(cli.folder / "newer")
    with Server(cli) as server:
        async with browsing(chromium, server, GONE) as scene:
            ann = scene.place.person()
            scene.place.project(ann, "Café")
            tab = await scene.signed_in(ann)
            await begin_project(tab)
            server.signal(signal.SIGKILL)
            server.wait()
            await make(tab)
            await expect(away(tab)).to_be_visible()
            env = {"PYTHONPATH": str(newer)}
            with Server(cli, env=env, cwd=newer, program=PROGRAM, port=server.port):
                upgraded = tab.get_by_text("The server was upgraded.")
                await expect(upgraded).to_be_visible(timeout=PAUSES)
                await expect(tab.get_by_label("Name")).to_have_value("Bakery")
                await make(tab)
                await expect(tab.get_by_role("heading", name="Bakery")).to_be_visible()
                await expect(upgraded).to_have_count(0)  # the page is the newer one
                style = await tab.locator("link[rel=stylesheet]").get_attribute("href")
                shown = await tab.request.get(f"{server.url}/{str(style).lstrip('./')}")
                assert ".newer" in await shown.text()


def copied(folder: Path) -> Path:
    """Return a copy of the program whose console has other files."""
    package = Path(gassapi_backend.__file__).parent
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(package, folder / package.name, ignore=ignored)
    shutil.copytree(package.parent / "migrations", folder / "migrations", ignore=ignored)
    with (folder / package.name / "console" / "console.css").open("a") as style:
        style.write(".newer { color: inherit; }\n")
    return folder
