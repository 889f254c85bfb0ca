"""How to load and show what changes are about: a row for each type of resource."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gassapi_backend.database import Row, rows
from gassapi_backend.server.collections.schemas import collection_view
from gassapi_backend.server.endpoints.schemas import endpoint_view
from gassapi_backend.server.environments.schemas import environment_view
from gassapi_backend.server.feed.queries import Span, within
from gassapi_backend.server.feed.schemas import Sight
from gassapi_backend.server.flows.schemas import flow_view
from gassapi_backend.server.items.outlines import marks
from gassapi_backend.server.members.rows import InvitationWithInviter
from gassapi_backend.server.members.schemas import invitation_view, member_view
from gassapi_backend.server.projects.schemas import project_view
from gassapi_backend.server.tokens import queries as tokens
from gassapi_backend.server.tokens.schemas import token_view

View = Callable[[Any, Sight], Mapping[str, Any]]


@dataclass(frozen=True)
class Resource:
    """A type of resource: how to show a row, and where rows come from.

    ``table``: whose rows carry the revision of their last change, so that what a change wrote
    beside its own resource is found. Otherwise ``load`` selects those of the project ``?``, and
    ``key`` is the column that entries name. ``seen_by``: who may see it.
    """

    view: View
    table: str | None = None
    load: str = ""
    key: str = ""
    seen_by: frozenset[Sight] = frozenset(Sight)


def _project(row: Row, _: Sight) -> Mapping[str, Any]:
    view: dict[str, Any] = {**project_view(row, None)}
    del view["userRole"]  # everybody's own
    return view


def _invitation(row: InvitationWithInviter, _: Sight) -> Mapping[str, Any]:
    view: dict[str, Any] = {**invitation_view(row, None)}
    del view["inviteUrl"]  # for whoever asks for it
    return view


_MEMBERS_ONLY = frozenset({Sight.MEMBER})
_PEOPLE = frozenset({Sight.MEMBER, Sight.READER})  # as with ``GET /projects/{id}/members``

RESOURCES: dict[str, Resource] = {
    "project": Resource(
        _project,
        load="""
        SELECT p.id, p.name, p.description, p.is_public, p.owner_id, p.member_count,
               p.collection_count, p.endpoint_count, p.revision, p.created_at, p.updated_at,
               p.settings, o.name AS owner_name, 0 AS is_member
        FROM projects p JOIN users o ON o.id = p.owner_id WHERE p.id = ?
        """,
        key="p.id",
    ),
    "collection": Resource(lambda row, _: collection_view(row), table="collections"),
    "endpoint": Resource(lambda row, _: endpoint_view(row), table="endpoints"),
    "environment": Resource(lambda row, _: environment_view(row), table="environments"),
    "flow": Resource(lambda row, _: flow_view(row), table="flows"),
    "member": Resource(
        lambda row, sight: member_view(row, shows_email=sight is Sight.MEMBER),
        load="""
        SELECT u.id, u.name, u.email, u.avatar_url, m.created_at, u.id = p.owner_id AS is_owner
        FROM members m JOIN users u ON u.id = m.user_id JOIN projects p ON p.id = m.project_id
        WHERE m.project_id = ?
        """,
        key="u.id",
        seen_by=_PEOPLE,
    ),
    "mcp_token": Resource(
        lambda row, _: token_view(row),
        load=f"SELECT {tokens.COLUMNS} FROM {tokens.SOURCE} WHERE t.project_id = ?",  # noqa: S608 - constants only
        key="t.id",
        seen_by=_MEMBERS_ONLY,
    ),
    "invitation": Resource(
        _invitation,
        load="""
        SELECT i.id, i.email, i.project_id, i.generation, i.created_at, i.expires_at,
               i.invited_by_id, u.name AS inviter_name
        FROM invitations i LEFT JOIN users u ON u.id = i.invited_by_id WHERE i.project_id = ?
        """,
        key="i.id",
        seen_by=_MEMBERS_ONLY,
    ),
}
"""By the type that audit entries name. A type that is not here has changes, but nothing to show."""


async def load_written(kind: Resource, project_id: str, some: Sequence[Span]) -> list[Row]:
    """Return those whose last change is in some spans: of a type whose rows carry its revision."""
    if kind.table is None or not some:
        return []
    return await rows(
        " UNION ALL ".join([f"SELECT * {within(kind.table)}"] * len(some)),
        *(value for span in some for value in (project_id, *span)),
    )


async def load_named(kind: Resource, project_id: str, ids: Sequence[str]) -> list[Row]:
    """Return those of the ids that are there."""
    if not ids:
        return []
    load = kind.load or f"SELECT * FROM {kind.table} WHERE project_id = ?"  # noqa: S608 - a table of ours
    return await rows(f"{load} AND {kind.key or 'id'} IN ({marks(ids)})", project_id, *ids)
