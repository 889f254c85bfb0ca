"""Passwords: which are allowed, and hashing that leaves other requests alone."""

import asyncio
import contextlib
import os
import secrets
import string
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.resources import files
from typing import TypeVar

from passlib.hash import bcrypt_sha256

from gassapi_backend.server.errors import Invalid, Unavailable

MIN_LENGTH = 8
MAX_LENGTH = 128
QUEUE_PER_THREAD = 16

T = TypeVar("T")


def check_password(password: str, *, email: str, name: str, field: str = "password") -> None:
    """Raise ``Invalid`` unless the password is one an account may have.

    8 to 128 characters, not a common one, not the e-mail address or the name. No rule about kinds
    of characters (NIST SP 800-63B, 3.1.1.2).
    """
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise Invalid.field(field, f"It needs {MIN_LENGTH} to {MAX_LENGTH} characters.")
    plain = password.strip().casefold()
    if plain in common_passwords():
        raise Invalid.field(field, "It is one of the most common passwords.")
    if plain in {email.casefold(), email.split("@")[0].casefold(), name.strip().casefold()}:
        raise Invalid.field(field, "It must not be your e-mail address or your name.")


@cache
def common_passwords() -> frozenset[str]:
    """Return the common passwords of at least 8 characters, in lower case.

    Merged from the frequency lists published with Django and zxcvbn.
    """
    text = files(__package__).joinpath("common_passwords.txt").read_text("utf-8")
    return frozenset(text.splitlines())


class Passwords:
    """bcrypt in a few threads of the lowest priority, with a bounded queue before them.

    bcrypt runs over a SHA-256 of the password, so that all of its characters count. A hash takes
    a quarter of a second of CPU; at most one thread per core works on them, and past
    ``QUEUE_PER_THREAD`` waiting ones each, callers get ``Unavailable`` at once.
    """

    def __init__(self, rounds: int, *, workers: int = 1) -> None:
        threads = max(1, _cores() // workers)
        self._scheme = bcrypt_sha256.using(rounds=rounds)
        self._pool = ThreadPoolExecutor(threads, "password", initializer=_lowest_priority)
        self._free = threads * (1 + QUEUE_PER_THREAD)
        self._decoy = _decoy(rounds)

    async def hash(self, password: str) -> str:
        """Return the hash to store."""
        return await self._run(lambda: str(self._scheme.hash(password)))

    async def verify(self, password: str, stored: str | None) -> bool:
        """Whether the password is the stored one; costs the same when there is none (``None``).

        One longer than ``MAX_LENGTH`` never is: the library refuses to hash what is very long.
        """
        start = password[:MAX_LENGTH]
        matches = await self._run(lambda: self._verify(start, stored or self._decoy))
        return matches and stored is not None and start == password

    def is_outdated(self, stored: str) -> bool:
        """Whether a hash was made at another cost than new ones."""
        return bool(self._scheme.needs_update(stored))

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _verify(self, password: str, stored: str) -> bool:
        return bool(self._scheme.verify(password, stored))

    async def _run(self, work: Callable[[], T]) -> T:
        if self._free <= 0:
            raise Unavailable("Too many people are signing in. Try again shortly.", retry_after=5)
        self._free -= 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        finally:
            self._free += 1


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))  # what a container may use
    return os.cpu_count() or 1


def _lowest_priority() -> None:
    with contextlib.suppress(OSError):  # not allowed in some containers
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 19)


def _decoy(rounds: int) -> str:
    """Return a hash that no password has, which costs as much to check as a real one."""
    alphabet = "./" + string.ascii_letters + string.digits
    salt = "".join(secrets.choice(alphabet) for _ in range(21)) + "."
    checksum = "".join(secrets.choice(alphabet) for _ in range(30)) + "."
    return f"$bcrypt-sha256$v=2,t=2b,r={rounds}${salt}${checksum}"
