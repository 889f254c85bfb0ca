"""Every screen: whole on the narrowest phone, and without a word that nobody wrote."""

import pytest

from tests.console.scene import Scene
from tests.console.screens import SCREENS, Screen, World, show

NARROW = {"width": 320, "height": 640}
WIDER = """
  () => [...document.querySelectorAll("body *")]
    .filter((one) => one.checkVisibility() && one.getBoundingClientRect().right > innerWidth + 1
      && !one.closest("pre, .tabs-nav, [role=tablist], .hidden, svg"))
    .map((one) => one.outerHTML.slice(0, 120))
"""


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
