"""The main path of each screen without a mouse: reached by Tab, done by Enter and Space."""

from playwright.async_api import FilePayload, expect

from tests.console.scene import Scene, Tab
from tests.processes import PASSWORD

FOCUSED = """() => {
  const one = document.activeElement;
  if (one === document.body) return { name: "" };  // before the first, or after the last
  const labels = [...one.labels ?? []].map((label) => label.innerText);
  const { outlineStyle, outlineWidth } = getComputedStyle(one);
  const isSeen = outlineStyle !== "none" && parseFloat(outlineWidth) > 0;
  const { width, height } = one.getBoundingClientRect();
  const label = one.getAttribute("aria-label") ?? labels.join();
  return { name: (label || one.innerText || "").trim(), isSeen, isThere: width > 0 && height > 0 };
}"""
MOST = 70


async def reach(tab: Tab, name: str, key: str = "Tab") -> None:
    """Press Tab until something of this name has the focus, which is seen wherever it goes."""
    passed = []
    for _ in range(MOST):
        await tab.keyboard.press(key)
        found = await tab.evaluate(FOCUSED)
        passed.append(found["name"])
        if found["name"]:
            assert found["isSeen"], f"The focus on {found['name']} is not seen."
            assert found["isThere"], f"{found['name']} has the focus and is not there."
        if found["name"].startswith(name):
            return
    raise AssertionError(f"{name} is not reached, but {passed}.")


async def press(tab: Tab, name: str, key: str = "Enter") -> None:
    """Go to something by Tab, and press a key there."""
    await reach(tab, name)
    await tab.keyboard.press(key)


async def write(tab: Tab, name: str, text: str) -> None:
    """Go to a field by Tab, and type."""
    await reach(tab, name)
    await tab.keyboard.press("Control+a")
    await tab.keyboard.type(text)


async def test_from_signing_in_to_signing_out_without_a_mouse(scene: Scene) -> None:
    ann = scene.place.person()
    tab = await scene.tab("/login")
    await expect(tab.get_by_role("heading", name="Sign in")).to_be_visible()
    await write(tab, "E-mail address", ann.email)
    await write(tab, "Password", PASSWORD)
    await tab.keyboard.press("Enter")
    await expect(tab.get_by_role("heading", name="No projects yet")).to_be_visible()

    await press(tab, "New project")
    await expect(tab.get_by_label("Name")).to_be_focused()
    await tab.keyboard.type("Bakery")
    await press(tab, "Create project")
    await expect(tab.get_by_role("heading", name="Bakery")).to_be_focused()

    await press(tab, "Members")
    await expect(tab.get_by_role("table", name="Members")).to_be_visible()
    await press(tab, "Invite")
    await write(tab, "E-mail address", "guest@example.com")
    await tab.keyboard.press("Enter")
    await press(tab, "Done")
    await expect(tab.get_by_text("guest@example.com").first).to_be_visible()
    await press(tab, "Revoke the invitation of guest")
    await expect(tab.get_by_text("has been revoked.")).to_be_visible()
    await press(tab, "Undo")
    await expect(tab.get_by_role("table", name="Invitations")).to_contain_text("guest@")

    await tab.get_by_role("heading", name="Bakery").focus()
    await press(tab, "Assistants")
    await expect(tab.get_by_role("button", name="Create configuration")).to_be_visible()
    await reach(tab, "Program")
    await tab.keyboard.press("ArrowDown")
    await press(tab, "Create configuration")
    await expect(tab.get_by_text("Waiting for the first call")).to_be_visible()
    await reach(tab, "Copy")

    await tab.get_by_role("heading", name="Bakery").focus()
    await press(tab, "Import and export")
    await expect(tab.get_by_label("Drop a file here")).to_be_visible()
    async with tab.expect_file_chooser() as chooser:
        await press(tab, "Drop a file here")
    curl = FilePayload(name="a.sh", mimeType="a/b", buffer=b"curl https://example.com/a")
    await (await chooser.value).set_files(curl)
    await expect(tab.get_by_text("Nothing has been written yet")).to_be_visible()
    await press(tab, "Import")
    await expect(tab.get_by_text("Imported: ")).to_be_visible()

    await tab.get_by_role("heading", name="Bakery").focus()
    await press(tab, "Activity")
    await expect(tab.get_by_role("table", name="Activity")).to_be_visible()
    await reach(tab, "What")
    await tab.keyboard.type("created the pro")
    await expect(tab.get_by_role("button", name="Clear")).to_be_visible()
    await press(tab, "Clear")

    await tab.get_by_role("heading", name="Bakery").focus()
    await press(tab, "Settings")
    await expect(tab.get_by_label("Description")).to_be_visible()
    await write(tab, "Description", "Bread")
    await press(tab, "Public", "Space")
    await press(tab, "Save")
    await expect(tab.get_by_text("Saved.")).to_be_visible()
    await press(tab, "Delete project")
    await expect(tab.get_by_role("dialog")).to_be_visible()
    await tab.keyboard.press("Escape")
    await expect(tab.get_by_role("dialog")).to_have_count(0)

    await tab.keyboard.press("g")
    await tab.keyboard.press("a")
    await expect(tab.get_by_role("heading", name="Your account")).to_be_focused()
    await write(tab, "Your name", "Ann L.")
    async with tab.expect_response("**/users/profile"):
        await tab.keyboard.press("Enter")
    await expect(tab.get_by_role("button", name="Account of Ann L.")).to_be_visible()
    await tab.keyboard.press("Control+k")
    await expect(tab.get_by_role("combobox")).to_be_focused()
    await tab.keyboard.type("sign out")
    await expect(tab.get_by_role("option")).to_have_text(["Sign out"])
    await tab.keyboard.press("Enter")
    await expect(tab.get_by_role("heading", name="Sign in")).to_be_visible()


async def test_administration_without_a_mouse(scene: Scene) -> None:
    root, bob = scene.place.administrator(), scene.place.person("Bob Doe")
    await scene.enter(root)
    tab = await scene.tab(f"/admin?search={bob.email}")
    await expect(tab.get_by_role("button", name="Actions for Bob Doe")).to_be_visible()
    await press(tab, "Actions for Bob Doe")
    await tab.keyboard.press("ArrowUp")
    await tab.keyboard.press("Enter")  # the last: suspend
    await expect(tab.get_by_text("suspended", exact=True)).to_be_visible()
    await press(tab, "Undo")
    await expect(tab.get_by_text("suspended", exact=True)).to_have_count(0)
    await tab.get_by_role("heading", name="Administration").focus()
    for name, seen in (("Status", "Requests per second"), ("Check-up", "Mail"), ("Record", "Who")):
        await press(tab, name)
        await expect(tab.get_by_text(seen).first).to_be_visible()
        await tab.get_by_role("heading", name="Administration").focus()
    await press(tab, "Verify")
    await expect(tab.get_by_text("unchanged.")).to_be_visible()
