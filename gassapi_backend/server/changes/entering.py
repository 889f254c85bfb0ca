"""What comes first in a change: locking what it is about, and deciding whether to go on."""

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from gassapi_backend.database import Statement
from gassapi_backend.models import Project, is_id
from gassapi_backend.server.access.callers import Actor, Kind
from gassapi_backend.server.access.decisions import Standing, check_kind, check_standing, role_for
from gassapi_backend.server.access.permissions import ABOUT_NO_PROJECT, Permission, Role
from gassapi_backend.server.access.session_tokens import invalid_token
from gassapi_backend.server.changes.locks import LockedAccount, lock_account, lock_project
from gassapi_backend.server.changes.recording import Change
from gassapi_backend.server.errors import NotFound


class Subjects(NamedTuple):
    """What a change is about, as ``change()`` takes it.

    ``project_ids`` are all projects, in the order in which everybody locks them.
    """

    project_id: str | None
    reads: str | None
    project_ids: Sequence[str]
    accounts: Collection[str]
    asks: Sequence[Statement]
    is_whole: bool


def project_ids(project_id: str | None, reads: str | None, also: Iterable[str]) -> Sequence[str]:
    """Return all projects that a change is about, in the order in which everybody locks them."""
    found = {project_id, reads, *also}
    return sorted([one for one in found if one is not None])


async def enter(made: Change, permission: Permission, subjects: Subjects) -> None:
    """Lock projects and then accounts, and let the actor in or not. Raises as ``change()`` does."""
    is_decided = made.actor.caller.kind is not Kind.CONSOLE and permission is not Permission.PUBLIC
    own_id = made.actor.user_id if is_decided and subjects.project_id is None else None
    wanted = {user_id for user_id in subjects.accounts if is_id(user_id)}
    account_ids = sorted(wanted | {own_id}) if own_id else sorted(wanted)
    last = (account_ids or subjects.project_ids or [""])[-1]
    for project_id in subjects.project_ids:
        asks = subjects.asks if project_id == last else ()
        await _enter_project(made, project_id, permission if is_decided else None, subjects, asks)
    own = None
    for user_id in account_ids:
        session_id = made.actor.caller.session_id if user_id == own_id else None
        asks = subjects.asks if user_id == last else ()
        if locked := await lock_account(user_id, session_id, asks=asks):
            made.accounts[user_id] = locked.user
            made.answers = locked.answers
            own = locked if user_id == own_id else own
    if own_id:
        _check_account(made.actor, permission, own)


async def _enter_project(
    made: Change,
    project_id: str,
    permission: Permission | None,
    subjects: Subjects,
    asks: Sequence[Statement],
) -> None:
    """``permission`` is that which is to be asked for; ``None`` where anybody may."""
    is_subject, is_read = project_id == subjects.project_id, project_id == subjects.reads
    is_named = is_subject or is_read
    caller = made.actor.caller if permission and is_named else None
    locked = await lock_project(
        project_id, caller, for_reading=is_read, is_whole=subjects.is_whole, asks=asks
    )
    if locked is None:
        if is_named:
            raise await _gone(made.actor, project_id, asks=caller is not None)
        return
    made.answers = locked.answers
    role = None
    if permission and locked.standing:
        role = _role(made.actor, permission, locked.project, locked.standing)
    if not is_read:
        made.take(locked.project, is_subject=is_subject)
        made.role = role if is_subject else made.role


def _role(
    actor: Actor, permission: Permission, project: Project, standing: Standing
) -> Role | None:
    """Return what the actor is to a locked project, unless they may not go on."""
    caller = actor.caller
    if caller.project_id in (None, project.id):  # else its token is for another project
        check_standing(caller, standing)
    check_kind(caller, permission, is_admin=standing.is_admin)
    if permission in ABOUT_NO_PROJECT:
        return None
    facts = {
        "id": project.id,
        "owner_id": project.owner_id,
        "is_public": project.is_public,
        "is_member": standing.is_member,
    }
    return role_for(caller, permission, facts)


def _check_account(actor: Actor, permission: Permission, own: LockedAccount | None) -> None:
    if own is None:
        raise invalid_token()
    user = own.user
    standing = Standing(own.is_current, bool(user.is_active), bool(user.is_admin))
    check_standing(actor.caller, standing)
    check_kind(actor.caller, permission, is_admin=standing.is_admin)


async def _gone(actor: Actor, project_id: str, *, asks: bool) -> Exception:
    """Return the refusal for a project that is gone, or for a caller who is gone too."""
    caller = actor.caller
    if asks and caller.project_id == project_id:
        return invalid_token()  # it went with the project
    if asks and caller.kind is Kind.USER:
        _check_account(
            actor, Permission.PUBLIC, await lock_account(actor.user_id, caller.session_id)
        )
    return NotFound("There is no such project.")
