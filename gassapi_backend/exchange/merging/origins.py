"""What a document said of a thing, and whether two documents say the same."""

from gassapi_backend.exchange.merging.settling import same
from gassapi_backend.exchange.tree import Folder, Origin, Request, base_of


def full_origin(node: Folder | Request) -> Origin:
    """Return the origin of what was read, with its base."""
    origin = node.origin or Origin("")
    if not origin.base:
        origin.base = base_of(node)
    return origin


def same_ids(one: Origin, other: Origin) -> bool:
    """Whether two origins identify their thing alike."""
    return (one.source_id, one.operation_id) == (other.source_id, other.operation_id)


def says_the_same(one: Origin, other: Origin, *, wholly: bool) -> bool:
    """Whether two origins differ at most in their place in the document.

    The original of a thing that was deleted here is not kept, so it is not compared.
    """
    return (
        (one.format, one.version) == (other.format, other.version)
        and same_ids(one, other)
        and same(one.base, other.base)
        and (not wholly or same(one.original, other.original))
    )
