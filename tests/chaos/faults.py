"""What goes wrong with a database server: it dies, or falls silent, for a while."""

import asyncio
import random

from tests.chaos.running import Fault
from tests.servers import PrivateMariaDb


def faults_of(server: PrivateMariaDb, seed: int) -> list[Fault]:
    """Return what may happen to a server; each ends with it at work again."""
    chance = random.Random(seed)  # noqa: S311 - to be repeated

    async def kill() -> None:
        await asyncio.to_thread(server.kill)
        await asyncio.sleep(chance.uniform(0, 1))
        await asyncio.to_thread(server.run)

    async def freeze() -> None:
        server.freeze()
        await asyncio.sleep(chance.uniform(0.2, 2))
        server.thaw()

    return [kill, freeze]
