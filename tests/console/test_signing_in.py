"""Signing in, in a browser: in, back to where one came from, and refused."""

import asyncio

import pytest
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


async def without_modules(tab: Tab) -> asyncio.Event:
    """Have the modules arrive only once the event is set."""
    arrived = asyncio.Event()

    async def later(route: Route) -> None:
        await arrived.wait()
        await route.continue_()

    await tab.route("**/console/*/app.js", later)
    return arrived


async def test_what_is_typed_before_the_modules_arrive_is_kept(scene: Scene) -> None:
    ann, tab = scene.place.person(), await scene.tab()
    arrived = await without_modules(tab)
    await tab.goto("/login?next=/account", wait_until="commit")
    await tab.get_by_label("E-mail address").fill(ann.email)
    await tab.get_by_role("button", name="Show").click()
    password = tab.get_by_label("Password", exact=True)
    await password.press_sequentially(PASSWORD[:5])
    await expect(password).to_have_attribute("type", "text")
    arrived.set()
    await expect(tab.locator("#first")).to_have_count(0)
    await expect(tab.get_by_label("E-mail address")).to_have_value(ann.email)
    await expect(password).to_be_focused()
    await expect(password).to_have_attribute("type", "text")
    await password.press_sequentially(PASSWORD[5:])
    await password.press("Enter")
    await expect(tab.get_by_role("heading", name="Your account")).to_be_visible()


@pytest.mark.parametrize("path", ["/login?next=/account", "/account"])
async def test_the_form_is_sent_before_the_modules_arrive(scene: Scene, path: str) -> None:
    ann, tab = scene.place.person(), await scene.tab()
    arrived = await without_modules(tab)
    await tab.goto(path, wait_until="commit")
    await tab.get_by_label("E-mail address").fill(ann.email)
    await tab.get_by_label("Password", exact=True).fill(PASSWORD)
    async with tab.expect_response("**/api/v1/auth/login") as answered:
        await tab.keyboard.press("Enter")
    assert (await answered.value).status == 200
    sign_in = tab.get_by_role("button", name="Sign in")
    await expect(sign_in).to_have_attribute("aria-busy", "true")
    await sign_in.click()  # once is enough: a second one would be a second device
    assert tab.url == f"{scene.place.url}{path}"
    arrived.set()
    await expect(tab.get_by_role("heading", name="Your account")).to_be_visible()
    devices = scene.place.call("GET", "/auth/sessions", who=ann)["sessions"]
    assert len(devices) == 2  # and the one that registered


async def test_what_is_refused_before_the_modules_arrive_is_said_by_them(scene: Scene) -> None:
    ann, tab = scene.place.person(), await scene.tab()
    arrived = await without_modules(tab)
    await tab.goto("/login", wait_until="commit")
    await tab.get_by_label("E-mail address").fill(ann.email)
    await tab.get_by_label("Password", exact=True).fill("not my password")
    async with tab.expect_response("**/api/v1/auth/login") as answered:
        await tab.get_by_role("button", name="Sign in").click()
    assert (await answered.value).status == 401
    arrived.set()
    await expect(tab.get_by_role("alert")).to_contain_text("password")
    await expect(tab.get_by_label("E-mail address")).to_have_value(ann.email)
    await sign_in(tab, ann)
    await expect(tab.get_by_role("heading", name="Projects", exact=True)).to_be_visible()


async def test_what_is_missing_before_the_modules_arrive_is_said_by_them(scene: Scene) -> None:
    tab = await scene.tab()
    arrived = await without_modules(tab)
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    await tab.goto("/", wait_until="commit")
    await tab.get_by_label("Password", exact=True).fill(PASSWORD)
    await tab.get_by_role("button", name="Sign in").click()
    arrived.set()
    email = tab.get_by_label("E-mail address")
    await expect(email).to_have_accessible_description("Required.")
    await expect(tab.get_by_label("Password", exact=True)).to_have_value(PASSWORD)
    assert not any(PASSWORD in url or "/auth/" in url for url in asked)


async def test_a_session_is_renewed_before_the_modules_arrive(scene: Scene) -> None:
    ann = scene.place.person()
    scene.place.project(ann, "Bakery")
    await (await scene.signed_in(ann, "/")).close()
    await scene.context.clear_cookies(name="gassapi_access")
    tab = await scene.tab()
    arrived = await without_modules(tab)
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url.partition("/api/v1")[2]))
    async with tab.expect_response("**/api/v1/projects?*") as answered:
        await tab.goto("/projects", wait_until="commit")
    assert (await answered.value).status == 200
    await expect(tab.locator("#first")).to_be_hidden()
    arrived.set()
    await expect(tab.get_by_role("link", name="Bakery")).to_be_visible()
    for path in ("/auth/refresh", "/users/profile", "/projects?page=1&limit=20"):
        assert asked.count(path) == 1, path


async def test_who_was_signed_in_and_is_no_longer_gets_the_form(scene: Scene) -> None:
    ann = scene.place.person()
    await (await scene.signed_in(ann, "/")).close()
    await scene.context.clear_cookies()
    tab = await scene.tab()
    arrived = await without_modules(tab)
    await tab.goto("/account", wait_until="commit")
    await expect(tab.locator("#first")).to_be_visible()
    await tab.get_by_label("E-mail address").fill(ann.email)
    for _ in range(2):
        await tab.keyboard.press("Tab")
    show = tab.get_by_role("button", name="Show")
    await expect(show).to_be_focused()
    arrived.set()
    await expect(tab.locator("#first")).to_have_count(0)
    await expect(show).to_be_focused()
    await expect(tab.get_by_label("E-mail address")).to_have_value(ann.email)
    await sign_in(tab, ann)
    await expect(tab.get_by_role("heading", name="Your account")).to_be_visible()
