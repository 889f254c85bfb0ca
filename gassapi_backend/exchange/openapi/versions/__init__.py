"""The versions of OpenAPI: recognising a document's version, and converting it to another."""

import re
from collections.abc import Callable

from gassapi_backend.exchange.openapi.copying import unshared
from gassapi_backend.exchange.openapi.versions.changes import Changes
from gassapi_backend.exchange.openapi.versions.from_30_to_31 import to_31
from gassapi_backend.exchange.openapi.versions.from_31_to_30 import to_30
from gassapi_backend.exchange.openapi.versions.from_31_to_32 import to_32
from gassapi_backend.exchange.openapi.versions.from_32_to_31 import back_to_31
from gassapi_backend.exchange.tree import Json, Note

NEWEST = "3.1"
"""The version that is written by default."""

VERSIONS = ("3.0", "3.1", "3.2")

_FULL = {"3.0": "3.0.4", "3.1": "3.1.1", "3.2": "3.2.0"}

_UP: dict[str, Callable[[Changes], None]] = {"3.0": to_31, "3.1": to_32}
_DOWN: dict[str, Callable[[Changes], None]] = {"3.2": back_to_31, "3.1": to_30}


def minor(version: str) -> str | None:
    """Return ``3.1`` for ``3.1.0``; ``None`` for anything but a known version of OpenAPI 3."""
    found = re.match(r"3\.[0-2](?=$|[.\-])", version)
    return found[0] if found else None


def full(version: str) -> str:
    """Return the newest patch of a minor version."""
    return _FULL[version]


def converted(document: dict[str, Json], target: str) -> tuple[dict[str, Json], list[Note]]:
    """Return a document in another minor version, and notes on what is expressed differently.

    The document passed in is not changed. For its own version, it is returned itself.
    """
    current = minor(str(document.get("openapi"))) or NEWEST
    if current == target:
        return document, []
    changes = Changes(unshared(document))
    while current != target:
        upwards = VERSIONS.index(current) < VERSIONS.index(target)
        (_UP if upwards else _DOWN)[current](changes)
        current = VERSIONS[VERSIONS.index(current) + (1 if upwards else -1)]
        changes.document["openapi"] = full(current)
    return changes.document, changes.notes()
