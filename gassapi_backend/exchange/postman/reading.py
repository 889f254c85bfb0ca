"""Reads Postman's documents of every version as trees."""

import re
from collections.abc import Iterator
from dataclasses import replace

from gassapi_backend.exchange.postman.auth import read_auth
from gassapi_backend.exchange.postman.items import Collection, Item
from gassapi_backend.exchange.postman.requests import kept_of, read_request
from gassapi_backend.exchange.postman.values import description_of, mapping, text_or_none
from gassapi_backend.exchange.postman.variables import read_variables
from gassapi_backend.exchange.tree import (
    Folder,
    Json,
    Node,
    Note,
    Origin,
    Request,
    What,
    base_of,
)

FORMAT = "postman"


def read_collection(collection: Collection) -> tuple[Folder, list[Note]]:
    """Return a collection as a tree, and notes in the order of the document."""
    root, notes = _folder(collection.root, collection.version)
    notes = [*collection.notes, *notes]
    waiting = [(root, collection.root)]
    while waiting:
        folder, item = waiting.pop()
        for child in item.children or ():
            if child.children is None:
                request, said = _request(child, collection.version)
                folder.items.append(request)
            else:
                inner, said = _folder(child, collection.version)
                folder.items.append(inner)
                waiting.append((inner, child))
            notes += said
    return root, sorted(notes, key=lambda note: order_of(note.pointer))


def order_of(pointer: str) -> list[tuple[int, str]]:
    """Return a sort key that puts JSON pointers in document order."""
    parts = re.split(r"(\d+)", pointer)
    return [(int(part[:18]), "") if part.isdecimal() else (-1, part) for part in parts]


def _request(item: Item, version: str) -> tuple[Request, list[Note]]:
    request, notes = read_request(item)
    request.origin = _origin(request, item, version)
    return request, notes


def _folder(item: Item, version: str) -> tuple[Folder, list[Note]]:
    data, info = item.data, mapping(item.data.get("info"))
    variables = read_variables(data.get("variable"), item.at("/variable"))
    folder = Folder(
        name=text_or_none(info.get("name")) or text_or_none(data.get("name")) or "Untitled",
        description=description_of(info.get("description"))
        or description_of(data.get("description")),
        variables=variables.variables,
        auth=read_auth(data.get("auth")),
    )
    folder.origin = _origin(folder, item, version)
    notes = [
        Note(What.KEPT, "collection", folder.name, item.at(place), reason)
        for place, reason in _kept(item)
    ]
    if item.is_upgraded:
        variables.notes = [replace(note, pointer=item.pointer) for note in variables.notes]
    return folder, notes + variables.notes


def _kept(item: Item) -> Iterator[tuple[str, str]]:
    yield from kept_of(item)
    if item.data.get("request"):
        reason = (
            "it is a folder and has a request as well; the request is kept, "
            "and comes back when exporting to Postman"
        )
        yield "/request", reason


def _origin(node: Node, item: Item, version: str) -> Origin:
    original: dict[str, Json] = {"node": item.data}
    if item.others:
        original["others"] = [[place, value] for place, value in item.others]
    if item.beyond:
        original["beyond"] = item.beyond
    return Origin(
        format=FORMAT,
        version=version,
        pointer=item.pointer,
        source_id=item.source_id,
        original=original,
        base=base_of(node),
    )
