"""Reads a source as a Postman document of any kind: collection, environment, globals, dump."""

import re

from gassapi_backend.exchange.postman import dumps, version1, version3
from gassapi_backend.exchange.postman.environments import (
    is_environment,
    read_environment,
)
from gassapi_backend.exchange.postman.items import Collection, Node, items_of
from gassapi_backend.exchange.postman.reading import FORMAT, read_collection
from gassapi_backend.exchange.postman.values import mapping, text_or_none
from gassapi_backend.exchange.postman.version2 import upgraded
from gassapi_backend.exchange.postman.version3_files import has_version3
from gassapi_backend.exchange.sources import Source
from gassapi_backend.exchange.tree import (
    Document,
    Environment,
    Folder,
    Json,
    Note,
    Unreadable,
    What,
)

_NOT_POSTMAN = (
    "This is not a Postman document: a collection has info and item, an environment has values. "
    "Export it from Postman again (Collection v2.1)."
)
_NEWEST = 3
_ENVIRONMENTS = re.compile(r"\.(environment|globals)\.(ya?ml|json)$")


def read(source: Source) -> Document:
    """Return what a document of Postman holds; raise ``Unreadable`` if it is not one."""
    if source.files:
        document = _of_files(source)
    else:
        document = Document(FORMAT, "")
        _add(document, source.data, "", source.name)
        if dumps.is_dump(source.data):
            document.notes += dumps.left_out(source.data)
    if not document.collections and not document.environments:
        raise Unreadable(_NOT_POSTMAN)
    return _named(document)


def _named(document: Document) -> Document:
    """Set the format and version of a document, and the id by which it is recognised again."""
    nodes: list[Folder | Environment] = [*document.collections, *document.environments]
    origins = [one.origin for one in nodes if one.origin]
    document.version = next((origin.version for origin in origins if origin.version), "")
    if not document.collections:
        document.format = origins[0].format
    if len(origins) == 1:
        document.source_id = origins[0].source_id
    return document


def _of_files(source: Source) -> Document:
    document = Document(FORMAT, "")
    is_folder = has_version3(source.files)
    if is_folder:
        for collection in version3.collections_of(source.files, source.name or "Collection"):
            folder, notes = read_collection(collection)
            document.collections.append(folder)
            document.notes += notes
    texts = {
        path: text
        for path, text in source.files.items()
        if _ENVIRONMENTS.search(path) or (not is_folder and path.endswith(".json"))
    }
    found, notes = dumps.files_of(texts)
    document.notes += notes
    for path, said in found:
        _add_found(document, path, said)
    return document


def _add_found(document: Document, path: str, said: Json) -> None:
    """Add what a file of a folder or archive holds; a file that is not Postman's is left out."""
    try:
        _add(document, said, path, path)
    except Unreadable as problem:
        document.notes.append(Note(What.SKIPPED, "document", path, path, problem.message))


def _add(document: Document, said: Json, pointer: str, name: str) -> None:
    """Add what a document holds; raise ``Unreadable`` if it is not one of Postman's."""
    if dumps.is_dump(said):
        for at, one in dumps.parts_of(said, pointer):
            _add_found(document, at, one)
        return
    inner, wrapper = _unwrapped(said)
    pointer += f"/{wrapper['name']}" if wrapper else ""
    if is_environment(inner):
        environment, notes = read_environment(inner, pointer, name)
        _keep_wrapper(environment, wrapper)
        document.environments.append(environment)
        document.notes += notes
    else:
        folder, notes = read_collection(_collection(inner, pointer, name))
        _keep_wrapper(folder, wrapper)
        document.collections.append(folder)
        document.notes += notes


def _keep_wrapper(node: Folder | Environment, wrapper: Node | None) -> None:
    if wrapper and node.origin:
        node.origin.original["wrapper"] = wrapper


def _unwrapped(said: Json) -> tuple[Json, Node | None]:
    """Return the content that Postman's API wraps in an object, and the object's name and rest."""
    for name in ("collection", "environment"):
        inner = mapping(said).get(name)
        if isinstance(inner, dict) and not said.keys() & {"info", "item", "requests", "values"}:
            rest = {key: value for key, value in said.items() if key != name}
            return inner, {"name": name, "rest": rest}
    return said, None


def _collection(said: Json, pointer: str, name: str) -> Collection:
    if version3.is_version3(said):
        return version3.collection_of(said, pointer)
    if version3.is_request(said):
        return version3.collection_of_request(said, pointer, name)
    if version1.is_version1(said):
        return version1.collection_of(said, pointer)
    info = mapping(said).get("info")
    if not isinstance(info, dict) or not (_is_postman(info) or "item" in said):
        raise Unreadable(_NOT_POSTMAN, pointer)
    version = version_of(said)
    if int(version.partition(".")[0]) > _NEWEST:
        raise Unreadable(
            f"A Postman collection of version {version[:20]} is not known here; 1.0 to 3.0 are. "
            "Export it from Postman again (Collection v2.1).",
            f"{pointer}/info/schema",
        )
    is_old = version.startswith("2.0")
    root, notes = items_of(said, pointer, upgraded if is_old else dict)
    if not isinstance(said.get("item", []), list | None):
        reason = "it is not a list of items, so there is nothing to import"
        notes.append(Note(What.SKIPPED, "collection", "item", f"{pointer}/item", reason))
    return Collection(root, version, notes)


def _is_postman(info: Node) -> bool:
    return "_postman_id" in info or "postman.com/" in str(info.get("schema"))


def version_of(said: Node) -> str:
    """Return the version of a collection, from its schema or else from its structure."""
    schema = text_or_none(mapping(said.get("info")).get("schema")) or ""
    if found := re.search(r"/v(\d{1,9}\.\d+\.\d+)", schema):
        return found[1]
    auth = mapping(said.get("auth"))
    return "2.0.0" if isinstance(auth.get(text_or_none(auth.get("type")) or ""), dict) else "2.1.0"
