"""Merging an environment: its variables, by their keys."""

from gassapi_backend.exchange.merging.fields import settle_variables
from gassapi_backend.exchange.merging.outcome import Prefer
from gassapi_backend.exchange.merging.reports import report_settled
from gassapi_backend.exchange.merging.settling import Settling, same
from gassapi_backend.exchange.tree import Environment, Json, Note


def merge_environment(
    ours: Environment, base: dict[str, Json], theirs: Environment, prefer: Prefer
) -> tuple[dict[str, Json], list[Note]]:
    """Return the fields of an environment that change, and the notes on it."""
    settling = Settling(prefer)
    before = {"name": ours.name, "description": ours.description, "variables": ours.variables}
    found: dict[str, Json] = {
        "name": settling.settle("name", base.get("name", theirs.name), ours.name, theirs.name),
        "description": settling.settle(
            "description", base.get("description"), ours.description, theirs.description
        ),
        "variables": settle_variables(
            settling, base.get("variables", []), ours.variables, theirs.variables
        ),
    }
    fields = {name: value for name, value in found.items() if not same(before[name], value)}
    pointer = theirs.origin.pointer if theirs.origin else ""
    is_changed = bool(fields)
    notes = report_settled(
        settling, "environment", ours.id, ours.name, pointer, is_updated=is_changed
    )
    return fields, notes
