"""Writes parameters of a request as those of an operation; unedited ones stay as they were."""

import json
import re
from collections import Counter
from dataclasses import dataclass, field

from gassapi_backend.exchange.openapi.copying import unshared
from gassapi_backend.exchange.openapi.extensions import OFF, OWN
from gassapi_backend.exchange.openapi.reading.operations import OperationRead
from gassapi_backend.exchange.openapi.reading.parameters import (
    NOT_PARAMETERS,
    Parameter,
    in_parts,
)
from gassapi_backend.exchange.openapi.reading.sampling import kind_of
from gassapi_backend.exchange.openapi.reading.values import is_sent, properties_of, schema_of
from gassapi_backend.exchange.openapi.references import References
from gassapi_backend.exchange.openapi.texts import mapping
from gassapi_backend.exchange.openapi.writing.wanted import Atom, atom_of, header_atoms
from gassapi_backend.exchange.tree import Entry, Json

_INTEGER = re.compile(r"-?(?:0|[1-9]\d{0,17})")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,17})(?:\.\d+)?")


@dataclass(slots=True)
class _Known:
    """What a parameter was read as, and what that is now; ``None`` where it is gone."""

    parameter: Parameter | None
    was: list[Atom] = field(default_factory=list)
    now: list[Atom | None] = field(default_factory=list)


def write_parameters(
    references: References, operation: dict[str, Json], read: OperationRead, wanted: list[Atom]
) -> None:
    """Put the wanted parameters into an operation; ``read`` is what it said before."""
    known, left = _matched(read, wanted)
    listed = operation.get("parameters")
    result: list[Json] = list(listed) if isinstance(listed, list) else []
    gone: list[int] = []
    more: list[Json] = []
    for one in known:
        parameter = one.parameter
        if parameter is None or one.was == one.now:
            continue
        if all(atom is None for atom in one.now):
            gone += [] if parameter.of_path else [parameter.index]
            continue
        edited = _edited(references, parameter, [atom for atom in one.now if atom])
        if parameter.of_path:
            more.append(edited)
        else:
            result[parameter.index] = edited
    kept = [said for index, said in enumerate(result) if index not in gone]
    taken = {(one.parameter.place, one.parameter.name) for one in known if one.parameter}
    more += _new(left, {name for name in taken if name[0] != "header"} | _headers(taken))
    if kept or more:
        operation["parameters"] = [*kept, *more]
    else:
        operation.pop("parameters", None)


def _headers(taken: set[tuple[str, str]]) -> set[tuple[str, str]]:
    return {(place, name.lower()) for place, name in taken if place == "header"}


def _matched(read: OperationRead, wanted: list[Atom]) -> tuple[list[_Known], list[Atom]]:
    """Match each part that was read with the n-th wanted one of the same place and name."""
    by_name: dict[tuple[str, str, int], Atom] = {}
    counts: Counter[tuple[str, str]] = Counter()
    for atom in wanted:
        counts[atom.name] += 1
        by_name[*atom.name, counts[atom.name]] = atom
    known: dict[object, _Known] = {}
    seen: Counter[tuple[str, str]] = Counter()
    for index, placed in enumerate(read.placed):
        parameter = placed.parameter
        key = (parameter.of_path, parameter.index) if parameter else index
        group = known.setdefault(key, _Known(parameter))
        entry = placed.entry
        is_header = placed.list_name == "headers"
        for atom in header_atoms(entry) if is_header else [atom_of(str(entry["in"]), entry)]:
            seen[atom.name] += 1
            group.was.append(atom)
            group.now.append(by_name.pop((*atom.name, seen[atom.name]), None))
    _implied(known)
    remaining = {id(atom) for atom in by_name.values()}
    remaining |= {id(atom) for one in known.values() if not one.was for atom in one.now}
    return list(known.values()), [atom for atom in wanted if id(atom) in remaining]


def _implied(known: dict[object, _Known]) -> None:
    """Treat an undescribed path variable as new, once there is something to say about it."""
    for one in known.values():
        is_implied = one.parameter is None and [atom.place for atom in one.was] == ["path"]
        if is_implied and one.was != one.now and one.now[0] is not None:
            one.was = []


def _edited(references: References, parameter: Parameter, atoms: list[Atom]) -> dict[str, Json]:
    said: dict[str, Json] = unshared(parameter.said)
    first = atoms[0]
    if _has_parts(parameter, atoms):
        return _with_parts(references, parameter, said, atoms)
    if first.description:
        said["description"] = first.description
    else:
        said.pop("description", None)
    if all(atom.key.lower() == parameter.name.lower() for atom in atoms):
        _set_value(references, said, [atom.value for atom in atoms])
    _set_enabled(references, said, parameter.place, enabled=first.enabled)
    return said


def _has_parts(parameter: Parameter, atoms: list[Atom]) -> bool:
    """Whether these are the parts of an object, and not values of the parameter itself."""
    return in_parts(parameter) and all(atom.key != parameter.name for atom in atoms)


def _with_parts(
    references: References, parameter: Parameter, said: dict[str, Json], atoms: list[Atom]
) -> dict[str, Json]:
    """Put the parts of an object together as its example, and say which of them are disabled."""
    schemas = properties_of(references, said)
    value: dict[str, Json] = {}
    for atom in atoms:
        steps = _STEP.findall(atom.key)
        if said.get("style") != "deepObject":
            _add(value, atom.key, typed(atom.value, schemas.get(atom.key, {})))
        elif len(steps) == 1:
            _add(value, steps[0], typed(atom.value, schemas.get(steps[0], {})))
        else:
            _nest(value, steps, atom.value)
    said.pop("examples", None)
    said["example"] = value
    _set_enabled(references, said, parameter.place, enabled=any(atom.enabled for atom in atoms))
    off = [atom.key for atom in atoms if not atom.enabled]
    if off and len(off) < len(atoms):
        said[OWN] = {**mapping(said.get(OWN)), OFF: off}
    return said


def _add(value: dict[str, Json], key: str, one: Json) -> None:
    """Add a value; a key that occurs again holds a list."""
    if key not in value:
        value[key] = one
        return
    before = value[key]
    value[key] = [*before, one] if isinstance(before, list) else [before, one]


def _nest(value: dict[str, Json], steps: list[str], one: str) -> None:
    above = value
    for step in steps[:-1]:
        below = above.setdefault(step, {})
        if not isinstance(below, dict):
            return
        above = below
    if steps:
        above[steps[-1]] = one


_STEP = re.compile(r"\[([^\[\]]*)\]")


def _set_value(references: References, said: dict[str, Json], values: list[str]) -> None:
    schema = schema_of(references, said)
    if kind_of(schema) == "array" and said.get("explode") is not False:
        items = references.follow(schema.get("items"))
        value: Json = [typed(one, items) for one in values]
    else:
        value = typed(values[0], schema)
    owner = said
    for media in mapping(said.get("content")).values():
        owner = media if isinstance(media, dict) else said
        break
    owner.pop("examples", None)
    owner["example"] = value


def typed(text: str, schema: dict[str, Json]) -> Json:
    """Return the value that a text represents under its schema; the text if it does not fit."""
    kind = kind_of(schema)
    if kind == "integer" and _INTEGER.fullmatch(text):
        return int(text)
    if kind == "number" and _NUMBER.fullmatch(text):
        return json.loads(text)
    if kind == "boolean" and text in ("true", "false"):
        return text == "true"
    return text


def _set_enabled(
    references: References, said: dict[str, Json], place: str, *, enabled: bool
) -> None:
    """Write whether a parameter is enabled, if its other fields suggest otherwise."""
    said_own = mapping(said.pop(OWN, None))
    own = {key: value for key, value in said_own.items() if key not in ("enabled", OFF)}
    is_special = place == "header" and str(said.get("name")).lower() in NOT_PARAMETERS
    if place != "path" and (is_special or is_sent(references, said) != enabled):
        own["enabled"] = enabled
    if own:
        said[OWN] = own


def _new(atoms: list[Atom], taken: set[tuple[str, str]]) -> list[Json]:
    """Return parameters for what is new; OpenAPI allows one per name, and none for some headers."""
    found: list[Json] = []
    for atom in atoms:
        if atom.name in taken or (atom.place == "header" and atom.key.lower() in NOT_PARAMETERS):
            continue
        taken.add(atom.name)
        found.append(_parameter(atom, [one.value for one in atoms if one.name == atom.name]))
    return found


def _parameter(atom: Atom, values: list[str]) -> dict[str, Json]:
    """Return a new parameter; a query parameter that occurs several times is a list."""
    said: dict[str, Json] = {"name": atom.key, "in": atom.place}
    if atom.place == "path":
        said["required"] = True
    if atom.description:
        said["description"] = atom.description
    said["schema"] = {"type": "string"}
    if atom.place == "query" and len(values) > 1:
        said |= {"schema": {"type": "array", "items": {"type": "string"}}, "example": values}
    elif atom.value:
        said["example"] = atom.value
    _set_enabled(References({}), said, atom.place, enabled=atom.enabled)
    return said


def path_parameter(entry: Entry) -> dict[str, Json]:
    """Return the description of a path variable that has none."""
    return _parameter(atom_of("path", entry), [])
