"""Passwords: which are allowed, and hashing that leaves other requests alone."""

import asyncio
import contextlib
import os
import secrets
import string
import threading
import unicodedata
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from importlib.resources import files
from typing import TypeVar
from urllib.parse import urlsplit

from passlib.hash import bcrypt_sha256

from gassapi_backend.server.errors import Invalid, Unavailable
from gassapi_backend.settings import Settings

MIN_LENGTH = 8
MAX_LENGTH = 128
MIN_NAME = 4  # letters of a host's part that is looked for
QUEUE_PER_THREAD = 16
PRODUCT = frozenset({"gassapi", "gassapibackend"})

T = TypeVar("T")


def check_password(
    password: str,
    *,
    email: str,
    name: str,
    field: str = "password",
    servers: Collection[str] = PRODUCT,
) -> None:
    """Raise ``Invalid`` unless the password is one an account may have.

    8 to 128 characters, not a common one, not the e-mail address or the name, not one of the names
    of the ``servers`` with digits and signs around. No rule about kinds of characters (NIST SP
    800-63B, 3.1.1.2).
    """
    composed = normalised(password)
    if len(composed) < MIN_LENGTH or len(password) > MAX_LENGTH:
        raise Invalid.field(field, f"It needs {MIN_LENGTH} to {MAX_LENGTH} characters.")
    plain = composed.strip().casefold()
    if "\n" not in plain and f"\n{plain}\n" in common_passwords():
        raise Invalid.field(field, "It is one of the most common passwords.")
    if plain in {email.casefold(), email.split("@")[0].casefold(), name.strip().casefold()}:
        raise Invalid.field(field, "It must not be your e-mail address or your name.")
    if _letters(plain) in servers:
        raise Invalid.field(field, "It is the name of this server, or of the program: too easy.")


def normalised(password: str) -> str:
    """Return a password as it is hashed: keyboards write ``é`` and ``ﬁ`` in several ways (NFKC)."""
    return unicodedata.normalize("NFKC", password)


def server_names(settings: Settings) -> frozenset[str]:
    """Return the names of the program, of the server's host and of its parts, letters only."""
    host = urlsplit(settings.base_url).hostname or ""
    labels = host.split(".")
    parts = {_letters(label) for label in labels[: len(labels) - 1 or 1]}
    return PRODUCT | {part for part in (*parts, _letters(host)) if len(part) >= MIN_NAME}


def _letters(text: str) -> str:
    return "".join(one for one in text.casefold() if one.isalpha())


@cache
def common_passwords() -> str:
    """Return the common passwords of at least 8 characters, lower case, a line break around each.

    Merged from the frequency lists published with Django and zxcvbn. A set of them would take ten
    times the memory, and finding one in the text takes less than a thousandth of hashing it.
    """
    text = files(__package__).joinpath("common_passwords.txt").read_text("utf-8")
    return f"\n{text}\n"


class Passwords:
    """bcrypt in a few threads of the lowest priority, with a bounded queue before them.

    bcrypt runs over a SHA-256 of the password, so that all of its characters count. A hash takes a
    quarter of a second of CPU; at most one thread per core works on them; once ``QUEUE_PER_THREAD``
    wait for each, callers get ``Unavailable`` at once.
    """

    def __init__(
        self, rounds: int, *, workers: int = 1, servers: Collection[str] = PRODUCT
    ) -> None:
        self.servers = servers
        threads = max(1, _cores() // workers)
        self._scheme = bcrypt_sha256.using(rounds=rounds)
        self._pool = ThreadPoolExecutor(threads, "password", initializer=_lowest_priority)
        self._free = threads * (1 + QUEUE_PER_THREAD)
        self._decoy = _decoy(rounds)

    async def hash(self, password: str) -> str:
        """Return the hash to store, of the normalised password."""
        return await self._run(lambda: str(self._scheme.hash(normalised(password))))

    async def verify(self, password: str, stored: str | None) -> bool:
        """Whether the password is the stored one; costs the same when there is none (``None``).

        Tried normalised and, where that is something else, as it was typed: hashes were made of
        that once. One longer than ``MAX_LENGTH`` never is: the library refuses to hash what is very
        long.
        """
        start = password[:MAX_LENGTH]
        matches = False
        for form in dict.fromkeys((normalised(start), start)):
            matches = matches or await self._run(partial(self._verify, form, stored or self._decoy))
        return matches and stored is not None and start == password

    def is_outdated(self, stored: str) -> bool:
        """Whether a hash was made at a different cost than new ones are."""
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
