"""How to load and show what changes are about: a row for each type of resource."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from gassapi_backend.database import Row, rows
from gassapi_backend.server.collections.schemas import collection_view
from gassapi_backend.server.endpoints.schemas import endpoint_view
from gassapi_backend.server.environments.schemas import environment_view
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


async def load_resources(
    kind: Resource, project_id: str, ids: list[str], after: int, up_to: int, without: list[int]
) -> list[Row]:
    """Return those of the ids that are there, and those whose last change is in (after, up_to].

    ``without`` are revisions of changes that are too large to be sent, few of them. One statement.
    Each range between those is a branch of a union: with OR, MySQL reads the whole project, and
    with NOT IN all that is left out is gone through.
    """
    if kind.table is None:
        return await rows(f"{kind.load} AND {kind.key} IN ({marks(ids)})", project_id, *ids)
    edges = [after, *sorted(one for one in without if one <= up_to), up_to + 1]
    ranges = [(start, end) for start, end in pairwise(edges) if end > start + 1]
    within = f"SELECT id FROM {kind.table} WHERE project_id = ? AND revision > ? AND revision < ?"  # noqa: S608 - a table of ours
    named = f"SELECT id FROM {kind.table} WHERE id IN ({marks(ids)})"  # noqa: S608 - as above
    wanted = " UNION ".join([within] * len(ranges) + [named] * bool(ids or not ranges))
    return await rows(
        f"SELECT r.* FROM ({wanted}) w JOIN {kind.table} r ON r.id = w.id WHERE r.project_id = ?",  # noqa: S608 - as above
        *(value for start, end in ranges for value in (project_id, start, end)),
        *ids,
        project_id,
    )
