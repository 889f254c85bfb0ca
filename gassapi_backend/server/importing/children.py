"""Reading documents in child processes: bytes go in, unfinished rows come out."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, ExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, field
from typing import Self

import structlog

from gassapi_backend.database import snapshot
from gassapi_backend.exchange.child.envelopes import open_envelope
from gassapi_backend.exchange.child.frames import Frame
from gassapi_backend.exchange.child.running import Broken, Busy, Child, Children
from gassapi_backend.exchange.tree import Json, Unreadable
from gassapi_backend.fair_share import Fairly, let_go, many_objects
from gassapi_backend.server.errors import Invalid, Unavailable

SMALL = 256_000
"""Bytes up to which an envelope is opened in a thread: that costs less than starting a child."""

_log = structlog.get_logger("gassapi.importing")


@dataclass(slots=True)
class Read:
    """A document that a child read.

    ``described`` comes from its first frame. ``rows`` are nodes with their origins, ``tops`` those
    of them that are in no other, ``depth`` how deep its collections go; ``counts`` are of rows.
    ``decisions`` and ``rebases`` are what else a merge has to write. ``notes`` are lines of the
    report. ``project`` and ``flows`` are those of an exported project.
    """

    described: Json
    unchanged: int = 0
    updated: int = 0
    rows: list[Frame] = field(default_factory=list)
    updates: list[Json] = field(default_factory=list)
    rebases: list[Frame] = field(default_factory=list)
    decisions: Json = None
    notes: list[Json] = field(default_factory=list)
    project: Json = None
    flows: list[Json] = field(default_factory=list)
    tops: list[Frame] = field(default_factory=list)
    depth: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    _depths: dict[int, int] = field(default_factory=dict)

    def add(self, frame: Frame) -> None:
        """Add what a child said."""
        said = frame.said
        if "notes" in said:
            self.notes += said["notes"]
        elif "rebase" in said:
            self.rebases.append(frame)
        elif "flow" in said:
            self.flows.append(said["flow"])
        elif "update" in said:
            self.updates.append(said)
        elif "moves" in said:
            self.decisions = said
        else:
            self._add_row(frame)

    async def let_go(self) -> None:
        """Forget all that it holds much of, which nobody needs any more."""
        await let_go(self.rows, self.updates, self.rebases, self.tops)

    def _add_row(self, frame: Frame) -> None:
        said = frame.said
        self.rows.append(frame)
        self.counts[said["node"]] += 1
        self.counts["variables"] += len(said["fields"].get("variables") or ())
        if said["parent"] is None:
            self.tops.append(frame)
        if said["node"] == "collection":
            depth = self._depths.get(said["parent"], 0) + 1
            self._depths[said["number"]] = depth
            self.depth = max(self.depth, depth)


class Document:
    """A document, and the child that reads it, started with the first question about it.

    The child keeps the document, so that whoever has more questions need not keep it, too.
    """

    def __init__(self, children: Children, content: bytes) -> None:
        self._children = children
        self._to_send: tuple[bytes, ...] = (content,)
        self._held = AsyncExitStack()
        self._child: Child | None = None
        self._many = ExitStack()

    async def __aenter__(self) -> Self:
        self._many.enter_context(many_objects())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._many.close()
        await self.let_go()

    async def let_go(self) -> None:
        """End the child: nobody has another question."""
        await self._held.aclose()

    @asynccontextmanager
    async def asked(
        self,
        job: str,
        options: Json,
        *,
        parts: AsyncGenerator[bytes] | None = None,
        keeps: bool = False,
    ) -> AsyncIterator[AsyncGenerator[Frame]]:
        """Have the child do a job on the document and more, see ``Child.do()``.

        Raises ``Invalid`` and ``Unavailable``.
        """
        async with _problems("data"):
            if self._child is None:
                self._child = await self._held.enter_async_context(self._children.started())
            sent, self._to_send = self._to_send, ()
            asked = self._child.do(job, options, *sent, parts=parts, keeps=keeps)
            async with aclosing(asked) as answer:
                yield answer


@dataclass(slots=True)
class Upload:
    """What was sent: options by name, and the document with the name of its file."""

    fields: dict[str, Json]
    document: Document
    name: str


async def open_upload(children: Children, body: bytes, boundary: str | None) -> Upload:
    """Return the content of an envelope: JSON, or a form if there is a ``boundary``.

    A child that opens it reads the document, too. Raises ``Invalid`` if it is broken or holds no
    document, and ``Unavailable``.
    """
    if len(body) > SMALL:
        return await _opened_by_child(Document(children, body), boundary)
    async with _problems("data"):
        found = await asyncio.to_thread(open_envelope, body, boundary)
    if found.document is None:
        raise _missing()
    return Upload(found.fields, Document(children, found.document), found.name)


async def _opened_by_child(document: Document, boundary: str | None) -> Upload:
    try:
        options = {"boundary": boundary}
        async with document.asked("child.envelopes:opened", options, keeps=True) as answer:
            [frame] = [frame async for frame in answer]
        if not frame.said["hasDocument"]:
            raise _missing()
    except BaseException:
        await document.let_go()
        raise
    return Upload(frame.said["fields"], document, frame.said["name"])


def _missing() -> Invalid:
    return Invalid.field("data", "It is required: the document, or a file in a form.")


async def read_document(document: Document, job: str, options: Json) -> Read:
    """Return what a child reads from a document. Raises ``Invalid`` and ``Unavailable``."""
    [read] = await read_parts(document, job, options)
    return read


async def read_parts(
    document: Document, job: str, options: Json, stored: AsyncGenerator[bytes] | None = None
) -> list[Read]:
    """Return the parts that a child reads from a document, as ``read_document()`` does one.

    ``stored`` is what it compares the document with.
    """
    return await Fairly(_read(document, job, options, stored))


async def _read(
    document: Document, job: str, options: Json, stored: AsyncGenerator[bytes] | None
) -> list[Read]:
    found: list[Read] = []
    async with document.asked(job, options, parts=stored) as answer:
        async for frame in answer:
            said = frame.said
            if "document" in said:
                found.append(
                    Read(said["document"], said.get("unchanged", 0), said.get("updated", 0))
                )
                found[-1].project = said.get("project")
            else:
                found[-1].add(frame)
    return found


async def look_into(children: Children, options: Json, archive: bytes) -> Json:
    """Return which documents are in a folder's archive. Raises ``Invalid`` and ``Unavailable``."""
    async with _problems("data"), children.run("child.looking:looked", options, archive) as answer:
        return (await anext(answer)).said


@asynccontextmanager
async def written_by(
    children: Children, job: str, options: Json, rows: AsyncIterator[bytes]
) -> AsyncIterator[tuple[Json, AsyncGenerator[Frame]]]:
    """Have a child write a document; give its description, and the frames of its bytes.

    The rows are sent as they are read, from one state of the database: only the child has all of
    them. Raises ``Invalid`` for what cannot be written in this format, and ``Unavailable``.
    """
    async with (
        _problems("format"),
        children.started() as child,
        aclosing(child.do(job, options, parts=_of_one_state(rows))) as answer,
    ):
        first = await anext(answer)
        yield first.said, answer


async def _of_one_state(rows: AsyncIterator[bytes]) -> AsyncGenerator[bytes]:
    async with snapshot():
        async for part in rows:
            yield part


@asynccontextmanager
async def _problems(field: str) -> AsyncIterator[None]:
    """Turn the refusals of children and readers into refusals of a field."""
    try:
        yield
    except Busy as busy:
        raise Unavailable(str(busy), retry_after=busy.retry_after) from None
    except Broken as broken:
        _log.warning("a document could not be read", cause=broken.cause)
        raise refusal(broken, field) from None
    except Unreadable as problem:
        raise refusal(problem, field) from None


def refusal(problem: Unreadable, field: str = "data") -> Invalid:
    """Return the refusal of a document: why, and where in it."""
    detail = {"field": field, "reason": problem.message}
    if problem.pointer:
        detail["pointer"] = problem.pointer
    return Invalid(problem.message, details=[detail])
