"""Which server the bridge talks to, and with which token.

Address and token come from the same source: both from whoever starts it, or both from a folder's
``gassapi.json`` that a person has trusted in its current form. A token never goes to an address
from a file that nobody has checked.
"""

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from gassapi_backend.bridge.problems import placeholder

FILE_NAME = "gassapi.json"
STORE = "mcp-trusted.json"
TOKEN, URL = "GASSAPI_TOKEN", "GASSAPI_URL"
MAX_FILE = 1_000_000


class NoTarget(Exception):
    """There is no server to connect to; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Target:
    """A server and a token for it."""

    base_url: str
    token: str


def chosen(url: str | None, folder: Path) -> Target:
    """Return the server that was given, or that a trusted file names. Raises ``NoTarget``."""
    url = url or os.environ.get(URL)
    if not url:
        return _of_file(folder / FILE_NAME)
    token = os.environ.get(TOKEN)
    if token is None:
        raise NoTarget(f"There is no token: set {TOKEN} where this command is started.")
    return _checked(url, token)


def digest(content: bytes) -> str:
    """Return the fingerprint of a file."""
    return hashlib.sha256(content).hexdigest()


def read_file(path: Path) -> bytes:
    """Return the bytes of a ``gassapi.json``. Raises ``NoTarget``."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE + 1)
    except OSError as error:
        raise NoTarget(
            f"There is no server to talk to: give --url and set {TOKEN}, or start it in a folder "
            f"with a {FILE_NAME} ({error.strerror})."
        ) from None
    if len(content) > MAX_FILE:
        raise NoTarget(f"{path} is too large.")
    return content


def parse(path: Path, content: bytes) -> Target:
    """Return the target in a ``gassapi.json``. Raises ``NoTarget``."""
    try:
        client: Any = json.loads(content)["mcpClient"]
        url, token = client["serverURL"], client["token"]
    except (ValueError, RecursionError, KeyError, TypeError):
        url = token = None
    if not isinstance(url, str) or not isinstance(token, str):
        raise NoTarget(
            f"{path} names no server with its token. Create it again: gassapi-backend token issue "
            "--config"
        )
    return _checked(url, token)


def _of_file(path: Path) -> Target:
    path = path.parent.resolve() / path.name
    content = read_file(path)
    trusted = {one.get("path"): one.get("sha256") for one in _trusted()}
    if str(path) not in trusted:
        raise NoTarget(
            f"{path} is not trusted yet: it decides where a token goes. Look at it, and run there: "
            "gassapi-backend mcp trust"
        )
    if trusted[str(path)] != digest(content):
        raise NoTarget(
            f"{path} was changed since you trusted it. Look at it, and run there: gassapi-backend "
            "mcp trust"
        )
    return parse(path, content)


def _trusted() -> list[dict[str, Any]]:
    from gassapi_backend.own_files import Spoiled, own_folder, read_list

    try:
        return read_list(own_folder() / STORE)
    except Spoiled as problem:
        raise NoTarget(str(problem)) from None


def _checked(url: str, token: str) -> Target:
    if wrong := placeholder(token):
        raise NoTarget(wrong)
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or not url.isascii() or not url.isprintable() or " " in url:
        raise NoTarget("The address of the server has to be like https://api.example.com.")
    if parts.username is not None or parts.query or parts.fragment:
        raise NoTarget("The address of the server must have no user, query or fragment.")
    return Target(url.rstrip("/").removesuffix("/mcp"), token)
