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


@dataclass(frozen=True)
class Measured:
    """Milliseconds from navigation until something can be used; requests and bytes until then."""

    ms: float
    requests: int
    bytes: int


async def measure(
    browser: Browser, place: Place, path: str, usable: str, who: Person | None, *, again: bool
) -> Measured:
    """Open a page until there is an element that can be used; ``again`` with files in the cache."""
    context = await browser.new_context(base_url=place.url, locale="en-GB")
    scene = Scene(place, context)
    if who:
        await scene.enter(who)
    tab = await scene.tab()
    if again:
        await tab.goto(path)
        await tab.locator(usable).first.wait_for()
        await tab.goto("about:blank")
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
            for name, path, usable, who in (
                ("sign in: can be typed", "/login", "input[type=email]", None),
                ("sign in: can be sent", "/login", "form [type=submit]", None),
                ("projects: are shown", "/projects", "table", ann),
            ):
                for again in (False, True):
                    found = [
                        await measure(browser, place, path, usable, who, again=again)
                        for _ in range(rounds)
                    ]
                    best = min(found, key=lambda one: one.ms)
                    when = "again" if again else "first visit"
                    print(f"{name:<24}{when:<14}{best.ms:6.0f} ms", end="")
                    print(f"  {best.requests:3} requests {best.bytes / 1000:6.1f} kB")
            await browser.close()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if sys.argv[1:] else ROUNDS))
