"""ZIP archives and folders: which files in them are read, and which archives are refused."""

import re
import zlib
from collections.abc import Iterable, Iterator
from io import BytesIO
from stat import S_ISLNK
from typing import Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from gassapi_backend.exchange.loading.decoding import decoded
from gassapi_backend.exchange.loading.limits import MAX_FILES
from gassapi_backend.exchange.tree import Note, Unreadable, What

ZIP_STARTS: Final = (b"PK\x03\x04", b"PK\x05\x06")
_READ = (
    *(".json", ".yaml", ".yml", ".har", ".bru", ".http", ".rest", ".env", ".curl", ".txt", ".md"),
    *(".graphql", ".gql", ".graphqls", ".xml", ".wsdl", ".raml", ".hurl", ".apib"),  # to be named
)
_NEVER = {"__MACOSX", ".git", "node_modules", ".DS_Store", "package-lock.json", ".venv"}
_DRIVE = re.compile(r"[A-Za-z]:")
_RATIO_FROM = 1_000_000
_MAX_RATIO = 200
"""A megabyte or more of text compresses by a factor of up to about 50; a bomb, by a thousand."""
_MAX_NOTES = 100


def is_zip(data: bytes) -> bool:
    """Whether bytes begin as a ZIP archive does."""
    return data.startswith(ZIP_STARTS)


def files_of_zip(data: bytes, max_bytes: int) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of the files to be read; raise ``Unreadable`` for an unsafe archive.

    Nothing is written to disk. The names of all entries are checked before any is unpacked.
    """
    try:
        with ZipFile(BytesIO(data)) as archive:
            entries = archive.infolist()
            _check(entries)
            left = max_bytes
            for entry in entries:
                if entry.is_dir() or not is_read(entry.filename):
                    continue
                left -= entry.file_size
                if left < 0:
                    raise too_large(max_bytes)
                yield entry.filename, archive.read(entry)
    except (BadZipFile, zlib.error, EOFError, ValueError, OSError, NotImplementedError):
        raise Unreadable("The ZIP archive is damaged. Create it again, and import that.") from None


def archives_in(data: bytes) -> list[Note]:
    """Return notes on the archives in an archive, which are not opened."""
    with ZipFile(BytesIO(data)) as archive:
        found = [one for one in archive.namelist() if one.lower().endswith(".zip")]
    reason = "it is an archive in the archive: import it by itself"
    return [
        Note(What.SKIPPED, "document", path.rpartition("/")[2], path, reason)
        for path in found[:_MAX_NOTES]
        if not _NEVER.intersection(path.split("/"))
    ]


def _check(entries: list[ZipInfo]) -> None:
    if len(entries) > MAX_FILES:
        raise Unreadable(f"The archive holds more than {MAX_FILES:,} files.")
    seen: set[str] = set()
    for entry in entries:
        name = entry.orig_filename
        if problem := path_problem(name) or _problem(entry):
            raise Unreadable(f"The archive is refused: {problem}.", name[:200])
        if entry.filename in seen:
            raise Unreadable("The archive is refused: two files in it have one name.", name[:200])
        seen.add(entry.filename)


def path_problem(path: str) -> str | None:
    """Return what is wrong with the path of a file in an archive, if anything is."""
    if "\\" in path:
        return "a path in it has a backslash"
    if path.startswith("/") or _DRIVE.match(path):
        return "a path in it is absolute"
    if ".." in path.split("/"):
        return "a path in it leads out of the archive"
    return "a path in it has control characters" if not path.isprintable() else None


def _problem(entry: ZipInfo) -> str | None:
    if entry.flag_bits & 0x1:
        return "a file in it is encrypted"
    if S_ISLNK(entry.external_attr >> 16):
        return "a file in it is a link"
    if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        return "a file in it is compressed in a way that is not read here"
    if entry.file_size > _RATIO_FROM and entry.file_size > _MAX_RATIO * entry.compress_size:
        return "a file in it is packed so tightly that it may be a bomb"
    return None


def is_read(path: str) -> bool:
    """Whether a file of a folder or archive may belong to what is imported."""
    parts = path.split("/")
    if _NEVER.intersection(parts) or parts[-1].startswith("._"):
        return False
    return parts[-1].lower().endswith(_READ) or parts[-1].startswith(".env.")


def texts_of(
    files: Iterable[tuple[str, bytes]], max_bytes: int
) -> tuple[dict[str, str], list[Note]]:
    """Return the texts of files by path, and notes on those that are not text."""
    texts: dict[str, str] = {}
    notes: list[Note] = []
    for path, data in files:
        max_bytes -= len(data)
        if max_bytes < 0 or len(texts) >= MAX_FILES:
            raise Unreadable("The folder is too large.")
        try:
            texts[path] = decoded(data)
        except Unreadable as problem:
            if len(notes) < _MAX_NOTES:
                notes.append(Note(What.SKIPPED, "document", path, path, problem.message))
    return texts, notes


def too_large(max_bytes: int) -> Unreadable:
    """Return the refusal of an archive that holds too much."""
    return Unreadable(f"Unpacked, the archive is larger than {max_bytes // 1_000_000} MB.")
