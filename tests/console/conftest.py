"""Fixtures: a server and a browser that all tests of the console share, and who uses them."""

import shutil
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from tests.browser import BROWSERS
from tests.console.scene import Place, Scene, Tab, watched
from tests.console.screens import World, furnish
from tests.mailbox import Mailbox
from tests.processes import Cli, Server


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the tests that use the browser in its event loop."""
    for item in items:
        if isinstance(item, pytest.Function) and "chromium" in item.fixturenames:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def mailbox() -> AsyncIterator[Mailbox]:
    """The mail server of the server."""
    found = await Mailbox().start()
    yield found
    await found.stop()


@pytest.fixture(scope="session")
def place(mailbox: Mailbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A server in a process of its own."""
    home = tmp_path_factory.mktemp("console")
    cli = Cli(
        home, GASSAPI_RATE_LIMITS="off", GASSAPI_SMTP_URL=mailbox.url(), GASSAPI_CONSOLE="parts"
    )
    with Server(cli) as server:
        yield Place(server, mailbox)


@pytest.fixture(scope="session")
def world(place: Place) -> World:
    """What the screens show."""
    return furnish(place)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """Chromium without a window; the test is skipped where there is none."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.skip("Chromium is not installed")
    expect.set_options(timeout=15_000)  # machines are slow now and then
    async with async_playwright() as playwright:
        found = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield found
        await found.close()


@pytest_asyncio.fixture(loop_scope="session")
async def scene(place: Place, chromium: Browser) -> AsyncIterator[Scene]:
    """The server, and somebody with a browser of their own: nothing goes wrong unseen in it."""
    context = await chromium.new_context(base_url=place.url, locale="en-GB")
    context.set_default_timeout(15_000)
    found = Scene(place, context)
    watched(context, place.url, found.problems)
    yield found
    await context.close()
    assert found.problems == []


@pytest_asyncio.fixture(loop_scope="session")
async def tab(scene: Scene) -> Tab:
    """An empty window of a browser that nobody is signed in to."""
    return await scene.tab()
