"""Collections over HTTP."""

import asyncio
from typing import Any

import pytest

from gassapi_backend.database import row, rows
from gassapi_backend.database.statements import insert
from gassapi_backend.models import (
    AuditEntry,
    Collection,
    Endpoint,
    Flow,
    Project,
    Scope,
    new_id,
)
from gassapi_backend.server.access.callers import CONSOLE
from gassapi_backend.server.items import MAX_POSITION, copy_name
from gassapi_backend.server.items.variables import MASK
from gassapi_backend.server.projects.actions import recount_project
from gassapi_backend.server.projects.queries import miscounted_projects
from tests.conftest import Api, Person, audited, everything
from tests.factories import NOWHERE, add_collection, collection_rows
from tests.server.counting import check_counts, statements


async def chain(api: Api, who: Person, project_id: str, depth: int, name: str = "L") -> list[str]:
    """Create collections, each in the one before; return their ids."""
    ids: list[str] = []
    for level in range(depth):
        made = await add_collection(
            api, who, project_id, f"{name}{level}", ids[-1] if ids else None
        )
        ids.append(made["id"])
    return ids


async def save(api: Api, who: Person, collection_id: str, name: str) -> dict[str, Any]:
    """Save a request in a collection."""
    body = {"name": name, "method": "GET", "url": "{{host}}/x", "body": {"of": name}}
    path = f"/collections/{collection_id}/endpoints"
    return (await api.json("POST", path, who, json=body, expect=201))["endpoint"]


async def shape(api: Api, who: Person | str, project_id: str) -> list[Any]:
    """Return the tree as nested ``[name, children]``."""

    def outline(nodes: list[dict[str, Any]]) -> list[Any]:
        return [[node["name"], outline(node["subCollections"])] for node in nodes]

    answer = await api.json("GET", f"/projects/{project_id}/collections", who)
    return outline(answer["collections"])


async def in_order(api: Api, who: Person, project_id: str) -> list[tuple[str, int]]:
    """Return names and places of the collections at the top, in order."""
    found = (await api.json("GET", f"/projects/{project_id}/collections", who))["collections"]
    return [(item["name"], item["position"]) for item in found]


async def test_a_collection_is_shown_as_it_was_created(api: Api) -> None:
    ann = await api.person()
    project = await api.project(ann)
    made = await add_collection(
        api, ann, project["id"], " Users ", description="é\n" * 5000, position=7
    )
    shown = await api.json("GET", f"/collections/{made['id']}", ann)
    assert shown["collection"] == made
    assert made == {
        "id": made["id"],
        "projectId": project["id"],
        "parentId": None,
        "name": "Users",
        "description": "é\n" * 5000,
        "variables": [],
        "auth": None,
        "headers": None,
        "position": 0,
        "endpointsCount": 0,
        "revision": project["revision"] + 1,
        "createdAt": made["createdAt"],
        "updatedAt": made["createdAt"],
    }
    entry = await AuditEntry.get(action="collection_created")
    assert (entry.resource_id, entry.resource_name) == (made["id"], "Users")
    assert entry.revision == made["revision"]
    shown = (await api.json("GET", f"/projects/{project['id']}", ann))["project"]
    assert (shown["collectionCount"], shown["revision"]) == (1, made["revision"])


async def test_the_tree_nests_and_the_list_does_not(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    first = await add_collection(api, ann, project_id, "First")
    second = await add_collection(api, ann, project_id, "Second", position=0)
    last = await add_collection(api, ann, project_id, "Last")
    inner = await add_collection(api, ann, project_id, "Inner", first["id"])
    deep = await add_collection(api, ann, project_id, "Deep", inner["id"])
    await save(api, ann, deep["id"], "Ping")
    assert await shape(api, ann, project_id) == [
        ["Second", []],
        ["First", [["Inner", [["Deep", []]]]]],
        ["Last", []],
    ]
    flat = await api.json("GET", f"/projects/{project_id}/collections?flat=true", ann)
    deep["endpointsCount"] = 1
    first |= {"position": 1, "revision": second["revision"]}  # it made room
    assert flat["collections"] == [second, inner, deep, first, last]
    assert [item["position"] for item in flat["collections"]] == [0, 0, 0, 1, 2]


async def test_an_empty_project_has_an_empty_tree(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    assert await shape(api, ann, project_id) == []


SAME = [
    ("Users", "USERS"),
    ("Users", "users  "),
    ("Big  users", "Big users"),
    ("Café", "Cafe\u0301"),
    ("ﬁle", "file"),
    ("STRASSE", "straße"),
    ("Ⅳ", "iv"),
    ("x" * 255, "X" * 255),
]
DIFFERENT = [
    ("Cafe", "Café"),
    ("Users", "User s"),
    ("ı", "i"),
    ("x" * 255, "x" * 254),
    ("1", "１a"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
async def test_spellings_of_one_name_are_a_conflict_among_siblings(
    api: Api, one: str, other: str
) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    parent = await add_collection(api, ann, project_id, "Parent")
    for place in (None, parent["id"]):
        await add_collection(api, ann, project_id, one, place)
        third = await add_collection(api, ann, project_id, "Third", place)
        before = await everything()
        path = f"/projects/{project_id}/collections"
        body = {"name": other, "parentId": place}
        answer = await api.json("POST", path, ann, json=body, expect=409)
        assert answer["error"]["code"] == "CONFLICT"
        path = f"/collections/{third['id']}"
        await api.json("PATCH", path, ann, json={"name": other}, expect=409)
        assert await everything() == before


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
async def test_other_names_live_beside_each_other(api: Api, one: str, other: str) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    await add_collection(api, ann, project_id, one)
    await add_collection(api, ann, project_id, other)
    await check_counts(project_id)


async def test_the_same_name_is_free_elsewhere(api: Api) -> None:
    ann = await api.person()
    project_id, other_id = (await api.project(ann))["id"], (await api.project(ann))["id"]
    first = await add_collection(api, ann, project_id, "Users")
    await add_collection(api, ann, project_id, "Users", first["id"])
    await add_collection(api, ann, other_id, "Users")
    await api.json("PATCH", f"/collections/{first['id']}", ann, json={"name": "USERS"})


BAD = [
    ({"name": ""}, "name"),
    ({"name": "   "}, "name"),
    ({"name": "x" * 256}, "name"),
    ({"name": "a\nb"}, "name"),
    ({"name": "a\u202eb"}, "name"),
    ({"name": "\u200d"}, "name"),
    ({"name": None}, "name"),
    ({"description": "x" * 100_001}, "description"),
    ({"position": -1}, "position"),
    ({"position": 2**31}, "position"),
    ({"position": 1.0}, "position"),
    ({"position": "1"}, "position"),
    ({"position": True}, "position"),
    ({"parentId": ""}, "parentId"),
    ({"parentId": "x"}, "parentId"),
    ({"parentId": NOWHERE.upper()}, "parentId"),
    ({"parentId": NOWHERE}, "parentId"),
    ({"parentId": 1}, "parentId"),
    ({"parent_id": NOWHERE}, "parent_id"),
]


@pytest.mark.parametrize(("fields", "named"), BAD)
async def test_a_bad_field_is_400_and_named(api: Api, fields: dict[str, Any], named: str) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    made = await add_collection(api, ann, project_id, "Users")
    before = await everything()
    for method, path in (
        ("POST", f"/projects/{project_id}/collections"),
        ("PUT", f"/collections/{made['id']}"),
        ("PATCH", f"/collections/{made['id']}"),
    ):
        answer = await api.json(method, path, ann, json={"name": "New", **fields}, expect=400)
        assert [detail["field"] for detail in answer["error"]["details"]] == [named]
    assert await everything() == before


async def test_the_parent_has_to_be_of_the_same_project(api: Api) -> None:
    ann = await api.person()
    project_id, other_id = (await api.project(ann))["id"], (await api.project(ann))["id"]
    mine, foreign = (
        await add_collection(api, ann, project_id, "A"),
        await add_collection(api, ann, other_id, "B"),
    )
    before = await everything()
    for method, path in (
        ("POST", f"/projects/{project_id}/collections"),
        ("PATCH", f"/collections/{mine['id']}"),
    ):
        body = {"name": "C", "parentId": foreign["id"]}
        answer = await api.json(method, path, ann, json=body, expect=400)
        assert answer["error"]["details"][0]["field"] == "parentId"
    assert await everything() == before


async def test_collections_go_twelve_deep(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    ids = await chain(api, ann, project_id, 12)
    before = await everything()
    path = f"/projects/{project_id}/collections"
    body = {"name": "Sixth", "parentId": ids[-1]}
    answer = await api.json("POST", path, ann, json=body, expect=400)
    assert answer["error"]["details"][0]["field"] == "parentId"
    assert await everything() == before


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_an_update_changes_exactly_what_is_sent(api: Api, method: str) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    state = await add_collection(api, ann, project_id, "Users", description="Old")
    parent = await add_collection(api, ann, project_id, "Parent")
    for change in (
        {"name": "People"},
        {"description": "New", "position": 1},
        {"description": None},
        {"auth": {"type": "bearer", "token": "{{t}}"}, "headers": {"X-A": "1"}},
        {"headers": [{"key": "X-A", "value": "1"}, {"key": "X-A", "enabled": False}]},
        {"variables": [{"key": "a b", "value": "1", "enabled": True, "secret": False}]},
        {"variables": [], "headers": None, "auth": None},
        {"parentId": parent["id"], "position": 0},
        {"parentId": None, "position": 0, "name": "users"},
    ):
        path = f"/collections/{state['id']}"
        answer = (await api.json(method, path, ann, json=change))["collection"]
        revision = (await api.json("GET", f"/projects/{project_id}", ann))["project"]["revision"]
        assert answer == {
            **state,
            **change,
            "revision": revision,
            "updatedAt": answer["updatedAt"],
        }
        assert (await api.json("GET", path, ann))["collection"] == answer
        state = answer
    entry = await AuditEntry.filter(action="collection_updated").order_by("-revision").first()
    assert entry
    assert entry.details == {"fields": ["name", "parentId", "position"]}
    assert entry.revision == state["revision"]


async def test_an_update_of_nothing_changes_nothing(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    variables = [{"key": "a", "value": "1", "enabled": True, "secret": True, "hasValue": True}]
    fields = {"description": "Old", "headers": {"X-A": "1"}, "variables": variables}
    made = await add_collection(api, ann, project_id, "Users", **fields)
    before = await everything()
    variables[0]["value"] = MASK
    same = {"name": "Users", "position": 0, "parentId": None, **fields}
    for body in ({}, same):
        answer = await api.json("PUT", f"/collections/{made['id']}", ann, json=body)
        assert answer["collection"] == made
    assert await everything() == before


async def test_a_moved_collection_comes_last_with_all_below_it(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    a, b = (
        await add_collection(api, ann, project_id, "A"),
        await add_collection(api, ann, project_id, "B"),
    )
    await add_collection(api, ann, project_id, "In B", b["id"])
    inner = await add_collection(api, ann, project_id, "In A", a["id"])
    await add_collection(api, ann, project_id, "Deep", inner["id"])
    body = {"parentId": b["id"]}
    moved = await api.json("PATCH", f"/collections/{inner['id']}", ann, json=body)
    assert moved["collection"]["position"] == 1
    assert await shape(api, ann, project_id) == [
        ["A", []],
        ["B", [["In B", []], ["In A", [["Deep", []]]]]],
    ]
    await api.json("PATCH", f"/collections/{inner['id']}", ann, json={"parentId": None})
    assert [node[0] for node in await shape(api, ann, project_id)] == ["A", "B", "In A"]
    await check_counts(project_id)


async def test_a_collection_cannot_be_moved_below_itself(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    ids = await chain(api, ann, project_id, 3)
    before = await everything()
    for target in ids:
        path = f"/collections/{ids[0]}"
        answer = await api.json("PATCH", path, ann, json={"parentId": target}, expect=400)
        (detail,) = answer["error"]["details"]
        assert detail["field"] == "parentId"
        assert "below itself" in detail["reason"]
    assert await everything() == before


async def test_a_move_keeps_all_of_it_within_twelve_levels(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    high = await chain(api, ann, project_id, 7, "H")
    tower = await chain(api, ann, project_id, 3, "T")
    await api.json("PATCH", f"/collections/{tower[0]}", ann, json={"parentId": high[6]})
    pile = await chain(api, ann, project_id, 3, "P")
    before = await everything()
    path = f"/collections/{pile[0]}"
    await api.json("PATCH", path, ann, json={"parentId": tower[2]}, expect=400)
    assert await everything() == before
    await api.json("PATCH", path, ann, json={"parentId": tower[1]})
    await api.json("PATCH", f"/collections/{pile[2]}", ann, json={"parentId": None})
    found = await shape(api, ann, project_id)
    assert found[1] == ["P2", []]
    for _ in high:
        ((_, found),) = found[:1]
    assert found == [["T0", [["T1", [["T2", []], ["P0", [["P1", []]]]]]]]]


async def test_a_move_to_where_the_name_is_taken_is_a_conflict(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    parent = await add_collection(api, ann, project_id, "Users")
    inner = await add_collection(api, ann, project_id, "users", parent["id"])
    before = await everything()
    path = f"/collections/{inner['id']}"
    await api.json("PATCH", path, ann, json={"parentId": None}, expect=409)
    assert await everything() == before
    await api.json("PATCH", path, ann, json={"parentId": None, "name": "Others"})


async def test_a_deleted_collection_takes_all_below_but_leaves_flows(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    keep, top = (
        await add_collection(api, ann, project_id, "Keep"),
        await add_collection(api, ann, project_id, "Top"),
    )
    inner = await add_collection(api, ann, project_id, "Inner", top["id"])
    for place in (keep, top, inner, inner):
        await save(api, ann, place["id"], "Ping")
    for name in ("One", "Two", "Three"):  # MySQL 9 does not follow foreign keys through a bush
        for leaf in ("Leaf", "Other leaf"):
            branch = await add_collection(api, ann, project_id, f"{name} {leaf}", inner["id"])
            await add_collection(api, ann, project_id, leaf, branch["id"])
    flows = [
        await Flow.create(
            project_id=project_id,
            collection_id=place["id"],
            name=f"Flow {number}",
            name_key="flow",
            flow_data="{}",
        )
        for number, place in enumerate((keep, top, inner))
    ]
    await recount_project(CONSOLE, project_id)
    answer = await api.json("DELETE", f"/collections/{top['id']}", ann)
    assert answer["message"]
    assert await shape(api, ann, project_id) == [["Keep", []]]
    assert await Endpoint.all().values_list("collection_id", flat=True) == [keep["id"]]
    project = (await api.json("GET", f"/projects/{project_id}", ann))["project"]
    assert (project["collectionCount"], project["endpointCount"]) == (1, 1)
    entries = await AuditEntry.filter(revision__gt=project["revision"] - 3).order_by("revision")
    assert [entry.action for entry in entries] == [
        "flow_updated",
        "flow_updated",
        "collection_deleted",
    ]
    assert entries[0].details == {"fields": ["collectionId"]}
    assert entries[2].details == {"collections": 14, "endpoints": 3}
    kept = {flow.id: flow for flow in await Flow.all()}
    assert [kept[flow.id].collection_id for flow in flows] == [keep["id"], None, None]
    detached = {entry.resource_id: entry.revision for entry in entries[:2]}
    assert detached == {flow.id: kept[flow.id].revision for flow in flows[1:]}
    assert kept[flows[0].id].revision == 0
    await api.json("GET", f"/collections/{inner['id']}", ann, expect=404)
    await check_counts(project_id)


async def test_a_deleted_project_takes_its_collections_and_endpoints(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    ids = await chain(api, ann, project_id, 12)
    for level in (1, 2, 3):
        await add_collection(api, ann, project_id, "Branch", ids[level])
    await save(api, ann, ids[4], "Ping")
    await api.json("DELETE", f"/projects/{project_id}", ann)
    assert not await Collection.exists()
    assert not await Endpoint.exists()


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
async def test_a_write_for_another_revision_is_412_with_the_current_state(
    api: Api, method: str
) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    made = await add_collection(api, ann, project_id, "Users")
    await add_collection(
        api, ann, project_id, "Others"
    )  # the project's revision moves, not this one's
    path = f"/collections/{made['id']}"
    body = None if method == "DELETE" else {"name": "People"}
    before = await everything()
    headers = {"If-Match": f'"{made["revision"] - 1}"'}
    answer = await api.json(method, path, ann, json=body, headers=headers, expect=412)
    assert answer["error"]["details"] == {"current": made}
    assert await everything() == before
    shown = await api.call("GET", path, ann)
    headers = {"If-Match": shown.headers["ETag"]}
    await api.json(method, path, ann, json=body, headers=headers)


async def test_a_copy_has_everything_below_and_one_revision(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    parent = await add_collection(api, ann, project_id, "Parent")
    top = await add_collection(api, ann, project_id, "Top", parent["id"], description="About it")
    await save(api, ann, top["id"], "First")
    inner = await add_collection(api, ann, project_id, "Inner", top["id"])
    for name in ("B", "A"):
        await save(api, ann, inner["id"], name)
    before = (await api.json("GET", f"/projects/{project_id}", ann))["project"]
    path = f"/collections/{top['id']}/duplicate"
    copy = (await api.json("POST", path, ann, expect=201))["collection"]
    assert (copy["name"], copy["parentId"]) == ("Top copy", parent["id"])
    assert (copy["description"], copy["position"]) == ("About it", 1)
    assert copy["revision"] == before["revision"] + 1
    assert (await api.json("GET", f"/collections/{copy['id']}", ann))["collection"] == copy
    assert await shape(api, ann, project_id) == [
        ["Parent", [["Top", [["Inner", []]]], ["Top copy", [["Inner", []]]]]]
    ]
    copied = await Collection.get(parent_id=copy["id"])
    assert (copied.position, copied.endpoint_count, copied.revision) == (1, 2, copy["revision"])
    path = "/collections/{}/endpoints"
    old = (await api.json("GET", path.format(inner["id"]), ann))["endpoints"]
    new = (await api.json("GET", path.format(copied.id), ann))["endpoints"]
    own = ("id", "collectionId", "revision", "createdAt", "updatedAt")
    for was, became in zip(old, new, strict=True):
        assert {k: v for k, v in was.items() if k not in own} == {
            k: v for k, v in became.items() if k not in own
        }
        assert became["revision"] == copy["revision"]
    entry = await AuditEntry.get(action="collection_duplicated")
    assert entry.details == {
        "fromId": top["id"],
        "fromProjectId": None,
        "collections": 2,
        "endpoints": 3,
    }
    await check_counts(project_id)


async def test_copies_take_the_first_name_that_is_free(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    top = await add_collection(api, ann, project_id, "x" * 255)
    await insert("collections", collection_rows(project_id, 150, "y copy"))
    path, names = "/collections/{}/duplicate", []
    for _ in range(3):
        answer = await api.json("POST", path.format(top["id"]), ann, json={}, expect=201)
        names.append(answer["collection"]["name"])
    assert names == ["x" * 250 + " copy", "x" * 248 + " copy 2", "x" * 248 + " copy 3"]
    short = await add_collection(api, ann, project_id, "y")
    await add_collection(api, ann, project_id, "Y  COPY")
    answer = await api.json("POST", path.format(short["id"]), ann, expect=201)
    assert answer["collection"]["name"] == "y copy 150"
    body = {"name": "y COPY 7"}
    before = await everything()
    await api.json("POST", path.format(short["id"]), ann, json=body, expect=409)
    assert await everything() == before


async def test_a_copy_lands_at_the_top_of_another_project(api: Api) -> None:
    ann = await api.person()
    one, two = (await api.project(ann))["id"], (await api.project(ann))["id"]
    ids = await chain(api, ann, one, 3)
    await save(api, ann, ids[1], "Ping")
    untouched = await row("SELECT * FROM projects WHERE id = ?", one)
    path = f"/collections/{ids[1]}/duplicate"
    body = {"projectId": two, "name": "Brought"}
    copy = (await api.json("POST", path, ann, json=body, expect=201))["collection"]
    assert (copy["projectId"], copy["parentId"], copy["endpointsCount"]) == (two, None, 1)
    assert await shape(api, ann, two) == [["Brought", [["L2", []]]]]
    assert await row("SELECT * FROM projects WHERE id = ?", one) == untouched
    assert await Endpoint.filter(project_id=two, collection_id=copy["id"]).count() == 1
    await check_counts(one)
    await check_counts(two)


async def test_a_copy_into_a_project_needs_the_right_to_write_there(api: Api) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    mine = (await api.project(ann))["id"]
    others = (await api.project(bob, isPublic=True))["id"]
    made = await add_collection(api, ann, mine, "Users")
    second = (await api.project(ann))["id"]
    token = await api.token(ann, mine, Scope.WRITE)
    before = await everything()
    path = f"/collections/{made['id']}/duplicate"
    await api.json("POST", path, ann, json={"projectId": others}, expect=403)
    await api.json("POST", path, ann, json={"projectId": NOWHERE}, expect=404)
    await api.json("POST", path, ann, json={"projectId": "x"}, expect=400)
    await api.json("POST", path, token, json={"projectId": second}, expect=403)
    assert await everything() == before
    await api.json("POST", path, token, json={"projectId": mine}, expect=201)


async def test_big_collections_are_copied_and_deleted_whole(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    top = await add_collection(api, ann, project_id, "Top")
    below = collection_rows(
        project_id, 210, parent_id=top["id"], sibling_of=top["id"], endpoint_count=4
    )
    await insert("collections", below)
    await insert(
        "endpoints",
        [
            {
                "id": new_id(),
                "project_id": project_id,
                "collection_id": place["id"],
                "name": f"Ping {number}",
                "name_key": f"ping {number}",
                "method": "GET",
                "url": "/",
                "url_key": "/",
                "position": number,
                "headers": "{}",
                "body": f'{{"of": "{place["name"]}"}}',
                "revision": 1,
                "created_at": place["created_at"],
                "updated_at": place["created_at"],
            }
            for place in below
            for number in range(4)
        ],
    )
    await recount_project(CONSOLE, project_id)
    path = f"/collections/{top['id']}/duplicate"
    copy = (await api.json("POST", path, ann, expect=201))["collection"]
    found = await rows(
        "SELECT c.name, e.name AS endpoint, e.position, e.body FROM endpoints e "
        "JOIN collections c ON c.id = e.collection_id WHERE c.parent_id = ? ORDER BY e.id",
        copy["id"],
    )
    assert len(found) == 840
    for item in found:
        assert item["body"] == f'{{"of": "{item["name"]}"}}'
        assert item["endpoint"] == f"Ping {item['position']}"
    await check_counts(project_id)
    await api.json("DELETE", f"/collections/{top['id']}", ann)
    assert (await Collection.all().count(), await Endpoint.all().count()) == (211, 840)
    await check_counts(project_id)


async def test_among_ten_thousand_siblings_a_new_one_costs_no_more_and_is_last(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    create: dict[str, Any] = {"method": "POST", "expect": 201}
    path = f"/projects/{project_id}/collections"
    alone = await statements(api, caplog, path, ann, json={"name": "First"}, **create)
    await insert("collections", collection_rows(project_id, 10_000), batch=1000)
    among = await statements(api, caplog, path, ann, json={"name": "New"}, **create)
    assert len(among) == len(alone)
    made = await Collection.get(project_id=project_id, name="New")
    assert made.position == 10_000
    await api.json(
        "POST",
        f"/projects/{project_id}/collections",
        ann,
        json={"name": "bulk 5000"},
        expect=409,
    )


async def test_a_place_beyond_the_end_is_the_end(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    for name in ("A", "B"):
        await add_collection(api, ann, project_id, name, position=MAX_POSITION)
    assert await in_order(api, ann, project_id) == [("A", 0), ("B", 1)]
    first = (await api.json("GET", f"/projects/{project_id}/collections", ann))["collections"][0]
    path, body = f"/collections/{first['id']}", {"position": MAX_POSITION}
    assert (await api.json("PATCH", path, ann, json=body))["collection"]["position"] == 1
    assert await in_order(api, ann, project_id) == [("B", 0), ("A", 1)]


async def test_of_fifty_who_create_one_name_exactly_one_wins(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    path = f"/projects/{project_id}/collections"
    calls = [
        api.call("POST", path, ann, json={"name": name})
        for name in ["Users", "USERS", "users ", " Users", "ｕsers"] * 10
    ]
    statuses = sorted([response.status for response in await asyncio.gather(*calls)])
    assert statuses == [201] + [409] * 49
    assert (await audited()).count("collection_created") == 1
    await check_counts(project_id)


async def test_fifty_writers_at_once_break_no_count_and_lose_no_revision(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    made = [await add_collection(api, ann, project_id, f"Start {number}") for number in range(10)]
    await save(api, ann, made[0]["id"], "Ping")
    calls = []
    for number, item in enumerate(made):
        path = f"/collections/{item['id']}"
        calls += [
            api.call(
                "POST", f"/projects/{project_id}/collections", ann, json={"name": f"N{number}"}
            ),
            api.call("POST", f"{path}/duplicate", ann),
            api.call("PATCH", path, ann, json={"name": f"Renamed {number}"}),
            api.call("PATCH", path, ann, json={"parentId": made[number - 1]["id"]}),
            api.call("DELETE", path, ann),
        ]
    statuses = {response.status for response in await asyncio.gather(*calls)}
    assert statuses <= {200, 201, 400, 404}
    await check_counts(project_id)


async def test_moves_at_once_never_make_a_cycle_or_go_too_deep(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    made = [await add_collection(api, ann, project_id, f"C{number}") for number in range(16)]
    calls = [
        api.call(
            "PATCH",
            f"/collections/{made[number % 16]['id']}",
            ann,
            json={"parentId": made[(number + 1 + number // 16) % 16]["id"]},
        )
        for number in range(50)
    ]
    statuses = {response.status for response in await asyncio.gather(*calls)}
    assert statuses == {200, 400}
    parents = dict(await Collection.all().values_list("id", "parent_id"))
    for start in parents:
        path = [start]
        while (above := parents[path[-1]]) is not None:
            assert above not in path
            path.append(above)
        assert len(path) <= 12
    await check_counts(project_id)


async def test_copies_between_two_projects_in_both_directions_do_not_stop_each_other(
    api: Api,
) -> None:
    ann = await api.person()
    one, two = (await api.project(ann))["id"], (await api.project(ann))["id"]
    here, there = (
        await add_collection(api, ann, one, "Here"),
        await add_collection(api, ann, two, "There"),
    )
    await save(api, ann, here["id"], "Ping")
    calls = []
    for _ in range(10):
        for source, target in ((here, two), (there, one)):
            path = f"/collections/{source['id']}/duplicate"
            calls.append(api.call("POST", path, ann, json={"projectId": target}))
    assert {response.status for response in await asyncio.gather(*calls)} == {201}
    await check_counts(one)
    await check_counts(two)


async def test_of_writers_with_one_etag_exactly_one_wins(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    made = await add_collection(api, ann, project_id, "Users")
    headers = {"If-Match": f'"{made["revision"]}"'}
    path = f"/collections/{made['id']}"
    calls = [
        api.call("PATCH", path, ann, json={"name": f"Name {number}"}, headers=headers)
        for number in range(9)
    ]
    calls.append(api.call("DELETE", path, ann, headers=headers))
    statuses = sorted([response.status for response in await asyncio.gather(*calls)])
    assert statuses in ([200] + [412] * 9, [200] + [404] * 9)


async def test_wrong_counts_are_found_and_set_right(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    made = await add_collection(api, ann, project_id, "Users")
    await save(api, ann, made["id"], "Ping")
    assert await miscounted_projects() == []
    for model, key, field in (
        (Project, project_id, "collection_count"),
        (Project, project_id, "endpoint_count"),
        (Collection, made["id"], "endpoint_count"),
    ):
        await model.filter(id=key).update(**{field: 7})
        assert await miscounted_projects() == [project_id]
        await recount_project(CONSOLE, project_id)
        assert (await model.get(id=key).values(field))[field] == 1
        assert await miscounted_projects() == []


def test_names_of_copies_stay_within_the_limit() -> None:
    assert copy_name("A") == "A copy"
    assert copy_name("A", 2) == "A copy 2"
    assert copy_name("a " * 127) == "a " * 124 + "a copy"
    assert len(copy_name("😀" * 255, 10_000)) == 255
