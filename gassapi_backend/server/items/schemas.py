"""What collections, endpoints and environments have in common, in and out."""

from typing import Annotated, NotRequired

from pydantic import AfterValidator, Field, StringConstraints
from typing_extensions import TypedDict

from gassapi_backend.server.items.variables import MAX_VARIABLES
from gassapi_backend.server.web.bodies import Body, Query

MAX_DESCRIPTION = 100_000

Description = Annotated[str, StringConstraints(max_length=MAX_DESCRIPTION)]


def _check_key(value: str) -> str:
    if not value.isprintable() or not value.strip():
        raise ValueError("It has to be text that can be printed.")
    return value


VariableKey = Annotated[
    str,
    StringConstraints(min_length=1, max_length=255, pattern=r"^[^{}]+$"),
    AfterValidator(_check_key),
]


class NewVariable(Body):
    """A variable as it is sent."""

    key: VariableKey
    value: str = Field(description="`••••` keeps the secret value that is there.")
    description: Annotated[str, StringConstraints(max_length=500)] | None = None
    enabled: bool = True
    secret: bool = Field(
        default=False, description="Encrypted, and masked in answers. Left out, it is not secret."
    )
    has_value: bool | None = Field(
        default=None, description="As in answers, so that they can be sent back; it is ignored."
    )


Variables = Annotated[list[NewVariable], Field(max_length=MAX_VARIABLES)]


class VariableView(TypedDict):
    """A variable; ``value`` is ``••••`` where it is secret and not asked for."""

    key: str
    value: str
    description: NotRequired[str]
    enabled: bool
    secret: bool
    hasValue: NotRequired[bool]


class Reveal(Query):
    """Whether to answer with secret values."""

    reveal: bool = Field(
        default=False,
        description="Answer with secret values: for those who may write here, and audited.",
    )
