"""Limits on signing in: per account and address, and per address across all accounts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from gassapi_backend.server.errors import Code, Unavailable
from gassapi_backend.server.limits.attempts import Attempts
from gassapi_backend.settings import Settings


@dataclass(frozen=True)
class Logins:
    """Counts failures: guesses at one account, and one guess each at many accounts (spraying)."""

    by_account: Attempts
    by_address: Attempts

    @asynccontextmanager
    async def one(self, account: str, address: str, device: str | None) -> AsyncIterator[None]:
        """Let the block try to sign in; it fails by raising.

        A ``device`` that signed in to the account before has its own allowance, so that people
        are not locked out by strangers who share their address. Raises ``TooMany``.
        """
        subject = (account, address if device is None else f"device {device}")
        async with self.by_account.one(*subject):
            if device is None:
                await self.by_address.take(address)
            try:
                yield
            except Unavailable:
                await self._give_back(address, device)
                raise
            await self.by_account.forgive(*subject)
            await self._give_back(address, device)

    async def _give_back(self, address: str, device: str | None) -> None:
        if device is None:
            await self.by_address.give_back(address)


def logins_of(settings: Settings, by_account: Attempts) -> Logins:
    """Return the limits of an instance."""
    by_address = Attempts(
        "login address",
        settings.login_address_limit,
        code=Code.RATE_LIMIT_ERROR,
        enabled=settings.rate_limits == "on",
        message="Too many failed sign-ins came from your network.",
    )
    return Logins(by_account, by_address)
