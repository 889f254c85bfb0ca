"""How the database finds what lists and lookups ask for: by an index, never by reading it all."""

from collections import defaultdict
from typing import Any
from urllib.parse import quote_plus

import pytest
from tortoise.connection import get_connections

from gassapi_backend.database import execute, pages, rows, search
from gassapi_backend.database.statements import insert
from gassapi_backend.server.endpoints import listing
from gassapi_backend.settings import Settings
from tests.conftest import Api
from tests.server.counting import work_of
from tests.server.filling import EACH, fill, fill_up, somebody
from tests.server.lists import NOT_THERE, Read, reads
from tests.server.reading import Asked, Reader

PROJECTS = 20
FILLED = (
    "projects",
    "members",
    "environments",
    "collections",
    "endpoints",
    "flows",
    "audit_log",
    "mcp_tokens",
    "invitations",
)
Work = dict[tuple[Read, str], int]
DERIVED = ("page", "sized", "counted", "above", "below", "b", "asked", "found", "w", "aerich")
"""What may be read from its beginning to its end, since it is short: parts of statements."""

OF_ALL = ("/users", "/audit")
"""Lists of the whole instance: an index gives them in order, from the beginning of the table."""


EXPORT = "/users/export"
OF_OTHERS = ("FROM audit_log", "FROM mails")  # most rows of the other tables are Ann's here


async def whole_reads(sql: str, values: list[Any], engine: str) -> list[str]:
    """Return the tables that a statement reads from their beginning to their end."""
    connection = get_connections().get("default")
    if engine == "sqlite":
        plan = await connection.execute_query_dict(f"EXPLAIN QUERY PLAN {sql}", values)
        steps = [str(step["detail"]) for step in plan]
        scanned = [step for step in steps if step.startswith("SCAN ")]
        return [step for step in scanned if step.split()[1] not in DERIVED and "(" not in step[:6]]
    plan = await connection.execute_query_dict(f"EXPLAIN FORMAT=TRADITIONAL {sql}", values)
    return [
        step["table"]
        for step in plan
        if step["type"] in ("ALL", "index")
        and not str(step["table"]).startswith("<")
        and step["table"] not in DERIVED
    ]


async def test_every_list_and_lookup_uses_an_index(
    api: Api, engine: str, caplog: pytest.LogCaptureFixture
) -> None:
    ann, bob = await api.person(is_admin=True), await api.person("Bob")
    await insert("users", [somebody(number) for number in range(EACH)])
    for number in range(PROJECTS):  # few are Ann's: reading all would be the best plan otherwise
        person = ann if number > PROJECTS - 3 else bob
        project = await api.project(person, f"Bulk {number}")
        if number == PROJECTS - 1:
            token = await api.token(person, project["id"])
        ids = await fill(project["id"], person)
    if engine == "sqlite":
        await execute("ANALYZE")
    else:
        await rows(f"ANALYZE TABLE users, {', '.join(FILLED)}")
    reader = Reader(api, ann, token, caplog)
    found = set()
    for read in reads(ids):
        if _asked_of(read) in OF_ALL:
            continue
        for sql, values in await reader.pages(read):
            if read == EXPORT and not any(name in sql for name in OF_OTHERS):
                continue
            if "JOIN origins o" in sql:  # of which there are none here
                continue
            for step in await whole_reads(sql, values, engine):
                found.add(f"{read} reads {step}: {sql}")
    assert not found, "\n".join(found)


async def work(engine: str, settings: Settings, asked: dict[Read, Asked]) -> Work:
    """Return what requests have the database do, by the text of a statement."""
    if engine != "sqlite":  # which has no statistics, where nobody asks for them
        await rows(f"ANALYZE TABLE users, {', '.join(FILLED)}")
    found: Work = defaultdict(int)
    for read, some in asked.items():
        for sql, values in some:
            found[read, " ".join(sql.split())] += await work_of(sql, values, engine, settings)
    return found


WHOLE = (
    "/context",
    "/collections",
    "/environments",
)
"""Ends of addresses, and tools, that show all that there is of something."""


LOOKS_THROUGH = ("/users", "/flows")
"""Ends of lists in which a text is looked for one by one: all accounts, for an administrator, and
the flows of a project, of which there is a quota."""


def shows_all(read: Read) -> bool:
    """Whether an answer grows with what there is in the project, as it has to."""
    return _asked_of(read).endswith(WHOLE)


def is_file(read: Read) -> bool:
    """Whether it is an export: where that is of a fifth of a table, all of it is read at once."""
    return "export" in _asked_of(read)


def grows(read: Read) -> bool:
    """Whether an answer has all there is, or, as those of tools, counts what comes before it."""
    return not isinstance(read, str) or shows_all(read)


def looks_through(read: Read) -> bool:
    """Whether a list is read to its end for a text that nothing in it has."""
    return _asked_of(read).endswith(LOOKS_THROUGH) and quote_plus(NOT_THERE) in read


def _asked_of(read: Read) -> str:
    """Return the path, or the tool."""
    return read.partition("?")[0] if isinstance(read, str) else read[0]


async def test_no_page_costs_more_for_what_others_have_or_for_what_is_on_other_pages(
    api: Api,
    engine: str,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pages, "MAX_COUNTED", 50)
    monkeypatch.setattr(search, "AT_ONCE", 2)
    monkeypatch.setattr(listing, "FEW", 50)
    ann, bob = await api.person(is_admin=True), await api.person("Bob")
    other, project = await api.project(bob, "Bulk 0"), await api.project(ann, "Bulk 1")
    await fill(other["id"], bob)
    reader = Reader(api, ann, await api.token(ann, project["id"]), caplog)
    ids = await fill(project["id"], ann)
    await fill_up(project["id"], ann, range(EACH, 350))
    await insert("users", [somebody(number) for number in range(100)])
    every = [read for read in reads(ids, 1) if not (looks_through(read) or is_file(read))]
    asked = {read: await reader.pages(read) for read in every}
    before = await work(engine, settings, asked)
    await insert("users", [somebody(number) for number in range(100, 1000)], batch=500)
    await fill_up(other["id"], bob, range(EACH, 1500), is_older=True)
    after = await work(engine, settings, asked)
    found = grown(before, after)
    await fill_up(project["id"], ann, range(350, 1550))
    asked = {read: await reader.pages(read) for read in every if not grows(read)}
    after = await work(engine, settings, asked)
    found += grown(before, after)
    assert not found, "\n".join(found)


def grown(before: Work, after: Work) -> list[str]:
    """Return what costs more than it did, but for a level more of a tree."""
    return [
        f"{read} cost {before[read, sql]}, now {cost}: {sql}"
        for (read, sql), cost in after.items()
        if cost > before[read, sql] * 1.5 + 50
    ]
