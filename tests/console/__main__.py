"""Takes pictures of every screen, light, dark and on a phone, into ``build/screens``."""

import asyncio
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from tests.browser import BROWSERS
from tests.console.scene import Place, Scene
from tests.console.screens import SCREENS, World, furnish, show
from tests.processes import Cli, Server

FOLDER = Path(__file__).parent.parent.parent / "build" / "screens"
VIEWS = {
    "light": ({"width": 1280, "height": 800}, "light"),
    "dark": ({"width": 1280, "height": 800}, "dark"),
    "phone": ({"width": 390, "height": 780}, "light"),
}


async def take(browser: Browser, place: Place, world: World, wanted: list[str]) -> None:
    """Take the pictures of the screens that are wanted by name, or of all."""
    for screen in SCREENS:
        if wanted and not any(screen.name.startswith(name) for name in wanted):
            continue
        for view, (size, scheme) in VIEWS.items():
            context = await browser.new_context(
                base_url=place.url,
                locale="en-GB",
                color_scheme="dark" if scheme == "dark" else "light",
                reduced_motion="reduce",
            )
            scene = Scene(place, context, size=size)
            tab = await show(scene, world, screen)
            await asyncio.sleep(0.3)  # what comes after the screen is whole, like a list's search
            whole = screen.act is None
            await tab.screenshot(path=FOLDER / f"{screen.name}-{view}.png", full_page=whole)
            await context.close()
        print(screen.name)


async def main(wanted: list[str]) -> None:
    """Start a server and a browser, and take the pictures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        raise SystemExit("Chromium is not installed.")
    with (
        tempfile.TemporaryDirectory() as home,
        Server(Cli(Path(home), GASSAPI_RATE_LIMITS="off", GASSAPI_CONSOLE="parts")) as server,
    ):
        place = Place(server)
        world = furnish(place)
        async with async_playwright() as playwright:
            launch = playwright.chromium.launch
            browser = await launch(executable_path=program, args=["--no-sandbox"])
            await take(browser, place, world, wanted)
            await browser.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
