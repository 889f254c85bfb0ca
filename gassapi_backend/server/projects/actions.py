"""Every write to projects."""

from gassapi_backend.models import Environment, McpToken, Member, Project, folded, name_hash, new_id
from gassapi_backend.server.changes import Change, change
from gassapi_backend.server.identity import Actor
from gassapi_backend.server.preconditions import ANY_REVISION, IfMatch, stale
from gassapi_backend.server.projects.queries import load_project
from gassapi_backend.server.projects.schemas import (
    NewProject,
    ProjectChanges,
    check_settings,
    project_view,
)

FIRST_ENVIRONMENT = "Development"


async def create_project(actor: Actor, new: NewProject) -> Project:
    """Create a project, its owner's membership and its default environment."""
    project = Project(
        id=new_id(),
        owner_id=actor.user_id,
        name=new.name,
        name_key=folded(new.name),
        description=new.description,
        is_public=new.is_public,
    )
    environment = Environment(
        id=new_id(),
        project_id=project.id,
        name=FIRST_ENVIRONMENT,
        name_hash=name_hash(FIRST_ENVIRONMENT),
        default_of=project.id,
    )
    async with change(actor, project) as made:
        made.record("project_created", "project", project.id, project.name)
        environment.revision = made.record(
            "environment_created", "environment", environment.id, environment.name
        )
        await project.save(force_create=True)
        await Member.create(project_id=project.id, user_id=actor.user_id)
        await environment.save(force_create=True)
    return project


async def update_project(
    actor: Actor, project_id: str, changes: ProjectChanges, if_match: IfMatch
) -> Project:
    """Change a project's name, description, visibility or settings."""
    fields = sorted(changes.model_fields_set)
    if "settings" in fields:
        check_settings(changes.settings)
    async with change(actor, project_id) as made:
        project = made.locked_project
        await _require(if_match, actor, project)
        if fields:
            for field in fields:
                setattr(project, field, getattr(changes, field))
            project.name_key = folded(project.name)
            made.save_project(*fields, "name_key")
            made.record("project_updated", "project", project.id, project.name, fields=fields)
            if "is_public" in fields:
                made.ends_access()
    return project


async def delete_project(actor: Actor, project_id: str, if_match: IfMatch = ANY_REVISION) -> None:
    """Delete a project and everything in it; its audit entries stay."""
    async with change(actor, project_id) as made:
        project = made.locked_project
        await _require(if_match, actor, project)
        await erase_project(made, project)


async def erase_project(made: Change, project: Project) -> None:
    """Delete a locked project within an open change."""
    made.record("project_deleted", "project", project.id, project.name, in_project=project)
    made.ends_access()
    await McpToken.filter(project_id=project.id).delete()
    await Environment.filter(project_id=project.id).delete()
    await Member.filter(project_id=project.id).delete()
    await project.delete()


async def _require(if_match: IfMatch, actor: Actor, project: Project) -> None:
    if if_match.misses(project.revision):
        row = await load_project(project.id, actor.caller.user_id)
        raise stale(row and project_view(row, actor.caller.user_id))


async def recount_project(actor: Actor, project_id: str) -> None:
    """Set a project's counts to what there is."""
    async with change(actor, project_id) as made:
        project = made.locked_project
        project.member_count = await Member.filter(project_id=project_id).count()
        made.save_project("member_count")
        made.record("project_recounted", "project", project.id, project.name)
