"""A newer document meets what people made of the older one: theirs stays, the source's comes."""

import asyncio
import copy
import json
from typing import Any

import pytest

from gassapi_backend.models import AuditEntry, Origin
from tests.conftest import Api, Person, audited, everything
from tests.factories import NOWHERE, add_collection, save_endpoint
from tests.server.counting import check_counts, statements
from tests.server.importing.documents import (
    ENVIRONMENT,
    POSTMAN,
    bring,
    endpoints_of,
    fetch,
    without_ids,
)


@pytest.fixture
async def bakery(api: Api) -> tuple[Person, str, str]:
    """Somebody, their project, and the collection that a document became."""
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    return ann, project_id, (await bring(api, ann, project_id, POSTMAN))["collectionId"]


def newer() -> dict[str, Any]:
    """Return a newer version of the document."""
    found = copy.deepcopy(POSTMAN)
    found["item"][0]["name"] = "All bread"
    found["item"][0]["request"]["url"]["raw"] = "{{base}}/v2/bread?page=1"
    found["item"][1]["item"].append(
        {
            "name": "Pay",
            "id": "c1",
            "request": {"method": "PUT", "header": [], "url": {"raw": "{{base}}/pay"}},
            "response": [],
        }
    )
    return found


async def test_the_same_document_again_changes_nothing(
    api: Api, bakery: tuple[Person, str, str]
) -> None:
    ann, project_id, collection_id = bakery
    before = await everything()
    answer = await bring(api, ann, project_id, POSTMAN, mode="merge", expect=200)
    assert await everything() == before
    assert (answer["unchanged"], answer["updated"]) == (4, 0)
    assert {line["what"] for line in answer["report"]} == {"kept"}  # scripts, as ever
    assert answer["collectionId"] == collection_id


async def test_a_newer_document_comes_in_and_what_people_did_stays(
    api: Api, bakery: tuple[Person, str, str]
) -> None:
    ann, project_id, collection_id = bakery
    old = await endpoints_of(api, ann, project_id)
    path = f"/endpoints/{old['List bread']['id']}"
    headers = [*old["List bread"]["headers"], {"key": "X-Mine", "value": "1"}]
    await api.json("PATCH", path, ann, json={"name": "My bread", "headers": headers})
    own = await save_endpoint(api, ann, collection_id, "Own")
    dry = await bring(api, ann, project_id, newer(), mode="merge", dryRun=True, expect=200)
    answer = await bring(api, ann, project_id, newer(), mode="merge")
    for line in answer["report"]:
        if line["what"] == "created":
            del line["id"]
    assert {**answer, "dryRun": True} == dry
    assert answer["imported"]["endpoints"] == 1
    assert answer["conflicts"] == 1
    [conflict] = [line for line in answer["report"] if line["what"] == "conflict"]
    assert (conflict["field"], conflict["ours"], conflict["source"]) == (
        "name",
        "My bread",
        "All bread",
    )
    found = await endpoints_of(api, ann, project_id)
    assert found["My bread"]["id"] == old["List bread"]["id"]
    assert found["My bread"]["url"] == "{{base}}/v2/bread?page=1"
    assert {"key": "X-Mine", "value": "1"} in found["My bread"]["headers"]
    assert found["Own"] == own | {"position": found["Own"]["position"]}
    assert found["Pay"]["collectionId"] == found["Order"]["collectionId"]
    entry = await AuditEntry.get(action="collection_merged")
    assert entry.resource_id == collection_id
    await check_counts(project_id)
    before = await everything()
    again = await bring(api, ann, project_id, newer(), mode="merge", expect=200)
    assert again["conflicts"] == 0
    assert await everything() == before
    out = json.loads(await fetch(api, ann, f"/collections/{collection_id}/export?format=postman"))
    assert [one["name"] for one in out["item"]] == ["My bread", "Orders", "Own"]
    assert out["item"][0]["event"] == POSTMAN["item"][0]["event"]


async def test_the_source_s_word_counts_where_that_is_asked_for(
    api: Api, bakery: tuple[Person, str, str]
) -> None:
    ann, project_id, collection_id = bakery
    listed = (await endpoints_of(api, ann, project_id))["List bread"]
    await api.json("PATCH", f"/endpoints/{listed['id']}", ann, json={"name": "My bread"})
    answer = await bring(api, ann, project_id, newer(), mode="merge", prefer="source")
    assert answer["conflicts"] == 1
    out = json.loads(await fetch(api, ann, f"/collections/{collection_id}/export?format=postman"))
    assert without_ids(out) == without_ids(newer())


async def test_what_is_gone_is_marked_or_deleted_where_nobody_edited_it(
    api: Api, bakery: tuple[Person, str, str]
) -> None:
    ann, project_id, collection_id = bakery
    smaller = {**POSTMAN, "item": POSTMAN["item"][:1]}
    answer = await bring(api, ann, project_id, smaller, mode="merge")
    assert [line["name"] for line in answer["report"] if line["what"] == "gone"] == [
        "Orders",
        "Order",
    ]
    found = await endpoints_of(api, ann, project_id)
    assert found["Order"]["goneFromSource"] is True
    since = (await api.json("GET", f"/projects/{project_id}", ann))["project"]["revision"]
    await bring(api, ann, project_id, smaller, mode="merge", prune=True)
    assert set(await endpoints_of(api, ann, project_id)) == {"List bread"}
    changes = await api.json("GET", f"/projects/{project_id}/changes?since={since}", ann)
    assert [one["resourceType"] for one in changes["changes"] if one["deleted"]] == ["collection"]
    assert await Origin.all().count() == 2
    await check_counts(project_id)
    back = await bring(api, ann, project_id, POSTMAN, mode="merge")
    assert back["imported"]["endpoints"] == 1
    assert back["collectionId"] == collection_id


async def test_what_was_deleted_here_stays_deleted(
    api: Api, bakery: tuple[Person, str, str]
) -> None:
    ann, project_id, collection_id = bakery
    listed = (await endpoints_of(api, ann, project_id))["List bread"]
    await api.json("DELETE", f"/endpoints/{listed['id']}", ann)
    answer = await bring(api, ann, project_id, POSTMAN, mode="merge", expect=200)
    assert "It was deleted here, and stays so." in {line["reason"] for line in answer["report"]}
    await bring(api, ann, project_id, newer(), mode="merge")
    assert set(await endpoints_of(api, ann, project_id)) == {"Order", "Pay"}
    await api.json("DELETE", f"/collections/{collection_id}", ann)
    assert await Origin.all().count() == 0


async def test_deleting_what_is_gone_leaves_nothing_for_the_same_document_to_change(
    api: Api, bakery: tuple[Person, str, str]
) -> None:
    ann, project_id, _ = bakery
    smaller = {**POSTMAN, "item": POSTMAN["item"][:1]}
    await bring(api, ann, project_id, smaller, mode="merge")
    order = (await endpoints_of(api, ann, project_id))["Order"]
    await api.json("DELETE", f"/collections/{order['collectionId']}", ann)
    assert await Origin.all().count() == 2
    before = await everything()
    await bring(api, ann, project_id, smaller, mode="merge", expect=200)
    assert await everything() == before


async def test_it_is_merged_into_the_one_that_it_was_or_somebody_says_into_which(
    api: Api, bakery: tuple[Person, str, str]
) -> None:
    ann, project_id, collection_id = bakery
    other = copy.deepcopy(POSTMAN)
    other["info"]["_postman_id"] = "99999999-2222-4333-8444-555555555555"
    refused = await bring(api, ann, project_id, other, mode="merge", expect=409)
    assert refused["error"]["details"] == {"candidates": []}
    twin = (await bring(api, ann, project_id, POSTMAN))["collectionId"]
    refused = await bring(api, ann, project_id, POSTMAN, mode="merge", expect=409)
    candidates = refused["error"]["details"]["candidates"]
    assert {one["id"] for one in candidates} == {collection_id, twin}
    wanted = {"mode": "merge", "collectionId": twin, "expect": 200}
    assert (await bring(api, ann, project_id, POSTMAN, **wanted))["collectionId"] == twin
    wanted = {"mode": "merge", "collectionId": NOWHERE, "expect": 400}
    await bring(api, ann, project_id, POSTMAN, **wanted)


async def test_a_merge_meant_for_another_state_is_412(
    api: Api, bakery: tuple[Person, str, str]
) -> None:
    ann, project_id, collection_id = bakery
    shown = await api.call("GET", f"/collections/{collection_id}", ann)
    tag = shown.headers["ETag"]
    body = {"description": "Other"}
    await api.json("PATCH", f"/collections/{collection_id}", ann, json=body)
    sent = {"projectId": project_id, "data": newer(), "mode": "merge"}
    before = await everything()
    answer = await api.json(
        "POST", "/collections/import", ann, json=sent, headers={"If-Match": tag}, expect=412
    )
    assert answer["error"]["details"]["current"]["description"] == "Other"
    assert await everything() == before


async def test_folders_may_change_names_with_each_other(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    items = [{"name": name, "id": name, "item": []} for name in ("A", "B")]
    document = {**POSTMAN, "item": items}
    root = (await bring(api, ann, project_id, document))["collectionId"]
    await add_collection(api, ann, project_id, "C", root)
    items[0]["name"], items[1]["name"] = "B", "A"
    items.append({"name": "C", "id": "C", "item": []})
    answer = await bring(api, ann, project_id, {**POSTMAN, "item": items}, mode="merge")
    assert [line["name"] for line in answer["report"] if line["what"] == "renamed"] == ["C 2"]
    path = f"/projects/{project_id}/collections"
    tree = (await api.json("GET", path, ann))["collections"]
    assert [one["name"] for one in tree[0]["subCollections"]] == ["B", "A", "C", "C 2"]
    out = json.loads(await fetch(api, ann, f"/collections/{root}/export?format=postman"))
    assert [one["name"] for one in out["item"]] == ["B", "A", "C", "C"]
    again = await bring(api, ann, project_id, {**POSTMAN, "item": items}, mode="merge", expect=200)
    assert again["unchanged"] == 4


async def test_values_of_variables_and_secrets_are_ours(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    await bring(api, ann, project_id, ENVIRONMENT)
    found = (await api.json("GET", f"/projects/{project_id}/environments", ann))["environments"]
    [live] = [one for one in found if one["name"] == "Live"]
    same = await bring(api, ann, project_id, ENVIRONMENT, mode="merge", expect=200)
    assert same["unchanged"] == 1
    changed = copy.deepcopy(ENVIRONMENT)
    changed["values"][0]["value"] = "new.test"
    changed["values"][1]["value"] = "another"
    changed["values"].append({"key": "more", "value": "1", "enabled": True})
    await bring(api, ann, project_id, changed, mode="merge")
    path = f"/environments/{live['id']}?reveal=true"
    shown = (await api.json("GET", path, ann))["environment"]["variables"]
    assert [(one["key"], one["value"]) for one in shown] == [
        ("host", "live.test"),
        ("password", "hush hush"),
        ("more", "1"),
    ]


async def test_writers_and_merges_at_once_lose_nothing(
    api: Api, bakery: tuple[Person, str, str]
) -> None:
    ann, project_id, _ = bakery
    listed = (await endpoints_of(api, ann, project_id))["List bread"]

    async def write() -> None:
        for number in range(20):
            body = {"purpose": f"Mine {number}"}
            await api.json("PATCH", f"/endpoints/{listed['id']}", ann, json=body)

    body = {"projectId": project_id, "data": newer(), "mode": "merge"}
    _, *answers = await asyncio.gather(
        write(), *(api.call("POST", "/collections/import", ann, json=body) for _ in range(2))
    )
    assert {one.status for one in answers} <= {200, 201, 503}
    found = await endpoints_of(api, ann, project_id)
    assert found.get("All bread", found.get("List bread"))["purpose"] == "Mine 19"
    assert len(found) in (2, 3)
    await check_counts(project_id)


async def test_a_merge_is_one_entry_and_one_revision(
    api: Api, bakery: tuple[Person, str, str]
) -> None:
    ann, project_id, _ = bakery
    before = (await api.json("GET", f"/projects/{project_id}", ann))["project"]["revision"]
    await bring(api, ann, project_id, newer(), mode="merge")
    after = (await api.json("GET", f"/projects/{project_id}", ann))["project"]["revision"]
    assert after == before + 1
    assert (await audited()).count("collection_merged") == 1
    path = f"/projects/{project_id}/changes?since={before}"
    [change] = (await api.json("GET", path, ann))["changes"]
    names = {one["resource"]["name"] for one in change["resources"]}
    assert names == {"All bread", "Pay"}


async def test_a_merge_of_many_rows_takes_a_few_statements(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]

    def document(count: int, version: str) -> dict[str, Any]:
        items = [
            {
                "name": f"Folder {number} of {version}",
                "id": f"f{number}",
                "item": [
                    {
                        "name": f"{number}",
                        "id": f"r{number}",
                        "request": {"method": "GET", "header": [], "url": f"/{version}/{number}"},
                    }
                ],
            }
            for number in range(count)
        ]
        return {**POSTMAN, "item": items}

    async def spent(newer: dict[str, Any], **more: Any) -> int:
        sent = {"projectId": project_id, "data": newer, "mode": "merge", **more}
        path, options = "/collections/import", {"method": "POST", "json": sent, "expect": 201}
        return len(await statements(api, caplog, path, ann, **options))

    await bring(api, ann, project_id, document(120, "a"))
    changed = await spent(document(120, "b"))
    gone = await spent(document(1, "b"))
    pruned = await spent(document(1, "b"), prune=True)
    assert max(changed, gone, pruned) < 120
    assert set(await endpoints_of(api, ann, project_id)) == {"0"}
    await check_counts(project_id)


async def test_a_merge_reads_what_is_there_some_rows_at_a_time(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    request = {"method": "GET", "header": [], "url": "/here"}
    items = [{"name": f"{at}", "id": f"r{at}", "request": request} for at in range(250)]
    await bring(api, ann, project_id, {**POSTMAN, "item": items})
    sent = {"projectId": project_id, "data": {**POSTMAN, "item": items}, "mode": "merge"}
    path, options = "/collections/import", {"method": "POST", "json": sent, "expect": 200}
    asked = await statements(api, caplog, path, ann, **options)
    with_texts = [one for one in asked if "e.body_type, e.body," in one]
    assert len(with_texts) == 3
    for one in with_texts:
        assert one.partition("e.id IN (")[2].partition(")")[0].count(",") < 100


def workspaces(*urls: str) -> dict[str, Any]:
    """Return an export of Insomnia with a workspace for each URL, and an environment in each."""
    resources: list[dict[str, Any]] = []
    for at, url in enumerate(urls):
        work, env = f"wrk_{at}", f"env_{at}"
        resources += [
            {"_id": work, "_type": "workspace", "name": f"W{at}", "scope": "collection"},
            {"_id": env, "_type": "environment", "parentId": work, "name": "Base Environment"}
            | {"data": {"host": f"h{at}.test"}},
            {"_id": f"req_{at}", "_type": "request", "parentId": work, "name": f"R{at}"}
            | {"method": "GET", "url": url},
        ]
    return {"_type": "export", "__export_format": 4, "resources": resources}


async def test_of_a_document_of_several_collections_the_one_that_it_came_from_is_merged(
    api: Api,
) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    old = workspaces("http://h/0", "http://h/1")
    await bring(api, ann, project_id, old)
    tree = (await api.json("GET", f"/projects/{project_id}/collections", ann))["collections"]
    found = {one["name"]: one["id"] for one in tree}
    assert [*found] == ["W0", "W1"]
    for name, id_ in found.items():
        before = await everything()
        wanted = {"mode": "merge", "collectionId": id_, "expect": 200}
        again = await bring(api, ann, project_id, old, **wanted)
        assert (again["updated"], again["unchanged"]) == (0, 3), name
        assert await everything() == before
        path = f"/collections/{id_}/export?format=insomnia&version=4"
        out = json.loads(await fetch(api, ann, path))
        kept = [one for one in old["resources"] if name[1] in one["_id"]]
        assert sorted(out["resources"], key=lambda one: one["_id"]) == sorted(
            kept, key=lambda one: one["_id"]
        )
    new = workspaces("http://h/0/new", "http://h/1/new")
    merged = await bring(
        api, ann, project_id, new, mode="merge", collectionId=found["W1"], expect=201
    )
    assert merged["updated"] == 1
    urls = {n: one["url"] for n, one in (await endpoints_of(api, ann, project_id)).items()}
    assert urls == {"R0": "http://h/0", "R1": "http://h/1/new"}
    strange = workspaces("http://h/0", "http://h/1")
    for at, one in enumerate(strange["resources"]):
        one["_id"] = one["_id"] + "_other"
        one["parentId"] = f"{one['parentId']}_other" if "parentId" in one else None
        one["name"] = f"Strange {at}"
    await bring(api, ann, project_id, strange, mode="merge", collectionId=found["W1"], expect=400)


async def test_each_of_several_collections_is_merged_into_the_one_that_it_was(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    await bring(api, ann, project_id, workspaces("http://h/0", "http://h/1"))
    before = await everything()
    same = await bring(
        api, ann, project_id, workspaces("http://h/0", "http://h/1"), mode="merge", expect=200
    )
    assert (same["unchanged"], same["updated"], await everything()) == (6, 0, before)
    mine = (await endpoints_of(api, ann, project_id))["R0"]
    await api.json("PATCH", f"/endpoints/{mine['id']}", ann, json={"url": "http://mine/0"})
    new = workspaces("http://h/0/new", "http://h/1/new", "http://h/2")
    new["resources"][4]["data"]["more"] = "1"
    before, entries = await everything(), await AuditEntry.all().count()
    shown = await bring(api, ann, project_id, new, mode="merge", dryRun=True, expect=200)
    assert await everything() == before
    merged = await bring(api, ann, project_id, new, mode="merge")
    counts = ("imported", "updated", "unchanged", "kept", "skipped", "conflicts")
    assert {name: merged[name] for name in counts} == {name: shown[name] for name in counts}
    said = [(line["what"], line["name"], line.get("field")) for line in merged["report"]]
    assert ("conflict", "R0", "url") in said
    assert {("created", "W2", None), ("created", "R2", None)} < set(said)
    assert merged["imported"] | {"variables": 0} == {
        "collections": 1, "endpoints": 1, "environments": 1, "variables": 0
    }  # fmt: skip
    urls = {n: one["url"] for n, one in (await endpoints_of(api, ann, project_id)).items()}
    assert urls == {"R0": "http://mine/0", "R1": "http://h/1/new", "R2": "http://h/2"}
    assert await AuditEntry.all().count() == entries + 1
    assert (await audited())[-1] == "collection_merged"
    await check_counts(project_id)
    before = await everything()
    assert (await bring(api, ann, project_id, new, mode="merge", expect=200))["updated"] == 0
    assert await everything() == before


async def test_one_of_several_collections_that_was_deleted_here_stays_deleted(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    await bring(api, ann, project_id, workspaces("http://h/0", "http://h/1", "http://h/2"))
    path = f"/projects/{project_id}/collections"
    found = {one["name"]: one["id"] for one in (await api.json("GET", path, ann))["collections"]}
    await api.json("DELETE", f"/collections/{found['W1']}", ann)
    new = workspaces("http://h/0/new", "http://h/1/new", "http://h/2", "http://h/3")
    shown = await bring(api, ann, project_id, new, mode="merge", dryRun=True, expect=200)
    merged = await bring(api, ann, project_id, new, mode="merge")
    for answer in (shown, merged):
        said = {(line["what"], line["name"], line["reason"]) for line in answer["report"]}
        assert ("kept", "W1", "It was deleted here, and stays so.") in said
        assert {name for what, name, _ in said if what == "created"} == {
            "W3",
            "R3",
            "Base Environment 4",
        }
    urls = {n: one["url"] for n, one in (await endpoints_of(api, ann, project_id)).items()}
    assert urls == {"R0": "http://h/0/new", "R2": "http://h/2", "R3": "http://h/3"}
    before = await everything()
    await bring(api, ann, project_id, new, mode="merge", expect=200)
    assert await everything() == before


async def test_a_collection_that_was_deleted_and_imported_again_is_merged_again(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    await bring(api, ann, project_id, workspaces("http://h/0", "http://h/1"))
    path = f"/projects/{project_id}/collections"
    found = {one["name"]: one["id"] for one in (await api.json("GET", path, ann))["collections"]}
    await api.json("DELETE", f"/collections/{found['W0']}", ann)
    again = await bring(api, ann, project_id, workspaces("http://h/0"))
    new = workspaces("http://h/0/new", "http://h/1/new")
    assert (await bring(api, ann, project_id, new, mode="merge"))["updated"] == 2
    for id_ in (found["W1"], again["collectionId"]):
        await api.json("DELETE", f"/collections/{id_}", ann)
    assert not await Origin.filter(owner_type="collection").exists()


async def test_several_collections_of_which_one_is_here_twice_are_refused_whole(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    document = workspaces("http://h/0", "http://h/1")
    await bring(api, ann, project_id, document, mode="merge", expect=409)
    await bring(api, ann, project_id, document)
    await bring(api, ann, project_id, workspaces("http://h/0"))
    before = await everything()
    newer_ = workspaces("http://h/0/new", "http://h/1/new")
    refused = await bring(api, ann, project_id, newer_, mode="merge", expect=409)
    names = [one["name"] for one in refused["error"]["details"]["candidates"]]
    assert sorted(names) == ["W0", "W0 2", "W1"]
    assert await everything() == before


async def test_two_merges_of_several_collections_at_once_create_what_is_new_once(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    await bring(api, ann, project_id, workspaces("http://h/0", "http://h/1"))
    sent = {"projectId": project_id, "mode": "merge"}
    sent["data"] = workspaces("http://h/0", "http://h/1", "http://h/2")
    path = "/collections/import"
    await asyncio.gather(*(api.call("POST", path, ann, json=sent) for _ in range(2)))
    assert sorted(await endpoints_of(api, ann, project_id)) == ["R0", "R1", "R2"]
    await check_counts(project_id)


async def test_a_collection_without_an_id_is_known_by_its_name(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    request = {"v": "9", "name": "One", "method": "GET", "endpoint": "http://h"}
    hoppscotch = {"v": 2, "name": "Hop", "folders": [], "requests": [request]}
    item = {"type": "http-request", "name": "One", "request": {"method": "GET", "url": "http://h"}}
    bruno = {"name": "Bru", "version": "1", "items": [item]}
    for document in (hoppscotch, bruno):
        made = await bring(api, ann, project_id, document)
        again = await bring(api, ann, project_id, document, mode="merge", expect=200)
        assert again["collectionId"] == made["collectionId"]
        assert (again["updated"], again["unchanged"]) == (0, 2)
