"""What is written as .http: what came from such a file as it was, all else as both editors want."""

import random

import pytest

from gassapi_backend.exchange import formats
from gassapi_backend.exchange.dothttp import read
from gassapi_backend.exchange.loading import load
from gassapi_backend.exchange.resolving import resolve
from gassapi_backend.exchange.sources import Source
from gassapi_backend.exchange.tree import Document, Environment, Folder, Json, Request, Unreadable
from gassapi_backend.exchange.writing import WriteOptions
from tests.exchange import documents
from tests.exchange.dothttp.samples import SAMPLES, request_of
from tests.exchange.originals import stored


def sample() -> Document:
    return stored(formats.read(documents.source_of(SAMPLES / "library.http")))


def text_of(document: Document) -> str:
    return formats.write(document, "http", WriteOptions()).content().decode()


def document_of(*items: Folder | Request, **fields: Json) -> Document:
    return Document("postman", "2.1", [Folder("C", items=[*items], **fields)])


def again(document: Document) -> Document:
    return formats.read(load(text_of(document).encode(), "C.http"))


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_what_was_read_is_written_as_it_was(line_end: str) -> None:
    text = (SAMPLES / "library.http").read_text("utf-8").replace("\n", line_end)
    document = stored(read(Source(text, name="library.http")))
    assert text_of(document) == text


def test_an_edited_request_keeps_its_scripts_and_leaves_the_others_alone() -> None:
    document = sample()
    request = request_of(document, "from a file")
    request.url = "{{base}}/books/2"
    text = text_of(document)
    assert "PUT {{base}}/books/2\n" in text
    assert 'request.variables.set("a", 1)' in text
    assert ">> saved.json" in text
    before, after = text.split("### from a file")
    source = (SAMPLES / "library.http").read_text("utf-8")
    assert source.startswith(before)
    assert source.endswith(after[after.index("### ask") :])


def test_an_edited_variable_is_edited_where_it_stands() -> None:
    document = sample()
    collection = document.collections[0]
    collection.variables[0]["value"] = "https://example.test"
    collection.variables[1:] = [{"key": "fresh", "value": "1"}]
    text = text_of(document)
    assert "\n@base = https://example.test\n" in text
    assert "@token" not in text
    assert text.startswith("@fresh = 1\n")


def test_what_is_inherited_stands_at_each_request() -> None:
    request = Request(
        "R", "GET", "{{base}}/:id", params=[{"key": "id", "value": "7", "in": "path"}]
    )
    document = document_of(
        Folder("F", items=[request]),
        variables=[{"key": "base", "value": "http://h"}],
        headers=[{"key": "X-All", "value": "1"}],
        auth={"type": "bearer", "token": "t"},
    )
    assert text_of(document) == (
        "@base = http://h\n\n### F / R\nGET {{base}}/7\nX-All: 1\nAuthorization: Bearer t\n"
    )


def test_requests_and_folders_stay_in_their_order() -> None:
    inner = Folder("F", items=[Request("2", "GET", "http://h/2"), Folder("G", items=[])])
    one, last = Request("1", "GET", "http://h/1"), Request("3", "GET", "http://h/3")
    text = text_of(document_of(Folder("C", items=[one, inner, last])))
    assert [line for line in text.splitlines() if line.startswith("GET")] == [
        *("GET http://h/1", "GET http://h/2", "GET http://h/3"),
    ]


def test_credentials_take_the_place_of_a_header_of_their_name() -> None:
    headers = [{"key": "authorization", "value": "old"}]
    auth = {"type": "digest", "username": "u", "password": "p"}
    request = Request("a", "GET", "http://h", headers=headers, auth=auth)
    assert text_of(document_of(Folder("C", items=[request]))).endswith(
        "GET http://h\nAuthorization: Digest u p\n"
    )


def test_variables_that_differ_between_folders_are_filled_in() -> None:
    document = document_of(
        Folder(
            "A", variables=[{"key": "x", "value": "1"}], items=[Request("a", "GET", "http://{{x}}")]
        ),
        Folder(
            "B", variables=[{"key": "x", "value": "2"}], items=[Request("b", "GET", "http://{{x}}")]
        ),
    )
    text = text_of(document)
    assert "@x = 1\n" in text
    assert "GET http://{{x}}\n" in text
    assert "GET http://2\n" in text


BODIES: list[tuple[str, Json]] = [
    ("json", '{"a": {{x}},\n\n "b": "ü"}'),
    ("xml", "<a/>"),
    ("x-www-form-urlencoded", [{"key": "a b", "value": "1&2=3", "enabled": True}]),
    (
        "form-data",
        [
            {"key": 'a"b', "value": "1\n2", "enabled": True, "type": "text"},
            {
                "key": "f",
                "value": "",
                "enabled": True,
                "type": "file",
                "src": "dir/a.png",
                "fileName": "a.png",
                "contentType": "image/png",
            },
            {"key": "g", "value": "", "enabled": True, "type": "file"},
        ],
    ),
    ("binary", {"src": "./x.bin"}),
]


@pytest.mark.parametrize(("kind", "body"), BODIES)
def test_bodies_are_read_again_as_they_were(kind: str, body: Json) -> None:
    request = Request("R", "POST", "http://h", body_type=kind, body=body)
    [found] = again(document_of(request)).collections[0].requests()
    assert (found.body_type, found.body) == (kind, body)


def test_graphql_is_sent_as_json_which_both_editors_know() -> None:
    request = Request("R", "POST", "http://h", body_type="graphql", body={"query": "{a}"})
    assert text_of(document_of(request)).endswith(
        'Content-Type: application/json\n\n{"query":"{a}"}\n'
    )


def test_descriptions_and_switched_off_headers_are_comments_and_come_back() -> None:
    request = Request(
        "R",
        "GET",
        "http://h",
        description="one\n\ntwo",
        headers=[{"key": "X-Off", "value": "1", "enabled": False}],
    )
    [found] = again(document_of(request)).collections[0].requests()
    assert (found.description, found.headers) == (request.description, request.headers)


@pytest.mark.parametrize(
    ("auth", "header"),
    [
        ({"type": "basic", "username": "{{u}}", "password": "{{p}}"}, "Basic {{u}} {{p}}"),
        ({"type": "basic", "username": "u", "password": "p"}, "Basic dTpw"),
        ({"type": "digest", "username": "u", "password": "p"}, "Digest u p"),
    ],
)
def test_credentials_are_written_as_editors_take_them(auth: dict[str, Json], header: str) -> None:
    text = text_of(document_of(Request("R", "GET", "http://h", auth=auth)))
    assert f"Authorization: {header}\n" in text


def test_blanks_in_a_url_do_not_end_it() -> None:
    text = text_of(document_of(Request("R", "GET", "http://h/a b?c={{ d }}")))
    assert "GET http://h/a%20b?c={{ d }}\n" in text


def test_what_has_no_place_in_it_is_reported() -> None:
    request = Request(
        "R", "POST", "", body_type="text", body="a\n", examples=[{"name": "x"}],
        headers=[{"key": "two words", "value": "x"}],
        auth={"type": "hawk"}, params=[{"key": "a", "value": "", "enabled": False, "in": "query"}],
    )  # fmt: skip
    document = document_of(Folder("F", items=[request]))
    document.environments = [Environment("E")]
    result = formats.write(document, "http", WriteOptions())
    reasons = " ".join(note.reason for note in result.notes)
    for word in (
        "no URL",
        "line breaks",
        "example",
        "hawk",
        "two words",
        "disabled",
        "folders",
        "http-client.env.json",
    ):
        assert word in reasons


@pytest.mark.parametrize(
    "body", ["### a", "a\n####\nb", "> {% a %}", ">> a.json", "<> a.json", "x\n\n< ./a\n<@ b\n> c"]
)
def test_a_line_that_would_end_a_body_begins_with_a_variable(body: str) -> None:
    variables = [{"key": "hash-sign", "value": "mine"}]
    request = Request("R", "POST", "http://h", body_type="text", body=body)
    text = text_of(document_of(Folder("F", variables=variables, items=[request])))
    assert text.count("\n###") == 1
    document = read(Source(text, name="a.http"))
    [again] = document.collections[0].requests()
    assert resolve(again, document.collections[:1]).body.text == body
    assert text_of(stored(document)) == text


def test_a_document_without_requests_is_a_file_with_a_comment() -> None:
    assert text_of(document_of()).startswith("#")


_BITS = [
    "{", "}", "###", "\n", "\n\n", "# @name a", "{{", "< x", "> {%", "%}", ":", "&", "\r\n",
    "@a = ", "Content-Type: multipart/form-data; boundary=b\n", "--b\n", "HTTP/1.1", "\x00",
]  # fmt: skip


def test_any_text_is_read_or_refused_and_written_as_it_was() -> None:
    text = (SAMPLES / "library.http").read_text("utf-8")
    chance = random.Random(11)  # noqa: S311 - the same ones in each run
    for _ in range(300):
        broken = text
        for _ in range(chance.choice([1, 3, 10])):
            at = chance.randrange(len(broken) + 1)
            broken = broken[:at] + chance.choice([*_BITS, ""]) + broken[at + chance.randrange(20) :]
        try:
            document = stored(read(Source(broken, name="a.http")))
        except Unreadable:
            continue
        written = text_of(document)
        assert written == (broken if broken.endswith("\n") else broken + "\n")
