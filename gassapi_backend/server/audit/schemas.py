"""What goes in and out about who did what."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import orjson
from pydantic import AfterValidator, Field, StringConstraints, WithJsonSchema
from typing_extensions import TypedDict

from gassapi_backend.clock import rfc3339, stored
from gassapi_backend.database import Row
from gassapi_backend.server.audit.verdicts import Verdict
from gassapi_backend.server.web.bodies import Id, Page, Pagination, Query
from gassapi_backend.server.web.cursors import Cursor

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(
    _DATE.pattern
    + r"[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})"  # RFC 3339, 5.6
)


def _moment(text: str, end_of_day: str) -> str:
    """Return a time or a date of RFC 3339 as the database keeps times."""
    if _DATE.fullmatch(text):
        text += end_of_day
    elif not _TIME.fullmatch(text):
        raise ValueError("Write it as 2026-01-31 or 2026-01-31T12:00:00Z.")
    try:
        return stored(datetime.fromisoformat(text.upper()).astimezone(UTC))
    except (ValueError, OverflowError):
        raise ValueError("There is no such time.") from None


def _start(text: str) -> str:
    return _moment(text, "T00:00:00Z")


def _end(text: str) -> str:
    return _moment(text, "T23:59:59.999Z")


_TIME_SCHEMA = WithJsonSchema(
    {
        "type": "string",
        "pattern": f"^({_DATE.pattern}|{_TIME.pattern})$",
        "examples": ["2026-01-31", "2026-01-31T12:00:00Z"],
    }
)

Start = Annotated[str, AfterValidator(_start), _TIME_SCHEMA]
End = Annotated[str, AfterValidator(_end), _TIME_SCHEMA]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,64}$")]


class MyActivitySearch(Page):
    """Which of your own entries to list."""

    limit: int = Field(default=50, ge=1, le=100)
    action: Word | None = None
    resource_type: Word | None = None
    from_date: Start | None = Field(default=None, description="From this time or day on.")
    to_date: End | None = Field(default=None, description="Up to this time or day.")
    cursor: Cursor | None = None


class ActivitySearch(MyActivitySearch):
    """Which entries to list of the instance."""

    actor_id: Id | None = None


class ProjectActivitySearch(ActivitySearch):
    """Which entries to list of a project."""

    token_id: Id | None = Field(default=None, description="What was done by this MCP token.")


class ActorView(TypedDict):
    """Who did it: somebody signed in, a token of theirs, or the console. Names as they are now."""

    type: Literal["nobody", "user", "token", "console"]
    id: str | None
    name: str | None
    tokenId: str | None
    tokenName: str | None


class EntryView(TypedDict):
    """What was done. ``revision`` is that of the project after it; null where nothing changed."""

    id: str
    at: str
    projectId: str | None
    revision: int | None
    action: str
    resourceType: str
    resourceId: str | None
    resourceName: str | None
    actor: ActorView
    details: dict[str, Any] | None


class ActivityAnswer(TypedDict):
    """A page of entries, the newest first."""

    activity: list[EntryView]
    pagination: Pagination


class VerificationStart(Query):
    """Where to go on."""

    after: Annotated[str, StringConstraints(max_length=64)] = Field(
        default="", description="The `nextCursor` of the part before; the beginning if left out."
    )


class ProblemView(TypedDict):
    """What is wrong with a chain, and at which of its entries."""

    what: str
    number: int
    entryId: str | None
    message: str


class BrokenChain(TypedDict):
    """A project's chain of entries that is not whole; with its first problems."""

    projectId: str
    projectName: str | None
    isDeleted: bool
    entries: int
    problems: list[ProblemView]
    moreProblems: int


class Verification(TypedDict):
    """What a part of the verification found, in so many ``chains`` with so many ``entries``.

    ``checked`` of ``total`` chains are done by now; ``nextCursor`` is null after the last.
    ``unfinished`` are projects whose chain is too long for a request: `gassapi-backend audit
    verify` takes its time.
    """

    isWhole: bool
    chains: int
    entries: int
    checked: int
    total: int
    broken: list[BrokenChain]
    unfinished: list[str]
    nextCursor: str | None


class VerificationAnswer(TypedDict):
    """A part of a verification."""

    verification: Verification


def broken_view(verdict: Verdict) -> BrokenChain:
    """Show a chain that is not whole."""
    return {
        "projectId": verdict.project_id,
        "projectName": verdict.name,
        "isDeleted": verdict.is_deleted,
        "entries": verdict.entries,
        "problems": [
            {
                "what": one.what,
                "number": one.number,
                "entryId": one.entry_id,
                "message": one.message,
            }
            for one in verdict.problems
        ],
        "moreProblems": verdict.more_problems,
    }


def entry_view(row: Row) -> EntryView:
    """Show an entry; its details go through as they are stored."""
    return {
        "id": row["id"],
        "at": rfc3339(row["at"]),
        "projectId": row["project_id"],
        "revision": row["revision"],
        "action": row["action"],
        "resourceType": row["resource_type"],
        "resourceId": row["resource_id"],
        "resourceName": row["resource_name"],
        "actor": {
            "type": row["actor_type"],
            "id": row["actor_id"],
            "name": row["actor_name"],
            "tokenId": row["token_id"],
            "tokenName": row["token_name"],
        },
        "details": row["details"] and orjson.Fragment(row["details"]),  # type: ignore[typeddict-item]  # JSON text
    }
