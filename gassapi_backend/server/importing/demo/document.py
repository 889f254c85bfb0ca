"""The demo project as a document in our format, imported like any other."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import orjson

from gassapi_backend.exchange.gassapi import FORMAT, VERSION
from gassapi_backend.server.importing.demo import scene
from gassapi_backend.server.importing.demo.shop import SHOP, Folder, Json

FILE_NAME = "demo.gassapi.json"
PROJECT = {
    "name": "Demo shop",
    "description": "The API of a made-up shop. Try things here, and delete it any time.",
    "settings": scene.SHOP_SETTINGS,
}


@cache
def demo_document() -> bytes:
    """Return the demo project as `GET /projects/{id}/export` would."""
    folders = list(_folders(SHOP, None))
    ids = {folder["name"]: folder["id"] for folder, _ in folders}
    drawn = {**scene.PAY_AND_TRACK, "collectionId": ids["Payments"]}
    return orjson.dumps(
        {
            "format": FORMAT,
            "version": VERSION,
            "project": PROJECT,
            "environments": [
                {**one, "isDefault": at == 0} for at, one in enumerate(scene.ENVIRONMENTS)
            ],
            "collections": [folder for folder, _ in folders],
            "endpoints": [endpoint for _, endpoints in folders for endpoint in endpoints],
            "flows": [scene.BUY_SOMETHING, drawn],
        }
    )


def _folders(
    folders: Iterable[Folder], parent_id: str | None, after: int = 0
) -> Iterator[tuple[Json, list[Json]]]:
    """Yield collections with the endpoints in them, each before those below it.

    ``after`` is how many endpoints come before them.
    """
    for place, folder in enumerate(folders, after + 1):
        id_ = f"{parent_id or 'shop'}/{place}"
        own: dict[str, Any] = {
            "id": id_,
            "parentId": parent_id,
            "name": folder.name,
            "description": folder.description,
            "position": place,
            **folder.inherited,
        }
        endpoints = [
            {"id": f"{id_}:{at}", "collectionId": id_, "position": at, **one}
            for at, one in enumerate(folder.endpoints, 1)
        ]
        yield own, endpoints
        yield from _folders(folder.folders, id_, len(endpoints))
