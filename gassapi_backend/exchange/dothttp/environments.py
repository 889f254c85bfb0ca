"""Reads environments beside .http files: ``http-client.env.json``, its private and user files."""

from gassapi_backend.exchange.loading import json_text, load_text, text_of
from gassapi_backend.exchange.tree import (
    Environment,
    Json,
    Note,
    Origin,
    Unreadable,
    Variable,
    What,
    base_of,
)
from gassapi_backend.exchange.values import mapping

FORMAT = "http"
SHARED = "$shared"


def is_environments(path: str) -> bool:
    """Whether a file has environments, judging by its name."""
    name = path.rpartition("/")[2].lower()
    return ".env.json" in name and name.endswith((".env.json", ".env.json.user"))


def is_private(path: str) -> bool:
    """Whether the values in a file of environments are secret."""
    name = path.rpartition("/")[2].lower()
    return ".private." in f".{name}" or name.endswith(".user")


def environments_of(files: dict[str, Json]) -> tuple[list[Environment], list[Note]]:
    """Return the environments that files describe, by path; private ones make values secret.

    Shared values apply in each environment that does not override them.
    """
    found: dict[str, dict[str, Variable]] = {}
    places: dict[str, str] = {}
    notes: list[Note] = []
    for path, data in sorted(files.items(), key=lambda one: is_private(one[0])):
        for name, said in mapping(data).items():
            if not isinstance(said, dict):
                reason = "it is no environment: variables by their names are expected"
                notes.append(Note(What.SKIPPED, "environment", name, f"{path}#/{name}", reason))
                continue
            variables, kept = _variables(said, is_secret=is_private(path))
            found.setdefault(name, {}).update(variables)
            places.setdefault(name, f"{path}#/{name}")
            notes += [Note(What.KEPT, "environment", name, f"{path}#/{name}", one) for one in kept]
    shared = found.pop(SHARED, {})
    if shared and not found:
        found = {"shared": {}}
    environments = [
        _environment(name, [*(shared | own).values()], places.get(name, ""))
        for name, own in found.items()
    ]
    return environments, notes


def _variables(said: dict[str, Json], *, is_secret: bool) -> tuple[dict[str, Variable], list[str]]:
    variables: dict[str, Variable] = {}
    notes = []
    for key, value in said.items():
        if key in ("Security", "SSLConfiguration") and isinstance(value, dict):
            notes.append(f"{key} is not used here: set credentials at the requests")
            continue
        is_fetched = isinstance(value, dict) and "provider" in value
        if is_fetched:
            notes.append(f"the value of {key[:100]} is fetched from elsewhere; set it here")
        text = "" if is_fetched else _text(value)
        variables[key] = {
            "key": key, "value": text, "enabled": True, "secret": is_secret or is_fetched,
        }  # fmt: skip
    return variables, notes


def _text(value: Json) -> str:
    return json_text(value) if isinstance(value, (dict, list)) else text_of(value)


def _environment(name: str, variables: list[Variable], pointer: str) -> Environment:
    environment = Environment(name, variables)
    environment.origin = Origin(
        FORMAT, pointer=pointer, original={"name": name}, base=base_of(environment)
    )
    return environment


def loaded(path: str, text: str, notes: list[Note]) -> Json:
    """Return the parsed contents of a file of environments; note it if it is broken."""
    try:
        data = load_text(text, path.rpartition("/")[2]).data
    except Unreadable as problem:
        notes.append(Note(What.SKIPPED, "document", path, path, problem.message))
        return {}
    return data
