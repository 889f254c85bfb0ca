"""``If-Match`` and ``If-None-Match`` over revisions (RFC 9110, 13.1).

A tag is the resource's revision. Where an answer shows more than that covers, a dot and something
that tells it apart follows: what is shown decides about 304, the revision about 412.
"""

import re
from collections.abc import Mapping
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import orjson

from gassapi_backend.server.errors import Stale

if TYPE_CHECKING:  # actions need this module, and no web server
    from aiohttp import web

_TAG = re.compile(r'(W/)?"([^"]*)"')
_BESIDE = {
    "collection": ("endpointsCount",),  # endpoints come and go without moving it
    "project": ("ownerName", "userRole"),
    # /users/profile is somebody else's for somebody else; administrators see the numbers
    "user": ("id", "lastLoginAt", "ownedProjects", "memberships", "activeSessions"),
}
"""What is shown of a kind of resource that its revision does not cover."""


class IfMatch:
    """The revisions that a write is meant for; without the header, any."""

    def __init__(self, header: str | None) -> None:
        self._any = header is None or header.strip() == "*"
        self._tags = {tag for weak, tag in _TAG.findall(header or "") if not weak}

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


def etag_of(kind: str, resource: Mapping[str, Any]) -> str:
    """Return the tag of a resource of a kind, as an answer shows it."""
    values = [resource[field] for field in _BESIDE.get(kind, ()) if field in resource]
    if not values:
        return f'"{resource["revision"]}"'
    is_number = len(values) == 1 and isinstance(values[0], int)
    beside = values[0] if is_number else blake2b(orjson.dumps(values), digest_size=8).hexdigest()
    return f'"{resource["revision"]}.{beside}"'


def is_unchanged(request: "web.Request", etag: str) -> bool:
    """Whether ``If-None-Match`` says that the caller has this state already."""
    header = _listed(request, "If-None-Match")
    if header is None:
        return False
    return header.strip() == "*" or etag[1:-1] in {tag for _, tag in _TAG.findall(header)}


def _listed(request: "web.Request", name: str) -> str | None:
    """Return a header that is a list, of which each line may hold a part (RFC 9110, 5.3)."""
    lines = request.headers.getall(name, None)
    return None if lines is None else ", ".join(lines)
