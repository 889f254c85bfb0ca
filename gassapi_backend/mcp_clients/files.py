"""A client's files on this machine: where they are, and a server put in or taken out."""

import os
import stat
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gassapi_backend.mcp_clients import jsonc
from gassapi_backend.mcp_clients.clients import Client, Place, TokenPlace
from gassapi_backend.mcp_clients.connection import Connection
from gassapi_backend.mcp_clients.documents import Unusable, entries, with_entry, without_entry

PRIVATE, PUBLIC = 0o600, 0o644


@dataclass(frozen=True, slots=True)
class Machine:
    """Where a person works: their home, the folder they are in, their system and its variables."""

    home: Path
    folder: Path
    platform: str = sys.platform
    variables: Mapping[str, str] = field(default_factory=lambda: os.environ)

    def path_of(self, place: Place) -> Path:
        """Return where a client's file is on this system."""
        path = place.path
        if self.platform == "darwin" and place.macos:
            path = place.macos
        elif self.platform == "win32" and place.windows:
            path = place.windows
        if path.startswith("~/"):
            return self.home / path[2:]
        if path.startswith("%APPDATA%/"):
            roaming = self.variables.get("APPDATA") or str(self.home / "AppData" / "Roaming")
            return Path(roaming) / path.removeprefix("%APPDATA%/")
        return self.folder / path


def installed(path: Path, place: Place) -> dict[str, Any]:
    """Return the servers that a file has, by name. Raises ``Unusable``."""
    return entries(path.name, _read(path), place.keys)


def install(client: Client, place: Place, path: Path, at: Connection) -> bool:
    """Put a server into a client's file; return whether that changed it.

    A file that holds a token is readable by its owner only. Raises ``Unusable`` where the file is
    not what it should be, and where git tracks a file that would hold a token.
    """
    before = _read(path)
    text = with_entry(path.name, before, place.keys, at.name, client.entry(at))
    for key, items in (client.beside(at) if client.beside else {}).items():
        for item in items:
            text = jsonc.with_item(text, [key], item, key="id")
    holds_token = client.token_place is TokenPlace.FILE
    if holds_token and is_tracked(path):
        raise Unusable("Git tracks this file, and a token must not get into it.")
    if text == before:
        return False
    _write(path, text, private=holds_token)
    return True


def uninstall(client: Client, place: Place, path: Path, at: Connection) -> bool:
    """Take a server out of a client's file; return whether it was there. Raises ``Unusable``."""
    before = _read(path)
    text = without_entry(path.name, before, place.keys, at.name)
    for key, items in (client.beside(at) if client.beside else {}).items():
        for item in items:
            text = jsonc.without_item(text, [key], "id", item["id"])
    if text == before:
        return False
    _write(path, text, private=False)
    return True


def is_tracked(path: Path) -> bool:
    """Whether a git repository has the file, or would take it with the next ``git add``."""
    folder = next((above for above in path.parents if above.is_dir()), None)
    if folder is None:
        return False
    try:
        inside = _git(folder, "rev-parse", "--is-inside-work-tree")
        return inside == 0 and _git(folder, "check-ignore", "--quiet", str(path)) != 0
    except OSError:  # there is no git here
        return False


def _git(folder: Path, *arguments: str) -> int:
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, capture_output=True, check=False).returncode


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeError) as error:
        raise Unusable(f"It cannot be read: {error}.") from None


def _write(path: Path, text: str, *, private: bool) -> None:
    """Replace a file in one step, so that a client never reads half of it.

    What stands behind a link is replaced, not the link. A file that is there keeps its mode, less
    what others may do where it is to be private.
    """
    path = path.resolve()
    mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else PUBLIC
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(new, mode & PRIVATE if private else mode)
        os.replace(new, path)
    except OSError as error:
        new.unlink(missing_ok=True)
        raise Unusable(f"It cannot be written: {error.strerror}.") from None
