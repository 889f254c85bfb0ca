"""The document that an operation was imported with: its components, schemes and servers."""

from dataclasses import dataclass, field

from gassapi_backend.exchange.openapi.copying import unshared
from gassapi_backend.exchange.openapi.grammar import ADDITIONAL, BACKPORT, METHODS, QUERY, walk
from gassapi_backend.exchange.openapi.reading.operations import (
    Context,
    Operation,
    OperationRead,
    read_operation,
)
from gassapi_backend.exchange.openapi.reading.parameters import parameters_of
from gassapi_backend.exchange.openapi.reading.security import read_security, schemes_of
from gassapi_backend.exchange.openapi.references import References
from gassapi_backend.exchange.openapi.texts import mapping
from gassapi_backend.exchange.openapi.writing.schemes import Schemes
from gassapi_backend.exchange.tree import Folder, Json, Origin, Request
from gassapi_backend.exchange.writing import own_origin

FORMAT = "openapi"


@dataclass(slots=True)
class Home:
    """A document without its operations; schemes that are added are in it at once.

    ``moved`` maps references into it to those in the document being written.
    """

    document: dict[str, Json]
    references: References
    schemes: Schemes
    is_new: bool = False
    moved: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, skeleton: dict[str, Json], *, is_new: bool = False) -> "Home":
        """Prepare a document; what may change in it is copied."""
        document = dict(skeleton)
        paths = mapping(skeleton.get("paths"))
        document["paths"] = {
            path: dict(item) if isinstance(item, dict) else item for path, item in paths.items()
        }
        components = document["components"] = dict(mapping(skeleton.get("components")))
        schemes = components["securitySchemes"] = dict(mapping(components.get("securitySchemes")))
        references = References(document)
        return cls(document, references, Schemes(schemes, references), is_new)

    def context(self) -> Context:
        """Return the document as the reader sees it, with its current schemes."""
        schemes = schemes_of(self.references)
        security = read_security(schemes, self.document.get("security"))
        return Context(self.document, self.references, schemes, security)

    def read(self, path: str, method: str, said: dict[str, Json]) -> OperationRead:
        """Read an operation as if it were part of this document."""
        raw = mapping(self.document["paths"].get(path))
        item = {**self.references.follow(raw), **raw}
        return read_operation(self.context(), Operation(path, method, said, item, ""))


def document_of(folder: Folder) -> dict[str, Json] | None:
    """Return the document that a collection was imported from, without its operations."""
    origin = own_origin(folder, FORMAT)
    said = mapping(origin.original) if origin else {}
    return said if "openapi" in said else None


def operation_of(request: Request) -> tuple[Origin, str, str, dict[str, Json]] | None:
    """Return where a request came from: origin, path, method and operation."""
    origin = own_origin(request, FORMAT)
    said = mapping(origin.original) if origin else {}
    operation, path, method = said.get("operation"), said.get("path"), said.get("method")
    if origin is None or not isinstance(operation, dict):
        return None
    if not isinstance(path, str) or not isinstance(method, str):
        return None
    return origin, path, method, operation


def put_operation(item: dict[str, Json], method: str, said: dict[str, Json], version: str) -> bool:
    """Put an operation under its method; return whether the version has that method."""
    key = method.lower()
    if key in METHODS and method == method.upper():
        item[key] = said
        return True
    if version == "3.2":
        if method == "QUERY":
            item[QUERY] = said
        else:
            item.setdefault(ADDITIONAL, {})[method] = said
        return True
    item.setdefault(BACKPORT + ADDITIONAL, {})[method] = said
    return False


def has_operation(item: dict[str, Json], method: str) -> bool:
    """Whether a path item already has an operation with a method."""
    if isinstance(item.get(method.lower()), dict) and method.lower() in (*METHODS, QUERY):
        return True
    return any(method in mapping(item.get(key)) for key in (ADDITIONAL, BACKPORT + ADDITIONAL))


def with_moved_references(
    said: dict[str, Json], moved: dict[str, str], kind: str = "operation"
) -> dict[str, Json]:
    """Return an object with its references renamed where their targets moved."""
    if not moved:
        return said
    copy: dict[str, Json] = unshared(said)
    for _, node, _ in walk(kind, copy):
        ref = node.get("$ref")
        if isinstance(ref, str):
            node["$ref"] = renamed(ref, moved)
    _rename_schemes(copy, moved)
    return copy


def _rename_schemes(said: dict[str, Json], moved: dict[str, str]) -> None:
    """Rename the security schemes that an operation requires where they moved."""
    wanted = said.get("security")
    if isinstance(wanted, list):
        place = "#/components/securitySchemes/"
        said["security"] = [
            {
                moved.get(place + name, place + name).removeprefix(place): scopes
                for name, scopes in mapping(one).items()
            }
            for one in wanted
        ]


def renamed(ref: str, moved: dict[str, str]) -> str:
    """Return the new form of a reference, even of one that leads into a component."""
    whole = "/".join(ref.split("/")[:4])
    return moved[whole] + ref[len(whole) :] if whole in moved else ref


def with_path_level(home: Home, path: str, said: dict[str, Json]) -> dict[str, Json]:
    """Return an operation that includes what its path says for all of its operations."""
    raw = mapping(home.document["paths"].get(path))
    item = {**home.references.follow(raw), **raw}
    listed = item.get("parameters")
    if not listed and "servers" not in item:
        return said
    found: dict[str, Json] = unshared(said)
    parameters = parameters_of(home.references, item, said)
    if isinstance(listed, list) and listed:
        own = said.get("parameters")
        inherited = [listed[one.index] for one in parameters if one.of_path]
        found["parameters"] = unshared([*inherited, *(own if isinstance(own, list) else [])])
    if "servers" in item and "servers" not in said:
        found["servers"] = item["servers"]
    return found
