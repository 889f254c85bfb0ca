"""An assistant is connected, in a browser."""

from playwright.async_api import expect

from tests.console.scene import Scene


async def test_an_assistant_is_connected_from_choice_to_first_call(scene: Scene) -> None:
    ann = scene.place.person()
    project = scene.place.project(ann)
    tab = await scene.signed_in(ann, f"/projects/{project['id']}/connect")
    await tab.get_by_label("Program").select_option("codex")
    await tab.get_by_role("button", name="Create configuration").click()
    await expect(tab.get_by_text("Waiting for the first call")).to_be_visible()
    token = await tab.get_by_label("Token", exact=True).inner_text()
    assert token.startswith("gass_")
    assert scene.place.server.call("GET", "/api/v1/mcp/validate", token=token).status == 200
    await expect(tab.get_by_text("Connected:")).to_be_visible(timeout=20_000)
    tokens = tab.get_by_role("table", name="Tokens of this project")
    await tokens.get_by_role("button", name="Revoke").click()
    await tab.get_by_role("dialog").get_by_role("button", name="Revoke", exact=True).click()
    await expect(tab.get_by_text("No assistant is connected yet")).to_be_visible()
    assert scene.place.server.call("GET", "/api/v1/mcp/validate", token=token).status == 403


async def test_every_client_has_its_configuration(scene: Scene) -> None:
    ann = scene.place.person()
    project = scene.place.project(ann)
    tab = await scene.signed_in(ann, f"/projects/{project['id']}/connect")
    clients = scene.place.call("GET", "/mcp/clients")["clients"]
    for client in clients:
        await tab.get_by_label("Program").select_option(client["client"])
        async with tab.expect_response("**/generate-config") as answered:
            await tab.get_by_role("button", name="Create configuration").click()
        assert (await answered.value).status == 201
    await expect(tab.get_by_text("Waiting for the first call")).to_be_visible()


async def test_a_reader_of_a_public_project_connects_nothing(scene: Scene) -> None:
    ann, budi = scene.place.person(), scene.place.person("Budi Santoso")
    project = scene.place.project(ann, isPublic=True)
    tab = await scene.signed_in(budi, f"/projects/{project['id']}/connect")
    await expect(
        tab.get_by_text("Only members of the project can connect assistants.")
    ).to_be_visible()
    await expect(tab.get_by_role("button", name="Create configuration")).to_have_count(0)
