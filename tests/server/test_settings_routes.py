"""A project's settings as a resource of their own: replaced, patched, guarded."""

import asyncio
import json
from typing import Any

import pytest

from gassapi_backend.models import AuditEntry
from gassapi_backend.server.projects.schemas import merged
from gassapi_backend.server.web.reading import MERGE_PATCH
from tests.conftest import Api, Person, audited, everything

PATCHES: list[tuple[Any, Any, Any]] = [  # RFC 7396, appendix A
    ({"a": "b"}, {"a": "c"}, {"a": "c"}),
    ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
    ({"a": "b"}, {"a": None}, {}),
    ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
    ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
    ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
    ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
    ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
    ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
    ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
]
OTHERS: list[tuple[Any, Any, Any]] = [  # appendix A, where a side is no object
    (["a", "b"], ["c", "d"], ["c", "d"]),
    ({"a": "b"}, ["c"], ["c"]),
    ({"a": "foo"}, None, None),
    ({"a": "foo"}, "bar", "bar"),
    ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
]


async def made(api: Api, settings: dict[str, Any] | None = None) -> tuple[Person, str]:
    """Return the owner of a project with these settings, and where the settings are."""
    ann = await api.person()
    path = f"/projects/{(await api.project(ann))['id']}/settings"
    if settings:
        await api.json("PUT", path, ann, json=settings)
    return ann, path


@pytest.mark.parametrize(("target", "patch", "result"), [*PATCHES, *OTHERS])
def test_a_patch_merges_as_the_rfc_says(target: Any, patch: Any, result: Any) -> None:
    before = json.dumps(target)
    assert json.dumps(merged(target, patch)) == json.dumps(result)
    assert json.dumps(target) == before


async def test_a_patch_merges_as_the_rfc_says_over_http(api: Api) -> None:
    ann, path = await made(api)
    for target, patch, result in PATCHES:
        await api.json("PUT", path, ann, json=target)
        for headers in ({"Content-Type": MERGE_PATCH}, {"Content-Type": "application/json"}):
            sent = json.dumps(patch)
            answer = await api.json("PATCH", path, ann, data=sent, headers=headers)
            assert (answer["settings"], target) == (result, target)
        assert (await api.json("GET", path, ann))["settings"] == result


async def test_settings_are_replaced_as_a_whole_and_kept_as_they_were_sent(api: Api) -> None:
    ann, path = await made(api, {"old": True})
    text = '{"z":1,"a":{"10":null,"9":[1.0,-0.0]},"":"","project_id":"x","__proto__":{"é":"😀"}}'
    headers = {"Content-Type": "application/json"}
    answer = await api.json("PUT", path, ann, data=text.encode(), headers=headers)
    shown = await api.json("GET", path, ann)
    assert shown == answer
    assert json.dumps(shown["settings"]) == json.dumps(json.loads(text))
    project = (await api.json("GET", path.removesuffix("/settings"), ann))["project"]
    assert (project["settings"], project["revision"]) == (shown["settings"], shown["revision"])


async def test_a_key_that_names_another_project_is_a_key_like_any_other(api: Api) -> None:
    ann, path = await made(api)
    bob = await api.person("Bob")
    other = await api.project(bob, "Other")
    body = {"projectId": other["id"], "project_id": other["id"]}
    answer = await api.json("PUT", path, ann, json=body)
    assert answer["settings"] == body
    assert (await api.json("GET", f"/projects/{other['id']}", bob))["project"] == other


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_what_changes_nothing_records_nothing(api: Api, method: str) -> None:
    ann, path = await made(api, {"a": 1, "b": {"c": [True]}})
    before = await everything()
    same = {"a": 1, "b": {"c": [True]}} if method == "PUT" else {"b": {"c": [True], "x": None}}
    answer = await api.json(method, path, ann, json=same)
    assert answer["settings"] == {"a": 1, "b": {"c": [True]}}
    assert await everything() == before


@pytest.mark.parametrize("value", ["true", "1.0"])
async def test_values_that_python_takes_for_equal_are_a_change(api: Api, value: str) -> None:
    ann, path = await made(api, {"a": 1})
    headers = {"Content-Type": "application/json"}
    answer = await api.json("PATCH", path, ann, data=f'{{"a":{value}}}', headers=headers)
    assert json.dumps(answer["settings"]) == f'{{"a": {value}}}'
    assert (await audited())[-1] == "project_updated"


async def test_a_change_is_audited_by_its_name_only(api: Api) -> None:
    ann, path = await made(api)
    await api.json("PATCH", path, ann, json={"key": "hidden"})
    entry = await AuditEntry.filter(action="project_updated").get()
    assert (entry.actor_id, entry.details) == (ann.id, {"fields": ["settings"]})
    assert "hidden" not in str((await everything())["audit_log"])


async def test_patches_of_different_keys_at_once_are_all_kept(api: Api) -> None:
    ann, path = await made(api)
    bob = await api.person("Bob")
    await api.join(bob, path.split("/")[2])
    calls = [
        api.json("PATCH", path, (ann, bob)[number % 2], json={f"k{number}": number})
        for number in range(50)
    ]
    revisions = sorted(answer["revision"] for answer in await asyncio.gather(*calls))
    assert revisions == list(range(3, 53))
    shown = await api.json("GET", path, ann)
    assert shown["settings"] == {f"k{number}": number for number in range(50)}
    assert shown["revision"] == 52


async def test_settings_of_64_kb_are_kept_and_a_patch_beyond_them_is_refused(api: Api) -> None:
    full = {"x": "é" * ((64_000 - len('{"x":""}')) // 2)}
    ann, path = await made(api, full)
    before = await everything()
    for method, body in (("PUT", {"x": full["x"] + "é"}), ("PATCH", {"y": 1})):
        answer = await api.json(method, path, ann, json=body, expect=400)
        assert answer["error"]["details"][0]["field"] == "settings"
    assert await everything() == before
    assert (await api.json("PATCH", path, ann, json={"x": None}))["settings"] == {}


async def test_a_hundred_levels_are_merged_and_one_more_is_refused(api: Api) -> None:
    ann, path = await made(api)
    headers = {"Content-Type": MERGE_PATCH}
    deep = b'{"a":' * 99 + b'{"b":1}' + b"}" * 99
    answer = await api.json("PATCH", path, ann, data=deep, headers=headers)
    assert answer["settings"] == json.loads(deep)
    more = b'{"a":' * 99 + b'{"c":2}' + b"}" * 99
    await api.json("PATCH", path, ann, data=more, headers=headers)
    shown = await api.json("GET", path, ann)
    assert json.dumps(shown["settings"]).count('"a"') == 99
    before = await everything()
    deeper = b'{"a":' + deep + b"}"
    await api.json("PATCH", path, ann, data=deeper, headers=headers, expect=400)
    assert await everything() == before


@pytest.mark.parametrize("body", [b"[]", b"null", b'"x"', b"1", b"", b"{"])
async def test_settings_are_an_object(api: Api, body: bytes) -> None:
    ann, path = await made(api, {"a": 1})
    before = await everything()
    for method in ("PUT", "PATCH"):
        headers = {"Content-Type": "application/json"}
        await api.json(method, path, ann, data=body, headers=headers, expect=400)
    assert await everything() == before


async def test_the_revision_guards_settings_as_it_does_the_project(api: Api) -> None:
    ann, path = await made(api, {"a": 1})
    response = await api.call("GET", path, ann)
    etag = response.headers["ETag"]
    shown = await response.json()
    assert (etag, shown["revision"]) == ('"3"', 3)
    response = await api.call("GET", path, ann, headers={"If-None-Match": etag})
    assert (response.status, await response.read()) == (304, b"")
    before = await everything()
    for method in ("PUT", "PATCH"):
        headers = {"If-Match": '"2"'}
        answer = await api.json(method, path, ann, json={"a": 2}, headers=headers, expect=412)
        assert answer["error"]["details"]["current"] == {"settings": {"a": 1}, "revision": 3}
    assert await everything() == before
    response = await api.call("PUT", path, ann, json={"a": 2}, headers={"If-Match": etag})
    assert (response.status, response.headers["ETag"]) == (200, '"4"')


async def test_of_writes_for_the_same_revision_at_once_one_goes_through(api: Api) -> None:
    ann, path = await made(api, {"a": 1})
    calls = [
        api.call("PATCH", path, ann, json={"a": number}, headers={"If-Match": '"3"'})
        for number in range(10, 20)
    ]
    statuses = sorted([response.status for response in await asyncio.gather(*calls)])
    assert statuses == [200] + [412] * 9
