"""What networks, servers and fingers do in mid-work: it is said, nothing is lost or doubled."""

import asyncio
import json
import re
import shutil
import sys
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Browser, FilePayload, Route, expect

import gassapi_backend
from tests.console.scene import Place, Scene, Tab, sign_in, watched
from tests.console.screens import SCREENS, World
from tests.processes import Cli, Server

AWAY = "The server cannot be reached"
OFFLINE = r"ERR_INTERNET_DISCONNECTED|ERR_CONNECTION|ERR_EMPTY_RESPONSE|ERR_INCOMPLETE"
FULL = "The server is too busy. Try again shortly."


async def begin_project(tab: Tab, name: str) -> None:
    """Fill in the dialog of a new project, without sending it."""
    await tab.get_by_role("button", name="New project").first.click()
    await tab.get_by_label("Name").fill(name)


async def refuse(route: Route, status: int, code: str, message: str, retry: str = "1") -> None:
    """Answer as the server does when it refuses."""
    body = {"success": False, "error": {"code": code, "message": message}, "requestId": "r-1"}
    await route.fulfill(
        status=status,
        headers={"Retry-After": retry},
        content_type="application/json",
        body=json.dumps(body),
    )


async def refusing(refusal: tuple[int, str, str, str], route: Route) -> None:
    """Answer with a refusal."""
    await refuse(route, *refusal)


async def test_what_a_server_that_is_there_cannot_do_is_said_and_not_asked_for_ever(
    scene: Scene,
) -> None:
    ann = scene.place.person()
    scene.place.project(ann, "Bakery")
    await scene.enter(ann)
    tab = await scene.tab()
    asked = 0

    async def count(route: Route) -> None:
        nonlocal asked
        asked += 1
        await refuse(route, 503, "UNAVAILABLE", "This took the database too long. Ask for less.")

    await tab.route("**/api/v1/projects?*", count)
    await tab.goto("/projects")
    alert = tab.get_by_role("alert").filter(has_text="took the database too long")
    await expect(alert).to_be_visible()
    assert asked == 4
    await expect(tab.get_by_text(AWAY)).to_have_count(0)
    await tab.unroute("**/api/v1/projects?*")
    await alert.get_by_role("button", name="Try again").click()
    await expect(tab.get_by_role("link", name="Bakery")).to_be_visible()


async def test_a_write_that_is_refused_for_now_keeps_what_is_typed(scene: Scene) -> None:
    tab = await scene.signed_in(scene.place.person())
    await begin_project(tab, "Bakery")
    dialog = tab.get_by_role("dialog")
    send = dialog.get_by_role("button", name="Create project")
    for status, code, message, retry, said in (
        (503, "UNAVAILABLE", FULL, "1", FULL),
        (429, "RATE_LIMIT_ERROR", "Too many requests. Slow down.", "30", "again in 30 seconds"),
        (429, "ACCOUNT_LOCKED", "Too many. Try again in 15 minutes.", "900", "in 15 minutes"),
        (413, "PAYLOAD_TOO_LARGE", "The body is larger than 1 KB.", "1", "larger than 1 KB"),
        (500, "INTERNAL_ERROR", "Something went wrong here.", "1", "Request r-1"),
    ):
        await tab.route("**/api/v1/projects", partial(refusing, (status, code, message, retry)))
        await send.click()
        await expect(dialog.get_by_role("alert")).to_contain_text(said)
        await expect(tab.get_by_text(AWAY)).to_have_count(0)
        await expect(dialog.get_by_label("Name")).to_have_value("Bakery")
        await tab.unroute("**/api/v1/projects")
    await tab.route("**/api/v1/projects", lambda route: route.fulfill(body="<h1>Hotel Wi-Fi</h1>"))
    await send.click()
    await expect(dialog.get_by_role("alert")).to_contain_text("cannot do this right now")
    await tab.unroute("**/api/v1/projects")
    await send.click()
    await expect(tab.get_by_role("heading", name="Bakery")).to_be_visible()
    scene.forgive("500")


async def test_a_database_that_is_away_is_waited_for(scene: Scene) -> None:
    ann = scene.place.person()
    scene.place.project(ann, "Bakery")
    tab = await scene.signed_in(ann, "/account")
    message = "The database cannot be reached. Try again shortly."
    for path in ("**/api/v1/projects?*", "**/health/ready"):
        await tab.route(path, lambda route: refuse(route, 503, "UNAVAILABLE", message))
    await tab.keyboard.press("g")
    await tab.keyboard.press("p")
    await expect(tab.get_by_role("status").filter(has_text=AWAY)).to_be_visible()
    await tab.unroute_all()
    await expect(tab.get_by_role("link", name="Bakery")).to_be_visible()
    await expect(tab.get_by_text("The server is back.")).to_be_visible()


async def test_without_a_network_it_waits_and_goes_on_also_with_what_is_loaded_late(
    scene: Scene,
) -> None:
    ann = scene.place.person()
    scene.place.project(ann, "Bakery")
    tab = await scene.signed_in(ann)
    await expect(tab.get_by_role("link", name="Bakery")).to_be_visible()
    await scene.context.set_offline(True)
    await tab.get_by_role("button", name="New project").click()
    await tab.get_by_role("link", name="Bakery").click()
    await expect(tab.get_by_role("status").filter(has_text=AWAY)).to_be_visible()
    await scene.context.set_offline(False)
    await expect(tab.get_by_text("The server is back.")).to_be_visible()
    await expect(tab.get_by_role("heading", name="Bakery")).to_be_visible()
    await tab.go_back()
    await tab.get_by_role("button", name="New project").click()
    await expect(tab.get_by_role("dialog", name="New project")).to_be_visible()
    scene.forgive(OFFLINE)


async def test_pressing_twice_does_it_once_however_slow_the_answer_is(scene: Scene) -> None:
    place, ann = scene.place, scene.place.person()
    place.server.sign_in(ann.email)
    tab = await scene.signed_in(ann)
    sent: list[str] = []

    async def slowly(route: Route) -> None:
        if route.request.method != "GET":
            sent.append(route.request.method)
            await asyncio.sleep(0.5)
        await route.continue_()

    await tab.route("**/api/v1/**", slowly)
    await begin_project(tab, "Bakery")
    await tab.get_by_role("button", name="Create project").dblclick()
    await expect(tab.get_by_role("heading", name="Bakery")).to_be_visible()
    assert sent == ["POST"]
    await tab.goto("/account")
    await tab.get_by_role("button", name="Sign out Python").first.dblclick()
    await expect(tab.get_by_text("Device signed out.")).to_be_visible()
    assert sent == ["POST", "DELETE"]
    (project,) = place.call("GET", "/projects", None, ann)["projects"]
    await tab.goto(f"/projects/{project['id']}/import")
    document = FilePayload(name="a.txt", mimeType="text/plain", buffer=b"curl https://example.com")
    await tab.get_by_label("Drop a file here").set_input_files(document)
    await tab.get_by_role("button", name="Import", exact=True).dblclick()
    await expect(tab.get_by_text("Imported: ")).to_be_visible()
    assert (
        len(place.call("GET", f"/projects/{project['id']}/collections", None, ann)["collections"])
        == 1
    )


async def test_an_import_whose_answer_is_lost_is_sent_again_and_done_once(scene: Scene) -> None:
    place, ann = scene.place, scene.place.person()
    project = place.project(ann, "Bakery")
    tab = await scene.signed_in(ann, f"/projects/{project['id']}/import")
    document = FilePayload(name="a.txt", mimeType="text/plain", buffer=b"curl https://example.com")
    await tab.get_by_label("Drop a file here").set_input_files(document)
    send = tab.get_by_role("button", name="Import", exact=True)
    await expect(send).to_be_visible()

    async def lose(route: Route) -> None:
        await route.fetch()
        await route.abort()

    await tab.route("**/collections/import", lose)
    await send.click()
    await expect(tab.get_by_role("alert").filter(has_text=AWAY)).to_be_visible()
    await tab.unroute("**/collections/import")
    await send.click()
    await expect(tab.get_by_text("Imported: ")).to_be_visible()
    path = f"/projects/{project['id']}/collections"
    assert len(place.call("GET", path, None, ann)["collections"]) == 1
    scene.forgive("ERR_FAILED")


async def test_every_address_leads_whoever_is_not_signed_in_to_sign_in_and_back(
    scene: Scene, world: World
) -> None:
    tab = await scene.tab()
    for path in sorted({screen.path for screen in SCREENS if screen.who == "ann"}):
        address = path.format(**world.ids)
        await tab.goto(address)
        await expect(tab.get_by_role("heading", name="Sign in")).to_be_visible()
        assert f"next={address.partition('?')[0].replace('/', '%2F')}" in tab.url
    await tab.goto(f"/projects/{world.ids['project']}/members?page=1")
    await sign_in(tab, world.ann)
    await expect(tab.get_by_role("table", name="Members")).to_be_visible()
    assert tab.url.endswith("/members?page=1")
    await tab.go_back()  # not to the form that is done with
    await expect(tab.get_by_role("heading", name="Sign in")).to_have_count(0)
    await tab.go_forward()
    await tab.reload()
    await expect(tab.get_by_role("table", name="Members")).to_be_visible()


async def test_one_of_the_cookies_is_enough_until_it_ends(scene: Scene) -> None:
    ann = scene.place.person()
    tab = await scene.signed_in(ann)
    await scene.context.clear_cookies(name="gassapi_refresh")
    await begin_project(tab, "Bakery")
    await tab.get_by_role("button", name="Create project").click()
    await expect(tab.get_by_role("heading", name="Bakery")).to_be_visible()
    await tab.get_by_role("link", name="Settings").click()
    await tab.get_by_label("Description").fill("Bread")
    await scene.context.clear_cookies(name="gassapi_access")
    await tab.get_by_role("button", name="Save").click()
    over = tab.get_by_role("dialog", name="You are signed out")
    await sign_in(tab, ann)
    await expect(over).to_be_hidden()
    await expect(tab.get_by_text("Saved.")).to_be_visible()


@pytest_asyncio.fixture(loop_scope="session")
async def own(chromium: Browser, tmp_path: Path) -> AsyncIterator[Scene]:
    """A server of its own, that takes small documents only and may be stopped."""
    cli = Cli(tmp_path, GASSAPI_RATE_LIMITS="off", GASSAPI_IMPORT_MAX_MB="1")
    with Server(cli) as server:
        context = await chromium.new_context(base_url=server.url, locale="en-GB")
        found = Scene(Place(server), context)
        watched(context, server.url, found.problems)
        yield found
        await context.close()
        assert found.problems == []


async def test_a_document_that_is_too_large_is_refused_and_an_upgrade_takes_nothing_away(
    own: Scene, chromium: Browser, tmp_path: Path
) -> None:
    place, ann = own.place, own.place.person()
    project = place.project(ann, "Bakery")
    tab = await own.signed_in(ann, f"/projects/{project['id']}/import")
    large = FilePayload(name="a.json", mimeType="application/json", buffer=b'"' + b"a" * 9_000_000)
    await tab.get_by_label("Drop a file here").set_input_files(large)
    await expect(tab.get_by_role("alert").filter(has_text="larger than")).to_be_visible()
    await expect(tab.get_by_text(AWAY)).to_have_count(0)

    settings = f"/projects/{project['id']}/settings"
    await tab.goto(settings)
    async with tab.expect_response(re.compile("screens/problem.js")):  # the last, loaded quietly
        await tab.get_by_label("Description").fill("Bread")
    other = Scene(place, await chromium.new_context(base_url=place.url, locale="en-GB"))
    await other.context.add_init_script(
        "Object.defineProperty(navigator, 'connection', { value: { saveData: true } })"
    )
    sparing = await other.signed_in(ann, settings)
    await sparing.get_by_label("Name").fill("Our bakery")
    upgrade(place.server, tmp_path / "newer")
    await tab.keyboard.press("Control+k")
    await expect(tab.get_by_role("combobox", name="Search")).to_be_visible()
    await tab.keyboard.press("Escape")
    await tab.get_by_role("button", name="Save").click()
    await expect(tab.get_by_text("Saved.")).to_be_visible()

    await sparing.keyboard.press("Control+k")
    told = sparing.get_by_role("dialog", name="A newer version")
    await told.get_by_role("button", name="Reload the page").click()
    await expect(told).to_be_hidden()
    await expect(sparing.get_by_label("Name")).to_have_value("Our bakery")
    await sparing.keyboard.press("Control+k")
    await expect(sparing.get_by_role("combobox", name="Search")).to_be_visible()
    await other.context.close()
    own.problems[:] = [one for one in own.problems if not re.search(f"404|{OFFLINE}", one)]


def upgrade(server: Server, folder: Path) -> None:
    """Start the server anew, from a copy of the package with other files of the console."""
    package = Path(gassapi_backend.__file__).parent
    copied = folder / package.name
    shutil.copytree(package, copied, ignore=shutil.ignore_patterns("__pycache__"))
    if (package.parent / "migrations").is_dir():
        (folder / "migrations").symlink_to(package.parent / "migrations")
    with (copied / "console" / "texts.js").open("a") as file:
        file.write("export const isNewer = true;\n")
    server.stop()
    server.program = (sys.executable, "-m", "gassapi_backend")
    server.env = {"PYTHONPATH": str(folder)}
    server.start()
