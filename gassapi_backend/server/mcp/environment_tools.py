"""Tools about environments: named sets of variables."""

from typing import Any, Literal, NotRequired

from typing_extensions import TypedDict

from gassapi_backend.models.rows import EnvironmentRow
from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.environments import actions
from gassapi_backend.server.environments.queries import find_environment
from gassapi_backend.server.environments.schemas import (
    EnvironmentChanges,
    NewEnvironment,
    environment_view,
)
from gassapi_backend.server.mcp.answers import fitted, read_on
from gassapi_backend.server.mcp.arguments import (
    ConfirmName,
    SetVariable,
    Updated,
    Written,
    body_of,
    new_variables,
)
from gassapi_backend.server.mcp.calls import Call
from gassapi_backend.server.mcp.collection_tools import Deleted
from gassapi_backend.server.mcp.deleting import confirmed
from gassapi_backend.server.mcp.project_tools import Cursor, Item
from gassapi_backend.server.mcp.setting import set_variables
from gassapi_backend.server.mcp.tool import Arguments
from gassapi_backend.server.web.bodies import optional
from gassapi_backend.server.web.etags import IfMatch


class EnvironmentWanted(Arguments):
    """Which environment to show."""

    environment_id: str
    cursor: Cursor = optional(description="Of a field in cut, to read on in it")


class EnvironmentFound(TypedDict):
    """An environment, or another part of one of its fields."""

    environment: NotRequired[Item]
    cut: NotRequired[list[Item]]
    field: NotRequired[str]
    text: NotRequired[str]
    nextCursor: NotRequired[str]


async def get_environment(call: Call, wanted: EnvironmentWanted) -> EnvironmentFound:
    """An environment with its variables. Secret values are masked, always."""
    entered = await call.enter_at(Permission.READ, "environment_id", wanted.environment_id)
    view: dict[str, Any] = dict(environment_view(entered.subject))  # type: ignore[arg-type]  # its columns
    if wanted.cursor is not None:
        return read_on(view, wanted.cursor)  # type: ignore[return-value]  # a part
    shown, cuts = fitted(view)
    return (
        {"environment": shown, "cut": [dict(one) for one in cuts]}
        if cuts
        else {"environment": shown}
    )


class EnvironmentMade(TypedDict):
    """What an environment is now, in short."""

    environment: Item


class EnvironmentToCreate(Written):
    """An environment to create."""

    name: str
    description: str = optional()
    variables: list[SetVariable] = optional()
    is_default: bool = optional(description="Takes this over from the current default")


async def create_environment(call: Call, wanted: EnvironmentToCreate) -> EnvironmentMade:
    """Create an environment. Mark tokens and passwords as secret: they are encrypted."""
    given = wanted.given("idempotency_key")
    if "variables" in given:
        given["variables"] = new_variables(wanted.variables)
    new = body_of(NewEnvironment, given)
    return _made(await actions.create_environment(call.actor, call.project_id, new, call.vault))


class EnvironmentToUpdate(Updated):
    """What to change about an environment."""

    environment_id: str
    name: str = optional()
    description: str = optional()
    set: list[SetVariable] = optional(
        description="Variables to make or change; others stay, and so do secret, description and "
        "enabled where left out"
    )
    unset: list[str] = optional(description="Variables to remove")
    is_default: bool = optional(description="true takes this over from the current default")
    clear: list[Literal["description"]] = optional()


async def update_environment(call: Call, wanted: EnvironmentToUpdate) -> EnvironmentMade:
    """Change the given fields of an environment; variables are merged, never replaced."""
    await call.enter_at(Permission.WRITE, "environment_id", wanted.environment_id)
    given = wanted.given(
        *("environment_id", "if_revision", "idempotency_key", "set", "unset", "clear")
    )

    async def update(variables: dict[str, Any], if_match: IfMatch) -> EnvironmentRow:
        changes = body_of(EnvironmentChanges, given | variables, wanted.clear or ())
        return await actions.update_environment(
            call.actor, call.project_id, wanted.environment_id, changes, call.vault, if_match
        )

    async def load() -> EnvironmentRow | None:
        found = await find_environment(wanted.environment_id)
        return found if found and found["project_id"] == call.project_id else None

    return _made(await set_variables(wanted.set, wanted.unset, wanted.if_match, load, update))


class EnvironmentToDelete(Arguments):
    """An environment to delete."""

    environment_id: str
    confirm_name: ConfirmName
    if_revision: int = optional()


async def delete_environment(call: Call, wanted: EnvironmentToDelete) -> Deleted:
    """Delete an environment that is not the default one. Cannot be undone."""
    entered = await call.enter_at(Permission.WRITE, "environment_id", wanted.environment_id)
    row: Any = entered.subject
    if_match = confirmed(row, "environment", wanted.confirm_name, wanted.if_revision)
    await actions.delete_environment(call.actor, call.project_id, row["id"], if_match)
    return {"deleted": {"id": row["id"], "name": row["name"]}}


def _made(row: EnvironmentRow) -> EnvironmentMade:
    shown: Item = {name: row[name] for name in ("id", "name", "revision")}
    return {"environment": {**shown, "isDefault": row["default_of"] is not None}}
