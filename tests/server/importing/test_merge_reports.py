"""A merge tells all that it does, in its dry run as well, of environments as of requests."""

import copy
from typing import Any

from tests.conftest import Api, Person, everything
from tests.factories import add_collection
from tests.server.importing.documents import POSTMAN, bring, endpoints_of

LIBRARY: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Library", "version": "1"},
    "servers": [
        {"url": "https://library.test", "description": "Live"},
        {"url": "https://trial.test", "description": "Trial"},
    ],
    "paths": {"/books": {"get": {"responses": {"200": {"description": "ok"}}}}},
}


async def environments_of(api: Api, who: Person, project_id: str) -> dict[str, dict[str, Any]]:
    """Return a project's environments by name."""
    path = f"/projects/{project_id}/environments"
    return {one["name"]: one for one in (await api.json("GET", path, who))["environments"]}


def told(answer: Any, what: str) -> list[tuple[str, str]]:
    """Return the names and reasons of a report's lines of a kind."""
    return [(one["name"], one["reason"]) for one in answer["report"] if one["what"] == what]


async def test_an_environment_that_was_deleted_here_stays_deleted(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    await bring(api, ann, project_id, LIBRARY)
    trial = (await environments_of(api, ann, project_id))["Trial"]
    await api.json("DELETE", f"/environments/{trial['id']}", ann)
    before = await everything()
    answer = await bring(api, ann, project_id, LIBRARY, mode="merge", expect=200)
    assert ("Trial", "It was deleted here, and stays so.") in told(answer, "kept")
    assert await everything() == before
    later = copy.deepcopy(LIBRARY)
    later["servers"][1] |= {"url": "https://{at}.test", "variables": {"at": {"default": "new"}}}
    answer = await bring(api, ann, project_id, later, mode="merge")
    reason = "It was deleted here and changed in the source. It stays deleted."
    assert told(answer, "conflict") == [("Trial", reason)]
    before = await everything()
    await bring(api, ann, project_id, later, mode="merge", prefer="source", expect=200)
    assert await everything() == before
    answer = await bring(api, ann, project_id, LIBRARY, mode="merge", prefer="source")
    assert answer["imported"]["environments"] == answer["conflicts"] == 1
    found = (await environments_of(api, ann, project_id))["Trial"]
    assert [one["value"] for one in found["variables"]] == ["https://trial.test"]
    await bring(api, ann, project_id, LIBRARY, mode="merge", expect=200)


async def test_an_environment_that_the_source_no_longer_has_is_reported_and_stays(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    await bring(api, ann, project_id, LIBRARY)
    smaller = {**LIBRARY, "servers": LIBRARY["servers"][:1]}
    answer = await bring(api, ann, project_id, smaller, mode="merge", prune=True)
    assert told(answer, "gone") == [("Trial", "The source no longer has it. It stays.")]
    assert "Trial" in await environments_of(api, ann, project_id)
    await bring(api, ann, project_id, smaller, mode="merge", expect=200)
    trial = (await environments_of(api, ann, project_id))["Trial"]
    await api.json("DELETE", f"/environments/{trial['id']}", ann)
    answer = await bring(api, ann, project_id, smaller, mode="merge")
    assert answer["report"] == []
    assert "Trial" not in await environments_of(api, ann, project_id)


async def test_what_is_back_in_the_source_is_told_and_counted(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    await bring(api, ann, project_id, POSTMAN)
    await bring(api, ann, project_id, {**POSTMAN, "item": POSTMAN["item"][:1]}, mode="merge")
    answer = await bring(api, ann, project_id, POSTMAN, mode="merge")
    reason = "The source has it again: it is no longer marked."
    assert told(answer, "updated") == [("Orders", reason), ("Order", reason)]
    assert (answer["updated"], answer["unchanged"]) == (2, 2)


async def test_what_both_sides_moved_is_reported_with_both_places(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    await bring(api, ann, project_id, POSTMAN)
    own = await add_collection(api, ann, project_id, "Own")
    order = (await endpoints_of(api, ann, project_id))["Order"]
    await api.json("PATCH", f"/endpoints/{order['id']}", ann, json={"collectionId": own["id"]})
    moved = copy.deepcopy(POSTMAN)
    moved["item"].append({"name": "Sales", "id": "s1", "item": moved["item"][1]["item"]})
    moved["item"][1]["item"] = []
    for prefer in ("ours", "source"):
        dry = {"mode": "merge", "prefer": prefer, "dryRun": True, "expect": 200}
        answer = await bring(api, ann, project_id, moved, **dry)
        [line] = [one for one in answer["report"] if one["what"] == "conflict"]
        assert (line["field"], line["ours"], line["source"]) == ("parent", "Own", "Sales")
