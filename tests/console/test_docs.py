"""The API reference in a browser: whole, by keyboard, sent as who is signed in, sampled."""

import asyncio
import os
import re
import subprocess
import sys

from playwright.async_api import Browser, Route, expect

from tests.console.scene import Place, Scene, Tab
from tests.processes import PASSWORD

OPENED = "details.operation[open]"


async def test_every_operation_is_shown_and_found_by_keyboard(tab: Tab, place: Place) -> None:
    document = place.server.call("GET", "/api/v1/openapi.json").body
    wanted = {one["operationId"] for path in document["paths"].values() for one in path.values()}
    await tab.goto("/docs#post_projects")
    await expect(tab.locator(OPENED)).to_have_count(1)
    for id_of in ("#main div[id]:has(> details.operation)", "nav a"):
        shown = await tab.locator(id_of).evaluate_all(
            "found => found.map((one) => one.id || one.hash.slice(1))"
        )
        assert len(shown) == len(wanted)
        assert set(shown) == wanted
    opened = tab.locator(OPENED)
    await expect(opened.get_by_label("Body")).to_have_value(re.compile('"name"'))
    for said in ("2 to 255 characters", "It conflicts with what is there."):
        await expect(opened).to_contain_text(said)
    for tag in document["tags"]:
        await expect(tab.get_by_role("heading", name=tag["name"], exact=True).last).to_be_visible()

    await expect(tab.get_by_role("heading", name="In short", exact=True)).to_be_visible()
    await tab.get_by_role("heading", name="In short", exact=True).click()  # out of the form
    await tab.keyboard.press("/")
    await tab.keyboard.type("revokeTokens password")
    await expect(tab.get_by_role("status").filter(has_text="operations")).to_contain_text("2 of")
    await tab.keyboard.press("ArrowDown")
    await tab.keyboard.press("ArrowDown")
    await tab.keyboard.press("ArrowUp")
    await tab.keyboard.press("Enter")
    await expect(tab.locator(OPENED)).to_have_count(1)
    await tab.keyboard.press("ArrowUp")
    await expect(tab.get_by_role("searchbox")).to_be_focused()
    await tab.keyboard.press("Enter")
    await expect(tab.locator(OPENED)).to_have_count(0)
    await tab.reload()  # the search is in the address
    await expect(tab.get_by_role("status").filter(has_text="operations")).to_contain_text("2 of")


async def test_what_is_typed_is_opened_at_once_and_has_an_address(tab: Tab) -> None:
    await tab.goto("/docs")
    search = tab.get_by_role("searchbox")
    await search.fill("revokeTokens password")
    await search.press("Enter")  # before the search for it begins by itself
    opened = tab.locator(OPENED)
    await expect(opened).to_have_count(1)
    await expect(opened.locator("summary").first).to_be_focused()
    await expect(opened.locator(".inside")).to_be_in_viewport()
    name = await tab.evaluate("location.hash.slice(1)")
    assert name in ("post_auth_reset_password", "put_users_password")
    await tab.reload()
    await expect(tab.locator(f"#{name} {OPENED}")).to_be_in_viewport()
    await search.fill("import")
    await search.press("ArrowDown")
    await expect(tab.locator("#post_projects_import summary").first).to_be_focused()
    await search.fill("zzz <b>")
    await expect(tab.get_by_role("heading", name="Nothing matches “zzz <b>”")).to_be_visible()
    await tab.get_by_role("link", name="Show all operations").click()
    await expect(tab.get_by_role("heading", name="In short", exact=True)).to_be_visible()
    await expect(search).to_have_value("")


async def test_what_is_typed_before_there_is_anything_to_search_is_opened_in_the_end(
    tab: Tab,
) -> None:
    may_come = asyncio.Event()

    async def later(route: Route) -> None:
        await may_come.wait()
        await route.continue_()

    await tab.route("**/openapi.json", later)
    await tab.goto("/docs")
    search = tab.get_by_role("searchbox")
    await search.fill("revokeTokens password")
    await search.press("Enter")
    await expect(tab).to_have_url(re.compile("search=revokeTokens"))
    may_come.set()
    await expect(tab.locator(OPENED)).to_have_count(1)


async def test_who_is_signed_in_to_the_console_is_so_in_the_reference(scene: Scene) -> None:
    ann = scene.place.person("<b>Ann</b> Lee")
    tab = await scene.tab("/docs#get_users_profile")
    await tab.get_by_role("link", name="Sign in").click()
    await tab.get_by_label("E-mail address").fill(ann.email)
    await tab.get_by_label("Password", exact=True).fill(PASSWORD)
    await tab.get_by_role("button", name="Sign in").click()
    await expect(tab.locator("#state")).to_contain_text("sent as <b>Ann</b> Lee")
    await expect(tab.locator(f"#get_users_profile {OPENED}")).to_be_in_viewport()  # it led back
    profile = tab.locator(OPENED)
    await expect(profile.locator("summary").first).to_be_focused()
    await scene.context.clear_cookies(name="gassapi_access")  # it is renewed
    await profile.get_by_role("button", name="Send").click()
    await expect(profile.get_by_label("Body of the answer", exact=True)).to_contain_text(ann.email)


async def painted_in(tab: Tab) -> dict[str, list[str]]:
    """Return the pieces of text that are painted, by how they are."""
    found: dict[str, list[str]] = await tab.evaluate(
        """() => Object.fromEntries([...CSS.highlights].map(([name, ranges]) => [name,
          [...ranges].map(({ startContainer: text, startOffset: from, endOffset: to }) =>
            text.data.slice(from, to))]))"""
    )
    return found


async def test_without_scripts_the_document_is_a_link_away(scene: Scene, chromium: Browser) -> None:
    context = await chromium.new_context(base_url=scene.place.url, java_script_enabled=False)
    tab = await context.new_page()
    await tab.goto("/docs")
    await tab.get_by_role("link", name="openapi.json").click()
    await expect(tab.locator("body")).to_contain_text('"openapi":"3.1')
    await context.close()


async def test_a_token_is_used_until_it_is_forgotten_and_its_answer_offered(scene: Scene) -> None:
    ann = scene.place.person()
    project = scene.place.project(ann, "<img src=x onerror=alert(1)>")
    tab = await scene.tab("/docs#get_project")
    opened = tab.locator(OPENED)
    await opened.get_by_role("button", name="Send").click()
    await expect(opened.get_by_text("Required.")).to_be_visible()
    await opened.get_by_label("project_id", exact=True).fill(project["id"])
    await opened.get_by_role("button", name="Send").click()
    await expect(opened.get_by_role("status").first).to_contain_text("401")
    await expect(opened.get_by_role("status").first).to_be_in_viewport()
    await tab.get_by_label("Access token or MCP token").fill(ann.access)
    await tab.get_by_role("button", name="Use it").click()
    await expect(tab.locator("#state")).to_contain_text("your access token")
    await opened.get_by_role("button", name="Send").click()
    answer = opened.get_by_label("Body of the answer", exact=True)
    await expect(answer).to_contain_text("<img src=x onerror=alert(1)>")
    painted = await painted_in(tab)
    assert painted["json-name"][:2] == ['"success"', '"project"']
    assert '"<img src=x onerror=alert(1)>"' in painted["json-text"]
    assert {"true", "null"} <= set(painted["json-word"])
    assert str(project["revision"]) in painted["json-number"]
    await tab.get_by_role("button", name="Forget the token").click()
    await expect(tab.locator("#state")).to_contain_text("No token")


async def test_a_sample_in_python_runs(scene: Scene) -> None:
    ann = scene.place.person()
    tab = await scene.tab("/docs#get_users_profile")
    opened = tab.locator(OPENED)
    await opened.get_by_role("tab", name="Python").click()
    sample = await opened.get_by_label("The request in Python", exact=True).inner_text()
    done = subprocess.run(  # noqa: ASYNC221 - our own sample, in our own interpreter
        [sys.executable, "-c", sample],
        env={**os.environ, "TOKEN": ann.access},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert ann.email in done.stdout
    for language, written in (("curl", "curl -X GET"), ("JavaScript", "await fetch(")):
        await opened.get_by_role("tab", name=language).click()
        shown = opened.get_by_label(f"The request in {language}", exact=True)
        await expect(shown).to_contain_text(written)


async def test_without_the_document_it_says_so_and_tries_again(scene: Scene) -> None:
    tab = await scene.tab()
    await tab.route("**/openapi.json", lambda route: route.fulfill(body="<broken>"))
    await tab.goto("/docs")
    await expect(tab.get_by_role("alert").filter(has_text="cannot do this")).to_be_visible()
    await tab.unroute("**/openapi.json")
    await tab.get_by_role("button", name="Try again").click()
    await expect(tab.get_by_role("heading", name="In short", exact=True)).to_be_visible()
