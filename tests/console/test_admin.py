"""The instance in a browser, for its administrators and for nobody else."""

from playwright.async_api import expect

from tests.console.scene import Scene
from tests.processes import PASSWORD


async def test_somebody_is_found_suspended_and_restored(scene: Scene) -> None:
    root, ann = scene.place.administrator(), scene.place.person("Dewi Lestari")
    tab = await scene.signed_in(root, "/admin")
    await tab.get_by_role("searchbox").fill(ann.email)
    people = tab.get_by_role("table", name="People")
    await people.get_by_role("button", name="Actions for Dewi Lestari").click()
    await tab.get_by_role("menuitem", name="Suspend").click()
    await expect(people.get_by_text("suspended")).to_be_visible()
    answer = scene.place.server.call("GET", "/api/v1/users/profile", access=ann.access)
    assert answer.status in (401, 403)
    await tab.get_by_role("button", name="Undo").click()
    await expect(people.get_by_text("suspended")).to_have_count(0)


async def test_what_another_administrator_changed_is_asked_about_before_rights_are_turned_over(
    scene: Scene,
) -> None:
    place = scene.place
    root, ann = place.administrator(), place.person("Gita Rahma")
    path = f"/users/{ann.id}"
    tab = await scene.signed_in(root, f"/admin?search={ann.email}")

    async def choose(item: str) -> None:
        await tab.get_by_role("button", name="Actions for Gita Rahma").click()
        await tab.get_by_role("menuitem", name=item).click()

    def rights() -> tuple[bool, bool]:
        user = place.call("GET", path, None, root)["user"]
        return user["isActive"], user["isAdmin"]

    await expect(tab.get_by_role("table", name="People")).to_contain_text("Gita Rahma")
    place.call("PATCH", path, {"isActive": False}, root)  # elsewhere, which this page has not heard
    await choose("Make administrator")
    dialog = tab.get_by_role("dialog", name="Changed by somebody else, too")
    await expect(dialog).to_contain_text("changed this: May sign in: No")
    assert rights() == (False, False)
    place.call("PATCH", path, {"isActive": True}, root)  # and once more
    await dialog.get_by_label("Yours").check()
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog).to_contain_text("changed this: May sign in: Yes")
    assert rights() == (True, False)
    await dialog.get_by_label("Theirs").check()
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog).to_be_hidden()
    assert rights() == (True, False)

    place.call("PATCH", path, {"isActive": False}, root)
    await choose("Suspend")  # the same as was done elsewhere
    await expect(tab.get_by_text("Somebody else has already done this")).to_be_visible()
    await expect(tab.get_by_role("table", name="People").get_by_text("suspended")).to_be_visible()
    place.call("PATCH", path, {"name": "Gita R."}, root)  # nothing that this is about
    await choose("Restore")
    await expect(tab.get_by_text("has been changed.")).to_be_visible()
    assert rights() == (True, False)
    assert place.call("GET", path, None, root)["user"]["name"] == "Gita R."


async def test_a_link_to_a_new_password_is_handed_out(scene: Scene) -> None:
    root, ann = scene.place.administrator(), scene.place.person("Eka Putri")
    tab = await scene.signed_in(root, f"/admin?search={ann.email}")
    await tab.get_by_role("button", name="Actions for Eka Putri").click()
    await tab.get_by_role("menuitem", name="Password reset link").click()
    await expect(tab.get_by_role("dialog").get_by_text("/reset")).to_be_visible()


async def test_an_account_is_made_whose_password_is_changed_first(scene: Scene) -> None:
    root = scene.place.administrator()
    tab = await scene.signed_in(root, "/admin?search=fajar")
    await tab.get_by_role("button", name="New account").click()
    dialog = tab.get_by_role("dialog")
    await dialog.get_by_label("Name", exact=True).fill("Fajar Nugroho")
    await dialog.get_by_label("E-mail address").fill("fajar@example.com")
    await dialog.get_by_label("Password", exact=True).fill(PASSWORD)
    await dialog.get_by_role("button", name="New account").click()
    await expect(
        tab.get_by_role("table", name="People").get_by_text("Fajar Nugroho")
    ).to_be_visible()


async def test_the_record_is_verified_and_the_checks_are_read(scene: Scene) -> None:
    root = scene.place.administrator()
    tab = await scene.signed_in(root, "/admin?tab=record")
    await tab.get_by_role("button", name="Verify").click()
    await expect(tab.get_by_text("entries, all unchanged")).to_be_visible(timeout=20_000)
    await tab.get_by_role("link", name="Check-up").click()
    await expect(tab.get_by_role("table", name="Check-up")).to_be_visible(timeout=20_000)
    await tab.get_by_role("button", name="Send me a test mail").click()
    await expect(tab.get_by_role("status").filter(has_text="mail").first).to_be_visible()


async def test_others_are_refused(scene: Scene) -> None:
    ann = scene.place.person()
    tab = await scene.signed_in(ann, "/admin")
    await expect(tab.get_by_role("alert").first).to_contain_text(
        "Your account has no permission for this."
    )
    await expect(tab.get_by_role("table")).to_have_count(0)
