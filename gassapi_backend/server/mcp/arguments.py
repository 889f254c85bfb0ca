"""What tools that write have in common: variables, what to clear, and for which revision."""

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from pydantic import Field, StringConstraints
from pydantic.alias_generators import to_camel

from gassapi_backend.server.errors import Invalid
from gassapi_backend.server.items.variables import MASK, Stored, masked
from gassapi_backend.server.mcp.tool import Arguments
from gassapi_backend.server.web.bodies import BodyType, optional, validated
from gassapi_backend.server.web.etags import ANY_REVISION, IfMatch

Entries = list[dict[str, Any]]

_CAPITAL = re.compile(r"(?<=[a-z])[A-Z]")


class Written(Arguments):
    """A write that may be sent again."""

    idempotency_key: str = optional(description="Your id of this call: sent again, it is done once")


class Updated(Written):
    """A write to something that is there."""

    if_revision: int = optional(ge=0, description="Refuse if it is not at this revision")

    @property
    def if_match(self) -> IfMatch:
        """The revisions that the write is meant for."""
        return revision_of(self.if_revision)


class SetVariable(Arguments):
    """A variable to make or to change."""

    key: str
    value: str
    secret: bool = optional()
    description: str = optional()
    enabled: bool = optional()


ConfirmName = Annotated[
    str, StringConstraints(max_length=300), Field(description="Its name, as it is now")
]


def revision_of(revision: int | None) -> IfMatch:
    """Return what allows a write to a revision only; to any without one."""
    return ANY_REVISION if revision is None else IfMatch(f'"{revision}"')


def body_of(
    schema: type[BodyType], given: Mapping[str, Any], clear: Iterable[str] = ()
) -> BodyType:
    """Return arguments as the body that the same write has over HTTP, where its rules are.

    ``clear`` names those that are to be empty. Raises ``Invalid``.
    """
    wanted = dict(given)
    for name in clear:
        if name in wanted:
            raise Invalid.field("clear", f"{name} is given and to be cleared. Do one of them.")
        wanted[name] = None
    return validated(schema, {to_camel(name): value for name, value in wanted.items()})


def argument_of(field: str) -> str:
    """Return the argument that a field of a body is: ``bodyType`` is ``body_type``."""
    return _CAPITAL.sub(lambda match: f"_{match[0].lower()}", field)


def new_variables(sent: Iterable[SetVariable]) -> list[dict[str, Any]]:
    """Return variables as a body has them. Raises ``Invalid`` for a mask as a value."""
    return [_checked(one).given() for one in sent]


def merged(stored: list[Stored], sent: Iterable[SetVariable], unset: Iterable[str]) -> list[Stored]:
    """Return variables as a body has them: those that are there, with some set and some taken out.

    What is not said of a variable stays as it was, that it is secret among it. Raises ``Invalid``
    for a mask as a value, and for one to take out that there is not.
    """
    found = {one["key"]: dict(one) for one in masked(stored)}
    for key in unset:
        if found.pop(key, None) is None:
            raise Invalid.field("unset", f"There is no variable {key}.")
    for one in sent:
        found[one.key] = found.get(one.key, {}) | _checked(one).given()
    return list(found.values())


def _checked(variable: SetVariable) -> SetVariable:
    if variable.value == MASK:
        raise Invalid.field(
            "value",
            f"{MASK} is only the mask of a secret value. Leave {variable.key} out to keep it.",
        )
    return variable
