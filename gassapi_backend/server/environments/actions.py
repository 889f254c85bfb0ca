"""Every write to environments."""

import orjson

from gassapi_backend.clock import now
from gassapi_backend.database import Row
from gassapi_backend.models import Environment, name_hash, new_id
from gassapi_backend.server.access.callers import Actor
from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.changes.change import Change, change
from gassapi_backend.server.environments.queries import find_environment, list_environments
from gassapi_backend.server.environments.schemas import (
    EnvironmentChanges,
    EnvironmentView,
    NewEnvironment,
    environment_view,
    revealed_view,
    row_of,
)
from gassapi_backend.server.errors import Conflict, NotFound
from gassapi_backend.server.items import copy_name
from gassapi_backend.server.items.variables import (
    moved,
    plain_values,
    revealed,
    secret_keys,
    to_store,
)
from gassapi_backend.server.web.etags import ANY_REVISION, IfMatch, stale
from gassapi_backend.vault import Vault

MAX_ENVIRONMENTS = 200  # in one project
MAX_NAME = 100


async def create_environment(
    actor: Actor, project_id: str, new: NewEnvironment, vault: Vault
) -> Environment:
    """Create an environment. Raises ``Conflict`` for a name that is taken and for one too many."""

    async def create(made: Change) -> Environment:
        await _require_room(project_id)
        environment = Environment(
            id=new_id(),
            project_id=project_id,
            name=new.name,
            name_hash=name_hash(new.name),
            description=new.description,
        )
        environment.variables = to_store(vault, environment.id, new.variables)
        if new.is_default:
            await _take_default(made, environment)
        environment.revision = made.record(
            "environment_created", "environment", environment.id, environment.name
        )
        await environment.save(force_create=True)
        return environment

    return await change(actor, project_id, Permission.WRITE, create)


async def update_environment(
    actor: Actor,
    project_id: str,
    environment_id: str,
    changes: EnvironmentChanges,
    vault: Vault,
    if_match: IfMatch = ANY_REVISION,
) -> Environment:
    """Change what was sent of an environment; where that is as it was, nothing is recorded.

    Raises ``Conflict`` for a name that is taken, and for the default one that is to be it no more.
    """

    async def update(made: Change) -> Environment:
        environment = await _environment(project_id, environment_id, if_match)
        fields = _apply(environment, changes, vault)
        if "is_default" in fields:
            await _take_default(made, environment)
        if fields:
            await _save(made, environment, fields)
        return environment

    return await change(actor, project_id, Permission.WRITE, update)


async def make_default(
    actor: Actor, project_id: str, environment_id: str, if_match: IfMatch = ANY_REVISION
) -> Environment:
    """Make an environment the default one, if it is not already."""

    async def make(made: Change) -> Environment:
        environment = await _environment(project_id, environment_id, if_match)
        if environment.default_of is None:
            await _take_default(made, environment)
            await _save(made, environment, ["is_default"])
        return environment

    return await change(actor, project_id, Permission.WRITE, make)


async def delete_environment(
    actor: Actor, project_id: str, environment_id: str, if_match: IfMatch = ANY_REVISION
) -> None:
    """Delete an environment. Raises ``Conflict`` for the default one, which the last one is too."""

    async def delete(made: Change) -> None:
        environment = await _environment(project_id, environment_id, if_match)
        if environment.default_of is not None:
            if await Environment.filter(project_id=project_id).count() == 1:
                raise Conflict("A project keeps at least one environment. Create another first.")
            raise Conflict(
                "This is the project's default environment. Make another one the default first."
            )
        await environment.delete()
        made.record("environment_deleted", "environment", environment.id, environment.name)

    await change(actor, project_id, Permission.WRITE, delete)


async def duplicate_environment(
    actor: Actor,
    project_id: str,
    environment_id: str,
    name: str | None,
    vault: Vault,
    if_match: IfMatch = ANY_REVISION,
) -> Environment:
    """Copy an environment, its secret values encrypted anew for their new place.

    Raises ``Conflict`` for a name that is taken, one environment too many, and a secret value that
    cannot be decrypted.
    """

    async def duplicate(made: Change) -> Environment:
        source = await _environment(project_id, environment_id, if_match)
        await _require_room(project_id)
        chosen = name or await _name_of_copy(source)
        copy = Environment(
            id=new_id(),
            project_id=project_id,
            name=chosen,
            name_hash=name_hash(chosen),
            description=source.description,
        )
        copy.variables = moved(vault, source.id, copy.id, source.variables)
        copy.revision = made.record(
            "environment_created", "environment", copy.id, chosen, copy_of=source.id
        )
        await copy.save(force_create=True)
        return copy

    return await change(actor, project_id, Permission.WRITE, duplicate)


async def reveal(
    actor: Actor, project_id: str, environment_id: str, vault: Vault
) -> EnvironmentView:
    """Return an environment with its secret values, and note who looked at which.

    Raises ``Conflict``, and notes nothing, where one cannot be decrypted.
    """

    async def reveal(made: Change) -> EnvironmentView:
        return _reveal(made, await _found(environment_id), vault)

    return await change(actor, project_id, Permission.REVEAL_SECRETS, reveal)


async def reveal_all(actor: Actor, project_id: str, vault: Vault) -> list[EnvironmentView]:
    """Return all environments of a project as ``reveal()`` does one."""

    async def reveal(made: Change) -> list[EnvironmentView]:
        return [_reveal(made, row, vault) for row in await list_environments(project_id)]

    return await change(actor, project_id, Permission.REVEAL_SECRETS, reveal)


async def reveal_values(made: Change, environment_id: str, vault: Vault) -> dict[str, str]:
    """Return the values of an environment's enabled variables by key, noted as by ``reveal()``."""
    row = await _found(environment_id)
    values = plain_values(row["variables"], vault=vault, owner_id=row["id"])
    _note_reveal(made, row)
    return values


def _apply(environment: Environment, changes: EnvironmentChanges, vault: Vault) -> list[str]:
    """Set what differs; return the names of those fields."""
    wanted = {field: getattr(changes, field) for field in changes.model_fields_set}
    if "variables" in wanted:
        wanted["variables"] = to_store(
            vault, environment.id, changes.variables, environment.variables
        )
    is_default = environment.default_of is not None
    if is_default and wanted.get("is_default") is False:
        raise Conflict("A project has a default environment. Make another one the default instead.")
    before = {
        "name": environment.name,
        "description": environment.description,
        "variables": environment.variables,
        "is_default": is_default,
    }
    fields = sorted(field for field, value in wanted.items() if value != before[field])
    for field in fields:
        if field != "is_default":
            setattr(environment, field, wanted[field])
    environment.name_hash = name_hash(environment.name)
    return fields


async def _save(made: Change, environment: Environment, fields: list[str]) -> None:
    environment.revision = made.record(
        "environment_updated", "environment", environment.id, environment.name, fields=fields
    )
    environment.updated_at = now()
    await environment.save(
        update_fields=[
            "name",
            "name_hash",
            "description",
            "variables",
            "default_of",
            "revision",
            "updated_at",
        ]
    )


async def _take_default(made: Change, environment: Environment) -> None:
    """Take it from the one that has it, which so gets a revision of its own, for this one."""
    project_id = made.locked_project.id
    former = await Environment.get_or_none(default_of=project_id)
    if former is not None:
        former.default_of = None
        await _save(made, former, ["is_default"])
    environment.default_of = project_id


async def _environment(project_id: str, environment_id: str, if_match: IfMatch) -> Environment:
    """Return an environment as it is now. Raises ``NotFound`` and ``Stale``."""
    environment = await Environment.get_or_none(id=environment_id, project_id=project_id)
    if environment is None:
        raise NotFound("There is no such environment.")
    if if_match.misses(environment.revision):
        raise stale(environment_view(row_of(environment)))
    return environment


async def _require_room(project_id: str) -> None:
    if await Environment.filter(project_id=project_id).count() >= MAX_ENVIRONMENTS:
        raise Conflict(
            f"A project has at most {MAX_ENVIRONMENTS} environments. Delete one that nobody needs."
        )


async def _name_of_copy(source: Environment) -> str:
    taken = await Environment.filter(project_id=source.project_id).values_list(
        "name_hash", flat=True
    )
    for number in range(1, MAX_ENVIRONMENTS + 2):
        name = copy_name(source.name, number, limit=MAX_NAME)
        if name_hash(name) not in taken:  # type: ignore[comparison-overlap]  # a flat list
            return name
    raise AssertionError("There are fewer environments than names.")


async def _found(environment_id: str) -> Row:
    row = await find_environment(environment_id)
    if row is None:
        raise NotFound("There is no such environment.")
    return row


def _reveal(made: Change, row: Row, vault: Vault) -> EnvironmentView:
    variables = revealed(vault, row["id"], orjson.loads(row["variables"]))
    _note_reveal(made, row)
    return revealed_view(row, variables)


def _note_reveal(made: Change, row: Row) -> None:
    if keys := secret_keys(orjson.loads(row["variables"])):
        made.note("secrets_revealed", "environment", row["id"], row["name"], keys=keys)
