"""Converts OpenAPI 3.2 to 3.1: new fields become ``x-oai-`` extensions, as in the registry."""

from gassapi_backend.exchange.openapi.grammar import ADDITIONAL, BACKPORT, QUERY, Where, walk
from gassapi_backend.exchange.openapi.references import References
from gassapi_backend.exchange.openapi.texts import mapping, objects
from gassapi_backend.exchange.openapi.versions.changes import Changes
from gassapi_backend.exchange.tree import Json

NEWER: dict[str, tuple[str, ...]] = {
    "document": ("$self",),
    "components": ("mediaTypes",),
    "pathItem": (ADDITIONAL,),
    "mediaType": ("itemSchema", "prefixEncoding", "itemEncoding", "description"),
    "encoding": ("encoding", "prefixEncoding", "itemEncoding"),
    "response": ("summary",),
    "example": ("dataValue", "serializedValue"),
    "securityScheme": ("deprecated", "oauth2MetadataUrl"),
    "tag": ("summary", "parent", "kind"),
    "server": ("name",),
    "flows": ("deviceAuthorization",),
    "discriminator": ("defaultMapping",),
    "xml": ("nodeType",),
}
"""The fields that 3.2 added, by the kind of object they belong to."""

_NO_WORD = "OpenAPI 3.1 does not have it; it is written as the extension x-oai-…."


def back_to_31(changes: Changes) -> None:
    """Convert a document from 3.2 to 3.1."""
    _inline_media_types(changes)
    _outside_the_grammar(changes)
    for kind, node, where in walk("document", changes.document):
        match kind:
            case "pathItem":
                _query(changes, node, where)
                _parameters(changes, node, where)
            case "operation":
                _parameters(changes, node, where)
                _servers(changes, node, where)
            case "example":
                _example(node)
            case "response" if "$ref" not in node:
                node.setdefault("description", "")
            case "schema":
                _schema(changes, node, where)
            case "securityScheme":
                _renamed(changes, "flows", mapping(node.get("flows")), (where, "flows"))
        _renamed(changes, kind, node, where)
        if "encoding" in node and kind == "encoding":
            _renamed(changes, kind, node, where)


def _renamed(changes: Changes, kind: str, node: dict[str, Json], where: Where) -> None:
    for key in NEWER.get(kind, ()):
        changes.rename(node, key, BACKPORT + key, _NO_WORD, where)


def _outside_the_grammar(changes: Changes) -> None:
    for index, tag in enumerate(objects(changes.document.get("tags"))):
        _renamed(changes, "tag", tag, ((None, "tags"), index))
    _servers(changes, changes.document, None)


def _servers(changes: Changes, owner: dict[str, Json], where: Where) -> None:
    for index, server in enumerate(objects(owner.get("servers"))):
        _renamed(changes, "server", server, ((where, "servers"), index))


def _inline_media_types(changes: Changes) -> None:
    """Inline media types that are kept among the components."""
    if "mediaTypes" not in mapping(changes.document.get("components")):
        return
    references = References(changes.document)
    for kind, node, _ in walk("document", changes.document):
        if kind == "mediaType" and isinstance(node.get("$ref"), str):
            said = references.follow(node)
            node.clear()
            node.update(said)


def _query(changes: Changes, item: dict[str, Json], where: Where) -> None:
    """Move an operation with the method QUERY to those with other additional methods."""
    if QUERY in item:
        more = item.setdefault(ADDITIONAL, {})
        if isinstance(more, dict):
            more["QUERY"] = item.pop(QUERY)
            changes.say(QUERY, _NO_WORD, where)


def _parameters(changes: Changes, owner: dict[str, Json], where: Where) -> None:
    listed = owner.get("parameters")
    if not isinstance(listed, list):
        return
    references = References(changes.document)
    whole = [one for one in listed if references.follow(one).get("in") == "querystring"]
    if whole:
        owner["parameters"] = [one for one in listed if one not in whole]
        owner[BACKPORT + "querystring"] = whole
        changes.say("querystring", _NO_WORD, (where, "parameters"))
    for one in objects(owner["parameters"]):
        if one.get("style") == "cookie":
            one[BACKPORT + "style"] = one.pop("style")


def _example(node: dict[str, Json]) -> None:
    """Put what 3.2 has two fields for into ``value``, where the meaning is the same."""
    if "value" in node or "externalValue" in node:
        return
    for key in ("dataValue", "serializedValue"):
        if key in node:
            node["value"] = node.pop(key)
            return


def _schema(changes: Changes, node: dict[str, Json], where: Where) -> None:
    _renamed(changes, "discriminator", mapping(node.get("discriminator")), where)
    xml = mapping(node.get("xml"))
    if xml.get("nodeType") == "attribute":
        del xml["nodeType"]
        xml["attribute"] = True
    _renamed(changes, "xml", xml, where)
