"""What a path names: loaded by one query each, and let through or not."""

from aiohttp import web

from gassapi_backend.database import Row, row
from gassapi_backend.models import is_id
from gassapi_backend.server.access.permissions import Permission, Role, allows, role_in
from gassapi_backend.server.access.queries import load_project
from gassapi_backend.server.errors import Forbidden, NotFound
from gassapi_backend.server.web.state import ACTOR, PROJECT, ROLE, SUBJECT

SUBJECTS = {
    "collection_id": "collections",
    "endpoint_id": "endpoints",
    "environment_id": "environments",
    "flow_id": "flows",
}
"""Path parameters that name something in a project, and the table it is in."""

_LOAD = """
SELECT s.*, p.owner_id, p.is_public, p.audit_hash, m.id IS NOT NULL AS is_member
FROM {table} s
JOIN projects p ON p.id = s.project_id
LEFT JOIN members m ON m.project_id = p.id AND m.user_id = ?
WHERE s.id = ?
"""


async def enter_project(request: web.Request, permission: Permission, project_id: str) -> None:
    """Load a project for the handler, as ``PROJECT``, if the caller has the permission in it.

    Raises ``NotFound`` where there is none, ``Forbidden`` where there is one.
    """
    user_id = request[ACTOR].caller.user_id
    found = await load_project(project_id, user_id) if is_id(project_id) else None
    if found is None:
        raise NotFound("There is no such project.")
    _enter(request, permission, found, project_id)
    request[PROJECT] = found


async def enter_subject(
    request: web.Request, permission: Permission, parameter: str, subject_id: str
) -> None:
    """Load what a path parameter names, as ``SUBJECT``, if the caller has the permission there.

    The row is the table's, with the ``owner_id``, ``is_public``, ``audit_hash`` and ``is_member``
    of its project.
    Raises ``NotFound`` where there is none, ``Forbidden`` where there is one.
    """
    user_id = request[ACTOR].caller.user_id
    sql = _LOAD.format(table=SUBJECTS[parameter])
    found = await row(sql, user_id, subject_id) if is_id(subject_id) else None
    if found is None:
        raise NotFound(f"There is no such {parameter.removesuffix('_id')}.")
    _enter(request, permission, found, found["project_id"])
    request[SUBJECT] = found


def _enter(request: web.Request, permission: Permission, found: Row, project_id: str) -> None:
    caller = request[ACTOR].caller
    role = role_in(found, caller.user_id)
    if caller.scope is not None and caller.project_id != project_id:
        role = Role.STRANGER
    if not allows(role, permission, caller.scope):
        raise Forbidden("You may not do this in this project.")
    request[ROLE] = role
