"""The console's modules and styles: read, versioned by their content, and compressed, once."""

import gzip
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path
from posixpath import dirname, join, normpath

HERE = Path(__file__).parent
TYPES = {".js": "text/javascript", ".css": "text/css"}
ENTRY = "app.js"

_IMPORT = re.compile(r"""^(?:import|export)\b[^;"']*["'](\.{1,2}/[^"']+)["'];""", re.MULTILINE)
_COMMENT = re.compile(
    r"^[ \t]*/\*\*(?:(?!\*/)[\s\S])*\*/[ \t]*$|^[ \t]*//.*$|/\*\* @type(?:(?!\*/).)*\*/ ?",
    re.MULTILINE,
)
"""Comments that begin a line, and casts; nothing else, as strings may look like comments."""
_CSS_SPACE = re.compile(rb"/\*[\s\S]*?\*/|\s*([{};])\s*")
"""Comments, and insignificant blanks, in a stylesheet without such signs in strings."""
_ROUTE = re.compile(r"""path: "(/[^"]*)",\s+screen: \(\) => import\("\./([^"]+)"\)""")


@dataclass(frozen=True)
class File:
    """A file as it is sent; ``imports`` are the names of the files that it needs."""

    kind: str
    body: bytes
    gzip: bytes
    imports: tuple[str, ...]


@dataclass(frozen=True)
class Console:
    """All files by name; ``version`` changes as soon as any of them does.

    ``screens`` are the paths of the console, each with the module that it shows.
    """

    version: str
    files: dict[str, File]
    screens: tuple[tuple[re.Pattern[str], str], ...]

    def screen(self, path: str) -> str | None:
        """Return the module that a path shows; ``None`` for a path that is not the console's."""
        return next((name for path_of, name in self.screens if path_of.fullmatch(path)), None)

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
    paths = sorted(path for path in HERE.rglob("*") if path.suffix in TYPES)
    bodies = {str(path.relative_to(HERE).as_posix()): path.read_bytes() for path in paths}
    version = blake2b(digest_size=8)
    for name, body in bodies.items():
        version.update(f"{name} {len(body)} ".encode() + body)
    files = {name: _file(name, body) for name, body in bodies.items()}
    routes = _ROUTE.findall(bodies["routes.js"].decode())
    screens = tuple((_pattern(path), name) for path, name in routes)
    return Console(version.hexdigest(), files, screens)


def _file(name: str, body: bytes) -> File:
    found = []
    if name.endswith(".js"):
        found = _IMPORT.findall(body.decode())
        body = stripped(body.decode()).encode()
    else:
        body = _CSS_SPACE.sub(rb"\1", body)
    return File(
        kind=TYPES[Path(name).suffix],
        body=body,
        gzip=gzip.compress(body, mtime=0),
        imports=tuple(normpath(join(dirname(name), other)) for other in found),
    )


def stripped(script: str) -> str:
    """Return a module without its comments, a quarter of it; its lines stay where they are."""
    return _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), script)


def _pattern(path: str) -> re.Pattern[str]:
    """Return what matches a path of the route table, in which ``:name`` is any segment."""
    parts = ("[^/]+" if part[:1] == ":" else re.escape(part) for part in path.split("/"))
    return re.compile("/".join(parts) + ("" if path == "/" else "/?"))
