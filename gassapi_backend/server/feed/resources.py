"""How to load and show what changes are about: a row for each type of resource."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from gassapi_backend.clock import rfc3339
from gassapi_backend.database import Row, rows
from gassapi_backend.server.feed.schemas import Sight
from gassapi_backend.server.projects.schemas import project_view
from gassapi_backend.server.tokens.schemas import token_view

View = Callable[[Row, Sight], Mapping[str, Any]]


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


def _json(text: str | None) -> Any:
    return None if text is None else orjson.Fragment(text)


# At the merge: collections.schemas.collection_view
def _collection(row: Row, _: Sight) -> Mapping[str, Any]:
    return {
        "id": row["id"],
        "projectId": row["project_id"],
        "parentId": row["parent_id"],
        "name": row["name"],
        "description": row["description"],
        "position": row["position"],
        "endpointsCount": row["endpoint_count"],
        **_dated(row),
    }


# At the merge: endpoints.schemas.endpoint_view
def _endpoint(row: Row, _: Sight) -> Mapping[str, Any]:
    return {
        "id": row["id"],
        "projectId": row["project_id"],
        "collectionId": row["collection_id"],
        "name": row["name"],
        "method": row["method"],
        "url": row["url"],
        "description": row["description"],
        "position": row["position"],
        "headers": _json(row["headers"]),
        "params": _json(row["params"]),
        "body": _json(row["body"]),
        "bodyType": row["body_type"],
        "auth": _json(row["auth"]),
        "examples": _json(row["examples"]),
        "purpose": row["purpose"],
        "requestParams": _json(row["request_params"]),
        "responseSchema": _json(row["response_schema"]),
        "headerDocs": _json(row["header_docs"]),
        **_dated(row),
    }


# At the merge: environments.schemas.environment_view
def _environment(row: Row, _: Sight) -> Mapping[str, Any]:
    return {
        "id": row["id"],
        "projectId": row["project_id"],
        "name": row["name"],
        "description": row["description"],
        "isDefault": row["default_of"] is not None,
        "variables": [
            {**variable, "value": "••••", "hasValue": bool(variable.get("value"))}
            if variable.get("secret")
            else variable
            for variable in orjson.loads(row["variables"])
        ],
        **_dated(row),
    }


# At the merge: flows.schemas.flow_view
def _flow(row: Row, _: Sight) -> Mapping[str, Any]:
    return {
        "id": row["id"],
        "projectId": row["project_id"],
        "collectionId": row["collection_id"],
        "name": row["name"],
        "description": row["description"],
        "flowData": _json(row["flow_data"]),
        "flowInputs": _json(row["flow_inputs"]),
        "isActive": bool(row["is_active"]),
        **_dated(row),
    }


def _dated(row: Row) -> dict[str, Any]:
    return {
        "revision": row["revision"],
        "createdAt": rfc3339(row["created_at"]),
        "updatedAt": rfc3339(row["updated_at"]),
    }


# At the merge: members.schemas.member_view(row, shows_email=sight is Sight.MEMBER)
def _member(row: Row, sight: Sight) -> Mapping[str, Any]:
    return {
        "id": row["id"],
        "name": row["name"],
        "email": row["email"] if sight is Sight.MEMBER else None,
        "avatarUrl": row["avatar_url"],
        "role": "owner" if row["is_owner"] else "member",
        "joinedAt": rfc3339(row["created_at"]),
    }


# At the merge: members.schemas.invitation_view, without the link: it is for whoever asks for it
def _invitation(row: Row, _: Sight) -> Mapping[str, Any]:
    return {
        "id": row["id"],
        "email": row["email"],
        "projectId": row["project_id"],
        "createdAt": rfc3339(row["created_at"]),
        "expiresAt": rfc3339(row["expires_at"]),
    }


_MEMBERS_ONLY = frozenset({Sight.MEMBER})

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
    "collection": Resource(_collection, table="collections"),
    "endpoint": Resource(_endpoint, table="endpoints"),
    "environment": Resource(_environment, table="environments"),
    "flow": Resource(_flow, table="flows"),
    "member": Resource(
        _member,
        load="""
        SELECT u.id, u.name, u.email, u.avatar_url, m.created_at, u.id = p.owner_id AS is_owner
        FROM members m JOIN users u ON u.id = m.user_id JOIN projects p ON p.id = m.project_id
        WHERE m.project_id = ?
        """,
        key="u.id",
    ),
    "mcp_token": Resource(
        lambda row, _: token_view(row),
        load="""
        SELECT t.id, t.project_id, t.name, t.scope, t.prefix, t.created_at, t.last_validated_at,
               t.validation_count, t.revoked_at, t.revoked_reason, u.id AS creator_id,
               u.name AS creator_name
        FROM mcp_tokens t JOIN users u ON u.id = t.creator_id WHERE t.project_id = ?
        """,
        key="t.id",
        seen_by=_MEMBERS_ONLY,
    ),
    "invitation": Resource(
        _invitation,
        load="""
        SELECT i.id, i.email, i.project_id, i.created_at, i.expires_at
        FROM invitations i WHERE i.project_id = ?
        """,
        key="i.id",
        seen_by=_MEMBERS_ONLY,
    ),
}
"""By the type that audit entries name. A type that is not here has changes, but nothing to show."""


async def load_resources(
    kind: Resource, project_id: str, ids: list[str], after: int, up_to: int
) -> list[Row]:
    """Return those of the ids that are there, and those whose last change is in (after, up_to].

    One statement. The range is a branch of a union: with OR, MySQL reads the whole project.
    """
    marks = ", ".join("?" * len(ids))
    if kind.table is None:
        return await rows(f"{kind.load} AND {kind.key} IN ({marks})", project_id, *ids)
    wanted = f"SELECT id FROM {kind.table} WHERE project_id = ? AND revision > ? AND revision <= ?"  # noqa: S608 - a table of ours
    if ids:
        wanted += f" UNION SELECT id FROM {kind.table} WHERE id IN ({marks})"  # noqa: S608 - as above
    return await rows(
        f"SELECT r.* FROM ({wanted}) w JOIN {kind.table} r ON r.id = w.id WHERE r.project_id = ?",  # noqa: S608 - as above
        project_id,
        after,
        up_to,
        *ids,
        project_id,
    )
