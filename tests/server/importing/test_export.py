"""What came in goes out again: equal to what it was, but for what was edited here."""

import asyncio
import copy
import json
from collections.abc import AsyncGenerator
from typing import Any

import pytest

from gassapi_backend.database.statements import MAX_CHARACTERS, insert
from gassapi_backend.exchange.child.frames import Frame
from gassapi_backend.exchange.child.running import Child
from gassapi_backend.exchange.tree import Json
from gassapi_backend.server.access.callers import CONSOLE
from gassapi_backend.server.projects.actions import recount_project
from tests.conftest import Api, Person, audited
from tests.factories import add_collection, collection_rows, endpoint_rows, save_endpoint
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


async def test_a_document_goes_out_as_it_came_in(api: Api, bakery: tuple[Person, str, str]) -> None:
    ann, project_id, collection_id = bakery
    out = json.loads(await fetch(api, ann, f"/collections/{collection_id}/export?format=postman"))
    assert without_ids(out) == without_ids(POSTMAN)
    again = await bring(api, ann, project_id, out)
    path = f"/collections/{again['collectionId']}/export?format=postman"
    assert without_ids(json.loads(await fetch(api, ann, path))) == without_ids(POSTMAN)


async def test_what_was_edited_here_is_all_that_differs(
    api: Api, bakery: tuple[Person, str, str]
) -> None:
    ann, project_id, collection_id = bakery
    listed = (await endpoints_of(api, ann, project_id))["List bread"]
    body = {"description": "All of it"}
    await api.json("PATCH", f"/endpoints/{listed['id']}", ann, json=body)
    out = json.loads(await fetch(api, ann, f"/collections/{collection_id}/export?format=postman"))
    wanted = copy.deepcopy(POSTMAN)
    wanted["item"][0]["request"]["description"] = "All of it"
    assert without_ids(out) == without_ids(wanted)


async def test_originals_go_along_with_copies(api: Api, bakery: tuple[Person, str, str]) -> None:
    ann, project_id, collection_id = bakery
    path, body = f"/collections/{collection_id}/duplicate", {"name": "Bakery"}
    other_id = (await api.project(ann, "Other"))["id"]
    copied = await api.json("POST", path, ann, json={**body, "projectId": other_id}, expect=201)
    path = f"/collections/{copied['collection']['id']}/export?format=postman"
    assert without_ids(json.loads(await fetch(api, ann, path))) == without_ids(POSTMAN)
    listed = (await endpoints_of(api, ann, project_id))["List bread"]
    path = f"/endpoints/{listed['id']}/duplicate"
    await api.json("POST", path, ann, json={"name": "Twin"}, expect=201)
    out = json.loads(await fetch(api, ann, f"/collections/{collection_id}/export?format=postman"))
    [twin] = [one for one in out["item"] if one["name"] == "Twin"]
    assert twin["event"] == POSTMAN["item"][0]["event"]


@pytest.mark.parametrize("format_", ["postman", "openapi", "insomnia", "har", "curl", "http"])
async def test_an_export_is_a_file_with_a_name_and_a_tag(
    api: Api, bakery: tuple[Person, str, str], format_: str
) -> None:
    ann, project_id, collection_id = bakery
    path = f"/collections/{collection_id}/export?format={format_}"
    response = await api.call("GET", path, ann)
    assert response.status == 200
    assert response.headers["Content-Disposition"].startswith('attachment; filename="Bakery')
    assert await response.read()
    alone = await api.call("HEAD", path, ann)
    for name in ("Content-Disposition", "Content-Type", "ETag"):
        assert alone.headers[name] == response.headers[name]
    headers = {"If-None-Match": response.headers["ETag"]}
    assert (await api.call("GET", path, ann, headers=headers)).status == 304
    await add_collection(api, ann, project_id, "Another")
    assert (await api.call("GET", path, ann, headers=headers)).status == 200


async def test_of_an_export_only_the_head_comes_where_only_that_is_asked_for(
    api: Api, bakery: tuple[Person, str, str]
) -> None:
    ann, _, collection_id = bakery
    path = f"{api.base}/collections/{collection_id}/export?format=postman"
    reader, writer = await asyncio.open_connection("127.0.0.1", api.client.port)
    auth = ann.auth["Authorization"]
    for method in ("HEAD", "GET"):
        more = "" if method == "HEAD" else "Connection: close\r\n"
        writer.write(
            f"{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: {auth}\r\n{more}\r\n".encode()
        )
    answers = (await reader.read()).split(b"HTTP/1.1 200 ")
    writer.close()
    assert len(answers) == 3
    assert answers[1].endswith(b"\r\n\r\n")
    assert answers[1].count(b"\r\n\r\n") == 1
    assert answers[2].endswith(b"\r\n0\r\n\r\n")


async def test_an_export_leaves_out_what_is_not_wanted(
    api: Api, bakery: tuple[Person, str, str]
) -> None:
    ann, _, collection_id = bakery
    path = f"/collections/{collection_id}/export?format=postman"
    text = await fetch(api, ann, f"{path}&includeSubCollections=false&includeExamples=false")
    out = json.loads(text)
    assert [one["name"] for one in out["item"]] == ["List bread"]
    assert out["item"][0]["response"] == []


async def test_variables_are_filled_in_by_the_name_or_id_of_an_environment(
    api: Api, bakery: tuple[Person, str, str]
) -> None:
    ann, project_id, collection_id = bakery
    body = {
        "name": "Stage",
        "variables": [
            {"key": "base", "value": "https://stage.test"},
            {"key": "n", "value": "7"},
            {"key": "t", "value": "hush hush", "secret": True},
        ],
    }
    path = f"/projects/{project_id}/environments"
    made = (await api.json("POST", path, ann, json=body, expect=201))["environment"]
    for wanted in (made["id"], "stage"):
        path = f"/collections/{collection_id}/export?format=curl&environment={wanted}"
        text = (await fetch(api, ann, path)).decode()
        assert "https://stage.test/bread?page=1" in text
        assert '"n": 7' in text
        assert "hush hush" not in text
        assert "hush hush" in (await fetch(api, ann, f"{path}&reveal=true")).decode()
    assert (await audited()).count("secrets_revealed") == 2
    path = f"/collections/{collection_id}/export?format=curl&environment=nowhere"
    await fetch(api, ann, path, expect=400)


async def test_secret_values_leave_only_revealed_for_members(
    api: Api, bakery: tuple[Person, str, str]
) -> None:
    ann, project_id, _ = bakery
    await bring(api, ann, project_id, ENVIRONMENT)
    found = (await api.json("GET", f"/projects/{project_id}/environments", ann))["environments"]
    [live] = [one for one in found if one["name"] == "Live"]
    path = f"/environments/{live['id']}/export?format=postman"
    hidden = json.loads(await fetch(api, ann, path))
    assert [one["value"] for one in hidden["values"]] == ["live.test", ""]
    response = await api.call("GET", f"{path}&reveal=true", ann)
    assert response.headers["Cache-Control"] == "no-store"
    assert without_ids(json.loads(await response.read())) == without_ids(ENVIRONMENT)
    await api.json("PATCH", f"/projects/{project_id}", ann, json={"isPublic": True})
    bob = await api.person("bob")
    await fetch(api, bob, path)
    await fetch(api, bob, f"{path}&reveal=true", expect=403)
    assert (await audited()).count("secrets_revealed") == 1


@pytest.mark.parametrize(
    "query",
    [
        "",
        "format=",
        "format=bruno",
        "format=nothing",
        "format=openapi&version=9",
        "format=postman&x=1",
        "format=postman&includeExamples=maybe",
    ],
)
async def test_what_cannot_be_written_so_is_400(
    api: Api, bakery: tuple[Person, str, str], query: str
) -> None:
    ann, _, collection_id = bakery
    await fetch(api, ann, f"/collections/{collection_id}/export?{query}", expect=400)


ODD: tuple[dict[str, Any], ...] = (
    {"params": [{"key": ["a"], "value": {}}, {"key": {"b": 1}}, 1, None]},
    {"params": {"a": [1, {"b": 2}]}},
    {"auth": {"type": {"a": 1}}},
    {"auth": {"type": "hawk", "algorithm": {"a": 1}}},
    {"auth": {"type": "oauth1", "signatureMethod": ["x"]}},
    {"bodyType": "form-data", "body": [1, {"key": ["x"]}]},
    {"examples": [None, 1, {"name": {"a": 1}, "headers": [None, 1], "status": "x"}]},
    {"examples": [{"headers": {"a": 1}, "request": [1], "response": [1], "description": {"a": 1}}]},
    {"examples": [{"request": {"url": ["x"], "method": 1, "bodyType": ["x"], "headers": [1]}}]},
)


async def test_whatever_clients_have_saved_goes_out_in_every_format(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    collection_id = (await add_collection(api, ann, project_id, "Odd"))["id"]
    for place, fields in enumerate(ODD):
        url = f"http://x.test/{place}/{{a}}"
        await save_endpoint(api, ann, collection_id, f"odd {place}", url=url, **fields)
    for format_ in ("postman", "openapi", "insomnia", "har", "curl", "http", "opencollection"):
        out = await fetch(api, ann, f"/collections/{collection_id}/export?format={format_}")
        again = await bring(api, ann, project_id, out.decode(), dryRun=True, expect=200)
        assert again["imported"]["endpoints"] == len(ODD), format_


async def test_a_name_in_any_script_names_the_file(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    made = await add_collection(api, ann, project_id, 'Brötchen "für" 日本/..')
    await save_endpoint(api, ann, made["id"])
    response = await api.call("GET", f"/collections/{made['id']}/export?format=har", ann)
    header = response.headers["Content-Disposition"]
    assert header.isascii()
    assert '"für"' not in header
    assert "filename*=UTF-8''Br%C3%B6tchen" in header


async def test_a_project_goes_out_whole_and_comes_back_equal_under_new_ids(
    api: Api, bakery: tuple[Person, str, str]
) -> None:
    ann, project_id, collection_id = bakery
    await bring(api, ann, project_id, ENVIRONMENT)
    plain = await add_collection(api, ann, project_id, "Plain", collection_id, headers={"X": "1"})
    await save_endpoint(
        api,
        ann,
        plain["id"],
        "Odd",
        headers={"A": None, "B": ["x"]},
        params={"q": ["1"]},
        body={"z": 1},
    )
    flow = {
        "name": "Check out",
        "collectionId": plain["id"],
        "flowData": {"version": "1", "steps": [], "config": {}},
    }
    await api.json("POST", f"/projects/{project_id}/flows", ann, json=flow, expect=201)
    settings = {"colour": {"deep": [1, 2.5, None]}}
    await api.json("PUT", f"/projects/{project_id}/settings", ann, json=settings)
    text = await fetch(api, ann, f"/projects/{project_id}/export?reveal=true")
    body = {"data": json.loads(text)}
    answer = await api.json("POST", "/projects/import", ann, json=body, expect=201)
    before, after = [await whole(api, ann, one) for one in (project_id, answer["projectId"])]
    assert after == before
    assert answer["imported"]["endpoints"] == 3
    out = await fetch(api, ann, f"/projects/{answer['projectId']}/export?reveal=true")
    assert sizes(out) == sizes(text)
    copied = await api.json("GET", f"/projects/{answer['projectId']}/collections", ann)
    root = copied["collections"][0]["id"]
    again = await bring(
        api, ann, answer["projectId"], POSTMAN, mode="merge", collectionId=root, expect=200
    )
    assert again["unchanged"] == 4


def sizes(text: bytes) -> dict[str, list[int]]:
    """Return how long the JSON of each thing in an exported project is."""
    found = json.loads(text)
    return {
        kind: sorted(len(json.dumps(one)) for one in found[kind])
        for kind in ("environments", "collections", "endpoints", "flows")
    }


async def whole(api: Api, who: Person, project_id: str) -> Any:
    """Return a project's content without ids, revisions and times."""
    context = await api.json("GET", f"/projects/{project_id}/context", who)
    endpoints = await api.json("GET", f"/projects/{project_id}/endpoints?limit=100", who)
    environments = await api.json("GET", f"/projects/{project_id}/environments?reveal=true", who)
    flows = (await api.json("GET", f"/projects/{project_id}/flows", who))["flows"]
    shown = sorted(endpoints["endpoints"], key=lambda one: one["name"])
    return _plain(
        [
            context["collections"],
            shown,
            environments["environments"],
            flows,
            context["project"]["settings"],
        ]
    )


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: _plain(one)
            for key, one in value.items()
            if not key.endswith(("Id", "At")) and key not in ("id", "revision")
        }
    return [_plain(one) for one in value] if isinstance(value, list) else value


async def test_a_project_without_revealing_tells_no_secret(
    api: Api, bakery: tuple[Person, str, str]
) -> None:
    ann, project_id, _ = bakery
    await bring(api, ann, project_id, ENVIRONMENT)
    text = await fetch(api, ann, f"/projects/{project_id}/export")
    assert b"hush hush" not in text
    assert "••••".encode() not in text
    answer = await api.json(
        "POST", "/projects/import", ann, json={"data": text.decode(), "name": "Twin"}, expect=201
    )
    shown = await api.json("GET", f"/projects/{answer['projectId']}", ann)
    assert shown["project"]["name"] == "Twin"


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"format": "gassapi"},
        {"format": "gassapi", "version": 2},
        {"format": "gassapi", "version": 0},
        {"format": "postman", "version": 1},
        {"format": "gassapi", "version": 1, "project": {"settings": {"x": "y" * 70_000}}},
        {"format": "gassapi", "version": 1, "flows": [{"name": "x", "flowData": {"steps": 1}}]},
        {
            "format": "gassapi",
            "version": 1,
            "collections": [{"id": "a", "parentId": "b"}, {"id": "b", "parentId": "a"}],
        },
    ],
)
async def test_what_is_no_project_is_refused(api: Api, data: Any) -> None:
    ann = await api.person()
    await api.json("POST", "/projects/import", ann, json={"data": data}, expect=400)
    assert "project_imported" not in await audited()


async def test_a_large_collection_is_read_and_sent_to_the_child_in_parts(
    api: Api, bakery: tuple[Person, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, project_id, collection_id = bakery
    below = collection_rows(project_id, 3, parent_id=collection_id, sibling_of=collection_id)
    await insert("collections", below)
    for one in below:
        endpoints = endpoint_rows(project_id, one["id"], 60, description="What it does. " * 300)
        await insert("endpoints", endpoints)
    await recount_project(CONSOLE, project_id)
    lengths, do = list[int](), Child.do

    async def measured(parts: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
        async for part in parts:
            lengths.append(len(part))
            yield part

    def watched(
        child: Child, job: str, options: Json, *, parts: AsyncGenerator[bytes]
    ) -> AsyncGenerator[Frame]:
        return do(child, job, options, parts=measured(parts))

    monkeypatch.setattr(Child, "do", watched)
    path = f"/collections/{collection_id}/export?format=postman"
    out = json.loads(await fetch(api, ann, path))
    assert str(out).count("'request': {") == 180 + 2
    assert sum(lengths) > 180 * 4200
    assert max(lengths) < MAX_CHARACTERS * 1.5
