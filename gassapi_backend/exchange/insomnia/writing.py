"""Writes trees as files of Insomnia's version 5 or exports of version 4, and environments."""

from gassapi_backend.exchange.content_types import with_types
from gassapi_backend.exchange.insomnia.environment_writing import (
    EnvironmentsOut,
    environment_of,
    environments_of,
    file_of,
)
from gassapi_backend.exchange.insomnia.outgoing import (
    Outgoing,
    Sending,
    said_in,
    workspace_of,
)
from gassapi_backend.exchange.insomnia.reading import FORMAT
from gassapi_backend.exchange.insomnia.version4_writing import export_of
from gassapi_backend.exchange.insomnia.version5_writing import file_with
from gassapi_backend.exchange.own_authorization import prefer_credentials
from gassapi_backend.exchange.tree import Document, Environment, Folder, Json, Note, What
from gassapi_backend.exchange.writing import (
    JSON_TYPE,
    YAML_TYPE,
    WriteOptions,
    Written,
    json_chunks,
    yaml_chunks,
)


def write(document: Document, options: WriteOptions) -> Written:
    """Return a document for Insomnia: a file of version 5 as YAML, or of version 4 as JSON."""
    collections = [with_types(prefer_credentials(one), (FORMAT,)) for one in document.collections]
    is_version4 = options.version == "4"
    sending = Sending(by_id=is_version4)
    if len(collections) > 1 and not is_version4:
        collections = [Folder("Collections", items=[*collections])]  # one file has one workspace
    roots = [workspace_of(one, sending, str(at)) for at, one in enumerate(collections)]
    environments = environments_of(document, collections, roots, sending)
    if not roots:
        roots = [_file_of_environments(document.environments)]
    name = str(roots[0].node.get("name") or "Insomnia")
    notes = _notes(sending, name)
    if is_version4:
        return Written(
            json_chunks(export_of(roots, environments)), JSON_TYPE, f"{name}.json", notes
        )
    data = file_with(roots[0], environments[0])
    return Written(yaml_chunks(data), YAML_TYPE, f"{name}.yaml", notes)


def write_environment(environment: Environment, options: WriteOptions) -> Written:
    """Return an environment as a file of version 5, in which it is the base."""
    sending = Sending()
    out = environment_of(environment, environment.variables, sending, "")
    root = _file_of_environments([environment])
    root.node["name"] = environment.name
    data = file_with(root, EnvironmentsOut(out, []))
    name = environment.name
    return Written(yaml_chunks(data), YAML_TYPE, f"{name}.yaml", _notes(sending, name))


def _file_of_environments(environments: list[Environment]) -> Outgoing:
    """Return a workspace that has only environments."""
    original = next((kept for one in environments if (kept := file_of(one))), {})
    said: dict[str, Json] = said_in(original) if original else {}
    name = environments[0].name if environments else "Environments"
    scope: dict[str, Json] = {"scope": "environment"} if not original else {}
    return Outgoing("environments", {"name": name} | said, set(), original | scope)


def _notes(sending: Sending, name: str) -> list[Note]:
    return [
        Note(What.SKIPPED, "document", name, "", reason + (f" ({count})" if count > 1 else ""))
        for reason, count in sending.losses.items()
        if count
    ]
