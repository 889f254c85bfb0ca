"""What a path names: loaded by one query each, and let through or not."""

from aiohttp import web

from gassapi_backend.models import is_id
from gassapi_backend.server.access import Permission, Role, allows
from gassapi_backend.server.errors import Forbidden, NotFound
from gassapi_backend.server.keys import ACTOR, PROJECT, ROLE
from gassapi_backend.server.projects.queries import load_project
from gassapi_backend.server.projects.schemas import role_in


async def enter_project(request: web.Request, permission: Permission, project_id: str) -> None:
    """Load a project for the handler if the caller has the permission in it.

    Raises ``NotFound`` where there is none, ``Forbidden`` where there is one.
    """
    caller = request[ACTOR].caller
    row = await load_project(project_id, caller.user_id) if is_id(project_id) else None
    if row is None:
        raise NotFound("There is no such project.")
    role = role_in(row, caller.user_id)
    if caller.scope is not None and caller.project_id != project_id:
        role = Role.STRANGER
    if not allows(role, permission, caller.scope):
        raise Forbidden("You may not do this in this project.")
    request[PROJECT] = row
    request[ROLE] = role
