"""Real files through a server: how they are sent, and what of the answers has to be equal."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

from gassapi_backend.exchange.tree import Json
from tests.conftest import Api, Person
from tests.exchange.documents import UNNAMED, Sample, without_ids
from tests.server.importing.documents import fetch, form

_ELSEWHERE = {"documentId", "documentKey", "parentId", "collectionId", "subCollections"}
"""Keys of a project's document whose values are ids, or made of them."""


def file_of(path: Path) -> tuple[bytes, str]:
    """Return a file as it is, and a folder as an archive, and how it is called."""
    if path.is_file():
        return path.read_bytes(), path.name
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for one in sorted(path.rglob("*")):
            if one.is_file():
                archive.write(one, f"{path.name}/{one.relative_to(path)}")
    return packed.getvalue(), f"{path.name}.zip"


async def send(
    api: Api, who: Person, project_id: str, sample: Path, *, expect: int = 201, **fields: str
) -> Any:
    """Import a file or folder as the file of a form; return the answer."""
    content, name = file_of(sample)
    data = form(project_id, content, name, **fields)
    return await api.json("POST", "/collections/import", who, data=data, expect=expect)


async def project_document(api: Api, who: Person, project_id: str) -> Any:
    """Return a project as its document, with secret values."""
    return json.loads(await fetch(api, who, f"/projects/{project_id}/export?reveal=true"))


def holding(document: Any) -> Json:
    """Return what a project's document holds, in its order, each thing by its place, without ids.

    Everything that names another thing by id names it by its path of positions instead.
    """
    return {
        "environments": [_plain(one) for one in document["environments"]],
        **tree(document),
        "flows": [without_ids(one) for one in document["flows"]],
    }


def tree(document: Any) -> dict[str, Json]:
    """Return the collections and endpoints of a project's document by their paths."""
    places = places_of(document)
    return {
        kind: sorted(
            ([places[one["id"]], _plain(one)] for one in document[kind]), key=lambda one: one[0]
        )
        for kind in ("collections", "endpoints")
    }


def places_of(document: Any) -> dict[str, list[int]]:
    """Return where each collection and endpoint stands, as positions from the top."""
    above = {one["id"]: (one["parentId"], one["position"]) for one in document["collections"]}
    above |= {one["id"]: (one["collectionId"], one["position"]) for one in document["endpoints"]}

    def place(id_: str) -> list[int]:
        parent, position = above[id_]
        return [*(place(parent) if parent else []), position]

    return {id_: place(id_) for id_ in above}


def _plain(one: Any) -> Json:
    kept = {key: value for key, value in one.items() if key not in _ELSEWHERE}
    if isinstance(kept.get("origin"), dict):
        kept["origin"] = {k: v for k, v in kept["origin"].items() if k not in _ELSEWHERE}
    return without_ids(kept)


def rows_of(document: Any, root_id: str) -> Json:
    """Return the rows below one collection by their places in it, without ids and origins."""
    places = places_of(document)
    depth = len(places[root_id])
    found = []
    for one in (*document["collections"], *document["endpoints"]):
        place = places[one["id"]]
        if place[:depth] == places[root_id]:
            fields = {key: value for key, value in one.items() if key not in ("origin", "position")}
            found.append([place[depth:], _plain(fields)])
    return sorted(found, key=lambda one: one[0])


def equal_form(sample: Sample, value: Json) -> Json:
    """Return a document of a sample's format as it is compared: see what counts as equal."""
    return with_plain_urls(without_ids(value, _ids_of(sample).__contains__))


def _ids_of(sample: Sample) -> set[str]:
    return UNNAMED


def with_plain_urls(value: Json) -> Json:
    """Return a document in which each URL object that says ``raw`` is that text."""
    if isinstance(value, list):
        return [with_plain_urls(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        key: {"raw": one} if key == "url" and isinstance(one, str) else with_plain_urls(one)
        for key, one in value.items()
    }


def differences(before: Json, after: Json, pointer: str = "") -> list[tuple[str, Json]]:
    """Return where two documents differ, and what the second has there."""
    if isinstance(before, dict) and isinstance(after, dict):
        return [
            found
            for key in [*before, *(after.keys() - before.keys())]
            for found in differences(before.get(key), after.get(key), f"{pointer}/{key}")
        ]
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        return [
            found
            for place, (one, other) in enumerate(zip(before, after, strict=True))
            for found in differences(one, other, f"{pointer}/{place}")
        ]
    return [] if before == after else [(pointer, after)]
