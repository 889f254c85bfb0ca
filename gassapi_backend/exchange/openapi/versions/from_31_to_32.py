"""Converts OpenAPI 3.1 to 3.2: extensions that anticipated new fields become those fields."""

from gassapi_backend.exchange.openapi.grammar import ADDITIONAL, BACKPORT, QUERY, walk
from gassapi_backend.exchange.openapi.texts import mapping, objects
from gassapi_backend.exchange.openapi.versions.changes import Changes
from gassapi_backend.exchange.openapi.versions.from_32_to_31 import NEWER
from gassapi_backend.exchange.tree import Json


def to_32(changes: Changes) -> None:
    """Convert a document from 3.1 to 3.2, which expresses all of 3.1 in the same way."""
    document = changes.document
    for tag in objects(document.get("tags")):
        _renamed("tag", tag)
    for server in objects(document.get("servers")):
        _renamed("server", server)
    for kind, node, _ in walk("document", document):
        _renamed(kind, node)
        if kind == "securityScheme":
            _renamed("flows", mapping(node.get("flows")))
        elif kind == "pathItem":
            _query(node)


def _renamed(kind: str, node: dict[str, Json]) -> None:
    for key in NEWER.get(kind, ()):
        if BACKPORT + key in node and key not in node:
            node[key] = node.pop(BACKPORT + key)


def _query(item: dict[str, Json]) -> None:
    more = mapping(item.get(ADDITIONAL))
    if "QUERY" in more and QUERY not in item:
        item[QUERY] = more.pop("QUERY")
        if not more:
            del item[ADDITIONAL]
