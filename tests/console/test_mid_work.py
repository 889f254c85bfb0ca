"""What happens in mid-work: the session ends, other windows act, the server goes and comes back."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.console.scene import Place, Scene, Tab, sign_in, watched
from tests.processes import PASSWORD, Cli, Server

AWAY = "The server cannot be reached"
REFUSED = r"ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET|ERR_INCOMPLETE"


async def begin_project(tab: Tab, name: str) -> None:
    """Fill in the dialog of a new project, without sending it."""
    await tab.get_by_role("button", name="New project").first.click()
    await tab.get_by_label("Name").fill(name)
    await tab.get_by_label("Description").fill("Bread & <rolls>")


async def make(tab: Tab) -> None:
    """Send it."""
    await tab.get_by_role("button", name="Create project").click()


async def test_who_is_signed_out_signs_in_where_they_are_and_goes_on(scene: Scene) -> None:
    ann = scene.place.person()
    tab = await scene.signed_in(ann)
    await begin_project(tab, "Bakery")
    await scene.context.clear_cookies()
    await make(tab)
    again = tab.get_by_role("dialog", name="You are signed out")
    await expect(again.get_by_label("E-mail address")).to_have_value(ann.email)
    await again.get_by_label("Password", exact=True).fill("not my password")
    await again.get_by_role("button", name="Sign in").click()
    await expect(again.get_by_role("alert")).to_contain_text("password")
    await again.get_by_label("Password", exact=True).fill(PASSWORD)
    await again.get_by_role("button", name="Sign in").click()
    await expect(tab.get_by_role("heading", name="Bakery")).to_be_visible()
    await expect(tab.get_by_text("Bread & <rolls>")).to_be_visible()
    found = scene.place.call("GET", "/projects", who=ann)["projects"]
    assert [project["name"] for project in found] == ["Bakery"]


async def test_a_short_lived_cookie_that_is_gone_is_renewed_without_a_word(scene: Scene) -> None:
    tab = await scene.signed_in(scene.place.person())
    await scene.context.clear_cookies(name="gassapi_access")
    await begin_project(tab, "Bakery")
    await make(tab)
    await expect(tab.get_by_role("heading", name="Bakery")).to_be_visible()
    await scene.context.clear_cookies(name="gassapi_access")
    await tab.reload()
    await expect(tab.get_by_role("heading", name="Bakery")).to_be_visible()


async def test_what_is_typed_outlives_a_reload_and_is_gone_when_it_is_sent(scene: Scene) -> None:
    tab = await scene.signed_in(scene.place.person())
    await begin_project(tab, "Bakery")
    await tab.reload()
    await expect(tab.locator("header.bar")).to_be_visible()
    await tab.get_by_role("button", name="New project").first.click()
    await expect(tab.get_by_label("Name")).to_have_value("Bakery")
    await make(tab)
    await expect(tab.get_by_role("heading", name="Bakery")).to_be_visible()
    await tab.goto("/projects")
    await tab.get_by_role("button", name="New project").click()
    await expect(tab.get_by_label("Name")).to_have_value("")


async def test_signing_out_in_another_window_is_said_here(scene: Scene) -> None:
    ann = scene.place.person()
    tab = await scene.signed_in(ann)
    await begin_project(tab, "Bakery")
    other = await scene.tab("/projects")
    await other.get_by_role("button", name="Account of Ann Lee").click()
    await other.get_by_role("menuitem", name="Sign out").click()
    await expect(other.get_by_role("heading", name="Sign in")).to_be_visible()
    await expect(tab.get_by_role("dialog", name="You are signed out")).to_be_visible()
    await sign_in(other, ann)
    await expect(tab.get_by_role("dialog", name="You are signed out")).to_be_hidden()
    await expect(tab.get_by_label("Name")).to_have_value("Bakery")


async def test_a_page_of_one_person_does_nothing_as_another(scene: Scene) -> None:
    place, ann, bob = scene.place, scene.place.person(), scene.place.person("Bob Doe")
    tab = await scene.signed_in(ann)
    await begin_project(tab, "Bakery")
    other = await scene.tab("/projects")
    await other.get_by_role("button", name="Account of Ann Lee").click()
    await other.get_by_role("menuitem", name="Sign out").click()
    await sign_in(other, bob)
    await expect(other.get_by_role("button", name="Account of Bob Doe")).to_be_visible()
    told = tab.get_by_role("dialog", name="Somebody else is signed in")
    await expect(told).to_be_visible()
    await told.get_by_role("button", name="Continue as them").click()
    await expect(tab.get_by_role("button", name="Account of Bob Doe")).to_be_visible()
    await tab.get_by_role("button", name="New project").first.click()
    await expect(tab.get_by_label("Name")).to_have_value("")
    for person in (ann, bob):
        assert place.call("GET", "/projects", who=person)["projects"] == []


async def test_signing_in_in_one_window_is_enough_for_the_others(scene: Scene) -> None:
    ann = scene.place.person()
    first, second = await scene.tab("/login"), await scene.tab("/login")
    await expect(second.get_by_role("heading", name="Sign in")).to_be_visible()
    await sign_in(first, ann)
    await expect(second.get_by_role("heading", name="No projects yet")).to_be_visible()


async def test_a_browser_that_opens_an_address_of_the_api_signs_in_and_comes_back(
    scene: Scene,
) -> None:
    ann = scene.place.person()
    tab = await scene.tab("/api/v1/users/profile")
    await sign_in(tab, ann)
    await expect(tab.get_by_text(ann.email)).to_be_visible()


async def test_what_others_change_is_seen_without_loading(scene: Scene) -> None:
    place, ann = scene.place, scene.place.person()
    project = place.project(ann, "Bakery")
    tab = await scene.signed_in(ann, f"/projects/{project['id']}")
    await expect(tab.get_by_role("heading", name="Bakery")).to_be_visible()
    path = f"/projects/{project['id']}"
    place.call("PATCH", path, {"name": "Bakery and café"}, ann)
    await expect(tab.get_by_role("heading", name="Bakery and café")).to_be_visible()


@pytest_asyncio.fixture(loop_scope="session")
async def fragile(chromium: Browser, tmp_path: Path) -> AsyncIterator[Scene]:
    """A server of its own, which may be stopped."""
    with Server(Cli(tmp_path, GASSAPI_RATE_LIMITS="off")) as server:
        context = await chromium.new_context(base_url=server.url, locale="en-GB")
        found = Scene(Place(server), context)
        watched(context, server.url, found.problems)
        yield found
        await context.close()
        assert found.problems == []


async def test_a_server_that_goes_and_comes_back_loses_nothing(fragile: Scene) -> None:
    place = fragile.place
    ann = place.person()
    tab = await fragile.signed_in(ann)
    await begin_project(tab, "Bakery")
    place.server.stop()
    await make(tab)
    await expect(tab.get_by_role("dialog").get_by_role("alert")).to_contain_text(AWAY)
    await expect(tab.get_by_role("status").filter(has_text=AWAY)).to_be_visible()
    await expect(tab.get_by_label("Name")).to_have_value("Bakery")
    place.server.start()
    await expect(tab.get_by_text("The server is back.")).to_be_visible(timeout=20_000)
    await make(tab)
    await expect(tab.get_by_role("heading", name="Bakery")).to_be_visible()
    fragile.forgive(REFUSED)
