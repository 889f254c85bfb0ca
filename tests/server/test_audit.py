"""The audit log as a record: chained by whatever writes, and nothing can be done to it unseen."""

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import time_machine

from gassapi_backend.clock import ago, ahead, stored
from gassapi_backend.database import execute, row, rows
from gassapi_backend.models import Project, new_id
from gassapi_backend.server.audit import queries, retention
from gassapi_backend.server.audit.export import export
from gassapi_backend.server.audit.retention import remove_old
from gassapi_backend.server.audit.verdicts import SHOWN, Noted, Verdict
from gassapi_backend.server.audit.verification import verify
from gassapi_backend.server.changes.chain import COLUMNS, FIRST, Place, hash_of, values_of
from tests.conftest import Api, Person, everything
from tests.server.samples import furnish, tour

DAY = 24 * 3600
ALL = "SELECT * FROM audit_log WHERE project_id = ? ORDER BY number"


async def verdict_of(
    project_id: str, noted: Place | None = None, at: str | None = None, keep_days: int | None = None
) -> Verdict:
    expected = {project_id: Noted(noted, at)} if noted else {}
    [found] = [one async for one in verify([project_id], expected, keep_days=keep_days)]
    return found


async def problems(project_id: str) -> list[tuple[str, int]]:
    return [(one.what, one.number) for one in (await verdict_of(project_id)).problems]


async def all_verdicts() -> list[Verdict]:
    return [one async for one in verify(await queries.project_ids())]


async def set_age(project_id: str, days: float, up_to: int) -> None:
    """Make the entries of a chain up to a number older, as if they had been written then."""
    last = Place(0, FIRST)
    for entry in await rows(ALL, project_id):
        if entry["number"] <= up_to:
            entry["at"] = stored(ago(days * DAY))
        last = Place(entry["number"], hash_of(last.hash, entry["number"], values_of(entry)))
        sql = "UPDATE audit_log SET at = ?, hash = ? WHERE id = ?"
        await execute(sql, entry["at"], last.hash, entry["id"])
    await execute("UPDATE projects SET audit_hash = ? WHERE id = ?", last.hash, project_id)


@pytest.fixture
async def ann(api: Api) -> Person:
    return await api.person()


@pytest.fixture
async def project_id(api: Api, ann: Person) -> str:
    """A project with a chain of ten entries, a look at a secret among them; its neighbour too."""
    made = [(await api.project(ann, name))["id"] for name in ("Shöp 🛒", "Neighbour")]
    for one in made:
        await furnish(api, ann, one)
        await api.json(
            "PATCH", f"/projects/{one}", ann, json={"description": 'Quote " and \\ and \u007f'}
        )
        await api.token(ann, one)
        path = f"/projects/{one}/environments"
        secret = {"key": "KEY", "value": "hush", "secret": True}
        body = {"name": "Live", "variables": [secret]}
        await api.json("POST", path, ann, json=body, expect=201)
        await api.json("GET", f"{path}?reveal=true", ann)
    await api.json("GET", "/users/export", ann)
    assert len(await rows(ALL, made[0])) == 11
    return str(made[0])


@pytest.mark.engines("sqlite")  # tour() verifies the chains, and runs on the others elsewhere
async def test_all_that_the_product_does_is_chained(api: Api) -> None:
    await tour(api)
    entries = await rows("SELECT * FROM audit_log")
    assert {entry["action"] for entry in entries} >= {"user_deleted", "project_deleted"}
    for entry in entries:
        assert (entry["project_id"] is None) == (entry["number"] is None) == (entry["hash"] is None)
    verdicts = await all_verdicts()
    assert [one for one in verdicts if one.problems] == []
    assert sum(one.entries for one in verdicts) == sum(1 for one in entries if one["project_id"])
    assert any(one.is_deleted for one in verdicts)
    assert not any(one.unchained for one in verdicts)


async def test_writers_and_lookers_at_once_make_one_chain(
    api: Api, ann: Person, project_id: str
) -> None:
    environments = f"/projects/{project_id}/environments?reveal=true"
    collections = f"/projects/{project_id}/collections"
    before = (await row("SELECT * FROM projects WHERE id = ?", project_id)) or {}

    async def act(number: int) -> None:
        if number % 5 == 0:
            await api.json("GET", environments, ann)
        else:
            body = {"name": f"At once {number}"}
            await api.json("POST", collections, ann, json=body, expect=201)

    checks = [all_verdicts() for _ in range(3)]
    *_, first, second, third = await asyncio.gather(*(act(n) for n in range(50)), *checks)
    assert [one for one in [*first, *second, *third] if one.problems] == []
    after = (await row("SELECT * FROM projects WHERE id = ?", project_id)) or {}
    assert after["revision"] == before["revision"] + 40
    assert after["audit_number"] == before["audit_number"] + 50
    assert await problems(project_id) == []
    numbers = [entry["number"] for entry in await rows(ALL, project_id)]
    assert numbers == list(range(1, after["audit_number"] + 1))


async def test_a_look_moves_neither_revision_nor_time_of_the_project(
    api: Api, ann: Person, project_id: str
) -> None:
    before = (await row("SELECT * FROM projects WHERE id = ?", project_id)) or {}
    body = {"environment": "Live", "includeSecrets": True, "includeAuth": False}
    path = f"/projects/{project_id}/generate-config"
    await api.json("POST", path, ann, json=body, expect=201)
    after = (await row("SELECT * FROM projects WHERE id = ?", project_id)) or {}
    changed = {column for column in after if after[column] != before[column]}
    assert changed == {"audit_number", "audit_hash"}
    entry = (await rows(ALL, project_id))[-1]
    assert (entry["action"], entry["revision"]) == ("secrets_revealed", None)
    assert await problems(project_id) == []


async def test_a_refused_write_leaves_the_chain_as_it_was(
    api: Api, ann: Person, project_id: str
) -> None:
    before = await everything()
    path = f"/projects/{project_id}/environments"
    await api.json("POST", path, ann, json={"name": "LIVE"}, expect=409)
    assert await everything() == before
    await api.json("POST", path, ann, json={"name": "Other"}, expect=201)
    assert await problems(project_id) == []


async def test_a_chain_outlives_its_project_and_its_people(
    api: Api, ann: Person, project_id: str
) -> None:
    bob = await api.person("Bob")
    await api.join(bob, project_id)
    await api.token(bob, project_id)
    proof = {"password": "correct horse 42", "confirmation": "DELETE_MY_ACCOUNT"}
    await api.json("DELETE", "/users/account", bob, json=proof)
    assert await problems(project_id) == []
    length = len(await rows(ALL, project_id))
    await api.json("DELETE", f"/projects/{project_id}", ann)
    await api.json("DELETE", "/users/account", ann, json=proof)
    verdicts = await all_verdicts()
    assert len(verdicts) == 2
    assert [(one.is_deleted, one.problems) for one in verdicts] == [(True, [])] * 2
    verdict = await verdict_of(project_id)
    assert (verdict.entries, verdict.name) == (length + 1, "Shöp 🛒")
    await execute("DELETE FROM audit_log WHERE number = ?", verdict.entries)
    assert await problems(project_id) == [("missing", verdict.entries)]
    await execute("DELETE FROM audit_log WHERE project_id = ?", project_id)
    assert await problems(project_id) == [("missing", 1)]
    assert (await verdict_of(project_id)).problems[0].message == f"1 to {length + 1} are missing."


OTHER: dict[str, Any] = {
    "id": new_id(),
    "at": "2026-01-31 12:00:00.000",
    "revision": 5000,
    "hash": "a" * 64,
    "details": '{"fields": []}',
}


async def test_a_change_of_any_column_of_any_entry_is_found(project_id: str) -> None:
    entries = await rows(ALL, project_id)
    for entry in (entries[0], entries[4], entries[-1]):
        for column in (*COLUMNS, "hash", "number"):
            other = OTHER.get(column, "x" if "id" not in column else new_id())
            if column == "number":
                other = 5000
            for value in {other, None} - {entry[column]}:
                if value is None and column in ("id", "at", "actor_type", "action"):
                    continue
                if value is None and column == "resource_type":
                    continue
                set_column = f"UPDATE audit_log SET {column} = ? WHERE id = ?"  # noqa: S608 - ours
                await execute(set_column, value, entry["id"])
                found = await problems(project_id)
                assert found, (column, value)
                if column not in ("number", "project_id"):
                    assert found[0] == ("changed", entry["number"]), (column, value, found)
                    assert column == "hash" or len(found) == 1 or column == "revision"
                where = value if column == "id" else entry["id"]
                await execute(set_column, entry[column], where)
                assert await problems(project_id) == []


async def put(entry: dict[str, Any]) -> None:
    marks = ", ".join("?" * len(entry))
    sql = f"INSERT INTO audit_log ({', '.join(entry)}) VALUES ({marks})"  # noqa: S608 - columns
    await execute(sql, *entry.values())


async def remove(entry: dict[str, Any]) -> None:
    await execute("DELETE FROM audit_log WHERE id = ?", entry["id"])


async def move(entry: dict[str, Any], number: int | None) -> None:
    await execute("UPDATE audit_log SET number = ? WHERE id = ?", number, entry["id"])


async def delete_first(entries: list[Any]) -> None:
    await remove(entries[0])


async def delete_middle(entries: list[Any]) -> None:
    await remove(entries[4])


async def delete_last(entries: list[Any]) -> None:
    await remove(entries[-1])


async def delete_all(entries: list[Any]) -> None:
    await execute("DELETE FROM audit_log WHERE project_id = ?", entries[0]["project_id"])


async def delete_and_close_up(entries: list[Any]) -> None:
    await remove(entries[4])
    for entry in entries[5:]:
        await move(entry, entry["number"] - 1)


async def insert_a_copy(entries: list[Any]) -> None:
    await put({**entries[4], "id": "01a20200" + entries[4]["id"][8:], "revision": None})


async def insert_behind(entries: list[Any]) -> None:
    last = entries[-1]
    forged = {**last, "id": new_id(), "number": last["number"] + 1, "revision": None}
    await put({**forged, "hash": hash_of(last["hash"], last["number"] + 1, values_of(forged))})


async def insert_before(entries: list[Any]) -> None:
    await put({**entries[0], "id": new_id(), "number": 0, "revision": None})


async def insert_unchained(entries: list[Any]) -> None:
    await put({**entries[4], "id": new_id(), "number": None, "revision": None, "hash": None})


async def unchain(entries: list[Any]) -> None:
    await move(entries[-1], None)


async def swap(entries: list[Any]) -> None:
    await move(entries[2], 4)
    await move(entries[3], 3)


async def swap_far(entries: list[Any]) -> None:
    await move(entries[2], 8)
    await move(entries[7], 3)


async def rewrite_one(entries: list[Any]) -> None:
    """Change an entry and compute its own hash anew, but not those after it."""
    forged = {**entries[4], "resource_name": "Innocent"}
    new = hash_of(entries[3]["hash"], 5, values_of(forged))
    await execute("UPDATE audit_log SET resource_name = 'Innocent', hash = ? WHERE number = 5", new)


async def restore_an_older_head(entries: list[Any]) -> None:
    older = entries[6]
    await execute("UPDATE projects SET audit_number = 7, audit_hash = ?", older["hash"])


async def cut_off_and_restore_an_older_head(entries: list[Any]) -> None:
    await restore_an_older_head(entries)
    await execute("DELETE FROM audit_log WHERE number > 7")


async def wipe(entries: list[Any]) -> None:
    """Delete all, and have the project say that there never was any."""
    await delete_all(entries)
    await execute("UPDATE projects SET audit_number = NULL, audit_hash = NULL")


async def wipe_the_head(entries: list[Any]) -> None:
    await execute("UPDATE projects SET audit_hash = ?", "0" * 64)


async def remove_the_project(entries: list[Any]) -> None:
    await Project.filter(id=entries[0]["project_id"]).delete()


CLOSED_UP = [("reordered", number) for number in range(6, 11)]


@pytest.mark.parametrize(
    ("tamper", "found"),
    [
        (delete_first, [("missing", 1)]),
        (delete_middle, [("missing", 5)]),
        (delete_last, [("missing", 11)]),
        (delete_all, [("head", 0), ("missing", 1)]),
        (delete_and_close_up, [("changed", 5), *CLOSED_UP, ("missing", 11)]),
        (insert_a_copy, [("inserted", 5)]),
        (insert_behind, [("head", 11)]),
        (insert_before, [("inserted", 0)]),
        (insert_unchained, [("inserted", 0)]),
        (unchain, [("inserted", 0), ("missing", 11)]),
        (swap, [("reordered", 3), ("reordered", 4)]),
        (swap_far, [("reordered", 3), ("reordered", 8)]),
        (rewrite_one, [("changed", 6)]),
        (restore_an_older_head, [("head", 7)]),
        (cut_off_and_restore_an_older_head, [("head", 7)]),
        (wipe, [("head", 0)]),
        (wipe_the_head, [("head", 11)]),
        (remove_the_project, [("head", 11)]),
    ],
)
@pytest.mark.engines("sqlite", "mysql")
async def test_tampering_is_found_and_named(
    project_id: str,
    tamper: Callable[[list[Any]], Awaitable[None]],
    found: list[tuple[str, int]],
) -> None:
    entries = await rows(ALL, project_id)
    assert await problems(project_id) == []
    await tamper(entries)
    assert await problems(project_id) == found


@pytest.mark.engines("sqlite")
async def test_a_chain_computed_anew_is_found_by_a_head_noted_elsewhere(project_id: str) -> None:
    noted = (await verdict_of(project_id)).head
    await execute("UPDATE audit_log SET resource_name = 'Innocent' WHERE number = 4")
    await set_age(project_id, 0, up_to=0)  # computes all hashes anew
    assert await problems(project_id) == []
    found = (await verdict_of(project_id, noted)).problems
    assert [(one.what, one.number) for one in found] == [("head", 11)]


@pytest.mark.engines("sqlite")
async def test_a_restored_backup_is_found_by_a_head_noted_elsewhere(project_id: str) -> None:
    noted = (await verdict_of(project_id)).head
    entry = (await rows(ALL, project_id))[6]
    await execute("DELETE FROM audit_log WHERE project_id = ? AND number > 7", project_id)
    await execute(
        "UPDATE projects SET revision = ?, audit_number = 7, audit_hash = ? WHERE id = ?",
        entry["revision"],
        entry["hash"],
        project_id,
    )
    assert await problems(project_id) == []
    found = (await verdict_of(project_id, noted)).problems
    assert [(one.what, one.number) for one in found] == [("head", 11)]


@pytest.mark.engines("sqlite")
async def test_of_very_many_problems_some_are_told_and_all_are_counted(
    api: Api, ann: Person, project_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PAGE", 7)
    for number in range(30):
        body = {"name": f"More {number}"}
        await api.json("POST", f"/projects/{project_id}/collections", ann, json=body, expect=201)
    await execute("UPDATE audit_log SET actor_type = 'x' WHERE project_id = ?", project_id)
    verdict = await verdict_of(project_id)
    assert len(verdict.problems) == SHOWN
    assert verdict.more_problems == 41 - SHOWN
    assert verdict.entries == 41


async def test_what_is_from_before_the_chain_is_told_and_no_problem(
    api: Api, ann: Person, project_id: str
) -> None:
    await execute("UPDATE audit_log SET number = NULL, hash = NULL")
    await execute("UPDATE projects SET audit_number = NULL, audit_hash = NULL")
    await api.json("PATCH", f"/projects/{project_id}", ann, json={"name": "Shop"})
    verdict = await verdict_of(project_id)
    assert (verdict.problems, verdict.unchained, verdict.entries) == ([], 11, 1)
    assert verdict.began_at
    [line] = [line async for line in export([project_id]) if json.loads(line)["number"]]
    assert json.loads(line)["previousHash"] == FIRST
    await execute("UPDATE audit_log SET at = '2099-01-31 12:00:00.000' WHERE number IS NULL")
    assert await problems(project_id) == [("inserted", 0)]


async def test_retention_keeps_what_is_left_verifiable(
    api: Api, ann: Person, project_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await set_age(project_id, 31, up_to=6)
    await execute("UPDATE audit_log SET at = ? WHERE project_id IS NULL", stored(ago(31 * DAY)))
    noted = (await verdict_of(project_id)).head
    before = await everything()
    await remove_old(0)
    await remove_old(32)
    assert await everything() == before
    monkeypatch.setattr(retention, "BATCH", 2)
    await asyncio.gather(*(remove_old(30) for _ in range(3)))
    assert [entry["number"] for entry in await rows(ALL, project_id)] == [7, 8, 9, 10, 11]
    assert await rows("SELECT id FROM audit_log WHERE project_id IS NULL") == []
    verdict = await verdict_of(project_id, noted)
    assert (verdict.problems, verdict.anchor.number, verdict.entries) == ([], 6, 5)
    assert [one.problems for one in await all_verdicts()] == [[], []]
    changes = f"/projects/{project_id}/changes"
    gone = await api.json("GET", f"{changes}?since=0", ann, expect=410)
    assert gone["error"]["code"] == "HISTORY_COMPACTED"
    assert (await api.json("GET", f"{changes}?since=6", ann))["changes"][0]["revision"] == 7
    await execute("DELETE FROM audit_log WHERE project_id = ? AND number = 7", project_id)
    assert await problems(project_id) == [("missing", 7)]


async def test_retention_of_everything_and_what_comes_after(
    api: Api, ann: Person, project_id: str
) -> None:
    await set_age(project_id, 31, up_to=11)
    await remove_old(30)
    assert await rows(ALL, project_id) == []
    assert await problems(project_id) == []
    assert await queries.misplaced_heads() == []
    await api.json("PATCH", f"/projects/{project_id}", ann, json={"name": "Shop"})
    assert await problems(project_id) == []
    await api.json("DELETE", f"/projects/{project_id}", ann)
    verdict = await verdict_of(project_id)
    assert (verdict.problems, verdict.entries, verdict.is_deleted) == ([], 2, True)
    await execute("UPDATE audit_log SET at = ?", stored(ago(31 * DAY)))
    await remove_old(30)  # what was changed now stays
    assert len(await rows(ALL, project_id)) == 2


async def test_retention_of_what_was_never_chained(project_id: str) -> None:
    await execute("UPDATE audit_log SET number = NULL, hash = NULL, at = ?", stored(ago(31 * DAY)))
    await execute("UPDATE projects SET audit_number = NULL, audit_hash = NULL")
    await remove_old(30)
    assert await rows("SELECT id FROM audit_log") == []
    assert [one.problems for one in await all_verdicts()] == [[], []]


async def test_retention_does_not_wash_away_a_forgery(project_id: str) -> None:
    await set_age(project_id, 31, up_to=8)
    await execute(
        "UPDATE audit_log SET resource_name = 'Innocent' WHERE project_id = ? AND number = 5",
        project_id,
    )
    await remove_old(30)
    assert (await rows(ALL, project_id))[0]["number"] == 5
    assert await problems(project_id) == [("changed", 5)]


async def forge_a_beginning(project_id: str, upto: int) -> None:
    """Remove the first entries, and have it look as if retention had done so."""
    [anchor] = [one for one in await rows(ALL, project_id) if one["number"] == upto]
    await execute("DELETE FROM audit_log WHERE project_id = ? AND number <= ?", project_id, upto)
    await execute(
        "INSERT INTO audit_chains (project_id, anchor_number, anchor_hash) VALUES (?, ?, ?)",
        project_id,
        upto,
        anchor["hash"],
    )


async def told(project_id: str, *values: Any) -> list[tuple[str, int]]:
    """Return the problems, where what was noted and how long entries are kept is known."""
    return [(one.what, one.number) for one in (await verdict_of(project_id, *values)).problems]


@pytest.mark.engines("sqlite")
async def test_a_beginning_that_retention_cannot_have_removed_is_missing(project_id: str) -> None:
    head = (await verdict_of(project_id)).head
    await forge_a_beginning(project_id, 6)
    assert await told(project_id, None, None, 0) == [("missing", 6)]
    assert await told(project_id, None, None, 30) == [("missing", 6)]  # it was made just now
    assert await told(project_id, head, None, 0) == [("missing", 6)]
    with time_machine.travel(ahead(31 * DAY), tick=False):
        assert await told(project_id, None, None, 0) == [("missing", 6)]
        assert await told(project_id, None, None, 30) == []


@pytest.mark.engines("sqlite")
async def test_a_chain_that_is_cut_off_before_its_anchor_and_says_nothing_is_missing(
    project_id: str,
) -> None:
    await execute("DELETE FROM audit_log WHERE project_id = ?", project_id)
    await execute("UPDATE projects SET audit_number = NULL, audit_hash = NULL")
    sql = "INSERT INTO audit_chains (project_id, anchor_number, anchor_hash) VALUES (?, 0, ?)"
    await execute(sql, project_id, FIRST)
    assert await told(project_id, None, None, 0) == [("missing", 0)]


@pytest.mark.engines("sqlite")
async def test_a_noted_head_at_or_before_the_anchor_is_compared_or_said_to_be_gone(
    project_id: str,
) -> None:
    entries = await rows(ALL, project_id)
    seventh, third = (Place(one["number"], one["hash"]) for one in (entries[6], entries[2]))
    await forge_a_beginning(project_id, 7)
    with time_machine.travel(ahead(31 * DAY), tick=False):
        old, young = stored(ago(31 * DAY)), stored(ago(29 * DAY))
        same = await verdict_of(project_id, seventh, old, 30)
        assert (same.problems, same.compared) == ([], "yes")
        assert await told(project_id, Place(7, "a" * 64), old, 30) == [("head", 7)]
        assert await told(project_id, seventh, young, 30) == [("missing", 7)]
        gone = await verdict_of(project_id, third, old, 30)
        assert (gone.problems, gone.compared) == ([], "removed")
        assert await told(project_id, third, young, 30) == [("missing", 3)]
        assert (await verdict_of(project_id)).compared == "no"


async def test_an_export_is_verified_from_the_file_alone(project_id: str) -> None:
    await set_age(project_id, 31, up_to=3)
    await remove_old(30)
    ids = await queries.project_ids()
    lines = [line.decode() async for line in export([*ids, None])]
    assert len(lines) == len(await rows("SELECT id FROM audit_log"))
    last: dict[str, str] = {}
    for line in lines:
        *values, found = json.loads(line).values()
        entry = json.loads(line)
        if entry["projectId"] is None:
            assert (entry["number"], entry["previousHash"], found) == (None, None, None)
            continue
        text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
        assert hashlib.sha256(text.encode()).hexdigest() == found
        assert entry["previousHash"] == last.get(entry["projectId"], entry["previousHash"])
        last[entry["projectId"]] = found
    for one in ids:
        assert (await row("SELECT audit_hash FROM projects WHERE id = ?", one)) == {
            "audit_hash": last[one]
        }


@pytest.mark.engines("sqlite")
async def test_pages_come_without_gap_or_repetition(
    project_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PAGE", 3)
    entries = await rows(ALL, project_id)
    await put({**entries[2], "id": new_id(), "revision": None})  # a number twice, at a page's end
    assert len([entry async for entry in queries.chained(project_id)]) == 12
    assert await problems(project_id) == [("inserted", 3)]
    everyone = await rows("SELECT id FROM audit_log WHERE project_id IS NULL")
    assert len(everyone) > 1
    assert len([entry async for entry in queries.unchained(None)]) == len(everyone)
    assert await queries.misplaced_heads() == []
    await execute("DELETE FROM audit_log WHERE project_id = ? AND number = 11", project_id)
    assert await queries.misplaced_heads() == [project_id]
