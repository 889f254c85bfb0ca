"""The console in the hands of others' tools: its bundle, its types, its screens before axe."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from gassapi_backend.console.files import HERE as CONSOLE
from tests.console.conftest import chromium, mailbox, place, scene, world
from tests.console.scene import Scene, Tab
from tests.console.screens import SCREENS, Screen, World, show
from tests.console.states import STATES, States, opened
from tests.interop.npm import HERE, HOME

__all__ = ["chromium", "mailbox", "place", "scene", "world"]

TOOLS = HOME / "console"
CONFIG = {
    "compilerOptions": {
        "allowJs": True,
        "checkJs": True,
        "strict": True,
        "noEmit": True,
        "target": "es2022",
        "module": "es2022",
        "moduleResolution": "bundler",
        "lib": ["es2023", "dom", "dom.iterable"],
        "types": [],
        "skipLibCheck": True,
        "noUnusedLocals": True,
        "noImplicitReturns": True,
    },
}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def test_the_bundle_is_what_its_lock_makes(tmp_path: Path) -> None:
    for name in ("vendor-entry.js", "build.mjs"):
        (TOOLS / name).write_bytes((HERE / "console" / name).read_bytes())
    run("node", "build.mjs", str(tmp_path))
    for name in ("vendor.js", "vendor.notice.txt"):
        assert (tmp_path / name).read_text("utf-8") == (CONSOLE / name).read_text("utf-8"), name


def test_the_modules_have_the_types_that_they_say(tmp_path: Path) -> None:
    (tmp_path / "node_modules").symlink_to(TOOLS / "node_modules")
    copy = tmp_path / "console"
    for path in sorted([*CONSOLE.rglob("*.js"), *CONSOLE.rglob("*.ts")]):
        if path.name != "vendor.js":
            target = copy / path.relative_to(CONSOLE)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    config = tmp_path / "tsconfig.json"
    config.write_text(json.dumps(CONFIG | {"include": ["console"]}))
    run(str(TOOLS / "node_modules/.bin/tsc"), "--project", str(config))


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
async def test_axe_finds_nothing(scene: Scene, world: World, screen: Screen) -> None:
    await look(await show(scene, world, screen))


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize(("screen", "states"), STATES, ids=lambda one: getattr(one, "name", ""))
async def test_axe_finds_nothing_in_what_opens(
    scene: Scene, world: World, screen: Screen, states: Callable[[Tab], States]
) -> None:
    async for _, tab in opened(scene, world, screen, states):
        await look(tab)


async def look(tab: Tab) -> None:
    """Have axe look at a page, in light and, on a phone, in dark."""
    await tab.evaluate((TOOLS / "node_modules/axe-core/axe.min.js").read_text("utf-8"))
    for scheme, width in (("light", 1280), ("dark", 320)):
        await tab.set_viewport_size({"width": width, "height": 720})
        await tab.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found = await tab.evaluate("rules => axe.run(document, rules)", RULES)
        assert [
            (one["id"], one["help"], [node["html"] for node in one["nodes"]])
            for one in found["violations"]
        ] == [], scheme


def run(*command: str) -> None:
    """Run a tool among the others; what it says fails the test."""
    done = subprocess.run(command, cwd=TOOLS, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
