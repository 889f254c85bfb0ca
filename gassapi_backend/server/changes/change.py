"""One write, one fate: rows, audit entries and the project's revision are committed together."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any
from weakref import WeakValueDictionary

import orjson
from pydantic import alias_generators
from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from gassapi_backend.clock import now, stored
from gassapi_backend.database import dialect, execute, row
from gassapi_backend.models import Project, new_id
from gassapi_backend.server.access.callers import Actor, forget_everybody
from gassapi_backend.server.changes.chain import COLUMNS, FIRST, Place, next_place
from gassapi_backend.server.changes.news import News, tell
from gassapi_backend.server.errors import Code, NotFound, Unauthenticated

BATCH = 500  # entries in one statement; SQLite takes 32 766 values

to_camel = cache(alias_generators.to_camel)  # of our own names, which are few

_INSERT = f"INSERT INTO audit_log ({', '.join(COLUMNS)}, number, hash) VALUES"
_MARKS = f"({', '.join('?' * (len(COLUMNS) + 2))})"
_CHAINED = {"audit_number", "audit_hash"}
_RECORDED = {"revision", "updated_at", *_CHAINED}

answering: ContextVar[str | None] = ContextVar("answering", default=None)
"""The row of the ``Idempotency-Key`` under which this request writes."""

_is_open: ContextVar[bool] = ContextVar("change_is_open", default=False)

_afterwards: ContextVar[list[Callable[[], None]] | None] = ContextVar("afterwards", default=None)


_turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
"""Whose turn it is in a project, among the writers of this process."""


class Change:
    """What is being written; handed out by ``change()``."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.project: Project | None = None
        self._entries: list[tuple[Any, ...]] = []
        self._ends_access = False
        self._fields: dict[str, set[str]] = {}
        self._others: list[Project] = []
        self._noted: set[str] = set()
        self._recorded: set[str] = set()
        self._deleted: set[str] = set()
        self._afterwards: list[Callable[[], None]] = []

    @property
    def locked_project(self) -> Project:
        """The project's row, locked and as it is now."""
        if self.project is None:
            raise RuntimeError("This change is not about a project.")
        return self.project

    def save_project(self, *fields: str, project: Project | None = None) -> None:
        """Have these columns of a locked project written at the end, in one statement.

        ``project`` is one that ``lock_also()`` returned; by default, the change's own.
        """
        project = project or self.locked_project
        self._fields.setdefault(project.id, set()).update(fields)

    def record(
        self,
        action: str,
        resource_type: str,
        resource_id: str | None,
        name: str | None = None,
        *,
        in_project: Project | None = None,
        **details: Any,
    ) -> int:
        """Add an audit entry; return the project's revision it makes (0 outside projects).

        ``in_project`` is one that ``lock_also()`` returned; by default, the change's own.
        ``details`` are ids, names and changed fields, kept under the names that the API has for
        them; never a secret.
        """
        project = in_project or self.project
        revision = None
        if project is not None:
            revision = project.revision = project.revision + 1
            self._recorded.add(project.id)
        self._add(action, resource_type, resource_id, name, project, revision, details)
        return revision or 0

    def note(
        self,
        action: str,
        resource_type: str,
        resource_id: str | None,
        name: str | None = None,
        **details: Any,
    ) -> None:
        """Add an audit entry about something that changes nothing, like a look at a secret.

        It is chained to the others of the change's project, whose revision stays as it is.
        """
        if self.project is not None:
            self._noted.add(self.project.id)
        self._add(action, resource_type, resource_id, name, self.project, None, details)

    def end_chain(self, project: Project) -> None:
        """Say that a locked project is deleted: where its chain of entries ends is kept."""
        self._deleted.add(project.id)

    async def lock_also(self, project_id: str) -> Project:
        """Lock a further project whose revision this change moves. Raises ``NotFound``.

        Lock several in the order of their ids, so that two changes cannot wait for each other.
        """
        project = await _lock(project_id)
        self._others.append(project)
        return project

    def _add(
        self,
        action: str,
        resource_type: str,
        resource_id: str | None,
        name: str | None,
        project: Project | None,
        revision: int | None,
        details: dict[str, Any],
    ) -> None:
        caller = self.actor.caller
        values = (
            new_id(),
            stored(now()),
            caller.kind.value,
            caller.user_id,
            caller.token_id,
            project.id if project else None,
            revision,
            action,
            resource_type,
            resource_id,
            name[:255] if name else None,
            orjson.dumps(_shown(details)).decode() if details else None,
            self.actor.request_id,
            self.actor.ip,
        )
        if project is None:
            self._entries.append((*values, None, None))
            return
        last = Place(project.audit_number or 0, project.audit_hash or FIRST)
        project.audit_number, project.audit_hash = next_place(last, values)
        self._entries.append((*values, project.audit_number, project.audit_hash))

    def ends_access(self) -> None:
        """Say that somebody may do less once this is committed."""
        self._ends_access = True

    def _news(self, *, is_committed: bool) -> News:
        """Return what to tell; of a commit whose outcome is not known, only what is safe."""
        changed = [item for item in self._projects() if item.id in self._recorded and is_committed]
        return News(tuple((item.id, item.revision) for item in changed), self._ends_access)

    def _projects(self) -> list[Project]:
        return [project for project in (self.project, *self._others) if project is not None]

    async def _finish(self, *, project_is_new: bool) -> None:
        if not self._fields.keys() <= self._recorded:
            raise RuntimeError("A change that saves its project has to record what it did.")
        if not self._entries:
            return
        for project in self._projects():
            if project.id in self._deleted:
                await _keep_head(project)
            elif project.id in self._recorded and not (project_is_new and project is self.project):
                project.updated_at = now()
                await _save(project, _RECORDED | self._fields.get(project.id, set()))
            elif project.id in self._noted:
                await _save(project, _CHAINED)
        if request_key := answering.get():
            await execute(
                "UPDATE idempotency SET is_committed = ? WHERE `key` = ?", True, request_key
            )
        for start in range(0, len(self._entries), BATCH):
            entries = self._entries[start : start + BATCH]
            marks = ", ".join([_MARKS] * len(entries))
            await execute(f"{_INSERT} {marks}", *(value for entry in entries for value in entry))


def _shown(details: dict[str, Any]) -> dict[str, Any]:
    """Return details under the API's names, those in a list of changed fields too."""
    return {
        to_camel(name): [to_camel(field) for field in value] if name == "fields" else value
        for name, value in details.items()
    }


@asynccontextmanager
async def change(
    actor: Actor, project: str | Project | None = None, *, reads: str | None = None
) -> AsyncIterator[Change]:
    """Open the transaction in which everything of one intention is written.

    ``project`` is the id of a project, whose row is locked first (which orders its writers and
    makes its revisions gap-free), or a new project that the block itself saves. ``reads`` is the id
    of another one that nobody may write meanwhile; the two are locked in the order of their ids, so
    that two changes cannot wait for each other. Raises ``NotFound`` when a project is gone, and
    ``Unauthenticated`` when a row is missing or cannot be written because the account that acts has
    just been deleted. Never nested: an inner change would announce what the outer may still roll
    back.
    """
    if _is_open.get():
        raise RuntimeError("A change is already open; hand it down instead.")
    made = Change(actor)
    token = _is_open.set(True)
    calls = _afterwards.set(made._afterwards)
    is_committed = False
    try:
        async with _turn(project, reads), in_transaction("default"):
            if isinstance(project, Project):
                made.project = project
            elif project is not None:
                if reads is not None and reads < project:
                    await _hold(reads)
                made.project = await _lock(project)
                if reads is not None and reads > project:
                    await _hold(reads)
            yield made
            await made._finish(project_is_new=isinstance(project, Project))
        is_committed = True
        for call in made._afterwards:
            call()
    except (IntegrityError, NotFound):
        await _refuse_the_deleted(actor)
        raise
    finally:
        _is_open.reset(token)
        _afterwards.reset(calls)
        if made._ends_access:  # also where it is not known whether the commit went through
            forget_everybody()
        tell(made._news(is_committed=is_committed))


@asynccontextmanager
async def _turn(project: str | Project | None, reads: str | None) -> AsyncIterator[None]:
    """Wait for the other writers of a project before a connection is taken.

    Those who wait for its row would keep all connections of the pool from everybody else.
    """
    async with AsyncExitStack() as stack:
        for project_id in sorted({item for item in (project, reads) if isinstance(item, str)}):
            await stack.enter_async_context(_turns.setdefault(project_id, asyncio.Lock()))
        yield


async def _refuse_the_deleted(actor: Actor) -> None:
    caller = actor.caller
    if caller.session_id is None and caller.token_id is None:
        return
    if await row("SELECT id FROM users WHERE id = ?", caller.user_id) is None:
        raise Unauthenticated("This account is deleted.", code=Code.TOKEN_INVALID)


def afterwards(call: Callable[[], None]) -> None:
    """Have something quick called once the open change is committed; not if it is rolled back."""
    calls = _afterwards.get()
    if calls is None:
        raise RuntimeError("No change is open.")
    calls.append(call)


async def _lock(project_id: str) -> Project:
    """Read a project's row and keep others from writing it. Raises ``NotFound``.

    By hand, as is ``_save()``: building the two statements anew cost more than all else in a write.
    """
    columns = ", ".join(sorted(Project._meta.db_fields))
    locking = " FOR UPDATE" if dialect() == "mysql" else ""  # SQLite has locked as it began
    found = await row(f"SELECT {columns} FROM projects WHERE id = ?{locking}", project_id)  # noqa: S608 - the model's columns
    if found is None:
        raise NotFound("There is no such project.")
    return Project._init_from_db(**found)


async def _hold(project_id: str) -> None:
    """Keep others from writing a project while this change lasts. Raises ``NotFound``."""
    sharing = " LOCK IN SHARE MODE" if dialect() == "mysql" else ""  # SQLite has locked as it began
    if await row(f"SELECT id FROM projects WHERE id = ?{sharing}", project_id) is None:  # noqa: S608 - constants only
        raise NotFound("There is no such project.")


async def _save(project: Project, columns: set[str]) -> None:
    fields = Project._meta.fields_map
    values = [fields[column].to_db_value(getattr(project, column), project) for column in columns]
    assignments = ", ".join(f"{column} = ?" for column in columns)
    await execute(f"UPDATE projects SET {assignments} WHERE id = ?", *values, project.id)  # noqa: S608 - as above


async def _keep_head(project: Project) -> None:
    """Keep where the chain of a project ends that is being deleted; it is locked."""
    values = project.audit_number, project.audit_hash, project.id
    if not await execute(
        "UPDATE audit_chains SET head_number = ?, head_hash = ? WHERE project_id = ?", *values
    ):
        await execute(
            "INSERT INTO audit_chains (head_number, head_hash, project_id) VALUES (?, ?, ?)",
            *values,
        )
