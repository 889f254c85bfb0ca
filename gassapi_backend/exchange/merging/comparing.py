"""What a merge asks about things and their origins: are they the same, were they touched."""

from collections import defaultdict
from collections.abc import Iterable

from gassapi_backend.exchange.merging.fields import is_edited
from gassapi_backend.exchange.merging.matching import Incoming
from gassapi_backend.exchange.merging.outcome import Stored
from gassapi_backend.exchange.merging.settling import same
from gassapi_backend.exchange.tree import Origin, base_of


def by_parent(placed: Iterable[tuple[str | None, int, str]]) -> dict[str | None, list[str]]:
    """Return ids by their parents, in the order of their places."""
    found = defaultdict[str | None, list[str]](list)
    for parent, _, id_ in sorted(placed, key=lambda one: one[1]):
        found[parent].append(id_)
    return found


def pointer_of(new: Incoming) -> str:
    return new.node.origin.pointer if new.node.origin else ""


def full_origin(new: Incoming) -> Origin:
    """Return an incoming thing's origin, with its base."""
    origin = new.node.origin or Origin("")
    if not origin.base:
        origin.base = base_of(new.node)
    return origin


def same_ids(one: Origin, other: Origin) -> bool:
    """Whether two origins name their thing alike."""
    return (one.source_id, one.operation_id) == (other.source_id, other.operation_id)


def says_the_same(one: Origin, other: Origin, *, wholly: bool) -> bool:
    """Whether two origins differ at most in the place in the document.

    Of what was deleted here, the original is not kept, and not compared.
    """
    return (
        (one.format, one.version) == (other.format, other.version)
        and same_ids(one, other)
        and same(one.base, other.base)
        and (not wholly or same(one.original, other.original))
    )


def is_touched(one: Stored) -> bool:
    """Whether people changed or moved a thing since it was imported."""
    if one.node is None or one.origin is None:
        return False
    return one.parent_id != one.base_parent_id or is_edited(one.node, one.origin.base)
