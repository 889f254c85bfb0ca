"""What a merge asks about things: where they are, and whether people changed them."""

from collections import defaultdict
from collections.abc import Iterable

from gassapi_backend.exchange.merging.fields import is_edited
from gassapi_backend.exchange.merging.matching import Incoming
from gassapi_backend.exchange.merging.outcome import Stored


def by_parent(placed: Iterable[tuple[str | None, int, str]]) -> dict[str | None, list[str]]:
    """Return ids grouped by parent, in order of position."""
    found = defaultdict[str | None, list[str]](list)
    for parent, _, id_ in sorted(placed, key=lambda one: one[1]):
        found[parent].append(id_)
    return found


def pointer_of(new: Incoming) -> str:
    return new.node.origin.pointer if new.node.origin else ""


def is_touched(one: Stored) -> bool:
    """Whether people changed or moved a thing since it was imported."""
    if one.node is None or one.origin is None:
        return False
    return one.parent_id != one.base_parent_id or is_edited(one.node, one.origin.base)
