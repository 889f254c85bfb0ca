"""What an instance calls itself: made when somebody asks first, since it takes its time."""

import asyncio

from gassapi_backend.instance_key import instance_of
from gassapi_backend.settings import Settings


class Instance:
    """The name of the instance with these settings."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._name: str | None = None

    async def name(self) -> str:
        """Return it, made in a thread the first time."""
        if self._name is None:
            self._name = await asyncio.to_thread(instance_of, self._settings)
        return self._name
