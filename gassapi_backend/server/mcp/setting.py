"""Setting some of the variables of something, so that nobody's change in between is lost."""

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
    """Return what ``update`` gives for the variables as they are to be, if any are to change.

    It is meant for the revision that was read, and done again where that was changed meanwhile.
    Raises as it does, and ``NotFound``.
    """
    if sent is None and unset is None:
        return await update({}, if_match)
    for attempt in range(1, ATTEMPTS + 1):
        row = await load()
        if row is None:
            raise NotFound("It is not there any more.")
        variables = merged(orjson.loads(row["variables"] or "[]"), sent or (), unset or ())
        is_other = if_match.misses(row["revision"])
        wanted = if_match if is_other else revision_of(row["revision"])
        try:
            return await update({"variables": variables}, wanted)
        except Stale:
            if is_other or attempt == ATTEMPTS:
                raise
    raise AssertionError("unreachable")
