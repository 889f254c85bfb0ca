"""The console by keyboard, in another language, with hostile names, back and forth."""

from playwright.async_api import expect

from tests.console.scene import Scene, Tab

HOSTILE = ("<img src=x onerror=alert(1)>", "حجز الفنادق", "👩‍🚀 Ünïcode", "w" * 255)


async def test_everything_is_found_by_its_palette(scene: Scene) -> None:
    ann = scene.place.person()
    scene.place.project(ann, "Bakery")
    tab = await scene.signed_in(ann)
    await tab.keyboard.press("Control+k")
    field = tab.get_by_role("combobox")
    await expect(field).to_be_focused()
    await field.fill("bake")
    await expect(tab.get_by_role("option", name="Bakery")).to_have_attribute(
        "aria-selected", "true"
    )
    await tab.keyboard.press("Enter")
    await expect(tab.get_by_role("heading", name="Bakery")).to_be_focused()
    await tab.keyboard.press("Control+k")
    await field.fill("nothing of the kind")
    await expect(tab.get_by_text("Nothing matches.")).to_be_visible()
    await tab.keyboard.press("Escape")
    await expect(tab.get_by_role("dialog")).to_have_count(0)
    await tab.keyboard.press("g")
    await tab.keyboard.press("p")
    await expect(tab.get_by_role("heading", name="Projects", exact=True)).to_be_focused()


async def test_keys_are_listed_and_are_letters_in_a_field(scene: Scene) -> None:
    tab = await scene.signed_in(scene.place.person())
    await tab.keyboard.press("?")
    dialog = tab.get_by_role("dialog", name="Keyboard shortcuts")
    await expect(dialog).to_contain_text("New project")
    await tab.keyboard.press("Escape")
    await tab.keyboard.press("/")
    search = tab.get_by_role("searchbox", name="Search projects")
    await expect(search).to_be_focused()
    await tab.keyboard.type("n?")
    await expect(search).to_have_value("n?")
    await expect(tab.get_by_role("dialog")).to_have_count(0)
    await expect(tab.get_by_role("heading", name="No project matches “n?”")).to_be_visible()


async def test_shortcuts_of_single_keys_are_turned_off_in_this_browser(scene: Scene) -> None:
    tab = await scene.signed_in(scene.place.person(), "/account")
    other = await scene.tab("/projects")
    await other.get_by_role("heading", name="No projects yet").wait_for()
    await tab.get_by_label("Shortcuts of single keys").uncheck()
    for key in ("n", "?", "/", "g", "a"):
        await other.keyboard.press(key)
    await expect(other.get_by_role("dialog")).to_have_count(0)
    await expect(other.get_by_role("heading", name="No projects yet")).to_be_visible()
    await expect(other.get_by_role("searchbox")).not_to_be_focused()
    await other.reload()
    await other.get_by_role("heading", name="No projects yet").wait_for()
    await other.keyboard.press("?")
    await other.keyboard.press("Control+k")
    await other.get_by_role("option", name="Keyboard shortcuts").click()
    keys = other.get_by_role("dialog", name="Keyboard shortcuts")
    await expect(keys.get_by_role("definition")).to_have_text(["CtrlK"])
    await keys.get_by_label("Shortcuts of single keys").check()
    await expect(keys).to_contain_text("New project")
    await other.keyboard.press("Escape")
    await other.keyboard.press("n")
    await expect(other.get_by_role("dialog", name="New project")).to_be_visible()
    await expect(tab.get_by_label("Shortcuts of single keys")).to_be_checked()


async def test_the_first_key_skips_to_the_content(scene: Scene) -> None:
    tab = await scene.signed_in(scene.place.person())
    await tab.reload()
    await expect(tab.get_by_role("heading", name="No projects yet")).to_be_visible()
    await tab.keyboard.press("Tab")
    await expect(tab.get_by_role("link", name="Skip to content")).to_be_focused()
    await tab.keyboard.press("Enter")
    await expect(tab.locator("#main")).to_be_focused()


async def test_a_menu_and_a_dialog_give_the_focus_back(scene: Scene) -> None:
    tab = await scene.signed_in(scene.place.person())
    account = tab.get_by_role("button", name="Account of Ann Lee")
    await account.focus()
    await tab.keyboard.press("ArrowDown")
    items = tab.get_by_role("menuitem")
    await expect(items.first).to_be_focused()
    await tab.keyboard.press("ArrowUp")
    await expect(items.last).to_be_focused()
    await tab.keyboard.press("Escape")
    await expect(account).to_be_focused()
    new = tab.get_by_role("button", name="New project").first
    await new.focus()
    await tab.keyboard.press("Enter")
    await expect(tab.get_by_label("Name")).to_be_focused()
    await tab.keyboard.press("Escape")
    await expect(new).to_be_focused()


async def test_names_of_others_are_text_and_nothing_else(scene: Scene) -> None:
    ann = scene.place.person("<b>Ann</b>")
    for name in HOSTILE:
        scene.place.project(ann, name, description="[x](javascript:alert(1)) ![](http://a.test/)")
    tab = await scene.signed_in(ann)
    for name in HOSTILE:
        await expect(tab.get_by_role("link", name=name, exact=True)).to_be_visible()
    assert await tab.evaluate("document.querySelectorAll('main img, main b').length") == 0
    await tab.get_by_role("link", name=HOSTILE[0]).click()
    await expect(tab.get_by_role("heading", name=HOSTILE[0])).to_be_visible()
    await tab.get_by_role("button", name="Account of <b>Ann</b>").click()


async def test_back_and_forward_lead_where_one_was(scene: Scene) -> None:
    ann = scene.place.person()
    scene.place.project(ann, "Bakery")
    scene.place.project(ann, "Weather")
    tab = await scene.signed_in(ann)
    await tab.get_by_role("searchbox", name="Search projects").fill("bak")
    await expect(tab.get_by_role("link", name="Weather")).to_be_hidden()
    await tab.get_by_role("link", name="Bakery").click()
    await expect(tab.get_by_role("heading", name="Bakery")).to_be_visible()
    await tab.go_back()
    await expect(tab.get_by_role("searchbox", name="Search projects")).to_have_value("bak")
    await expect(tab.get_by_role("link", name="Weather")).to_be_hidden()
    await tab.go_forward()
    await expect(tab.get_by_role("heading", name="Bakery")).to_be_visible()
    assert await tab.title() == "Bakery – GassAPI"


async def test_an_address_that_leads_nowhere_says_so_wherever_it_was_opened(scene: Scene) -> None:
    tab = await scene.signed_in(scene.place.person())
    for path in ("/nowhere", "/projects/%zz", "/projects/%E0%A4%A"):
        await tab.goto(path)
        await expect(tab.get_by_role("heading")).to_be_visible()
    await tab.goto("/projects/nothing")
    await expect(tab.get_by_role("alert")).to_be_visible()


async def test_the_console_is_read_in_bahasa_indonesia(tab: Tab, scene: Scene) -> None:
    await tab.goto("/login")
    await tab.get_by_role("button", name="Bahasa Indonesia").click()
    await expect(tab.get_by_role("heading", name="Masuk")).to_be_visible()
    assert await tab.get_attribute("html", "lang") == "id"
    await tab.goto("/register")
    await expect(tab.get_by_role("heading", name="Buat akun")).to_be_visible()
    await tab.get_by_role("button", name="English").click()
    await expect(tab.get_by_role("heading", name="Create an account")).to_be_visible()
