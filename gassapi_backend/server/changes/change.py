"""One write, one fate: rows, audit entries and the project's revision are committed together."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeVar

from tortoise.exceptions import IntegrityError

from gassapi_backend.database import (
    Statement,
    can_be_followed,
    is_deadlock,
    opened,
    retried,
    transaction,
)
from gassapi_backend.database.following import Begun, Follower, Opening
from gassapi_backend.database.statements import send
from gassapi_backend.server.access.callers import Actor, forget_everybody
from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.changes.constraints import refusal_of
from gassapi_backend.server.changes.entering import Subjects, enter, opening, subjects_of
from gassapi_backend.server.changes.held import holding
from gassapi_backend.server.changes.news import tell
from gassapi_backend.server.changes.recording import Change
from gassapi_backend.server.changes.turns import Turn, turn_of
from gassapi_backend.server.errors import Unavailable

if TYPE_CHECKING:
    from tortoise.backends.base.client import TransactionContext

__all__ = ["Change", "change", "crowded"]

T = TypeVar("T")

_is_open: ContextVar[bool] = ContextVar("change_is_open", default=False)


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
    is_brief: bool = False,
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
    project has no more than its id, owner, revision and counts, an account no more than whether it
    is active and an administrator's. One that ``is_brief`` takes a few ways to the database and
    reads what is in its project only: where others wait to write there, several such are committed
    together. Then it is decided whether the actor still has the ``permission``, there and in what
    is read: as when a request is let in, and with the same refusals. The console may do anything.

    Raises ``NotFound`` where a project is gone, ``Unauthenticated`` and ``Forbidden`` for whoever
    no longer may, ``Conflict`` for what a constraint of the database forbids, and ``Unavailable``
    where others kept being in the way. Never nested: an inner change would announce what the outer
    may still roll back. Within ``held_back()`` it is committed, and announced, at the end of that.
    """
    held = holding.get()
    if _is_open.get() or (held and held.is_used):
        raise RuntimeError("A change is already open; hand it down instead.")
    subjects = subjects_of(
        actor,
        permission,
        project_id,
        reads=reads,
        also=also,
        accounts=accounts,
        asks=asks,
        is_whole=is_whole,
        is_brief=is_brief,
    )
    first = [subjects]

    def attempt() -> Awaitable[T]:  # what failed with others is made again without them
        about = first.pop() if first else subjects._replace(is_brief=False)
        return _attempt(actor, about, block)

    token = _is_open.set(True)
    try:
        return await retried(attempt)
    except Exception as error:
        if is_deadlock(error):
            raise crowded() from error
        raise
    finally:
        _is_open.reset(token)


async def _attempt(actor: Actor, subjects: Subjects, block: Callable[[Change], Awaitable[T]]) -> T:
    made, held = Change(actor), holding.get()
    fate = _Transaction(made, subjects.turns, opening(actor, subjects))
    async with fate as is_opened:
        await enter(made, subjects, await opened() if is_opened else None)
        result = await block(made)
        last = await made.ending()
        if held is None:
            await fate.commit(last)
        else:
            await send(last)
            held.take(fate.handed_on())
    return result


class _Transaction:
    """Commits what is written in it, and announces it."""

    def __init__(self, made: Change, names: Sequence[str], asks: Opening | None = None) -> None:
        self._made = made
        self._names = names
        self._asks = asks
        self._turns: list[Turn] = []
        self._follower: Follower | None = None
        self._inner: TransactionContext | None = None

    async def __aenter__(self) -> bool:
        """Return whether it began behind another, and was asked what it asks first."""
        try:
            begun = await self._wait()
            self._inner = transaction(begun)
            await self._inner.__aenter__()
        except BaseException:
            self.let_next_come()
            raise
        return begun is not None

    async def commit(self, last: Sequence[Statement]) -> None:
        """Send what is written last and COMMIT; where it can be, begin the next one behind it."""
        if len(self._turns) == 1 and can_be_followed():
            self._follower = follower = self._turns[0].follower()
            if follower and follower.opening and self._asks:
                follower.joins = self._asks.is_brief and follower.opening.is_brief
        if self._follower is None:
            self.let_next_come()  # to wait for the row, which is free in a moment
        await send(last, commits=True, follower=self._follower)

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
        other = _Transaction(self._made, ())
        other._inner, other._turns, self._inner, self._turns = self._inner, self._turns, None, []
        return other

    async def _wait(self) -> Begun | None:
        """Wait for the other writers of these things before a connection is taken."""
        begun = None
        for name in self._names:
            turn = turn_of(name)
            begun = await turn.wait(self._asks)
            self._turns.append(turn)
        return begun

    def let_next_come(self) -> None:
        """Let the next writer of this process come, unless they have been told."""
        if self._follower is not None:
            begun, self._follower = self._follower.begun, None
            if not begun.done():
                begun.set_result(None)
            if not begun.cancelled():
                self._turns.clear()  # it is theirs
        while self._turns:
            self._turns.pop().pass_on()

    def _fail(self, error: BaseException) -> None:
        """Announce what nobody knows the outcome of. Raises what a constraint's refusal says."""
        if isinstance(error, IntegrityError):
            if refused := refusal_of(error):
                raise refused from None
        elif not is_deadlock(error):
            _announce(self._made, is_committed=False)


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
