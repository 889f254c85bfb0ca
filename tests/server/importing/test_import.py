"""Documents come in whole, once, where they were to go, or not at all."""

import asyncio
import json
import zlib
from typing import Any

import pytest
from tortoise.transactions import in_transaction

from gassapi_backend.database import rows, together
from gassapi_backend.database.statements import MAX_CHARACTERS, insert, inserts
from gassapi_backend.models import AuditEntry, Origin, new_id
from tests.conftest import Api, Person, audited, everything
from tests.factories import NOWHERE, add_collection
from tests.server.counting import check_counts
from tests.server.importing.documents import (
    ENVIRONMENT,
    POSTMAN,
    bomb,
    bring,
    endpoints_of,
    form,
)


@pytest.fixture
async def place(api: Api) -> tuple[Person, str]:
    """Somebody, and their project."""
    ann = await api.person()
    return ann, (await api.project(ann))["id"]


async def test_a_document_becomes_rows_in_one_entry_and_one_revision(
    api: Api, place: tuple[Person, str]
) -> None:
    ann, project_id = place
    before = (await api.json("GET", f"/projects/{project_id}", ann))["project"]
    answer = await bring(api, ann, project_id, POSTMAN)
    assert answer["imported"] == {
        "collections": 2,
        "endpoints": 2,
        "environments": 0,
        "variables": 1,
    }
    assert (answer["format"], answer["dryRun"], answer["skipped"]) == ("postman", False, 0)
    after = (await api.json("GET", f"/projects/{project_id}", ann))["project"]
    assert after["revision"] == before["revision"] + 1
    entry = await AuditEntry.get(action="collection_imported")
    assert (entry.resource_id, entry.resource_name) == (answer["collectionId"], "Bakery")
    tree = (await api.json("GET", f"/projects/{project_id}/collections", ann))["collections"]
    [root] = tree
    assert (root["name"], root["description"]) == ("Bakery", "Bread")
    assert [(one["key"], one["value"]) for one in root["variables"]] == [
        ("base", "https://bakery.test")
    ]
    assert root["subCollections"][0]["auth"]["type"] == "bearer"
    assert root["subCollections"][0]["position"] == 1  # after the request before it
    found = await endpoints_of(api, ann, project_id)
    listed = found["List bread"]
    assert listed["url"] == "{{base}}/bread?page=1"
    assert [(one["key"], one["value"], one["enabled"]) for one in listed["headers"]] == [
        ("X-A", "1", True),
        ("X-A", "2", False),
    ]
    assert listed["examples"][0]["status"] == 200
    assert found["Order"]["body"] == '{\n  "n": {{n}}, // how many\n  "x": 1.0\n}'
    await check_counts(project_id)


async def test_a_dry_run_tells_the_same_and_writes_nothing(
    api: Api, place: tuple[Person, str]
) -> None:
    ann, project_id = place
    before = await everything()
    dry = await bring(api, ann, project_id, POSTMAN, dryRun=True, expect=200)
    assert await everything() == before
    real = await bring(api, ann, project_id, POSTMAN)
    for line in real["report"]:
        line.pop("id", None)
    assert real["report"] == dry["report"]
    assert {**real, "dryRun": True, "collectionId": None} == dry


async def test_names_that_are_taken_get_a_number_and_a_line(
    api: Api, place: tuple[Person, str]
) -> None:
    ann, project_id = place
    for wanted in ("Bakery", "Bakery 2", "Bakery 3"):
        answer = await bring(api, ann, project_id, POSTMAN)
        shown = await api.json("GET", f"/collections/{answer['collectionId']}", ann)
        assert shown["collection"]["name"] == wanted
    assert [line["name"] for line in answer["report"] if line["what"] == "renamed"] == ["Bakery 3"]


async def test_a_document_goes_below_a_collection_and_no_deeper_than_twelve(
    api: Api, place: tuple[Person, str]
) -> None:
    ann, project_id = place
    parent = None
    for level in range(10):
        parent = (await add_collection(api, ann, project_id, f"L{level}", parent))["id"]
    answer = await bring(api, ann, project_id, POSTMAN, parentId=parent)
    shown = await api.json("GET", f"/collections/{answer['collectionId']}", ann)
    assert shown["collection"]["parentId"] == parent
    found = await endpoints_of(api, ann, project_id)
    assert {one["name"] for one in found.values()} == {"List bread", "Order"}
    items = [{"name": "A", "item": [{"name": "B", "item": [{"name": "C", "item": []}]}]}]
    deep = {**POSTMAN, "item": items}
    lifted = await bring(api, ann, project_id, deep, parentId=parent)
    assert "nested too deeply" in str(lifted["report"])
    below = await add_collection(api, ann, project_id, "Below", answer["collectionId"])
    refused = await bring(api, ann, project_id, POSTMAN, parentId=below["id"], expect=400)
    assert refused["error"]["details"][0]["field"] == "parentId"
    await bring(api, ann, project_id, POSTMAN, parentId=NOWHERE, expect=400)
    await check_counts(project_id)


async def test_secret_values_are_sealed_and_never_kept_in_the_clear(
    api: Api, place: tuple[Person, str]
) -> None:
    ann, project_id = place
    answer = await bring(api, ann, project_id, ENVIRONMENT)
    assert answer["imported"]["environments"] == 1
    environments = await api.json("GET", f"/projects/{project_id}/environments", ann)
    [live] = [one for one in environments["environments"] if one["name"] == "Live"]
    assert live["variables"][1]["value"] == "••••"
    path = f"/environments/{live['id']}?reveal=true"
    shown = (await api.json("GET", path, ann))["environment"]
    assert shown["variables"][1]["value"] == "hush hush"
    kept = str(await rows("SELECT * FROM environments")) + str(
        await rows("SELECT * FROM audit_log")
    )
    assert "hush hush" not in kept

    [origin] = await Origin.all()
    assert b"hush hush" not in zlib.decompress(origin.original)
    assert b"hush hush" not in zlib.decompress(origin.base)


@pytest.mark.parametrize("kind", ["text", "value", "form"])
async def test_a_document_comes_as_text_as_a_value_or_as_a_file(
    api: Api, place: tuple[Person, str], kind: str
) -> None:
    ann, project_id = place
    if kind == "form":
        data = form(project_id, json.dumps(POSTMAN).encode(), mode="new", dryRun="false")
        answer = await api.json("POST", "/collections/import", ann, data=data, expect=201)
    else:
        sent: Any = POSTMAN if kind == "value" else json.dumps(POSTMAN)
        answer = await bring(api, ann, project_id, sent)
    assert answer["imported"]["endpoints"] == 2


BAD = {
    "no JSON": ('{"info": ', "data"),
    "nothing": ("", "data"),
    "numbers": (17, "data"),
    "a bomb": (bomb(), "data"),
    "python": ("!!python/object/apply:os.system ['true']", "data"),
    "another tool": ("asyncapi: 3.0.0\ninfo: {title: x, version: '1'}\n", "data"),
    "deep": ("[" * 100_000, "data"),
    "a wrong format": ({"openapi": "3.0.0"}, "data"),
}


@pytest.mark.parametrize(("data", "field"), BAD.values(), ids=BAD)
async def test_what_cannot_be_read_is_400_and_writes_nothing(
    api: Api, place: tuple[Person, str], data: Any, field: str
) -> None:
    ann, project_id = place
    before = await everything()
    options = {"format": "postman"} if isinstance(data, dict) else {}
    answer = await bring(api, ann, project_id, data, expect=400, **options)
    assert answer["error"]["details"][0]["field"] == field
    assert len(str(answer)) < 2000
    assert await everything() == before


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"[]", 400),
        (b"{}", 400),
        (b'{"data": "curl http://x"}', 400),
        (b'{"projectId": "x", "data": "curl http://x"}', 400),
        (b'{"projectId": "<id>", "data": "curl http://x", "typo": 1}', 400),
        (b'{"projectId": "<id>", "data": "curl http://x", "mode": "both"}', 400),
        (b'{"projectId": "<id>", "data": "curl http://x", "dryRun": 1}', 400),
        (b'{"projectId": "<id>", "projectId2": ' + b"1" * 20_000 + b', "data": "x"}', 400),
        (b'{"projectId": "<nowhere>", "data": "curl http://x"}', 404),
        (b'{"projectId": "<id>", "data": "curl http://x"', 400),
    ],
)
async def test_a_bad_envelope_is_refused(
    api: Api, place: tuple[Person, str], body: bytes, status: int
) -> None:
    ann, project_id = place
    body = body.replace(b"<id>", project_id.encode()).replace(b"<nowhere>", NOWHERE.encode())
    before = await everything()
    headers = {"Content-Type": "application/json"}
    await api.json("POST", "/collections/import", ann, data=body, headers=headers, expect=status)
    assert await everything() == before


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--b--\r\n",
        b"--b\r\n",
        b'--b\r\nContent-Disposition: form-data; name="projectId"\r\n\r\n<id>\r\n--b--\r\n',
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\ncurl x\r\n'
        b'--b\r\nContent-Disposition: form-data; name="f2"; filename="b"\r\n\r\ncurl y\r\n'
        b"--b--\r\n",
        b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' * 60 + b"--b--\r\n",
        b"--b\r\n\r\nno name\r\n--b--\r\n",
    ],
)
async def test_a_bad_form_is_refused(api: Api, place: tuple[Person, str], body: bytes) -> None:
    ann, project_id = place
    body = body.replace(b"<id>", project_id.encode())
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    await api.json("POST", "/collections/import", ann, data=body, headers=headers, expect=400)
    headers = {"Content-Type": "multipart/form-data"}
    await api.json("POST", "/collections/import", ann, data=body, headers=headers, expect=400)


async def test_other_types_of_bodies_are_415_and_too_large_ones_413(
    api: Api, place: tuple[Person, str]
) -> None:
    ann, _ = place
    headers = {"Content-Type": "text/plain"}
    path = "/collections/import"
    await api.json("POST", path, ann, data=b"curl x", headers=headers, expect=415)
    headers = {"Content-Type": "application/json"}
    body = b'{"data": "' + b"x" * 50_000_000 + b'"}'
    await api.json("POST", path, ann, data=body, headers=headers, expect=413)


async def test_an_import_of_more_than_a_megabyte_is_read(
    api: Api, place: tuple[Person, str]
) -> None:
    ann, project_id = place
    items = [
        {
            "name": f"Request {number}",
            "request": {
                "method": "GET",
                "url": f"https://x.test/{number}",
                "description": "x" * 10_000,
            },
        }
        for number in range(300)
    ]
    answer = await bring(api, ann, project_id, {**POSTMAN, "item": items})
    assert answer["imported"]["endpoints"] == 300
    await check_counts(project_id)


async def test_a_thousand_environments_come_in(api: Api, place: tuple[Person, str]) -> None:
    ann, project_id = place
    base = {"_id": "env_0", "_type": "environment", "parentId": "wrk", "name": "Base", "data": {}}
    below = [
        {**base, "_id": f"env_{number}", "parentId": "env_0", "name": f"Stage {number}"}
        for number in range(1, 1_000)
    ]
    workspace = {"_id": "wrk", "_type": "workspace", "parentId": None, "name": "Many"}
    document = {"_type": "export", "__export_format": 4, "resources": [workspace, base, *below]}
    answer = await bring(api, ann, project_id, document)
    assert answer["imported"]["environments"] == 1_000


async def test_the_same_key_imports_once(api: Api, place: tuple[Person, str]) -> None:
    ann, project_id = place
    body = {"projectId": project_id, "data": POSTMAN}
    headers = {"Idempotency-Key": "bread-1"}
    answers = [
        await api.json("POST", "/collections/import", ann, json=body, headers=headers, expect=201)
        for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert (await audited()).count("collection_imported") == 1


async def test_imports_at_once_are_each_whole_or_refused_for_now(
    api: Api, place: tuple[Person, str]
) -> None:
    ann, project_id = place
    body = {"projectId": project_id, "data": POSTMAN}
    responses = await asyncio.gather(
        *(api.call("POST", "/collections/import", ann, json=body) for _ in range(8))
    )
    statuses = [response.status for response in responses]
    assert set(statuses) <= {201, 503}
    assert all("Retry-After" in one.headers for one in responses if one.status == 503)
    found = await api.json("GET", f"/projects/{project_id}", ann)
    assert found["project"]["endpointCount"] == 2 * statuses.count(201)
    await check_counts(project_id)


async def test_the_feed_brings_all_of_an_import(api: Api, place: tuple[Person, str]) -> None:
    ann, project_id = place
    since = (await api.json("GET", f"/projects/{project_id}", ann))["project"]["revision"]
    answer = await bring(api, ann, project_id, POSTMAN)
    path = f"/projects/{project_id}/changes?since={since}"
    [change] = (await api.json("GET", path, ann))["changes"]
    assert change["resourceId"] == answer["collectionId"]
    kinds = sorted(one["resourceType"] for one in change["resources"])
    assert kinds == ["collection", "endpoint", "endpoint"]


async def test_whoever_may_not_write_imports_nothing(api: Api, place: tuple[Person, str]) -> None:
    ann, project_id = place
    await api.json("PATCH", f"/projects/{project_id}", ann, json={"isPublic": True})
    bob = await api.person("bob")
    token = await api.token(ann, project_id)
    before = await everything()
    await bring(api, bob, project_id, POSTMAN, expect=403)
    await bring(api, token, project_id, POSTMAN, expect=403)
    assert await everything() == before


async def test_many_rows_go_in_statements_that_are_bounded_and_arrive_whole(
    api: Api,
) -> None:
    project_id = (await api.project(await api.person()))["id"]
    every = bytes(range(256)) * 200
    origins = [
        {"owner_id": new_id(), "owner_type": "endpoint", "project_id": project_id, "format": "har"}
        | {"version": "", "pointer": "", "original": every, "base": base, "position": at}
        | {"is_deleted": False}
        for at, base in enumerate([b"", None, every, b"'\\", b"x"])
    ]
    sent = list(inserts("origins", origins))
    sizes = [sum(len(one) for one in values if isinstance(one, bytes)) for _, values in sent]
    assert len(sent) > 1
    assert max(sizes) <= MAX_CHARACTERS + len(every)
    await insert("origins", origins)
    found = await rows("SELECT original, base FROM origins ORDER BY position")
    assert [one["original"] for one in found] == [every] * 5
    assert [one["base"] for one in found] == [one["base"] for one in origins]
    async with in_transaction():
        [[one]] = await together([("SELECT COUNT(*) AS n FROM origins WHERE base = ?", [every])])
    assert one["n"] == 1
