"""Flows over HTTP."""

import asyncio
import json
from typing import Any

import pytest

from gassapi_backend.models import AuditEntry, Collection, Flow, name_hash
from tests.conftest import Api, Person, audited, everything
from tests.factories import EMPTY_FLOW
from tests.server.counting import statements

Json = dict[str, Any]

STEPS: Json = {
    "version": "1.0",
    "steps": [
        {
            "name": "Log in",
            "id": "login",
            "method": "post",
            "url": "{{baseUrl}}/login",
            "body": {"z": 1, "a": [1.0, None, {"mail": "{{input.mail}}"}]},
            "outputs": ["token"],
            "x-own": {"ü": "😀"},
        },
        {"id": "pay", "url": "{{baseUrl}}/pay", "headers": {"A": "Bearer {{login.token}}"}},
    ],
    "config": {"timeout": 30},
}
DRAWN: Json = {
    "nodes": [
        {"id": "pay", "position": {"y": 1.5, "x": 0}, "data": {"url": "{{login.token}}"}},
        {"id": "login", "type": "own", "data": {"outputs": {"token": "$.t"}}, "width": 150},
    ],
    "edges": [{"id": "e", "source": "login", "target": "pay", "sourceHandle": "out"}],
    "viewport": {"x": 0, "y": 0, "zoom": 1.0},
    "own": True,
}
MAIL: Json = {"name": "mail", "type": "email", "required": True, "default": "a@example.com"}


class Shop:
    """A project, its owner, and short ways to its flows."""

    def __init__(self, api: Api, ann: Person, project_id: str) -> None:
        self.api, self.ann, self.project_id = api, ann, project_id
        self.path = f"/projects/{project_id}/flows"

    async def make(self, expect: int = 201, **fields: Any) -> Any:
        """Create a flow; return it, or the error."""
        body = {"name": "Check out", "flowData": EMPTY_FLOW, **fields}
        answer = await self.api.json("POST", self.path, self.ann, json=body, expect=expect)
        return answer["flow"] if expect == 201 else answer["error"]

    async def send(self, method: str, path: str, expect: int = 200, **options: Any) -> Any:
        """Send a request; return the flow of the answer, or its error."""
        answer = await self.api.json(method, path, self.ann, expect=expect, **options)
        return answer.get("flow", answer.get("error", answer))

    async def names(self, query: str = "") -> list[str]:
        """Return the names in the list."""
        answer = await self.api.json("GET", self.path + query, self.ann)
        return [flow["name"] for flow in answer["flows"]]

    async def collection(self, name: str = "Folder") -> str:
        """Make a collection."""
        made = await Collection.create(
            project_id=self.project_id,
            sibling_of=self.project_id,
            name=name,
            name_hash=name_hash(name),
        )
        return made.id


@pytest.fixture
async def shop(api: Api) -> Shop:
    """A project without flows."""
    ann = await api.person()
    return Shop(api, ann, (await api.project(ann))["id"])


def fields_of(error: Json) -> list[str]:
    """Return the fields that a refusal names."""
    return [detail["field"] for detail in error["details"]]


@pytest.mark.parametrize("data", [STEPS, DRAWN, EMPTY_FLOW, {"nodes": [], "edges": []}])
async def test_a_flow_is_shown_as_it_was_written(shop: Shop, data: Json) -> None:
    folder = await shop.collection()
    made = await shop.make(
        name=" Check out ",
        description="é" * 10_000,
        collectionId=folder,
        flowData=data,
        flowInputs=[MAIL],
        isActive=False,
    )
    shown = await shop.send("GET", f"/flows/{made['id']}")
    assert json.dumps(shown) == json.dumps(made)
    assert json.dumps(shown["flowData"]) == json.dumps(data)
    assert json.dumps(shown["flowInputs"]) == json.dumps([MAIL])
    assert (shown["name"], shown["collectionId"], shown["isActive"]) == ("Check out", folder, False)
    assert (shown["projectId"], shown["revision"]) == (shop.project_id, 3)
    entry = await AuditEntry.get(action="flow_created")
    assert (entry.resource_id, entry.resource_name, entry.revision) == (made["id"], "Check out", 3)


async def test_what_is_left_out_of_a_new_flow_is_empty(shop: Shop) -> None:
    made = await shop.make()
    assert (made["description"], made["collectionId"], made["flowInputs"]) == (None, None, [])
    assert made["isActive"] is True


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_an_update_changes_exactly_what_is_sent(shop: Shop, method: str) -> None:
    state = await shop.make()
    folder = await shop.collection()
    for change in (
        {"name": "Other"},
        {"description": "What for"},
        {"collectionId": folder},
        {"flowInputs": [MAIL]},
        {"flowData": STEPS},
        {"isActive": False},
        {"flowData": DRAWN, "flowInputs": None},
        {"description": None, "collectionId": None},
    ):
        answer = await shop.send(method, f"/flows/{state['id']}", json=change)
        wanted = {**state, **change, "revision": state["revision"] + 1}
        wanted["flowInputs"] = wanted["flowInputs"] or []
        assert answer == wanted | {"updatedAt": answer["updatedAt"]}
        state = answer
    assert await shop.send("GET", f"/flows/{state['id']}") == state


async def test_an_update_of_nothing_new_changes_nothing(shop: Shop) -> None:
    made = await shop.make(flowData=STEPS, flowInputs=[MAIL])
    before = await everything()
    for body in ({}, {key: made[key] for key in ("name", "flowData", "flowInputs", "isActive")}):
        assert await shop.send("PATCH", f"/flows/{made['id']}", json=body) == made
    drawing = await shop.send("GET", f"/flows/{made['id']}/ui")
    body = {key: drawing[key] for key in ("nodes", "edges", "viewport")}
    assert await shop.send("PUT", f"/flows/{made['id']}/ui", json=body) == drawing
    toggled = await shop.send("POST", f"/flows/{made['id']}/toggle", json={"isActive": True})
    assert toggled == made
    assert await everything() == before


BAD = [
    ({"name": ""}, "name"),
    ({"name": " "}, "name"),
    ({"name": "x" * 256}, "name"),
    ({"name": None}, "name"),
    ({"name": "a\u202eb"}, "name"),
    ({"description": "x" * 10_001}, "description"),
    ({"flowData": None}, "flowData"),
    ({"flowData": {}}, "flowData"),
    ({"flowData": EMPTY_FLOW | {"nodes": []}}, "flowData"),
    ({"flowData": {"steps": [], "x": "x" * 500_000}}, "flowData"),
    ({"flowData": {"steps": [{"id": "a", "url": "{{b.c}}"}]}}, "flowData.steps.0.url"),
    ({"flowData": DRAWN | {"edges": DRAWN["edges"] * 2}}, "flowData.edges.1.id"),
    ({"collectionId": "x"}, "collectionId"),
    ({"collectionId": "01a20200-0000-7000-8000-000000000000"}, "collectionId"),
    ({"isActive": None}, "isActive"),
    ({"flowInputs": [MAIL, MAIL]}, "flowInputs"),
    ({"flowInputs": [{"name": f"n{at}", "type": "json"} for at in range(101)]}, "flowInputs"),
    ({"flowInputs": [{"name": "a", "type": "json", "default": "x" * 50_000}]}, "flowInputs"),
]


@pytest.mark.parametrize(("fields", "field"), BAD, ids=lambda value: str(value)[:40])
async def test_what_is_refused_is_named_and_changes_nothing(
    shop: Shop, fields: Json, field: str
) -> None:
    made = await shop.make()
    before = await everything()
    assert field in fields_of(await shop.make(400, **fields))
    assert field in fields_of(await shop.send("PATCH", f"/flows/{made['id']}", 400, json=fields))
    assert await everything() == before


INPUTS = [
    ({"name": "1a"}, "name"),
    ({"name": "a.b"}, "name"),
    ({"name": "a\n"}, "name"),
    ({"name": "é"}, "name"),
    ({"name": "x" * 101}, "name"),
    ({"type": "text"}, "type"),
    ({"type": None}, "type"),
    ({"required": "yes"}, "required"),
    ({"typo": 1}, "typo"),
    ({"type": "number", "default": "5"}, "default"),
    ({"type": "number", "default": True}, "default"),
    ({"type": "boolean", "default": 1}, "default"),
    ({"type": "object", "default": []}, "default"),
    ({"type": "array", "default": {}}, "default"),
    ({"type": "string", "default": 5}, "default"),
    ({"type": "email", "default": "ann"}, "default"),
    ({"type": "date", "default": "31.1.2026"}, "default"),
    ({"type": "password", "default": "hunter2"}, "default"),
    ({"type": "file", "default": "a.txt"}, "default"),
    ({"validation": []}, "validation"),
    ({"validation": {"min": 2, "max": 1}}, "validation"),
    ({"validation": {"min": "2"}}, "validation"),
    ({"validation": {"max": True}}, "validation"),
    ({"validation": {"minLength": 1.5}}, "validation"),
    ({"validation": {"minLength": -1}}, "validation"),
    ({"validation": {"minLength": 3, "maxLength": 2}}, "validation"),
    ({"validation": {"pattern": "x" * 501}}, "validation"),
    ({"validation": {"pattern": 5}}, "validation"),
    ({"validation": {"enum": []}}, "validation"),
    ({"validation": {"enum": "ab"}}, "validation"),
    ({"type": "date", "validation": {"min": "banana"}}, "validation"),
    ({"type": "date", "validation": {"max": 5}}, "validation"),
    ({"type": "date", "validation": {"min": "{{env.start}}"}}, "validation"),
    ({"type": "date", "validation": {"min": "2026-02-01", "max": "2026-01-31"}}, "validation"),
    (
        {
            "type": "date",
            "validation": {"min": "2026-01-31T12:00+01:00", "max": "2026-01-31T11:59"},
        },
        "validation",
    ),
    ({"validation": {"enum": ["a"]}, "default": "b"}, "default"),
    ({"validation": {"maxLength": 2}, "default": "abc"}, "default"),
    ({"default": "", "validation": {"minLength": 1}}, "default"),
    ({"type": "array", "validation": {"maxLength": 1}, "default": [1, 2]}, "default"),
    ({"type": "number", "validation": {"min": 5}, "default": 1}, "default"),
    ({"type": "number", "validation": {"max": 0.5}, "default": 1}, "default"),
    ({"type": "number", "validation": {"enum": [1, True]}, "default": 0}, "default"),
    ({"type": "json", "validation": {"enum": [1]}, "default": True}, "default"),
    ({"type": "json", "validation": {"min": 2}, "default": 1}, "default"),
    ({"type": "boolean", "validation": {"enum": [1]}, "default": True}, "default"),
    ({"type": "object", "validation": {"enum": [{"a": 1}]}, "default": {"a": 2}}, "default"),
    ({"type": "date", "validation": {"min": "2026-02-01"}, "default": "2026-01-31"}, "default"),
    (
        {
            "type": "date",
            "validation": {"max": "0001-01-01T00:00:00+23:59"},
            "default": "9999-12-31T23:59:59-23:59",
        },
        "default",
    ),
    (
        {
            "type": "date",
            "validation": {"max": "2026-01-31T12:00:00"},
            "default": "2026-01-31T12:00:01Z",
        },
        "default",
    ),
]


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize(("fields", "field"), INPUTS, ids=str)
async def test_a_wrong_input_is_named(shop: Shop, fields: Json, field: str) -> None:
    before = await everything()
    error = await shop.make(400, flowInputs=[{"name": "a", "type": "string", **fields}])
    assert fields_of(error) == [f"flowInputs.0.{field}"]
    assert "hunter2" not in json.dumps(error)
    assert await everything() == before


async def test_good_inputs_of_every_type_are_kept_as_they_are(shop: Shop) -> None:
    inputs: list[Json] = [
        {"type": "string", "default": "", "name": "_a-1", "description": ""},
        {"name": "b", "type": "email", "default": "{{env.mail}}"},
        {"name": "c", "type": "password", "default": None, "required": True},
        {"name": "d", "type": "number", "default": 1.0, "validation": {"min": 0, "max": 1.5}},
        {"name": "e", "type": "boolean", "default": False},
        {"name": "f", "type": "object", "default": {"b": 1, "a": 2}},
        {"name": "g", "type": "array", "default": []},
        {"name": "h", "type": "file", "validation": {"accept": ["image/*"], "maxLength": None}},
        {"name": "i", "type": "date", "default": "2026-01-31", "validation": {"min": "2026-01-01"}},
        {"name": "j", "type": "json", "default": 5, "validation": {"enum": [5, "x"], "own": 1}},
        {"name": "x" * 100, "type": "string", "validation": {"pattern": "(" * 500}},
        {
            "name": "k",
            "type": "date",
            "validation": {"min": "2026-01-31T12:00:00", "max": "2026-01-31"},
            "default": "2026-01-31T23:30:00-05:00",
        },
        {
            "name": "l",
            "type": "date",
            "validation": {"min": "2026-01-31T12:00:00Z"},
            "default": "2026-01-31T07:00:00-05:00",
        },
        {"name": "m", "type": "date", "validation": {"min": "2026-01-01"}, "default": "{{today}}"},
        {"name": "n", "type": "string", "validation": {"enum": ["a"]}, "default": "{{env.x}}"},
        {"name": "o", "type": "array", "validation": {"maxLength": 0}, "default": ["{{env.x}}"]},
        {"name": "p", "type": "number", "validation": {"enum": [2, 1]}, "default": 1.0},
        {"name": "q", "type": "string", "validation": {"min": 9, "pattern": "x"}, "default": "a"},
        {"name": "r", "type": "string", "validation": {"maxLength": 2}, "default": "é😀"},
        {"name": "s", "type": "json", "validation": {"min": 2, "maxLength": 1}, "default": True},
    ]
    made = await shop.make(flowInputs=inputs)
    assert json.dumps(made["flowInputs"]) == json.dumps(inputs)


async def test_inputs_and_data_are_checked_against_each_other_whichever_changes(
    shop: Shop,
) -> None:
    await shop.make(400, flowData=STEPS)
    made = await shop.make(flowData=STEPS, flowInputs=[MAIL])
    path = f"/flows/{made['id']}"
    before = await everything()
    for inputs in (None, [], [{"name": "other", "type": "email"}]):
        error = await shop.send("PATCH", path, 400, json={"flowInputs": inputs})
        assert fields_of(error) == ["flowData.steps.0.body.a.2.mail"]
        assert 'Step "login" uses {{input.mail}}' in error["details"][0]["reason"]
    other = {"steps": [{"id": "a", "url": "{{input.name}}"}]}
    await shop.send("PATCH", path, 400, json={"flowData": other})
    nodes = [{"id": "a", "data": {"url": "{{input.name}}"}}]
    error = await shop.send("PUT", path + "/ui", 400, json={"nodes": nodes, "edges": []})
    assert fields_of(error) == ["nodes.0.data.url"]
    assert await everything() == before
    both = {"flowData": other, "flowInputs": [{"name": "name", "type": "string"}]}
    assert (await shop.send("PATCH", path, json=both))["flowData"] == other


async def test_a_list_is_in_order_of_names_and_says_where_it_stands(shop: Shop) -> None:
    for name in ("beta", "Alpha", "gamma", "alpha"):
        await shop.make(name=name)
    answer = await shop.api.json("GET", f"{shop.path}?limit=3", shop.ann)
    assert [flow["name"] for flow in answer["flows"]] == ["Alpha", "alpha", "beta"]
    assert answer["pagination"] == {
        "page": 1,
        "limit": 3,
        "total": 4,
        "totalPages": 2,
        "hasNext": True,
        "hasPrev": False,
    }
    assert await shop.names("?limit=3&page=2") == ["gamma"]
    assert await shop.names("?limit=3&page=3") == []
    assert not {"flowData", "flowInputs"} & answer["flows"][0].keys()


async def test_a_list_shows_what_is_searched_for(shop: Shop) -> None:
    folder, other = await shop.collection(), await shop.collection("Other")
    await shop.make(name="100% Straße", collectionId=folder)
    await shop.make(name="Login", isActive=False, collectionId=folder)
    await shop.make(name="Logout")
    for query, found in {
        "?search=lOg": ["Login", "Logout"],
        "?search=strasse": ["100% Straße"],
        "?search=%25": ["100% Straße"],
        "?search=_": [],
        "?isActive=false": ["Login"],
        "?isActive=true": ["100% Straße", "Logout"],
        f"?collectionId={folder}": ["100% Straße", "Login"],
        f"?collectionId={folder}&isActive=true&search=s": ["100% Straße"],
        f"?collectionId={other}": [],
    }.items():
        assert await shop.names(query) == found, query
    for query in ("?isActive=maybe", "?collectionId=x", "?sort=name", "?limit=101", "?page=0"):
        await shop.send("GET", shop.path + query, 400)


async def test_a_project_lists_its_own_flows_only(shop: Shop) -> None:
    await shop.make(name="Mine")
    other = await shop.api.project(shop.ann, "Other")
    assert (await shop.api.json("GET", f"/projects/{other['id']}/flows", shop.ann))["flows"] == []


async def test_a_collection_of_another_project_is_none(shop: Shop) -> None:
    made = await shop.make()
    other = Shop(shop.api, shop.ann, (await shop.api.project(shop.ann, "Other"))["id"])
    folder = await other.collection()
    before = await everything()
    reason = "There is no such collection in this project."
    wanted = [{"field": "collectionId", "reason": reason}]
    assert (await shop.make(400, collectionId=folder))["details"] == wanted
    error = await shop.send("PUT", f"/flows/{made['id']}", 400, json={"collectionId": folder})
    assert error["details"] == wanted
    assert await everything() == before


async def test_a_flow_outlives_its_collection(shop: Shop) -> None:
    folder = await shop.collection()
    made = await shop.make(collectionId=folder)
    await Collection.filter(id=folder).delete()
    assert (await shop.send("GET", f"/flows/{made['id']}"))["collectionId"] is None


async def test_a_copy_is_the_same_but_for_its_name(shop: Shop) -> None:
    made = await shop.make(
        name="x" * 255, flowData=STEPS, flowInputs=[MAIL], collectionId=await shop.collection()
    )
    copy = await shop.send("POST", f"/flows/{made['id']}/duplicate", 201)
    named = await shop.send("POST", f"/flows/{made['id']}/duplicate", 201, json={"name": "Two"})
    assert copy["name"] == "x" * 250 + " copy"
    assert named["name"] == "Two"
    own = ("id", "name", "revision", "createdAt", "updatedAt")
    for flow in (copy, named):
        assert {**flow, **{key: made[key] for key in own}} == made
        assert await shop.send("GET", f"/flows/{flow['id']}") == flow
    assert len({made["id"], copy["id"], named["id"]}) == 3
    assert (copy["revision"], named["revision"]) == (made["revision"] + 1, made["revision"] + 2)
    assert await shop.names("?search=two") == ["Two"]


async def test_a_toggle_turns_a_flow_over_or_sets_it(shop: Shop) -> None:
    path = f"/flows/{(await shop.make())['id']}/toggle"
    states = [
        (await shop.send("POST", path, json=body))["isActive"]
        for body in (None, {}, {"isActive": None}, {"isActive": True}, {"isActive": False})
    ]
    assert states == [False, True, False, True, False]
    assert (await audited()).count("flow_updated") == 5


async def test_toggles_at_once_are_all_counted(shop: Shop) -> None:
    made = await shop.make()
    calls = [shop.send("POST", f"/flows/{made['id']}/toggle") for _ in range(9)]
    answers = await asyncio.gather(*calls)
    assert sorted(answer["revision"] for answer in answers) == list(range(4, 13))
    assert [answer["isActive"] for answer in answers].count(False) == 5
    assert (await shop.send("GET", f"/flows/{made['id']}"))["isActive"] is False


async def test_a_deleted_flow_is_gone(shop: Shop) -> None:
    made = await shop.make()
    path = f"/flows/{made['id']}"
    await shop.send("DELETE", path)
    for method, end in (("GET", ""), ("GET", "/ui"), ("DELETE", ""), ("POST", "/toggle")):
        await shop.send(method, path + end, 404)
    assert not await Flow.exists()
    entry = await AuditEntry.get(action="flow_deleted")
    assert (entry.resource_id, entry.resource_name) == (made["id"], "Check out")


async def test_a_write_for_another_revision_is_412_with_the_current_state(shop: Shop) -> None:
    made = await shop.make(flowData=STEPS, flowInputs=[MAIL])
    path, before = f"/flows/{made['id']}", await everything()
    drawing = await shop.send("GET", f"{path}/ui")
    for method, end, body, current in (
        ("PUT", "", {"name": "New"}, made),
        ("PATCH", "", {"flowData": EMPTY_FLOW}, made),
        ("DELETE", "", None, made),
        ("POST", "/toggle", None, made),
        ("PUT", "/ui", {"nodes": [], "edges": []}, drawing),
    ):
        headers = {"If-Match": '"2"'}
        error = await shop.send(method, path + end, 412, json=body, headers=headers)
        assert (error["code"], error["details"]) == ("PRECONDITION_FAILED", {"current": current})
    assert await everything() == before


@pytest.mark.engines("sqlite")
async def test_a_write_for_another_revision_is_412_though_it_does_not_fit_the_current_one(
    shop: Shop,
) -> None:
    def using(name: str) -> Json:
        inputs = [{"name": name, "type": "string"}]
        return {
            "flowData": {"steps": [{"id": "a", "url": f"{{{{input.{name}}}}}"}]},
            "flowInputs": inputs,
        }

    made = await shop.make(**using("x"))
    path = f"/flows/{made['id']}"
    headers = {"If-Match": f'"{made["revision"]}"'}
    current = await shop.send("PATCH", path, json=using("y"))
    drawing = await shop.send("GET", f"{path}/ui")
    before = await everything()
    node = {"id": "a", "data": {"url": "{{input.x}}"}}
    for method, end, body, shown in (
        ("PATCH", "", {"flowInputs": using("x")["flowInputs"]}, current),
        ("PUT", "", {"flowData": using("x")["flowData"]}, current),
        ("PUT", "/ui", {"nodes": [node], "edges": []}, drawing),
    ):
        error = await shop.send(method, path + end, 412, json=body, headers=headers)
        assert error["details"] == {"current": shown}
        await shop.send(method, path + end, 400, json=body)
    assert await everything() == before


async def test_of_writers_with_one_etag_exactly_one_wins(shop: Shop) -> None:
    made = await shop.make()
    path, headers = f"/flows/{made['id']}", {"If-Match": '"3"'}
    nodes = [{"id": "a", "data": {}}]
    bodies = [(f"{path}/ui", {"nodes": nodes}), (path, {"name": "New"})] * 4
    calls = [
        shop.api.call("PUT", path, shop.ann, json=body, headers=headers) for path, body in bodies
    ]
    statuses = sorted([response.status for response in await asyncio.gather(*calls)])
    assert statuses == [200] + [412] * 7


async def test_the_etag_is_the_revision_and_spares_a_second_answer(shop: Shop) -> None:
    made = await shop.make()
    for path in (f"/flows/{made['id']}", f"/flows/{made['id']}/ui"):
        response = await shop.api.call("GET", path, shop.ann)
        assert response.headers["ETag"] == '"3"'
        headers = {"If-None-Match": '"3"'}
        again = await shop.api.call("GET", path, shop.ann, headers=headers)
        assert (again.status, await again.read()) == (304, b"")


async def test_data_and_inputs_changed_at_once_still_fit_each_other(shop: Shop) -> None:
    """One drops the input that the other's step uses: one of the two has to be refused."""
    uses = {"steps": [{"id": "a", "url": "{{input.mail}}"}]}
    for _ in range(5):
        made = await shop.make(flowInputs=[MAIL])
        path = f"/flows/{made['id']}"
        calls = [
            shop.api.call("PATCH", path, shop.ann, json=body)
            for body in ({"flowData": uses}, {"flowInputs": []})
        ]
        statuses = sorted([response.status for response in await asyncio.gather(*calls)])
        assert statuses == [200, 400]


@pytest.mark.parametrize("data", [STEPS, DRAWN])
async def test_a_flow_is_shown_in_either_shape(shop: Shop, data: Json) -> None:
    made = await shop.make(flowData=data, flowInputs=[MAIL])
    path = f"/flows/{made['id']}"
    shown = {
        shape: (await shop.send("GET", f"{path}?shape={shape}"))["flowData"]
        for shape in ("steps", "ui")
    }
    stored = "steps" if "steps" in data else "ui"
    assert json.dumps(shown[stored]) == json.dumps(data)
    assert [step["id"] for step in shown["steps"]["steps"]] == ["login", "pay"]
    assert {"nodes", "edges"} <= shown["ui"].keys()
    for other in shown.values():  # and what was converted may be written, and comes back
        await shop.send("PUT", path, json={"flowData": other})
        back = await shop.send("GET", f"{path}?shape={stored}")
        assert json.dumps(back["flowData"]) == json.dumps(data)
    await shop.send("GET", f"{path}?shape=other", 400)


async def test_a_flow_of_steps_is_drawn_and_redrawn_and_stays_one(shop: Shop) -> None:
    made = await shop.make(flowData=STEPS, flowInputs=[MAIL])
    path = f"/flows/{made['id']}"
    drawing = await shop.send("GET", f"{path}/ui")
    assert [node["id"] for node in drawing["nodes"]] == ["login", "pay"]
    [edge] = drawing["edges"]
    assert (edge["source"], edge["target"]) == ("login", "pay")
    assert drawing["viewport"] is None
    nodes = drawing["nodes"]
    nodes[0]["position"] = {"x": -7, "y": 7}
    nodes[1]["data"]["url"] = "{{baseUrl}}/v2"
    nodes.append({"id": "end", "position": {"x": 900, "y": 0}, "data": {"url": "/end"}})
    edges = [edge, {"id": "new", "source": "pay", "target": "end", "animated": True}]
    body = {"nodes": nodes, "edges": edges, "viewport": {"x": 1, "y": 2, "zoom": 0.5}}
    redrawn = await shop.send("PUT", f"{path}/ui", json=body)
    assert {key: redrawn[key] for key in body} == body
    assert redrawn["revision"] == made["revision"] + 1
    assert await shop.send("GET", f"{path}/ui") == redrawn
    shown = await shop.send("GET", path)
    data = shown["flowData"]
    assert (data["version"], data["config"]) == ("1.0", {"timeout": 30})
    assert [step["id"] for step in data["steps"]] == ["login", "pay", "end"]
    assert data["steps"][1]["url"] == "{{baseUrl}}/v2"
    login = {key: value for key, value in data["steps"][0].items() if key != "reactFlow"}
    assert login == STEPS["steps"][0]
    assert shown["flowInputs"] == [MAIL]
    only = await shop.send("PUT", f"{path}/ui", json={"viewport": None})
    assert (only["nodes"], only["edges"], only["viewport"]) == (nodes, edges, None)


@pytest.mark.engines("sqlite")
async def test_steps_that_come_to_use_each_other_leave_a_drawing_that_can_be_saved(
    shop: Shop,
) -> None:
    nodes = [{"id": "login", "data": {"outputs": ["token"]}}]
    nodes += [{"id": id_, "position": {"x": 7, "y": 8}, "data": {}} for id_ in ("list", "report")]
    edges = [{"source": one, "target": "report"} for one in ("login", "list")]
    made = await shop.make(flowData={"nodes": nodes, "edges": edges})
    path = f"/flows/{made['id']}"
    steps = (await shop.send("GET", f"{path}?shape=steps"))["flowData"]
    assert [step["id"] for step in steps["steps"]] == ["login", "list", "report"]
    steps["steps"][1]["url"] = "{{login.token}}"
    written = await shop.send("PUT", path, json={"flowData": steps})
    before = await everything()
    drawing = await shop.send("GET", f"{path}/ui")
    body = {key: drawing[key] for key in ("nodes", "edges", "viewport")}
    assert await shop.send("PUT", f"{path}/ui", json=body) == drawing
    assert await everything() == before
    assert await shop.send("GET", path) == written
    ends = [(edge["source"], edge["target"]) for edge in drawing["edges"]]
    assert ends == [("login", "list"), ("list", "report")]
    assert drawing["nodes"][1]["position"] == {"x": 7, "y": 8}
    drawn = (await shop.send("GET", f"{path}?shape=ui"))["flowData"]
    copy = await shop.make(flowData=drawn)
    back = await shop.send("GET", f"/flows/{copy['id']}?shape=steps")
    assert json.dumps(back["flowData"]) == json.dumps(steps)
    body["nodes"][1]["position"] = {"x": 0, "y": 0}
    body["viewport"] = {"x": 1, "y": 2, "zoom": 1}
    redrawn = await shop.send("PUT", f"{path}/ui", json=body)
    assert {key: redrawn[key] for key in body} == body
    assert await shop.send("GET", f"{path}/ui") == redrawn


async def test_a_drawn_flow_keeps_what_it_has_beside_nodes_and_edges(shop: Shop) -> None:
    made = await shop.make(flowData=DRAWN)
    path = f"/flows/{made['id']}"
    drawing = await shop.send("GET", f"{path}/ui")
    assert {key: drawing[key] for key in DRAWN if key != "own"} | {"own": True} == DRAWN
    nodes = [*DRAWN["nodes"], {"id": "c", "data": {}}]
    await shop.send("PUT", f"{path}/ui", json={"nodes": nodes})
    assert (await shop.send("GET", path))["flowData"] == DRAWN | {"nodes": nodes}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"nodes": [{"id": "a"}, {"id": "a"}], "edges": []}, "nodes.1.id"),
        ({"edges": [{"source": "login", "target": "x"}]}, "edges.0.target"),
        ({"edges": [{"source": "pay", "target": "login"}]}, "nodes.1.data.headers.A"),
        ({"edges": []}, "nodes.1.data.headers.A"),
        ({"nodes": [{"data": {}}]}, "nodes.0.id"),
        ({"nodes": None}, "nodes"),
        ({"nodes": [1]}, "nodes.0"),
        ({"viewport": 1}, "viewport"),
        ({"flowData": {}}, "flowData"),
        ({"nodes": [{"id": "a", "data": {"x": "x" * 499_990}}], "edges": []}, "nodes"),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_a_wrong_drawing_is_refused_and_changes_nothing(
    shop: Shop, body: Json, field: str
) -> None:
    made = await shop.make(flowData=STEPS, flowInputs=[MAIL])
    before = await everything()
    assert field in fields_of(await shop.send("PUT", f"/flows/{made['id']}/ui", 400, json=body))
    assert await everything() == before


async def test_a_cycle_of_ten_thousand_nodes_is_refused_by_name(shop: Shop) -> None:
    nodes = [{"id": str(at)} for at in range(9_000)]
    edges = [{"source": str(at), "target": str((at + 1) % 9_000)} for at in range(9_000)]
    error = await shop.make(400, flowData={"nodes": nodes, "edges": edges})
    assert fields_of(error) == ["flowData.edges"]
    assert "cycle" in error["details"][0]["reason"]
    assert not await Flow.exists()


async def test_a_large_flow_leaves_the_server_free_for_others(shop: Shop) -> None:
    steps: list[Json] = [{"id": "a", "outputs": ["b"]}]
    steps += [{"id": f"s{at}", "url": "{{a.b}}" * 9} for at in range(4_500)]
    answered, writing = 0, asyncio.create_task(shop.make(flowData={"steps": steps}))
    while not writing.done():
        await shop.api.json("GET", "/health/live")
        answered += 1
    made = await writing
    drawing = await shop.send("GET", f"/flows/{made['id']}/ui")
    assert len(drawing["nodes"]) == len(steps)
    assert answered > 5  # while it was checked and written


async def test_names_and_ids_of_any_script_are_kept(shop: Shop) -> None:
    steps = [{"id": "ログイン.1", "outputs": ["トークン"]}]
    steps += [{"id": "💥", "url": "{{ログイン.1.トークン}}"}]
    made = await shop.make(name="支払い 💳", description="ü", flowData={"steps": steps})
    assert made["flowData"] == {"steps": steps}
    assert await shop.names("?search=%E6%94%AF") == ["支払い 💳"]


async def test_a_list_of_many_flows_costs_no_more_than_one_of_few(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    for wanted in (3, 4):  # the session, the project, the page; its count where there is more
        for _ in range(3):
            await shop.make()
        path = f"{shop.path}?limit=5"
        assert len(await statements(shop.api, caplog, path, shop.ann)) == wanted
    flow = (await shop.api.json("GET", shop.path, shop.ann))["flows"][0]["id"]
    for path in (f"/flows/{flow}", f"/flows/{flow}/ui"):
        assert len(await statements(shop.api, caplog, path, shop.ann)) == 2
