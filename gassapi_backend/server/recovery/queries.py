"""Reads of one-time tokens: each a single statement."""

from typing import cast

from gassapi_backend.database import row
from gassapi_backend.models.rows import OneTimeTokenRow
from gassapi_backend.server.recovery.rows import hash_of

_COLUMNS = ", ".join(OneTimeTokenRow.__annotations__)


async def find_token(token_id: str) -> OneTimeTokenRow | None:
    """Return the row of a token by its id."""
    return await _find("id", token_id)


async def find_sent(token: str) -> OneTimeTokenRow | None:
    """Return the row of a token that somebody sent."""
    return await _find("token_hash", hash_of(token))


async def _find(column: str, value: str) -> OneTimeTokenRow | None:
    found = await row(f"SELECT {_COLUMNS} FROM one_time_tokens WHERE {column} = ?", value)  # noqa: S608 - constants only
    return cast("OneTimeTokenRow | None", found)
