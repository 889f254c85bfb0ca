"""What this program keeps for a person: small JSON files in their configuration folder, private."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import platformdirs

from gassapi_backend.private_files import write_private


class Spoiled(ValueError):
    """One of these files cannot be read or written; the message says which, in a sentence."""


def own_folder() -> Path:
    """Return the folder of a person's own files of this program."""
    return platformdirs.user_config_path("gassapi-backend")


def read_list(path: Path) -> list[dict[str, Any]]:
    """Return the objects that a file lists; none where there is no file. Raises ``Spoiled``."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    except (OSError, ValueError, RecursionError):
        found = None
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise Spoiled(f"{path} cannot be read. Move it away and run this again.")
    return found


@contextmanager
def changed_list(path: Path) -> Iterator[list[dict[str, Any]]]:
    """Yield the objects that a file lists, to be changed, and write them down after the block.

    Waits for whoever else changes it. Where the block fails the file stays as it is. Raises
    ``Spoiled``.
    """
    with _locked(path):
        items = read_list(path)
        before = json.dumps(items)
        yield items
        if json.dumps(items) != before:
            try:
                write_private(path, json.dumps(items, indent=2, ensure_ascii=False) + "\n")
            except OSError as error:
                raise Spoiled(f"{path} cannot be written: {error.strerror}.") from None


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    import fcntl

    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(path.with_suffix(".lock"), os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise Spoiled(f"{path.parent} cannot be written to: {error.strerror}.") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
