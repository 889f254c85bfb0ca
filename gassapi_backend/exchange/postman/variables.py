"""Reads and writes the variables of collections, folders and environments."""

from collections.abc import Callable
from dataclasses import dataclass, field

from gassapi_backend.exchange.entries import Rewrite, written_entries
from gassapi_backend.exchange.postman.values import (
    entry_of,
    is_off,
    key_of,
    mapping,
    rewritten,
)
from gassapi_backend.exchange.tree import Entry, Json, Note, Variable, What


@dataclass(slots=True)
class VariablesRead:
    """Variables, each key once, and the original that each was made from."""

    variables: list[Variable] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def variable_items(said: Json) -> list[Json]:
    """Return variables as a list of objects; a map of names to values is converted."""
    if isinstance(said, dict):
        return [{"key": key, "value": value} for key, value in said.items()]
    return said if isinstance(said, list) else []


def read_variables(said: Json, pointer: str) -> VariablesRead:
    """Return variables; of several with the same key, only the one that Postman would use.

    That is the last one that is enabled, or the first if none is.
    """
    read = VariablesRead()
    items = variable_items(said)
    chosen: dict[str, int] = {}
    for place, one in enumerate(items):
        key = key_of(one)
        if key is not None and (key not in chosen or not is_off(one)):
            chosen[key] = place
    for place, one in enumerate(items):
        key = key_of(one)
        if key is None:
            read.notes += _unread(one, f"{pointer}/{place}")
        elif chosen[key] == place:
            read.variables.append(_variable(one, key))
            read.places.append(place)
        else:
            read.notes.append(_again(key, f"{pointer}/{place}"))
    return read


def _variable(said: dict[str, Json], key: str) -> Variable:
    secret = said.get("type") == "secret" or said.get("secret") is True
    return {**entry_of(said, key), "secret": secret}


def _unread(said: Json, pointer: str) -> list[Note]:
    if isinstance(said, dict) and not any(said.get(name) for name in ("value", "description")):
        return []  # the empty row at the end of Postman's table
    reason = "a variable without a name is kept, and comes back when exporting to Postman"
    return [Note(What.KEPT, "variable", "", pointer, reason)]


def _again(key: str, pointer: str) -> Note:
    reason = (
        "the variable is there more than once; the one that Postman uses is imported, "
        "this one is kept, and comes back when exporting to Postman"
    )
    return Note(What.KEPT, "variable", key, pointer, reason)


def write_variables(
    variables: list[Variable],
    base: list[Variable] | None,
    said: Json,
    rewrite: Rewrite | None = None,
) -> list[Json]:
    """Return variables as a list; what was not edited or not read stays as it was."""
    items = variable_items(said)
    read = read_variables(items, "")
    return written_entries(
        variables, base, items, rewrite or _rewritten, theirs=_keys_of(items, read.places)
    )


def _keys_of(items: list[Json], places: list[int]) -> Callable[[Json], object]:
    """Return a function that gives the key of the originals that variables were made from."""
    made = {id(items[place]) for place in places}
    return lambda one: key_of(one) if id(one) in made else object()


def _rewritten(entry: Entry, before: Entry, original: Json) -> dict[str, Json]:
    written = rewritten(entry, before, original)
    with_secrecy(written, entry, before)
    if "type" not in written:
        written["type"] = "string"
    elif mapping(original).get("value") != written.get("value") and written["type"] != "secret":
        written["type"] = "string"  # an edited value is text
    return written


def with_secrecy(written: dict[str, Json], entry: Entry, before: Entry) -> None:
    """Write whether a variable is secret, if that was edited."""
    if entry.get("secret", False) != before.get("secret", False):
        written.pop("secret", None)
        if entry.get("secret"):
            written["type"] = "secret"
        else:
            written.pop("type", None)
