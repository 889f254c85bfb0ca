"""Setting some variables of something without losing changes made in between."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, TypeVar

import orjson

from gassapi_backend.server.errors import NotFound, Stale
from gassapi_backend.server.mcp.arguments import SetVariable, merged, revision_of
from gassapi_backend.server.web.etags import IfMatch

ATTEMPTS = 5

T = TypeVar("T", bound=Mapping[str, Any])


async def set_variables(
    sent: Iterable[SetVariable] | None,
    unset: Iterable[str] | None,
    if_match: IfMatch,
    load: Callable[[], Awaitable[T | None]],
    update: Callable[[dict[str, Any], IfMatch], Awaitable[T]],
) -> T:
    """Return the result of ``update`` with the new variables, if any are to change.

    The update applies to the revision that was read, and is repeated if that changed in between.
    Raises what ``update`` raises, and ``NotFound``.
    """
    if sent is None and unset is None:
        return await update({}, if_match)
    for attempt in range(1, ATTEMPTS + 1):
        row = await load()
        if row is None:
            raise NotFound("It no longer exists.")
        variables = merged(orjson.loads(row["variables"] or "[]"), sent or (), unset or ())
        is_other = if_match.misses(row["revision"])
        wanted = if_match if is_other else revision_of(row["revision"])
        try:
            return await update({"variables": variables}, wanted)
        except Stale:
            if is_other or attempt == ATTEMPTS:
                raise
    raise AssertionError("unreachable")
