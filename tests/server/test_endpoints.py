"""Endpoints over HTTP."""

import asyncio
import json
from typing import Any

import pytest

from gassapi_backend.database.statements import insert
from gassapi_backend.models import AuditEntry, Collection, Endpoint
from gassapi_backend.server.access.callers import CONSOLE
from gassapi_backend.server.endpoints import listing
from gassapi_backend.server.projects.actions import recount_project
from tests.conftest import Api, Person, audited, everything
from tests.factories import NOWHERE, add_collection, endpoint_rows, save_endpoint
from tests.server.counting import check_counts

JSON = {"Content-Type": "application/json"}
FULL: dict[str, Any] = {
    "name": "Log in",
    "method": "post",
    "url": "{{host}}/login?a={{ b }}&c=ü {{",
    "description": "How one\ngets in",
    "position": 0,
    "headers": {"X-B": "2", "X-A": "", "X-Off": None, "": "odd"},
    "params": {"q": ["1", "2"]},
    "body": {"z": 1, "a": [1.5, None, "", {"": True}]},
    "bodyType": "json",
    "auth": {"type": "bearer", "token": "{{token}}"},
    "examples": [{"status": 200, "body": "{}"}],
    "purpose": "Starts a session",
    "requestParams": {"user": {"type": "string"}},
    "responseSchema": {"type": "object", "$ref": "#"},
    "headerDocs": [{"name": "X-A"}],
}
CLEARED: dict[str, Any] = {
    "description": None,
    "headers": {},
    "params": None,
    "body": None,
    "bodyType": None,
    "auth": None,
    "examples": None,
    "purpose": None,
    "requestParams": None,
    "responseSchema": None,
    "headerDocs": None,
}


@pytest.fixture
async def place(api: Api) -> tuple[Person, str, str]:
    """Somebody, their project, and a collection in it."""
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    return ann, project_id, (await add_collection(api, ann, project_id, "Users"))["id"]


async def listed(api: Api, who: Person | str, path: str, **params: Any) -> tuple[list[str], Any]:
    """Return the names in a list of endpoints, in order, and its pagination."""
    answer = await api.json("GET", f"{path}/endpoints", who, params=params)
    return [item["name"] for item in answer["endpoints"]], answer["pagination"]


async def test_an_endpoint_is_shown_as_it_was_saved(api: Api, place: Any) -> None:
    ann, project_id, collection_id = place
    made = await save_endpoint(api, ann, collection_id, **FULL)
    assert made == {
        **FULL,
        "method": "POST",
        "id": made["id"],
        "projectId": project_id,
        "collectionId": collection_id,
        "revision": made["revision"],
        "createdAt": made["createdAt"],
        "updatedAt": made["createdAt"],
    }
    shown = (await api.json("GET", f"/endpoints/{made['id']}", ann))["endpoint"]
    assert json.dumps(shown) == json.dumps(made)  # the order of keys too
    for path in (f"/collections/{collection_id}", f"/projects/{project_id}"):
        assert (await api.json("GET", f"{path}/endpoints", ann))["endpoints"] == [made]
    entry = await AuditEntry.get(action="endpoint_created")
    assert (entry.resource_name, entry.revision) == ("Log in", made["revision"])
    assert entry.details == {"collectionId": collection_id}
    await check_counts(project_id)


async def test_the_least_there_is_to_an_endpoint(api: Api, place: Any) -> None:
    ann, _, collection_id = place
    made = await save_endpoint(api, ann, collection_id)
    assert {field: made[field] for field in CLEARED} == CLEARED
    assert [(await save_endpoint(api, ann, collection_id))["position"] for _ in range(2)] == [1, 2]


VALUES = [
    "null",
    "true",
    "0",
    "-0.0",
    "1.0",
    "9223372036854775807",
    "1.7976931348623157e+308",
    '""',
    '"  \\n "',
    '"{{a}} \\ud83d\\ude00 \\u2028 e\\u0301"',
    "[]",
    "{}",
    '{"b": 1, "a": {"10": 1, "9": ""}, "": null}',
    "[" * 98 + "]" * 98,
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: value[:20])
async def test_a_body_of_any_json_comes_back_as_it_was_sent(
    api: Api, place: Any, value: str
) -> None:
    ann, _, collection_id = place
    made = await save_endpoint(api, ann, collection_id, body={"old": 1})
    path = f"/endpoints/{made['id']}"
    await api.json("PATCH", path, ann, data=f'{{"body": {value}}}', headers=JSON)
    shown = (await api.json("GET", path, ann))["endpoint"]
    assert json.dumps(shown["body"]) == json.dumps(json.loads(value))


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_an_update_changes_exactly_what_is_sent(api: Api, place: Any, method: str) -> None:
    ann, project_id, collection_id = place
    state = await save_endpoint(api, ann, collection_id)
    path = f"/endpoints/{state['id']}"
    changes = [{field: value} for field, value in FULL.items() if field != "position"]
    changes += [dict.fromkeys(CLEARED), FULL, {"body": False}]
    for change in changes:
        answer = (await api.json(method, path, ann, json=change))["endpoint"]
        wanted = {**state, **change, "revision": state["revision"] + 1}
        wanted["method"] = wanted["method"].upper()
        wanted["headers"] = wanted["headers"] or {}
        assert answer == wanted | {"updatedAt": answer["updatedAt"]}
        assert (await api.json("GET", path, ann))["endpoint"] == answer
        state = answer
    entry = await AuditEntry.get(revision=state["revision"])
    assert entry.details == {"fields": ["body"]}
    await check_counts(project_id)


async def test_an_update_of_nothing_changes_nothing(api: Api, place: Any) -> None:
    ann, _, collection_id = place
    made = await save_endpoint(api, ann, collection_id, **FULL)
    before = await everything()
    for body in ({}, FULL, {"collectionId": collection_id}):
        answer = await api.json("PUT", f"/endpoints/{made['id']}", ann, json=body)
        assert answer["endpoint"] == made
    assert await everything() == before


@pytest.mark.parametrize("field", ["name", "method", "url", "position", "collectionId"])
async def test_null_is_refused_for_what_an_endpoint_must_have(
    api: Api, place: Any, field: str
) -> None:
    ann, _, collection_id = place
    made = await save_endpoint(api, ann, collection_id)
    before = await everything()
    path = f"/endpoints/{made['id']}"
    answer = await api.json("PATCH", path, ann, json={field: None}, expect=400)
    assert answer["error"]["details"][0]["field"] == field
    assert await everything() == before


def sized(kilobytes: int, more: int = 0) -> str:
    """Return a text whose JSON in ``["…"]`` or ``{"":"…"}`` nearly fills so many KB."""
    return "x" * (kilobytes * 1000 - 4 + more)


LIMITS = [  # each just fits; a character more does not
    ("name", "x" * 255, "x" * 256),
    ("name", "😀" * 255, "😀" * 256),
    ("method", "x" * 20, "x" * 21),
    ("url", "é" * 8000, "é" * 8001),
    ("description", "x" * 100_000, "x" * 100_001),
    ("purpose", "😀" * 2000, "😀" * 2001),
    ("bodyType", "x" * 50, "x" * 51),
    ("headers", {f"X-{n}": "" for n in range(50)}, {f"X-{n}": "" for n in range(51)}),
    ("headers", {"": sized(10, -3)}, {"": sized(10, -2)}),
    ("auth", {"": "é" * 4996}, {"": "é" * 4997}),
    ("body", [sized(500)], [sized(500, 1)]),
    ("body", "x" * 499_998, "x" * 499_999),
    ("params", [sized(100)], [sized(100, 1)]),
    ("requestParams", [sized(100)], [sized(100, 1)]),
    ("headerDocs", [sized(100)], [sized(100, 1)]),
    ("responseSchema", {"": sized(100, -3)}, {"": sized(100, -2)}),
    ("examples", [sized(500)], [sized(500, 1)]),
]


@pytest.mark.parametrize(("field", "good", "bad"), LIMITS, ids=lambda value: str(value)[:9])
async def test_what_just_fits_is_kept_and_more_is_refused(
    api: Api, place: Any, field: str, good: Any, bad: Any
) -> None:
    ann, _, collection_id = place
    made = await save_endpoint(api, ann, collection_id, **{field: good})
    assert made[field] == (good.upper() if field == "method" else good)
    path = f"/endpoints/{made['id']}"
    assert (await api.json("GET", path, ann))["endpoint"] == made
    before = await everything()
    answer = await api.json("PATCH", path, ann, json={field: bad}, expect=400)
    assert [detail["field"] for detail in answer["error"]["details"]] == [field]
    assert await everything() == before


BAD = [
    ("name", ["", " ", "a\nb", "\u200b"]),
    ("method", ["", "GE T", "GET\n", "GÉT", "GET/", "{{method}}"]),
    ("url", ["http://x/\r\nHost: y", "a\tb", "a\x7fb", "a\u2028b"]),
    (
        "headers",
        [
            [1],
            [{}],
            [{"key": 1}],
            [{"key": "A\n"}],
            [{"key": "X"}] * 51,
            "x",
            1,
            {"A\nB": "x"},
            {"A\r": "x"},
            {"A\x00B": "x"},
            {"\u202e": "x"},
        ],
    ),
    ("params", ["x", 1, True]),
    ("bodyType", ["", "two words", "json\n", "ü", 1, {}]),
    ("auth", [[], "x", 1]),
    ("examples", [{}, "x", 1]),
    ("purpose", [1, {}]),
    ("requestParams", ["x", 1, True]),
    ("responseSchema", [[], "x", True]),
    ("headerDocs", ["x", 0]),
    ("position", [-1, 2**31, "1", 1.5, True]),
]


@pytest.mark.parametrize(("field", "values"), BAD, ids=lambda value: str(value)[:9])
async def test_a_bad_value_is_400(api: Api, place: Any, field: str, values: list[Any]) -> None:
    ann, _, collection_id = place
    made = await save_endpoint(api, ann, collection_id)
    good = {"name": "New", "method": "GET", "url": "/"}
    before = await everything()
    for value in values:
        body = {**good, field: value}
        for method, path in (
            ("POST", f"/collections/{collection_id}/endpoints"),
            ("PATCH", f"/endpoints/{made['id']}"),
        ):
            answer = await api.json(method, path, ann, json=body, expect=400)
            assert answer["error"]["code"] == "VALIDATION_ERROR"
            assert len(str(answer)) < 1000
    assert await everything() == before


async def test_methods_are_tokens_in_upper_case(api: Api, place: Any) -> None:
    ann, _, collection_id = place
    for method in ("get", "M-SEARCH", "!#$%&'*+-.^_`|~9", "x" * 20):
        made = await save_endpoint(api, ann, collection_id, method=method)
        assert made["method"] == method.upper()


async def test_a_list_goes_by_position_in_a_collection_and_by_age_in_a_project(
    api: Api, place: Any
) -> None:
    ann, project_id, collection_id = place
    other_id = (await add_collection(api, ann, project_id, "Other"))["id"]
    for name, position in (("A", 5), ("B", 0), ("C", 5), ("D", 1)):  # 5 is beyond the end
        await save_endpoint(api, ann, collection_id, name, position=position)
    await save_endpoint(api, ann, other_id, "E")
    names, pagination = await listed(api, ann, f"/collections/{collection_id}")
    assert names == ["B", "D", "A", "C"]
    assert pagination == {"total": 4, "limit": 50, "offset": 0, "hasMore": False}
    names, pagination = await listed(api, ann, f"/projects/{project_id}")
    assert names == ["A", "B", "C", "D", "E"]
    assert pagination["total"] == 5


@pytest.mark.parametrize("filters", [{}, {"search": "item"}, {"method": "get"}])
async def test_parts_of_a_list_show_every_endpoint_once(
    api: Api, place: Any, filters: dict[str, str]
) -> None:
    ann, project_id, collection_id = place
    await save_endpoint(api, ann, collection_id, "Other", method="PUT", position=0)
    for number in range(7):
        await save_endpoint(api, ann, collection_id, f"Item {number}", position=number // 3)
    total = 7 if filters else 8
    for path in (f"/projects/{project_id}", f"/collections/{collection_id}"):
        found = []
        for offset in (0, 3, 6, 9):
            names, pagination = await listed(api, ann, path, limit=3, offset=offset, **filters)
            found += names
            has_more = offset + 3 < total
            wanted = {"total": total, "limit": 3, "offset": offset, "hasMore": has_more}
            assert ("nextCursor" in pagination) == has_more
            assert {key: pagination[key] for key in wanted} == wanted
        assert len(found) == len(set(found)) == total
        by_cursor, pagination = await listed(api, ann, path, limit=3, **filters)
        while pagination["hasMore"]:
            cursor = pagination["nextCursor"]
            names, pagination = await listed(api, ann, path, limit=3, cursor=cursor, **filters)
            assert (pagination["offset"], pagination["total"]) == (len(by_cursor), total)
            by_cursor += names
        assert by_cursor == found


async def test_a_cursor_goes_on_where_it_stands_whatever_comes_before_it(
    api: Api, place: Any
) -> None:
    ann, project_id, collection_id = place
    for number in range(6):
        await save_endpoint(api, ann, collection_id, f"Item {number}")
    for path in (f"/projects/{project_id}", f"/collections/{collection_id}"):
        names, pagination = await listed(api, ann, path, limit=3)
        first = await api.json("GET", f"{path}/endpoints?limit=1", ann)
        await api.json("DELETE", f"/endpoints/{first['endpoints'][0]['id']}", ann)
        rest, _ = await listed(api, ann, path, cursor=pagination["nextCursor"])
        skipped, _ = await listed(api, ann, path, offset=3)
        assert rest[-2:] == skipped[-2:]
        assert rest[0] not in names
        await save_endpoint(api, ann, collection_id, f"Item {len(rest)} more")


@pytest.mark.parametrize(
    "query",
    ["cursor=x", "cursor=", "cursor=%21", "cursor=W10", "cursor={other}", "offset=1&cursor={own}"],
)
async def test_what_is_no_cursor_of_a_list_is_refused(api: Api, place: Any, query: str) -> None:
    ann, project_id, collection_id = place
    for number in range(3):
        await save_endpoint(api, ann, collection_id, f"Item {number}")
    paths = [f"/projects/{project_id}", f"/collections/{collection_id}"]
    own, other = [(await listed(api, ann, path, limit=1))[1]["nextCursor"] for path in paths]
    path = f"{paths[0]}/endpoints?{query.format(own=own, other=other)}"
    answer = await api.json("GET", path, ann, expect=400)
    assert answer["error"]["details"][0]["field"] == "cursor"


SEARCHES = [
    ("login", ["Login", "by URL"]),
    ("LOGIN", ["Login", "by URL"]),
    ("straße", ["STRASSE"]),
    ("cafe\u0301", ["Café"]),
    ("CAFE", ["Café"]),
    ("istanbul", ["ISTANBUL", "İstanbul", "ıstanbul"]),
    ("İSTANBUL", ["ISTANBUL", "İstanbul", "ıstanbul"]),
    ("ıSTANBUL", ["ISTANBUL", "İstanbul", "ıstanbul"]),
    ("étude", ["e\u0301tude"]),
    ("abc", ["ＡＢＣ"]),
    ("ΟΔΥΣΣΕΥΣ", ["Ὀδυσσεύς"]),
    ("注文", ["注文の一覧"]),
    ("の", ["注文の一覧"]),
    ("한", ["한국"]),
    ("ﾊﾟﾝ", ["パン"]),
    ("💳", ["pay 💳"]),
    ("❤", ["❤\ufe0f"]),
    ("\u0301", None),
    ("%", ["100% sure"]),
    ("_", ["snake_case"]),
    ("!", ["Wow!"]),
    ("\\", ["back\\slash"]),
    ("'", ["it's"]),
    ("{{host}}/", ["by URL"]),
    ("{{HOST}}", ["by URL"]),
    ("?q=", ["query"]),
    ("%h%", []),
    ("  ", None),
    ("x" * 255, []),
]


@pytest.mark.parametrize("few", [500, 1])  # endpoints of a collection that is looked through
async def test_a_search_finds_names_and_urls_without_case_accents_and_wildcards(
    api: Api, place: Any, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(listing, "FEW", few)
    ann, project_id, collection_id = place
    urls = {"by URL": "{{host}}/Login", "query": "/a?q=1"}
    names = sorted({name for _, found in SEARCHES for name in found or ()})
    for name in names:
        await save_endpoint(api, ann, collection_id, name, url=urls.get(name, "/"))
    for text, wanted in SEARCHES:
        wanted = names if wanted is None else wanted
        for path in (f"/projects/{project_id}", f"/collections/{collection_id}"):
            found, pagination = await listed(api, ann, path, search=text)
            assert (text, found, pagination["total"]) == (text, wanted, len(wanted))


async def test_a_list_of_one_method_takes_it_in_any_case(api: Api, place: Any) -> None:
    ann, project_id, collection_id = place
    for method in ("GET", "POST", "PATCH", "purge"):
        await save_endpoint(api, ann, collection_id, method, method=method)
    path = f"/projects/{project_id}"
    for method in ("POST", "post", "Post"):
        assert (await listed(api, ann, path, method=method))[0] == ["POST"]
    assert (await listed(api, ann, path, method="PURGE"))[0] == ["purge"]
    assert (await listed(api, ann, path, method="HEAD"))[0] == []
    assert (await listed(api, ann, path, method="POST", search="patch"))[0] == []


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=101",
        "limit=x",
        "offset=-1",
        "offset=2147483648",
        "offset=1.5",
        "page=1",
        "sort=name",
        "method=",
        "method=GE%20T",
        "search=%00",
        "search=" + "x" * 8001,
        "limit=1&limit=2",
    ],
)
async def test_a_bad_query_parameter_is_400(api: Api, place: Any, query: str) -> None:
    ann, project_id, collection_id = place
    for path in (f"/projects/{project_id}", f"/collections/{collection_id}"):
        await api.json("GET", f"{path}/endpoints?{query}", ann, expect=400)


async def test_a_moved_endpoint_comes_last_and_both_collections_count_right(
    api: Api, place: Any
) -> None:
    ann, project_id, collection_id = place
    other = await add_collection(api, ann, project_id, "Other")
    await save_endpoint(api, ann, other["id"], "First")
    made = await save_endpoint(api, ann, collection_id)
    path = f"/endpoints/{made['id']}"
    moved = await api.json("PATCH", path, ann, json={"collectionId": other["id"]})
    assert moved["endpoint"]["position"] == 1
    assert (await listed(api, ann, f"/collections/{other['id']}"))[0] == ["First", "Ping"]
    shown = (await api.json("GET", f"/collections/{other['id']}", ann))["collection"]
    assert shown == {**other, "endpointsCount": 2}  # derived: the same revision
    entry = await AuditEntry.get(revision=moved["endpoint"]["revision"])
    assert entry.details == {"fields": ["collectionId", "position"]}
    body = {"collectionId": collection_id, "position": 0}
    assert (await api.json("PATCH", path, ann, json=body))["endpoint"]["position"] == 0
    await check_counts(project_id)


async def test_an_endpoint_stays_in_its_project(api: Api, place: Any) -> None:
    ann, _, collection_id = place
    foreign = await add_collection(api, ann, (await api.project(ann))["id"], "Foreign")
    made = await save_endpoint(api, ann, collection_id)
    before = await everything()
    for target in (foreign["id"], NOWHERE):
        body = {"collectionId": target}
        for method, path in (
            ("PATCH", f"/endpoints/{made['id']}"),
            ("POST", f"/endpoints/{made['id']}/duplicate"),
        ):
            answer = await api.json(method, path, ann, json=body, expect=400)
            assert answer["error"]["details"][0]["field"] == "collectionId"
    assert await everything() == before


async def test_a_copy_has_everything_but_its_own_name_and_place(api: Api, place: Any) -> None:
    ann, project_id, collection_id = place
    other = await add_collection(api, ann, project_id, "Other")
    made = await save_endpoint(api, ann, collection_id, **FULL)
    path = f"/endpoints/{made['id']}/duplicate"
    copy = (await api.json("POST", path, ann, expect=201))["endpoint"]
    own = {key: copy[key] for key in ("id", "revision", "createdAt", "updatedAt")}
    assert copy == {**made, **own, "name": "Log in copy", "position": 1}
    assert (await api.json("GET", f"/endpoints/{copy['id']}", ann))["endpoint"] == copy
    assert (await listed(api, ann, f"/projects/{project_id}", search="IN COPY"))[0]
    body = {"name": "Third", "collectionId": other["id"]}
    copy = (await api.json("POST", path, ann, json=body, expect=201))["endpoint"]
    assert (copy["name"], copy["collectionId"], copy["position"]) == ("Third", other["id"], 0)
    entry = await AuditEntry.get(revision=copy["revision"])
    assert entry.action == "endpoint_duplicated"
    assert entry.details == {"fromId": made["id"], "collectionId": other["id"]}
    await check_counts(project_id)


async def test_a_deleted_endpoint_is_gone_and_no_longer_counted(api: Api, place: Any) -> None:
    ann, project_id, collection_id = place
    made, kept = (
        await save_endpoint(api, ann, collection_id),
        await save_endpoint(api, ann, collection_id, "Kept"),
    )
    await api.json("DELETE", f"/endpoints/{made['id']}", ann)
    await api.json("GET", f"/endpoints/{made['id']}", ann, expect=404)
    await api.json("DELETE", f"/endpoints/{made['id']}", ann, expect=404)
    names, pagination = await listed(api, ann, f"/collections/{collection_id}")
    assert (names, pagination["total"]) == (["Kept"], 1)
    assert [item.id for item in await Endpoint.all()] == [kept["id"]]
    assert (await audited()).count("endpoint_deleted") == 1
    await check_counts(project_id)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
async def test_a_write_for_another_revision_is_412_with_the_current_state(
    api: Api, place: Any, method: str
) -> None:
    ann, _, collection_id = place
    made = await save_endpoint(api, ann, collection_id, **FULL)
    path = f"/endpoints/{made['id']}"
    mine = (await api.json("PATCH", path, ann, json={"url": "/mine"}))["endpoint"]
    body = None if method == "DELETE" else {"url": "/theirs"}
    before = await everything()
    headers = {"If-Match": f'"{made["revision"]}"'}
    answer = await api.json(method, path, ann, json=body, headers=headers, expect=412)
    assert json.dumps(answer["error"]["details"]) == json.dumps({"current": mine})
    assert await everything() == before


async def test_who_has_this_revision_already_gets_304(api: Api, place: Any) -> None:
    ann, _, collection_id = place
    path = f"/endpoints/{(await save_endpoint(api, ann, collection_id))['id']}"
    tag = (await api.call("GET", path, ann)).headers["ETag"]
    response = await api.call("GET", path, ann, headers={"If-None-Match": tag})
    assert (response.status, await response.read()) == (304, b"")
    changed = await api.call("PATCH", path, ann, json={"body": 1})
    assert changed.headers["ETag"] != tag
    response = await api.call("GET", path, ann, headers={"If-None-Match": tag})
    assert response.headers["ETag"] == changed.headers["ETag"]


async def test_of_writers_with_one_etag_exactly_one_wins(api: Api, place: Any) -> None:
    ann, project_id, collection_id = place
    made = await save_endpoint(api, ann, collection_id)
    path, headers = f"/endpoints/{made['id']}", {"If-Match": f'"{made["revision"]}"'}
    calls = [
        api.call("PUT", path, ann, json={"body": {"by": number}}, headers=headers)
        for number in range(20)
    ]
    statuses = sorted([response.status for response in await asyncio.gather(*calls)])
    assert statuses == [200] + [412] * 19
    await check_counts(project_id)


async def test_fifty_writers_at_once_break_no_count_and_lose_no_revision(
    api: Api, place: Any
) -> None:
    ann, project_id, collection_id = place
    other_id = (await add_collection(api, ann, project_id, "Other"))["id"]
    made = [await save_endpoint(api, ann, collection_id, f"E{number}") for number in range(10)]
    body = {"name": "New", "method": "GET", "url": "/"}
    calls = []
    for item in made:
        path = f"/endpoints/{item['id']}"
        calls += [
            api.call("POST", f"/collections/{collection_id}/endpoints", ann, json=body),
            api.call("PATCH", path, ann, json={"collectionId": other_id}),
            api.call("POST", f"{path}/duplicate", ann, json={"collectionId": other_id}),
            api.call("PATCH", path, ann, json={"url": "/other"}),
            api.call("DELETE", path, ann),
        ]
    calls.append(api.call("DELETE", f"/collections/{collection_id}", ann))
    statuses = {response.status for response in await asyncio.gather(*calls)}
    assert statuses <= {200, 201, 404}
    await check_counts(project_id)
    assert (await Collection.all().count()) == 1
    left = await Endpoint.all().count()
    assert (await Collection.get(id=other_id)).endpoint_count == left


async def test_a_collection_deleted_meanwhile_is_not_found(api: Api, place: Any) -> None:
    ann, project_id, collection_id = place
    made = await save_endpoint(api, ann, collection_id)
    body = {"name": "New", "method": "GET", "url": "/"}
    calls = [
        api.call("DELETE", f"/collections/{collection_id}", ann),
        *(
            api.call("POST", f"/collections/{collection_id}/endpoints", ann, json=body)
            for _ in range(5)
        ),
        api.call("PATCH", f"/endpoints/{made['id']}", ann, json=body),
    ]
    statuses = {response.status for response in await asyncio.gather(*calls)}
    assert statuses <= {200, 201, 404}
    assert not await Endpoint.exists()
    await check_counts(project_id)


async def test_bodies_stay_out_of_the_audit_log(api: Api, place: Any) -> None:
    ann, _, collection_id = place
    hidden = {"auth": {"token": "hush hush"}, "body": "hush hush", "headers": {"X": "hush hush"}}
    made = await save_endpoint(api, ann, collection_id, **hidden)
    path = f"/endpoints/{made['id']}"
    await api.json("PATCH", path, ann, json={"body": "hush hush again"})
    await api.json("POST", f"{path}/duplicate", ann, expect=201)
    await api.json("DELETE", path, ann)
    assert "hush" not in str((await everything())["audit_log"])


async def test_in_a_collection_of_ten_thousand_all_is_found(api: Api, place: Any) -> None:
    ann, project_id, collection_id = place
    many = endpoint_rows(project_id, collection_id, 10_000, body='"' + "x" * 500 + '"')
    await insert("endpoints", many, batch=1000)
    await recount_project(CONSOLE, project_id)
    assert (await save_endpoint(api, ann, collection_id))["position"] == 10_000
    for path in (f"/projects/{project_id}", f"/collections/{collection_id}"):
        names, pagination = await listed(api, ann, path, offset=9_950, limit=100)
        assert len(names) == 51
        assert pagination["total"] == 10_001
    assert (await listed(api, ann, path, search="bulk 9999"))[0] == ["Bulk 9999"]


@pytest.mark.parametrize("place", ["collections", "projects"])
async def test_what_is_searched_for_has_a_length(api: Api, place: str) -> None:
    """A thousand characters over a thousand endpoints took the database five seconds."""
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    folder = await add_collection(api, ann, project_id, "Folder")
    path = f"/{place}/{folder['id'] if place == 'collections' else project_id}/endpoints"
    assert (await api.call("GET", f"{path}?search={'x' * 255}", ann)).status == 200
    answer = await api.json("GET", f"{path}?search={'x' * 256}", ann, expect=400)
    [detail] = answer["error"]["details"]
    assert detail == {"field": "search", "reason": "String should have at most 255 characters"}
