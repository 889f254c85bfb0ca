"""What an instance is: what it calls itself, and whether anybody has an account on it."""

import asyncio

from gassapi_backend.database import row
from gassapi_backend.instance_key import instance_of
from gassapi_backend.settings import Settings


class Instance:
    """The name of the instance with these settings."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._name: str | None = None
        self._has_accounts = False

    async def is_empty(self) -> bool:
        """Return whether nobody has an account yet; once somebody had one, nothing is asked."""
        if not self._has_accounts:
            self._has_accounts = await row("SELECT 1 AS found FROM users LIMIT 1") is not None
        return not self._has_accounts

    async def name(self) -> str:
        """Return what it calls itself, made in a thread the first time: it takes its time."""
        if self._name is None:
            self._name = await asyncio.to_thread(instance_of, self._settings)
        return self._name
