"""What a flow's checks and conversion ask of a graph: an order, a cycle, what comes before what.

Nodes are the numbers from 0, edges pairs of them. Nothing here recurses, and all is linear, or
nearly (a heap keeps the order stable).
"""

import heapq
from collections.abc import Iterable, Sequence
from graphlib import CycleError, TopologicalSorter

Edges = Sequence[tuple[int, int]]


def running_order(count: int, edges: Edges) -> list[int]:
    """Return the nodes so that each comes after those that lead to it, else as they are numbered.

    Raises ``CycleError``.
    """
    sorter = _sorter(count, edges)
    sorter.prepare()
    ready = list(sorter.get_ready())
    heapq.heapify(ready)
    order = []
    while ready:
        node = heapq.heappop(ready)
        order.append(node)
        sorter.done(node)
        for following in sorter.get_ready():
            heapq.heappush(ready, following)
    return order


def find_cycle(count: int, edges: Edges) -> list[int]:
    """Return the nodes of one cycle in the order of its edges; none where there is no cycle."""
    try:
        _sorter(count, edges).prepare()
    except CycleError as error:
        cycle: list[int] = error.args[1]  # the first is also the last
        return cycle[1:]
    return []


def unreached(count: int, edges: Edges, uses: Iterable[tuple[int, int]]) -> list[int]:
    """Return the positions of those ``uses`` (pairs) whose first node does not lead to the second.

    The graph has no cycle. A bit for each first node keeps thousands of them quick.
    """
    pairs = list(uses)
    bits = {node: 1 << bit for bit, node in enumerate({source for source, _ in pairs})}
    following, reached = _following(count, edges), [0] * count
    for node in running_order(count, edges):
        if carried := reached[node] | bits.get(node, 0):
            for target in following[node]:
                reached[target] |= carried
    return [
        position
        for position, (source, target) in enumerate(pairs)
        if not reached[target] & bits[source]
    ]


def _sorter(count: int, edges: Edges) -> TopologicalSorter[int]:
    sorter = TopologicalSorter[int](dict.fromkeys(range(count), ()))
    for source, target in edges:
        sorter.add(target, source)
    return sorter


def _following(count: int, edges: Edges) -> list[list[int]]:
    following: list[list[int]] = [[] for _ in range(count)]
    for source, target in edges:
        following[source].append(target)
    return following
