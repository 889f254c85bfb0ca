"""Where a page of a list ends, as a text to give back: the next page costs what the first did."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import orjson
from pydantic import Field, StringConstraints

from gassapi_backend.server.errors import Invalid

Cursor = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,300}$"),
    Field(description="The `nextCursor` of the page before, instead of counting rows or pages."),
]


@dataclass(frozen=True, slots=True)
class Place:
    """What a page comes after: so many rows, the last of which has these columns of the order."""

    before: int
    key: tuple[int | str, ...] = ()

    @property
    def skipped(self) -> int:
        """How many rows have to be read to get there."""
        return 0 if self.key else self.before


def new_cursor(place: Place) -> str:
    """Return a place as a text that means nothing to anybody else."""
    said = orjson.dumps([place.before, *place.key])
    return base64.urlsafe_b64encode(said).decode().rstrip("=")


def place_of(cursor: str | None, offset: int, kinds: Sequence[type]) -> Place:
    """Return where a page begins: at a cursor of such columns, or behind ``offset`` rows.

    Raises ``Invalid`` for what is no cursor of such a list, and for one with an offset.
    """
    if cursor is None:
        return Place(offset)
    if offset:
        raise Invalid.field("cursor", "It says where to go on by itself: leave the other out.")
    try:
        before, *key = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, TypeError):
        raise _bad() from None
    if type(before) is not int or before < 0 or [type(part) for part in key] != list(kinds):
        raise _bad()
    return Place(before, tuple(key))


def _bad() -> Invalid:
    return Invalid.field("cursor", "It is no cursor of such a list. Leave it out to begin again.")
