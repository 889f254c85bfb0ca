"""Blocks of what is searched: what is found in them, and that they stay in order."""

import random
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from tortoise.transactions import in_transaction

from gassapi_backend.database import execute, open_database, rows, search
from gassapi_backend.database.migrations import upgrade
from gassapi_backend.database.statements import insert, send, update
from gassapi_backend.models import Project, User, new_id, search_key
from gassapi_backend.settings import Settings
from tests.factories import collection_rows, endpoint_rows
from tests.searching import unsearchable


@pytest_asyncio.fixture
async def project_id(bare: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """Give an empty project, beside one that has what would be found."""
    monkeypatch.setattr(search, "SIZE", 400)  # a block of some ten endpoints
    monkeypatch.setattr(search, "AT_ONCE", 3)
    monkeypatch.setattr(search, "WRITTEN_AT_ONCE", 30)
    async with open_database(bare):
        await upgrade(bare)
        user = await User.create(
            email="a@b.c", email_key="a@b.c", name="Ann", name_key="ann", password_hash="x"
        )
        projects = [
            await Project.create(owner=user, name="Shop", name_key="shop") for _ in range(3)
        ]
        for other in projects[::2]:  # one before it, one after it
            await fill(other.id, ["get pots"] * 20)
        yield projects[1].id


async def fill(project_id: str, names: list[str]) -> list[str]:
    """Insert endpoints of these names, and make them searchable; return their ids."""
    [folder] = collection_rows(project_id, 1, new_id())
    await insert("collections", [folder])
    made = [
        {**row, "name": name, "name_key": search_key(name)}
        for row, name in zip(
            endpoint_rows(project_id, folder["id"], len(names)), names, strict=True
        )
    ]
    await insert("endpoints", made)
    async with in_transaction():
        await search.write(project_id, {row["id"]: search.entry(row) for row in made})
    return [row["id"] for row in made]


async def found(project_id: str, wanted: str, **options: str) -> list[str]:
    """Return the ids of all that has a text."""
    there = await search.find(project_id, wanted, enough=1000, **options)  # type: ignore[arg-type]  # texts only
    assert there.is_all
    return there.ids


async def test_endpoints_are_found_in_the_order_of_their_ids_over_all_blocks(
    project_id: str,
) -> None:
    ids = await fill(project_id, [f"get {'pots' if n % 3 else 'pans'} {n}" for n in range(90)])
    assert await unsearchable(project_id) == []
    assert await found(project_id, "get") == ids
    assert await found(project_id, "pans") == ids[::3]
    assert await found(project_id, "pans", after=ids[30]) == ids[33::3]
    assert await found(project_id, "pots", method="GET") == [i for i in ids if i not in ids[::3]]
    assert await found(project_id, "get", method="POST") == []
    assert await found(project_id, "nothing like it") == []
    assert await found(new_id(), "get") == []


async def test_a_search_ends_where_there_is_enough(project_id: str) -> None:
    ids = await fill(project_id, ["get pots"] * 90)
    some = await search.find(project_id, "pots", enough=5)
    assert not some.is_all
    assert 5 <= len(some.ids) < 90
    assert some.ids == ids[: len(some.ids)]


@pytest.mark.parametrize("seed", range(3))
async def test_blocks_stay_in_order_whatever_is_written(project_id: str, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - not a secret
    ids = await fill(project_id, [f"get pots {n}" for n in range(60)])
    for _ in range(12):
        some = chance.sample(ids, min(len(ids), chance.choice([1, 2, 25])))
        match chance.choice(["delete", "rename", "insert"]):
            case "delete":
                marks = ", ".join("?" * len(some))
                await execute(f"DELETE FROM endpoints WHERE id IN ({marks})", *some)  # noqa: S608 - question marks
                ids = [id_ for id_ in ids if id_ not in some]
                async with in_transaction():
                    await search.refresh(project_id, some)
            case "rename":
                for id_ in some:
                    name = "get " + "x" * chance.choice([1, 200])
                    await execute(
                        "UPDATE endpoints SET name = ?, name_key = ? WHERE id = ?", name, name, id_
                    )
                async with in_transaction():
                    await search.refresh(project_id, some)
            case _:
                ids += await fill(project_id, ["put pans"] * len(some))
        assert await unsearchable(project_id) == []
    assert await found(project_id, "") == sorted(ids)


async def test_one_endpoint_after_another_fills_a_block_and_begins_the_next(
    project_id: str,
) -> None:
    [folder] = collection_rows(project_id, 1)
    await insert("collections", [folder])
    made = endpoint_rows(project_id, folder["id"], 60)
    late = made.pop(40), made.pop(20)  # as from a server whose clock is behind
    for one in [*made[:1], *late, *made[1:]]:
        sql, values = search.asking(project_id)
        last = await rows(sql, *values)
        await insert("endpoints", [one])
        async with in_transaction():
            await send(await search.added(project_id, last, one["id"], search.entry(one)))
        assert await unsearchable(project_id) == []
    assert len(await found(project_id, "bulk")) == 60


async def change(project_id: str, endpoint_id: str, **columns: str) -> None:
    """Write columns of an endpoint, or delete it, and what is searched of it."""
    sql, values = search.asking_for(project_id, endpoint_id)
    blocks = await rows(sql, *values)
    if columns:
        await update("endpoints", endpoint_id, columns)
    else:
        await execute("DELETE FROM endpoints WHERE id = ?", endpoint_id)
    left = await rows("SELECT * FROM endpoints WHERE id = ?", endpoint_id)
    new = search.entry(left[0]) if left else None
    async with in_transaction():
        await send(await search.changed(project_id, blocks, endpoint_id, new))
    assert await unsearchable(project_id) == []


async def test_one_endpoint_is_changed_in_its_block(project_id: str) -> None:
    ids = await fill(project_id, [f"get pots {n}" for n in range(90)])
    for at in (0, 44, 45, 89):  # in the first block and the last, at their ends and between
        await change(project_id, ids[at], name="put pans", name_key="put pans")
        await change(project_id, ids[at], method="PATCH")
    assert await found(project_id, "pans", method="PATCH") == [ids[0], ids[44], ids[45], ids[89]]
    for at in range(20, 40):  # until their block has to be cut
        await change(project_id, ids[at], name="x" * 200, name_key="x" * 200)
    for at in (89, 44, 0):
        await change(project_id, ids[at])
    assert await found(project_id, "") == [*ids[1:44], *ids[45:89]]


async def test_one_endpoint_that_is_in_no_block_is_found_once_it_is_changed(
    project_id: str,
) -> None:
    ids = await fill(project_id, ["get pots"] * 3)
    for lost in (0, 1):
        async with in_transaction():
            await search.write(project_id, {ids[lost]: None})
        await change(project_id, ids[lost], name="pans", name_key="pans")
    assert await found(project_id, "pans") == ids[:2]


async def test_blocks_are_made_anew_of_what_is_there(project_id: str) -> None:
    ids = await fill(project_id, ["get pots"] * 70)
    await execute("DELETE FROM search_blocks WHERE project_id = ?", project_id)
    assert await found(project_id, "pots") == []
    async with in_transaction():
        await search.rebuild(project_id)
    assert await unsearchable(project_id) == []
    assert await found(project_id, "pots") == ids
