"""What a caller names, and whether they may: asked by HTTP, MCP tools and commands alike."""

from collections import OrderedDict
from typing import NamedTuple

from gassapi_backend.database import Row, row
from gassapi_backend.models import is_id
from gassapi_backend.server.access.callers import Actor, Caller
from gassapi_backend.server.access.decisions import role_for
from gassapi_backend.server.access.permissions import Permission, Role
from gassapi_backend.server.access.queries import load_project
from gassapi_backend.server.errors import NotFound

SUBJECTS = {
    "collection_id": "collections",
    "endpoint_id": "endpoints",
    "environment_id": "environments",
    "flow_id": "flows",
}
"""Parameters that name something in a project, and the table it is in."""

_OF_PROJECT = ("owner_id", "is_public", "audit_hash", "is_member")
_LOAD = """
SELECT s.*, p.owner_id, p.is_public, p.audit_hash, m.id IS NOT NULL AS is_member
FROM {table} s
JOIN projects p ON p.id = s.project_id
LEFT JOIN members m ON m.project_id = p.id AND m.user_id = ?
WHERE s.id = ?
"""
_LOADS = {parameter: _LOAD.format(table=table) for parameter, table in SUBJECTS.items()}
_LOAD_COLLECTION = """
SELECT s.*, p.owner_id, p.is_public, p.audit_hash, m.id IS NOT NULL AS is_member,
  n.id AS newest_id, n.revision AS newest_revision, n.updated_at AS newest_at
FROM collections s
JOIN projects p ON p.id = s.project_id
LEFT JOIN members m ON m.project_id = p.id AND m.user_id = ?
LEFT JOIN endpoints n ON n.id = (
  SELECT e.id FROM endpoints e WHERE e.collection_id = s.id ORDER BY e.revision DESC LIMIT 1
)
WHERE s.id = ?
"""


KNOWN = 4_000  # things and callers that are remembered, half a kilobyte each


class EnteredBefore:
    """Who was let in to write what, and in which project that is, which never changes.

    It lets nobody in: it says where to begin to whoever decides later.
    """

    def __init__(self) -> None:
        self._projects: OrderedDict[tuple[str | None, str | None, str], str] = OrderedDict()

    def note(self, caller: Caller, subject_id: str, project_id: str) -> None:
        """Remember that a caller was let in."""
        self._projects[caller.user_id, caller.token_id, subject_id] = project_id
        if len(self._projects) > KNOWN:
            self._projects.popitem(last=False)

    def project_of(self, caller: Caller, subject_id: str) -> str | None:
        """Return the project in which the caller was let in to this; ``None`` if not remembered."""
        key = caller.user_id, caller.token_id, subject_id
        if (project_id := self._projects.get(key)) is not None:
            self._projects.move_to_end(key)
        return project_id


class Entered(NamedTuple):
    """A caller who was let into a project, as ``role``, and what they named there.

    ``project`` is the project's row, or, where something in it was named, what decides about access
    to it: ``id``, ``owner_id``, ``is_public``, ``audit_hash`` and ``is_member``. ``subject`` is the
    row of what was named, with the same columns; of a collection that is read, also ``newest_id``,
    ``newest_revision`` and ``newest_at``: the endpoint in it that was written last.
    """

    actor: Actor
    role: Role
    project: Row
    subject: Row | None = None


async def enter(
    actor: Actor, permission: Permission, parameter: str, named: str, *, is_counted: bool = False
) -> Entered:
    """Load what a caller named, if they have the permission in its project.

    ``parameter`` says what it is: ``project_id``, or one of ``SUBJECTS``. ``is_counted`` is for
    ``load_project()``. Raises ``NotFound`` where there is no such thing, ``Forbidden`` where there
    is one.
    """
    if parameter == "project_id":
        project = await _project(actor, named, is_counted=is_counted)
        return Entered(actor, role_for(actor.caller, permission, project), project)
    subject = await _subject(actor, permission, parameter, named)
    project = {
        "id": subject["project_id"],
        **{column: subject[column] for column in _OF_PROJECT},
    }
    return Entered(actor, role_for(actor.caller, permission, project), project, subject)


async def _project(actor: Actor, project_id: str, *, is_counted: bool) -> Row:
    if not is_id(project_id):
        raise NotFound("There is no such project.")
    found = await load_project(project_id, actor.caller.user_id, is_counted=is_counted)
    if found is None:
        raise NotFound("There is no such project.")
    return found


async def _subject(actor: Actor, permission: Permission, parameter: str, subject_id: str) -> Row:
    reads_collection = parameter == "collection_id" and permission is Permission.READ
    sql = _LOAD_COLLECTION if reads_collection else _LOADS[parameter]
    found = await row(sql, actor.caller.user_id, subject_id) if is_id(subject_id) else None
    if found is None:
        raise NotFound(f"There is no such {parameter.removesuffix('_id')}.")
    return found
