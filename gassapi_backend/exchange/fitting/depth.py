"""Folders nested too deeply for collections: they move up, and keep what they inherited.

Where such a folder stood is kept in its base, so that a writer can put it back: ``nested()``.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from gassapi_backend.exchange.fitting.reporting import Fitting
from gassapi_backend.exchange.tree import Entry, Folder, Json, Request, Variable

_NESTED = "nested"
"""The key in a base for the place that a folder was moved up from: ``in``, the name of the folder
that held it, as in that one's own base; ``at``, its place there; ``name``, its name there."""


def fit_depth(collection: Folder, levels: int, fitting: Fitting) -> None:
    """Move up folders more than ``levels`` deep, counting the collection itself as the first.

    Such a folder follows the one that held it and gets both names, so that the order is kept.
    ``name_places()`` has to follow, once names are final.
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
        places = {id(one): at for at, one in enumerate(item.items)}
        below = [one for one in item.items if isinstance(one, Folder)]
        item.items = [one for one in item.items if isinstance(one, Request)]
        for one in below:
            _take_along(item, one)
            if one.origin is not None and item.origin is not None:
                place = {"in": item, "at": places[id(one)], "name": one.name}
                one.origin.base[_NESTED] = place
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


def name_places(collection: Folder) -> None:
    """Name, in the bases of folders that moved up, the folders that held them."""
    for folder in collection.folders():
        place = folder.origin.base.get(_NESTED) if folder.origin else None
        if isinstance(place, dict) and isinstance(home := place.get("in"), Folder) and home.origin:
            place["in"] = home.origin.base["name"]


def nested(folder: Folder) -> Folder:
    """Return a tree in which the folders that moved up are back where they stood.

    One that no longer follows its former parent stays where it is. A name that was not edited
    becomes the one that it had there. What is given is not changed.
    """
    if all(_place(one) is None for one in folder.folders()):
        return folder
    items = [nested(one) if isinstance(one, Folder) else one for one in folder.items]
    names = {_imported_name(one): at for at, one in reversed([*enumerate(items)])}
    inside: list[list[tuple[int, Folder]]] = [[] for _ in items]
    stay: list[Folder | Request] = []
    for at, item in reversed([*enumerate(items)]):
        if not isinstance(item, Folder):
            stay.append(item)
            continue
        item = replace(item, items=_with(item.items, reversed(inside[at])))
        place = _place(item)
        home = names.get(place["in"], at) if place else at
        if place and home < at:
            inside[home].append((place["at"], _named(item, place["name"])))
        else:
            stay.append(item)
    return replace(folder, items=stay[::-1])


def _place(item: Folder | Request) -> dict[str, Json] | None:
    """Return where a folder stood, if it moved up; bases come from projects' documents as well."""
    place = item.origin.base.get(_NESTED) if item.origin and isinstance(item, Folder) else None
    kinds = {"in": str, "at": int, "name": str}
    is_place = isinstance(place, dict) and all(
        isinstance(place.get(key), kind) for key, kind in kinds.items()
    )
    return place if is_place else None


def _imported_name(item: Folder | Request) -> Json:
    is_known = isinstance(item, Folder) and item.origin is not None
    name = item.origin.base.get("name") if is_known and item.origin else None
    return name if isinstance(name, str) else None


def _with(
    items: "list[Folder | Request]", more: Iterable[tuple[int, Folder]]
) -> "list[Folder | Request]":
    whole = [*items]
    for at, folder in sorted(more, key=lambda one: one[0]):
        whole.insert(max(at, 0), folder)
    return whole


def _named(folder: Folder, name: str) -> Folder:
    """Return a folder under the name that it had, unless it was renamed since."""
    origin = folder.origin
    if origin is None or folder.name != origin.base.get("name"):
        return folder
    return replace(folder, name=name, origin=replace(origin, base={**origin.base, "name": name}))
