"""Two people edit the same thing: nothing of either is lost, and what both edited is asked."""

from playwright.async_api import expect

from tests.console.scene import Person, Scene, Tab

HOSTILE = "<img src=x onerror=alert(1)>"


async def settings_of(scene: Scene, ann: Person, path: str, *, hears: bool = False) -> Tab:
    """Open a project's settings, in a window that hears of changes elsewhere or does not."""
    await scene.enter(ann)
    tab = await scene.tab()
    if not hears:
        await tab.route("**/events*", lambda route: route.fulfill(status=503))
    await tab.goto(f"{path}/settings")
    await expect(tab.get_by_label("Name", exact=True)).to_be_visible()
    return tab


async def test_what_others_changed_elsewhere_in_it_stays_without_a_question(scene: Scene) -> None:
    place, ann = scene.place, scene.place.person()
    path = f"/projects/{place.project(ann, 'Bakery')['id']}"
    tab = await settings_of(scene, ann, path)
    await tab.get_by_label("Name", exact=True).fill("My bakery")
    place.call("PATCH", path, {"description": "By hand"}, ann)
    await tab.get_by_role("button", name="Save").click()
    await expect(tab.get_by_text("Saved.")).to_be_visible()
    await expect(tab.get_by_label("Description")).to_have_value("By hand")
    found = place.call("GET", path, None, ann)["project"]
    assert (found["name"], found["description"]) == ("My bakery", "By hand")


async def test_what_both_edited_is_shown_side_by_side_and_chosen_by_keyboard(scene: Scene) -> None:
    place, ann = scene.place, scene.place.person()
    path = f"/projects/{place.project(ann, 'Bakery', description='Bread')['id']}"
    tab = await settings_of(scene, ann, path)
    await tab.get_by_label("Name", exact=True).fill("My bakery")
    await tab.get_by_label("Description").fill("Rolls")
    await tab.get_by_label("Public").check()
    place.call("PATCH", path, {"name": "Our bakery", "description": HOSTILE}, ann)
    await tab.get_by_label("Name", exact=True).press("Enter")
    dialog = tab.get_by_role("dialog", name="Changed by somebody else, too")
    name, description = (dialog.get_by_role("group", name=one) for one in ("Name", "Description"))
    await expect(name).to_contain_text("Our bakery")
    await expect(description).to_contain_text(HOSTILE)
    await expect(dialog.get_by_role("group")).to_have_count(2)  # not what one of them edited
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog.get_by_text("Choose one of the two.")).to_have_count(2)
    assert place.call("GET", path, None, ann)["project"]["isPublic"] is False
    await expect(name.get_by_role("radio").first).to_be_focused()
    await tab.keyboard.press("Space")  # yours
    await tab.keyboard.press("Tab")
    await tab.keyboard.press("ArrowDown")
    await expect(description.get_by_role("radio", name="Theirs")).to_be_checked()
    place.call("PATCH", path, {"name": "Their bakery"}, ann)  # once more
    await tab.keyboard.press("Enter")
    await expect(name).to_contain_text("Their bakery")
    await expect(dialog.get_by_role("group")).to_have_count(1)
    await name.get_by_label("Yours").check()
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog).to_be_hidden()
    await expect(tab.get_by_label("Description")).to_have_value(HOSTILE)
    found = place.call("GET", path, None, ann)["project"]
    assert (found["name"], found["description"]) == ("My bakery", HOSTILE)
    assert found["isPublic"] is True


async def test_what_is_heard_fills_in_what_was_not_edited_and_is_asked_even_after_a_reload(
    scene: Scene,
) -> None:
    place, ann = scene.place, scene.place.person()
    path = f"/projects/{place.project(ann, 'Bakery')['id']}"
    tab = await settings_of(scene, ann, path, hears=True)
    name = tab.get_by_label("Name", exact=True)
    await name.fill("My bakery")
    place.call("PATCH", path, {"name": "Our bakery", "description": "By hand"}, ann)
    await expect(tab.get_by_label("Description")).to_have_value("By hand")
    await expect(name).to_have_value("My bakery")
    await tab.reload()
    await expect(name).to_have_value("My bakery")
    await tab.get_by_role("button", name="Save").click()
    dialog = tab.get_by_role("dialog", name="Changed by somebody else, too")
    await dialog.get_by_role("button", name="Back to the form").click()
    await expect(name).to_have_value("My bakery")
    await tab.get_by_role("button", name="Save").click()
    await dialog.get_by_label("Theirs").check()
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog).to_be_hidden()
    await expect(name).to_have_value("Our bakery")
    await expect(tab.get_by_role("button", name="Save")).to_be_focused()


async def test_a_refusal_of_what_was_chosen_is_said_in_the_dialog(scene: Scene) -> None:
    place, ann = scene.place, scene.place.person()
    tab = await scene.signed_in(ann, "/account")
    name = tab.get_by_label("Your name")
    await name.fill("Ann Here")
    place.call("PATCH", "/users/profile", {"name": "Ann Elsewhere"}, ann)
    await tab.get_by_role("button", name="Save").click()
    dialog = tab.get_by_role("dialog", name="Changed by somebody else, too")
    await dialog.get_by_role("button", name="Back to the form").click()
    await name.fill("Ann \u202ereversed")
    await tab.get_by_role("button", name="Save").click()
    await dialog.get_by_label("Yours").check()
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog).to_contain_text("It contains characters that cannot be printed.")
    await dialog.get_by_label("Theirs").check()
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog).to_be_hidden()
    await expect(name).to_have_value("Ann Elsewhere")
    profile = place.call("GET", "/users/profile", None, ann)
    assert profile["user"]["name"] == "Ann Elsewhere"


async def test_the_default_environment_is_chosen_and_not_over_somebody_elses_choice(
    scene: Scene,
) -> None:
    place, ann = scene.place, scene.place.person()
    path = f"/projects/{place.project(ann, 'Bakery')['id']}"
    ids = {
        name: place.call("POST", f"{path}/environments", {"name": name}, ann)["environment"]["id"]
        for name in ("Staging", HOSTILE)
    }

    def default() -> str:
        found = place.call("GET", f"{path}/environments", None, ann)["environments"]
        return str(found[0]["name"])

    tab = await settings_of(scene, ann, path)
    chosen = tab.get_by_label("Default environment")
    await expect(chosen.locator("option")).to_have_text(["Development", HOSTILE, "Staging"])
    await chosen.select_option(label="Staging")
    await tab.get_by_role("button", name="Make default").click()
    await expect(tab.get_by_text("Saved.")).to_be_visible()
    assert default() == "Staging"

    await chosen.select_option(label="Development")
    place.call("POST", f"/environments/{ids[HOSTILE]}/default", {}, ann)
    await tab.get_by_role("button", name="Make default").click()
    dialog = tab.get_by_role("dialog", name="Changed by somebody else, too")
    await expect(dialog.get_by_role("group", name="Default environment")).to_contain_text(HOSTILE)
    assert default() == HOSTILE
    await dialog.get_by_label("Yours").check()
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog).to_be_hidden()
    assert default() == "Development"
    await expect(chosen.locator("option:checked")).to_have_text("Development")
