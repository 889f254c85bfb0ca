"""Where the server of a data directory runs, for commands whose links have to lead to it.

The server holds a lock on the file for as long as it runs, which ends with it however it ends. As a
program, ``python -m gassapi_backend.running``, this is a container's health check: it ends with 0
where the server is ready, whichever port it has.
"""

import fcntl
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from gassapi_backend.settings import Settings, load

FILE_NAME = "server.json"
ATTEMPTS = 5  # at the lock, which everybody who looks holds for a moment


@contextmanager
def recorded(settings: Settings) -> Iterator[None]:
    """Record the address for as long as the block runs; a second server leaves the first's."""
    path = settings.home / FILE_NAME
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    except OSError:  # a home that cannot be written is no reason not to serve
        yield
        return
    try:
        if not _locked(descriptor):
            yield
            return
        os.fchmod(descriptor, 0o600)
        os.ftruncate(descriptor, 0)
        address = {"pid": os.getpid(), "host": settings.host, "port": settings.port}
        os.write(descriptor, json.dumps(address).encode())
        server = os.getpid()
        try:
            yield
        finally:
            if os.getpid() == server:  # not a worker, which ends by itself
                path.unlink(missing_ok=True)
    finally:
        os.close(descriptor)


def at_its_address(settings: Settings) -> Settings:
    """Return the settings with the host and port of the server that runs on this data directory.

    As they are where none does.
    """
    with suppress(OSError, ValueError, TypeError, KeyError):
        with (settings.home / FILE_NAME).open(encoding="utf-8") as file:
            if not _is_held(file.fileno()):
                return settings
            found = json.load(file)
        return settings.model_copy(update={"host": str(found["host"]), "port": int(found["port"])})
    return settings


def _locked(descriptor: int) -> bool:
    for attempt in range(ATTEMPTS):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            time.sleep(0.02 * attempt)
        else:
            return True
    return False


def _is_held(descriptor: int) -> bool:
    """Whether a server that lives holds the lock; one that was killed does not."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False


def is_ready(settings: Settings) -> bool:
    """Whether the server of a data directory can serve."""
    from http.client import HTTPConnection, HTTPException

    found = at_its_address(settings)
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(found.host, found.host)  # noqa: S104 - compared
    connection = HTTPConnection(host, found.port, timeout=5)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if is_ready(load()) else 1)
