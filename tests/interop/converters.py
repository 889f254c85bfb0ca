"""What the converters of Insomnia and Bruno, which are in JavaScript, read of what we write."""

import json
import os
import re
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from gassapi_backend.exchange import formats
from gassapi_backend.exchange.tree import Document, Json
from gassapi_backend.exchange.writing import WriteOptions
from tests.interop import npm
from tests.interop.exports import collection_of, documents, folders_of, requests_of

SCRIPT = Path(__file__).parent / "readers.cjs"
_PATIENCE = 300


@dataclass(frozen=True)
class Export:
    """A format that a tool reads, the version of it, and the name that ``readers.cjs`` knows."""

    tool: str
    format: str
    version: str = ""


@dataclass(frozen=True)
class Read:
    """What a tool found: names of folders; name, method and URL of requests; or its error."""

    folders: Sequence[str] = ()
    requests: Sequence[tuple[str, str, str]] = ()
    error: str = ""


@cache
def read_by(export: Export) -> dict[Path, Read]:
    """Return what a tool finds in all documents, which it reads one after the other."""
    found, options = documents(), WriteOptions(version=export.version)
    texts = [formats.write(collection_of(path), export.format, options).content() for path in found]
    return dict(zip(found, _answers(export.tool, texts), strict=True))


@cache
def original_read_by(export: Export) -> dict[Path, Read]:
    """Return what a tool finds in those documents that came in the format of an export."""
    found = [
        path for path in documents() if path.is_file() and came_as(collection_of(path), export)
    ]
    return dict(
        zip(found, _answers(export.tool, [path.read_bytes() for path in found]), strict=True)
    )


def came_as(document: Document, export: Export) -> bool:
    """Whether a document comes back as it was when it is exported so."""
    return document.format == export.format and document.version.startswith(export.version)


def _answers(tool: str, texts: Sequence[bytes]) -> list[Read]:
    jobs = [{"tool": tool, "text": text.decode("utf-8-sig", "replace")} for text in texts]
    done = subprocess.run(
        ["node", "--no-warnings", str(SCRIPT)],
        input=json.dumps(jobs).encode(),
        env={**os.environ, "NODE_PATH": str(npm.HOME / "node_modules")},
        capture_output=True,
        check=False,
        timeout=_PATIENCE,
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")[-2000:]
    return [_read(answer) for answer in json.loads(done.stdout)]


def _read(answer: Json) -> Read:
    requests = comparable(
        (one["name"], one["method"], one["url"]) for one in answer.get("requests", ())
    )
    folders = sorted(map(_unnumbered, answer.get("folders", ())))
    return Read(folders, requests, answer.get("error", "").partition("\n")[0])


def expected_of(document: Document) -> Read:
    """Return what a tool is to find in an export of a document."""
    found = comparable((one.name, one.method, one.url) for one in requests_of(document))
    return Read(sorted(map(_unnumbered, folders_of(document))), found)


def comparable(requests: Iterable[tuple[Json, ...]]) -> Sequence[tuple[str, str, str]]:
    """Return requests in one form; those without a URL left out, as some tools do."""
    found = [
        (_unnumbered(str(name)), str(method).upper(), place_of(str(url)))
        for name, method, url in requests
    ]
    return sorted(one for one in found if one[2] not in ("", "http://"))


def _unnumbered(name: str) -> str:
    """Return a name without the number that Bruno gives to a second one beside it."""
    return re.sub(r"_\d+$", "", name)


def place_of(url: str) -> str:
    """Return a URL without its query and credentials, with variables and parameters in one form."""
    plain = re.sub(r"\{%.*?%\}|\{\{\s*\$.*?\}\}", "<dynamic>", url)
    plain = re.sub(r"\{\{\s*(?:_\.|_\[')?(.*?)(?:'\])?\s*\}\}", r"<\1>", plain)
    plain = re.sub(r"(?<=/)\{([^{}/]+)\}", r":\1", plain)
    return re.sub(r"//[^/@]*@", "//", plain.partition("?")[0].partition("#")[0])
