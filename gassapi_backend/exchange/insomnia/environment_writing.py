"""Writes environments for Insomnia: one is the base of a workspace, the others add to it."""

from dataclasses import dataclass, field

from gassapi_backend.exchange.insomnia.environments import write_variables
from gassapi_backend.exchange.insomnia.outgoing import (
    Outgoing,
    Sending,
    lose_variables,
    said_in,
)
from gassapi_backend.exchange.insomnia.reading import FORMAT
from gassapi_backend.exchange.tree import Document, Environment, Folder, Json, Variable
from gassapi_backend.exchange.values import listed, mapping, text_in
from gassapi_backend.exchange.writing import own_origin

Node = dict[str, Json]

BASE = "Base Environment"


@dataclass(slots=True)
class Environments:
    """The environments of a workspace; ``variables`` are those of the collection itself."""

    variables: list[Variable] = field(default_factory=list)
    was: list[Variable] | None = None
    base: Environment | None = None
    subs: list[Environment] = field(default_factory=list)


@dataclass(slots=True)
class EnvironmentsOut:
    """Environments as they are written."""

    base: Outgoing | None
    subs: list[Outgoing]


def environments_of(
    document: Document, collections: list[Folder], roots: list[Outgoing], sending: Sending
) -> list[EnvironmentsOut]:
    """Return the environments of each workspace; those without one go to the first."""
    found = [Environments(one.variables, _variables_then(one)) for one in collections]
    found = found or [Environments()]
    homes = {_id_then(root): at for at, root in enumerate(roots) if root.original}
    for environment in document.environments:
        original = _original(environment)
        home = homes.get(str(original.get("workspace")))
        place = found[home or 0]
        is_base = bool(original.get("base")) and (home is not None or not roots)
        if is_base and place.base is None:
            place.base = environment
        else:
            place.subs.append(environment)
    return [_outgoing(one, sending, str(at)) for at, one in enumerate(found)]


def _id_then(root: Outgoing) -> str:
    """Return the id that a workspace had when it was read."""
    return text_in(mapping(said_in(root.original).get("meta")).get("id"))


def _original(environment: Environment) -> Node:
    origin = own_origin(environment, FORMAT)
    return mapping(origin.original) if origin else {}


def _variables_then(collection: Folder) -> list[Variable] | None:
    origin = own_origin(collection, FORMAT)
    return listed(origin.base.get("variables")) if origin else None


def _outgoing(found: Environments, sending: Sending, place: str) -> EnvironmentsOut:
    base = found.base
    if base is None and (found.variables or not all(map(_is_homeless, found.subs))):
        base = Environment(BASE)
    out = None
    if base is not None:
        variables = _with_those_of_collection(base, found)
        out = environment_of(base, variables, sending, f"{place}/base")
    subs = [
        environment_of(one, one.variables, sending, f"{place}/{at}")
        for at, one in enumerate(found.subs)
    ]
    return EnvironmentsOut(out, subs)


def _is_homeless(environment: Environment) -> bool:
    """Whether the environment that it adds to was missing from its document, too."""
    return bool(_original(environment).get("homeless"))


def _with_those_of_collection(base: Environment, found: Environments) -> list[Variable]:
    """Return the variables of the base environment and of the collection.

    If both have one, the collection's wins if it was edited and the other was not.
    """
    then = {one["key"]: one for one in found.was or []}
    origin = own_origin(base, FORMAT)
    read = {one["key"]: one for one in listed(origin.base.get("variables"))} if origin else {}
    merged = {one["key"]: one for one in base.variables}
    for one in found.variables:
        key = one["key"]
        edited = key not in then or then[key] != one
        if edited and (key not in merged or merged[key] == read.get(key)):
            merged[key] = one
    return [*merged.values()]


def environment_of(
    environment: Environment, variables: list[Variable], sending: Sending, place: str
) -> Outgoing:
    """Return an environment with the given variables."""
    original = _original(environment)
    said = said_in(original) if original else {}
    origin = own_origin(environment, FORMAT)
    base = origin.base if origin else {}
    out = Outgoing("environment", said, set(), original)
    if environment.name != base.get("name"):
        out.node["name"] = environment.name
        out.changed.add("name")
    sending.identify(out, environment.id, f"environment {place} {environment.name}")
    if variables != base.get("variables"):
        data, left = write_variables(variables, listed(base.get("variables")), said)
        out.node |= data
        out.changed |= {*data}
        lose_variables(sending, variables if "kvPairData" not in data else [], left)
    elif origin is None:
        out.node["data"] = {}
    if environment.description:
        sending.losses["descriptions of environments have no place in Insomnia"] += 1
    return out


def version5(out: EnvironmentsOut) -> Json:
    """Return environments as in a file of version 5; ``None`` if there are none."""
    base = out.base
    if base is None:
        if not out.subs:
            return None
        base = Outgoing("environment", {"name": BASE}, set(), {})
    subs: list[tuple[int, Json]] = [
        (one.at if one.at is not None else 1 << 30, one.node) for one in out.subs
    ]
    for other in listed(base.original.get("others")):
        if isinstance(other, list) and len(other) == 2 and isinstance(other[0], int):
            subs.append((other[0], other[1]))
    subs.sort(key=lambda one: one[0])
    nodes = [node for _, node in subs]
    return base.node | ({"subEnvironments": nodes} if nodes else {})


def file_of(environment: Environment | None) -> Node:
    """Return what was kept of the file that one of the environments came from."""
    return mapping(_original(environment).get("file")) if environment else {}
