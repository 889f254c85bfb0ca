"""Hostile text in every field that others see: shown as text, nothing runs, nothing is fetched."""

import json
import re
from typing import Any

from playwright.async_api import FilePayload, expect

from tests.console.scene import Person, Scene, Tab

MARKUP = "<img src=//evil.test/x onerror=ran=1><script>ran=1</script>&lt;b&gt;"
MARKDOWN = (
    "[x](javascript:ran=1) ![](https://evil.test/i.png) <javascript:ran=1> [d](data:text/html,x)"
)
TURNED = "\u202eevil\u202c \u2067ab\u2069 \u200bhidden"
NEW_LINE = "first\nsecond\r\nthird\ttab"
NAME = f"{MARKUP} 👩‍🚀 حجز"
ELSEWHERE = """() => [...document.querySelectorAll("a[href], area, form[action], [src]")]
  .map((one) => one.href ?? one.src ?? one.action)
  .filter((address) => !address.startsWith(location.origin))"""
MADE = "#app img, #app iframe, #app object, #app b, #app [onerror], #app script"


async def inspect(tab: Tab) -> None:
    """Assert that nothing hostile became anything but text."""
    assert await tab.evaluate("typeof window.ran") == "undefined"
    assert await tab.locator(MADE).count() == 0
    assert await tab.evaluate(ELSEWHERE) == []


def furnish(scene: Scene, ann: Person, bob: Person) -> tuple[str, str]:
    """Fill everything of a project with hostile text; return its path and an invitation's."""
    call = scene.place.call
    project = scene.place.project(ann, NAME, description=f"{MARKDOWN}\n{TURNED}\n{NEW_LINE}")
    path = f"/projects/{project['id']}"
    made = call("POST", f"{path}/collections", {"name": NAME, "description": MARKDOWN}, ann)
    endpoints = f"/collections/{made['collection']['id']}/endpoints"
    call("POST", endpoints, {"name": NAME, "method": "GET", "url": MARKUP}, ann)
    variables = [{"key": MARKUP, "value": MARKDOWN}]
    call("POST", f"{path}/environments", {"name": NAME, "variables": variables}, ann)
    token = call("POST", "/mcp/tokens", {"projectId": project["id"], "name": NAME}, ann)["token"]
    scene.place.server.call("POST", "/mcp", initialize(MARKUP), token=token)
    invite = f"{path}/members"
    first = call("POST", invite, {"email": bob.email}, ann)["invitation"]
    call("POST", "/invitations/accept", {"token": first["inviteUrl"].rpartition("/")[2]}, bob)
    second = call("POST", invite, {"email": "`{x}'$|*?~@example.com"}, ann)["invitation"]
    return path, "/invite/" + second["inviteUrl"].rpartition("/")[2]


def initialize(name: str) -> dict[str, Any]:
    """Return the first message of an MCP client."""
    about = {"name": name, "version": MARKUP}
    return {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": about},
    }


async def test_hostile_text_is_text_on_every_screen(scene: Scene) -> None:
    ann, bob = scene.place.person(NAME), scene.place.person(f"{NAME} Bob")
    root = scene.place.administrator(f"{NAME} Root")
    path, invite = furnish(scene, ann, bob)
    await scene.enter(ann)
    tab = await scene.tab()
    tab.on("dialog", lambda _: scene.problems.append("a script asked something"))
    for screen in ("", "/members", "/connect", "/activity", "/settings"):
        await tab.goto(path + screen)
        await expect(tab.get_by_role("heading", name=NAME).first).to_be_visible()
        await expect(tab.locator(".skeleton")).to_have_count(0)
        await inspect(tab)
    await tab.get_by_role("button", name="Delete project").click()
    await expect(tab.get_by_role("dialog", name=NAME)).to_be_visible()
    await inspect(tab)
    await tab.goto(f"{path}/members")
    await tab.get_by_role("button", name=re.compile("Remove .*Bob")).click()
    await expect(tab.get_by_role("dialog")).to_contain_text(f"Remove \u2068{NAME} Bob\u2069?")
    await inspect(tab)
    await tab.goto("/projects")
    await tab.get_by_role("button", name="Projects").click()
    await expect(tab.get_by_role("menuitem", name=NAME)).to_be_visible()
    await tab.keyboard.press("Control+k")
    await tab.get_by_role("combobox").fill("evil")
    await expect(tab.get_by_role("option", name=NAME)).to_be_visible()
    await inspect(tab)
    await import_hostile(tab, path)
    await tab.goto("/account")
    await expect(tab.get_by_role("table", name="Your tokens")).to_contain_text(MARKUP)
    await inspect(tab)
    await tab.goto(invite)
    await expect(tab.get_by_text(NAME).first).to_be_visible()
    await inspect(tab)
    await scene.context.clear_cookies()
    await scene.enter(root)
    for query, seen in (("", f"{NAME} Bob"), ("?tab=record", f"{NAME} Root")):
        await tab.goto(f"/admin{query}")
        await expect(tab.get_by_text(seen, exact=True).first).to_be_visible()
        await inspect(tab)


async def import_hostile(tab: Tab, path: str) -> None:
    """Import a document with hostile names, in a file with one, that is reported about."""
    request = {"method": MARKUP, "url": MARKUP, "description": MARKDOWN, "body": {"mode": MARKUP}}
    names = (NAME, TURNED, NEW_LINE, "w" * 300, "")
    schema = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
    document = {
        "info": {"name": NAME, "schema": schema, "description": MARKDOWN},
        "item": [{"name": name, "request": request, MARKUP: MARKUP} for name in names],
        "event": [{"listen": MARKUP, "script": {"exec": [MARKUP]}}],
    }
    content = json.dumps(document).encode()
    for name in (f"{MARKUP.replace('/', ':')}.json", f"{TURNED}.json"):
        await tab.goto(f"{path}/import")
        file = FilePayload(name=name, mimeType="application/json", buffer=content)
        await tab.get_by_label("Drop a file here").set_input_files(file)
        await expect(tab.get_by_role("table", name="Report")).to_be_visible()
        await inspect(tab)
    broken = FilePayload(name=name, mimeType="x", buffer=MARKUP.encode())
    await tab.goto(f"{path}/import")
    await tab.get_by_label("Drop a file here").set_input_files(broken)
    await expect(tab.locator("[role=alert] .notice")).to_be_visible()
    await inspect(tab)


async def test_a_device_with_a_hostile_user_agent_is_text_that_turns_nothing_else(
    scene: Scene,
) -> None:
    ann = scene.place.person()
    login = {"email": ann.email, "password": "correct horse 42"}
    agents = (MARKUP, TURNED.encode().decode("latin-1"), "w" * 400)
    for agent in agents:
        answer = scene.place.server.call("POST", "/api/v1/auth/login", login, agent=agent)
        assert answer.status == 200
    scene.view({"width": 320, "height": 640})
    tab = await scene.signed_in(ann, "/account")
    devices = tab.get_by_role("table", name="Signed-in devices")
    await expect(devices).to_contain_text(MARKUP[:40])
    await inspect(tab)
    assert await tab.evaluate("document.scrollingElement.scrollWidth") <= 320
    turned = devices.locator("bdi", has_text="hidden")
    await expect(turned).to_be_visible()
