"""Members, invitations and settings of a project, in a browser."""

from playwright.async_api import expect

from tests.console.scene import Scene

HOSTILE = '<img src=x onerror="alert(1)"> [a](javascript:alert(1)) 名 😀'


async def test_somebody_is_invited_by_a_link_and_it_is_taken_back_and_given_again(
    scene: Scene,
) -> None:
    ann = scene.place.person()
    project = scene.place.project(ann, HOSTILE)
    tab = await scene.signed_in(ann, f"/projects/{project['id']}/members")
    await tab.get_by_role("button", name="Invite").click()
    dialog = tab.get_by_role("dialog")
    await dialog.get_by_label("E-mail address").fill("budi@example.com")
    await dialog.get_by_role("button", name="Invite").click()
    await expect(dialog.get_by_text("/invite/")).to_be_visible()
    await dialog.get_by_role("button", name="Done").click()
    invited = tab.get_by_role("table", name="Invitations")
    await expect(invited.get_by_text("budi@example.com")).to_be_visible()
    await scene.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await invited.get_by_role("button", name="Copy link").click()
    await expect(invited.get_by_role("status")).to_have_text("Copied")
    assert "/invite/" in await tab.evaluate("navigator.clipboard.readText()")
    await invited.get_by_role("button", name="Revoke").click()
    await expect(tab.get_by_text("No open invitations")).to_be_visible()
    await tab.get_by_role("button", name="Undo").click()
    await expect(invited.get_by_text("budi@example.com")).to_be_visible()


async def test_a_member_is_handed_the_project_and_removes_nobody_before(scene: Scene) -> None:
    ann, budi = scene.place.person(), scene.place.person("Budi Santoso")
    project = scene.place.project(ann, "Bakery")
    path = f"/projects/{project['id']}"
    made = scene.place.call("POST", f"{path}/members", {"email": budi.email}, ann)
    link = made["invitation"]["inviteUrl"].rsplit("/", 1)[1]
    scene.place.call("POST", "/invitations/accept", {"token": link}, budi)
    tab = await scene.signed_in(ann, f"{path}/members")
    await tab.get_by_role("button", name="Hand over").click()
    dialog = tab.get_by_role("dialog")
    await dialog.get_by_label("to continue").fill("Bakery")
    await dialog.get_by_role("button", name="Hand over").click()
    await expect(tab.get_by_text("Budi Santoso now owns the project.")).to_be_visible()
    await expect(tab.get_by_role("button", name="Remove Budi Santoso")).to_have_count(0)
    await tab.get_by_role("button", name="Leave").click()
    await tab.get_by_role("dialog").get_by_role("button", name="Leave").click()
    await expect(tab.get_by_role("heading", name="No projects yet")).to_be_visible()


async def test_a_project_is_deleted_by_whoever_types_its_name(scene: Scene) -> None:
    ann = scene.place.person()
    project = scene.place.project(ann, HOSTILE)
    tab = await scene.signed_in(ann, f"/projects/{project['id']}/settings")
    await tab.get_by_role("button", name="Delete project").click()
    dialog = tab.get_by_role("dialog")
    await dialog.get_by_role("button", name="Delete project").click()
    await expect(dialog.get_by_text("This does not match the name.")).to_be_visible()
    await dialog.get_by_label("to continue").fill(HOSTILE)
    await dialog.get_by_role("button", name="Delete project").click()
    await expect(tab.get_by_role("heading", name="No projects yet")).to_be_visible()
