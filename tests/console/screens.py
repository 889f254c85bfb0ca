"""Every screen of the console: where it is, and who looks at it; ``make screens`` shows them."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import FilePayload

from tests.console.scene import Person, Place, Scene, Tab

POSTMAN = "https://schema.getpostman.com/json/collection"


@dataclass(frozen=True)
class World:
    """What there is to be seen."""

    ann: Person
    root: Person
    empty: Person
    ids: dict[str, str]


Act = Callable[[Tab], Awaitable[Any]]


@dataclass(frozen=True)
class Screen:
    """A screen to look at.

    ``who`` is a person of the world, or nobody; ``shows`` is what is there once it is whole;
    ``act`` does something first, like opening a dialog.
    """

    name: str
    path: str
    shows: str
    who: str = "ann"
    act: Act | None = None


async def _press(tab: Tab, name: str) -> None:
    await tab.get_by_role("button", name=name).first.click()


async def _refuse(tab: Tab) -> None:
    await tab.get_by_label("E-mail address").fill("ann")
    await _press(tab, "Sign in")


async def _clash(tab: Tab) -> None:
    """Edit a description that is changed elsewhere meanwhile, and save it."""
    await tab.get_by_label("Description").fill("What the till and customers call.\n" * 3)
    theirs = """(path) => fetch(path, {
      method: "PATCH",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ description: `As of ${Date.now()}.` }),
    })"""
    await tab.evaluate(theirs, f"/api/v1{urlsplit(tab.url).path.removesuffix('/settings')}")
    await _press(tab, "Save")
    await tab.get_by_role("dialog").wait_for()


async def _connect(tab: Tab) -> None:
    await _press(tab, "Create configuration")
    await tab.get_by_text("Waiting for the first call").wait_for()


async def _bring(tab: Tab) -> None:
    item = {"name": "Orders", "request": {"method": "GET", "url": "https://example.com/orders"}}
    unread = {"name": "Chat", "protocolProfileBehavior": {"strictSSL": False}, **item}
    info = {"name": "Warehouse", "schema": f"{POSTMAN}/v2.1.0/collection.json"}
    document = json.dumps({"info": info, "item": [item, item, unread]}).encode()
    file = FilePayload(name="warehouse.json", mimeType="application/json", buffer=document)
    await tab.locator("input[type=file]").set_input_files(file)
    await tab.get_by_role("button", name="Import", exact=True).wait_for()


SCREENS = (
    Screen("login", "/login", "form", who=""),
    Screen("login-refused", "/login", "form", who="", act=_refuse),
    Screen("register", "/register", "form", who=""),
    Screen("forgot", "/forgot", "form", who=""),
    Screen("setup", "/setup#x", "form", who=""),
    Screen("invite", "{invite}", "form", who=""),
    Screen("invite-signed-in", "{invite}", "form", who="empty"),
    Screen("invite-broken", "/invite/x", "p", who=""),
    Screen("verify", f"/verify/{'x' * 54}", "form", who=""),
    Screen("reset", f"/reset/{'x' * 54}", "form", who=""),
    Screen("nowhere", "/nowhere", "h1", who=""),
    Screen("docs", "/docs", "#main section", who=""),
    Screen("docs-opened", "/docs#post_projects", ".try", who=""),
    Screen("parts", "/console/parts", "table", who=""),
    Screen("projects", "/projects", "table"),
    Screen("projects-none", "/projects", ".empty", who="empty"),
    Screen("projects-not-found", "/projects?search=nothing+like+it", ".empty"),
    Screen("projects-new", "/projects", "table", act=lambda tab: _press(tab, "New project")),
    Screen("palette", "/projects", "table", act=lambda tab: tab.keyboard.press("Control+k")),
    Screen("keys", "/projects", "table", act=lambda tab: tab.keyboard.press("?")),
    Screen("account", "/account", "table"),
    Screen("members", "/projects/{project}/members", "table"),
    Screen("connect", "/projects/{project}/connect", "form"),
    Screen("connect-made", "/projects/{project}/connect", "form", act=_connect),
    Screen("import", "/projects/{project}/import", "form"),
    Screen("import-report", "/projects/{project}/import", "form", act=_bring),
    Screen("activity", "/projects/{project}/activity", "table"),
    Screen("admin-people", "/admin", "table", who="root"),
    Screen("admin-status", "/admin?tab=status", ".plot", who="root"),
    Screen("admin-checks", "/admin?tab=checks", "table", who="root"),
    Screen("admin-record", "/admin?tab=record", "table", who="root"),
    Screen("admin-refused", "/admin", "[role=alert]"),
    Screen("settings", "/projects/{project}/settings", "form"),
    Screen("settings-clash", "/projects/{project}/settings", "form", act=_clash),
    Screen("account-menu", "/projects", "table", act=lambda tab: _press(tab, "Account of")),
    Screen("project", "/projects/{project}", "table"),
    Screen("project-new", "/projects/{new}", "table"),
)


def furnish(place: Place) -> World:
    """Put on the server what screens show."""
    ann, root, empty = place.person(), place.administrator(), place.person("Citra Dewi")
    shop = place.project(ann, "Shop", description="What customers and the till call.")
    weather = place.project(
        ann, "Weather", isPublic=True, description="Forecasts, by place and by hour."
    )
    place.project(ann, "حجز الفنادق <b>🏨</b>", description="Right to left, with a sign.")
    place.project(ann, "Long " + "word" * 60)
    for name in ("Orders", "Customers"):
        path = f"/projects/{shop['id']}/collections"
        collection = place.call("POST", path, {"name": name}, ann)["collection"]
        for method in ("GET", "POST"):
            new = {"name": f"{method} {name}", "method": method, "url": "{{baseUrl}}/orders"}
            place.call("POST", f"/collections/{collection['id']}/endpoints", new, ann)
    path = f"/projects/{shop['id']}/members"
    made = place.call("POST", path, {"email": "guest@example.com"}, ann)["invitation"]
    ids = {"project": shop["id"], "new": weather["id"], "invite": urlsplit(made["inviteUrl"]).path}
    return World(ann, root, empty, ids)


async def show(scene: Scene, world: World, screen: Screen) -> Tab:
    """Open a screen as whom it is for, and wait until it is whole."""
    path = screen.path.format(**world.ids)
    if screen.who:
        await scene.enter(getattr(world, screen.who))
    tab = await scene.tab(path)
    await tab.locator(screen.shows).first.wait_for()
    if screen.act:
        await screen.act(tab)
    return tab
