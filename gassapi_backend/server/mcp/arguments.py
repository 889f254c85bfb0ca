"""What writing tools have in common: variables, what to clear, and the revision to write to."""

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

    idempotency_key: str = optional(description="Your id for this call; repeats are not done again")


class Updated(Written):
    """A write to something that exists."""

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
    """Return the condition that a write applies to this revision only; to any without one."""
    return ANY_REVISION if revision is None else IfMatch(f'"{revision}"')


def body_of(
    schema: type[BodyType], given: Mapping[str, Any], clear: Iterable[str] = ()
) -> BodyType:
    """Return arguments as the body of the same write over HTTP, whose schema has the rules.

    ``clear`` names those that are to be emptied. Raises ``Invalid``.
    """
    wanted = dict(given)
    for name in clear:
        if name in wanted:
            raise Invalid.field("clear", f"{name} is both given and cleared. Do one of the two.")
        wanted[name] = None
    return validated(schema, {to_camel(name): value for name, value in wanted.items()})


def argument_of(field: str) -> str:
    """Return the name of the argument for a field of a body: ``body_type`` for ``bodyType``."""
    return _CAPITAL.sub(lambda match: f"_{match[0].lower()}", field)


def new_variables(sent: Iterable[SetVariable]) -> list[dict[str, Any]]:
    """Return variables in the form of a body. Raises ``Invalid`` for a mask as a value."""
    return [_checked(one).given() for one in sent]


def merged(stored: list[Stored], sent: Iterable[SetVariable], unset: Iterable[str]) -> list[Stored]:
    """Return variables in the form of a body: the existing ones, with some set and some removed.

    What is left out of a variable stays as it was, including that it is secret. Raises ``Invalid``
    for a mask as a value, and for removing a variable that does not exist.
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
