"""What goes in and out about changes."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Literal

from pydantic import Field
from typing_extensions import TypedDict

from gassapi_backend.clock import rfc3339
from gassapi_backend.database import Row
from gassapi_backend.server.access.callers import Caller, Kind
from gassapi_backend.server.access.permissions import Role
from gassapi_backend.server.errors import Code, Gone
from gassapi_backend.server.web.reading import MAX_INTEGER, Query


class Sight(StrEnum):
    """What a reader of the feed may see: all who share it get the same bytes."""

    MEMBER = "member"
    READER = "reader"
    TOKEN = "token"  # noqa: S105 - a kind of reader, not a token


class ChangesQuery(Query):
    """From where on to read, and how much."""

    since: int = Field(
        default=0, ge=0, le=MAX_INTEGER, description="The last revision you have; 0 for all."
    )
    limit: int = Field(default=100, ge=1, le=1000)


class EventsQuery(Query):
    """From where on to follow."""

    since: int | None = Field(
        default=None,
        ge=0,
        le=MAX_INTEGER,
        description="The last revision you have; from now on if left out. `Last-Event-ID`, which "
        "browsers send as they reconnect, goes before it.",
    )


class ChangeActor(TypedDict):
    """Who did it; a token acts for the person who issued it."""

    type: Literal["user", "token", "console", "nobody"]
    id: str | None
    name: str | None


class Related(TypedDict):
    """A further resource that the same change wrote, as it is now."""

    resourceType: str
    resourceId: str
    resource: dict[str, Any]


class Reload(TypedDict):
    """What to read again, with all that is in it."""

    resourceType: Literal["collection", "project"]
    resourceId: str


class ChangeView(TypedDict):
    """One change, with what it was about, as it is now.

    ``deleted`` marks a tombstone: the resource is no longer there. ``resources`` are the others
    that the change wrote, as an import or a copy does; with a new project comes its owner as a
    member, and with one that changes hands the old and the new owner. To keep a copy:
    put every resource in the place of the one with its type and id, and take away what is deleted;
    with a collection, its collections and endpoints. Where ``reload`` is not null, the change wrote
    more than 2 MB, as a copy may: ``resources`` lacks it; read what ``reload`` names anew, page by
    page. The project's own tombstone is the ``end`` of
    its streams with ``project_deleted``, and 404 afterwards: its last change seldom reaches
    anybody, since nobody has access any more. Counts and the project's own ``revision`` and
    ``updatedAt`` move along with every change and are not repeated. Of a change that the caller may
    not see, like an invitation's for strangers and tokens, there is ``revision`` and ``at`` only,
    so that revisions have no gap.
    """

    revision: int
    action: str | None
    resourceType: str | None
    resourceId: str | None
    name: str | None
    actor: ChangeActor | None
    at: str
    deleted: bool
    resource: dict[str, Any] | None
    resources: list[Related]
    reload: Reload | None


class ChangesAnswer(TypedDict):
    """Changes in order; ``revision`` is what to ask for ``since`` next."""

    changes: list[ChangeView]
    revision: int
    hasMore: bool


def sight_of(role: Role, caller: Caller) -> Sight:
    """Return what somebody who may read a project sees of its changes."""
    if caller.kind is Kind.TOKEN:
        return Sight.TOKEN
    return Sight.READER if role is Role.READER else Sight.MEMBER


def history_gone(current: int) -> Gone:
    """Return the refusal of changes that are no longer kept, or that this project never had."""
    return Gone(
        "These changes are no longer kept. Start again from a full read of the project.",
        code=Code.HISTORY_COMPACTED,
        details={"revision": current},
    )


def change_view(
    entry: Row,
    *,
    is_hidden: bool,
    deleted: bool,
    resource: Mapping[str, Any] | None,
    resources: list[Related],
    reload: Reload | None,
) -> ChangeView:
    """Show an audit entry as a change; of a hidden one, that there was one."""
    actor: ChangeActor = {
        "type": entry["actor_type"],
        "id": entry["actor_id"],
        "name": entry["actor"],
    }
    return {
        "revision": entry["revision"],
        "action": None if is_hidden else entry["action"],
        "resourceType": None if is_hidden else entry["resource_type"],
        "resourceId": None if is_hidden else entry["resource_id"],
        "name": None if is_hidden else entry["resource_name"],
        "actor": None if is_hidden else actor,
        "at": rfc3339(entry["at"]),
        "deleted": deleted,
        "resource": None if resource is None else dict(resource),
        "resources": resources,
        "reload": reload,
    }
