"""Finding a project's endpoints by a piece of their names and URLs, alike on every database.

No full-text index does that on SQLite, MySQL and MariaDB alike. So what is searched stands in the
form of ``search_key()`` in blocks, each a row with some dozens of endpoints in the order of their
ids, and the database looks for the piece in whole blocks; which endpoints of a block it is in is
found out here. Whoever writes endpoints keeps the blocks in the same transaction, with the project
locked. See docs/decisions/020-search.md.
"""

import asyncio
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any, NamedTuple

from gassapi_backend.database import Row, Statement, contains, dialect, execute, rows, taking
from gassapi_backend.database.indexes import BY_AGE
from gassapi_backend.database.statements import inserts, send

SIZE = 4000  # characters of a block, from which on it is full
AT_ONCE = 128  # blocks that are read in one go: half a megabyte
WRITTEN_AT_ONCE = 2000  # endpoints that are put into blocks before others have their turn

_BLOCKS = "search_blocks WHERE id >= ? AND id < ?"


class Entry(NamedTuple):
    """What is searched of an endpoint."""

    method: str
    text: str


@dataclass(slots=True)
class Found:
    """Ids of endpoints, in their order; whether these are all that there are."""

    ids: list[str] = field(default_factory=list)
    is_all: bool = False


def entry(row: Mapping[str, Any]) -> Entry:
    """Return what is searched of a row with ``method``, ``name_key`` and ``url_key``."""
    return Entry(row["method"], f"{row['name_key']}\t{row['url_key']}")


async def find(
    project_id: str, wanted: str, *, method: str | None = None, after: str = "", enough: int
) -> Found:
    """Return the endpoints with ``wanted``, a text in the form of ``search_key()``.

    Those after the id ``after``, until there are ``enough``, and all of what is read with them.
    """
    found, start = Found(), await _start(project_id, after)
    while not found.is_all and len(found.ids) < enough:
        blocks = await _read(f"AND {_has()} ORDER BY id LIMIT {AT_ONCE}", project_id, start, wanted)
        for block in blocks:
            found.ids += _matches(block, wanted, method, after)
        found.is_all = len(blocks) < AT_ONCE
        start = _behind(blocks[-1]["id"]) if blocks else ""
        await asyncio.sleep(0)
    return found


async def _start(project_id: str, endpoint_id: str) -> str:
    """Return the id of the block where an endpoint is, or is to be; less for the first one."""
    start = f"{project_id}/"
    if not endpoint_id:
        return start
    before = f"SELECT MAX(id) AS id FROM {_BLOCKS}"  # noqa: S608 - a constant
    [found] = await rows(before, start, _behind(f"{start}{endpoint_id}"))
    return found["id"] or start


def _behind(block_id: str) -> str:
    """Return what is greater than an id, and less than all that are."""
    return f"{block_id}0"


def _has() -> str:
    return "INSTR(texts, ?) > 0" if dialect() == "mysql" else "texts LIKE ? ESCAPE '!'"


async def _read(condition: str, project_id: str, start: str, *wanted: str) -> list[Row]:
    values = wanted if dialect() == "mysql" else map(contains, wanted)
    sql = f"SELECT id, heads, texts FROM {_BLOCKS} {condition}"  # noqa: S608 - our own text
    found = await rows(sql, start, f"{project_id}0", *values)
    return [{**block, "texts": _text(block["texts"])} for block in found]


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def _matches(block: Row, wanted: str, method: str | None, after: str) -> Iterator[str]:
    lines = zip(block["heads"].split("\n"), block["texts"].split("\n"), strict=True)
    for head, text in lines:
        if wanted in text:
            id_, _, own = head.partition(" ")
            if id_ > after and method in (None, own):
                yield id_


def asking(project_id: str) -> Statement:
    """Return what finds the last block, which ``added()`` has to know."""
    sql = f"SELECT id, last_id, size FROM {_BLOCKS} ORDER BY id DESC LIMIT 1"  # noqa: S608 - a constant
    return sql, bounds(project_id)


LAST = "b.id, b.last_id, b.size"
WITH_LAST = f"""
LEFT JOIN search_blocks b ON b.id = (SELECT MAX(id) FROM {_BLOCKS})
"""  # noqa: S608 - a constant
"""The same within another statement, with ``bounds()``; ``id`` is NULL where there is none."""


def bounds(project_id: str) -> list[str]:
    """Return what the ids of a project's blocks are not less than, and less than."""
    return [f"{project_id}/", f"{project_id}0"]


async def added(
    project_id: str, last: Sequence[Row], endpoint_id: str, new: Entry
) -> list[Statement]:
    """Return what adds one endpoint, where ``last`` is what ``asking()`` found.

    One whose id is not the greatest, as clocks differ, is added at once.
    """
    if last and f"{project_id}/{endpoint_id}" < last[0]["id"]:
        await write(project_id, {endpoint_id: new})
        return []
    head, is_behind = f"{endpoint_id} {new.method}", bool(last) and endpoint_id < last[0]["last_id"]
    if not last or (last[0]["size"] >= SIZE and not is_behind):
        return list(inserts("search_blocks", [_block(project_id, {endpoint_id: new})]))
    more = "CONCAT({0}, ?)" if dialect() == "mysql" else "{0} || ?"
    sql = (
        f"UPDATE search_blocks SET heads = {more.format('heads')}, texts = {more.format('texts')},"  # noqa: S608 - constants only
        " size = size + ?, entries = entries + 1, last_id = ? WHERE id = ?"
    )
    last_id = last[0]["last_id"] if is_behind else endpoint_id
    size = len(head) + len(new.text)
    return [(sql, [f"\n{head}", f"\n{new.text}", size, last_id, last[0]["id"]])]


def asking_for(project_id: str, endpoint_id: str) -> Statement:
    """Return what finds the block where an endpoint is, which ``changed()`` has to know."""
    before = "search_blocks WHERE id >= ? AND id <= ? ORDER BY id DESC LIMIT 1"
    sql = f"SELECT id, heads, texts FROM {before}"  # noqa: S608 - a constant
    return sql, [f"{project_id}/", f"{project_id}/{endpoint_id}"]


async def changed(
    project_id: str, found: Sequence[Row], endpoint_id: str, new: Entry | None
) -> list[Statement]:
    """Return what writes one endpoint, ``None`` where it goes, in what ``asking_for()`` found.

    One that comes before all blocks is written at once.
    """
    if not found:
        await write(project_id, {endpoint_id: new})
        return []
    block = {**found[0], "texts": _text(found[0]["texts"])}
    if new is not None and (statement := _replacing(block, endpoint_id, new)):
        return [statement]
    return list(_rewriting(project_id, block, {endpoint_id: new}))


def _replacing(block: Row, endpoint_id: str, new: Entry) -> Statement | None:
    """Return what replaces an entry of a block; ``None`` if it has none, or would be too large."""
    heads, head = f"\n{block['heads']}\n", f"\n{endpoint_id} {new.method}\n"
    start = heads.find(f"\n{endpoint_id} ")
    if start < 0:
        return None
    texts = block["texts"].split("\n")
    texts[heads.count("\n", 0, start)] = new.text
    if not heads.startswith(head, start):
        heads = heads[:start] + head + heads[heads.index("\n", start + 1) + 1 :]
    columns = heads[1:-1], "\n".join(texts)
    if (size := sum(map(len, columns))) > 2 * SIZE:
        return None
    sql = "UPDATE search_blocks SET heads = ?, texts = ?, size = ? WHERE id = ?"
    return sql, [*columns, size, block["id"]]


async def write(project_id: str, entries: Mapping[str, Entry | None]) -> None:
    """Write what is searched of endpoints by their ids; ``None`` where they are gone."""
    waiting = sorted(entries, reverse=True)
    while waiting:
        more = min(len(waiting), AT_ONCE)
        blocks = await _blocks_at(project_id, waiting[-1], more)
        ends = [block["id"] for block in blocks[1:]]
        done = [waiting.pop() for _ in range(min(len(waiting), WRITTEN_AT_ONCE))]
        if len(blocks) > more:  # the last one only says where the one before it ends
            while done and f"{project_id}/{done[-1]}" >= ends[-1]:
                waiting.append(done.pop())
            blocks.pop()
        changed: dict[int, dict[str, Entry | None]] = {}
        for id_ in done:
            at = bisect_right(ends, f"{project_id}/{id_}")
            changed.setdefault(at, {})[id_] = entries[id_]
        for at, some in changed.items():
            await send(_rewriting(project_id, blocks[at] if blocks else None, some))
        await asyncio.sleep(0)


async def _blocks_at(project_id: str, endpoint_id: str, more: int) -> list[Row]:
    """Return the block where an endpoint is, or is to be, and ``more`` of those after it."""
    start = await _start(project_id, endpoint_id)
    return await _read(f"ORDER BY id LIMIT {1 + more}", project_id, start)


def _rewriting(
    project_id: str, block: Row | None, changed: Mapping[str, Entry | None]
) -> Iterator[Statement]:
    """Yield what gives a block, or one that is not there yet, other entries."""
    before = _entries(block) if block else {}
    after = {id_: one for id_, one in {**before, **changed}.items() if one is not None}
    if after == before:
        return
    runs = [_block(project_id, run) for run in _cut(after)]
    if block is not None and not runs:
        yield "DELETE FROM search_blocks WHERE id = ?", [block["id"]]
    elif block is not None:
        first = {**runs.pop(0), "id": block["id"]}
        columns = [name for name in first if name != "id"]
        assignments = ", ".join(f"{name} = ?" for name in columns)
        sql = f"UPDATE search_blocks SET {assignments} WHERE id = ?"  # noqa: S608 - our own names
        yield sql, [*(first[name] for name in columns), block["id"]]
    yield from inserts("search_blocks", runs)


def _entries(block: Row) -> dict[str, Entry]:
    lines = zip(block["heads"].split("\n"), block["texts"].split("\n"), strict=True)
    parted = ((head.partition(" "), text) for head, text in lines)
    return {id_: Entry(method, text) for (id_, _, method), text in parted}


def _cut(entries: Mapping[str, Entry]) -> Iterator[dict[str, Entry]]:
    """Yield the entries of one block each, in the order of ids."""
    ids = sorted(entries)
    sizes = [len(id_) + len(entries[id_].text) for id_ in ids]
    if sum(sizes) <= 2 * SIZE:  # room to grow, so that not each change of a full one cuts it
        groups: Iterable[int] = [0] * len(ids)
    else:
        groups = (end // SIZE for end in accumulate(sizes))
    runs: dict[int, dict[str, Entry]] = {}
    for group, id_ in zip(groups, ids, strict=True):
        runs.setdefault(group, {})[id_] = entries[id_]
    yield from runs.values()


def _block(project_id: str, entries: Mapping[str, Entry]) -> Row:
    """Return the row of entries that are in the order of their ids."""
    ids = list(entries)
    heads = "\n".join(f"{id_} {one.method}" for id_, one in entries.items())
    texts = "\n".join(one.text for one in entries.values())
    return {
        "id": f"{project_id}/{ids[0]}",
        "project_id": project_id,
        "last_id": ids[-1],
        "entries": len(ids),
        "size": len(heads) + len(texts),
        "heads": heads,
        "texts": texts,
    }


async def refresh(project_id: str, endpoint_ids: Iterable[str]) -> None:
    """Write what is searched of endpoints as their rows are now, or that they are gone."""
    ids = list(endpoint_ids)
    for start in range(0, len(ids), WRITTEN_AT_ONCE):
        some = ids[start : start + WRITTEN_AT_ONCE]
        there = await rows(
            "SELECT id, method, name_key, url_key FROM endpoints "  # noqa: S608 - question marks
            f"WHERE id IN ({', '.join('?' * len(some))})",
            *some,
        )
        now: dict[str, Entry | None] = dict.fromkeys(some)
        await write(project_id, now | {row["id"]: entry(row) for row in there})


async def rebuild(project_id: str) -> None:
    """Write all blocks of a project anew."""
    await execute("DELETE FROM search_blocks WHERE project_id = ?", project_id)
    last = ""
    while found := await rows(
        f"SELECT id, method, name_key, url_key FROM endpoints {taking(BY_AGE)} "  # noqa: S608 - constants
        f"WHERE project_id = ? AND id > ? ORDER BY id LIMIT {WRITTEN_AT_ONCE}",
        project_id,
        last,
    ):
        await write(project_id, {row["id"]: entry(row) for row in found})
        last = found[-1]["id"]
