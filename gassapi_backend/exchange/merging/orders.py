"""The order of a list that two sides changed."""

from collections import defaultdict
from collections.abc import Collection, Hashable, Sequence
from typing import TypeVar

K = TypeVar("K", bound=Hashable)


def merged_order(
    base: Sequence[K], ours: Sequence[K], theirs: Sequence[K], keep: Collection[K]
) -> list[K]:
    """Return what is in ``keep``, in order; no list has a key twice.

    The order is theirs, unless ours was changed. What only the other side has follows the same
    neighbour as there.
    """
    shared = set(base).intersection(ours, theirs)
    is_ours = [key for key in ours if key in shared] != [key for key in base if key in shared]
    leading, other = (ours, theirs) if is_ours else (theirs, ours)
    first = [key for key in leading if key in keep]
    placed, behind = set(first), defaultdict[K | None, list[K]](list)
    anchor: K | None = None
    for key in other:
        if key in placed:
            anchor = key
        elif key in keep:
            behind[anchor].append(key)
    return [*behind[None], *(each for key in first for each in (key, *behind[key]))]
