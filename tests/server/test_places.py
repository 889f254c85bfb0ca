"""Folders and requests of one parent share one order, and a place is where it says."""

import random
from typing import Any

import pytest

from tests.conftest import Api, Person
from tests.factories import add_collection, save_endpoint


async def order(api: Api, who: Person, project_id: str, parent_id: str) -> list[tuple[int, str]]:
    """Return places and names of what is directly in a collection, by place."""
    path = f"/projects/{project_id}/collections?flat=true"
    folders = (await api.json("GET", path, who))["collections"]
    path = f"/collections/{parent_id}/endpoints?limit=100"
    requests = (await api.json("GET", path, who))["endpoints"]
    below = [item for item in folders if item["parentId"] == parent_id]
    return sorted((item["position"], item["name"]) for item in (*below, *requests))


@pytest.fixture
async def parent(api: Api) -> tuple[Person, str, str]:
    """Somebody, their project, and a collection in it."""
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    return ann, project_id, (await add_collection(api, ann, project_id, "Parent"))["id"]


async def test_what_is_moved_is_where_it_was_put_and_others_make_room(
    api: Api, parent: Any
) -> None:
    ann, project_id, parent_id = parent
    made = [await save_endpoint(api, ann, parent_id, f"E{number}") for number in range(4)]
    await api.json("PATCH", f"/endpoints/{made[3]['id']}", ann, json={"position": 0})
    assert await order(api, ann, project_id, parent_id) == [
        (0, "E3"),
        (1, "E0"),
        (2, "E1"),
        (3, "E2"),
    ]
    await api.json("PATCH", f"/endpoints/{made[3]['id']}", ann, json={"position": 1})
    assert [name for _, name in await order(api, ann, project_id, parent_id)] == [
        "E0",
        "E3",
        "E1",
        "E2",
    ]


@pytest.mark.parametrize("seed", range(4))
async def test_any_moves_give_the_order_of_a_list(api: Api, parent: Any, seed: int) -> None:
    ann, project_id, parent_id = parent
    dice = random.Random(seed)  # noqa: S311 - no secret
    other_id = (await add_collection(api, ann, project_id, "Other"))["id"]
    model: dict[str, list[str]] = {parent_id: [], other_id: []}
    ids: dict[str, str] = {}
    for number in range(60):
        place = dice.choice([None, 0, 1, 2, 5, 99])
        body: dict[str, Any] = {} if place is None else {"position": place}
        target = dice.choice(list(model))
        action = dice.choice(["add", "add", "move", "move", "delete", "copy"]) if ids else "add"
        name = dice.choice(list(ids)) if ids else ""
        kind = "collection" if name[:1] == "C" else "endpoint"
        if action == "add":
            name = f"{dice.choice('CE')}{number}"
            make = add_collection if name[0] == "C" else save_endpoint
            where = (project_id, name, target) if name[0] == "C" else (target, name)
            ids[name] = (await make(api, ann, *where, **body))["id"]
        elif action == "delete":
            await api.json("DELETE", f"/{kind}s/{ids.pop(name)}", ann)
        elif action == "copy":
            new = f"{name[0]}{number}"
            target, place = next(key for key, names in model.items() if name in names), None
            path = f"/{kind}s/{ids[name]}/duplicate"
            made = await api.json("POST", path, ann, json={"name": new}, expect=201)
            name, ids[new] = new, made[kind]["id"]
        else:
            body["parentId" if kind == "collection" else "collectionId"] = target
            stays = name in model[target] and place is None
            await api.json("PATCH", f"/{kind}s/{ids[name]}", ann, json=body)
            place = model[target].index(name) if stays else place
        for names in model.values():
            if name in names and action != "copy":
                names.remove(name)
        if action != "delete":
            names = model[target]
            names.insert(len(names) if place is None else place, name)
        for key, names in model.items():
            assert await order(api, ann, project_id, key) == list(enumerate(names))


async def test_a_copy_of_what_followers_keep_has_everybodys_place(api: Api, parent: Any) -> None:
    ann, project_id, parent_id = parent
    made = [await save_endpoint(api, ann, parent_id, f"E{number}") for number in range(4)]
    since = made[-1]["revision"]
    await api.json("PATCH", f"/endpoints/{made[3]['id']}", ann, json={"position": 1})
    await api.json("DELETE", f"/endpoints/{made[0]['id']}", ann)
    path = f"/projects/{project_id}/changes?since={since}"
    changes = (await api.json("GET", path, ann))["changes"]
    kept = {item["id"]: item for item in made}
    for change in changes:
        for one in (change, *change["resources"]):
            if one["resource"] is None:
                kept.pop(one["resourceId"], None)
            else:
                kept[one["resourceId"]] = one["resource"]
    listed = (await api.json("GET", f"/collections/{parent_id}/endpoints", ann))["endpoints"]
    assert sorted(kept.values(), key=lambda item: item["position"]) == listed
