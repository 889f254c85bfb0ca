"""What goes in and out about environments."""

from typing import Annotated

import orjson
from pydantic import AfterValidator, Field, StringConstraints
from typing_extensions import TypedDict

from gassapi_backend.clock import rfc3339
from gassapi_backend.models.rows import EnvironmentRow
from gassapi_backend.server.items.schemas import Variables, VariableView
from gassapi_backend.server.items.variables import Stored, masked
from gassapi_backend.server.names import NOT_BLANK, check_name
from gassapi_backend.server.web.bodies import Body, optional
from gassapi_backend.server.web.etags import Resource, as_loaded

MAX_ENVIRONMENTS = 2_000  # a real Insomnia collection has a thousand
"""In one project."""

EnvironmentName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100),
    AfterValidator(check_name),
    NOT_BLANK,
]
Description = Annotated[str, StringConstraints(max_length=500)]


class NewEnvironment(Body):
    """An environment to create."""

    name: EnvironmentName
    description: Description | None = None
    variables: Variables = Field(default_factory=list)
    is_default: bool = False


class EnvironmentChanges(Body):
    """What may be changed about an environment."""

    name: EnvironmentName = optional()
    description: Description | None = optional()
    variables: Variables = optional(description="All of them: those left out are gone.")
    is_default: bool = optional(description="`true` takes it from the one that has it.")


class Duplication(Body):
    """What to call the copy."""

    name: EnvironmentName | None = Field(
        default=None, description="If left out: the name with `copy`, `copy 2` … after it."
    )


class EnvironmentView(TypedDict):
    """An environment."""

    id: str
    projectId: str
    name: str
    description: str | None
    isDefault: bool
    variables: list[VariableView]
    revision: int
    createdAt: str
    updatedAt: str


class EnvironmentAnswer(TypedDict):
    """One environment."""

    environment: EnvironmentView


class EnvironmentsAnswer(TypedDict):
    """All environments of a project, the default one first, then by name."""

    environments: list[EnvironmentView]
    total: int


def environment_view(row: EnvironmentRow) -> EnvironmentView:
    """Show an environment; its variables go through as stored unless some are secret."""
    text = row["variables"]
    variables = masked(orjson.loads(text)) if '"secret":true' in text else orjson.Fragment(text)
    return _view(row, variables)


def revealed_view(row: EnvironmentRow, variables: list[Stored]) -> EnvironmentView:
    """Show an environment with variables that were opened."""
    return _view(row, variables)


def _view(row: EnvironmentRow, variables: object) -> EnvironmentView:
    return {
        "id": row["id"],
        "projectId": row["project_id"],
        "name": row["name"],
        "description": row["description"],
        "isDefault": row["default_of"] is not None,
        "variables": variables,  # type: ignore[typeddict-item]  # JSON text, or of these keys
        "revision": row["revision"],
        "createdAt": rfc3339(row["created_at"]),
        "updatedAt": rfc3339(row["updated_at"]),
    }


RESOURCE = Resource("environment", of_row=as_loaded)
