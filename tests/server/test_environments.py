"""Environments over HTTP: one default at all times, and secret values that stay secret."""

import asyncio
import json
import sqlite3
from typing import Any

import pytest

from gassapi_backend.database import sqlite_path
from gassapi_backend.instance_key import begin_rotation, finish_rotation
from gassapi_backend.models import AuditEntry, Environment, Project, Scope, name_hash
from gassapi_backend.server.environments.schemas import MAX_ENVIRONMENTS
from gassapi_backend.server.items.variables import MASK
from gassapi_backend.server.web.state import VAULT
from gassapi_backend.settings import Settings, load
from gassapi_backend.vault import Vault
from tests.conftest import Api, Person, Serve, audited, everything
from tests.server.counting import statements

HUSH = "hush hush é 😀"
SECRET = {"key": "API_KEY", "value": HUSH, "secret": True}
HIDDEN = {"key": "API_KEY", "value": MASK, "enabled": True, "secret": True, "hasValue": True}


class Place:
    """A project of Ann's, and short ways to its environments."""

    def __init__(self, api: Api, ann: Person, project_id: str) -> None:
        self.api, self.ann, self.project_id = api, ann, project_id
        self.path = f"/projects/{project_id}/environments"

    async def make(self, name: str = "Staging", *, expect: int = 201, **fields: Any) -> Any:
        """Create an environment."""
        body = {"name": name, **fields}
        answer = await self.api.json("POST", self.path, self.ann, json=body, expect=expect)
        return answer.get("environment", answer.get("error"))

    async def all(self, who: Person | str | None = None, query: str = "") -> list[dict[str, Any]]:
        """List the environments."""
        answer = await self.api.json("GET", self.path + query, who or self.ann)
        assert answer["total"] == len(answer["environments"])
        return list(answer["environments"])

    async def default(self) -> dict[str, Any]:
        """Return the default environment, the only one."""
        (found,) = [one for one in await self.all() if one["isDefault"]]
        return found

    async def patch(self, environment: Any, *, expect: int = 200, **changes: Any) -> Any:
        """Change an environment."""
        path = f"/environments/{environment['id']}"
        answer = await self.api.json("PATCH", path, self.ann, json=changes, expect=expect)
        return answer.get("environment", answer.get("error"))

    async def shown(
        self, environment: Any, who: Person | str | None = None, query: str = ""
    ) -> Any:
        """Show an environment."""
        path = f"/environments/{environment['id']}{query}"
        return (await self.api.json("GET", path, who or self.ann))["environment"]

    async def values(self, environment: Any) -> dict[str, str]:
        """Return the values of an environment, the secret ones too."""
        shown = await self.shown(environment, query="?reveal=true")
        return {variable["key"]: variable["value"] for variable in shown["variables"]}


async def settled(api: Api) -> Place:
    """Return a project of Ann's with its first environment."""
    ann = await api.person()
    return Place(api, ann, (await api.project(ann))["id"])


@pytest.fixture
async def place(api: Api) -> Place:
    """A project with its first environment."""
    return await settled(api)


async def check_revisions(project_id: str) -> None:
    """Check that a project's revisions have no gap and that one environment is the default."""
    entries = await AuditEntry.filter(project_id=project_id, revision__isnull=False)
    revisions = sorted(entry.revision for entry in entries)
    assert revisions == list(range(1, len(revisions) + 1))
    assert (await Project.get(id=project_id)).revision == len(revisions)
    assert await Environment.filter(project_id=project_id, default_of=project_id).count() == 1
    for environment in await Environment.filter(project_id=project_id):
        last = [entry.revision for entry in entries if entry.resource_id == environment.id]
        assert environment.revision == max(last)


async def test_an_environment_is_shown_as_it_was_created(place: Place) -> None:
    plain = {"key": "HOST", "value": "https://{{x}}/é", "description": "d", "enabled": False}
    made = await place.make(" Ünï  ", description="é" * 500, variables=[plain, SECRET])
    assert made["variables"] == [{**plain, "secret": False}, HIDDEN]
    assert (made["name"], made["projectId"]) == ("Ünï", place.project_id)
    assert (made["description"], made["isDefault"], made["revision"]) == ("é" * 500, False, 3)
    assert await place.shown(made) == made
    assert await place.all() == [await place.default(), made]
    assert (await audited())[-1] == "environment_created"


async def test_the_list_has_the_default_first_and_then_the_names_in_order(place: Place) -> None:
    for name in ("b", "Ä", "A", "c 10", "É"):
        await place.make(name)
    await place.make("Z", isDefault=True)
    assert [one["name"] for one in await place.all()] == [
        *["Z", "A", "b", "c 10", "Development", "Ä", "É"]
    ]


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_an_update_changes_exactly_what_is_sent(place: Place, method: str) -> None:
    state = await place.make(description="d", variables=[{"key": "A", "value": "1"}])
    for changes in (
        {"name": "Other"},
        {"description": None},
        {"variables": [{"key": "B", "value": "", "enabled": True, "secret": False}]},
        {"isDefault": True},
        {"name": "OTHER", "description": "x", "variables": []},
    ):
        path = f"/environments/{state['id']}"
        answer = await place.api.json(method, path, place.ann, json=changes)
        project = await Project.get(id=place.project_id)
        revised = {"revision": project.revision, "updatedAt": answer["environment"]["updatedAt"]}
        assert answer["environment"] == {**state, **changes, **revised}
        state = answer["environment"]
    assert await place.shown(state) == state
    await check_revisions(place.project_id)


async def test_an_update_of_nothing_changes_nothing(place: Place) -> None:
    made = await place.make(variables=[SECRET, {"key": "A", "value": "1"}])
    before = await everything()
    for changes in (
        {},
        {"name": made["name"], "isDefault": False},
        {"variables": made["variables"]},
        {"variables": [SECRET, {"key": "A", "value": "1"}]},
    ):
        assert await place.patch(made, **changes) == made
    await place.api.json(
        "POST", f"/environments/{(await place.default())['id']}/default", place.ann
    )
    assert await everything() == before


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": " \t"}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": "a\u202eb"}, "name"),
        ({"description": "x" * 501}, "description"),
        ({"variables": [{"key": "A"}]}, "variables.0.value"),
        ({"variables": [{"value": "A"}]}, "variables.0.key"),
        ({"variables": [{"key": "A", "value": 1}]}, "variables.0.value"),
        ({"variables": [{"key": "A", "value": None}]}, "variables.0.value"),
        ({"variables": [{"key": "A", "value": "", "enabled": "yes"}]}, "variables.0.enabled"),
        ({"variables": [{"key": "A", "value": "", "typo": 1}]}, "variables.0.typo"),
        ({"variables": [{"key": "A", "value": "", "sealed": "x"}]}, "variables.0.sealed"),
        ({"variables": [{"key": "A", "value": "", "description": "x" * 501}]}, "variables.0.desc"),
        *[
            ({"variables": [{"key": key, "value": ""}]}, "variables.0.key")
            for key in ("", "  ", "A\n", "A\x7f", "A{", "{{A}}", "}", "x" * 256)
        ],
        (
            {"variables": [{"key": key, "value": "1"} for key in ("A", "a", "B", "A")]},
            "variables.3.key",
        ),
        ({"variables": [{"key": f"K{n}", "value": ""} for n in range(1001)]}, "variables"),
        ({"variables": [{"key": "A", "value": "x" * 500_000}]}, "variables"),
        ({"variables": [{**SECRET, "value": "x" * 500_000}]}, "variables"),
        ({"variables": [{**SECRET, "value": MASK}]}, "variables.0.value"),
        ({"variables": [{"key": "A", "value": MASK}]}, "variables.0.value"),
        ({"variables": [{"key": "A", "value": MASK, "secret": False}]}, "variables.0.value"),
    ],
)
async def test_what_breaks_a_rule_is_400_and_named(
    place: Place, fields: dict[str, Any], field: str
) -> None:
    made = await place.make()
    before = await everything()
    for error in (
        await place.make(**{"name": "New", **fields}, expect=400),
        await place.patch(made, **fields, expect=400),
    ):
        assert error["details"][0]["field"].startswith(field)
        assert HUSH not in json.dumps(error)
    assert await everything() == before


async def test_as_much_as_is_allowed_is_kept(place: Place) -> None:
    variables = [
        {"key": f"{'k' * 250}_{number:04}", "value": "{{x}}" * 20, "enabled": True, "secret": False}
        for number in range(1000)
    ]
    made = await place.make("x" * 100, variables=variables)
    assert (await place.shown(made))["variables"] == variables
    full = [{**SECRET, "value": "x" * 499_900}]
    made = await place.patch(made, variables=full)
    assert await place.values(made) == {"API_KEY": "x" * 499_900}
    before = await everything()
    more = [*made["variables"], {"key": "B", "value": "x" * 200}]
    assert (await place.patch(made, variables=more, expect=400))["details"][0][
        "field"
    ] == "variables"
    assert await everything() == before


async def test_a_name_that_is_taken_is_409(place: Place) -> None:
    made = await place.make("Straße")
    await place.make("Strasse é")
    before = await everything()
    for name in ("STRASSE", "straße", " development "):
        await place.make(name, expect=409)
        path = f"/environments/{made['id']}/duplicate"
        await place.api.json("POST", path, place.ann, json={"name": name}, expect=409)
    for name in ("DEVELOPMENT", "strasse  E\u0301"):
        await place.patch(made, name=name, expect=409)
    assert await everything() == before
    await place.make("Strasse e")
    other = Place(place.api, place.ann, (await place.api.project(place.ann))["id"])
    await other.make("Straße")


async def test_there_is_room_for_two_thousand_environments(place: Place) -> None:
    await Environment.bulk_create(
        [
            Environment(project_id=place.project_id, name=str(n), name_hash=name_hash(str(n)))
            for n in range(MAX_ENVIRONMENTS - 2)
        ]
    )
    made = await place.make("last")
    before = await everything()
    await place.make("one more", expect=409)
    path = f"/environments/{made['id']}/duplicate"
    await place.api.json("POST", path, place.ann, expect=409)
    assert await everything() == before
    assert len(await place.all()) == MAX_ENVIRONMENTS


async def test_a_new_default_takes_it_from_the_former_and_both_have_a_revision(
    place: Place,
) -> None:
    first = await place.default()
    second = await place.make("Second", isDefault=True)
    third = await place.make("Third")
    third = (await place.api.json("POST", f"/environments/{third['id']}/default", place.ann))[
        "environment"
    ]
    assert third["isDefault"]
    assert (await place.default())["id"] == third["id"]
    assert (await place.patch(first, isDefault=True))["isDefault"]
    await check_revisions(place.project_id)
    former = [await place.shown(one) for one in (second, third)]
    assert [one["isDefault"] for one in former] == [False, False]
    assert all(
        new["revision"] > old["revision"] for new, old in zip(former, (second, third), strict=True)
    )


async def test_the_default_and_the_last_one_stay(place: Place) -> None:
    first = await place.default()
    before = await everything()
    for number in range(2):
        error = await place.api.json(
            "DELETE", f"/environments/{first['id']}", place.ann, expect=409
        )
        assert error["error"]["code"] == "CONFLICT"
        await place.patch(first, isDefault=False, expect=409)
        assert await everything() == before
        second = await place.make(f"E{number}")
        before = await everything()
    await place.api.json("DELETE", f"/environments/{second['id']}", place.ann, expect=200)
    await place.api.json("GET", f"/environments/{second['id']}", place.ann, expect=404)
    assert (await audited())[-1] == "environment_deleted"


async def test_a_copy_has_everything_and_another_name(place: Place) -> None:
    source = await place.make("x" * 99, description="d", variables=[SECRET], isDefault=True)
    names = []
    for _ in range(3):
        path = f"/environments/{source['id']}/duplicate"
        copy = (await place.api.json("POST", path, place.ann, expect=201))["environment"]
        names.append(copy["name"])
        assert (copy["description"], copy["variables"]) == ("d", [HIDDEN])
        assert (copy["isDefault"], copy["id"] != source["id"]) == (False, True)
        assert await place.values(copy) == {"API_KEY": HUSH}
    assert names == ["x" * 95 + " copy", "x" * 93 + " copy 2", "x" * 93 + " copy 3"]
    body = {"name": " Mine "}
    made = await place.api.json("POST", path, place.ann, json=body, expect=201)
    assert made["environment"]["name"] == "Mine"
    sealed = [one.variables[0]["sealed"] for one in await Environment.filter(default_of=None)[1:]]
    assert len(set(sealed)) == len(sealed) == 4
    await check_revisions(place.project_id)


async def test_a_write_for_an_older_revision_is_412_with_the_current_one(place: Place) -> None:
    old = await place.make(variables=[SECRET])
    new = await place.patch(old, name="Newer")
    path, before = f"/environments/{old['id']}", await everything()
    headers = {"If-Match": f'"{old["revision"]}"'}
    for method, below, body in (
        ("PATCH", "", {"name": "Mine"}),
        ("PUT", "", {"name": "Mine"}),
        ("DELETE", "", None),
        ("POST", "/default", None),
        ("POST", "/duplicate", {}),
    ):
        response = await place.api.call(method, path + below, place.ann, json=body, headers=headers)
        error = (await response.json())["error"]
        assert (response.status, error["details"]["current"]) == (412, new), method
    assert await everything() == before
    headers = {"If-Match": f'"{new["revision"]}"'}
    assert (await place.api.call("DELETE", path, place.ann, headers=headers)).status == 200


async def test_of_writers_with_one_etag_exactly_one_wins(place: Place) -> None:
    made = await place.make()
    headers = {"If-Match": f'"{made["revision"]}"'}
    calls = [
        place.api.call(
            "PATCH",
            f"/environments/{made['id']}",
            place.ann,
            json={"name": f"{n}"},
            headers=headers,
        )
        for n in range(10)
    ]
    statuses = sorted([response.status for response in await asyncio.gather(*calls)])
    assert statuses == [200] + [412] * 9


async def test_50_writers_leave_one_default_and_no_gap(place: Place) -> None:
    ids = [(await place.make(f"E{number}"))["id"] for number in range(10)]
    calls = []
    for number in range(50):
        one = f"/environments/{ids[number % 10]}"
        match number % 5:
            case 0:
                call = place.api.call("POST", f"{one}/default", place.ann)
            case 1:
                call = place.api.call("POST", place.path, place.ann, json={"name": "Same"})
            case 2:
                call = place.api.call("DELETE", one, place.ann)
            case 3:
                call = place.api.call("PATCH", one, place.ann, json={"isDefault": True})
            case _:
                body = {"name": f"New {number}", "isDefault": True}
                call = place.api.call("POST", place.path, place.ann, json=body)
        calls.append(call)
    statuses = [response.status for response in await asyncio.gather(*calls)]
    assert set(statuses) <= {200, 201, 404, 409}, statuses
    await check_revisions(place.project_id)
    names = [one["name"] for one in await place.all()]
    assert names.count("Same") == 1
    assert sum(name.startswith("New") for name in names) == 10


async def test_of_all_environments_deleted_at_once_the_default_stays(place: Place) -> None:
    ids = [(await place.make(f"E{number}"))["id"] for number in range(5)]
    ids.append((await place.default())["id"])
    calls = [place.api.call("DELETE", f"/environments/{one}", place.ann) for one in ids * 2]
    statuses = sorted([response.status for response in await asyncio.gather(*calls)])
    assert statuses == [200] * 5 + [404] * 5 + [409] * 2
    await check_revisions(place.project_id)


async def test_a_secret_value_is_masked_in_every_answer_to_everybody(place: Place) -> None:
    api, ann = place.api, place.ann
    bob, sam = await api.person("Bob"), await api.person("Sam")
    await api.join(bob, place.project_id)
    await api.json("PATCH", f"/projects/{place.project_id}", ann, json={"isPublic": True})
    tokens = [await api.token(ann, place.project_id, scope) for scope in Scope]
    made = await place.make(variables=[SECRET], isDefault=True)
    texts = [str(made), str(await place.patch(made, name="x"))]
    for who in (ann, bob, sam, *tokens):
        shown = await place.shown(made, who)
        assert shown["variables"] == [HIDDEN]
        assert await place.all(who) == [shown, (await place.all())[1]]
    for method, below in (("POST", "/duplicate"), ("POST", "/default"), ("PUT", "")):
        path = f"/environments/{made['id']}{below}"
        answer = await api.call(
            method, path, ann, json={"variables": [SECRET]} if not below else {}
        )
        texts.append(await answer.text())
    texts.append(str(await api.json("GET", "/mcp/validate", tokens[0])))
    path = f"/projects/{place.project_id}/generate-config"
    texts.append(str(await api.json("POST", path, ann, expect=201)))
    assert HUSH not in "".join(texts)


async def test_secret_values_are_revealed_to_writers_only_and_each_look_is_noted(
    place: Place,
) -> None:
    api, ann = place.api, place.ann
    bob, sam = await api.person("Bob"), await api.person("Sam")
    await api.join(bob, place.project_id)
    await api.json("PATCH", f"/projects/{place.project_id}", ann, json={"isPublic": True})
    reading, writing = [await api.token(ann, place.project_id, scope) for scope in Scope]
    made = await place.make(variables=[SECRET, {"key": "A", "value": "1"}])
    paths = [f"/environments/{made['id']}?reveal=true", f"{place.path}?reveal=true"]
    project = await api.json("GET", f"/projects/{place.project_id}", ann)
    before = await everything()
    for who in (sam, reading):
        for path in paths:
            text = json.dumps(await api.json("GET", path, who, expect=403), ensure_ascii=False)
            assert HUSH not in text
    for path in (f"/environments/{made['id']}?reveal=perhaps", f"{place.path}?reveal="):
        await api.json("GET", path, ann, expect=400)
    assert await everything() == before
    for who in (ann, bob, writing):
        shown = await place.shown(made, who, "?reveal=true")
        assert shown["variables"][0] == {**HIDDEN, "value": HUSH}
        assert shown == {**made, "variables": shown["variables"]}
        assert shown in await place.all(who, "?reveal=true")
    entries = await AuditEntry.filter(action="secrets_revealed").order_by("id")
    assert [entry.actor_id for entry in entries] == [ann.id, ann.id, bob.id, bob.id, ann.id, ann.id]
    assert {(entry.resource_id, entry.project_id) for entry in entries} == {
        (made["id"], place.project_id)
    }
    assert entries[0].details == {"keys": ["API_KEY"]}
    assert {entry.revision for entry in entries} == {None}
    after = await everything()
    assert {table for table in after if after[table] != before[table]} == {"audit_log", "projects"}
    assert await api.json("GET", f"/projects/{place.project_id}", ann) == project


async def test_a_look_at_nothing_secret_is_not_noted(place: Place) -> None:
    empty = {"key": "EMPTY", "value": "", "secret": True}
    made = await place.make(variables=[{"key": "A", "value": "1"}, empty])
    before = await everything()
    shown = await place.shown(made, query="?reveal=true")
    assert shown == made
    assert shown["variables"][1] == {**empty, "enabled": True, "hasValue": False}
    assert await everything() == before


async def test_revealed_answers_are_not_stored_and_never_taken_for_masked_ones(
    place: Place,
) -> None:
    made = await place.make(variables=[SECRET])
    path, etag = f"/environments/{made['id']}", f'"{made["revision"]}"'
    for headers in ({}, {"If-None-Match": etag}, {"If-None-Match": "*"}):
        response = await place.api.call("GET", f"{path}?reveal=true", place.ann, headers=headers)
        assert (response.status, response.headers["Cache-Control"]) == (200, "no-store")
        assert HUSH in await response.text()
    masked = await place.api.call("GET", path, place.ann, headers={"If-None-Match": etag})
    assert (masked.status, masked.headers["ETag"]) == (304, etag)
    listed = await place.api.call("GET", f"{place.path}?reveal=true", place.ann)
    assert listed.headers["Cache-Control"] == "no-store"


async def test_20_looks_at_once_are_20_notes(place: Place) -> None:
    made = await place.make(variables=[SECRET])
    revision = (await Project.get(id=place.project_id)).revision
    looks = [place.values(made) for _ in range(20)]
    writes = [place.patch(made, description=f"{number}") for number in range(10)]
    found = await asyncio.gather(*looks, *writes)
    assert found[:20] == [{"API_KEY": HUSH}] * 20
    assert await AuditEntry.filter(action="secrets_revealed").count() == 20
    assert (await Project.get(id=place.project_id)).revision == revision + 10


async def test_the_mask_written_back_leaves_the_value_as_it_is(place: Place) -> None:
    made = await place.make(variables=[SECRET])
    sealed = (await Environment.get(id=made["id"])).variables[0]["sealed"]
    changed = {"key": "API_KEY", "value": MASK, "secret": True, "description": "new"}
    made = await place.patch(made, variables=[{"key": "A", "value": "1"}, changed])
    assert (await Environment.get(id=made["id"])).variables[1]["sealed"] == sealed
    assert await place.values(made) == {"A": "1", "API_KEY": HUSH}
    made = await place.patch(made, variables=[{**SECRET, "value": f"{MASK}x"}])
    assert await place.values(made) == {"API_KEY": f"{MASK}x"}


async def test_the_mask_never_becomes_a_value(place: Place) -> None:
    made = await place.make(variables=[SECRET, {"key": "PLAIN", "value": "1"}])
    before = await everything()
    for variable in (
        {"key": "API_KEY", "value": MASK},
        {"key": "API_KEY", "value": MASK, "secret": False},
        {"key": "RENAMED", "value": MASK, "secret": True},
        {"key": "api_key", "value": MASK, "secret": True},
        {"key": "PLAIN", "value": MASK, "secret": True},
        {"key": "PLAIN", "value": MASK},
    ):
        error = await place.patch(made, variables=[variable], expect=400)
        assert error["details"][0]["field"] == "variables.0.value"
    assert await everything() == before


async def test_a_secret_becomes_plain_or_plain_secret_with_its_value(place: Place) -> None:
    made = await place.make(variables=[SECRET])
    made = await place.patch(made, variables=[{**SECRET, "secret": False}])
    assert made["variables"][0]["value"] == HUSH
    made = await place.patch(made, variables=[SECRET])
    assert made["variables"] == [HIDDEN]
    made = await place.patch(made, variables=[{**SECRET, "value": ""}])
    assert made["variables"] == [{**HIDDEN, "value": "", "hasValue": False}]
    await place.patch(made, variables=[{**SECRET, "value": MASK}], expect=400)


async def test_a_sealed_value_opens_nowhere_but_in_its_place(place: Place) -> None:
    made, other = await place.make("One", variables=[SECRET]), await place.make("Two")
    stored = (await Environment.get(id=made["id"])).variables[0]
    for environment, key in ((other, "API_KEY"), (made, "OTHER")):
        await Environment.filter(id=environment["id"]).update(variables=[{**stored, "key": key}])
        path = f"/environments/{environment['id']}?reveal=true"
        error = (await place.api.json("GET", path, place.ann, expect=409))["error"]
        assert key in error["message"]
        assert error["details"] == {"variable": key, "environmentId": environment["id"]}


async def test_a_lost_key_shows_the_mask_and_is_a_conflict_where_the_value_is_needed(
    place: Place, settings: Settings
) -> None:
    api, ann = place.api, place.ann
    made = await place.make(variables=[SECRET, {"key": "A", "value": "1"}], isDefault=True)
    (found,) = await Environment.filter(id=made["id"])
    lost = Vault(load(home=settings.home, secret_key="hD8-k2LmQ0vXz_7rTnB4sWc9yGf1JpAe"))
    found.variables[0]["sealed"] = lost.seal(HUSH, f"variable {found.id} API_KEY")
    await found.save()
    assert await place.shown(made) == made
    assert made in await place.all()
    before = await everything()
    one = f"/environments/{made['id']}"
    config = f"/projects/{place.project_id}/generate-config"
    for method, path, body in (
        ("GET", f"{one}?reveal=true", None),
        ("GET", f"{place.path}?reveal=true", None),
        ("POST", f"{one}/duplicate", {}),
        ("POST", config, {"includeSecrets": True}),
    ):
        answer = await api.json(method, path, ann, json=body, expect=409)
        assert "API_KEY" in answer["error"]["message"]
        assert HUSH not in str(answer)
    assert await everything() == before
    await api.json("POST", config, ann, expect=201)
    await place.patch(made, description="kept", variables=made["variables"])
    assert (await Environment.get(id=made["id"])).variables == found.variables
    mended = await place.patch(made, variables=[{**SECRET, "value": "new"}])
    assert await place.values(mended) == {"API_KEY": "new"}


@pytest.mark.parametrize("sealed", ["", "x", ".", "x.x", "12345678.é"])
async def test_a_broken_sealed_value_is_a_conflict(place: Place, sealed: str) -> None:
    made = await place.make(variables=[SECRET])
    (found,) = await Environment.filter(id=made["id"])
    key_id = found.variables[0]["sealed"].partition(".")[0]
    found.variables[0]["sealed"] = sealed.replace("x.", f"{key_id}.") or f"{key_id}."
    await found.save()
    assert await place.shown(made) == made
    await place.api.json("GET", f"/environments/{made['id']}?reveal=true", place.ann, expect=409)


async def test_a_secret_key_that_is_gone_seals_nothing(serve: Serve, settings: Settings) -> None:
    place = await settled(await serve(secret_key=None))
    made = await place.make(variables=[SECRET])
    file, before = settings.home / "secret.key", await everything()
    for broken in (b"short", b"\xff" * 40, None):
        file.unlink()
        if broken is not None:
            file.write_bytes(broken)
        answer = await place.make("Other", variables=[SECRET], expect=503)
        assert answer["code"] == "UNAVAILABLE"
        assert file.exists() == (broken is not None)
    assert await everything() == before
    assert await place.values(made) == {"API_KEY": HUSH}


async def test_secrets_go_into_a_configuration_only_when_asked_for(place: Place) -> None:
    off = {"key": "OFF", "value": "hush off", "secret": True, "enabled": False}
    await place.make(variables=[SECRET, off, {"key": "A", "value": "1"}], isDefault=True)
    path = f"/projects/{place.project_id}/generate-config"
    plain = await place.api.json("POST", path, place.ann, json={}, expect=201)
    assert plain["config"]["environment"]["variables"] == {"A": "1"}
    assert "secrets_revealed" not in await audited()
    body = {"includeSecrets": True}
    full = await place.api.json("POST", path, place.ann, json=body, expect=201)
    assert full["config"]["environment"]["variables"] == {"API_KEY": HUSH, "A": "1"}
    assert (await audited())[-2:] == ["secrets_revealed", "mcp_token_issued"]
    before = await everything()
    body |= {"client": "cursor"}
    refused = await place.api.json("POST", path, place.ann, json=body, expect=400)
    assert refused["error"]["details"][0]["field"] == "includeSecrets"
    assert await everything() == before


async def test_the_database_keeps_no_secret_value_that_can_be_read(place: Place) -> None:
    made = await place.make(variables=[SECRET])
    await place.values(made)
    await place.api.json("POST", f"/environments/{made['id']}/duplicate", place.ann, expect=201)
    await place.patch(made, variables=[{**SECRET, "value": HUSH * 2}])
    await place.make("Bad", variables=[SECRET, SECRET], expect=400)
    assert "hush" not in str(await everything())


@pytest.mark.engines("sqlite")
async def test_no_file_of_sqlite_has_a_secret_value_in_it(place: Place, settings: Settings) -> None:
    marker = {"key": "MARKER", "value": "to be found"}
    await place.values(await place.make(variables=[SECRET, marker]))
    path = sqlite_path(settings.database)
    found = b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
    assert b"to be found" in found
    assert b"hush" not in found
    with sqlite3.connect(path) as database:
        dump = "\n".join(database.iterdump())
    assert "to be found" in dump
    assert "hush" not in dump


async def test_what_was_deleted_is_404(place: Place) -> None:
    made = await place.make()
    await place.api.json("DELETE", f"/environments/{made['id']}", place.ann)
    before = await everything()
    for method, below in (
        ("GET", ""),
        ("PATCH", ""),
        ("DELETE", ""),
        ("POST", "/default"),
        ("POST", "/duplicate"),
    ):
        path = f"/environments/{made['id']}{below}"
        await place.api.json(method, path, place.ann, json={}, expect=404)
    await place.api.json("GET", "/environments/not-an-id", place.ann, expect=404)
    assert await everything() == before


async def test_a_running_server_opens_what_a_newer_key_sealed_and_seals_with_it(
    serve: Serve, settings: Settings
) -> None:
    api = await serve(secret_key=None)
    place = await settled(api)
    made = await place.make(variables=[SECRET])
    own = settings.model_copy(update={"secret_key": None})
    begin_rotation(own)
    newer = Vault(own)
    assert api.app[VAULT].current != newer.current
    (found,) = await Environment.filter(id=made["id"])
    found.variables[0]["sealed"] = newer.seal("newer", f"variable {found.id} API_KEY")
    await found.save()
    assert await place.values(made) == {"API_KEY": "newer"}
    assert api.app[VAULT].current == newer.current


async def test_a_running_server_seals_with_the_newest_key_at_once(
    serve: Serve, settings: Settings
) -> None:
    place = await settled(await serve(secret_key=None))
    own = settings.model_copy(update={"secret_key": None})
    for number in range(3):
        begin_rotation(own)
        finish_rotation(own)
        made = await place.make(f"E{number}", variables=[SECRET])
        sealed = (await Environment.get(id=made["id"])).variables[0]["sealed"]
        assert sealed.startswith(f"{Vault(own).current}.")


async def test_many_environments_cost_no_more_statements_than_one(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(10):
        made = await place.make(f"E{number}", variables=[SECRET])
    one = f"/environments/{made['id']}"
    assert len(await statements(place.api, caplog, one, place.ann)) == 2
    assert len(await statements(place.api, caplog, place.path, place.ann)) == 3
