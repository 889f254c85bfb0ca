"""What goes in and out about who did what."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import orjson
from pydantic import AfterValidator, Field, StringConstraints, WithJsonSchema
from typing_extensions import TypedDict

from gassapi_backend.clock import rfc3339, stored
from gassapi_backend.database import Row
from gassapi_backend.server.web.bodies import Id, Page, Pagination

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


class ActivitySearch(MyActivitySearch):
    """Which entries to list: of a project, or of the instance."""

    actor_id: Id | None = None


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
