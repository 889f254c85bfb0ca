"""Documents come in and go out, in a browser."""

import json
from typing import Any

from playwright.async_api import FilePayload, expect

from tests.console.scene import Scene

SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"


def postman(name: str, url: str = "https://example.com/a", **info: Any) -> FilePayload:
    """Return a file with a collection of one request."""
    item = {"id": "1", "name": "<b>One</b>", "request": {"method": "GET", "url": url}}
    document = {
        "info": {"name": name, "_postman_id": "p", "schema": SCHEMA, **info},
        "item": [item],
    }
    content = json.dumps(document).encode()
    return FilePayload(name="shop.json", mimeType="application/json", buffer=content)


async def test_a_document_is_looked_at_before_it_is_imported(scene: Scene) -> None:
    ann = scene.place.person()
    project = scene.place.project(ann)
    path = f"/projects/{project['id']}"
    tab = await scene.signed_in(ann, f"{path}/import")
    await tab.get_by_label("Drop a file here").set_input_files(postman("Shop"))
    await expect(tab.get_by_text("Nothing has been written yet")).to_be_visible()
    assert scene.place.call("GET", f"{path}/collections", None, ann)["collections"] == []
    await tab.get_by_role("button", name="Import", exact=True).click()
    await expect(tab.get_by_text("Imported: postman")).to_be_visible()
    (made,) = scene.place.call("GET", f"{path}/collections", None, ann)["collections"]
    assert made["name"] == "Shop"


async def test_what_both_changed_is_shown_side_by_side(scene: Scene) -> None:
    ann = scene.place.person()
    project = scene.place.project(ann)
    path = f"/projects/{project['id']}"
    tab = await scene.signed_in(ann, f"{path}/import")
    await tab.get_by_label("Drop a file here").set_input_files(postman("Shop"))
    await tab.get_by_role("button", name="Import", exact=True).click()
    await tab.get_by_role("button", name="Another file").click()
    (made,) = scene.place.call("GET", f"{path}/collections", None, ann)["collections"]
    (one,) = scene.place.call("GET", f"/collections/{made['id']}/endpoints", None, ann)["endpoints"]
    scene.place.call("PATCH", f"/endpoints/{one['id']}", {"url": "https://ours.example"}, ann)
    source = postman("Shop", "https://theirs.example")
    await tab.get_by_label("Drop a file here").set_input_files(source)
    await tab.get_by_label("Update an earlier import").check()
    await expect(tab.get_by_label("Here", exact=True)).to_contain_text("https://ours.example")
    await expect(tab.get_by_label("In the document", exact=True)).to_contain_text(
        "https://theirs.example"
    )


async def test_the_collection_to_update_is_chosen_where_none_came_from_the_document(
    scene: Scene,
) -> None:
    ann = scene.place.person()
    project = scene.place.project(ann)
    path = f"/projects/{project['id']}/collections"
    made = scene.place.call("POST", path, {"name": "By hand"}, ann)["collection"]
    tab = await scene.signed_in(ann, f"/projects/{project['id']}/import")
    await tab.get_by_label("Drop a file here").set_input_files(postman("Shop"))
    await tab.get_by_label("Update an earlier import").check()
    await expect(tab.get_by_text("No collection here came from this document")).to_be_visible()
    await tab.get_by_label("Collection to update").select_option("By hand")
    await tab.get_by_role("button", name="Import", exact=True).click()
    await expect(tab.get_by_text("Imported: postman")).to_be_visible()
    (one,) = scene.place.call("GET", f"/collections/{made['id']}/endpoints", None, ann)["endpoints"]
    assert one["url"]


async def test_what_is_no_document_is_refused_with_a_sentence(scene: Scene) -> None:
    ann = scene.place.person()
    project = scene.place.project(ann)
    tab = await scene.signed_in(ann, f"/projects/{project['id']}/import")
    nothing = FilePayload(name="a.json", mimeType="application/json", buffer=b'{"a": 1}')
    await tab.get_by_label("Drop a file here").set_input_files(nothing)
    await expect(tab.get_by_role("alert").filter(has_text=" ").first).to_be_visible()
    await expect(tab.get_by_role("button", name="Import", exact=True)).to_have_count(0)


async def test_a_project_goes_out_and_comes_back_as_a_new_one(scene: Scene) -> None:
    ann = scene.place.person()
    project = scene.place.project(ann, "Bakery")
    path = f"/projects/{project['id']}"
    scene.place.call("POST", f"{path}/collections", {"name": "Bread"}, ann)
    tab = await scene.signed_in(ann, f"{path}/import")
    async with tab.expect_download() as saved:
        await tab.get_by_role("button", name="Download").click()
    document = await (await saved.value).path()
    await tab.goto("/projects")
    await tab.get_by_role("button", name="New project").click()
    dialog = tab.get_by_role("dialog")
    await dialog.get_by_label("Name", exact=True).fill("Bakery again")
    await dialog.get_by_label("Start with").select_option("file")
    await dialog.get_by_label("Drop a file here").set_input_files(document)
    await dialog.get_by_role("button", name="Create project").click()
    await expect(tab.get_by_role("heading", name="Bakery again")).to_be_visible()


async def test_a_new_project_begins_with_another_tools_file_or_a_demo(scene: Scene) -> None:
    ann = scene.place.person()
    tab = await scene.signed_in(ann)
    await tab.get_by_role("button", name="New project").first.click()
    dialog = tab.get_by_role("dialog")
    await dialog.get_by_label("Name", exact=True).fill("From Postman")
    await dialog.get_by_label("Start with").select_option("file")
    await dialog.get_by_label("Drop a file here").set_input_files(postman("Shop"))
    await dialog.get_by_role("button", name="Create project").click()
    await expect(tab.get_by_text("Nothing has been written yet")).to_be_visible()
    await tab.goto("/projects")
    await tab.get_by_role("button", name="New project").click()
    await dialog.get_by_label("Name", exact=True).fill("To look around")
    await dialog.get_by_label("Start with").select_option("demo")
    await dialog.get_by_role("button", name="Create project").click()
    await expect(tab.get_by_role("heading", name="To look around")).to_be_visible()
