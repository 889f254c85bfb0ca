"""Every write to projects."""

from collections.abc import Callable
from typing import Any

import orjson
from tortoise.models import Model

from gassapi_backend.clock import now, stored
from gassapi_backend.database import Row, execute, search
from gassapi_backend.database.statements import inserts
from gassapi_backend.models import (
    Collection,
    Endpoint,
    Environment,
    Flow,
    Invitation,
    McpToken,
    Member,
    Origin,
    Project,
    User,
    new_id,
    search_key,
)
from gassapi_backend.server.access.callers import Actor
from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.access.queries import load_project
from gassapi_backend.server.changes.change import Change, change
from gassapi_backend.server.environments.rows import new_row as new_environment
from gassapi_backend.server.errors import Conflict, Invalid, NotFound
from gassapi_backend.server.items.bulk import add_item
from gassapi_backend.server.items.sizes import size_of_project
from gassapi_backend.server.limits.quotas import require
from gassapi_backend.server.projects.queries import (
    any_namesake,
    count_of_projects,
    likely_namesakes,
)
from gassapi_backend.server.projects.rows import new_member, new_row
from gassapi_backend.server.projects.schemas import (
    NewProject,
    ProjectChanges,
    check_settings,
    merged,
    project_view,
    settings_answer,
)
from gassapi_backend.server.web.etags import ANY_REVISION, IfMatch, stale

FIRST_ENVIRONMENT = "Development"
COUNTS = ("member_count", "collection_count", "endpoint_count", "flow_count", "size")
CONTENTS: tuple[type[Model], ...] = (  # those first that refer to others
    Flow,
    Endpoint,
    Collection,
    Invitation,
    McpToken,
    Environment,
    Origin,
    Member,
)


async def create_project(
    actor: Actor, new: NewProject, *, owner_id: str | None = None
) -> tuple[Project, bool]:
    """Create a project, its owner's membership and its default environment.

    Returns it, and whether they owned another of that name (without case). ``owner_id`` is for the
    console, which cannot own a project itself: raises ``NotFound`` where there is no such account,
    and ``Conflict`` for a deactivated one.
    """
    owner_id = owner_id or actor.user_id

    async def create(made: Change) -> tuple[Project, bool]:
        _check_owner(made.accounts.get(owner_id))
        counted, namesakes = made.answers
        require_room_for_project(counted)
        moment = stored(now())
        row = new_row(
            new_id(),
            owner_id=owner_id,
            name=new.name,
            description=new.description,
            is_public=new.is_public,
            moment=moment,
        )
        project = made.begin_project(row)
        made.record("project_created", "project", project.id, project.name)
        environment_id, name = new_id(), FIRST_ENVIRONMENT
        environment = new_environment(
            environment_id,
            project_id=project.id,
            name=name,
            is_default=True,
            revision=made.record("environment_created", "environment", environment_id, name),
            moment=moment,
        )
        member = new_member(
            new_id(), project_id=project.id, user_id=project.owner_id, moment=moment
        )
        made.later(*inserts("members", [member]))
        add_item(made, "environments", environment)
        return project, any_namesake(namesakes, new.name)

    return await change(
        actor,
        None,
        Permission.SIGNED_IN,
        create,
        accounts=[owner_id],
        asks=[count_of_projects(owner_id), likely_namesakes(owner_id, new.name)],
        is_whole=False,
    )


def require_room_for_project(counted: list[Row]) -> None:
    """Raise ``Conflict`` where somebody, whose account is locked, owns as many as they may.

    ``counted`` is what ``count_of_projects()`` brought.
    """
    require(
        "person_max_projects",
        counted[0]["n"] + 1,
        so="One person can own {limit} projects",
        now="Delete one, or hand one over to somebody else.",
    )


def _check_owner(user: User | None) -> None:
    if user is None:
        raise NotFound("There is no such account.")
    if not user.is_active:
        raise Conflict("This account is deactivated: it cannot own the project.")


async def update_project(
    actor: Actor, project_id: str, changes: ProjectChanges, if_match: IfMatch
) -> Project:
    """Change a project's name, description, visibility or settings."""
    wanted = changes.model_fields_set
    if "settings" in wanted:
        check_settings(changes.settings)

    async def update(made: Change) -> Project:
        project = made.locked_project
        await _require(if_match, actor, project)
        fields = sorted(
            field
            for field in wanted
            if orjson.dumps(getattr(changes, field)) != orjson.dumps(getattr(project, field))
        )  # as JSON, where 1, 1.0 and true differ
        if fields:
            for field in fields:
                setattr(project, field, getattr(changes, field))
            project.name_key = search_key(project.name)
            made.save_project(*fields, "name_key")
            made.record("project_updated", "project", project.id, project.name, fields=fields)
            if "is_public" in fields:
                made.ends_access()
        return project

    return await change(actor, project_id, Permission.EDIT_PROJECT, update)


async def replace_settings(
    actor: Actor, project_id: str, settings: dict[str, Any], if_match: IfMatch
) -> Project:
    """Put other settings in the place of a project's."""
    return await _change_settings(actor, project_id, lambda _: settings, if_match)


async def patch_settings(
    actor: Actor, project_id: str, patch: dict[str, Any], if_match: IfMatch
) -> Project:
    """Merge a patch (RFC 7396) into a project's settings as they are then.

    Patches of different keys, made at once, are all kept.
    """
    return await _change_settings(actor, project_id, lambda old: merged(old, patch), if_match)


async def _change_settings(
    actor: Actor,
    project_id: str,
    new: Callable[[dict[str, Any]], dict[str, Any]],
    if_match: IfMatch,
) -> Project:

    async def put(made: Change) -> Project:
        project = made.locked_project
        if if_match.misses(project.revision):
            raise stale(settings_answer(orjson.dumps(project.settings), project.revision))
        settings = new(project.settings)
        if orjson.dumps(settings) == orjson.dumps(project.settings):  # as in update_project
            return project
        check_settings(settings)
        project.settings = settings
        made.save_project("settings")
        made.record("project_updated", "project", project.id, project.name, fields=["settings"])
        return project

    return await change(actor, project_id, Permission.EDIT_PROJECT, put)


async def transfer_project(
    actor: Actor, project_id: str, user_id: str, if_match: IfMatch = ANY_REVISION
) -> tuple[Project, User]:
    """Hand a project over to one of its members; return it and its new owner.

    The old owner stays a member. Raises ``Invalid`` for somebody who is no member, and ``Conflict``
    for a deactivated account, for the owner, and for somebody who owns too many projects.
    """

    async def transfer(made: Change) -> tuple[Project, User]:
        project = made.locked_project
        await _require(if_match, actor, project)
        user = await User.filter(id=user_id, memberships__project_id=project_id).first()
        if user is None:
            raise Invalid.field("userId", "This is no member of the project. Invite them first.")
        if user.id == project.owner_id:
            raise Conflict("The project is already theirs.")
        if not user.is_active:
            raise Conflict("This account is deactivated: it cannot own the project.")
        require_room_for_project(made.answers[0])
        old, project.owner_id = project.owner_id, user.id
        made.save_project("owner_id")
        made.record(
            "project_transferred",
            "project",
            project.id,
            project.name,
            fromUserId=old,
            toUserId=user.id,
        )
        made.ends_access()
        return project, user

    return await change(
        actor,
        project_id,
        Permission.TRANSFER,
        transfer,
        accounts=[user_id],
        asks=[count_of_projects(user_id)],
    )


async def delete_project(actor: Actor, project_id: str, if_match: IfMatch = ANY_REVISION) -> None:
    """Delete a project and everything in it; its audit entries stay.

    Table by table, and collections cut loose from each other first: MySQL 9.7 refuses a cascade
    through three levels of them (error 6575).
    """

    async def delete(made: Change) -> None:
        project = made.locked_project
        await _require(if_match, actor, project)
        await erase_project(made, project)

    await change(actor, project_id, Permission.DELETE_PROJECT, delete)


async def erase_project(made: Change, project: Project) -> None:
    """Delete a locked project within an open change."""
    made.record("project_deleted", "project", project.id, project.name, in_project=project)
    made.end_chain(project)
    made.ends_access()
    # MySQL 9 gives up where foreign keys would take a tree with many branches along
    await Collection.filter(project_id=project.id).update(parent_id=None)
    for model in CONTENTS:
        await model.filter(project_id=project.id).delete()
    await project.delete()


async def _require(if_match: IfMatch, actor: Actor, project: Project) -> None:
    if if_match.misses(project.revision):
        row = await load_project(project.id, actor.caller.user_id)
        raise stale(row and project_view(row, actor.caller.user_id))


async def recount_project(actor: Actor, project_id: str) -> None:
    """Set a project's counts, those of its collections, and what is searched to what there is."""

    async def recount(made: Change) -> None:
        project = made.locked_project
        project.member_count = await Member.filter(project_id=project_id).count()
        project.collection_count = await Collection.filter(project_id=project_id).count()
        project.endpoint_count = await Endpoint.filter(project_id=project_id).count()
        project.flow_count = await Flow.filter(project_id=project_id).count()
        project.size = await size_of_project(project_id)
        made.save_project(*COUNTS)
        await execute(
            "UPDATE collections SET endpoint_count = (SELECT COUNT(*) FROM endpoints e "
            "WHERE e.collection_id = collections.id) WHERE project_id = ?",
            project_id,
        )
        await search.rebuild(project_id)
        made.record("project_recounted", "project", project.id, project.name)

    await change(actor, project_id, Permission.EDIT_PROJECT, recount)
