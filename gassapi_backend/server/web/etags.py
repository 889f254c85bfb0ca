"""``If-Match`` and ``If-None-Match`` over revisions (RFC 9110, 13.1).

A tag is the resource's revision. One that a proxy weakened or marked as it compressed the answer
still names it. Where an answer shows more than that covers, a dot and something
that tells it apart follows: what is shown decides about 304, the revision about 412.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import orjson

from gassapi_backend.database import Row
from gassapi_backend.server.errors import Stale

if TYPE_CHECKING:  # actions need this module, and no web server
    from aiohttp import web

_TAG = re.compile(r'(?:W/)?"([^"]*?)(?:--?(?:gzip|br|deflate|zstd))?"')


@dataclass(frozen=True)
class Resource:
    """What in an answer has a revision, and the tag that follows from it.

    ``key`` is where it stands in the answer; empty where it is the answer itself. ``beside`` names
    what is shown of it that its revision does not cover. ``of_row`` makes of the row that access
    has loaded, for a person, what the tag is made of; ``None`` where only the view has that.
    """

    key: str
    beside: tuple[str, ...] = ()
    of_row: Callable[[Row, str | None], Mapping[str, Any]] | None = None

    def etag_in(self, answer: Mapping[str, Any]) -> str:
        """Return the tag of the resource in an answer."""
        return self._etag(answer[self.key] if self.key else answer)

    def etag_of_row(self, row: Row, user_id: str | None) -> str | None:
        """Return the tag by the row alone; ``None`` where that does not tell."""
        return self._etag(self.of_row(row, user_id)) if self.of_row else None

    def _etag(self, shown: Mapping[str, Any]) -> str:
        values = [shown[field] for field in self.beside if field in shown]
        if not values:
            return f'"{shown["revision"]}"'
        is_number = len(values) == 1 and isinstance(values[0], int)
        tail = values[0] if is_number else blake2b(orjson.dumps(values), digest_size=8).hexdigest()
        return f'"{shown["revision"]}.{tail}"'


def as_loaded(row: Row, _: str | None) -> Row:
    """Have the tag made of a row as it is."""
    return row


class IfMatch:
    """The revisions that a write is meant for; without the header, any."""

    def __init__(self, header: str | None) -> None:
        self._any = header is None or header.strip() == "*"
        self._tags = set(_TAG.findall(header or ""))

    def misses(self, revision: int, beside: object = None) -> bool:
        """Whether the write is meant for another revision than this, the current one.

        ``beside`` is what the tag holds after the dot, where the write destroys that too.
        """
        if self._any:
            return False
        if beside is None:
            return str(revision) not in {tag.partition(".")[0] for tag in self._tags}
        return self._tags.isdisjoint({str(revision), f"{revision}.{beside}"})


ANY_REVISION = IfMatch(None)


def stale(current: Any) -> Stale:
    """Return the refusal of a write that was meant for an older revision."""
    return Stale(
        "It was changed in the meantime. Look at the current state and try again.",
        details={"current": current},
    )


def if_match(request: "web.Request") -> IfMatch:
    """Return what the request's ``If-Match`` allows."""
    return IfMatch(_listed(request, "If-Match"))


def is_unchanged(request: "web.Request", etag: str) -> bool:
    """Whether ``If-None-Match`` says that the caller has this state already."""
    header = _listed(request, "If-None-Match")
    if header is None:
        return False
    return header.strip() == "*" or etag[1:-1] in _TAG.findall(header)


def _listed(request: "web.Request", name: str) -> str | None:
    """Return a header that is a list, of which each line may hold a part (RFC 9110, 5.3)."""
    lines = request.headers.getall(name, None)
    return None if lines is None else ", ".join(lines)
