"""The API reference in a browser: found by keyboard, sent as whoever is signed in, sampled."""

import os
import subprocess
import sys

from playwright.async_api import expect

from tests.console.scene import Scene, Tab


async def test_an_operation_is_found_by_a_field_of_its_body_and_by_keyboard(tab: Tab) -> None:
    await tab.goto("/docs")
    await expect(tab.get_by_role("heading", name="In short")).to_be_visible()
    await tab.keyboard.press("/")
    await tab.keyboard.type("revokeTokens password")
    await expect(tab.get_by_role("status").filter(has_text="operations")).to_contain_text("2 of")
    await tab.keyboard.press("ArrowDown")
    await tab.keyboard.press("ArrowDown")
    await tab.keyboard.press("ArrowUp")
    await tab.keyboard.press("Enter")
    await expect(tab.locator("details.operation[open]")).to_have_count(1)


async def test_who_is_signed_in_to_the_console_is_so_in_the_reference(scene: Scene) -> None:
    ann = scene.place.person("<b>Ann</b> Lee")
    tab = await scene.signed_in(ann)
    await tab.goto("/docs")
    await expect(tab.locator("#state")).to_contain_text("sent as <b>Ann</b> Lee")
    profile = tab.locator("details.operation", has_text="/users/profile").first
    await profile.locator("summary").first.click()
    await profile.get_by_role("button", name="Send").click()
    await expect(profile.locator("pre").last).to_contain_text(ann.email)


async def test_a_sample_in_python_runs(scene: Scene) -> None:
    ann = scene.place.person()
    tab = await scene.tab("/docs")
    await expect(tab.locator("#state")).to_contain_text("No token")
    found = tab.locator("details.operation", has_text="/users/profile").first
    await found.locator("summary").first.click()
    await found.get_by_role("button", name="Copy as Python").click()
    sample = await found.get_by_label("The request in Python").input_value()
    done = subprocess.run(  # noqa: ASYNC221 - our own sample, in our own interpreter
        [sys.executable, "-c", sample],
        env={**os.environ, "TOKEN": ann.access},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert ann.email in done.stdout
