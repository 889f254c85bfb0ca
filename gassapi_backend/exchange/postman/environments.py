"""Reads and writes Postman's environments and globals."""

from gassapi_backend.exchange.postman.items import source_id_of
from gassapi_backend.exchange.postman.values import (
    description_of,
    is_on,
    mapping,
    rewritten,
    text_or_none,
    with_description,
)
from gassapi_backend.exchange.postman.variables import (
    read_variables,
    with_secrecy,
    write_variables,
)
from gassapi_backend.exchange.tree import Entry, Environment, Json, Note, Origin, base_of
from gassapi_backend.exchange.writing import own_origin

ENVIRONMENT = "postman-environment"
GLOBALS = "postman-globals"
_ENDINGS = (
    ".postman_environment.json",
    ".postman_globals.json",
    ".environment.yaml",
    ".environment.yml",
    ".environment.json",
    ".globals.yaml",
    ".globals.yml",
    ".globals.json",
    ".json",
    ".yaml",
    ".yml",
)


def is_environment(said: Json) -> bool:
    """Whether something is an environment or globals; globals may be a bare list."""
    if isinstance(said, list):
        return bool(said) and all(
            isinstance(one, dict) and "key" in one and "value" in one for one in said
        )
    said = mapping(said)
    if said.keys() & {"info", "item"}:
        return False
    is_named = "_postman_variable_scope" in said and said.get("values") is None
    return is_named or isinstance(said.get("values"), list)


def format_of(said: Json, name: str = "") -> str:
    """Return which of environment or globals something is, judging by itself or its file name."""
    scope = mapping(said).get("_postman_variable_scope")
    if isinstance(said, list) or scope == "globals":
        return GLOBALS
    return GLOBALS if ".globals." in name or "postman_globals" in name else ENVIRONMENT


def read_environment(said: Json, pointer: str, name: str = "") -> tuple[Environment, list[Note]]:
    """Return an environment and notes; without a name, it is named after its file, if any."""
    values = said if isinstance(said, list) else mapping(said).get("values")
    at = pointer if isinstance(said, list) else f"{pointer}/values"
    read = read_variables(values, at)
    kind = format_of(said, name)
    title = text_or_none(mapping(said).get("name")) or _title(name)
    environment = Environment(
        name=title or ("Globals" if kind == GLOBALS else "Environment"),
        variables=read.variables,
        description=description_of(mapping(said).get("description")),
    )
    environment.origin = Origin(
        format=kind,
        pointer=pointer,
        source_id=source_id_of(mapping(said)),
        original={"node": said},
        base=base_of(environment),
    )
    return environment, read.notes


def _title(name: str) -> str:
    name = name.rpartition("/")[2]
    ending = next((one for one in _ENDINGS if name.lower().endswith(one)), "")
    return name[: len(name) - len(ending)] if ending else ""


def write_environment(environment: Environment) -> Json:
    """Return an environment for Postman: its original with what was edited since."""
    origin = own_origin(environment, ENVIRONMENT, GLOBALS)
    said = origin.original["node"] if origin else {}
    base = origin.base if origin else {}
    values = said if isinstance(said, list) else mapping(said).get("values")
    written_values = write_variables(
        environment.variables, base.get("variables"), values, _rewritten
    )
    if isinstance(said, list):
        return written_values
    written: dict[str, Json] = {} if origin else {"name": environment.name}
    written |= mapping(said) | {"values": written_values}
    if origin and environment.name != base.get("name"):
        written["name"] = environment.name
    if environment.description != base.get("description"):
        with_description(written, environment.description)
    if not origin:
        written["_postman_variable_scope"] = "environment"
    wrapper = origin.original.get("wrapper") if origin else None
    return {**wrapper["rest"], wrapper["name"]: written} if wrapper else written


def _rewritten(entry: Entry, before: Entry, original: Json) -> dict[str, Json]:
    """Return a variable; in an environment, it has ``enabled`` instead of ``disabled``."""
    written = rewritten(entry, before, original)
    with_secrecy(written, entry, before)
    written.pop("disabled", None)
    return {"type": "default"} | written | {"enabled": is_on(entry)}
