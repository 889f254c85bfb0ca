"""HTTP archives in and out: what was recorded is what is sent; unedited entries come back whole."""

import copy
import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from gassapi_backend.exchange import formats
from gassapi_backend.exchange.loading import load_text
from gassapi_backend.exchange.resolving import resolve
from gassapi_backend.exchange.sources import Source
from gassapi_backend.exchange.tree import Document, Folder, Json, Request, Unreadable, What
from gassapi_backend.exchange.writing import WriteOptions
from tests.exchange import documents
from tests.exchange.mutations import mutated

TEXT = (Path(__file__).parent / "samples" / "archive.har.json").read_text("utf-8")


def sample() -> Document:
    return formats.read(load_text(TEXT, "shop.har"))


def requests(document: Document) -> list[Request]:
    [collection] = document.collections
    return list(collection.requests())


def written(document: Document, **options: Any) -> Json:
    made = formats.write(document, "har", WriteOptions(**options))
    assert made.filename.endswith(".har")
    return json.loads(made.content())


def entry_of(request: Request, **folder: Any) -> Json:
    [entry] = written(Document("x", "", [Folder("f", items=[request], **folder)]))["log"]["entries"]
    return entry


def read_entry(request: Json, response: Json = None) -> Request:
    """Return what becomes of one recorded entry."""
    entry = {"request": request} | ({"response": response} if response else {})
    data = {"log": {"version": "1.1", "entries": [entry]}}
    [found] = requests(formats.read(Source(data=data, name="a.har")))
    return found


def test_a_recorded_request_is_what_a_person_would_write() -> None:
    post, get = requests(sample())
    assert (post.method, post.url) == ("POST", "https://shop.example.test/cart?item=7&item=8")
    assert post.headers == [
        {"key": "content-type", "value": "application/json; charset=utf-8"},
        {"key": "x-tag", "value": "a", "description": "first"},
        {"key": "x-tag", "value": "b"},
        {"key": "cookie", "value": "sid=1; theme=dark"},
    ]
    assert post.params == [{"key": "late", "value": "1 2", "description": "added", "in": "query"}]
    assert (post.body_type, post.body) == ("json", '{"n": 1.10, "m": 2}')
    assert (get.method, get.headers, get.description) == ("GET", [], "A picture")
    assert (post.name, get.name) == ("shop.example.test/cart", "shop.example.test:81/logo.png")


def test_a_response_is_an_example_and_one_that_is_no_text_stays_base64() -> None:
    post, get = requests(sample())
    [created] = post.examples
    assert (created["name"], created["status"], created["body"]) == ("201 Created", 201, '{"id":1}')
    assert [one["value"] for one in created["headers"]] == ["application/json", "a=1", "b=2"]
    assert (get.examples[0]["body"], get.examples[0]["encoding"]) == ("iVBORw==", "base64")


def test_what_is_no_http_request_is_reported_and_comes_back() -> None:
    document = sample()
    [note] = document.notes
    assert (note.what, note.pointer) == (What.SKIPPED, "/log/entries/1")
    assert len(requests(document)) == 2
    assert len(written(document)["log"]["entries"]) == 3


def test_an_archive_that_nobody_edited_comes_back_whole() -> None:
    assert written(sample()) == json.loads(TEXT)


def test_of_an_edited_entry_only_what_was_edited_is_another() -> None:
    document = sample()
    post, _ = requests(document)
    post.headers = [*post.headers, {"key": "X-New", "value": "1"}]
    entry, wanted = written(document)["log"]["entries"][0], json.loads(TEXT)["log"]["entries"][0]
    assert entry["request"].pop("headers")[-1] == {"name": "X-New", "value": "1"}
    entry["request"].pop("cookies")
    for name in ("headers", "cookies"):
        wanted["request"].pop(name)
    assert entry == wanted


@pytest.mark.parametrize(
    ("field", "value", "place"),
    [
        ("method", "PUT", "request.method"),
        ("url", "http://b.example.test/", "request.url request.queryString"),
        ("body", "{}", "request.postData request.bodySize"),
        ("description", "New", "comment"),
        ("name", "New", "_name"),
        ("examples", [], "response"),
    ],
)
def test_each_edited_field_has_its_place(field: str, value: Any, place: str) -> None:
    document = sample()
    setattr(requests(document)[0], field, value)
    entry, wanted = written(document)["log"]["entries"][0], json.loads(TEXT)["log"]["entries"][0]
    assert entry != wanted
    for path in place.split():
        *above, last = path.split(".")
        for one in (entry, wanted):
            (one[above[0]] if above else one).pop(last, None)
    assert entry == wanted


@pytest.mark.parametrize("place", ["entry", "request"])
def test_a_description_that_was_deleted_does_not_come_back(place: str) -> None:
    data = json.loads(TEXT)
    entry = data["log"]["entries"][0]
    (entry if place == "entry" else entry["request"])["comment"] = "To be deleted"
    document = formats.read(Source(data=data, name="a.har"))
    request = requests(document)[0]
    assert request.description == "To be deleted"
    request.description = None
    assert "To be deleted" not in json.dumps(written(document))


def test_examples_are_left_out_where_they_are_not_wanted() -> None:
    entries = written(sample(), include_examples=False)["log"]["entries"]
    assert [entry["response"]["status"] for entry in entries] == [0, 0, 0]


FIELDS = "x-www-form-urlencoded"
FORM = f"application/{FIELDS}"


@pytest.mark.parametrize(
    ("data", "kind", "body"),
    [
        ({"mimeType": FORM, "text": "a=1&b=%C3%A9&c=x%2By"}, FIELDS, ["1", "é", "x+y"]),
        ({"mimeType": FORM, "params": [{"name": "a", "value": "x%2By"}]}, FIELDS, ["x+y"]),
        ({"mimeType": FORM, "params": [{"name": "a", "value": "x+y"}]}, FIELDS, ["x+y"]),
        ({"mimeType": "text/xml", "text": "<a/>"}, "xml", "<a/>"),
        ({"mimeType": "application/vnd.a+json", "text": "{}"}, "json", "{}"),
        ({"mimeType": "text/plain", "text": "aGk=", "encoding": "base64"}, "text", "hi"),
        (
            {"mimeType": "image/png", "text": "iVBORw==", "encoding": "base64"},
            "binary",
            {"src": ""},
        ),
        ({"text": "hello"}, "text", "hello"),
        ({"mimeType": "text/plain", "text": ""}, None, None),
        ({}, None, None),
        (None, None, None),
    ],
)
def test_a_recorded_body_is_told_by_its_type(data: Json, kind: str | None, body: Any) -> None:
    request = read_entry({"method": "POST", "url": "http://h/", "postData": data})
    found = request.body
    if isinstance(found, list):
        found = [one["value"] for one in found]
    assert (request.body_type, found) == (kind, body)


def test_a_form_in_parts_is_told_from_its_parameters_or_its_text() -> None:
    kind = "multipart/form-data; boundary=XX"
    text = (
        '--XX\r\nContent-Disposition: form-data; name="f"; filename="a b.png"\r\n'
        "Content-Type: image/png\r\n\r\nPNG\r\n--XX\r\n"
        'Content-Disposition: form-data; name="t"\r\n\r\n1\r\n2\r\n--XX--\r\n'
    )
    params = [
        {"name": "f", "fileName": "a b.png", "contentType": "image/png"},
        {"name": "t", "value": "1\r\n2"},
    ]
    for data in ({"mimeType": kind, "text": text}, {"mimeType": kind, "params": params}):
        headers = [{"name": "Content-Type", "value": kind}]
        request = read_entry({"url": "http://h/", "headers": headers, "postData": data})
        assert request.headers == []
        assert request.body == [
            {
                "key": "f",
                "value": "",
                "type": "file",
                "src": "a b.png",
                "contentType": "image/png",
            },
            {"key": "t", "value": "1\r\n2", "type": "text"},
        ]


def test_a_file_that_was_not_chosen_yet_is_a_file_again() -> None:
    parts = [{"key": "f", "value": "", "type": "file"}, {"key": "t", "value": "", "type": "text"}]
    request = Request("R", "POST", "http://h/", body_type="form-data", body=parts)
    assert read_entry(entry_of(request)["request"]).body == parts


def test_a_type_that_only_the_body_says_is_a_header_where_we_would_send_another() -> None:
    data = {"mimeType": "application/vnd.a+json", "text": "{}"}
    request = read_entry({"url": "http://h/", "postData": data})
    assert request.headers == [{"key": "Content-Type", "value": "application/vnd.a+json"}]


def test_the_entry_of_a_request_from_elsewhere_is_what_is_sent() -> None:
    request = Request(
        "Mine",
        "POST",
        "{{base}}/:id?a=1+2",
        headers=[
            {"key": "Cookie", "value": "x=1; y=2"},
            {"key": "off", "value": "", "enabled": False},
        ],
        params=[{"key": "id", "value": "7", "in": "path"}],
        body_type="x-www-form-urlencoded",
        body=[{"key": "é", "value": "1"}],
        examples=[{"name": "404 Gone", "status": 404, "headers": {"a": "b"}, "body": "no"}],
    )
    above: dict[str, Any] = {
        "variables": [{"key": "base", "value": "http://h"}],
        "auth": {"type": "bearer", "token": "t"},
    }
    entry = entry_of(request, **above)
    sent = resolve(request, [Folder("f", **above)])
    said = entry["request"]
    assert (said["method"], said["url"]) == ("POST", "http://h/7?a=1+2")
    assert said["queryString"] == [{"name": "a", "value": "1 2"}]
    assert [(one["name"], one["value"]) for one in said["headers"]] == sent.headers
    assert said["cookies"] == [{"name": "x", "value": "1"}, {"name": "y", "value": "2"}]
    assert said["postData"] == {
        "mimeType": FORM,
        "text": "%C3%A9=1",
        "params": [{"name": "é", "value": "1"}],
    }
    assert (entry["_name"], entry["response"]["status"]) == ("Mine", 404)
    assert entry["response"]["statusText"] == "Gone"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("{{base}}/a", "http://%7B%7Bbase%7D%7D/a"),
        ("localhost", "http://localhost"),
        ("http://h/a b?é=%zz%41", "http://h/a%20b?%C3%A9=%25zz%41"),
    ],
)
def test_a_url_is_a_uri_and_is_read_again_as_it_was(url: str, said: str) -> None:
    document = Document("x", "", [Folder("f", items=[Request("a", url=url)])])
    entry = written(document)["log"]["entries"][0]
    assert entry["request"]["url"] == said
    [request] = requests(documents.again(document, "har"))
    assert (request.url, request.name) == (url, "a")


def test_what_an_entry_cannot_say_is_noted() -> None:
    example = {"name": "a", "status": 200}
    request = Request("a", url="{{u}}", auth={"type": "hawk"}, examples=[example, example])
    notes = formats.write(
        Document("x", "", [Folder("f", items=[request])]), "har", WriteOptions()
    ).notes
    assert [note.what for note in notes] == [What.SKIPPED, What.KEPT, What.SKIPPED]


@pytest.mark.parametrize("data", [{}, {"log": 1}, {"log": {}}, {"log": {"entries": {}}}, None, []])
def test_what_is_no_archive_is_refused(data: Json) -> None:
    with pytest.raises(Unreadable):
        formats.read(Source(data=data), "har")


def test_a_mutated_archive_is_read_or_refused_and_can_be_written() -> None:
    whole = json.loads(TEXT)
    for seed in range(1_500):
        data = mutated(whole, seed)
        before = copy.deepcopy(data)
        try:
            document = formats.read(Source(data=data, name="a.har"), "har")
        except Unreadable:
            continue
        assert data == before
        assert written(document) == data, f"seed {seed}"
        for request in requests(document):
            request.url += "x"
        written(document)
        for request in requests(document):
            request.origin = None
        json.dumps(written(document))


def test_what_a_browser_recorded_over_http_3_is_read_as_it_was_meant() -> None:
    document = formats.read(documents.case("12-h2.har"))
    [request] = requests(document)
    assert not any(one["key"].startswith(":") for one in request.headers)
    assert request.url.endswith("?x=1&x=2")
    assert request.params == []
    assert [(one["key"], one["value"]) for one in request.body] == [
        ("a", "1"),
        ("b", "é"),
        ("c", "x+y"),
    ]
    assert [one["value"] for one in request.headers if one["key"] == "x-dup"] == ["1", "2"]
    assert request.examples[0]["body"] == "iVBORw=="
    assert [note.pointer for note in document.notes] == ["/log/entries/1"]


def test_a_body_of_bytes_is_no_text_that_is_sent_and_comes_back() -> None:
    bytes_ = {"mimeType": "image/png", "text": "iVBORw==", "encoding": "base64"}
    entries = [{"request": {"method": "PUT", "url": "http://h/", "postData": bytes_}}]
    document = formats.read(Source(data={"log": {"version": "1.2", "entries": entries}}))
    [request] = requests(document)
    assert resolve(request).body.text is None
    assert [(note.what, note.pointer) for note in document.notes] == [(What.KEPT, "/log/entries/0")]
    assert written(document)["log"]["entries"] == entries


def test_parts_are_told_from_bytes_and_files_in_them_keep_their_names() -> None:
    text = (
        b'--X\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--X\r\n'
        b'Content-Disposition: form-data; name="f"; filename="b.png"\r\n\r\n\x89PNG\r\n--X--'
    )
    data = {"mimeType": "multipart/form-data; boundary=X", "encoding": "base64"}
    data["text"] = b64encode(text).decode()
    request = read_entry({"method": "POST", "url": "http://h/", "postData": data})
    assert [(one["key"], one["value"], one.get("src")) for one in request.body] == [
        ("a", "1", None),
        ("f", "", "b.png"),
    ]


def test_cookies_that_http_2_sends_one_by_one_are_one_header() -> None:
    headers = [{"name": "cookie", "value": "a=1"}, {"name": "Cookie", "value": "b=2"}]
    cookies = [{"name": name, "value": value} for name, value in (("a", "1"), ("b", "2"))]
    request = read_entry({"url": "https://h/", "headers": headers, "cookies": cookies})
    assert request.headers == [{"key": "cookie", "value": "a=1; b=2"}]
