"""``If-Match`` and ``If-None-Match`` over revisions (RFC 9110, 13.1)."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from gassapi_backend.server.errors import Stale

if TYPE_CHECKING:  # actions need this module, and no web server
    from aiohttp import web

_TAG = re.compile(r'(W/)?"([^"]*)"')


class IfMatch:
    """The revisions that a write is meant for; without the header, any.

    What a tag holds beside the revision is derived, and no reason to refuse a write.
    """

    def __init__(self, header: str | None) -> None:
        self._any = header is None or header.strip() == "*"
        found = _TAG.findall(header or "")
        self._strong = {tag.partition(".")[0] for weak, tag in found if not weak}

    def misses(self, revision: int) -> bool:
        """Whether the write is meant for another revision than this, the current one."""
        return not self._any and str(revision) not in self._strong


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


def etag_of(resource: Mapping[str, Any]) -> str:
    """Return the tag of a resource that an answer shows: its revision.

    A collection's holds the number of its endpoints too, which come and go without moving it.
    """
    count = resource.get("endpointsCount")
    return f'"{resource["revision"]}"' if count is None else f'"{resource["revision"]}.{count}"'


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
