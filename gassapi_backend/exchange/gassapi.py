"""Our own document of a whole project: all its contents as flat lists, named as in the API."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from gassapi_backend.exchange.sources import Source
from gassapi_backend.exchange.tree import (
    Document,
    Environment,
    Folder,
    Json,
    Node,
    Note,
    Origin,
    Request,
    Unreadable,
    What,
    base_of,
)

FORMAT = "gassapi"
VERSION = 1

_REQUEST = {
    "url": str,
    "description": str,
    "bodyType": str,
    "auth": dict,
    "purpose": str,
    "responseSchema": dict,
}
_SNAKE = {
    "bodyType": "body_type",
    "responseSchema": "response_schema",
    "requestParams": "request_params",
    "headerDocs": "header_docs",
}


@dataclass(slots=True)
class Project:
    """A project as its document describes it.

    ``refs`` holds, by the ids of the document, what origins refer to: ``documentId``, ``parentId``,
    ``position`` and ``givenName``. ``objects`` holds, likewise, the fields that were given as an
    object instead of a list of entries.
    """

    document: Document
    info: dict[str, Json]
    flows: list[dict[str, Json]] = field(default_factory=list)
    refs: dict[str, dict[str, Json]] = field(default_factory=dict)
    objects: dict[str, set[str]] = field(default_factory=dict)


def read(source: Source) -> Document:
    """Return the collections and environments of a project; flows and settings are left out."""
    project = read_project(source.data)
    if project.flows:
        reason = "flows come along when the whole project is imported"
        count = len(project.flows)
        note = Note(What.SKIPPED, "document", f"{count} flows", "/flows", reason)
        project.document.notes.append(note)
    return project.document


def read_project(data: Json) -> Project:
    """Return the project that a document describes; raise ``Unreadable`` for anything else."""
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise Unreadable("This is not a project exported from GassAPI.")
    version = data.get("version")
    if type(version) is not int or version < VERSION:
        raise Unreadable("This is not a project exported from GassAPI.", "/version")
    if version > VERSION:
        raise Unreadable("This project was exported by a newer version of GassAPI.", "/version")
    document = Document(FORMAT, str(VERSION))
    project = Project(document, _dict(data.get("project")))
    folders = dict(_folders(project, data.get("collections")))
    placed = [(str(_dict(one).get("parentId")), one, node) for one, node in folders.values()]
    for pointer, one in _each(data.get("endpoints"), "/endpoints", project):
        request = _request(project, one)
        _add_origin(project, request, one, pointer)
        placed.append((str(one.get("collectionId")), one, request))
    _place(project, folders, placed)
    for pointer, one in _each(data.get("environments"), "/environments", project):
        environment = Environment(
            _text(one.get("name")) or "",
            _variables(one.get("variables")),
            _text(one.get("description")),
            one.get("isDefault") is True,
        )
        _add_origin(project, environment, one, pointer)
        document.environments.append(environment)
    project.flows = [one for _, one in _each(data.get("flows"), "/flows", project)]
    return project


Found = tuple[dict[str, Json], Any]


def _folders(project: Project, collections: Json) -> Iterator[tuple[str, Found]]:
    for pointer, one in _each(collections, "/collections", project):
        folder = Folder(
            _text(one.get("name")) or "",
            _text(one.get("description")),
            _variables(one.get("variables")),
            _entries(project, one, "headers"),
            _dict(one.get("auth")) or None,
        )
        _add_origin(project, folder, one, pointer)
        yield str(one.get("id")), (one, folder)


def _place(
    project: Project, folders: dict[str, Found], placed: list[tuple[str, dict[str, Json], Any]]
) -> None:
    """Put everything into its collection, in order; what has no collection is left out."""
    reached: set[int] = set()
    for parent_id, _, node in sorted(placed, key=lambda one: _number(one[1].get("position"))):
        if parent_id in folders:
            folders[parent_id][1].items.append(node)
        elif isinstance(node, Folder):
            project.document.collections.append(node)
        else:
            reason = "it is in no collection of this document"
            note = Note(What.SKIPPED, "endpoint", node.name, "", reason)
            project.document.notes.append(note)
    for top in project.document.collections:
        reached.update(id(folder) for folder in top.folders())
    if len(reached) < len(folders):
        raise Unreadable("Some of its collections stand below themselves.", "/collections")


def _request(project: Project, one: dict[str, Json]) -> Request:
    request = Request(_text(one.get("name")) or "", _text(one.get("method")) or "GET")
    for name, kind in _REQUEST.items():
        value = one.get(name)
        if isinstance(value, kind):
            setattr(request, _SNAKE.get(name, name), value)
    request.headers = _entries(project, one, "headers")
    request.params = _entries(project, one, "params")
    request.body = one.get("body")
    examples = one.get("examples")
    request.examples = examples if isinstance(examples, list) else []
    for name in ("requestParams", "headerDocs"):
        value = one.get(name)
        setattr(request, _SNAKE[name], value if isinstance(value, (dict, list)) else None)
    return request


def _add_origin(project: Project, node: Node, one: dict[str, Json], pointer: str) -> None:
    """Give a node its id, and the origin that it had when it was exported."""
    node.id = _text(one.get("id"))
    said = one.get("origin")
    if not isinstance(said, dict) or not isinstance(said.get("format"), str):
        return
    node.origin = Origin(
        said["format"],
        _text(said.get("version")) or "",
        pointer if (place := _text(said.get("pointer"))) is None else place,
        _text(said.get("sourceId")),
        _text(said.get("operationId")),
        said.get("original"),
        _dict(said.get("base")) or base_of(node),
    )
    names = ("documentId", "parentId", "position", "givenName", "documentKey")
    project.refs[node.id or ""] = {name: said.get(name) for name in names}


def _each(value: Json, pointer: str, project: Project) -> Iterator[tuple[str, dict[str, Json]]]:
    for at, one in enumerate(value if isinstance(value, list) else []):
        if isinstance(one, dict):
            yield f"{pointer}/{at}", one
        else:
            reason = "it is no object"
            note = Note(What.SKIPPED, "document", "", f"{pointer}/{at}", reason)
            project.document.notes.append(note)


def _text(value: Json) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: Json) -> float:
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else 0


def _dict(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}


def _entries(project: Project, one: dict[str, Json], name: str) -> list[dict[str, Json]]:
    """Return headers or parameters as entries; record it if they were given as an object."""
    value = one.get(name)
    if isinstance(value, dict):
        project.objects.setdefault(str(one.get("id")), set()).add(name)
        return [{"key": key, "value": each} for key, each in value.items()]
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _variables(value: Json) -> list[dict[str, Json]]:
    found = []
    for one in value if isinstance(value, list) else []:
        if isinstance(one, dict) and isinstance(one.get("key"), str):
            variable = {name: one[name] for name in one if name != "hasValue"}
            found.append({**variable, "value": _text(one.get("value")) or ""})
    return found
