"""One's own account, in a browser."""

import json

from playwright.async_api import expect

from tests.console.scene import Scene, sign_in
from tests.processes import PASSWORD

NEW_PASSWORD = "amber kettle 27"


async def test_a_name_is_changed_and_stays(scene: Scene) -> None:
    ann = scene.place.person()
    tab = await scene.signed_in(ann, "/account")
    name = tab.get_by_label("Your name")
    await name.fill("<b>Änn</b> \u202exx")
    await tab.get_by_role("button", name="Save").click()
    await expect(name).to_have_attribute("aria-invalid", "true")  # a name does not turn text around
    await name.fill("<b>Änn</b>")
    await tab.get_by_role("button", name="Save").click()
    await expect(tab.get_by_text("Saved.")).to_be_visible()
    await tab.reload()
    await expect(name).to_have_value("<b>Änn</b>")


async def test_a_password_is_changed_with_the_present_one_only(scene: Scene) -> None:
    ann = scene.place.person()
    tab = await scene.signed_in(ann, "/account")
    present, new = tab.get_by_label("Current password"), tab.get_by_label("New password")
    await present.fill("not my password")
    await new.fill(NEW_PASSWORD)
    await tab.get_by_role("button", name="Change password").click()
    await expect(present).to_have_accessible_description("It is not your current password.")
    await present.fill(PASSWORD)
    await tab.get_by_role("button", name="Change password").click()
    await expect(tab.get_by_text("Password changed.")).to_be_visible()
    await expect(present).to_have_value("")
    login = {"email": ann.email, "password": NEW_PASSWORD}
    assert scene.place.call("POST", "/auth/login", login)["user"]["id"] == ann.id


async def test_an_address_is_changed_with_the_password(scene: Scene) -> None:
    ann = scene.place.person()
    tab = await scene.signed_in(ann, "/account")
    card = tab.locator(".card", has=tab.get_by_role("button", name="Change address"))
    await card.get_by_label("E-mail address").fill(f"new.{ann.email}")
    await card.get_by_label("Password", exact=True).fill(PASSWORD)
    await card.get_by_role("button", name="Change address").click()
    await expect(tab.get_by_text("Address changed.")).to_be_visible()
    profile = scene.place.call("GET", "/users/profile", None, ann)["user"]
    assert profile["email"] == f"new.{ann.email}"


async def test_another_device_is_signed_out(scene: Scene) -> None:
    ann = scene.place.person()  # signed in by the test, too
    tab = await scene.signed_in(ann, "/account")
    devices = tab.get_by_role("table", name="Signed-in devices")
    await expect(devices.get_by_text("this device")).to_have_count(1)
    await devices.get_by_role("button").click()
    await expect(tab.get_by_text("Device signed out.")).to_be_visible()
    await expect(devices.get_by_role("button")).to_have_count(0)
    answer = scene.place.server.call("GET", "/api/v1/users/profile", access=ann.access)
    assert answer.status == 401


async def test_a_token_is_revoked_after_a_question(scene: Scene) -> None:
    ann = scene.place.person()
    project = scene.place.project(ann)
    new = {"projectId": project["id"], "name": "Claude"}
    token = scene.place.call("POST", "/mcp/tokens", new, ann)["token"]
    tab = await scene.signed_in(ann, "/account")
    tokens = tab.get_by_role("table", name="Your tokens")
    await tokens.get_by_role("button", name="Revoke Claude").click()
    await tab.get_by_role("button", name="Revoke", exact=True).click()
    await expect(tokens.get_by_text("revoked")).to_be_visible()
    checked = scene.place.server.call("GET", "/api/v1/mcp/validate", token=token)
    assert checked.status == 403


async def test_the_export_is_a_file(scene: Scene) -> None:
    ann = scene.place.person()
    tab = await scene.signed_in(ann, "/account")
    async with tab.expect_download() as saved:
        await tab.get_by_role("button", name="Export").click()
    path = await (await saved.value).path()
    assert ann.email in json.dumps(json.loads(path.read_bytes()))


async def test_an_account_is_deleted_by_whoever_names_it_and_knows_its_password(
    scene: Scene,
) -> None:
    ann = scene.place.person()
    tab = await scene.signed_in(ann, "/account")
    await tab.get_by_role("button", name="Delete account").click()
    dialog = tab.get_by_role("dialog")
    await dialog.get_by_label("to continue").fill("somebody@example.com")
    await dialog.get_by_label("Password", exact=True).fill(PASSWORD)
    await dialog.get_by_role("button", name="Delete account").click()
    await expect(dialog.get_by_text("This does not match the name.")).to_be_visible()
    await dialog.get_by_label("to continue").fill(ann.email)
    await dialog.get_by_role("button", name="Delete account").click()
    await expect(tab.get_by_role("heading", name="Sign in")).to_be_visible()
    await sign_in(tab, ann)
    await expect(tab.get_by_role("alert")).to_be_visible()
