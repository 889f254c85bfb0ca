"""What happened in a run: what was asked and answered when, and what is there at the end."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What an operation does."""

    CREATE = "create"  # an endpoint named ``value``, under an Idempotency-Key, until it is answered
    WRITE = "write"  # ``value`` into the one endpoint that all write to
    COMPARE = "compare"  # the same into another, if it is at revision ``base`` still
    READ = "read"  # of what was written there


@dataclass
class Operation:
    """One thing that somebody did; times are of one clock, in seconds.

    ``resource_id`` and ``revision`` are what the answer said. Without an answer (or with 503), an
    operation may have been carried out or not.
    """

    kind: Kind
    value: str
    began: float
    ended: float | None = None
    is_done: bool = False
    is_refused: bool = False
    resource_id: str | None = None
    revision: int | None = None
    base: int | None = None
    replays: list[tuple[str | None, int | None]] = field(default_factory=list)
    """What the same request was answered with when it was sent again after its answer."""


@dataclass
class History:
    """A run: its operations, what followers were told, and the end as it is in the database.

    ``followed`` are the revisions that each follower got, in their order. ``changes`` is the whole
    feed, ``endpoints`` all endpoints, by the API.
    """

    operations: list[Operation] = field(default_factory=list)
    followed: list[list[int]] = field(default_factory=list)
    changes: list[dict[str, Any]] = field(default_factory=list)
    endpoints: list[dict[str, Any]] = field(default_factory=list)
    shared: dict[Kind, str] = field(default_factory=dict)
    """The ids of the endpoints that ``WRITE`` and ``COMPARE`` are about."""

    def of(self, kind: Kind) -> list[Operation]:
        """Return the operations of a kind."""
        return [one for one in self.operations if one.kind is kind]
