"""Saved requests to try on every format, and what is sent of them, in a form to be compared."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from urllib.parse import unquote_plus

from hypothesis import strategies as some

from gassapi_backend.exchange.resolving import Resolved, resolve
from gassapi_backend.exchange.tree import Document, Entry, Folder, Json, Request, Variable

URLS = [
    *(
        "",
        "/relative?x=1",
        "a.test/x?b=1&&c",
        "{{base}}",
        "{{base}}/x?q={{v}}",
        "https://{{host}}/",
    ),
    *("https://a.test", "https://u:p@a.test:8080/x", "https://a.test//x//?a", "https://a.test/a:b"),
    *("https://a.test/p?", "https://a.test/p?x", "https://a.test/p?x=", "https://a.test/p?=x"),
    *("https://a.test/p?=", "https://a.test/p?&a", "https://a.test/p?&", "https://a.test/p?==x"),
    *("https://a.test/p?a=1&a=2", "https://a.test/p?a&a", "https://a.test/p?a=b=c&d=?"),
    *(
        "https://a.test/p?x=1#f",
        "https://a.test/p#f",
        "https://a.test/p?#f",
        "https://a.test/p?{{v}}",
    ),
    *("https://a.test/p?a=1&=2&b=3#f?g", "https://a.test/p?a=%20b+c%26", "https://a.test/p?é=ü"),
    *(
        "http://a.test/x;v=1?q=a;b",
        "https://a.test/%7Bx%7D?a[]=1&a[]=2",
        "https://a.test/a b?c=d e",
    ),
]
IN_PATH = ["{{base}}/{id}/y", "{{base}}/:id/y?a", "https://a.test/{id}.json", "https://a.test/:id"]
KEYS = ["a", "x", "b[]", "é", " s", "a b", "", "=", "&", "{{v}}", "#", "+", "%3D"]
VALUES = [
    *("", "1", "a b", "x&y=z", "é", "{{v}}", "#", "a\nb", "+", "%20", "=", '"q"', "'", "null"),
    *("0123", " lead", "trail "),
]
HEADERS = [
    *(("X-A", "1"), ("X-A", "2"), ("Accept", "*/*"), ("Cookie", "a=1; b=2"), ("X-Empty", "")),
    *(("Content-Type", "text/csv"), ("Content-Type", "application/vnd.x+json"), ("x-v", "{{v}}")),
    *(("Authorization", "Bearer z"), ("X-C", "a: b"), ("X-Q", '"x", y;z')),
]
FIELDS = [
    {"key": "a", "value": "1"},
    {"key": "a", "value": "2"},
    {"key": "b", "value": "x y&", "enabled": False},
    {"key": "", "value": "z"},
    {"key": "c d", "value": ""},
    {"key": "e", "value": "{{v}}=&\nä"},
]
PARTS = [
    {"key": "f", "value": "", "type": "file", "src": "/x/y z.png"},
    {"key": "q", "value": '@x;"y"', "type": "text"},
    {"key": "n", "value": "line\n### line", "type": "text"},
]
TEXTS = [
    "",
    "plain\ntext",
    "### not",
    "a\n\n< ./x\nb",
    "  lead\n end  ",
    "\n\nx",
    '{"a": 1}',
    "{{v}}",
]
BODIES: list[tuple[str | None, Json]] = [
    *((None, None), ("none", None), ("binary", {"src": "./file.bin"})),
    *(("json", '{"a": {{v}}, "b": 1.10}'), ("json", "[1,\n2]"), ("xml", "<a>é</a>")),
    *(("html", "<p>x</p>"), ("javascript", "f()"), *(("text", one) for one in TEXTS)),
    ("graphql", {"query": "query A { a }", "variables": '{"x": 1}', "operationName": "A"}),
]
AUTHS = [
    *(None, {"type": "none"}, {"type": "basic", "username": "u", "password": "p w"}),
    *({"type": "bearer", "token": "{{v}}"}, {"type": "bearer", "token": "t", "prefix": "Token"}),
    *({"type": "apiKey", "key": "k", "value": "a b", "in": one} for one in ("header", "query")),
    {"type": "apiKey", "key": "k", "value": "a", "in": "cookie"},
]


def _entries(keys: "some.SearchStrategy[tuple[str, str]]") -> "some.SearchStrategy[list[Entry]]":
    def entry(pair: tuple[str, str], on: bool) -> Entry:
        return {"key": pair[0], "value": pair[1], "enabled": on}

    return some.lists(some.builds(entry, keys, some.booleans()), max_size=3)


_HEADERS = _entries(some.sampled_from(HEADERS))
_QUERY = _entries(some.tuples(some.sampled_from(KEYS), some.sampled_from(VALUES)))
_FORM = some.lists(some.sampled_from(FIELDS), max_size=6)
_BODY = (
    some.sampled_from(BODIES)
    | _FORM.map(lambda fields: ("x-www-form-urlencoded", fields))
    | some.tuples(_FORM, some.lists(some.sampled_from(PARTS))).map(
        lambda both: ("form-data", [{"type": "text", **one} for one in (*both[0], *both[1])])
    )
)


@some.composite
def requests(draw: some.DrawFn) -> Request:
    url = draw(some.sampled_from(URLS) | some.sampled_from(IN_PATH))
    params = [{**one, "in": "query"} for one in draw(_QUERY)]
    if url in IN_PATH:
        value = draw(some.sampled_from(["1", "a/b", "{{v}}", "x y"]))
        params.append({"key": "id", "value": value, "enabled": True, "in": "path"})
    kind, body = draw(_BODY)
    method = draw(some.sampled_from(["GET", "POST", "DELETE", "QUERY", "PURGE", "HEAD"]))
    auth = draw(some.sampled_from(AUTHS))
    return Request("", method, url, draw(_HEADERS), params, kind, body, auth)


VARIABLES: list[Variable] = [
    {"key": key, "value": value, "enabled": True, "secret": False}
    for key, value in (("v", "val"), ("base", "https://b.test/api"), ("host", "h.test"))
]


@some.composite
def collections(draw: some.DrawFn) -> Document:
    """Return a collection of a few requests, one of them in a folder that hands things down."""
    auths = some.sampled_from(AUTHS)
    folder = Folder("Sub", None, [], draw(_HEADERS), draw(auths), [draw(requests())])
    root = Folder("Root", None, VARIABLES, draw(_HEADERS), draw(auths), [draw(requests()), folder])
    return named(Document("", "", [root]))


def named(document: Document) -> Document:
    """Return the document with names that tell its requests apart."""
    for at, (request, _) in enumerate(with_folders(document)):
        request.name = f"request {at}"
    return document


def without_auth(document: Document) -> None:
    """Take all credentials out of a document."""
    for request, above in with_folders(document):
        for node in (request, *above):
            node.auth = None


def with_folders(document: Document) -> Iterator[tuple[Request, list[Folder]]]:
    """Yield requests in order, each with the folders that it is in, outermost first."""
    for collection in document.collections:
        yield from collection.requests_in_order()


def sent_by_name(
    document: Document, known: list[Variable], *, with_auth: bool = True
) -> dict[str, dict[str, Json]]:
    """Return what is sent of each request; ``known`` are variables of an environment."""
    own = [one for each in document.environments[:1] for one in each.variables]
    found = {}
    for request, above in with_folders(document):
        sent = facts(resolve(request, above, [*known, *own], is_auth_added=with_auth))
        if not with_auth:
            sent["headers"].pop("authorization", None)
        found[request.name.rpartition(" / ")[2]] = sent
    return found


def facts(sent: Resolved) -> dict[str, Json]:
    """Return what servers see of a request, without what they cannot tell apart."""
    headers = defaultdict(list)
    for key, value in sent.headers:
        headers[key.lower()].append(value.strip())
    if sent.body.form is not None:
        headers.pop("content-type", None)  # it has to name the boundary, whatever was written
    if "cookie" in headers:
        headers["cookie"] = ["; ".join(headers["cookie"])]  # RFC 6265, 5.4
    form = sent.body.form and [_part(one) for one in sent.body.form]
    return {
        "method": sent.method,
        "url": _url(sent.url),
        "headers": dict(headers),
        "text": _value(sent.body.text),
        "form": form,
        "file": sent.body.src,
    }


def _part(entry: Entry) -> Json:
    is_file = entry.get("type") == "file"
    return [entry["key"], "" if is_file else entry["value"], entry.get("src") if is_file else None]


def _value(text: str | None) -> Json:
    """Return a JSON text's value, which may be written in several ways."""
    try:
        return ["json", json.loads(text or "")]
    except ValueError:
        return text


def _url(url: str) -> Json:
    front, _, fragment = url.partition("#")
    start, _, query = front.partition("?")
    pieces = [piece.partition("=") for piece in query.split("&") if piece]
    return [
        unquote_plus(re.sub(r"(?<=/):id(?=[./]|$)", "{id}", start)),
        [[unquote_plus(part) for part in piece] for piece in pieces],
        unquote_plus(fragment),
    ]
