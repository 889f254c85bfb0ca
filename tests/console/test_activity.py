"""Who changed what, in a browser, as it happens."""

from playwright.async_api import expect

from tests.console.scene import Scene


async def test_what_is_done_elsewhere_appears_and_is_filtered(scene: Scene) -> None:
    ann = scene.place.person()
    project = scene.place.project(ann, "Bakery")
    path = f"/projects/{project['id']}"
    tab = await scene.signed_in(ann, f"{path}/activity")
    log = tab.get_by_role("table", name="Activity")
    await expect(log.get_by_text("created the project")).to_be_visible()
    scene.place.call("POST", f"{path}/collections", {"name": "<i>Bread</i>"}, ann)
    await expect(log.get_by_text("<i>Bread</i>")).to_be_visible()
    await tab.get_by_label("What").select_option("collection_created")
    await expect(log.get_by_text("created the project")).to_have_count(0)
    await expect(log.get_by_text("<i>Bread</i>")).to_be_visible()
    await tab.reload()
    await expect(log.get_by_text("created the project")).to_have_count(0)
    await tab.get_by_role("button", name="Clear").click()
    await expect(log.get_by_text("created the project")).to_be_visible()


async def test_days_bound_what_is_shown(scene: Scene) -> None:
    ann = scene.place.person()
    project = scene.place.project(ann)
    tab = await scene.signed_in(ann, f"/projects/{project['id']}/activity")
    await tab.get_by_label("To", exact=True).fill("2020-01-01")
    await expect(tab.get_by_text("No activity yet")).to_be_visible()


async def test_readers_of_a_public_project_see_no_activity(scene: Scene) -> None:
    ann, budi = scene.place.person(), scene.place.person("Budi Santoso")
    project = scene.place.project(ann, isPublic=True)
    tab = await scene.signed_in(budi, f"/projects/{project['id']}/activity")
    await expect(
        tab.get_by_text("Only members can see the activity of the project.")
    ).to_be_visible()
