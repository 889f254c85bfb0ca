"""Content types on the way to tools that send only what headers say."""

import pytest

from gassapi_backend.exchange import formats
from gassapi_backend.exchange.loading import load
from gassapi_backend.exchange.resolving import resolve
from gassapi_backend.exchange.tree import Document, Entry, Folder, Json, Request
from gassapi_backend.exchange.writing import WriteOptions
from tests.exchange import sending

FORM: list[Json] = [{"key": "a", "value": "1", "enabled": True}]
PART: list[Json] = [{"key": "a", "value": "1", "enabled": True, "type": "text"}]
BODIES: list[tuple[str | None, Json, str | None]] = [
    ("json", "{}", "application/json"),
    ("xml", "<a/>", "application/xml"),
    ("text", "t", "text/plain"),
    ("graphql", {"query": "{a}", "variables": ""}, "application/json"),
    ("x-www-form-urlencoded", FORM, "application/x-www-form-urlencoded"),
    ("form-data", PART, None),
    ("binary", {"src": "/f"}, None),
    ("json", "", None),
    (None, None, None),
]


def entry(value: str) -> Entry:
    return {"key": "content-type", "value": value, "enabled": True}


def typed(headers: list[Entry]) -> list[str]:
    return [
        one["value"] for one in headers if one["key"].lower() == "content-type" and one["enabled"]
    ]


@pytest.mark.parametrize("version", ["5", "4"])
@pytest.mark.parametrize(("kind", "body", "expected"), BODIES)
def test_insomnia_is_given_a_header_for_the_type_of_a_body(
    kind: str | None, body: Json, expected: str | None, version: str
) -> None:
    requests = [
        Request("plain", "POST", "http://h", body_type=kind, body=body),
        Request("own", "POST", "http://h", [entry("a/b")], body_type=kind, body=body),
    ]
    handed = Folder("f", headers=[entry("c/d")], items=[Request("in", "POST", "http://h")])
    handed.items[0] = Request("in", "POST", "http://h", body_type=kind, body=body)
    document = Document("x", "", [Folder("c", items=[*requests, handed])])
    written = formats.write(document, "insomnia", WriteOptions(version=version))
    again = formats.read(load(written.content(), written.filename))
    found = {one.name: one for one in again.collections[0].requests()}
    assert typed(found["plain"].headers) == ([expected] if expected else [])
    is_form = kind == "x-www-form-urlencoded"
    own = [expected] if is_form else [] if kind == "form-data" else ["a/b"]
    assert typed(found["own"].headers) == own
    for request, above in sending.with_folders(document):
        before = resolve(request, above).header("Content-Type")
        after = next(one for one in sending.with_folders(again) if one[0].name == request.name)
        assert resolve(*after).header("Content-Type") == before


def test_bruno_is_not_told_another_type_than_that_of_a_form() -> None:
    json_header = [entry("application/json")]
    request = Request("r", "POST", "http://h", json_header, body_type="x-www-form-urlencoded")
    request.body = FORM
    document = Document("x", "", [Folder("c", items=[request])])
    written = formats.write(document, "opencollection", WriteOptions())
    again = formats.read(load(written.content(), written.filename))
    assert [one.headers for one in again.collections[0].requests()] == [
        [entry("application/json") | {"enabled": False}]
    ]
