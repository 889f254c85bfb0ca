"""How often tokens are validated: counted in memory, written down every second."""

import asyncio
from datetime import datetime

from gassapi_backend.clock import now, stored
from gassapi_backend.database import execute
from gassapi_backend.server.tokens.rows import TokenWithCreator

CHUNK = 100
PATIENCE = 5  # seconds a statement may take


class TokenUsage:
    """Validations that are not in the database yet.

    Bookkeeping, not audited: a crash loses at most a second of it.
    """

    def __init__(self) -> None:
        self._counts: dict[str, tuple[int, datetime]] = {}

    def count(self, token_id: str) -> datetime:
        """Count a validation; return its time."""
        moment = now()
        self._counts[token_id] = (self._counts.get(token_id, (0, moment))[0] + 1, moment)
        return moment

    def add_to(self, row: TokenWithCreator) -> TokenWithCreator:
        """Return a token's row with what is not written down yet."""
        if pending := self._counts.get(row["id"]):
            return {
                **row,
                "validation_count": row["validation_count"] + pending[0],
                "last_validated_at": stored(pending[1]),
            }
        return row

    async def flush(self) -> None:
        """Write everything down, some tokens in each statement.

        Cancelled half way, it first sees the statement at hand through: otherwise nobody would know
        whether that was counted.
        """
        task = asyncio.ensure_future(self._flush())
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            await task
            raise

    async def _flush(self) -> None:
        counts, self._counts = self._counts, {}
        items = list(counts.items())
        for start in range(0, len(items), CHUNK):
            chunk = items[start : start + CHUNK]
            try:
                async with asyncio.timeout(PATIENCE):
                    await _write(chunk)
            except BaseException:
                for token_id, (count, moment) in items[start:]:
                    newer, latest = self._counts.get(token_id, (0, moment))
                    self._counts[token_id] = (newer + count, max(latest, moment))
                raise


async def _write(chunk: list[tuple[str, tuple[int, datetime]]]) -> None:
    whens = " ".join(["WHEN ? THEN ?"] * len(chunk))
    marks = ", ".join(["?"] * len(chunk))
    await execute(
        f"""
        UPDATE mcp_tokens SET
          validation_count = validation_count + CASE id {whens} ELSE 0 END,
          last_validated_at = CASE id {whens} ELSE last_validated_at END
        WHERE id IN ({marks})
        """,  # noqa: S608 - placeholders only
        *(value for token_id, (count, _) in chunk for value in (token_id, count)),
        *(value for token_id, (_, moment) in chunk for value in (token_id, stored(moment))),
        *(token_id for token_id, _ in chunk),
    )
