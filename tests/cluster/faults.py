"""What goes wrong with a cluster, one node at a time."""

import asyncio
import random

from tests.chaos.running import Fault
from tests.cluster.galera import NODES, Galera
from tests.cluster.group import Group


def faults_of(cluster: Galera, seed: int) -> list[Fault]:
    """Return what may happen to a node; each ends with it taking part again."""
    chance = random.Random(seed)  # noqa: S311 - to be repeated

    async def kill() -> None:
        node = chance.choice(NODES)
        await asyncio.to_thread(cluster.kill, node)
        await asyncio.sleep(chance.uniform(0, 2))
        await asyncio.to_thread(cluster.rejoin, node)

    async def shut_down() -> None:
        node = chance.choice(NODES)
        await asyncio.to_thread(cluster.shut_down, node)
        await asyncio.to_thread(cluster.rejoin, node)

    async def freeze() -> None:
        node = chance.choice(NODES)
        cluster.freeze(node)
        await asyncio.sleep(chance.uniform(1, 8))
        cluster.thaw(node)
        await asyncio.sleep(1)  # in which it learns whether the others went on without it
        await asyncio.to_thread(cluster.wait_until_synced, node)

    return [kill, shut_down, freeze]


async def restart_one_after_the_other(cluster: Galera) -> None:
    """Restart every node, as an upgrade does."""
    for node in NODES:
        await asyncio.to_thread(cluster.shut_down, node)
        await asyncio.to_thread(cluster.rejoin, node)


def faults_of_group(group: Group, seed: int) -> list[Fault]:
    """Return what may happen to the primary; each ends with all servers taking part again."""
    chance = random.Random(seed)  # noqa: S311 - to be repeated

    async def primary() -> int:
        return await asyncio.to_thread(group.primary)

    async def kill() -> None:
        node = await primary()
        group.kill(node)
        await asyncio.sleep(chance.uniform(6, 9))  # in which the others notice, and agree on one
        await asyncio.to_thread(group.rejoin, node)

    async def shut_down() -> None:
        node = await primary()
        await asyncio.to_thread(group.shut_down, node)
        await asyncio.to_thread(group.rejoin, node)

    async def freeze() -> None:
        node = await primary()
        group.freeze(node)
        await asyncio.sleep(chance.uniform(8, 11))
        group.thaw(node)
        await asyncio.to_thread(group.wait_until_online)

    async def switch_over() -> None:
        others = [node for node in NODES if node != await primary()]
        await asyncio.to_thread(group.switch_over, chance.choice(others))
        await asyncio.sleep(chance.uniform(1, 3))

    return [switch_over, freeze, shut_down, kill]
