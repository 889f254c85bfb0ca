"""What goes in and out about projects."""

from collections.abc import Callable
from functools import lru_cache
from operator import itemgetter
from typing import Annotated, Any, ClassVar, Literal

import orjson
from pydantic import Field, StringConstraints
from typing_extensions import TypedDict

from gassapi_backend.clock import rfc3339
from gassapi_backend.database import Row
from gassapi_backend.models import Project
from gassapi_backend.server.environments.schemas import MAX_ENVIRONMENTS
from gassapi_backend.server.errors import Invalid
from gassapi_backend.server.limits.quotas import MB, quotas
from gassapi_backend.server.names import Name
from gassapi_backend.server.web.bodies import (
    JSON,
    MERGE_PATCH,
    AnyObject,
    Body,
    Id,
    Page,
    Pagination,
    optional,
)
from gassapi_backend.server.web.etags import Resource, as_loaded

MAX_SETTINGS = 64_000
KEPT = 1_000  # projects whose JSON is kept, some kilobytes each

Description = Annotated[str, StringConstraints(max_length=1000)]


class NewProject(Body):
    """A project to create."""

    name: Name
    description: Description | None = None
    is_public: bool = False


class ProjectChanges(Body):
    """What members may change about a project."""

    name: Name = optional()
    description: Description | None = optional()
    is_public: bool = optional()
    settings: dict[str, Any] = optional()


class NewSettings(AnyObject):
    """The settings that take the place of all there are; at most 64 KB."""


class SettingsPatch(AnyObject):
    """A JSON merge patch (RFC 7396) of the settings; `null` removes a key."""

    media_types: ClassVar[tuple[str, ...]] = (JSON, MERGE_PATCH)


class Transfer(Body):
    """Which member a project is handed over to."""

    user_id: Id


class Deletion(Body):
    """Optional proof that the deletion is meant."""

    confirmation: Literal["DELETE_PROJECT"] = optional()


class ProjectSearch(Page):
    """Which of your projects to list, and in which order."""

    search: Annotated[str, StringConstraints(max_length=255)] | None = None
    role: Literal["owner", "member"] | None = None
    sort: Literal["name", "created_at", "updated_at"] = "updated_at"
    order: Literal["asc", "desc"] | None = Field(
        default=None, description="Names ascend and times descend unless told otherwise."
    )


class ProjectSummary(TypedDict):
    """A project as lists show it."""

    id: str
    name: str
    description: str | None
    isPublic: bool
    ownerId: str
    ownerName: str
    userRole: Literal["owner", "member"] | None
    memberCount: int
    collectionCount: int
    endpointCount: int
    revision: int
    createdAt: str
    updatedAt: str


class ProjectView(ProjectSummary):
    """A project with its settings."""

    settings: dict[str, Any]


class ProjectAnswer(TypedDict):
    """One project."""

    project: ProjectView


class NewProjectAnswer(ProjectAnswer):
    """A project that was created; ``warnings`` are sentences about what may not have been meant."""

    warnings: list[str]


class Quota(TypedDict):
    """How much there is of something, and how much there can be."""

    used: int
    limit: int


class Usage(TypedDict):
    """What a project holds, beside the limits of this server."""

    bytes: Quota
    collections: Quota
    endpoints: Quota
    environments: Quota
    flows: Quota
    members: Quota
    tokens: Quota


class ShownProject(ProjectAnswer):
    """One project, and how much more it can hold."""

    usage: Usage


class SettingsAnswer(TypedDict):
    """A project's settings, and the project's revision."""

    settings: dict[str, Any]
    revision: int


class ProjectsAnswer(TypedDict):
    """A page of projects."""

    projects: list[ProjectSummary]
    pagination: Pagination


def project_summary(row: Row, user_id: str | None) -> ProjectSummary:
    """Show a project in a list."""
    return {
        "id": row["id"],
        "name": row["name"],
        "description": row["description"],
        "isPublic": bool(row["is_public"]),
        "ownerId": row["owner_id"],
        "ownerName": row["owner_name"],
        "userRole": "owner"
        if row["owner_id"] == user_id
        else ("member" if row["is_member"] else None),
        "memberCount": row["member_count"],
        "collectionCount": row["collection_count"],
        "endpointCount": row["endpoint_count"],
        "revision": row["revision"],
        "createdAt": rfc3339(row["created_at"]),
        "updatedAt": rfc3339(row["updated_at"]),
    }


def listed_project(row: Row, user_id: str) -> ProjectSummary:
    """Show a project in a list, as JSON text that is kept for as long as all in it is the same."""
    return orjson.Fragment(_as_json(_listed(row), user_id))  # type: ignore[return-value]  # JSON text


_LISTED = (
    *("id", "name", "description", "is_public", "owner_id", "owner_name", "is_member"),
    *("member_count", "collection_count", "endpoint_count", "revision", "created_at", "updated_at"),
)
_listed: Callable[[Row], tuple[Any, ...]] = itemgetter(*_LISTED)


@lru_cache(maxsize=KEPT)
def _as_json(values: tuple[Any, ...], user_id: str) -> bytes:
    return orjson.dumps(project_summary(dict(zip(_LISTED, values, strict=True)), user_id))


def project_view(row: Row, user_id: str | None) -> ProjectView:
    """Show a project; its settings go through as they are stored."""
    return {
        **project_summary(row, user_id),
        "settings": orjson.Fragment(row["settings"]),  # type: ignore[typeddict-item]  # JSON text
    }


def usage_view(row: Row) -> Usage:
    """Show what a project, loaded with all its counts, holds beside the limits in force."""
    limits = quotas()
    return {
        "bytes": {"used": row["size"], "limit": limits.project_max_mb * MB},
        "collections": {
            "used": row["collection_count"],
            "limit": limits.project_max_collections,
        },
        "endpoints": {"used": row["endpoint_count"], "limit": limits.project_max_endpoints},
        "environments": {"used": row["environment_count"], "limit": MAX_ENVIRONMENTS},
        "flows": {"used": row["flow_count"], "limit": limits.project_max_flows},
        "members": {"used": row["member_count"], "limit": limits.project_max_members},
        "tokens": {"used": row["token_count"], "limit": limits.project_max_tokens},
    }


def settings_answer(settings: str | bytes, revision: int) -> SettingsAnswer:
    """Show a project's settings as they are stored."""
    return {"settings": orjson.Fragment(settings), "revision": revision}  # type: ignore[typeddict-item]  # JSON text


def merged(target: Any, patch: Any) -> Any:
    """Return the result of a JSON merge patch (RFC 7396, section 2).

    Goes as deep as the patch does: ``MAX_DEPTH`` at most.
    """
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


def check_settings(settings: dict[str, Any]) -> None:
    """Raise ``Invalid`` for settings larger than ``MAX_SETTINGS`` bytes of JSON."""
    if len(orjson.dumps(settings)) > MAX_SETTINGS:
        raise Invalid.field("settings", f"They are larger than {MAX_SETTINGS // 1000} KB.")


def row_of(project: Project, *, owner_name: str, is_member: bool) -> Row:
    """Return a project that was just written in the form in which it is read."""
    return {
        "id": project.id,
        "name": project.name,
        "description": project.description,
        "is_public": project.is_public,
        "owner_id": project.owner_id,
        "owner_name": owner_name,
        "is_member": is_member,
        "member_count": project.member_count,
        "collection_count": project.collection_count,
        "endpoint_count": project.endpoint_count,
        "flow_count": project.flow_count,
        "size": project.size,
        "revision": project.revision,
        "created_at": project.created_at,
        "updated_at": project.updated_at,
        "settings": orjson.dumps(project.settings),
    }


RESOURCE = Resource("project", beside=("ownerName", "userRole"), of_row=project_summary)
SETTINGS = Resource("", of_row=as_loaded)
