"""What we say that saved requests send, and in what that differs from what came over the wire."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from gassapi_backend.exchange import formats
from gassapi_backend.exchange.loading import load_text
from gassapi_backend.exchange.resolving import Resolved, resolve
from gassapi_backend.exchange.tree import Document, Entry, Folder, Json, Request, Variable
from tests.exchange.documents import source_of
from tests.interop.echo import Received


@dataclass
class Expected:
    """A request with what we say is sent of it."""

    name: str
    sent: Resolved
    request: Request


@dataclass(frozen=True)
class Sender:
    """A tool that sends requests: the headers that are its ``own``, and what it cannot do."""

    own: frozenset[str]
    is_beyond: Callable[[Expected], bool] = lambda _: False
    omits_body: Callable[[Expected], bool] = lambda _: False


@dataclass
class Run:
    """A document that is run, the variables it is run with, and what is to be sent, in order."""

    document: Document
    variables: list[Variable] = field(default_factory=list)
    expected: list[Expected] = field(default_factory=list)


def readable(path: Path) -> Document:
    """Return a document over HTTP, without scripts, which would send what they like."""
    try:
        source = source_of(path)
    except formats.Unreadable as problem:
        pytest.skip(problem.message)
    if source.files:
        return formats.read(source)
    data = without_scripts(source.data)
    if isinstance(data, (dict, list)):
        text = json.dumps(data).replace("https://", "http://").replace('"https"', '"http"')
        again = replace(source, data=json.loads(text))
    else:
        again = load_text(source.text.replace("https://", "http://"), source.name)
    try:
        return formats.read(again)
    except formats.Unreadable as problem:
        pytest.skip(problem.message)


_SCRIPTS = {"event", "events", "tests", "preRequestScript", "testScript", "proxy"}


def without_scripts(data: Json) -> Json:
    if isinstance(data, dict):
        return {k: without_scripts(one) for k, one in data.items() if k not in _SCRIPTS}
    return [without_scripts(one) for one in data] if isinstance(data, list) else data


def prepared(document: Document, folder: Path) -> Run:
    """Return a document with a value for each variable that has none, and its files in place."""
    run = Run(document)
    for one in document.collections[0].folders():
        if one.origin:
            one.origin.original.pop("others", None)
    names: set[str] = set()
    for above, request in walk(document.collections[:1]):
        sent = resolve(request, above)
        starts = re.match(r"\{\{\s*(.*?)\s*\}\}(://)?", sent.url)
        for name in [*sent.unresolved, *sent.dynamic]:
            value = f"v{len(names)}.test"
            if starts and starts[1] == name:
                value = "http" if starts[2] else f"http://{value}"
            if name not in names:
                run.variables.append({"key": name, "value": value})
            names.add(name)
    for above, request in walk(document.collections[:1]):
        sent = resolve(request, above, run.variables)
        run.expected.append(Expected(request.name, sent, request))
        for source in [sent.body.src, *(one.get("src") for one in sent.body.form or ())]:
            if is_there(source):
                (folder / source).parent.mkdir(parents=True, exist_ok=True)
                (folder / source).write_bytes(f"file {source}".encode())
    return run


def walk(
    folders: list[Folder], above: tuple[Folder, ...] = ()
) -> Iterator[tuple[tuple[Folder, ...], Request]]:
    """Yield requests in the order in which newman runs them, with the folders above each."""
    for one in folders:
        inside = (*above, one)
        for item in one.items:
            if isinstance(item, Folder):
                yield from walk([item], inside)
            else:
                yield inside, item


def address(url: str) -> tuple[str, str, str, str]:
    """Return what a URL means: without case in the host, an encoding, or an empty path."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2].lower().removesuffix(":80")
    path = re.sub(r"\{(\w+)\}", r":\1", unquote(parts.path))  # without a value, it stays
    return parts.scheme, host, path or "/", unquote(parts.query)


def differences(sender: Sender, expected: Expected, received: Received | None) -> Iterator[str]:
    """Say in what a request that was sent differs from what we say of it."""
    sent = expected.sent
    if sender.is_beyond(expected):
        return
    if received is None:
        if address(with_scheme(sent.url))[1]:
            yield f"was not sent ({sent.url})"
        return
    if received.method != sent.method:
        yield f"method {received.method}, not {sent.method}"
    if address(received.target) != address(with_scheme(sent.url)):
        yield f"URL {received.target}, not {sent.url}"
    yield from header_differences(sender, expected, received)
    names_no_file = expected.request.body_type == "binary" and not sent.body.src
    if not (names_no_file or sender.omits_body(expected)):  # what stands in a document is not sent
        yield from body_differences(expected, received)


def with_scheme(url: str) -> str:
    return url if "://" in url else f"http://{url}"


def header_differences(sender: Sender, expected: Expected, received: Received) -> Iterator[str]:
    names = {key.lower() for key, _ in expected.sent.headers}
    ignored = ignored_headers(sender, expected)
    for name in sorted((names | {key.lower() for key, _ in received.headers}) - ignored):
        wanted = [value for key, value in expected.sent.headers if key.lower() == name]
        found = received.values(name)
        if name in sender.own and not wanted:
            continue
        if ", ".join(found).strip() != ", ".join(wanted).strip():
            yield f"header {name} {found}, not {wanted}"


def ignored_headers(sender: Sender, expected: Expected) -> set[str]:
    """Return the headers that are made when a request is sent, by each in its own way."""
    sent = expected.sent
    ignored = set()
    if (sent.auth or {}).get("type") == "awsv4":
        ignored |= {"authorization", "x-amz-date", "x-amz-content-sha256"}
    if sender.omits_body(expected):
        ignored.add("content-type")
    if not sent.is_auth_applied or "@" in urlsplit(with_scheme(sent.url)).netloc:
        ignored.add("authorization")
    if sent.body.form is not None or sent.body.src is not None:
        ignored.add("content-type")  # it names a boundary, or is guessed from a file's name
    return ignored


def body_differences(expected: Expected, received: Received) -> Iterator[str]:
    body, found = expected.sent.body, received.body.decode(errors="replace")
    if body.form is not None:
        yield from form_differences(body.form, parts_of(received))
    elif body.src is not None:
        if is_there(body.src) and found != f"file {body.src}":
            yield f"file {found[:300]!r}, not {body.src}"
    elif without_comments(found, expected) != without_comments(body.text or "", expected):
        yield f"body {found[:300]!r}, not {(body.text or '')[:300]!r}"


_COMMENT = re.compile(r'("(?:[^"\\]|\\.)*")|//[^\n]*|/\*.*?\*/', re.S)


def without_comments(text: str, expected: Expected) -> str:
    """Return a body without what newman and we treat differently: JSON's comments, and blanks."""
    if expected.request.body_type == "json":
        return _COMMENT.sub(lambda found: found[1] or "", text)
    return re.sub(r"\s", "", text) if expected.request.body_type == "graphql" else text


def form_differences(fields: list[Entry], found: list[tuple[str, str]]) -> Iterator[str]:
    """Compare fields; of files that are not there, newman sends nothing, or an empty one."""
    wanted = [
        (one["key"], f"file {one['src']}" if one.get("src") else one.get("value", ""))
        for one in fields
        if one.get("type") != "file" or is_there(one.get("src"))
    ]
    if [pair for pair in found if pair[1] or pair in wanted] != wanted:
        yield f"form {found}, not {wanted}"


def is_there(source: Json) -> bool:
    return bool(source) and not str(source).startswith("/")


def parts_of(received: Received) -> list[tuple[str, str]]:
    """Return names and contents of the fields of a form."""
    kind = "".join(received.values("content-type"))
    head = f"Content-Type: {kind}\r\n\r\n".encode()
    message = message_from_bytes(head + received.body)
    fields = []
    for part in message.get_payload() if message.is_multipart() else []:
        name = part.get_param("name", header="content-disposition")
        fields.append((str(name or ""), part.get_payload(decode=True).decode(errors="replace")))
    return fields
