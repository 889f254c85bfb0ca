"""What the things in a project have in common: names, places, variables, JSON kept as text."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from gassapi_backend.server.names import NOT_BLANK, check_name

MAX_NAME = 255
MAX_POSITION = 2**31 - 1

ItemName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_NAME),
    AfterValidator(check_name),
    NOT_BLANK,
]
Position = Annotated[int, Field(ge=0, le=MAX_POSITION)]


def copy_name(name: str, number: int = 1, *, limit: int = MAX_NAME) -> str:
    """Return what the first, second … copy is called, in at most ``limit`` characters."""
    suffix = " copy" if number == 1 else f" copy {number}"
    return name[: limit - len(suffix)].rstrip() + suffix
