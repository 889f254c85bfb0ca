"""Writes trees as files of requests that REST Client and JetBrains' HTTP Client both accept."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from gassapi_backend.exchange.dothttp.segments import HEADER_NAME, SEPARATOR
from gassapi_backend.exchange.resolving import Resolved, resolve, unless_masked
from gassapi_backend.exchange.tree import (
    Document,
    Entry,
    Folder,
    Json,
    Note,
    Request,
    What,
    base_of,
)
from gassapi_backend.exchange.values import is_on, listed, mapping, text_in
from gassapi_backend.exchange.writing import WriteOptions, Written, own_origin

MEDIA_TYPE = "text/plain; charset=utf-8"
FORMAT = "http"
_LINE_BREAK = re.compile(r"[\r\n]+")
_NAME = re.compile(r"[^\s=@{}]+")
_BAD_LINE = re.compile(r"^(?=###|>\s*\{%|>[ \t]+\S|>>!?[ \t]|<>[ \t]|<@?\w*[ \t]+\S)(.)", re.M)
"""Lines that end a body, or that stand for something else: a file, a script, what comes after."""
_SIGNS = {"#": "hash-sign", ">": "greater-sign", "<": "less-sign"}
"""Names of variables for the first character of such a line; editors fill them in as they send."""


@dataclass(slots=True)
class _Writing:
    """The state while a text is made: variables of the file, and what it cannot express."""

    variables: dict[str, str] = field(default_factory=dict)
    inlined: dict[int, list[Entry]] = field(default_factory=dict)
    losses: Counter[str] = field(default_factory=Counter)
    notes: list[Note] = field(default_factory=list)


def write(document: Document, options: WriteOptions) -> Written:
    """Return a document as one .http file.

    What came from such a file and was not edited stays as it was. Variables of folders become those
    of the file; what is inherited is written into each request.
    """
    writing = _Writing()
    texts: list[str] = []
    for collection in document.collections:
        for folder in collection.folders():
            _gather(folder, writing)
    for collection in document.collections:
        texts += _texts(collection, [], writing)
        if any(isinstance(one, Folder) for one in collection.items):
            reason = "folders have no place in it: their names stand before the requests'"
            writing.losses[reason] += 1
    texts = _with_variables(texts, document, writing) or ["# There is no request in it."]
    if document.environments:
        reason = "environments are not in it: they belong in http-client.env.json"
        writing.losses[reason] += len(document.environments)
    name = document.collections[0].name if document.collections else "requests"
    notes = writing.notes + [
        Note(What.SKIPPED, "document", name, "", reason + (f" ({n})" if n > 1 else ""))
        for reason, n in writing.losses.items()
        if n
    ]
    return Written([_joined(texts).encode()], MEDIA_TYPE, f"{name}.http", notes)


def _joined(texts: list[str]) -> str:
    """Return segments as one text, each but the first after a separator."""
    lines = []
    for at, text in enumerate(texts):
        lines.append(text if not at or text.startswith(SEPARATOR) else f"{SEPARATOR}\n{text}")
    joined = "\n".join(lines)
    return joined if joined.endswith("\n") or not joined else joined + "\n"


def _original(node: Folder | Request) -> tuple[dict[str, Json], dict[str, Json]]:
    """Return what was kept of a node, and our fields at that time."""
    origin = own_origin(node, FORMAT)
    if origin is None or not isinstance(origin.original, dict):
        return {}, {}
    return origin.original, origin.base


def _gather(folder: Folder, writing: _Writing) -> None:
    """Make a folder's variables the file's; those with other values elsewhere are filled in."""
    original, _ = _original(folder)
    if "others" in original:
        return  # they are in the segments
    for one in folder.variables:
        key, value = text_in(one.get("key")), unless_masked(one)
        writing.losses["descriptions of variables have no place in it"] += bool(
            one.get("description")
        )
        if not is_on(one) or value is None or not _NAME.fullmatch(key):
            reason = "variables that are disabled, secret and masked, or have spaces in their names"
            writing.losses[f"{reason} are left out"] += 1
        elif "\n" in value or writing.variables.setdefault(key, value) != value:
            writing.inlined.setdefault(id(folder), []).append(one)


def _texts(folder: Folder, above: list[Folder], writing: _Writing) -> list[str]:
    """Return the segments below a folder in order, with all else of its file in its place."""
    placed: list[tuple[float, list[str]]] = []
    last = -1.0
    for item in folder.items:
        at: Json = None
        if isinstance(item, Request):
            at, texts = _original(item)[0].get("at"), [_text(item, [*above, folder], writing)]
        else:
            texts = _texts(item, [*above, folder], writing)
        last = float(at) if isinstance(at, int) and at > last else last + 0.001
        placed.append((last, texts))
    for one in listed(_original(folder)[0].get("others")):
        if isinstance(one, list) and len(one) == 2 and isinstance(one[0], int):
            placed.append((one[0], [text_in(one[1])]))
    return [text for _, texts in sorted(placed, key=lambda one: one[0]) for text in texts]


def _text(request: Request, above: list[Folder], writing: _Writing) -> str:
    """Return the segment of a request: the original, if nothing was edited."""
    original, base = _original(request)
    is_whole = "text" in original and base == base_of(request)
    if is_whole and not _inherits(request, above):
        return text_in(original.get("text"))
    folders = [replace(one, variables=writing.inlined.get(id(one), [])) for one in above]
    resolved = resolve(request, folders, shown=unless_masked)
    return "\n".join(_lines(request, above, resolved, original, writing)) + "\n"


def _inherits(request: Request, above: list[Folder]) -> bool:
    """Whether folders hand down something that a request in an .http file has to include."""
    return any(one.headers for one in above) or (
        request.auth is None and any(one.auth is not None for one in above)
    )


def _lines(
    request: Request,
    above: list[Folder],
    resolved: Resolved,
    original: dict[str, Json],
    writing: _Writing,
) -> Iterator[str]:
    path = [*(one.name for one in above[1:]), request.name] if not original else [request.name]
    name = _LINE_BREAK.sub(" ", " / ".join(path)).strip()
    yield f"{SEPARATOR} {name}".rstrip()
    if original.get("named"):
        yield f"# @name {name}"
    if before := [text_in(one) for one in listed(original.get("before"))]:
        yield from (*before, "")
    yield from (f"# {one}".rstrip() for one in (request.description or "").splitlines())
    url = resolved.url.strip()
    if not url:
        writing.notes.append(_note(request, "it has no URL yet, and cannot be sent as it is"))
    yield f"{resolved.method} {_url(url)}".rstrip()
    boundary = _boundary(resolved)
    yield from _headers(request, resolved, boundary, writing)
    if body := _body(resolved, boundary, writing):
        if resolved.body.text and body[-1] in "\r\n":
            reason = "line breaks at the end of its body are left out: no editor sends them"
            writing.notes.append(_note(request, reason))
        yield ""
        yield body
    if after := text_in(original.get("after")):
        yield ""
        yield after
    _lose(request, writing)


def _note(request: Request, reason: str) -> Note:
    return Note(What.SKIPPED, "endpoint", request.name, "", reason, id=request.id)


def _url(url: str) -> str:
    """Return a URL without spaces, which would end it, except those in references."""
    parts = re.split(r"(\{\{[^{}]*\}\})", url)
    return "".join(part if at % 2 else re.sub(r"\s", "%20", part) for at, part in enumerate(parts))


def _headers(
    request: Request, resolved: Resolved, boundary: str, writing: _Writing
) -> Iterator[str]:
    headers = resolved.headers
    if resolved.body.form is not None:
        headers = [pair for pair in headers if pair[0].lower() != "content-type"]
        headers = [*headers, ("Content-Type", f"multipart/form-data; boundary={boundary}")]
    if resolved.auth is not None and not resolved.is_auth_applied:
        value = _credentials(resolved.auth)
        if value is None:
            reason = f"credentials of the type {resolved.auth.get('type')} are left out"
            writing.notes.append(_note(request, reason))
        else:
            headers = [pair for pair in headers if pair[0].lower() != "authorization"]
            headers.append(("Authorization", value))
    for key, value in headers:
        if HEADER_NAME.fullmatch(key):
            yield f"{key}: {value}".rstrip()
        else:
            reason = f"a header cannot have the name “{key[:50]}”: it is left out"
            writing.notes.append(_note(request, reason))
    for one in request.headers:
        if not is_on(one):
            value = _LINE_BREAK.sub(" ", text_in(one.get("value")))
            yield f"# {_LINE_BREAK.sub(' ', text_in(one.get('key')))}: {value}".rstrip()


def _credentials(auth: dict[str, Json]) -> str | None:
    """Return credentials in the form from which editors make what is sent."""
    kind = auth.get("type")
    if kind in ("basic", "digest"):
        pair = [text_in(auth.get(name)) for name in ("username", "password")]
        bare = [re.sub(r"\{\{[^{}]*\}\}", "x", one) for one in pair]
        if any(not one or re.search(r"\s", one) for one in bare):
            return None
        return f"{str(kind).capitalize()} {pair[0]} {pair[1]}"
    if kind == "awsv4":
        words = [text_in(auth.get(name)) for name in ("accessKey", "secretKey")]
        named = {"token": "sessionToken", "region": "region", "service": "service"}
        more = [f"{name}:{auth[ours]}" for name, ours in named.items() if auth.get(ours)]
        return " ".join(["AWS", *words, *more]) if all(words) else None
    return None


def _boundary(resolved: Resolved) -> str:
    made = hashlib.md5(repr(resolved.body.form).encode(), usedforsecurity=False).hexdigest()
    return f"gassapi{made[:16]}"


def _body(resolved: Resolved, boundary: str, writing: _Writing) -> str:
    body = resolved.body
    if body.src is not None:
        return f"< {body.src}"
    if body.form is not None:
        lines = [line for one in body.form for line in _part(one, boundary, writing)]
        return "\n".join(lines) + f"\n--{boundary}--"
    return _as_text(body.text or "", writing)


def _as_text(text: str, writing: _Writing) -> str:
    """Return text none of whose lines means anything else, with variables where one would."""

    def sign(found: re.Match[str]) -> str:
        name = _SIGNS[found[1]]
        while writing.variables.get(name, found[1]) != found[1]:
            name += "-"
        writing.variables[name] = found[1]
        return f"{{{{{name}}}}}"

    return _BAD_LINE.sub(sign, text)


def _part(entry: Entry, boundary: str, writing: _Writing) -> Iterator[str]:
    name = _quoted(text_in(entry.get("key")))
    yield f"--{boundary}"
    disposition = f'Content-Disposition: form-data; name="{name}"'
    src = text_in(entry.get("src"))
    if entry.get("type") == "file":
        filename = text_in(entry.get("fileName")) or re.split(r"[/\\]", src)[-1]
        disposition += f'; filename="{_quoted(filename)}"'
    yield disposition
    if entry.get("contentType"):
        yield f"Content-Type: {_LINE_BREAK.sub(' ', text_in(entry['contentType']))}"
    yield ""
    is_file = entry.get("type") == "file"
    yield f"< {src}" if is_file else _as_text(text_in(entry.get("value")), writing)


def _quoted(text: str) -> str:
    return _LINE_BREAK.sub(" ", text).replace("\\", "\\\\").replace('"', '\\"')


def _lose(request: Request, writing: _Writing) -> None:
    """Count what has no place in such a file."""
    losses = writing.losses
    losses["examples have no place in it"] += len(request.examples)
    ours = (request.purpose, request.request_params, request.response_schema, request.header_docs)
    losses["what an assistant is told of a request has no place in it"] += any(ours)
    losses["disabled parameters have no place in it"] += sum(
        not is_on(one) for one in request.params
    )
    losses["descriptions of parameters and headers have no place in it"] += sum(
        bool(one.get("description")) for one in [*request.params, *request.headers]
    )
    if isinstance(request.body, list):
        losses["disabled form fields have no place in it"] += sum(
            not is_on(one) for one in request.body if isinstance(one, dict)
        )


def _with_variables(texts: list[str], document: Document, writing: _Writing) -> list[str]:
    """Return segments with edited variables, and with new ones before all others."""
    new = dict(writing.variables)
    for collection in document.collections:
        for folder in collection.folders():
            original, base = _original(folder)
            if "others" in original and folder.variables != listed(base.get("variables")):
                before = {one["key"]: one for one in listed(base.get("variables"))}
                texts, added = _edited(texts, folder.variables, before)
                new |= added
    if not new:
        return texts
    lines = "".join(f"@{key} = {value}\n" for key, value in new.items())
    if texts and not texts[0].startswith(SEPARATOR):
        return [f"{lines}\n{texts[0]}", *texts[1:]]
    return [lines, *texts]


def _edited(
    texts: list[str], variables: list[Entry], before: dict[str, Entry]
) -> tuple[list[str], dict[str, str]]:
    now = {text_in(one.get("key")): unless_masked(one) for one in variables if is_on(one)}
    added: dict[str, str] = {}
    for key in {**before, **now}:
        value = now.get(key)
        if key not in before:
            if value is not None and _NAME.fullmatch(key) and "\n" not in value:
                added[key] = value
        elif value is None or value != mapping(before[key]).get("value"):
            line = re.compile(rf"(?m)^([ \t]*@{re.escape(key)}[ \t]*=[ \t]*).*\n?")
            ending = "" if value is None else f"{_LINE_BREAK.sub(' ', value)}\n"
            texts = [
                line.sub(lambda found, end=ending: found[1] + end if end else "", text)  # type: ignore[misc]
                for text in texts
            ]
    return texts, added
