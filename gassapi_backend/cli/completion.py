"""What a shell completes: names of what is in the database. Whatever fails, it offers nothing."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from contextlib import redirect_stderr
from io import StringIO

from gassapi_backend import settings as options

Offer = tuple[str, str]
"""A word, and what a shell shows beside it."""

_PLAIN = re.compile(r"[\w.@%+,:=-]+")  # what no shell has to quote
MOST = 200


def projects(incomplete: str) -> list[Offer]:
    """Offer projects: by name, or by id where a shell would have to quote the name."""

    async def find() -> list[Offer]:
        from gassapi_backend.server.projects.queries import find_projects

        return [
            (_word(row["name"], row["id"]), f"{row['name']}, of {row['owner_name']}")
            for row in await find_projects(None)
        ]

    return _begun(incomplete, find)


def people(incomplete: str) -> list[Offer]:
    """Offer the addresses of accounts."""

    async def find() -> list[Offer]:
        from gassapi_backend.server.accounts.queries import all_users

        return [(_word(row["email"], row["id"]), row["name"]) for row in await all_users()]

    return _begun(incomplete, find)


def tokens(incomplete: str) -> list[Offer]:
    """Offer the ids of tokens that work."""

    async def find() -> list[Offer]:
        from gassapi_backend.models import McpToken

        found = McpToken.filter(revoked_at=None).order_by("-created_at").limit(MOST)
        return [
            (row["id"], f"{row['name']}, of {row['project__name']}")
            for row in await found.values("id", "name", "project__name")
        ]

    return _begun(incomplete, find)


def _word(name: str, row_id: str) -> str:
    return name if _PLAIN.fullmatch(name) else row_id


def _begun(incomplete: str, find: Callable[[], Awaitable[list[Offer]]]) -> list[Offer]:
    """Return what begins so."""
    begun = [(word, said) for word, said in _found(find) if word.startswith(incomplete)]
    return [(word, " ".join(said.split())) for word, said in begun[:MOST]]


def _found(find: Callable[[], Awaitable[list[Offer]]]) -> list[Offer]:
    from gassapi_backend.database import is_sqlite, open_database, sqlite_path

    async def opened() -> list[Offer]:
        settings = options.load()
        if is_sqlite(settings) and not sqlite_path(settings.database).exists():
            return []
        async with asyncio.timeout(2), open_database(settings):
            return await find()

    try:
        with redirect_stderr(StringIO()):
            return asyncio.run(opened())
    except Exception:
        return []
