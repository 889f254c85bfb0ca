"""The change feed: in order, without gaps, each change with its resource as it is now."""

from typing import Any

import pytest

from gassapi_backend.clock import ago, stored
from gassapi_backend.database import Row, execute, rows
from gassapi_backend.models import Collection, Endpoint, new_id
from gassapi_backend.server.changes.change import Change
from gassapi_backend.server.feed import reading
from gassapi_backend.server.feed.reading import where_history_begins
from tests.conftest import Api, Person, Serve, everything
from tests.factories import add_collection, recorded, save_endpoint, written
from tests.server.counting import statements
from tests.server.feeds import Copy, collection, endpoint, environment, flow, pull


async def changes(api: Api, who: Person | str, project_id: str, query: str = "") -> Any:
    """Read the feed."""
    return await api.json("GET", f"/projects/{project_id}/changes{query}", who)


async def test_a_new_project_has_its_first_changes(api: Api) -> None:
    ann = await api.person()
    project = await api.project(ann, description="Sells things")
    found = await changes(api, ann, project["id"])
    first, second = found["changes"]
    assert {key: first[key] for key in ("revision", "action", "resourceType", "resourceId")} == {
        "revision": 1,
        "action": "project_created",
        "resourceType": "project",
        "resourceId": project["id"],
    }
    assert first["actor"] == {"type": "user", "id": ann.id, "name": "Ann Doe"}
    assert first["at"].endswith("Z")
    assert first["deleted"] is False
    (owner,) = first["resources"]
    assert (owner["resourceType"], owner["resourceId"]) == ("member", ann.id)
    listed = (await api.json("GET", f"/projects/{project['id']}/members", ann))["members"]
    assert [owner["resource"]] == listed
    without_role = {key: value for key, value in project.items() if key != "userRole"}
    assert first["resource"] == without_role
    assert second["resource"]["name"] == "Development"
    assert second["resource"]["isDefault"] is True
    assert (found["revision"], found["hasMore"]) == (2, False)
    assert (await changes(api, ann, project["id"], "?since=2"))["changes"] == []


async def test_pages_follow_each_other_without_a_gap(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    for number in range(5):
        await api.json("PATCH", f"/projects/{project_id}", ann, json={"name": f"N{number}"})
    whole = (await changes(api, ann, project_id))["changes"]
    assert [change["revision"] for change in whole] == list(range(1, 8))
    assert {change["resource"]["name"] for change in whole if change["resource"]} == {
        "N4",
        "Development",
    }
    for limit in (1, 2, 3, 7):
        copy = Copy()
        await pull(api, ann, project_id, copy, limit)
        assert copy.revision == 7
    page = await changes(api, ann, project_id, "?since=2&limit=3")
    assert ([one["revision"] for one in page["changes"]], page["hasMore"]) == ([3, 4, 5], True)
    assert page["revision"] == 5


@pytest.mark.parametrize(
    "query",
    ["?since=-1", "?since=x", "?since=9223372036854775808", "?limit=0", "?limit=1001", "?until=3"],
)
async def test_a_query_that_makes_no_sense_is_400(api: Api, query: str) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    refused = await api.json("GET", f"/projects/{project_id}/changes{query}", ann, expect=400)
    assert refused["error"]["code"] == "VALIDATION_ERROR"


async def test_what_is_deleted_leaves_a_tombstone(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]

    async def add(made: Change) -> Endpoint:
        users = collection(made)
        await users.save(force_create=True)
        listing = endpoint(made, users.id)
        await listing.save(force_create=True)
        return listing

    listing = await written(project_id, add)

    async def delete(made: Change) -> None:
        made.record("endpoint_deleted", "endpoint", listing.id, listing.name)
        await listing.delete()

    await written(project_id, delete)
    found = (await changes(api, ann, project_id, "?since=2"))["changes"]
    assert [(one["action"], one["deleted"], one["resource"] is None) for one in found] == [
        ("collection_created", False, False),
        ("endpoint_created", True, True),
        ("endpoint_deleted", True, True),
    ]
    assert {one["name"] for one in found} == {"Users", "List"}
    assert found[0]["actor"] == {"type": "console", "id": None, "name": None}


async def test_one_entry_about_many_brings_them_all(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]

    async def bring(made: Change) -> tuple[Collection, list[Endpoint]]:
        top_id = new_id()
        revision = made.record("collection_imported", "collection", top_id, "Imported")
        top = collection(made, "Imported", revision=revision)
        top.id = top_id
        below = collection(made, "Below", top_id, revision=revision)
        endpoints = [endpoint(made, below.id, f"E{n}", revision=revision) for n in range(20)]
        for one in (top, below, *endpoints):
            await one.save(force_create=True)
        return below, endpoints

    below, endpoints = await written(project_id, bring)

    async def move_on(made: Change) -> None:
        endpoints[0].revision = made.record("endpoint_updated", "endpoint", endpoints[0].id)
        await endpoints[0].save()

    await written(project_id, move_on)
    page = await changes(api, ann, project_id, "?since=2&limit=1")
    (imported,) = page["changes"]
    assert imported["resource"]["name"] == "Imported"
    assert {one["resourceId"] for one in imported["resources"]} == {
        below.id,
        *(one.id for one in endpoints[1:]),
    }
    assert all(one["resource"]["revision"] == 3 for one in imported["resources"])
    copy = Copy()
    await pull(api, ann, project_id, copy)
    assert set(copy.of("endpoint")) == {one.id for one in endpoints}


async def test_what_was_deleted_and_made_again_is_there(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]

    async def add(made: Change) -> Collection:
        users = collection(made)
        await users.save(force_create=True)
        return users

    users = await written(project_id, add)

    async def delete(made: Change) -> None:
        made.record("collection_deleted", "collection", users.id, users.name)
        await users.delete()

    async def make_again(made: Change) -> None:
        users.revision = made.record("collection_created", "collection", users.id, users.name)
        await users.save(force_create=True)

    await written(project_id, delete)
    await written(project_id, make_again)
    copy = Copy()
    await pull(api, ann, project_id, copy, limit=1)
    assert set(copy.of("collection")) == {users.id}


async def test_changes_outside_and_looks_are_no_part_of_the_feed(api: Api) -> None:
    ann = await api.person()
    project_id, other = (await api.project(ann))["id"], (await api.project(ann))["id"]

    async def look(made: Change) -> None:
        made.note("environment_revealed", "environment", new_id(), project_id=project_id)

    await written(project_id, look)
    await written(other, add_environment)
    assert (await changes(api, ann, project_id))["revision"] == 2


async def test_secrets_are_masked_for_everybody(api: Api) -> None:
    ann, sam = await api.person(), await api.person("Sam")
    project_id = (await api.project(ann, isPublic=True))["id"]
    await written(project_id, add_environment)
    for who in (ann, sam, await api.token(ann, project_id)):
        response = await api.call("GET", f"/projects/{project_id}/changes", who)
        text = await response.text()
        assert "hunter2" not in text
        assert "••••" in text


async def test_strangers_and_tokens_see_neither_addresses_nor_tokens(api: Api) -> None:
    ann, bob, sam = [await api.person(name) for name in ("Ann", "Bob", "Sam")]
    project_id = (await api.project(ann, isPublic=True))["id"]
    token = await api.token(ann, project_id)
    await api.join(bob, project_id)
    await recorded(project_id, "member_joined", "member", bob.id, bob.name)
    await recorded(
        project_id, "invitation_created", "invitation", new_id(), email="eve@example.com"
    )
    issued, joined, invited = (await changes(api, bob, project_id, "?since=2"))["changes"]
    assert issued["resource"]["name"] == "CI"
    assert (joined["resource"]["email"], joined["resource"]["role"]) == (bob.email, "member")
    assert (invited["deleted"], invited["resource"]) == (True, None)
    for who in (sam, token):
        issued, joined, invited = (await changes(api, who, project_id, "?since=2"))["changes"]
        for hidden in (issued, invited) if who is sam else (issued, joined, invited):
            shown = {"revision", "at", "deleted", "resources"}
            assert {key for key, value in hidden.items() if value is not None} == shown
            assert (hidden["deleted"], hidden["resources"]) == (False, [])
        if who is sam:
            assert joined["resource"]["name"] == "Bob Doe"
            assert joined["resource"]["email"] is None
        assert "@" not in str((issued, joined, invited))


async def test_a_token_reads_members_nowhere(api: Api) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    project_id = (await api.project(ann))["id"]
    await api.join(bob, project_id)
    await recorded(project_id, "member_joined", "member", bob.id, bob.name)
    body = {"userId": bob.id}
    await api.json("POST", f"/projects/{project_id}/transfer", ann, json=body)
    token = await api.token(ann, project_id)
    await api.json("GET", f"/projects/{project_id}/members", token, expect=403)
    found = await changes(api, token, project_id)
    assert [one["revision"] for one in found["changes"]] == list(range(1, found["revision"] + 1))
    kinds = {one["resourceType"] for one in found["changes"]}
    kinds |= {beside["resourceType"] for one in found["changes"] for beside in one["resources"]}
    assert kinds == {"project", "environment", None}
    copy = Copy()
    await pull(api, token, project_id, copy)
    assert copy.of("member") == {}


async def test_history_that_is_too_old_is_gone_and_says_what_to_do(serve: Serve) -> None:
    api = await serve(changes_keep_days=30)
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    await api.json("PATCH", f"/projects/{project_id}", ann, json={"name": "Store"})
    await execute("UPDATE audit_log SET at = ? WHERE revision = 1", stored(ago(30 * 86400 + 5)))
    await execute("UPDATE audit_log SET at = ? WHERE revision = 2", stored(ago(30 * 86400 - 60)))
    before = await everything()
    for path in (f"/projects/{project_id}/changes", f"/projects/{project_id}/events?since=0"):
        gone = await api.json("GET", path, ann, expect=410)
        assert gone["error"]["code"] == "HISTORY_COMPACTED"
        assert "full read" in gone["error"]["message"]
        assert gone["error"]["details"] == {"revision": 3}
    assert len((await changes(api, ann, project_id, "?since=1"))["changes"]) == 2
    assert await where_history_begins(project_id, 0, keep_days=30) == 1
    await execute("UPDATE audit_log SET at = ?", stored(ago(31 * 86400)))
    assert await where_history_begins(project_id, 0, keep_days=30) == 3
    assert await where_history_begins(project_id, 3, keep_days=30) == 3
    assert (await changes(api, ann, project_id, "?since=3"))["changes"] == []
    assert await everything() != before  # only what this test did to it


async def test_history_that_is_not_there_is_gone(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    for path in ("changes?since=3", "events?since=3"):
        gone = await api.json("GET", f"/projects/{project_id}/{path}", ann, expect=410)
        assert gone["error"]["code"] == "HISTORY_COMPACTED"
    await execute("DELETE FROM audit_log WHERE revision = 1")
    await api.json("GET", f"/projects/{project_id}/changes?since=0", ann, expect=410)
    assert len((await changes(api, ann, project_id, "?since=1"))["changes"]) == 1
    await execute("DELETE FROM audit_log")
    await api.json("GET", f"/projects/{project_id}/changes?since=1", ann, expect=410)
    assert (await changes(api, ann, project_id, "?since=2"))["revision"] == 2


async def test_many_changes_cost_no_more_statements_than_few(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    await _fill(project_id, 1)
    path = f"/projects/{project_id}/changes?since=1&limit=1000"
    few = await statements(api, caplog, path, ann)
    await _fill(project_id, 30)
    many = await statements(api, caplog, path, ann)
    # the session, the project, the entries, what they wrote, and one for each type of it
    assert len(few) == 4 + 4
    assert len(many) == len(few) + 1  # how large that is
    path = f"/projects/{project_id}/changes?limit=1000"
    whole = await statements(api, caplog, path, ann)
    assert len(whole) == len(many) + 3  # the project, its size and its owner, once
    nothing = await statements(api, caplog, f"{path}&since={2 + 31 * 4}", ann)
    assert len(nothing) == 3


async def test_what_did_not_change_is_not_asked_for(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    folder = await add_collection(api, ann, project_id, "Users")
    made = await save_endpoint(api, ann, folder["id"])
    since = (await changes(api, ann, project_id))["revision"]
    await api.json("PATCH", f"/endpoints/{made['id']}", ann, json={"name": "Renamed"})
    asked = await statements(api, caplog, f"/projects/{project_id}/changes?since={since}", ann)
    assert len(asked) == 5
    assert "FROM endpoints" in asked[-1]


async def test_what_is_changed_while_it_is_read_is_not_taken_for_deleted(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    folder = await add_collection(api, ann, project_id, "Users")
    made = await save_endpoint(api, ann, folder["id"])
    load = reading.load_written

    async def load_late(*asked: Any) -> list[Row]:
        await api.json("PATCH", f"/endpoints/{made['id']}", ann, json={"name": "Renamed"})
        return await load(*asked)

    monkeypatch.setattr(reading, "load_written", load_late)
    found = await changes(api, ann, project_id, f"?since={folder['revision']}")
    [change] = [one for one in found["changes"] if one["resourceId"] == made["id"]]
    assert (change["deleted"], change["resource"]["name"]) == (False, "Renamed")


async def _fill(project_id: str, count: int) -> None:
    async def add(made: Change) -> None:
        for _ in range(count):
            name = new_id()
            users = collection(made, name)
            for one in (users, endpoint(made, users.id), environment(made, name), flow(made)):
                await one.save(force_create=True)

    await written(project_id, add)


async def add_environment(made: Change) -> None:
    """Give a project an environment with a secret."""
    await environment(made).save(force_create=True)


@pytest.mark.engines("sqlite")  # the others choose by what is in the tables
async def test_an_index_finds_what_changed(api: Api) -> None:
    for table in ("collections", "endpoints", "environments", "flows"):
        sql = f"SELECT id FROM {table} WHERE project_id = 'x' AND revision > 1 AND revision < 3"  # noqa: S608 - as above
        plan = await rows(f"EXPLAIN QUERY PLAN {sql}")
        text = str(plan)
        assert f"idx_{table[:11]}_project_" in text, text
