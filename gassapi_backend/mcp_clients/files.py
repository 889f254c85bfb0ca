"""A client's files on this machine: where they are, and adding or removing a server."""

import os
import secrets
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
from gassapi_backend.private_files import sync_folder

PRIVATE, PUBLIC = 0o600, 0o644
_OWNER_WRITES = 0o200


@dataclass(frozen=True, slots=True)
class Machine:
    """Where a person works: home, current folder, operating system and environment variables."""

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


@dataclass(frozen=True, slots=True)
class Edit:
    """What a file says, and what it should say; ``private`` if it will then hold a token."""

    path: Path
    before: str
    after: str
    private: bool = False

    def apply(self) -> bool:
        """Write the file in one step; return whether there was anything to change.

        Raises ``Unusable``, also if the file has changed since it was read.
        """
        if self.after == self.before:
            if self.private:
                _close(self.path)
            return False
        if _read(self.path) != self.before:
            raise Unusable("Something else changed it just now. Run this again.")
        _write(self.path, self.after, private=self.private)
        return True


def adding(client: Client, place: Place, path: Path, at: Connection) -> Edit:
    """Return the edit that puts a server into a client's file, replacing one of the same name.

    A file that holds a token is readable by its owner only. Raises ``Unusable`` for a file that is
    malformed, and for one that git tracks and that would hold a token.
    """
    holds_token = client.token_place is TokenPlace.FILE
    if holds_token and is_tracked(path):
        raise Unusable(
            "Git tracks this file, or would with the next `git add`, and a token must not get into "
            "it. Add it to .gitignore (and `git rm --cached` it), or use --place for another file."
        )
    before = _read(path)
    _refuse_read_only(path)
    text, is_dos = _with_unix_lines(before)
    text = with_entry(path.name, text, place.keys, at.name, client.entry(at))
    for key, items in (client.beside(at) if client.beside else {}).items():
        for item in items:
            text = _with_item(text, key, item)
    return Edit(path, before, _with_lines(text, is_dos=is_dos), private=holds_token)


def removing(client: Client, place: Place, path: Path, at: Connection) -> Edit:
    """Return the edit that takes a server out of a client's file. Raises ``Unusable``."""
    before = _read(path)
    text, is_dos = _with_unix_lines(before)
    text = without_entry(path.name, text, place.keys, at.name)
    for key, items in (client.beside(at) if client.beside else {}).items():
        for item in items:
            text = jsonc.without_item(text, [key], "id", item["id"])
    after = _with_lines(text, is_dos=is_dos)
    if after != before:
        _refuse_read_only(path)
    return Edit(path, before, after)


def install(client: Client, place: Place, path: Path, at: Connection) -> bool:
    """Put a server into a client's file; return whether the file changed. Raises ``Unusable``."""
    return adding(client, place, path, at).apply()


def uninstall(client: Client, place: Place, path: Path, at: Connection) -> bool:
    """Take a server out of a client's file; return whether it was there. Raises ``Unusable``."""
    return removing(client, place, path, at).apply()


def is_tracked(path: Path) -> bool:
    """Whether a git repository has the file, or would take it with the next ``git add``.

    It is also true if there is a repository but git cannot be run. A link is in a repository
    itself, and may lead into another one.
    """
    return any(_is_tracked(one) for one in {path.absolute(), path.resolve()})


def _is_tracked(path: Path) -> bool:
    if not any((above / ".git").exists() for above in path.parents):
        return False
    folder = next(above for above in path.parents if above.is_dir())
    try:
        return _git(folder, "check-ignore", "--quiet", str(path)) != 0
    except OSError:  # git is not installed
        return True


def _git(folder: Path, *arguments: str) -> int:
    command = ["git", "-C", str(folder), *arguments]
    rest = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return subprocess.run(command, capture_output=True, check=False, env=rest).returncode


def _with_item(text: str, key: str, item: dict[str, Any]) -> str:
    try:
        return jsonc.with_item(text, [key], item, key="id")
    except jsonc.NotJson as error:
        raise Unusable(f"It is not valid JSON: {error}.") from None


def _read(path: Path) -> str:
    try:
        with path.open(encoding="utf-8", newline="") as file:  # keeps line endings
            return file.read()
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise Unusable(f"It cannot be read: {error.strerror}.") from None
    except UnicodeError:
        raise Unusable("It is not UTF-8 text.") from None


def _with_unix_lines(text: str) -> tuple[str, bool]:
    is_dos = "\r\n" in text and text.count("\n") == text.count("\r\n")
    return (text.replace("\r\n", "\n") if is_dos else text), is_dos


def _with_lines(text: str, *, is_dos: bool) -> str:
    return text.replace("\n", "\r\n") if is_dos else text


def _refuse_read_only(path: Path) -> None:
    if path.exists() and not (path.stat().st_mode & _OWNER_WRITES and os.access(path, os.W_OK)):
        raise Unusable("It is read-only.")


def _close(path: Path) -> None:
    """Take others' permissions away from a file that holds a token."""
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & ~PRIVATE:
        path.chmod(mode & PRIVATE)


def _write(path: Path, text: str, *, private: bool) -> None:
    """Replace a file in one step, so that a client never reads half of it.

    A link stays, and its target is replaced. An existing file keeps its mode, without others'
    permissions if it is private.
    """
    path = path.resolve()
    new = path.with_name(f".{path.name}.{secrets.token_hex(4)}.new")
    try:
        mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else PUBLIC
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        new.chmod(mode & PRIVATE if private else mode)
        new.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        new.unlink(missing_ok=True)
        raise Unusable(f"It cannot be written: {error.strerror}.") from None
    except BaseException:
        new.unlink(missing_ok=True)
        raise
