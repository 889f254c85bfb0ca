"""In a merge names go from one thing to another, and one that is taken gets a number."""

import json
from typing import Any

import pytest

from tests.conftest import Api, Person, everything
from tests.factories import add_collection
from tests.server.counting import check_counts
from tests.server.importing.documents import POSTMAN, bring, fetch

FOLDERS = dict[str, Any]
"""Folders by name and id, as ``F:f``, with those in them."""


def document(folders: FOLDERS) -> dict[str, Any]:
    """Return a document with folders."""
    return {**POSTMAN, "item": items(folders)}


def items(folders: FOLDERS) -> list[dict[str, Any]]:
    """Return folders as a document has them."""
    return [
        {"name": name.partition(":")[0], "id": name.partition(":")[2], "item": items(below)}
        for name, below in folders.items()
    ]


async def tree_of(api: Api, who: Person, project_id: str) -> Any:
    """Return the names of the collections below the first one."""
    path = f"/projects/{project_id}/collections"
    [root] = (await api.json("GET", path, who))["collections"]
    return named(root["subCollections"])


def named(collections: list[dict[str, Any]]) -> Any:
    """Return the names of collections, with those below them."""
    return {one["name"]: named(one["subCollections"]) for one in collections}


async def merged(api: Api, who: Person, project_id: str, data: Any, **options: Any) -> Any:
    """Merge a document; check that a dry run says the same and writes nothing."""
    before = await everything()
    dry = await bring(api, who, project_id, data, mode="merge", dryRun=True, expect=200, **options)
    assert await everything() == before
    answer = await bring(api, who, project_id, data, mode="merge", **options)
    assert [{**one, "id": 0} for one in answer["report"]] == [
        {**one, "id": 0} for one in dry["report"]
    ]
    assert {**answer, "report": 0, "dryRun": True} == {**dry, "report": 0}
    await check_counts(project_id)
    before = await everything()
    await bring(api, who, project_id, data, mode="merge", expect=200, **options)
    assert await everything() == before
    return answer


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"F:f": {}, "G:g": {}}, {"F:g": {}}),  # f is gone, and pruned
        ({"A:a": {"F:f": {}, "G:g": {}}, "B:b": {}}, {"A:a": {"F:g": {}}, "B:b": {"F:f": {}}}),
        ({"A:a": {"F:f": {}}, "B:b": {}}, {"A:a": {"F:new": {}}, "B:b": {"F:f": {}}}),
        ({"A:a": {"F:f": {}}, "B:b": {"F:g": {}}}, {"A:a": {"F:g": {}}, "B:b": {"F:f": {}}}),
    ],
)
async def test_a_name_that_becomes_free_in_a_merge_is_taken_in_it(
    api: Api, first: FOLDERS, second: FOLDERS
) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    await bring(api, ann, project_id, document(first))
    answer = await merged(api, ann, project_id, document(second), prune=True)
    assert await tree_of(api, ann, project_id) == named_in(second)
    assert [one for one in answer["report"] if one["what"] == "renamed"] == []


def named_in(folders: FOLDERS) -> Any:
    """Return folders by name alone."""
    return {name.partition(":")[0]: named_in(below) for name, below in folders.items()}


async def test_what_moves_to_where_its_name_is_taken_gets_a_number(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    root = await bring(api, ann, project_id, document({"A:a": {"F:f": {}}, "B:b": {}}))
    ids = {one["name"]: one["id"] for one in root["report"]}
    await add_collection(api, ann, project_id, "F 2", ids["A"])
    await add_collection(api, ann, project_id, "F", ids["B"])
    answer = await merged(api, ann, project_id, document({"A:a": {}, "B:b": {"F:f": {}}}))
    assert await tree_of(api, ann, project_id) == {"A": {"F 2": {}}, "B": {"F": {}, "F 2": {}}}
    [line] = [one for one in answer["report"] if one["what"] == "renamed"]
    assert (line["id"], line["name"], line["pointer"]) == (ids["F"], "F 2", "/item/1/item/0")
    path = f"/collections/{root['collectionId']}/export?format=postman"
    out = json.loads(await fetch(api, ann, path))
    assert [one["name"] for one in out["item"][1]["item"]] == ["F", "F"]


async def test_what_would_go_too_deep_is_refused_in_a_dry_run_as_well(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    made = await bring(api, ann, project_id, document({"F:f": {}}))
    [folder] = [one["id"] for one in made["report"] if one["name"] == "F"]
    parent = None
    for number in range(11):
        parent = (await add_collection(api, ann, project_id, f"{number}", parent))["id"]
    await api.json("PATCH", f"/collections/{folder}", ann, json={"parentId": parent})
    deeper = document({"F:f": {"G:g": {}}})
    for dry in (True, False):
        refused = {"mode": "merge", "dryRun": dry, "expect": 400}
        answer = await bring(api, ann, project_id, deeper, **refused)
        assert "at most 12 deep" in answer["error"]["details"][0]["reason"]


async def test_environments_change_names_and_get_numbers_too(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]

    def servers(*names: str) -> dict[str, Any]:
        return {
            "_type": "export",
            "__export_format": 4,
            "resources": [
                {"_id": "w", "_type": "workspace", "name": "W", "parentId": None},
                {"_id": "e", "_type": "environment", "name": "Base", "parentId": "w", "data": {}},
                *(
                    {"_id": f"e{at}", "_type": "environment", "name": name, "parentId": "e"}
                    for at, name in enumerate(names)
                ),
            ],
        }

    made = await bring(api, ann, project_id, servers("A", "B"))
    ids = {one["name"]: one["id"] for one in made["report"] if one["kind"] == "environment"}
    await merged(api, ann, project_id, servers("B", "A"))
    path = f"/projects/{project_id}/environments"
    await api.json("POST", path, ann, json={"name": "C"}, expect=201)
    answer = await merged(api, ann, project_id, servers("B", "C", "D"))
    found = (await api.json("GET", path, ann))["environments"]
    by_name = {one["name"]: one["id"] for one in found}
    assert {"B": ids["A"], "C 2": ids["B"]}.items() <= by_name.items()
    assert "D" in by_name
    assert [one["name"] for one in answer["report"] if one["what"] == "renamed"] == ["C 2"]
    path = f"/environments/{ids['B']}/export?format=postman"
    assert json.loads(await fetch(api, ann, path))["name"] == "C"
