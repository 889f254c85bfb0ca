"""What a flow's checks and conversion ask of a graph: an order, a cycle, what comes before what.

Nodes are the numbers from 0, edges pairs of them. Nothing here recurses, and all is linear, or
nearly (a heap keeps the order stable).
"""

import heapq
from collections.abc import Iterable, Sequence

Edges = Sequence[tuple[int, int]]


def running_order(count: int, edges: Edges) -> list[int]:
    """Return the nodes so that each comes after those that lead to it, else as they are numbered.

    Those on a cycle, and those after one, are left out.
    """
    waiting_for, following = [0] * count, _following(count, edges)
    for _, target in edges:
        waiting_for[target] += 1
    ready = [node for node in range(count) if not waiting_for[node]]
    order = []
    while ready:
        node = heapq.heappop(ready)
        order.append(node)
        for target in following[node]:
            waiting_for[target] -= 1
            if not waiting_for[target]:
                heapq.heappush(ready, target)
    return order


def find_cycle(count: int, edges: Edges) -> list[int]:
    """Return the nodes of one cycle in the order of its edges; none where there is no cycle."""
    left = set(range(count)).difference(running_order(count, edges))
    before = {target: source for source, target in edges if source in left and target in left}
    if not before:
        return []
    node, seen = next(iter(before)), dict[int, None]()
    while node not in seen:  # each that is left has one before it that is left
        seen[node] = None
        node = before[node]
    walked = list(seen)
    return walked[walked.index(node) :][::-1]


def unreached(count: int, edges: Edges, uses: Iterable[tuple[int, int]]) -> list[int]:
    """Return the positions of those ``uses`` (pairs) whose first node leads not to the second.

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


def _following(count: int, edges: Edges) -> list[list[int]]:
    following: list[list[int]] = [[] for _ in range(count)]
    for source, target in edges:
        following[source].append(target)
    return following
