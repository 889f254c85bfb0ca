"""Writes a collection as OpenAPI 3.0, 3.1 or 3.2; imported documents come back as they were."""

from dataclasses import replace

from gassapi_backend.exchange.openapi.extensions import MORE, OWN
from gassapi_backend.exchange.openapi.references import without_paths
from gassapi_backend.exchange.openapi.texts import mapping
from gassapi_backend.exchange.openapi.versions import NEWEST, converted, full, minor
from gassapi_backend.exchange.openapi.writing.assembling import (
    add_request,
    is_where_it_was,
    unfold_references,
)
from gassapi_backend.exchange.openapi.writing.assembly import Assembly, walk
from gassapi_backend.exchange.openapi.writing.cleaning import (
    without_dangling,
    without_examples,
    without_rings,
)
from gassapi_backend.exchange.openapi.writing.gathering import home_of, homes_of
from gassapi_backend.exchange.openapi.writing.homes import Home, document_of, operation_of
from gassapi_backend.exchange.openapi.writing.naming import OperationIds
from gassapi_backend.exchange.openapi.writing.schemes import has_secrets, is_same_scheme, shareable
from gassapi_backend.exchange.openapi.writing.servers import (
    BASE,
    edited_servers,
    known_values,
    root_servers,
    usual_server,
)
from gassapi_backend.exchange.openapi.writing.tags import Tags, shared_variables
from gassapi_backend.exchange.openapi.writing.wanted import Wanted, given
from gassapi_backend.exchange.tree import (
    Document,
    Folder,
    Json,
    Note,
    Request,
    Unreadable,
    What,
)
from gassapi_backend.exchange.writing import JSON_TYPE, WriteOptions, Written, json_chunks


def write(document: Document, options: WriteOptions) -> Written:
    """Return a document as OpenAPI.

    If no version is given, a document imported as OpenAPI 3 is written in its own version, and
    anything else as 3.1.
    """
    root = _root(document)
    said, notes = _assembled(document, root, options)
    said, more = converted(said, options.version or _usual_version(document, root))
    if not options.include_examples:
        said = without_examples(said)
    said, rings = without_rings(said)
    name = f"{root.name}.openapi.json"
    return Written(json_chunks(said), JSON_TYPE, name, [*notes, *more, *rings])


def _root(document: Document) -> Folder:
    if not document.collections:
        raise Unreadable("There is no collection that could be written as OpenAPI.")
    if len(document.collections) == 1:
        return _with_what_is_above(document.collections[0], document.above)
    return Folder("Collections", items=list(document.collections))


def _with_what_is_above(root: Folder, above: list[Folder]) -> Folder:
    """Return a folder that is written alone, with the headers and authentication it inherits."""
    headers = list(root.headers)
    for folder in reversed(above):
        own = {str(one.get("key")).lower() for one in headers}
        headers += [one for one in folder.headers if str(one.get("key")).lower() not in own]
    auth = given(root.auth)
    for folder in reversed(above):
        if auth is None and document_of(folder) is None:  # a document has its own security
            auth = given(folder.auth)
    if headers == root.headers and auth == given(root.auth):
        return root
    return replace(root, headers=headers, auth=auth)


def _usual_version(document: Document, root: Folder) -> str:
    """Return the version that a collection was imported in; the newest one for Swagger 2.0."""
    for folder in (root, *reversed(document.above)):
        if folder.origin and document_of(folder):
            return minor(folder.origin.version) or NEWEST
    return NEWEST


def _assembled(
    document: Document, root: Folder, options: WriteOptions
) -> tuple[dict[str, Json], list[Note]]:
    wanted = [Wanted.of(item, above) for above, item in walk(root) if isinstance(item, Request)]
    assembly = _started(document, root, wanted, options)
    _describe(assembly, root)
    homes = homes_of(assembly, root, wanted)
    for above, item in walk(root):
        if isinstance(item, Folder):
            assembly.tags.add(item, above)
    for one in sorted(wanted, key=lambda one: _turn(assembly, one)):
        add_request(assembly, home_of(one, homes, assembly.home), one)
    unfold_references(assembly)
    said = _finished(assembly, document_of(root) or {})
    if assembly.home.is_new and assembly.originals:
        said, dangling = without_dangling(said)
        assembly.notes += dangling
    return said, assembly.notes


def _turn(assembly: Assembly, wanted: Wanted) -> int:
    """Return when a request is placed: one whose path refers to another path comes after that."""
    if not is_where_it_was(assembly, wanted):
        return 2
    known = operation_of(wanted.request)
    return int(known is not None and "$ref" in mapping(assembly.paths.get(known[1])))


def _started(
    document: Document, root: Folder, wanted: list[Wanted], options: WriteOptions
) -> Assembly:
    values = known_values([*document.above, root], document.environments)
    skeleton = document_of(root) or _document_above(document, root)
    if skeleton is None:
        usual = usual_server(wanted)
        version = "3.2" if options.version == "3.2" else NEWEST  # 3.0 is made from 3.1
        skeleton = {
            "openapi": full(version),
            "info": {"title": root.name, "version": "1.0.0"},
            "servers": root_servers(usual, values, document.environments),
            "security": [],
            "tags": [],
            "paths": {},
        }
        home = Home.of(skeleton, is_new=True)
    else:
        home = Home.of(skeleton)
        version = minor(str(home.document["openapi"])) or NEWEST
        usual = _moved_server(home, wanted, document, values)
    tags = home.document.get("tags")
    return Assembly(
        home,
        version,
        Tags(version, list(tags) if isinstance(tags, list) else [], is_new=home.is_new),
        values,
        usual,
        OperationIds.of_document(home.document),
        options.include_examples,
    )


def _document_above(document: Document, root: Folder) -> dict[str, Json] | None:
    """Return the document that a folder is a part of, renamed after the folder."""
    for folder in reversed(document.above):
        skeleton = document_of(folder)
        if skeleton is not None:
            info = {**mapping(skeleton.get("info")), "title": root.name}
            if root.description:
                info["description"] = root.description
            return {**skeleton, "info": info, "paths": _paths_of(root, skeleton)}
    return None


def _paths_of(root: Folder, skeleton: dict[str, Json]) -> dict[str, Json]:
    """Return the paths that the requests below a folder were imported with."""
    known = {found[1] for one in root.requests() if (found := operation_of(one))}
    paths = mapping(skeleton.get("paths"))
    return {path: item for path, item in paths.items() if path in known}


def _moved_server(
    home: Home, wanted: list[Wanted], document: Document, values: dict[str, str]
) -> str | None:
    """Return the new host of a document, if all of its requests now go to the same one."""
    servers = home.document.get("servers")
    if isinstance(servers, list) and document.environments:
        home.document["servers"] = edited_servers(servers, document.environments)
    hosts = {one.url.server for one in wanted if not _has_own_server(one)}
    if len(hosts) != 1 or BASE in hosts or not all(hosts):
        return None
    (host,) = hosts
    home.document["servers"] = root_servers(host, values, [])
    return host


def _has_own_server(wanted: Wanted) -> bool:
    """Whether a request went to a host of its own when it was imported, and still does."""
    origin = wanted.request.origin
    was = origin.base.get("url") if origin else None
    return isinstance(was, str) and not was.startswith(BASE) and was == wanted.request.url


def _describe(assembly: Assembly, root: Folder) -> None:
    """Write what the collection itself has: title, description, authentication, variables."""
    document = assembly.home.document
    if not _is_as_imported(assembly, root, "name"):
        document["info"] = {**mapping(document.get("info")), "title": root.name}
    if not _is_as_imported(assembly, root, "description"):
        info = document["info"] = dict(mapping(document.get("info")))
        info.pop("description", None)
        if root.description:
            info["description"] = root.description
    auth = given(root.auth)
    was = root.origin.base.get("auth") if root.origin and document_of(root) else None
    if not _is_as_imported(assembly, root, "auth") and not is_same_scheme(auth, was):
        document["security"] = assembly.home.schemes.requirement(auth) if auth else []
    if auth and has_secrets(auth):
        _warn(assembly, root)
    _describe_further(assembly, root)


def _describe_further(assembly: Assembly, root: Folder) -> None:
    """Keep what a document cannot express: variables, and details of authentication."""
    own: dict[str, Json] = dict(mapping(assembly.home.document.get(OWN)))
    auth = given(root.auth)
    if not _is_as_imported(assembly, root, "auth"):
        own.pop("auth", None)
        if auth and shareable(auth) != assembly.home.context().security.auth:
            own["auth"] = shareable(auth)
    if not _is_as_imported(assembly, root, "variables"):
        own["variables"] = shared_variables(root.variables)
    own = {name: value for name, value in own.items() if value}
    assembly.home.document.pop(OWN, None)
    if own:
        assembly.home.document[OWN] = own


def _is_as_imported(assembly: Assembly, root: Folder, name: str) -> bool:
    """Whether a field of the collection is as the document gave it."""
    if document_of(root) is None and not assembly.home.is_new:  # a folder of the document
        return getattr(root, name) in (None, []) or name in ("name", "description")
    if assembly.home.is_new or root.origin is None:
        return False
    return root.origin.is_unchanged(name, getattr(root, name))


def _warn(assembly: Assembly, root: Folder) -> None:
    reason = "An OpenAPI document holds no credentials: they are replaced by variables."
    assembly.notes.append(Note(What.KEPT, "collection", root.name, "", reason, root.id))


def _finished(assembly: Assembly, skeleton: dict[str, Json]) -> dict[str, Json]:
    """Return the document without empty sections that it did not have before."""
    document = assembly.home.document
    document["tags"] = assembly.tags.said
    if assembly.aside:
        document[MORE] = assembly.aside
    components = document["components"]
    for section in [name for name in components if not components[name]]:
        was = mapping(skeleton.get("components"))
        if section in was:
            components[section] = was[section]
        else:
            del components[section]
    for key in ("tags", "components", "paths"):
        if document[key]:
            continue
        if key in skeleton:
            document[key] = skeleton[key]
        elif key != "paths" or skeleton:
            del document[key]
    return without_paths(document)
