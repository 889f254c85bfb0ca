"""Reads OpenCollection's collections as trees."""

from collections.abc import Iterator

from gassapi_backend.exchange.opencollection.auth import read_auth
from gassapi_backend.exchange.opencollection.entries import (
    description_of,
    read_entries,
    read_variables,
)
from gassapi_backend.exchange.opencollection.extending import extend
from gassapi_backend.exchange.opencollection.folders import collection_of_files
from gassapi_backend.exchange.opencollection.items import Collection, Item, items_of, name_of
from gassapi_backend.exchange.opencollection.requests import BACK, kept_scripts, read_request
from gassapi_backend.exchange.opencollection.texts import TEXTS
from gassapi_backend.exchange.overridden import keys_of, overridden
from gassapi_backend.exchange.recognition import is_opencollection_request
from gassapi_backend.exchange.sources import Source
from gassapi_backend.exchange.spelling import as_spelled
from gassapi_backend.exchange.tree import (
    Document,
    Environment,
    Folder,
    Json,
    Node,
    Note,
    Origin,
    Unreadable,
    What,
    base_of,
)
from gassapi_backend.exchange.values import listed, mapping, objects, text_in, text_or_none

FORMAT = "opencollection"
_UNUSED = ("clientCertificates", "dotEnvFilePath")
"""What an environment may have that is only kept."""


def read(source: Source) -> Document:
    """Return the tree of a collection in one file, or in a folder of files."""
    if source.files:
        collection, version = collection_of_files(source)
    else:
        data = as_spelled(source, TEXTS)
        if not isinstance(data, dict):
            raise Unreadable("This is not an OpenCollection document: it is not an object.")
        version = text_in(data.get("opencollection"))
        if is_opencollection_request(data):
            return document_of(_collection_of_request(data, source.name), FORMAT, version)
        if "opencollection" not in data and "variables" in data:
            return environments_alone([("", data)], FORMAT, version)
        _refuse_workspace(data)
        root, notes = items_of(data, "")
        collection = Collection(root, [], notes)
    return document_of(collection, FORMAT, version)


def _collection_of_request(said: dict[str, Json], file: str) -> Collection:
    name = file.rpartition(".")[0] or name_of(said) or "OpenCollection"
    root = Item({"info": {"name": name}}, "", children=[Item(said, "")])
    return Collection(root)


def environments_alone(environments: list[tuple[str, Json]], origin: str, version: str) -> Document:
    """Return a document of environments, each with its place, without a collection."""
    notes: list[Note] = []
    found = [_read_environment(one, origin, version, at, notes) for at, one in environments]
    for at, environment in enumerate(found):
        if environment.origin:
            environment.origin.original["at"] = at
    notes += extend(found)
    return Document(origin, version, [], found, notes)


def _refuse_workspace(data: dict[str, Json]) -> None:
    if text_in(mapping(data.get("info")).get("type")) == "workspace":
        raise Unreadable(
            "This is a workspace of Bruno, which only lists its collections. "
            "Import the folders of the collections, or the whole folder as a ZIP archive."
        )


def document_of(collection: Collection, origin: str, version: str) -> Document:
    """Return the document of a collection, whichever format it comes from.

    It has no id: its name is what its versions have in common.
    """
    notes = [*collection.notes]
    root = _read_tree(collection.root, origin, version, notes)
    document = Document(origin, version, [root], notes=notes, source_id=root.name)
    config = mapping(collection.root.said.get("config"))
    inner = [
        (at, f"/config/environments/{at}", one) for at, one in objects(config.get("environments"))
    ]
    if root.origin and isinstance(config.get("environments"), list):
        others = [
            [at, one] for at, one in enumerate(config["environments"]) if not isinstance(one, dict)
        ]
        root.origin.original["environments"] = others
    files = [(at, *one) for at, one in enumerate(collection.environments, start=len(inner))]
    for at, pointer, said in [*inner, *files]:
        environment = _read_environment(said, origin, version, pointer, notes)
        if environment.origin:
            environment.origin.original["at"] = at
        document.environments.append(environment)
    notes += extend(document.environments)
    notes += overridden(root, keys_of(document), "Bruno")
    return document


def _read_tree(item: Item, origin: str, version: str, notes: list[Note]) -> Folder:
    top = _read_folder(item, notes)
    top.origin = _origin(top, item, origin, version)
    waiting = [(top, item)]
    while waiting:
        folder, parent = waiting.pop()
        for child in parent.children or ():
            if child.children is None:
                request, said = read_request(child)
                request.origin = _origin(request, child, origin, version)
                folder.items.append(request)
                notes += said
            else:
                inner = _read_folder(child, notes)
                inner.origin = _origin(inner, child, origin, version)
                folder.items.append(inner)
                waiting.append((inner, child))
    return top


def _read_folder(item: Item, notes: list[Note]) -> Folder:
    said = item.said
    defaults, info = mapping(said.get("request")), mapping(said.get("info"))
    folder = Folder(
        name=name_of(said) or "Untitled",
        description=description_of(said.get("docs"))
        or description_of(info.get("description"))
        or text_or_none(info.get("summary"))
        or None,
        variables=read_variables(defaults.get("variables")),
        headers=read_entries(defaults.get("headers")),
        auth=read_auth(defaults.get("auth"), of_request=False),
    )
    notes += [
        Note(What.KEPT, "collection", folder.name, item.pointer, reason)
        for reason in _kept(said, defaults)
    ]
    return folder


def _kept(said: dict[str, Json], defaults: dict[str, Json]) -> Iterator[str]:
    yield from kept_scripts(defaults.get("scripts"))
    config = {name for name, value in mapping(said.get("config")).items() if value}
    if left := sorted(config - {"environments"}):
        yield f"its settings ({', '.join(left)[:200]}) are not used here; {BACK}"


def _read_environment(
    said: Json,
    origin: str,
    version: str,
    pointer: str,
    notes: list[Note],
) -> Environment:
    said = mapping(said)
    environment = Environment(
        name=text_in(said.get("name")) or "Environment",
        description=description_of(said.get("description")),
        variables=read_variables(said.get("variables")),
    )
    environment.origin = Origin(
        origin, version, pointer, original={"node": said}, base=base_of(environment)
    )
    secrets = [one["key"] for one in environment.variables if one["secret"] and not one["value"]]
    if secrets:
        reason = f"values of secrets are not in the file, set them here: {', '.join(secrets)[:200]}"
        notes.append(Note(What.KEPT, "environment", environment.name, pointer, reason))
    if left := [name for name in _UNUSED if said.get(name)]:
        reason = f"its settings ({', '.join(left)}) are not used here; {BACK}"
        notes.append(Note(What.KEPT, "environment", environment.name, pointer, reason))
    if listed(mapping(said.get("externalSecrets")).get("variables")):
        reason = f"secrets that Bruno fetches from elsewhere are not fetched here; {BACK}"
        notes.append(Note(What.KEPT, "environment", environment.name, pointer, reason))
    return environment


def _without_environments(said: dict[str, Json]) -> dict[str, Json]:
    """Return a collection without its environments, which keep their own originals."""
    config = said.get("config")
    if not isinstance(config, dict) or not isinstance(config.get("environments"), list):
        return said
    return said | {"config": {k: one for k, one in config.items() if k != "environments"}}


def _origin(node: Node, item: Item, origin: str, version: str) -> Origin:
    original: dict[str, Json] = {"node": _without_environments(item.said), "at": item.at}
    if item.is_childless:
        original["childless"] = True
    if item.others:
        original["others"] = [[at, one] for at, one in item.others]
    if item.source is not None:
        original["source"] = item.source
    return Origin(
        format=origin,
        version=version,
        pointer=item.pointer,
        original=original,
        base=base_of(node),
    )
