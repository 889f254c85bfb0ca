"""The pages that mailed links lead to: harmless to open, kept nowhere, good for what they say."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect
from yarl import URL

from gassapi_backend.settings import Registration
from tests.conftest import Api, Serve, everything
from tests.console.scene import Person, Place, Scene, Tab, sign_in, watched
from tests.pages import Elements
from tests.processes import PASSWORD, Cli, Server

NEW = "battery staple 43"
PAGES = ("invite", "verify", "reset")


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize("console", ["on", "off"])
async def test_a_page_is_served_for_any_link_kept_nowhere_and_not_told_to_others(
    serve: Serve, console: str
) -> None:
    api = await serve(console=console)
    before, scripts = await everything(), set[str]()
    for name in PAGES:
        for token in ("x" * 54, "x", "%3Cscript%3E", "%00"):
            url = URL(f"/{name}/{token}", encoded=True)
            response = await api.client.get(url, headers={"Accept": "*/*"})
            assert (response.status, response.content_type) == (200, "text/html")
            headers = response.headers
            assert headers["Cache-Control"] == "no-store"
            assert headers["Referrer-Policy"] == "no-referrer"
            assert "noindex" in headers["X-Robots-Tag"]
            assert headers["X-Frame-Options"] == "DENY"
            assert "unsafe" not in headers["Content-Security-Policy"]
            text = await response.text()
            assert len(token) < 9 or token not in text
            scripts.add(Elements(text).scripts)
    assert len(scripts) == 1  # it is the same for all
    assert await everything() == before


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize("registration", Registration)
async def test_a_page_tells_how_people_register(serve: Serve, registration: Registration) -> None:
    api: Api = await serve(registration=registration)
    page = Elements(await (await api.client.get("/invite/x")).text())
    facts = page.having("name", "gassapi")[0]["content"]
    assert f'"registration":"{registration.value}"' in facts


def link_of(place: Place, address: str) -> str:
    """Return the path of a link."""
    assert address.startswith(place.url) or "://localhost:" in address
    return urlsplit(address).path


@pytest.fixture
def invited(place: Place) -> tuple[Person, str, str]:
    """Who invites, the project, and the path of an invitation's link."""
    ann = place.person()
    project = place.project(ann, "Shop <b>")
    path = f"/projects/{project['id']}/members"
    made = place.call("POST", path, {"email": "new@example.com"}, ann)["invitation"]
    return ann, project["id"], link_of(place, made["inviteUrl"])


def members(place: Place, ann: Person, project: str) -> list[str]:
    """Return the others in a project."""
    found = place.call("GET", f"/projects/{project}/members", who=ann)["members"]
    return sorted(member["name"] for member in found if member["email"] != ann.email)


async def test_who_is_new_joins_and_is_in_the_project(
    scene: Scene, invited: tuple[Person, str, str]
) -> None:
    ann, project, path = invited
    tab = await scene.tab(path)
    await expect(tab.get_by_role("heading", name="Join Shop <b>")).to_be_visible()
    await expect(tab.get_by_text("n***@example.com")).to_be_visible()
    assert members(scene.place, ann, project) == []
    await tab.get_by_label("Your name").fill("New Person")
    await tab.get_by_label("E-mail address").fill(f"new-{project[-6:]}@example.com")
    password = tab.get_by_label("Password", exact=True)
    await password.fill("password123")
    await tab.get_by_role("button", name="Create account and join").click()
    await expect(password).to_have_accessible_description(re.compile("common"))
    await password.fill(PASSWORD)
    await tab.get_by_role("button", name="Create account and join").click()
    await expect(tab.locator(".figures")).to_be_visible()
    assert urlsplit(tab.url).path == f"/projects/{project}"
    assert members(scene.place, ann, project) == ["New Person"]
    await tab.goto(path)
    await expect(
        tab.get_by_role("heading", name="This invitation is no longer valid")
    ).to_be_visible()


async def test_who_has_an_account_signs_in_and_joins(
    scene: Scene, invited: tuple[Person, str, str]
) -> None:
    ann, project, path = invited
    bob = scene.place.person("Bob Doe")
    tab = await scene.tab(path)
    await tab.get_by_role("tab", name="I have an account").click()
    await tab.get_by_label("E-mail address").fill(bob.email)
    await tab.get_by_label("Password", exact=True).fill(PASSWORD)
    await tab.get_by_role("button", name="Sign in and join").click()
    await expect(tab.locator(".figures")).to_be_visible()
    assert members(scene.place, ann, project) == ["Bob Doe"]


async def test_who_is_signed_in_is_asked_before_they_join(
    scene: Scene, invited: tuple[Person, str, str]
) -> None:
    ann, project, path = invited
    await scene.enter(scene.place.person("Cat Doe"))
    tab = await scene.tab(path)
    await expect(tab.get_by_text("You are signed in as Cat Doe.")).to_be_visible()
    assert members(scene.place, ann, project) == []
    await tab.get_by_role("button", name="Join the project").click()
    await expect(tab.locator(".figures")).to_be_visible()
    assert members(scene.place, ann, project) == ["Cat Doe"]
    await tab.get_by_role("link", name="Connect", exact=True).click()
    await expect(tab.get_by_role("heading", name="Connect an assistant")).to_be_visible()


async def test_whoever_is_somebody_else_leaves_the_account_and_comes_back(
    scene: Scene, invited: tuple[Person, str, str]
) -> None:
    _, _, path = invited
    await scene.enter(scene.place.person("Cat Doe"))
    tab = await scene.tab(path)
    await tab.get_by_role("button", name="Use a different account").click()
    await expect(tab.get_by_role("tab", name="I am new here")).to_be_visible()
    assert urlsplit(tab.url).path == path


@pytest.mark.parametrize("path", ["/invite/nothing", f"/invite/{'x' * 54}"])
async def test_a_link_that_leads_to_no_invitation_says_so(scene: Scene, path: str) -> None:
    tab = await scene.tab(path)
    await expect(tab.get_by_role("heading", name="There is no such invitation")).to_be_visible()


async def test_a_new_password_by_a_mailed_link(scene: Scene) -> None:
    ann = scene.place.person()
    tab = await scene.tab("/login")
    await tab.get_by_role("link", name="Forgot your password?").click()
    await tab.get_by_label("E-mail address").fill(ann.email)
    await tab.get_by_role("button", name="E-mail me a link").click()
    await expect(tab.get_by_role("heading", name="Check your inbox")).to_be_visible()
    path = link_of(scene.place, await scene.place.mailed(ann.email, "/reset/"))
    await tab.goto(path)
    await tab.get_by_label("New password").fill(NEW)
    await tab.get_by_label("Repeat password").fill(f"{NEW}!")
    await tab.get_by_role("button", name="Set password").click()
    again = tab.get_by_label("Repeat password")
    await expect(again).to_be_focused()
    await expect(again).to_have_accessible_description("The two passwords differ.")
    await again.fill(NEW)
    await tab.get_by_role("button", name="Set password").click()
    await expect(tab.get_by_role("heading", name="Your password has been changed")).to_be_visible()
    await tab.get_by_role("link", name="Sign in").click()
    await sign_in(tab, ann, NEW)
    await expect(tab.get_by_role("heading", name="No projects yet")).to_be_visible()
    await tab.goto(path)
    await tab.get_by_label("New password").fill(NEW)
    await tab.get_by_label("Repeat password").fill(NEW)
    await tab.get_by_role("button", name="Set password").click()
    await expect(tab.get_by_role("heading", name="This link is no longer valid")).to_be_visible()
    await tab.goto(path[:-3])
    await tab.get_by_label("New password").fill(NEW)
    await tab.get_by_label("Repeat password").fill(NEW)
    await tab.get_by_role("button", name="Set password").click()
    await expect(tab.get_by_role("heading", name="This link is incomplete")).to_be_visible()


def is_confirmed(place: Place, person: Person) -> bool:
    """Whether somebody's address is."""
    return bool(place.call("GET", "/users/profile", who=person)["user"]["emailVerified"])


async def test_an_address_is_confirmed_by_whoever_signs_in_to_its_account(scene: Scene) -> None:
    place, ann, bob = scene.place, scene.place.person(), scene.place.person("Bob Doe")
    path = link_of(place, await place.mailed(ann.email, "/verify/"))
    tab = await scene.tab(path)
    await fill(tab, bob)
    await tab.get_by_role("button", name="Sign in and confirm").click()
    await expect(tab.get_by_role("alert")).to_contain_text("another account")
    assert not is_confirmed(place, ann)
    await scene.context.clear_cookies()
    await tab.evaluate("localStorage.clear()")
    await tab.goto(f"/api/v1/auth{path}")  # where the API has it
    await fill(tab, ann)
    assert not is_confirmed(place, ann)
    await tab.get_by_role("button", name="Sign in and confirm").click()
    await expect(tab.get_by_role("heading", name="Your address is confirmed")).to_be_visible()
    assert is_confirmed(place, ann)
    await tab.goto(path)
    await tab.get_by_role("button", name="Confirm address").click()
    await expect(tab.get_by_role("heading", name="This link is no longer valid")).to_be_visible()


async def test_whoever_did_not_make_the_account_closes_it(scene: Scene) -> None:
    place, ann = scene.place, scene.place.person()
    tab = await scene.tab(link_of(place, await place.mailed(ann.email, "/verify/")))
    await tab.get_by_role("button", name="I did not create this account").click()
    await tab.get_by_role("button", name="Back: the account is mine").click()
    await tab.get_by_role("button", name="I did not create this account").click()
    assert not is_confirmed(place, ann)
    await tab.get_by_role("button", name="Close the account").click()
    await expect(tab.get_by_role("heading", name="The account is closed")).to_be_visible()
    answer = place.server.call("GET", "/api/v1/users/profile", access=ann.access)
    assert answer.status in (401, 403)


async def fill(tab: Tab, person: Person) -> None:
    """Fill in who somebody is."""
    await tab.get_by_label("E-mail address").fill(person.email)
    await tab.get_by_label("Password", exact=True).fill(PASSWORD)


@pytest_asyncio.fixture(loop_scope="session")
async def empty(chromium: Browser, tmp_path: Path) -> AsyncIterator[Scene]:
    """A server without an account, and without the console."""
    with Server(Cli(tmp_path, GASSAPI_RATE_LIMITS="off", GASSAPI_CONSOLE="off")) as server:
        context = await chromium.new_context(base_url=server.url, locale="en-GB")
        found = Scene(Place(server), context)
        watched(context, server.url, found.problems)
        yield found
        await context.close()
        assert found.problems == []


async def test_without_the_console_links_are_good_and_nobody_stays_signed_in(empty: Scene) -> None:
    place, ann = empty.place, empty.place.administrator()
    project = place.project(ann)
    path = f"/projects/{project['id']}/members"
    made = place.call("POST", path, {"email": "new@example.com"}, ann)["invitation"]
    tab = await empty.tab(link_of(place, made["inviteUrl"]))
    await tab.get_by_label("Your name").fill("New Person")
    await tab.get_by_label("E-mail address").fill("new@example.com")
    await tab.get_by_label("Password", exact=True).fill(PASSWORD)
    await tab.get_by_role("button", name="Create account and join").click()
    await expect(tab.get_by_role("heading", name="You are a member of Shop")).to_be_visible()
    await expect(tab.get_by_text(place.url)).to_be_visible()
    assert members(place, ann, project["id"]) == ["New Person"]
    assert await empty.context.cookies() == []
