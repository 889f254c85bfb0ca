"""Every screen: whole on the narrowest phone, and without a word that nobody wrote."""

from collections.abc import Callable

import pytest

from tests.console.scene import Scene, Tab
from tests.console.screens import SCREENS, Screen, World, show
from tests.console.states import STATES, States, opened

NARROW = {"width": 320, "height": 640}
WIDER = """
  () => [...document.querySelectorAll("body *")]
    .filter((one) => one.checkVisibility() && one.getBoundingClientRect().right > innerWidth + 1
      && !one.closest("pre, .tabs-nav, [role=tablist], .hidden, svg"))
    .map((one) => one.outerHTML.slice(0, 120))
"""


@pytest.mark.parametrize(("screen", "states"), STATES, ids=lambda one: getattr(one, "name", ""))
async def test_what_opens_on_a_screen_fits_too(
    scene: Scene, world: World, screen: Screen, states: Callable[[Tab], States]
) -> None:
    scene.view(NARROW)
    async for state, tab in opened(scene, world, screen, states):
        assert await tab.evaluate("document.scrollingElement.scrollWidth") <= 320, state
        assert await tab.evaluate(WIDER) == [], state


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
async def test_a_screen_fits_on_the_narrowest_phone(
    scene: Scene, world: World, screen: Screen
) -> None:
    scene.view(NARROW)
    tab = await show(scene, world, screen)
    assert await tab.evaluate("document.scrollingElement.scrollWidth") <= NARROW["width"]
    assert await tab.evaluate(WIDER) == []
    text = await tab.inner_text("body")
    odd = ("undefined", "NaN", "[object", "null")
    is_about_code = screen.name.startswith("docs")  # which tells of null
    assert [one for one in odd if one in text and not is_about_code] == []
