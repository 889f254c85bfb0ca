"""What opens on screens: dialogs, menus, questions, answers, each as it is looked at."""

from collections.abc import AsyncIterator, Callable

from playwright.async_api import FilePayload, Locator, expect

from tests.console.scene import Scene, Tab
from tests.console.screens import Screen, World, show

States = AsyncIterator[str]


def _button(tab: Tab | Locator, name: str) -> Locator:
    return tab.get_by_role("button", name=name).first


async def _closed(tab: Tab) -> None:
    await tab.keyboard.press("Escape")
    await expect(tab.get_by_role("dialog")).to_have_count(0)


async def _projects(tab: Tab) -> States:
    await _button(tab, "Projects").click()
    await tab.get_by_role("menuitem", name="All projects").wait_for()
    yield "menu of projects"
    await tab.keyboard.press("Escape")
    await _button(tab, "New project").click()
    dialog = tab.get_by_role("dialog")
    await dialog.get_by_label("Start with").select_option("file")
    await _button(dialog, "Create project").click()
    await expect(dialog.get_by_text("Required.")).to_be_visible()
    yield "a new project, refused"


async def _settings(tab: Tab) -> States:
    await _button(tab, "Delete project").click()
    await _button(tab.get_by_role("dialog"), "Delete project").click()
    await tab.get_by_text("This does not match the name.").wait_for()
    yield "a question that is not answered"


async def _members(tab: Tab) -> States:
    await _button(tab, "Invite").click()
    dialog = tab.get_by_role("dialog")
    await dialog.get_by_label("E-mail address").fill("somebody@example.com")
    yield "an invitation"
    await _button(dialog, "Invite").click()
    await dialog.get_by_label("Link", exact=True).wait_for()
    yield "its link"
    await _button(dialog, "Done").click()
    await _button(tab, "Revoke the invitation of somebody").click()
    await tab.get_by_text("has been revoked.").wait_for()
    yield "a message with a way back"


async def _connect(tab: Tab) -> States:
    await _button(tab, "Create configuration").click()
    await tab.get_by_text("Waiting for the first call").wait_for()
    yield "a configuration"
    await tab.get_by_role("table").get_by_role("button", name="Revoke").first.click()
    await tab.get_by_role("dialog").wait_for()
    yield "a question"
    await _button(tab.get_by_role("dialog"), "Revoke").click()
    await _closed(tab)


async def _import(tab: Tab) -> States:
    drop = tab.get_by_label("Drop a file here")
    await drop.set_input_files(FilePayload(name="a", mimeType="a/b", buffer=b"no document"))
    await tab.locator("[role=alert] .notice").wait_for()
    yield "a refusal"
    await _button(tab, "Cancel").click()
    curl = b"curl https://example.com/a --insecure --max-time 3\ncurl https://example.com/b"
    await drop.set_input_files(FilePayload(name="a.sh", mimeType="a/b", buffer=curl))
    await tab.get_by_text("Nothing has been written yet").wait_for()
    await tab.get_by_label("Update an earlier import").check()
    await tab.get_by_label("Delete what is no longer").wait_for()
    yield "a dry run"


async def _admin(tab: Tab) -> States:
    await _button(tab, "Actions for").click()
    await tab.get_by_role("menuitem", name="Password reset link").wait_for()
    yield "what can be done with somebody"
    await tab.get_by_role("menuitem", name="Password reset link").click()
    await tab.get_by_role("dialog").wait_for()
    yield "a link"
    await _closed(tab)
    await _button(tab, "New account").click()
    yield "a new account"


async def _account(tab: Tab) -> States:
    await _button(tab, "Delete account").click()
    yield "the end of an account"
    await _closed(tab)
    await tab.context.clear_cookies()
    await tab.get_by_label("Your name").fill("Ann L.")
    await _button(tab, "Save").click()
    await tab.get_by_role("dialog", name="You are signed out").wait_for()
    yield "the end of a session"


async def _docs(tab: Tab) -> States:
    await _button(tab, "Send").click()
    await tab.get_by_label("Body of the answer", exact=True).wait_for()
    await tab.get_by_role("tab", name="JavaScript").click()
    yield "an answer"
    await tab.get_by_role("searchbox").fill("nothing of the kind")
    await tab.get_by_text("0 of").wait_for()
    yield "nothing found"


STATES: tuple[tuple[Screen, Callable[[Tab], States]], ...] = (
    (Screen("projects", "/projects", "table"), _projects),
    (Screen("settings", "/projects/{project}/settings", "form"), _settings),
    (Screen("members", "/projects/{project}/members", "table"), _members),
    (Screen("connect", "/projects/{project}/connect", "form"), _connect),
    (Screen("import", "/projects/{project}/import", "form"), _import),
    (Screen("admin", "/admin", "table", who="root"), _admin),
    (Screen("account", "/account", "table"), _account),
    (Screen("docs", "/docs#get_instance", ".try", who=""), _docs),
)


async def opened(
    scene: Scene, world: World, screen: Screen, states: Callable[[Tab], States]
) -> AsyncIterator[tuple[str, Tab]]:
    """Open one after the other all that opens on a screen, each to be looked at."""
    tab = await show(scene, world, screen)
    async for state in states(tab):
        yield state, tab
