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


async def test_a_project_shows_what_happened_last_and_what_it_lacks(scene: Scene) -> None:
    ann = scene.place.person()
    project = scene.place.project(ann, "Bakery")
    path = f"/projects/{project['id']}"
    tab = await scene.signed_in(ann, path)
    steps = tab.locator(".steps").get_by_role("link")
    await expect(steps).to_have_text(["Import", "Connect", "Invite people"])
    new = {"name": "Order", "method": "GET", "url": "https://example.com"}
    bread = scene.place.call("POST", f"{path}/collections", {"name": "Bread"}, ann)["collection"]
    scene.place.call("POST", f"/collections/{bread['id']}/endpoints", new, ann)
    log = tab.get_by_role("table", name="Activity")
    await expect(log.get_by_text("created the request Order")).to_be_visible()
    await expect(steps).to_have_text(["Connect", "Invite people"])
    await log.get_by_role("link", name="Ann Lee").first.click()
    await expect(tab.get_by_role("heading", name="Activity")).to_be_visible()
    assert f"{path}/activity?actorId={ann.id}" in tab.url
    await expect(tab.get_by_text("Only what Ann Lee did.")).to_be_visible()


async def test_who_only_reads_a_project_is_not_asked_to_do_anything(scene: Scene) -> None:
    project = scene.place.project(scene.place.person(), "Bakery", isPublic=True)
    tab = await scene.signed_in(scene.place.person("Bob Doe"), f"/projects/{project['id']}")
    await expect(tab.locator(".figures")).to_be_visible()
    await expect(tab.locator(".steps")).to_have_count(0)
    await expect(tab.get_by_role("table")).to_have_count(0)


async def test_what_somebody_or_an_assistant_did_is_chosen_by_name(scene: Scene) -> None:
    place = scene.place
    ann, budi = place.person(), place.person("Budi <b>Santoso")
    path = f"/projects/{place.project(ann, 'Bakery')['id']}"
    made = place.call("POST", f"{path}/members", {"email": budi.email}, ann)["invitation"]
    token = made["inviteUrl"].rpartition("/")[2]
    place.call("POST", "/invitations/accept", {"token": token}, budi)
    place.call("POST", f"{path}/collections", {"name": "By hand"}, budi)
    new = {"projectId": path.rpartition("/")[2], "name": "Robot", "scope": "write"}
    robot = place.call("POST", "/mcp/tokens", new, budi)["token"]
    place.server.call("POST", f"/api/v1{path}/collections", {"name": "By robot"}, access=robot)

    tab = await scene.signed_in(ann, f"{path}/activity")
    log, who = tab.get_by_role("table", name="Activity"), tab.get_by_label("Who")
    await expect(log.get_by_text("By robot")).to_be_visible()
    await who.select_option(label="Budi <b>Santoso")
    await expect(log.get_by_text("created the project")).to_have_count(0)
    await expect(log.get_by_text("By hand")).to_be_visible()
    await expect(log.get_by_text("By robot")).to_be_visible()
    await who.select_option(label="Robot of Budi <b>Santoso")
    await expect(log.get_by_text("By hand")).to_have_count(0)
    await expect(log.get_by_text("By robot")).to_be_visible()
    await tab.reload()
    await expect(who.locator("option:checked")).to_have_text("Robot of Budi <b>Santoso")
    await tab.get_by_role("button", name="Clear").click()
    await expect(log.get_by_text("created the project")).to_be_visible()
    await log.get_by_role("link", name="Robot").first.click()
    await expect(who.locator("option:checked")).to_have_text("Robot of Budi <b>Santoso")
    await expect(log.get_by_text("By hand")).to_have_count(0)
    place.call("DELETE", f"{path}/members/{budi.id}", None, ann)
    await tab.goto(f"{path}/activity?actorId={budi.id}")
    await expect(who.locator("option:checked")).to_have_text("A former user")
    await expect(log.get_by_text("By hand")).to_be_visible()
