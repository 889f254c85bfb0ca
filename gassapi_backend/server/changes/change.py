"""One write, one fate: rows, audit entries and the project's revision are committed together."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeVar

from tortoise.exceptions import IntegrityError

from gassapi_backend.database import Statement, is_deadlock, retried, transaction
from gassapi_backend.database.statements import send
from gassapi_backend.server.access.callers import Actor, forget_everybody
from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.changes.constraints import refusal_of
from gassapi_backend.server.changes.entering import Subjects, enter, project_ids
from gassapi_backend.server.changes.held import holding
from gassapi_backend.server.changes.news import tell
from gassapi_backend.server.changes.recording import Change
from gassapi_backend.server.errors import Unavailable

if TYPE_CHECKING:
    from tortoise.backends.base.client import TransactionContext

__all__ = ["Change", "change", "crowded"]

T = TypeVar("T")

_is_open: ContextVar[bool] = ContextVar("change_is_open", default=False)

TURNS = 1_000  # that are remembered, whether or not somebody writes

_turns: dict[str, asyncio.Lock] = {}
"""Whose turn it is in a project, among the writers of this process."""


async def change(
    actor: Actor,
    project_id: str | None,
    permission: Permission,
    block: Callable[[Change], Awaitable[T]],
    *,
    reads: str | None = None,
    also: Iterable[str] = (),
    accounts: Iterable[str] = (),
    asks: Iterable[Statement] = (),
    is_whole: bool = True,
) -> T:
    """Return what ``block`` returns, once everything that it writes is committed.

    The transaction is begun again where the database ended it because of a deadlock, even at
    COMMIT. So a block leaves nothing behind but rows and what it tells the ``Change``, which is a
    fresh one each time. What may happen once only stands before the change, or is given to
    ``afterwards()``.

    First the project's row is locked, which orders its writers and makes its revisions gap-free;
    outside projects, the actor's account. With it the projects of ``also`` and the ``accounts`` are
    locked, as far as they are there; ``reads`` is another project, which nobody may write
    meanwhile. ``asks`` are statements that are run once all of it is locked, on the way to the
    database of the last of them; their rows are the change's ``answers``. Without ``is_whole`` a
    project has no more than its id, owner, revision and counts. Then it is decided whether the
    actor still has the ``permission``, there and in what is read: as when a request is let in, and
    with the same refusals. The console may do anything.

    Raises ``NotFound`` where a project is gone, ``Unauthenticated`` and ``Forbidden`` for whoever
    no longer may, ``Conflict`` for what a constraint of the database forbids, and ``Unavailable``
    where others kept being in the way. Never nested: an inner change would announce what the outer
    may still roll back. Within ``held_back()`` it is committed, and announced, at the end of that.
    """
    held = holding.get()
    if _is_open.get() or (held and held.is_used):
        raise RuntimeError("A change is already open; hand it down instead.")
    projects = project_ids(project_id, reads, also)
    subjects = Subjects(project_id, reads, projects, set(accounts), tuple(asks), is_whole)
    token = _is_open.set(True)
    try:
        return await retried(lambda: _attempt(actor, permission, subjects, block))
    except Exception as error:
        if is_deadlock(error):
            raise crowded() from error
        raise
    finally:
        _is_open.reset(token)


async def _attempt(
    actor: Actor,
    permission: Permission,
    subjects: Subjects,
    block: Callable[[Change], Awaitable[T]],
) -> T:
    made, held = Change(actor), holding.get()
    fate = _Transaction(made, subjects.project_ids)
    async with fate:
        await enter(made, permission, subjects)
        result = await block(made)
        last = await made.ending()
        if held is None:
            fate.let_next_come()
        await send(last, commits=held is None)
        if held is not None:
            held.take(fate.handed_on())
    return result


class _Transaction:
    """Commits what is written in it, and announces it."""

    def __init__(self, made: Change, project_ids: Sequence[str]) -> None:
        self._made = made
        self._project_ids = project_ids
        self._turns: list[asyncio.Lock] = []
        self._inner: TransactionContext | None = None

    async def __aenter__(self) -> None:
        try:
            await self._wait()
            self._inner = transaction()
            await self._inner.__aenter__()
        except BaseException:
            self.let_next_come()
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: Any
    ) -> None:
        if self._inner is None:  # handed on
            return
        try:
            await self._inner.__aexit__(kind, error, trace)
        except BaseException as refused:
            self._fail(refused)
            raise
        finally:
            self.let_next_come()
        if error is None:
            self._made.go_on()
            _announce(self._made, is_committed=True)
        else:
            self._fail(error)

    def handed_on(self) -> "_Transaction":
        """Return what ends the transaction in place of this."""
        other = _Transaction(self._made, [])
        other._inner, other._turns, self._inner, self._turns = self._inner, self._turns, None, []
        return other

    async def _wait(self) -> None:
        """Wait for the other writers of these projects before a connection is taken.

        Those who wait for a row would keep all connections of the pool from everybody else.
        """
        for project_id in self._project_ids:
            turn = _turn_in(project_id)
            await turn.acquire()
            self._turns.append(turn)

    def let_next_come(self) -> None:
        """Let the next writer of this process wait for the row, which is free in a moment."""
        while self._turns:
            self._turns.pop().release()

    def _fail(self, error: BaseException) -> None:
        """Announce what nobody knows the outcome of. Raises what a constraint's refusal says."""
        if isinstance(error, IntegrityError):
            if refused := refusal_of(error):
                raise refused from None
        elif not is_deadlock(error):
            _announce(self._made, is_committed=False)


def _turn_in(project_id: str) -> asyncio.Lock:
    if (turn := _turns.get(project_id)) is None:
        if len(_turns) >= TURNS:
            for idle in [one for one, turn in _turns.items() if not turn.locked()]:
                del _turns[idle]
        turn = _turns[project_id] = asyncio.Lock()
    return turn


def _announce(made: Change, *, is_committed: bool) -> None:
    news = made.news(is_committed=is_committed)
    if news.ends_access:
        forget_everybody()
    tell(news)


def crowded() -> Unavailable:
    """Return the refusal of a change that others kept getting in the way of."""
    return Unavailable(
        "Others kept changing the same thing at this moment. Nothing was changed: try again.",
        retry_after=1,
    )
