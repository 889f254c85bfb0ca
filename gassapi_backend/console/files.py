"""The console's modules and styles: read, linked, versioned and compressed, once."""

import gzip
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path
from urllib.parse import quote

from gassapi_backend.console.linking import imports_of, in_order, linked, linking_to

HERE = Path(__file__).parent
ENTRY = "app.js"
BESIDE = ("parts/lists.js",)
"""What goes into the one file with all that the entry needs: most screens do."""

_COMMENT = re.compile(
    r"^[ \t]*/\*\*(?:(?!\*/)[\s\S])*\*/[ \t]*$|^[ \t]*//.*$|/\*\* @type(?:(?!\*/).)*\*/ ?",
    re.MULTILINE,
)
"""Comments that begin a line, and casts; nothing else, as strings may look like comments."""
_CSS_SPACE = re.compile(r"/\*[\s\S]*?\*/|\s*([{};])\s*")
"""Comments, and insignificant blanks, in a stylesheet without such signs in strings."""
_ROUTE = re.compile(
    r"""path: "(/[^"]*)", screen: \(\) => import\("\./([^"]+)"\)"""
    r"""(?:, reads: "([^"]+)")?(, isOpen: true)?"""
)


@dataclass(frozen=True)
class File:
    """A file as it is sent; ``imports`` are the names of the files that it needs."""

    kind: str
    body: bytes
    gzip: bytes
    imports: tuple[str, ...]


@dataclass(frozen=True)
class Screen:
    """A row of the route table: its paths, its module, and what that reads first of the API.

    It is open to people who are not signed in, or not.
    """

    paths: re.Pattern[str]
    module: str
    reads: str
    is_open: bool

    def first_read(self, path: str) -> str:
        """Return what this path of the screen reads first; empty for nothing in particular."""
        found = self.paths.fullmatch(path)
        names = found.groupdict() if found else {}
        return re.sub(r":(\w+)", lambda name: quote(names[name[1]], safe=""), self.reads)


@dataclass(frozen=True)
class Console:
    """All files by name; ``version`` changes as soon as any of them does."""

    version: str
    files: dict[str, File]
    screens: tuple[Screen, ...]

    def screen(self, path: str) -> Screen | None:
        """Return the screen at a path; ``None`` for a path that is not the console's."""
        return next((screen for screen in self.screens if screen.paths.fullmatch(path)), None)

    def needed(self, names: Iterable[str]) -> list[str]:
        """Return these modules and all their imports, each once."""
        found: dict[str, None] = {}
        waiting = list(names)
        while waiting:
            name = waiting.pop(0)
            if name not in found:
                found[name] = None
                waiting += self.files[name].imports
        return list(found)


@cache
def console() -> Console:
    """Return the console. The first time it takes some 50 ms, so call it in a thread."""
    scripts = {name: stripped(text) for name, text in _texts(".js").items()}
    files = {name: _style(text) for name, text in _texts(".css").items()}
    together = in_order((*BESIDE, ENTRY), scripts)
    files[ENTRY] = _script(linked(together, scripts))
    for name in scripts.keys() - set(together):
        rest = linking_to(ENTRY, set(together), name, scripts[name])
        files[name] = _script(rest, imports_of(name, rest))
    version = blake2b(digest_size=8)
    for name, file in sorted(files.items()):
        version.update(f"{name} {len(file.body)} ".encode() + file.body)
    return Console(version.hexdigest(), files, tuple(_screens(scripts["routes.js"])))


def _texts(ending: str) -> dict[str, str]:
    paths = sorted(HERE.rglob(f"*{ending}"))
    return {path.relative_to(HERE).as_posix(): path.read_text("utf-8") for path in paths}


def _script(text: str, imports: tuple[str, ...] = ()) -> File:
    body = text.encode()
    return File("text/javascript", body, gzip.compress(body, mtime=0), imports)


def _style(text: str) -> File:
    body = _CSS_SPACE.sub(r"\1", text).encode()
    return File("text/css", body, gzip.compress(body, mtime=0), ())


def stripped(script: str) -> str:
    """Return a module without its comments, a quarter of it; its lines stay where they are."""
    return _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), script)


def _screens(routes: str) -> Iterable[Screen]:
    for path, module, reads, is_open in _ROUTE.findall(routes):
        yield Screen(_pattern(path), module, reads, bool(is_open))


def _pattern(path: str) -> re.Pattern[str]:
    """Return what matches a path of the route table, in which ``:name`` is any segment."""
    parts = (
        f"(?P<{part[1:]}>[^/]+)" if part[:1] == ":" else re.escape(part) for part in path.split("/")
    )
    return re.compile("/".join(parts) + ("" if path == "/" else "/?"))
