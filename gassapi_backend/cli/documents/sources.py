"""What is to be imported: files, folders, standard input, each checked before it is read."""

import os
import stat
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import BinaryIO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from gassapi_backend.cli.console import err
from gassapi_backend.server.errors import Invalid

STDIN = "-"
_PIECE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Given:
    """Something to be imported, ``named`` as it was given.

    ``content`` is what a pipe held. ``files`` are the paths below a folder; ``skipped`` says why
    others are not read.
    """

    named: str
    path: Path
    content: bytes | None = None
    is_folder: bool = False
    files: list[str] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)

    @property
    def file_name(self) -> str:
        """The name without folders above it; none for standard input."""
        return "" if self.named == STDIN else self.path.resolve().name

    def read(self, limit: int, path: str = "") -> bytes:
        """Return the content of a file, in a folder of the one at ``path``. Raises ``Invalid``."""
        if self.content is not None:
            return self.content
        return _read(self.path / path, limit)

    def archived(self, limit: int, without: Sequence[str] = ()) -> bytes:
        """Return a folder as an archive, ``without`` some paths of it. Raises ``Invalid``."""
        packed, left = BytesIO(), limit
        with ZipFile(packed, "w", ZIP_STORED) as archive:
            for path in [path for path in self.files if path not in without]:
                content = self.read(left, path)
                left -= len(content)
                archive.writestr(ZipInfo(path), content)
        return packed.getvalue()


def given_by(words: list[str], limit: int) -> list[Given]:
    """Return what arguments name; pipes are read at once, as only here Ctrl-C can end that.

    ``limit`` is in bytes. Raises ``Invalid`` for what is missing, too large or neither of these.
    """
    if words.count(STDIN) > 1:
        raise Invalid("Standard input can be read only once: give - once.")
    return [_given(word, limit) for word in words]


def _given(word: str, limit: int) -> Given:
    if word == STDIN:
        return Given(word, Path(word), content=_read_stdin(limit))
    path = Path(word)
    try:
        found = path.stat()
    except (OSError, ValueError) as problem:
        raise _unreadable(word, problem) from None
    if stat.S_ISDIR(found.st_mode):
        return _folder(word, path, limit)
    if found.st_size > limit:
        raise _too_large(word, limit)
    if stat.S_ISREG(found.st_mode):
        return Given(word, path)
    return Given(word, path, content=_read(path, limit, is_regular=False))


def _folder(word: str, path: Path, limit: int) -> Given:
    from gassapi_backend.exchange.loading.limits import MAX_FILES

    found, left = Given(word, path, is_folder=True), limit
    for below, size in _below(path, found.skipped):
        found.files.append(below)
        left -= size
        if left < 0:
            raise _too_large(word, limit)
        if len(found.files) > MAX_FILES:
            raise Invalid(f"{word} holds more than {MAX_FILES:,} files. Give a folder in it.")
    if not found.files:
        raise Invalid(f"{word} holds no file that could be imported.")
    return found


def _below(folder: Path, skipped: dict[str, str]) -> Iterator[tuple[str, int]]:
    """Yield path and size of the files below a folder that may be documents, in order."""
    from gassapi_backend.exchange.loading import is_read

    def refuse(problem: OSError) -> None:
        raise _unreadable(str(problem.filename), problem)

    for top, folders, names in os.walk(folder, onerror=refuse):
        above = os.path.relpath(top, folder)
        prefix = "" if above == "." else f"{above}/"
        folders[:] = sorted(one for one in folders if is_read(f"{prefix}{one}/x.json"))
        for one in [one for one in folders if Path(top, one).is_symlink()]:
            skipped[f"{prefix}{one}"] = "It is a link, and links are not followed."
        for name in sorted(name for name in names if is_read(prefix + name)):
            found = Path(top, name).lstat()
            if reason := _problem(prefix + name, found.st_mode):
                skipped[prefix + name] = reason
            else:
                yield prefix + name, found.st_size


def _problem(path: str, mode: int) -> str | None:
    if stat.S_ISLNK(mode):
        return "It is a link, and links are not followed."
    if not stat.S_ISREG(mode):
        return "It is not a file."
    return None if path.isprintable() else "Its name is not printable, or not UTF-8."


def _read_stdin(limit: int) -> bytes:
    if sys.stdin is None:
        raise Invalid("There is no standard input.")
    if sys.stdin.isatty():
        err.print("Paste the document, then press Enter and Ctrl-D:")
    return _all_of(sys.stdin.buffer, "What was piped in", limit)


def _read(path: Path, limit: int, *, is_regular: bool = True) -> bytes:
    try:
        # Without blocking: a file replaced by a pipe since it was checked would block for ever.
        descriptor = os.open(path, os.O_RDONLY | (os.O_NONBLOCK if is_regular else 0))
        with os.fdopen(descriptor, "rb") as file:
            if is_regular and not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise Invalid(f"{path} is no longer a file.")
            return _all_of(file, str(path), limit)
    except OSError as problem:
        raise _unreadable(str(path), problem) from None


def _all_of(file: BinaryIO, named: str, limit: int) -> bytes:
    """Return the content of a file, reading no more than may be imported."""
    found = bytearray()
    while piece := file.read(min(_PIECE, limit + 1 - len(found))):
        found += piece
        if len(found) > limit:
            raise _too_large(named, limit)
    return bytes(found)


def _unreadable(named: str, problem: Exception) -> Invalid:
    reason = problem.strerror if isinstance(problem, OSError) else str(problem)
    return Invalid(f"{named} cannot be read: {reason}.")


def _too_large(named: str, limit: int) -> Invalid:
    return Invalid(
        f"{named} is larger than the {limit // 1_000_000} MB that may be imported. Split it, or "
        "raise GASSAPI_IMPORT_MAX_MB."
    )
