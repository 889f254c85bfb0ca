"""Files that only their owner can read, written as a whole or not at all."""

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, TextIO


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, all of it or nothing."""
    with private_file(path) as file:
        file.write(text)


@contextmanager
def private_file(path: Path) -> Iterator[TextIO]:
    """Open a file that only its owner can read; it is there once all of it is written."""
    with _drafted(path) as descriptor, os.fdopen(descriptor, "w", encoding="utf-8") as file:
        yield file
        _store(file)


@contextmanager
def private_bytes(path: Path) -> Iterator[BinaryIO]:
    """Open a file as ``private_file()`` does, for bytes."""
    with _drafted(path) as descriptor, os.fdopen(descriptor, "wb") as file:
        yield file
        _store(file)


def is_special(path: Path) -> bool:
    """Whether there is a device, a pipe or the like, which is written to and never replaced."""
    return path.exists() and not path.is_file() and not path.is_dir()


@contextmanager
def _drafted(path: Path) -> Iterator[int]:
    """Give what is to be written to, and put it in place once that is done."""
    if is_special(path):
        yield os.open(path, os.O_WRONLY)
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{secrets.token_hex(8)}.draft")  # short: a name has its limit
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        yield descriptor
        draft.replace(path)
        sync_folder(path.parent)  # or a power cut brings the old file back
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _store(file: TextIO | BinaryIO) -> None:
    file.flush()
    if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Have the disk know the names of the files in a folder, as far as it can."""
    with suppress(OSError):  # a folder that cannot be read, or a file system that has no such thing
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
