"""How many sign-ins were refused: counted in memory, and written into the audit now and then."""

from collections import Counter
from dataclasses import dataclass, field

from gassapi_backend.addresses import counted_as
from gassapi_backend.server.access.callers import Actor
from gassapi_backend.server.errors import Code, Failure
from gassapi_backend.server.names import email_key
from gassapi_backend.server.sessions import actions
from gassapi_backend.server.sessions.rows import Refused

CAPACITY = 10_000  # accounts and addresses that are told apart between two entries
MOST = 20  # accounts that have an entry of their own: those at which most was tried
LOCKED = frozenset({Code.ACCOUNT_LOCKED, Code.RATE_LIMIT_ERROR})


@dataclass
class RefusedSignIns:
    """Refusals that are not in the audit yet.

    An entry for each of them would let anybody fill the disk. A crash loses those that were not
    written; the log has each.
    """

    _accounts: dict[str, Refused] = field(default_factory=dict)
    _addresses: set[str] = field(default_factory=set)
    _total: Refused = field(default_factory=Refused)

    def count(self, actor: Actor, account: str, failure: Failure) -> None:
        """Count a refusal of somebody who wanted to sign in to an account."""
        is_locked = failure.code in LOCKED
        self._total = self._total.and_one(is_locked=is_locked)
        if len(self._addresses) < CAPACITY:
            self._addresses.add(counted_as(actor.ip or ""))
        key = email_key(account)
        if key in self._accounts or len(self._accounts) < CAPACITY:
            known = self._accounts.get(key, Refused())
            self._accounts[key] = known.and_one(is_locked=is_locked)

    async def flush(self) -> None:
        """Write one entry for all, and one for each of the accounts at which most was tried."""
        if self._total == Refused():
            return
        accounts, self._accounts = self._accounts, {}
        addresses, self._addresses = self._addresses, set()
        total, self._total = self._total, Refused()
        most = Counter({key: one.failed + one.locked for key, one in accounts.items()})
        named = {key: accounts[key] for key, _ in most.most_common(MOST)}
        try:
            await actions.record_refusals(
                total, named, accounts=len(accounts), addresses=len(addresses)
            )
        except BaseException:
            self._total = self._total.plus(total)
            self._addresses |= addresses
            for key, one in accounts.items():
                self._accounts[key] = self._accounts.get(key, Refused()).plus(one)
            raise
