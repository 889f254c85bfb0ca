"""Signing in, in a browser: in, back to where one came from, and refused."""

import asyncio

from playwright.async_api import Route, expect

from tests.console.scene import Scene, Tab, sign_in
from tests.processes import PASSWORD


async def test_who_is_not_signed_in_is_led_to_it_and_back(scene: Scene) -> None:
    ann = scene.place.person()
    project = scene.place.project(ann, "Bakery")
    tab = await scene.tab(f"/projects/{project['id']}")
    await expect(tab.get_by_role("heading", name="Sign in")).to_be_visible()
    await sign_in(tab, ann)
    await expect(tab.get_by_role("heading", name="Bakery")).to_be_visible()
    assert tab.url == f"{scene.place.url}/projects/{project['id']}"


async def test_a_wrong_password_is_said_and_the_address_stays(scene: Scene) -> None:
    ann = scene.place.person()
    tab = await scene.tab("/login")
    await sign_in(tab, ann, "not my password")
    await expect(tab.get_by_role("alert")).to_contain_text("password")
    await expect(tab.get_by_label("E-mail address")).to_have_value(ann.email)
    await sign_in(tab, ann)
    await expect(tab.get_by_role("heading", name="Projects", exact=True)).to_be_visible()


async def test_what_is_missing_is_said_beside_its_field(tab: Tab) -> None:
    await tab.goto("/login")
    await tab.get_by_label("E-mail address").fill("ann")
    await tab.get_by_role("button", name="Sign in").click()
    field = tab.get_by_label("E-mail address")
    await expect(field).to_be_focused()
    await expect(field).to_have_accessible_description("This is not an e-mail address.")
    password = tab.get_by_label("Password", exact=True)
    await expect(password).to_have_accessible_description("Required.")


async def test_nobody_is_led_to_another_server(scene: Scene) -> None:
    ann = scene.place.person()
    tab = await scene.tab("/login?next=//evil.example/x")
    await sign_in(tab, ann)
    await expect(tab.get_by_role("heading", name="Projects", exact=True)).to_be_visible()
    assert tab.url.startswith(scene.place.url)


async def test_registering_signs_in(tab: Tab) -> None:
    await tab.goto("/register")
    await tab.get_by_label("Your name").fill("Budi Santoso")
    await tab.get_by_label("E-mail address").fill("budi.santoso@example.com")
    await tab.get_by_label("Password", exact=True).fill(PASSWORD)
    await tab.get_by_role("button", name="Create account").click()
    await expect(tab.get_by_role("heading", name="No projects yet")).to_be_visible()


async def test_signing_out_ends_it(scene: Scene) -> None:
    ann = scene.place.person()
    tab = await scene.signed_in(ann)
    await tab.get_by_role("button", name="Account of Ann Lee").click()
    await tab.get_by_role("menuitem", name="Sign out").click()
    await expect(tab.get_by_role("heading", name="Sign in")).to_be_visible()
    await tab.goto("/projects")
    await expect(tab.get_by_role("heading", name="Sign in")).to_be_visible()


async def test_what_is_typed_before_the_script_arrives_is_kept(scene: Scene) -> None:
    ann = scene.place.person()
    arrived = asyncio.Event()

    async def later(route: Route) -> None:
        await arrived.wait()
        await route.continue_()

    tab = await scene.tab()
    await tab.route("**/console/*/app.js", later)
    await tab.goto("/login?next=/account", wait_until="commit")
    await tab.get_by_label("E-mail address").fill(ann.email)
    password = tab.get_by_label("Password", exact=True)
    await password.press_sequentially(PASSWORD[:5])
    await password.press("Enter")
    arrived.set()
    await expect(tab.locator("#first")).to_have_count(0)
    await expect(tab.get_by_label("E-mail address")).to_have_value(ann.email)
    await expect(password).to_be_focused()
    await password.press_sequentially(PASSWORD[5:])
    await password.press("Enter")
    await expect(tab.get_by_role("heading", name="Your account")).to_be_visible()
