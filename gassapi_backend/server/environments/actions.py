"""Every write to environments."""

from typing import Any

import orjson

from gassapi_backend.clock import now, stored
from gassapi_backend.database import statements
from gassapi_backend.fair_share import Steps
from gassapi_backend.models import name_hash, new_id
from gassapi_backend.models.rows import EnvironmentRow
from gassapi_backend.server.access.callers import Actor
from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.changes.change import Change, change
from gassapi_backend.server.environments import queries
from gassapi_backend.server.environments.rows import new_row
from gassapi_backend.server.environments.schemas import (
    MAX_ENVIRONMENTS,
    Duplication,
    EnvironmentChanges,
    EnvironmentView,
    NewEnvironment,
    environment_view,
    revealed_view,
)
from gassapi_backend.server.errors import Conflict, NotFound
from gassapi_backend.server.items import copy_name, origins
from gassapi_backend.server.items.bulk import add_item, count_items, insert_items
from gassapi_backend.server.items.sizes import growth, size_of
from gassapi_backend.server.items.variables import (
    Stored,
    moved,
    plain_values,
    revealed,
    secret_keys,
    to_store,
)
from gassapi_backend.server.web.etags import ANY_REVISION, IfMatch, stale
from gassapi_backend.vault import Vault

MAX_NAME = 100


async def create_environment(
    actor: Actor, project_id: str, new: NewEnvironment, vault: Vault
) -> EnvironmentRow:
    """Create an environment. Raises ``Conflict`` for a name that is taken and for one too many."""

    async def create(made: Change) -> EnvironmentRow:
        await _require_room(project_id)
        environment_id = new_id()
        variables = to_store(vault, environment_id, new.variables)
        if new.is_default:
            await _take_default(made)
        environment = new_row(
            environment_id,
            project_id=project_id,
            name=new.name,
            description=new.description,
            variables=_text(variables),
            is_default=new.is_default,
            revision=made.record("environment_created", "environment", environment_id, new.name),
            moment=stored(now()),
        )
        add_item(made, "environments", environment)
        return environment

    return await change(actor, project_id, Permission.WRITE, create)


async def update_environment(
    actor: Actor,
    project_id: str,
    environment_id: str,
    changes: EnvironmentChanges,
    vault: Vault,
    if_match: IfMatch = ANY_REVISION,
) -> EnvironmentRow:
    """Change an environment as far as it differs from what was sent; record nothing if it does not.

    Raises ``Conflict`` for a name that is taken, and where the default one is to lose that role.
    """

    async def update(made: Change) -> EnvironmentRow:
        environment = await _environment(project_id, environment_id, if_match)
        changed = _changed(environment, changes, vault)
        if "is_default" in changed:
            await _take_default(made)
        if changed:
            await _save(made, environment, changed)
        return environment

    return await change(actor, project_id, Permission.WRITE, update)


async def make_default(
    actor: Actor, project_id: str, environment_id: str, if_match: IfMatch = ANY_REVISION
) -> EnvironmentRow:
    """Make an environment the default one, if it is not already."""

    async def make(made: Change) -> EnvironmentRow:
        environment = await _environment(project_id, environment_id, if_match)
        if environment["default_of"] is None:
            await _take_default(made)
            await _save(made, environment, {"is_default": True})
        return environment

    return await change(actor, project_id, Permission.WRITE, make)


async def delete_environment(
    actor: Actor, project_id: str, environment_id: str, if_match: IfMatch = ANY_REVISION
) -> None:
    """Delete an environment. Raises ``Conflict`` for the default one, and so for the last one."""

    async def delete(made: Change) -> None:
        environment = await _environment(project_id, environment_id, if_match)
        if environment["default_of"] is not None:
            if await queries.count_environments(project_id) == 1:
                raise Conflict("A project keeps at least one environment. Create another first.")
            raise Conflict(
                "This is the project's default environment. Make another one the default first."
            )
        made.later(("DELETE FROM environments WHERE id = ?", [environment_id]))
        count_items(made, size=-size_of("environments", environment))
        if await origins.mark_deleted([environment_id]):
            await origins.forget_documents(project_id)
        made.record("environment_deleted", "environment", environment_id, environment["name"])

    await change(actor, project_id, Permission.WRITE, delete)


async def duplicate_environment(
    actor: Actor,
    project_id: str,
    environment_id: str,
    wanted: Duplication,
    vault: Vault,
    if_match: IfMatch = ANY_REVISION,
) -> EnvironmentRow:
    """Copy an environment, its secret values encrypted anew for their new place.

    Raises ``Conflict`` for a name that is taken, one environment too many, and a secret value that
    cannot be decrypted.
    """

    async def duplicate(made: Change) -> EnvironmentRow:
        source = await _environment(project_id, environment_id, if_match)
        await _require_room(project_id)
        copy_id, name = new_id(), wanted.name or await _name_of_copy(source)
        variables = moved(vault, environment_id, copy_id, orjson.loads(source["variables"]))
        copy = new_row(
            copy_id,
            project_id=project_id,
            name=name,
            description=source["description"],
            variables=_text(variables),
            revision=made.record(
                "environment_created", "environment", copy_id, name, copy_of=environment_id
            ),
            moment=stored(now()),
        )
        await insert_items(made, environments=[copy])
        await origins.copy({environment_id: copy_id}, project_id)
        return copy

    return await change(actor, project_id, Permission.WRITE, duplicate)


async def reveal(
    actor: Actor, project_id: str, environment_id: str, vault: Vault
) -> EnvironmentView:
    """Return an environment with its secret values, and note who looked at which.

    Raises ``Conflict``, and notes nothing, where one cannot be decrypted.
    """

    async def reveal(made: Change) -> EnvironmentView:
        return _reveal(made, await _environment(project_id, environment_id, ANY_REVISION), vault)

    return await change(actor, project_id, Permission.REVEAL_SECRETS, reveal)


async def reveal_all(actor: Actor, project_id: str, vault: Vault) -> list[EnvironmentView]:
    """Return all environments of a project as ``reveal()`` does one."""

    async def reveal(made: Change) -> list[EnvironmentView]:
        found, steps = list[EnvironmentView](), Steps()
        for row in await queries.list_environments(project_id):
            found.append(_reveal(made, row, vault))
            await steps.end()
        return found

    return await change(actor, project_id, Permission.REVEAL_SECRETS, reveal)


async def reveal_values(made: Change, environment_id: str, vault: Vault) -> dict[str, str]:
    """Return the values of an environment's enabled variables by key, noted as by ``reveal()``."""
    row = await _environment(made.locked_project.id, environment_id, ANY_REVISION)
    values = plain_values(row["variables"], vault=vault, owner_id=row["id"])
    _note_reveal(made, row)
    return values


def _changed(
    environment: EnvironmentRow, changes: EnvironmentChanges, vault: Vault
) -> dict[str, Any]:
    """Return what differs from what is there, under the names of the fields."""
    wanted = {field: getattr(changes, field) for field in changes.model_fields_set}
    variables = orjson.loads(environment["variables"])
    if "variables" in wanted:
        wanted["variables"] = to_store(vault, environment["id"], changes.variables, variables)
    is_default = environment["default_of"] is not None
    if is_default and wanted.get("is_default") is False:
        raise Conflict("A project has a default environment. Make another one the default instead.")
    before = {
        "name": environment["name"],
        "description": environment["description"],
        "variables": variables,
        "is_default": is_default,
    }
    return {field: value for field, value in wanted.items() if value != before[field]}


async def _save(made: Change, environment: EnvironmentRow, changed: dict[str, Any]) -> None:
    """Write what differs, ``is_default`` among it, under the names of the fields."""
    columns = dict(changed)
    if "is_default" in columns:
        columns["default_of"] = environment["project_id"] if columns.pop("is_default") else None
    if "variables" in columns:
        columns["variables"] = _text(columns["variables"])
    name = columns.get("name", environment["name"])
    columns["revision"] = made.record(
        "environment_updated", "environment", environment["id"], name, fields=sorted(changed)
    )
    columns["updated_at"] = stored(now())
    count_items(made, size=growth("environments", environment, columns))
    environment.update(columns)  # type: ignore[typeddict-item]  # they are its columns
    if "name" in changed:
        columns["name_hash"] = name_hash(name)
    await statements.update("environments", environment["id"], columns)


async def _take_default(made: Change) -> None:
    """Take it from the one that has it, which gets a revision of its own by that."""
    former = await queries.find_default(made.locked_project.id)
    if former is not None:
        await _save(made, former, {"is_default": False})


async def _environment(project_id: str, environment_id: str, if_match: IfMatch) -> EnvironmentRow:
    """Return an environment as it is now. Raises ``NotFound`` and ``Stale``."""
    environment = await queries.find_environment(environment_id)
    if environment is None or environment["project_id"] != project_id:
        raise NotFound("There is no such environment.")
    if if_match.misses(environment["revision"]):
        raise stale(environment_view(environment))
    return environment


async def _require_room(project_id: str) -> None:
    if await queries.count_environments(project_id) >= MAX_ENVIRONMENTS:
        raise Conflict(
            f"A project has at most {MAX_ENVIRONMENTS} environments. Delete one that nobody needs."
        )


async def _name_of_copy(source: EnvironmentRow) -> str:
    taken = await queries.taken_names(source["project_id"])
    for number in range(1, MAX_ENVIRONMENTS + 2):
        name = copy_name(source["name"], number, limit=MAX_NAME)
        if name_hash(name) not in taken:
            return name
    raise AssertionError("There are fewer environments than names.")


def _text(variables: list[Stored]) -> str:
    return orjson.dumps(variables).decode()


def _reveal(made: Change, row: EnvironmentRow, vault: Vault) -> EnvironmentView:
    variables = revealed(vault, row["id"], orjson.loads(row["variables"]))
    _note_reveal(made, row)
    return revealed_view(row, variables)


def _note_reveal(made: Change, row: EnvironmentRow) -> None:
    if keys := secret_keys(orjson.loads(row["variables"])):
        made.note("secrets_revealed", "environment", row["id"], row["name"], keys=keys)
