"""Environments of OpenCollection that extend another one: they have its variables as well."""

from gassapi_backend.exchange.tree import Environment, Json, Note, Variable, What
from gassapi_backend.exchange.values import listed, mapping, objects, text_in

Node = dict[str, Json]


def extend(environments: list[Environment]) -> list[Note]:
    """Give environments what they extend; return a note on each that extends nothing known.

    Of several variables with one key, that of the nearest environment wins.
    """
    known = {one.name: (one, one.variables) for one in reversed(environments)}
    notes = []
    for environment in environments:
        inherited: dict[str, Variable] = {}
        seen, name = {environment.name}, _extended(environment)
        while name and name in known and name not in seen:
            seen.add(name)
            other, variables = known[name]
            inherited = {one["key"]: one for one in variables} | inherited
            name = _extended(other)
        if name and name not in seen:
            reason = f"the environment that it extends is not in the document: {name[:100]}"
            pointer = environment.origin.pointer if environment.origin else ""
            notes.append(Note(What.SKIPPED, "environment", environment.name, pointer, reason))
        own = {one["key"] for one in environment.variables}
        environment.variables = [
            *(one for key, one in inherited.items() if key not in own),
            *environment.variables,
        ]
        if environment.origin:
            environment.origin.base["variables"] = environment.variables
    return notes


def _extended(environment: Environment) -> str:
    original = mapping(environment.origin.original) if environment.origin else {}
    return text_in(mapping(original.get("node")).get("extends"))


def without_inherited(variables: list[Variable], base: Json, said: Node) -> list[Variable]:
    """Return the variables that an environment has of its own, or that were edited."""
    if not said.get("extends"):
        return variables
    own = {text_in(one.get("name")) for _, one in objects(said.get("variables"))}
    return [one for one in variables if one["key"] in own or one not in listed(base)]
