"""Folders nested too deeply for collections: they move up, and keep what they inherited."""

from collections.abc import Iterator

from gassapi_backend.exchange.fitting.reporting import Fitting
from gassapi_backend.exchange.tree import Entry, Folder, Request, Variable


def fit_depth(collection: Folder, levels: int, fitting: Fitting) -> None:
    """Move up folders more than ``levels`` deep, counting the collection itself as the first.

    Such a folder follows the one that held it and gets both names, so that the order is kept.
    """
    for parent in list(_at_level(collection, max(levels - 1, 1))):
        parent.items = list(_lifted(parent.items, fitting))


def _at_level(collection: Folder, level: int) -> Iterator[Folder]:
    found = [collection]
    for _ in range(level - 1):
        found = [item for one in found for item in one.items if isinstance(item, Folder)]
    yield from found


def _lifted(items: "list[Folder | Request]", fitting: Fitting) -> "Iterator[Folder | Request]":
    waiting = list(reversed(items))
    while waiting:
        item = waiting.pop()
        yield item
        if not isinstance(item, Folder):
            continue
        below = [one for one in item.items if isinstance(one, Folder)]
        item.items = [one for one in item.items if isinstance(one, Request)]
        for one in below:
            _take_along(item, one)
            fitting.change(
                one,
                "name",
                f"{item.name} / {one.name}",
                f"it was nested too deeply; it is now next to “{item.name}”",
            )
        waiting.extend(reversed(below))


def _take_along(parent: Folder, child: Folder) -> None:
    """Give a folder what it would have inherited."""
    child.auth = child.auth if child.auth is not None else parent.auth
    child.headers = _nearest(parent.headers, child.headers)
    child.variables = _nearest(parent.variables, child.variables)
    if child.origin is not None:
        child.origin.base |= {
            "auth": child.auth,
            "headers": list(child.headers),
            "variables": list(child.variables),
        }


def _nearest(far: list[Entry], near: list[Variable]) -> list[Entry]:
    keys = {entry.get("key") for entry in near}
    return [entry for entry in far if entry.get("key") not in keys] + near
