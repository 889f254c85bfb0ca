"""Splits a text of requests into segments between ``###``, and each into its parts.

It reads what REST Client (Visual Studio Code), the HTTP Client of JetBrains and Visual Studio
accept; where they differ, the majority wins.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

SEPARATOR = "###"

_VARIABLE = re.compile(r"\s*@([^\s=]+)\s*=\s*(.*)")
_DIRECTIVE = re.compile(r"\s*(?:#+|//+)\s*@([A-Za-z][\w-]*)(?:\s*=\s*|\s+|$)(.*)")
_COMMENT = re.compile(r"\s*(?:#|//)(.*)")
HEADER_NAME = re.compile(r"[^\s:{}()<>?@,;\"/\[\]=]+|[^:\s]*\{\{[^{}]*\}\}[^:\s]*")
_HEADER = re.compile(rf"\s*({HEADER_NAME.pattern})\s*:(.*)")
_OFF = re.compile(r"\s*(?:#|//)\s*([A-Za-z][A-Za-z0-9-]*)\s*:\s+(\S.*)")
_REQUEST = re.compile(r"([A-Za-z][\w-]*)(?:[ \t]+(\S.*)|[ \t]*)")
_VERSION = re.compile(r"(?:^|[ \t]+)HTTP/\d+(?:\.\d+)?(?:[ \t]+\(Prior Knowledge\))?$")
_CURL = re.compile(r"\s*curl(?:\.exe)?(?:\s|\\?$)")
_CONTINUED = re.compile(r"[/?&#]|\{\{")
_HANDLER = re.compile(
    r"> *\{%|>[ \t]+\S*\.(?:js|mjs|cjs|ts|http|rest)\s*$|>>!?[ \t]+\S|<>[ \t]+\S"
    r"|\{\{@\w+\s*$|\?\?[ \t]+\S"  # httpYac
)
_METHODS = frozenset(
    {
        "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "CONNECT", "TRACE", "QUERY",
        "GRAPHQL", "WEBSOCKET", "GRPC", "RSOCKET", "LOCK", "UNLOCK", "PROPFIND", "PROPPATCH",
        "COPY", "MOVE", "MKCOL", "MKCALENDAR", "ACL", "SEARCH", "PURGE", "LINK", "UNLINK", "REPORT",
    }
)  # fmt: skip


@dataclass(slots=True)
class Segment:
    """What is between two separators; ``line`` is where it begins, counted from one.

    ``text`` is all of it. ``before`` are the lines above the request that no field holds:
    directives, scripts, variables. ``after`` follows the body: what is done with the response. The
    ``body`` of a cURL command is all of it.
    """

    line: int
    text: str
    title: str = ""
    directives: dict[str, str] = field(default_factory=dict)
    comments: list[str] = field(default_factory=list)
    variables: list[tuple[str, str]] = field(default_factory=list)
    before: list[str] = field(default_factory=list)
    method: str | None = None
    url: str = ""
    headers: list[tuple[str, str, bool]] = field(default_factory=list)
    body: str = ""
    after: str = ""
    is_request: bool = False
    is_curl: bool = False
    scripts: int = 0

    @property
    def name(self) -> str:
        """Its name, from a directive or else from after its separator."""
        return self.directives.get("name", "").strip() or self.title


def segments_of(text: str) -> list[Segment]:
    """Return the segments of a text; joined by line breaks, their texts give that text again."""
    found: list[Segment] = []
    current: list[str] = []
    start = 1
    for number, line in enumerate(text.split("\n"), start=1):
        if line.startswith(SEPARATOR) and (current or found):
            found.append(_segment(current, start))
            current, start = [], number
        current.append(line)
    found.append(_segment(current, start))
    return found


def _segment(raw: list[str], start: int) -> Segment:
    segment = Segment(start, "\n".join(raw))
    lines = [line.rstrip("\r") for line in raw]
    if lines and lines[0].startswith(SEPARATOR):
        segment.title = lines.pop(0).lstrip("#").strip()
    at = _read_before(lines, segment)
    if at < len(lines):
        segment.is_request = True
        segment.is_curl = _CURL.match(lines[at]) is not None
        if segment.is_curl:
            _read_body(lines[at:], segment)
            return segment
        at = _read_request_line(lines, at, segment)
        at = _read_headers(lines, at, segment)
        _read_body(lines[at:], segment)
    return segment


def _read_before(lines: list[str], segment: Segment) -> int:
    """Read what is above the request line; return the place of the request line."""
    at = 0
    while at < len(lines):
        line = lines[at]
        if not line.strip():
            _keep_comments(segment)
        elif found := _DIRECTIVE.fullmatch(line):
            segment.directives[found[1]] = found[2].strip()
            if found[1] != "name":
                segment.before.append(line)
        elif found := _COMMENT.fullmatch(line):
            segment.comments.append(found[1].strip())
        elif found := _VARIABLE.fullmatch(line):
            _keep_comments(segment)
            segment.variables.append((found[1], found[2].strip()))
            segment.before.append(line)
        elif (kept := _script(lines, at)) > at:
            segment.scripts += 1
            segment.before += lines[at:kept]
            at = kept
            continue
        else:
            return at
        at += 1
    _keep_comments(segment)
    return at


def _keep_comments(segment: Segment) -> None:
    """Keep comments apart if something separates them from the request."""
    segment.before += [f"# {one}".rstrip() for one in segment.comments]
    segment.comments = []


def _script(lines: list[str], at: int) -> int:
    """Return the place after a script, or after a reference to a script or to other requests."""
    line = lines[at].strip()
    if line.startswith("{{") and "}}" not in line:
        return _after(lines, at, "}}")
    if line.startswith(("import ", "run ")):
        return at + 1
    if not line.startswith("<"):
        return at
    if not line.removeprefix("<").lstrip().startswith("{%"):
        return at + 1
    return _after(lines, at, "%}")


def _after(lines: list[str], at: int, end: str) -> int:
    while at < len(lines) and end not in lines[at]:
        at += 1
    return at + 1


def _read_request_line(lines: list[str], at: int, segment: Segment) -> int:
    line = lines[at].strip()
    found = _REQUEST.fullmatch(line)
    if found and (found[1].upper() in _METHODS or (found[1].isupper() and found[2])):
        segment.method, line = found[1].upper(), found[2] or ""
    parts = [_VERSION.sub("", line)]
    at += 1
    while (after := _after_comments(lines, at)) < len(lines) and _is_continued(lines[after]):
        segment.before += lines[at:after]
        parts.append(lines[after].strip())
        at = after + 1
    parts[-1] = _VERSION.sub("", parts[-1])
    segment.url = "".join(parts)
    return at


def _after_comments(lines: list[str], at: int) -> int:
    while at < len(lines) and _COMMENT.fullmatch(lines[at]):
        at += 1
    return at


def _is_continued(line: str) -> bool:
    """Whether a line continues the URL: a query, or something indented that is not a header."""
    stripped = line.strip()
    if stripped.startswith(("?", "&")):
        return _HANDLER.match(stripped) is None
    is_indented = line[:1].isspace() and _CONTINUED.match(stripped) is not None
    return is_indented and not stripped.startswith("//") and not stripped.startswith("# ")


def _read_headers(lines: list[str], at: int, segment: Segment) -> int:
    """Read headers up to the blank line; one that is commented out is disabled."""
    while at < len(lines) and lines[at].strip():
        line = lines[at]
        if _HANDLER.match(line) and not line.startswith("??"):
            return at
        if found := _OFF.fullmatch(line):
            segment.headers.append((found[1], found[2].strip(), False))
        elif _COMMENT.fullmatch(line):
            if directive := _DIRECTIVE.fullmatch(line):
                segment.directives.setdefault(directive[1], directive[2].strip())
            segment.before.append(line.strip())
        elif found := _HEADER.fullmatch(line):
            segment.headers.append((found[1].strip(), found[2].strip(), True))
        elif line[:1].isspace() and segment.headers:
            key, value, is_on = segment.headers[-1]
            segment.headers[-1] = (key, f"{value} {line.strip()}".strip(), is_on)
        else:
            segment.before.append(f"# {line.strip()}")
        at += 1
    return at + 1 if at < len(lines) and not lines[at].strip() else at


def _read_body(lines: list[str], segment: Segment) -> None:
    end = next((at for at, line in enumerate(lines) if _HANDLER.match(line)), len(lines))
    segment.body = "\n".join([*_without_blank_end(lines[:end])])
    segment.after = "\n".join([*_without_blank_end(lines[end:])])
    segment.scripts += bool(segment.after.strip())


def _without_blank_end(lines: list[str]) -> Iterator[str]:
    last = max((at for at, line in enumerate(lines) if line.strip()), default=-1)
    yield from lines[: last + 1]
