"""One write, one fate: rows, audit entries and the project's revision are committed together."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from contextvars import ContextVar
from typing import TypeVar
from weakref import WeakValueDictionary

from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from gassapi_backend.database import Statement, is_deadlock, retried
from gassapi_backend.server.access.callers import Actor, forget_everybody
from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.changes.constraints import refusal_of
from gassapi_backend.server.changes.entering import Subjects, enter
from gassapi_backend.server.changes.held import holding
from gassapi_backend.server.changes.news import tell
from gassapi_backend.server.changes.recording import Change
from gassapi_backend.server.errors import Unavailable

__all__ = ["Change", "change", "crowded"]

T = TypeVar("T")

_is_open: ContextVar[bool] = ContextVar("change_is_open", default=False)

_turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
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
) -> T:
    """Return what ``block`` returns, once everything that it writes is committed.

    The transaction is begun again where the database ended it because of a deadlock, even at
    COMMIT. So a block leaves nothing behind but rows and what it tells the ``Change``, which is a
    fresh one each time. What may happen once only stands before the change, or is given to
    ``afterwards()``.

    First the project's row is locked, which orders its writers and makes its revisions gap-free;
    outside projects, the actor's account. With it the projects of ``also`` and the ``accounts`` are
    locked, as far as they are there; ``reads`` is another project, which nobody may write
    meanwhile. ``asks`` are statements that are run once the project is locked, on the same way to
    the database; their rows are the change's ``answers``. Then it is decided whether the actor
    still has the ``permission``, there and in what is read: as when a request is let in, and with
    the same refusals. The console may do anything.

    Raises ``NotFound`` where a project is gone, ``Unauthenticated`` and ``Forbidden`` for whoever
    no longer may, ``Conflict`` for what a constraint of the database forbids, and ``Unavailable``
    where others kept being in the way. Never nested: an inner change would announce what the outer
    may still roll back. Within ``held_back()`` it is committed, and announced, at the end of that.
    """
    held = holding.get()
    if _is_open.get() or (held and held.is_used):
        raise RuntimeError("A change is already open; hand it down instead.")
    subjects = Subjects(project_id, reads, frozenset(also), frozenset(accounts), tuple(asks))
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
    async with AsyncExitStack() as transaction:
        await transaction.enter_async_context(_transaction(made, subjects))
        await enter(made, permission, subjects)
        result = await block(made)
        await made.finish()
        if held is not None:
            held.take(transaction.pop_all())
    return result


@asynccontextmanager
async def _transaction(made: Change, subjects: Subjects) -> AsyncIterator[None]:
    """Commit what the block writes, and announce it."""
    try:
        async with _turn(subjects.project_ids), in_transaction("default"):
            yield
    except IntegrityError as error:
        raise refusal_of(error) or error from None
    except BaseException as error:
        if not is_deadlock(error):  # nobody knows whether it was committed
            _announce(made, is_committed=False)
        raise
    made.go_on()
    _announce(made, is_committed=True)


def _announce(made: Change, *, is_committed: bool) -> None:
    news = made.news(is_committed=is_committed)
    if news.ends_access:
        forget_everybody()
    tell(news)


@asynccontextmanager
async def _turn(project_ids: Iterable[str]) -> AsyncIterator[None]:
    """Wait for the other writers of some projects before a connection is taken.

    Those who wait for a row would keep all connections of the pool from everybody else.
    """
    async with AsyncExitStack() as stack:
        for project_id in project_ids:
            await stack.enter_async_context(_turns.setdefault(project_id, asyncio.Lock()))
        yield


def crowded() -> Unavailable:
    """Return the refusal of a change that others kept getting in the way of."""
    return Unavailable(
        "Others kept changing the same thing at this moment. Nothing was changed: try again.",
        retry_after=1,
    )
