"""What comes first in a change: locking what it is about, and deciding whether to go on."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from gassapi_backend.database import Row, Statement, together
from gassapi_backend.database.following import Opening
from gassapi_backend.models import Project, is_id
from gassapi_backend.server.access.callers import Actor, Kind
from gassapi_backend.server.access.decisions import Standing, check_kind, check_standing, role_for
from gassapi_backend.server.access.permissions import ABOUT_NO_PROJECT, Permission, Role
from gassapi_backend.server.access.session_tokens import invalid_token
from gassapi_backend.server.changes.locks import (
    LockedAccount,
    account_lock,
    locked_account,
    locked_project,
    project_lock,
)
from gassapi_backend.server.changes.recording import Change
from gassapi_backend.server.errors import NotFound


class Subjects(NamedTuple):
    """What a change is about, as ``change()`` takes it.

    ``project_ids`` and ``account_ids`` are all that is locked, in the order in which everybody
    does. ``permission`` is to be asked for, ``None`` where anybody may; by the account ``own_id``,
    outside projects.
    """

    project_id: str | None
    reads: str | None
    project_ids: Sequence[str]
    account_ids: Sequence[str]
    own_id: str | None
    permission: Permission | None
    asks: Sequence[Statement]
    is_whole: bool
    is_brief: bool

    @property
    def turns(self) -> Sequence[str]:
        """Names of all that is locked, in that order; people may say ids of the wrong kind."""
        return [*self.project_ids, *[f"account {user_id}" for user_id in self.account_ids]]


def subjects_of(
    actor: Actor,
    permission: Permission,
    project_id: str | None,
    *,
    reads: str | None,
    also: Iterable[str],
    accounts: Iterable[str],
    asks: Iterable[Statement],
    is_whole: bool,
    is_brief: bool,
) -> Subjects:
    """Return what a change is about, all of it in the order in which everybody locks it."""
    is_decided = actor.caller.kind is not Kind.CONSOLE and permission is not Permission.PUBLIC
    own_id = actor.user_id if is_decided and project_id is None else None
    projects = {one for one in (project_id, reads, *also) if one is not None}
    people = {user_id for user_id in accounts if is_id(user_id)} | ({own_id} if own_id else set())
    return Subjects(
        project_id=project_id,
        reads=reads,
        project_ids=sorted(projects),
        account_ids=sorted(people),
        own_id=own_id,
        permission=permission if is_decided else None,
        asks=tuple(asks),
        is_whole=is_whole,
        is_brief=is_brief,
    )


def opening(actor: Actor, subjects: Subjects) -> Opening | None:
    """Return what a change asks first; ``None`` where it locks more than one thing."""
    if len(subjects.project_ids) + len(subjects.account_ids) != 1:
        return None
    if subjects.project_ids:
        project_id = subjects.project_ids[0]
        return Opening(lambda: _asking_project(actor, project_id, subjects), subjects.is_brief)
    return Opening(lambda: _asking_account(actor, subjects.account_ids[0], subjects))


async def enter(made: Change, subjects: Subjects, answers: list[list[Row]] | None) -> None:
    """Lock projects and then accounts, and let the actor in or not. Raises as ``change()`` does.

    ``answers`` are those to ``opening()``, where that was sent already.
    """
    for project_id in subjects.project_ids:
        found = answers or await together(_asking_project(made.actor, project_id, subjects))
        await _enter_project(made, project_id, subjects, found)
    own = None
    for user_id in subjects.account_ids:
        found = answers or await together(_asking_account(made.actor, user_id, subjects))
        if locked := locked_account(found, is_whole=subjects.is_whole):
            made.accounts[user_id] = locked.user
            made.answers = locked.answers
            own = locked if user_id == subjects.own_id else own
    if subjects.own_id and subjects.permission:
        _check_account(made.actor, subjects.permission, own)


def _asking_project(actor: Actor, project_id: str, subjects: Subjects) -> list[Statement]:
    """Return what locks a project, and asks about the actor where they have to be let in."""
    is_read = project_id == subjects.reads
    is_asked = subjects.permission and (is_read or project_id == subjects.project_id)
    caller = actor.caller if is_asked else None
    lock = project_lock(project_id, caller, for_reading=is_read, is_whole=subjects.is_whole)
    is_last = not subjects.account_ids and project_id == subjects.project_ids[-1]
    return [lock, *(subjects.asks if is_last else ())]


def _asking_account(actor: Actor, user_id: str, subjects: Subjects) -> list[Statement]:
    session_id = actor.caller.session_id if user_id == subjects.own_id else None
    is_last = user_id == subjects.account_ids[-1]
    lock = account_lock(user_id, session_id, is_whole=subjects.is_whole)
    return [lock, *(subjects.asks if is_last else ())]


async def _enter_project(
    made: Change, project_id: str, subjects: Subjects, answers: list[list[Row]]
) -> None:
    is_subject, is_read = project_id == subjects.project_id, project_id == subjects.reads
    locked = locked_project(answers, is_whole=subjects.is_whole)
    permission = subjects.permission
    if locked is None:
        if is_subject or is_read:
            raise await _gone(made.actor, project_id, asks=permission is not None)
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
        found = await together([account_lock(actor.user_id, caller.session_id)])
        _check_account(actor, Permission.PUBLIC, locked_account(found))
    return NotFound("There is no such project.")
