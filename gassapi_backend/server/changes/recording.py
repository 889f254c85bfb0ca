"""What one change writes beside its rows: audit entries, and the projects that they are about."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from operator import attrgetter
from typing import Any

from pydantic import alias_generators

from gassapi_backend.clock import now, stored_now
from gassapi_backend.database import Row, Statement, execute
from gassapi_backend.database.statements import inserts, send
from gassapi_backend.models import Project, User, new_id
from gassapi_backend.models.rows import AuditRow, ProjectRow
from gassapi_backend.server.access.callers import Actor, Kind
from gassapi_backend.server.access.decisions import forbidden
from gassapi_backend.server.access.permissions import Permission, Role, allows
from gassapi_backend.server.changes.chain import FIRST, Place, next_place, values_of
from gassapi_backend.server.changes.locks import COUNTED
from gassapi_backend.server.changes.news import News
from gassapi_backend.server.changes.rows import new_row
from gassapi_backend.server.errors import NotFound

BATCH = 500  # entries in one statement; SQLite takes 32 766 values

to_camel = cache(alias_generators.to_camel)  # of our own names, which are few


class Change:
    """What is being written; made anew each time that ``change()`` runs its block.

    ``role`` is what the caller is to the project, as of now; ``None`` where nothing asks for it.
    ``accounts`` and ``projects`` are what is locked, by id, as it is now. ``answers`` are the rows
    of what ``change()`` was given to ask.
    """

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.role: Role | None = None
        self.accounts: dict[str, User] = {}
        self._projects: dict[str, _Kept] = {}
        self._subject: Project | None = None
        self._entries: list[AuditRow] = []
        self._later: list[Statement] = []
        self.answers: list[list[Row]] = []
        self._ends_access = False
        self._afterwards: list[Callable[[], None]] = []

    @property
    def locked_project(self) -> Project:
        """The project that this is about, locked and as it is now."""
        if self._subject is None:
            raise RuntimeError("This change is not about a project.")
        return self._subject

    @property
    def projects(self) -> dict[str, Project]:
        """All projects that are locked, by id."""
        return {project_id: kept.project for project_id, kept in self._projects.items()}

    @property
    def account(self) -> User:
        """The account that acts, locked and as it is now; only outside projects."""
        return self.accounts[self.actor.user_id]

    def account_of(self, user_id: str) -> User:
        """Return one of the accounts that are locked. Raises ``NotFound`` where it is gone."""
        if user_id not in self.accounts:
            raise NotFound("There is no such user.")
        return self.accounts[user_id]

    def may(self, permission: Permission) -> bool:
        """Whether the caller has a further permission in the project, as of now."""
        if self.actor.caller.kind is Kind.CONSOLE:
            return True
        return self.role is not None and allows(self.role, permission, self.actor.caller.scope)

    def require(self, permission: Permission) -> None:
        """Raise ``Forbidden`` where the caller has no such permission in the project, as of now."""
        if not self.may(permission):
            raise forbidden(permission)

    def take(self, project: Project, *, is_subject: bool = False) -> None:
        """Take over a project that was locked just now; ``is_subject``: the one this is about."""
        self._projects[project.id] = _Kept(project, project.revision, _state_of(project))
        if is_subject:
            self._subject = project

    def begin_project(self, row: ProjectRow) -> Project:
        """Make this change about a new project, so that entries can be recorded for it at once."""
        project = Project._init_from_db(**row)
        self._projects[project.id] = _Kept(project, project.revision, None, new=row)
        self._subject = project
        return project

    async def insert_project(self) -> None:
        """Insert the new project at once, with what is recorded of it so far.

        One that is not is inserted first of what is written at the end.
        """
        project = self.locked_project
        kept = self._projects[project.id]
        await send(kept.inserting())
        kept.state = _state_of(project)

    def save_project(self, *fields: str, project: Project | None = None) -> None:
        """Have these columns of a locked project written at the end, in one statement.

        ``project`` is one of ``projects``; by default, the one that this is about.
        """
        self._projects[(project or self.locked_project).id].fields.update(fields)

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

        ``in_project`` is one of ``projects``; by default, the one that this is about. ``details``
        are ids, names and changed fields, kept under the names that the API has for them; never a
        secret.
        """
        project = in_project or self._subject
        revision = None
        if project is not None:
            revision = project.revision = project.revision + 1
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
        self._add(action, resource_type, resource_id, name, self._subject, None, details)

    def end_chain(self, project: Project) -> None:
        """Say that a locked project is deleted: where its chain of entries ends is kept."""
        self._projects[project.id].is_deleted = True

    def ends_access(self) -> None:
        """Say that somebody may do less once this is committed."""
        self._ends_access = True

    def afterwards(self, call: Callable[[], None]) -> None:
        """Have something quick called once this is committed; not if it is rolled back."""
        self._afterwards.append(call)

    def go_on(self) -> None:
        """Do what waited for the commit."""
        for call in self._afterwards:
            call()

    def news(self, *, is_committed: bool) -> News:
        """Return what to tell; of a commit whose outcome is not known, only what is safe."""
        changed = [kept for kept in self._projects.values() if kept.is_changed and is_committed]
        revisions = tuple((kept.project.id, kept.project.revision) for kept in changed)
        return News(revisions, self._ends_access)

    def later(self, *statements: Statement) -> None:
        """Have statements run at the end, together with what this writes itself.

        For those whose answers nobody needs, and whose rows nothing reads until then.
        """
        self._later.extend(statements)

    async def ending(self) -> list[Statement]:
        """Return what is to be written last: what waits for the end, the entries, the projects."""
        first, last = list[Statement](), list[Statement]()
        for kept in self._projects.values():
            (first if kept.state is None else last).extend(await kept.write())
        entries = inserts("audit_log", self._entries, batch=BATCH)
        return [*first, *self._later, *last, *entries]

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
        entry = new_row(
            new_id(),
            self.actor,
            project_id=project.id if project else None,
            revision=revision,
            action=action,
            resource_type=resource_type,
            resource_id=resource_id,
            name=name,
            details=_shown(details),
            moment=stored_now(),
        )
        if project is not None:
            last = Place(project.audit_number or 0, project.audit_hash or FIRST)
            place = next_place(last, values_of(entry))
            project.audit_number, project.audit_hash = place
            entry["number"], entry["hash"] = place
        self._entries.append(entry)


@dataclass
class _Kept:
    """A project, its revision as the change began, and what its row says of entries by now.

    ``state`` is ``None`` as long as there is no row, which ``new`` is to become. ``fields`` are
    further columns to be written.
    """

    project: Project
    began: int
    state: tuple[int, int | None] | None
    fields: set[str] = field(default_factory=set)
    is_deleted: bool = False
    new: ProjectRow | None = None

    @property
    def is_changed(self) -> bool:
        return bool(self.project.revision != self.began)

    async def write(self) -> list[Statement]:
        """Return what brings the row up to its entries: whatever was recorded is saved."""
        if self.state is None:
            return self.inserting()
        if self.fields and not self.is_changed:
            raise RuntimeError("A change that saves its project has to record what it did.")
        now_state = _state_of(self.project)
        if self.is_deleted:
            await _keep_head(self.project)
        elif now_state != self.state or self.fields:
            columns = {"audit_number", "audit_hash", *self.fields}
            if now_state[0] != self.state[0] or self.fields:
                self.project.updated_at = now()
                columns |= {"revision", "updated_at"}
            return [_saving(self.project, frozenset(columns))]
        return []

    def inserting(self) -> list[Statement]:
        """Return what inserts the new project, with what was counted and recorded since."""
        if self.new is None:
            raise RuntimeError("This project is not a new one.")
        grown = {column: getattr(self.project, column) for column in _AS_STORED}
        return list(inserts("projects", [{**self.new, **grown}]))


def _state_of(project: Project) -> tuple[int, int | None]:
    return project.revision, project.audit_number


def _shown(details: dict[str, Any]) -> dict[str, Any]:
    """Return details under the API's names, those in a list of changed fields too."""
    return {
        to_camel(name): [to_camel(field) for field in value] if name == "fields" else value
        for name, value in details.items()
    }


def _saving(project: Project, columns: frozenset[str]) -> Statement:
    """Return what writes some columns. By hand: building it anew cost more than running it."""
    sql, as_they_are, others = _saving_sql(columns)
    fields = Project._meta.fields_map
    values = [fields[column].to_db_value(getattr(project, column), project) for column in others]
    return sql, [*as_they_are(project), *values, project.id]


_AS_STORED = {"revision", "audit_number", "audit_hash", *COUNTED}


@cache
def _saving_sql(
    columns: frozenset[str],
) -> tuple[str, Callable[[Project], tuple[Any, ...]], list[str]]:
    """Return the statement, what gets its first values of a project, and the other columns."""
    first, others = sorted(columns & _AS_STORED), sorted(columns - _AS_STORED)
    assignments = ", ".join(f"{column} = ?" for column in (*first, *others))
    sql = f"UPDATE projects SET {assignments} WHERE id = ?"  # noqa: S608 - the model's columns
    return sql, attrgetter(*first), others


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
