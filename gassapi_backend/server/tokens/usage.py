"""When tokens are used and how often they are validated: noted in memory, written now and then."""

import asyncio
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import NamedTuple, TypeVar, cast

from gassapi_backend.clock import now, stored
from gassapi_backend.database import execute
from gassapi_backend.server.tokens.rows import TokenWithCreator

T = TypeVar("T", bound=TokenWithCreator)

CHUNK = 100
FRESH = timedelta(minutes=1)  # for which a use from the same address is not written again
CAPACITY = 10_000  # tokens whose last use is remembered
PATIENCE = 5  # seconds a statement may take


class Use(NamedTuple):
    """A use of a token; ``client`` is what the program that used it calls itself, if it said so."""

    moment: datetime
    ip: str
    client: str | None = None


class TokenUsage:
    """Uses and validations that are not in the database yet.

    A use is written once a minute, or when the address or the client is another; the first, which
    somebody may be waiting to see, soon. Bookkeeping, not audited: a crash loses at most some
    seconds of it.
    """

    def __init__(self) -> None:
        self._counts: dict[str, tuple[int, datetime]] = {}
        self._uses: dict[str, Use] = {}
        self._known: OrderedDict[str, Use] = OrderedDict()
        self._has_first = False

    def note(self, token_id: str, ip: str, client: str | None = None) -> None:
        """Note that a token is used from an address."""
        moment = now()
        known = self._known.get(token_id)
        if known is None:
            self._has_first = True
        else:
            client = client or known.client  # most messages do not say it
            if known[1:] == (ip, client) and abs(moment - known.moment) < FRESH:
                return
        self._known[token_id] = self._uses[token_id] = Use(moment, ip, client)
        self._known.move_to_end(token_id)
        if len(self._known) > CAPACITY:
            self._known.popitem(last=False)

    def count(self, token_id: str) -> datetime:
        """Count a validation; return its time."""
        moment = now()
        self._counts[token_id] = (self._counts.get(token_id, (0, moment))[0] + 1, moment)
        return moment

    def add_to(self, row: T) -> T:
        """Return a token's row with what is not written down yet."""
        news: dict[str, object] = {}
        if pending := self._counts.get(row["id"]):
            news["validation_count"] = row["validation_count"] + pending[0]
            news["last_validated_at"] = stored(pending[1])
        if used := self._uses.get(row["id"]):
            news["last_used_at"], news["last_used_ip"] = stored(used.moment), used.ip
            news["last_client"] = used.client or row["last_client"]
        return cast("T", {**row, **news}) if news else row

    async def flush(self) -> None:
        """Write everything down, some tokens in each statement."""
        await self._flush_uses()
        await self.flush_counts()

    async def flush_soon(self) -> None:
        """Write down what cannot wait: validations, and first uses."""
        await self.flush_counts()
        if self._has_first:
            self._has_first = False
            await self._flush_uses()

    async def flush_counts(self) -> None:
        """Write the validations down.

        Cancelled half way, it first sees the statement at hand through: otherwise nobody would know
        whether that was counted.
        """
        task = asyncio.ensure_future(self._flush_counts())
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            await task
            raise

    async def _flush_counts(self) -> None:
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

    async def _flush_uses(self) -> None:
        uses, self._uses = self._uses, {}
        items = list(uses.items())
        for start in range(0, len(items), CHUNK):
            try:
                async with asyncio.timeout(PATIENCE):
                    await _write_uses(items[start : start + CHUNK])
            except BaseException:
                self._uses = dict(items[start:]) | self._uses
                raise


async def _write_uses(chunk: list[tuple[str, Use]]) -> None:
    case = f"CASE id {' '.join(['WHEN ? THEN ?'] * len(chunk))} END"
    marks = ", ".join(["?"] * len(chunk))
    await execute(
        f"""
        UPDATE mcp_tokens SET
          last_used_at = {case}, last_used_ip = {case}, last_client = COALESCE({case}, last_client)
        WHERE id IN ({marks})
        """,  # noqa: S608 - placeholders only
        *(value for token_id, use in chunk for value in (token_id, stored(use.moment))),
        *(value for token_id, use in chunk for value in (token_id, use.ip)),
        *(value for token_id, use in chunk for value in (token_id, use.client)),
        *(token_id for token_id, _ in chunk),
    )


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
