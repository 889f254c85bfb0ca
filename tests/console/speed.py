"""Measures how soon the console can be used on a slow phone: a quarter of the speed, "Fast 3G".

Run by hand: ``python -m tests.console.speed``. Wall time, so it says little on a busy machine; the
smallest of several rounds is what the page and the network need.
"""

import asyncio
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from gassapi_backend.server.web.credentials import ACCESS_COOKIE
from tests.browser import BROWSERS
from tests.console.scene import Person, Place, Scene
from tests.processes import Cli, Server

FAST_3G = {
    "offline": False,
    "latency": 150 * 3.75,  # ms for every request
    "downloadThroughput": 1.6e6 / 8 * 0.9,  # bytes a second
    "uploadThroughput": 750e3 / 8 * 0.9,
}
"""What Chromium's developer tools call Fast 3G, and Slow 4G since 2024."""
SLOWER = 4  # times
ROUNDS = 5
FORM = "form [type=submit]"
"""What can be typed into and sent: ``early.js`` runs before it is there."""


@dataclass(frozen=True)
class Measured:
    """Milliseconds from navigation until something can be used; requests and bytes until then."""

    ms: float
    requests: int
    bytes: int


@dataclass(frozen=True)
class Visit:
    """How somebody comes to a page: ``again`` with its files in the cache, or not.

    ``is_late`` is a visit more than a quarter of an hour after the last one: the session is renewed
    first.
    """

    name: str
    path: str
    usable: str
    who: Person | None
    again: bool = False
    is_late: bool = False


async def measure(browser: Browser, place: Place, visit: Visit) -> Measured:
    """Open a page until there is an element that can be used."""
    path, usable = visit.path, visit.usable
    context = await browser.new_context(base_url=place.url, locale="en-GB")
    scene = Scene(place, context)
    if visit.who:
        await scene.enter(visit.who)
    tab = await scene.tab()
    if visit.again:
        await tab.goto(path)
        await tab.locator(usable).first.wait_for()
        await tab.goto("about:blank")
    if visit.is_late:
        await context.clear_cookies(name=ACCESS_COOKIE)
    cdp = await context.new_cdp_session(tab)
    sizes: list[float] = []
    cdp.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    await cdp.send("Network.enable")
    await cdp.send("Network.emulateNetworkConditions", FAST_3G)
    await cdp.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    await tab.add_init_script(f"""
      const look = () => {{
        const found = document.querySelector({usable!r});
        if (found?.checkVisibility()) window.usableAt = performance.now();
        else requestAnimationFrame(look);
      }};
      look();
    """)
    await tab.goto(path, wait_until="commit")
    await tab.locator(usable).first.wait_for()
    ms = await tab.evaluate("window.usableAt")
    while ms is None:  # it is seen with the next frame
        await asyncio.sleep(0.02)
        ms = await tab.evaluate("window.usableAt")
    sent = len(sizes), int(sum(sizes))
    await context.close()
    return Measured(ms, *sent)


async def main(rounds: int) -> None:
    """Print a line for each page: the quickest of some rounds."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        raise SystemExit("Chromium is not installed.")
    with (
        tempfile.TemporaryDirectory() as home,
        Server(Cli(Path(home), GASSAPI_RATE_LIMITS="off")) as server,
    ):
        place = Place(server)
        ann = place.person()
        place.project(ann, "Shop")
        async with async_playwright() as playwright:
            launch = playwright.chromium.launch
            browser = await launch(executable_path=program, args=["--no-sandbox"])
            for visit in (
                Visit("sign in, first visit", "/login", FORM, None),
                Visit("sign in, again", "/login", FORM, None, again=True),
                Visit("projects, first visit", "/projects", "table", ann),
                Visit("projects, again", "/projects", "table", ann, again=True),
                Visit("projects, next day", "/projects", "table", ann, again=True, is_late=True),
            ):
                found = [await measure(browser, place, visit) for _ in range(rounds)]
                best = min(found, key=lambda one: one.ms)
                print(f"{visit.name:<24}{best.ms:6.0f} ms", end="")
                print(f"  {best.requests:3} requests {best.bytes / 1000:6.1f} kB")
            await browser.close()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if sys.argv[1:] else ROUNDS))
