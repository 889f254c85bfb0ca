"""Reading documents in child processes: bytes go in, unfinished rows come out."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import structlog

from gassapi_backend.exchange.child.envelopes import open_envelope
from gassapi_backend.exchange.child.frames import Frame
from gassapi_backend.exchange.child.running import Broken, Busy, Children
from gassapi_backend.exchange.tree import Json, Unreadable
from gassapi_backend.server.errors import Invalid, Unavailable

SMALL = 256_000
"""Bytes up to which an envelope is opened in a thread: that costs less than starting a child."""

_log = structlog.get_logger("gassapi.importing")


@dataclass(slots=True)
class Read:
    """A document that a child read.

    ``described`` comes from its first frame. ``rows`` are nodes with their origins; ``decisions``
    and ``rebases`` are what else a merge has to write. ``notes`` are lines of the report.
    ``project`` and ``flows`` are those of an exported project.
    """

    described: Json
    unchanged: int = 0
    rows: list[Frame] = field(default_factory=list)
    updates: list[Json] = field(default_factory=list)
    rebases: list[Frame] = field(default_factory=list)
    decisions: Json = None
    notes: list[Json] = field(default_factory=list)
    project: Json = None
    flows: list[Json] = field(default_factory=list)


@dataclass(slots=True)
class Upload:
    """What was sent: options by name, and the document with the name of its file."""

    fields: dict[str, Json]
    document: bytes
    name: str


async def open_upload(children: Children, body: bytes, boundary: str | None) -> Upload:
    """Return the content of an envelope: JSON, or a form if there is a ``boundary``.

    Raises ``Invalid`` if it is broken or holds no document, and ``Unavailable``.
    """
    with_problems = _problems("data")
    async with with_problems:
        if len(body) <= SMALL:
            opened = await asyncio.to_thread(open_envelope, body, boundary)
            fields, document, name = opened.fields, opened.document, opened.name
        else:
            job, options = "child.envelopes:opened", {"boundary": boundary}
            async with children.run(job, options, body) as answer:
                frame = await anext(answer)
            fields, name = frame.said["fields"], frame.said["name"]
            document = frame.blobs[0] if frame.blobs else None
    if document is None:
        raise Invalid.field("data", "It is required: the document, or a file in a form.")
    return Upload(fields, document, name)


async def read_document(children: Children, job: str, options: Json, *documents: bytes) -> Read:
    """Return what a child reads from a document. Raises ``Invalid`` and ``Unavailable``."""
    async with _problems("data"), children.run(job, options, *documents) as answer:
        first = await anext(answer)
        read = Read(first.said["document"], first.said.get("unchanged", 0))
        read.project = first.said.get("project")
        async for frame in answer:
            _add(read, frame)
    return read


async def look_into(children: Children, options: Json, archive: bytes) -> Json:
    """Return which documents are in a folder's archive. Raises ``Invalid`` and ``Unavailable``."""
    async with _problems("data"), children.run("child.looking:looked", options, archive) as answer:
        return (await anext(answer)).said


def _add(read: Read, frame: Frame) -> None:
    said = frame.said
    if "notes" in said:
        read.notes += said["notes"]
    elif "rebase" in said:
        read.rebases.append(frame)
    elif "flow" in said:
        read.flows.append(said["flow"])
    elif "update" in said:
        read.updates.append(said)
    elif "moves" in said:
        read.decisions = said
    else:
        read.rows.append(frame)


@asynccontextmanager
async def written_by(
    children: Children, job: str, options: Json, rows: bytes
) -> AsyncIterator[tuple[Json, AsyncGenerator[Frame]]]:
    """Have a child write a document; give its description, and the frames of its bytes.

    Raises ``Invalid`` for what cannot be written in this format, and ``Unavailable``.
    """
    async with _problems("format"), children.run(job, options, rows) as answer:
        first = await anext(answer)
        yield first.said, answer


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
