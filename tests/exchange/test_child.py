"""The child that reads: quick, bounded, gone afterwards, and a clear refusal whatever it meets."""

import asyncio
import json
import os
import signal
import zlib
from collections.abc import AsyncGenerator
from contextlib import suppress
from pathlib import Path

import pytest

from gassapi_backend.exchange.child.exporting import PIECE
from gassapi_backend.exchange.child.frames import Frame, written
from gassapi_backend.exchange.child.running import Bounds, Broken, Busy, Children
from gassapi_backend.exchange.tree import Json, Unreadable
from gassapi_backend.server.importing.stored import FIELDS

READ = "child.jobs:read"
FEW = Bounds(memory=150_000_000)
ENTRIES = [
    {"request": {"method": "GET", "url": "http://localhost/a"}},
    {"request": {"method": "POST", "url": "http://localhost/b"}, "_big": 2**80},
]
ARCHIVE = {"log": {"version": "1.2", "entries": ENTRIES}}
SLOW = ("a: |\n  x\n  \n    \ty\n \nb:\n" + "  - c: [1, 2, 3, 4, 5, 6, 7, 8]\n" * 200_000).encode()
"""Long, and with a tab where libyaml wants none."""


def running() -> set[int]:
    """Return the ids of this process's children."""
    found = set()
    for task in Path("/proc/self/task").iterdir():
        with suppress(FileNotFoundError):
            found |= set(map(int, (task / "children").read_text().split()))
    return found


async def born_after(before: set[int]) -> int:
    """Return the id of a child that was not there before, once it is."""
    for _ in range(1_000):
        if new := running() - before:
            return new.pop()
        await asyncio.sleep(0.01)
    raise AssertionError("No child was started.")


def environment_of(number: int) -> bytes:
    return Path(f"/proc/{number}/environ").read_bytes()


async def answer(
    document: bytes, options: Json = None, *, children: Children | None = None
) -> list[Frame]:
    """Return all frames that a child says about a document."""
    async with (children or Children()).run(READ, options or {}, document) as frames:
        return [frame async for frame in frames]


async def test_a_document_comes_back_in_frames_that_rows_are_made_of() -> None:
    head, *rest = await answer(json.dumps(ARCHIVE).encode(), {"name": "a.json"})
    assert head.said["document"]["format"] == "har"
    assert head.said["document"]["counts"]["endpoints"] == 2
    nodes = [frame.said for frame in rest if "node" in frame.said]
    by_number = {node["number"]: node for node in nodes}
    endpoints = [node for node in nodes if node["node"] == "endpoint"]
    assert [node["fields"]["method"] for node in endpoints] == ["GET", "POST"]
    assert all(by_number[node["parent"]]["node"] == "collection" for node in endpoints)
    assert [node["position"] for node in endpoints] == [0, 1]


async def test_originals_come_back_whole_and_compressed() -> None:
    frames = await answer(json.dumps(ARCHIVE).encode())
    blobs = [blob for frame in frames if "node" in frame.said for blob in frame.blobs if blob]
    assert str(2**80) in "".join(zlib.decompress(blob).decode() for blob in blobs)


async def test_a_refusal_of_the_reader_is_a_refusal_here_with_its_place() -> None:
    with pytest.raises(Unreadable, match="not valid JSON") as caught:
        await answer(b'{"a":\n}')
    assert caught.value.pointer == "line 2"


async def test_a_document_that_takes_too_much_memory_is_refused() -> None:
    children = Children(bounds=Bounds(memory=40_000_000))
    with pytest.raises(Broken, match="more than 40 MB of memory"):
        await answer(b"[" + b'{"a": 1},' * 2_000_000 + b"1]", children=children)


async def test_a_document_that_takes_too_long_is_refused() -> None:
    children = Children(bounds=Bounds(seconds=1))
    with pytest.raises(Broken, match="longer than 1 second"):
        await answer(SLOW, children=children)


async def test_a_child_that_is_killed_is_a_refusal() -> None:
    async def kill(number: signal.Signals) -> None:
        before = running()
        reading = asyncio.create_task(answer(SLOW))
        os.kill(await born_after(before), number)
        await reading

    with pytest.raises(Broken, match="memory"):  # it is how Linux ends what takes too much
        await kill(signal.SIGKILL)
    with pytest.raises(Broken, match="broke off"):
        await kill(signal.SIGSEGV)


async def test_at_most_two_children_work_at_once_and_more_are_busy() -> None:
    children = Children(most=2)
    async with children.run(READ, {}, SLOW), children.run(READ, {}, SLOW):
        with pytest.raises(Busy) as caught:
            await answer(b"{}", children=children)
        assert caught.value.retry_after > 0
    with pytest.raises(Unreadable):
        await answer(b"{}", children=children)


async def test_no_child_outlives_the_one_who_wanted_it() -> None:
    before = running()
    children = Children(most=1)
    reading = asyncio.create_task(answer(SLOW, children=children))
    await born_after(before)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert running() == before
    with pytest.raises(Unreadable):
        await answer(b"{}", children=children)


async def test_a_child_sees_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GASSAPI_SECRET_KEY", "very secret")
    before = running()
    children = Children()
    async with children.run(READ, {}, SLOW):
        [born] = running() - before
        assert b"very secret" not in environment_of(born)


async def test_a_large_document_reaches_the_child_whole() -> None:
    big = {**ARCHIVE, "comment": "é" * 5_000_000}
    head, *_ = await answer(json.dumps(big, ensure_ascii=False).encode())
    assert head.said["document"]["counts"]["endpoints"] == 2


async def test_a_document_larger_than_it_may_be_is_refused() -> None:
    with pytest.raises(Unreadable, match="larger than 1 MB"):
        await answer(b" " * 1_000_001, {"maxBytes": 1_000_000})


async def test_limits_can_be_set() -> None:
    with pytest.raises(Unreadable, match="at most 2"):
        await answer(json.dumps(ARCHIVE).encode(), {"limits": {"items": 2}})


async def test_an_unknown_failure_is_told_without_what_the_document_says() -> None:
    with pytest.raises(Broken) as caught:
        async with Children().run("child.jobs:nothing", {}, b"secret") as frames:
            [_ async for _ in frames]
    assert caught.value.cause.startswith("AttributeError at ")


async def test_a_child_that_gets_no_processor_is_not_said_to_be_slow() -> None:
    before = running()
    async with Children(bounds=Bounds(patience=1)).started() as child:
        [born] = running() - before
        os.kill(born, signal.SIGSTOP)
        with pytest.raises(Busy, match="server is too busy"):
            [_ async for _ in child.do(READ, {}, json.dumps(ARCHIVE).encode())]


async def test_a_child_keeps_a_document_for_the_next_job() -> None:
    body = json.dumps({"name": "A", "data": ARCHIVE}).encode()
    async with Children().started() as child:
        opened = child.do("child.envelopes:opened", {"boundary": None}, body, keeps=True)
        [first] = [one async for one in opened]
        assert (first.said["fields"], first.said["hasDocument"]) == ({"name": "A"}, True)
        assert first.blobs == ()
        for _ in range(2):
            head, *_ = [one async for one in child.do(READ, {})]
            assert head.said["document"]["counts"]["endpoints"] == 2


async def test_a_child_takes_what_its_job_is_about_in_parts() -> None:
    parts = [b"".join(written(node_frame(at))) for at in range(3)]
    options = {"format": "postman", "version": None, "includeExamples": True, "variables": None}
    async with Children().started() as child:
        asked = child.do("child.exporting:exported", options, parts=made(parts))
        said, *pieces = [one async for one in asked]
    assert said.said["mediaType"] == "application/json"
    document = json.loads(b"".join(piece.blobs[0] for piece in pieces))
    assert [one["name"] for one in document["item"]] == ["N1", "N2"]


async def test_a_document_that_is_written_comes_in_small_pieces() -> None:
    options = {"format": "postman", "version": None, "includeExamples": True, "variables": None}
    rows = b"".join(b"".join(written(node_frame(at, "x" * 900_000))) for at in range(2))
    async with Children().started() as child:
        asked = child.do("child.exporting:exported", options, parts=made([rows]))
        pieces = [len(one.blobs[0]) async for one in asked if one.blobs]
    assert sum(pieces) > 900_000
    assert max(pieces) <= PIECE


async def test_what_another_format_does_not_say_takes_no_memory_when_it_is_written() -> None:
    options = {"format": "curl", "version": None, "includeExamples": True, "variables": None}
    async with Children(bounds=FEW).started() as child:
        asked = child.do("child.exporting:exported", options, parts=made(large_originals(600)))
        assert b"".join([one.blobs[0] async for one in asked if one.blobs]).count(b"curl") == 600


async def test_a_merge_has_no_more_in_memory_than_the_one_thing_that_it_compares() -> None:
    options = {"rootId": "n0", "prefer": "ours", "prune": False}
    async with Children(bounds=FEW).started() as child:
        document, parts = json.dumps(ARCHIVE).encode(), made(large_originals(600))
        asked = child.do("child.updating:merged", options, document, parts=parts)
        [marks] = [one.said["marks"] async for one in asked if "marks" in one.said]
    assert len(marks) == 600


def large_originals(count: int) -> list[bytes]:
    """Return rows of so many requests, of each of which its source said half a megabyte."""
    origin = {"format": "har", "version": "1.2", "pointer": "", "source_id": None}
    compared = {"isOurs": True, "baseParent": "n0", "basePosition": 0}
    compared |= {"isGone": False, "parentName": None}
    original = {"comment": "x" * 500_000}
    base = {"name": "A", "method": "GET", "url": "http://localhost/a"}
    kept = tuple(zlib.compress(json.dumps(one).encode(), 1) for one in (original, base))
    rows = [node_frame(at, origin={**origin, "operation_id": None}) for at in range(count + 1)]
    return [b"".join(written(Frame({**row.said, **compared}, kept))) for row in rows]


async def made(parts: list[bytes]) -> AsyncGenerator[bytes]:
    """Make parts one after the other."""
    for part in parts:
        yield part


def node_frame(at: int, description: str | None = None, origin: Json = None) -> Frame:
    """Return a collection, or what is in it, as a row."""
    kind = "endpoint" if at else "collection"
    fields = dict.fromkeys(FIELDS[kind]) | {"name": f"N{at}", "description": description}
    if at:
        fields |= {"method": "GET", "url": "http://localhost/"}
    said = {"node": kind, "id": f"n{at}", "parent": "n0" if at else None, "position": at}
    return Frame({**said, "fields": fields, "origin": origin, "givenName": None}, (b"", b""))


async def test_a_child_that_refused_does_the_next_job() -> None:
    async with Children().started() as child:
        few = {"limits": {"items": 1}}
        with pytest.raises(Unreadable, match="at most 1"):
            [_ async for _ in child.do(READ, few, json.dumps(ARCHIVE).encode())]
        assert [_ async for _ in child.do(READ, {})]


async def test_a_child_gives_way_to_whoever_started_it() -> None:
    before = running()
    async with Children().run(READ, {}, json.dumps(ARCHIVE).encode()) as frames:
        await anext(frames)
        [born] = running() - before
        assert os.getpriority(os.PRIO_PROCESS, born) > os.getpriority(os.PRIO_PROCESS, 0)
        assert os.getsid(born) == os.getsid(0)  # Linux gives each session the same
        assert os.getpgid(born) != os.getpgid(0)  # no Ctrl-C reaches it
