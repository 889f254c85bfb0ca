"""Our program with places where it dies, forgets or dawdles: ``python -m tests.chaos.failpoints``.

``GASSAPI_TEST_FAILPOINTS`` says where, what and how often, like ``after commit=kill:0.01``, several
with commas. Nothing of it is in the product.
"""

import asyncio
import os
import random
import signal
from collections.abc import Awaitable, Callable
from typing import Any

from tortoise.backends.mysql.client import TransactionWrapper
from tortoise.backends.sqlite.client import SqliteTransactionWrapper
from tortoise.exceptions import OperationalError

from gassapi_backend.cli.main import main
from gassapi_backend.database import statements
from gassapi_backend.server.web import idempotency

VARIABLE = "GASSAPI_TEST_FAILPOINTS"
PLACES = ("before commit", "after commit", "before answer", "after answer")
LONGEST = 0.3  # seconds that it dawdles

chance = random.SystemRandom()

Points = dict[str, list[tuple[str, float]]]


def read(said: str) -> Points:
    """Return what may happen at each place, and how often. Raises ``ValueError``."""
    found: Points = {place: [] for place in PLACES}
    for one in filter(None, said.split(",")):
        place, _, what = one.partition("=")
        name, _, share = what.partition(":")
        if place not in found or name not in ("kill", "lose", "dawdle"):
            raise ValueError(one)
        found[place].append((name, float(share)))
    return found


async def strike(points: Points, place: str) -> None:
    """Let happen what may happen here."""
    for name, share in points[place]:
        if chance.random() >= share:
            continue
        if name == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        elif name == "lose":
            raise OperationalError(ConnectionError(f"failpoint {place}"))
        else:
            await asyncio.sleep(chance.uniform(0, LONGEST))


def arm(points: Points) -> None:
    """Put the places into the program."""
    for kind in (TransactionWrapper, SqliteTransactionWrapper):
        kind.commit = _around(points, kind.commit, "commit")
    together = statements.together
    last = _around(points, together, "commit")

    async def sent(some: Any, *, commits: bool = False, **more: Any) -> Any:
        return await (last if commits else together)(some, commits=commits, **more)

    statements.together = sent
    kept = _around(points, idempotency.execute, "answer")
    execute = idempotency.execute

    async def chosen(sql: str, *values: Any) -> int:
        is_answer = sql.startswith("INSERT INTO idempotency")
        return await (kept if is_answer else execute)(sql, *values)

    idempotency.execute = chosen


def _around(
    points: Points, work: Callable[..., Awaitable[Any]], place: str
) -> Callable[..., Awaitable[Any]]:
    async def struck(*given: Any, **named: Any) -> Any:
        await strike(points, f"before {place}")
        done = await work(*given, **named)
        await strike(points, f"after {place}")
        return done

    return struck


if __name__ == "__main__":
    arm(read(os.environ.get(VARIABLE, "")))
    main()
