"""Exported collections run in newman: it sends what we say that they send."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from gassapi_backend.exchange import formats
from gassapi_backend.exchange.postman.requests import is_pruned
from gassapi_backend.exchange.postman.urls import parts_differ
from gassapi_backend.exchange.resolving import Resolved, resolve
from gassapi_backend.exchange.tree import Document, Entry, Folder, Json, Request, Variable
from gassapi_backend.exchange.writing import WriteOptions
from tests.exchange.documents import CASES, CORPUS, source_of
from tests.interop import npm
from tests.interop.echo import Echo, Received, echo

SAMPLES = Path(__file__).parent.parent / "exchange" / "samples"
NEWMANS_OWN = {
    "accept",
    "accept-encoding",
    "cache-control",
    "connection",
    "content-length",
    "host",
    "postman-token",
    "proxy-connection",
    "transfer-encoding",
    "user-agent",
}
"""Headers that newman sends by itself."""


def documents() -> "list[object]":
    """Return the documents that are run: our samples, and real files where there are some."""
    paths = [
        SAMPLES / "postman" / name
        for name in (
            "bakery.postman_collection.json",
            "old.postman_collection.json",
            "first.json",
            "workspace",
        )
    ]
    paths += [SAMPLES / "hoppscotch" / "bakery.json", SAMPLES / "openapi" / "shop.yaml"]
    for folder in filter(None, (CORPUS, CASES)):
        paths += sorted(Path(folder).rglob("*.json"))
        paths += sorted(Path(folder).glob("postman/v3-folder"))
    return [pytest.param(path, id=path.name) for path in paths if path.exists()]


@pytest.fixture(name="server", scope="module")
def _server() -> Iterator[Echo]:
    npm.need_tools()
    with echo() as server:
        yield server


@dataclass
class Expected:
    """A request with what we say is sent of it."""

    name: str
    sent: Resolved
    request: Request


@dataclass
class Run:
    """A document that is run, the variables it is run with, and what is to be sent, in order."""

    document: Document
    variables: list[Variable] = field(default_factory=list)
    expected: list[Expected] = field(default_factory=list)


def readable(path: Path) -> Document:
    """Return a document over HTTP, without scripts, which would send what they like."""
    source = source_of(path)
    if source.files:
        return formats.read(source)
    data = without_scripts(source.data)
    if isinstance(data, (dict, list)):
        text = json.dumps(data).replace("https://", "http://").replace('"https"', '"http"')
        again = replace(source, data=json.loads(text))
    else:
        again = source
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
        starts = re.match(r"\{\{\s*(.*?)\s*\}\}", sent.url)
        for name in [*sent.unresolved, *sent.dynamic]:
            value = f"v{len(names)}.test"
            if starts and starts[1] == name:
                value = f"http://{value}"
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


def run_in_newman(run: Run, server: Echo, folder: Path) -> list[tuple[str, Received | None]]:
    """Run a collection; return the names of its requests with what came of each, if it was sent."""
    collection, environment = folder / "collection.json", folder / "environment.json"
    one = Document("", "", run.document.collections[:1])
    collection.write_bytes(formats.write(one, "postman", WriteOptions()).content())
    values = [{**variable, "enabled": True} for variable in run.variables]
    environment.write_text(json.dumps({"name": "e", "values": values}), encoding="utf-8")
    del server.received[:]
    arguments = ["--environment", str(environment), "--working-dir", str(folder)]
    arguments += ["--reporters", "json", "--reporter-json-export", "report.json"]
    arguments += ["--timeout-request", "20000"]
    done = npm.run(
        "newman",
        "run",
        str(collection),
        *arguments,
        folder=folder,
        HTTP_PROXY=server.url,
        http_proxy=server.url,
        NO_PROXY="",
        no_proxy="",
    )
    report = folder / "report.json"
    assert report.exists(), done.output
    executions = json.loads(report.read_text(encoding="utf-8"))["run"]["executions"]
    received = iter(server.received)
    return [
        (execution["item"].get("name", ""), next(received) if "response" in execution else None)
        for execution in executions
        if "request" in execution["item"]
    ]


def address(url: str) -> tuple[str, str, str, str]:
    """Return what a URL means: without case in the host, an encoding, or an empty path."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2].lower().removesuffix(":80")
    path = re.sub(r"\{(\w+)\}", r":\1", unquote(parts.path))  # without a value, it stays
    return parts.scheme, host, path or "/", unquote(parts.query)


@pytest.mark.parametrize("path", documents())
def test_newman_sends_what_we_say_is_sent(path: Path, server: Echo, tmp_path: Path) -> None:
    document = readable(path)
    if not document.collections:
        pytest.skip("it holds environments only")
    run = prepared(document, tmp_path)
    done = run_in_newman(run, server, tmp_path)
    assert len(done) == len(run.expected)
    wrong = [
        f"{expected.name}: {difference}"
        for expected, (_, received) in zip(run.expected, done, strict=True)
        for difference in differences(expected, received)
    ]
    assert wrong == []


def differences(expected: Expected, received: Received | None) -> Iterator[str]:
    """Say in what a request that was sent differs from what we say of it."""
    sent = expected.sent
    if is_beyond_newman(expected):
        return
    if received is None:
        if address(with_scheme(sent.url))[1]:
            yield f"was not sent ({sent.url})"
        return
    if received.method != sent.method:
        yield f"method {received.method}, not {sent.method}"
    if address(received.target) != address(with_scheme(sent.url)):
        yield f"URL {received.target}, not {sent.url}"
    yield from header_differences(expected, received)
    yield from body_differences(expected, received)


def is_beyond_newman(expected: Expected) -> bool:
    """Whether newman cannot send what Postman's own documents say.

    It takes parts of a path that are objects for text, looks for variables with the blanks around
    their names, and where text and parts of a URL differ, it takes the parts.
    """
    origin = expected.request.origin
    url = origin.original["node"]["request"] if origin and origin.format == "postman" else None
    said = url.get("url") if isinstance(url, dict) else None
    path = said.get("path") if isinstance(said, dict) else None
    has_objects = isinstance(path, list) and any(isinstance(one, dict) for one in path)
    return has_objects or "{{ " in expected.request.url or parts_differ(said)


def with_scheme(url: str) -> str:
    return url if "://" in url else f"http://{url}"


def header_differences(expected: Expected, received: Received) -> Iterator[str]:
    names = {key.lower() for key, _ in expected.sent.headers}
    ignored = ignored_headers(expected)
    for name in sorted((names | {key.lower() for key, _ in received.headers}) - ignored):
        wanted = [value for key, value in expected.sent.headers if key.lower() == name]
        found = received.values(name)
        if name in NEWMANS_OWN and not wanted:
            continue
        if ", ".join(found).strip() != ", ".join(wanted).strip():
            yield f"header {name} {found}, not {wanted}"


def ignored_headers(expected: Expected) -> set[str]:
    """Return the headers that are made when a request is sent, by newman in its own way."""
    sent = expected.sent
    ignored = set()
    if is_without_body(expected):
        ignored.add("content-type")
    if not sent.is_auth_applied or "@" in urlsplit(with_scheme(sent.url)).netloc:
        ignored.add("authorization")
    if sent.body.form is not None or sent.body.src is not None:
        ignored.add("content-type")  # it names a boundary, or is guessed from a file's name
    return ignored


def body_differences(expected: Expected, received: Received) -> Iterator[str]:
    if is_without_body(expected):
        return
    body, found = expected.sent.body, received.body.decode(errors="replace")
    if body.form is not None:
        yield from form_differences(body.form, parts_of(received))
    elif body.src is not None:
        if is_there(body.src) and found != f"file {body.src}":
            yield f"file {found[:300]!r}, not {body.src}"
    elif without_comments(found, expected) != without_comments(body.text or "", expected):
        yield f"body {found[:300]!r}, not {(body.text or '')[:300]!r}"


def is_without_body(expected: Expected) -> bool:
    """Whether Postman leaves out this body, and did before we exported it."""
    origin = expected.request.origin
    node = origin.original["node"] if origin and origin.format == "postman" else None
    return node is not None and is_pruned(expected.request.method, node)


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
        fields.append((str(name), part.get_payload(decode=True).decode(errors="replace")))
    return fields
