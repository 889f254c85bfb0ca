"""What is read of collections of Postman 2.1: each part, in each of the ways it may be written."""

import pytest

from gassapi_backend.exchange import postman
from gassapi_backend.exchange.sources import Source
from gassapi_backend.exchange.tree import Document, Folder, Json, Note, Unreadable, What
from tests.exchange.postman.samples import (
    by_name,
    collection,
    folders,
    request,
    sample,
)

BAKERY = "bakery.postman_collection.json"


@pytest.fixture(name="bakery", scope="module")
def _bakery() -> Document:
    return sample(BAKERY)


def notes_at(document: Document, pointer: str) -> list[Note]:
    return [note for note in document.notes if note.pointer == pointer]


def test_a_document_is_known_again_by_the_id_of_its_collection(bakery: Document) -> None:
    assert bakery.source_id == "5f0c2c1e-0000-4000-8000-000000000001"
    assert (bakery.format, bakery.version) == ("postman", "2.1.0")


def test_a_description_is_its_text_in_either_way(bakery: Document) -> None:
    assert bakery.collections[0].description == "Orders and **ovens**."
    assert folders(bakery)["Orders"].description == "What people want"


def test_items_stay_in_their_order_folders_between_requests(bakery: Document) -> None:
    names = [item.name for item in bakery.collections[0].items]
    assert names == [
        "Orders",
        "Forms",
        "Empty",
        "http://localhost:8080/as-text?a=1",
        "Headers as text",
    ]
    assert isinstance(bakery.collections[0].items[2], Folder)


def test_what_is_no_item_is_reported_with_its_pointer(bakery: Document) -> None:
    [note] = notes_at(bakery, "/item/3")
    assert (note.what, note.name) == (What.SKIPPED, "Nothing at all")


def test_variables_are_text_and_of_several_the_one_that_counts(bakery: Document) -> None:
    found = {one["key"]: one for one in bakery.collections[0].variables}
    assert {key: one["value"] for key, one in found.items()} == {
        "base": "http://localhost:8080",
        "limit": "20",
        "filter": '{"open":true}',
        "key": "second",
        "pin": "4711",
    }
    assert found["pin"]["secret"] is True
    assert found["base"]["description"] == "where it runs"
    assert [note.pointer for note in bakery.notes if note.kind == "variable"] == [
        "/variable/3",
        "/variable/5",
    ]


def test_a_variable_that_is_only_there_switched_off_stays_off() -> None:
    document = collection(variable=[{"key": "a", "value": "1", "disabled": True}])
    assert document.collections[0].variables == [
        {"key": "a", "value": "1", "enabled": False, "secret": False}
    ]


def test_the_url_is_as_written_and_params_say_what_it_does_not(bakery: Document) -> None:
    one = by_name(bakery)["List orders"]
    assert one.url == "{{base}}/orders/:shop/list?limit={{limit}}&open#top"
    assert one.params == [
        {"key": "limit", "value": "{{limit}}", "enabled": True, "description": "how many"}
        | {"in": "query"},
        {"key": "after", "value": "2026-01-01", "enabled": False, "description": "not yet"}
        | {"in": "query"},
        {"key": "shop", "value": "north", "enabled": True, "description": "which shop"}
        | {"in": "path"},
    ]


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("localhost", "localhost"),
        (None, ""),
        ({}, ""),
        ({"raw": "", "host": "a.test", "path": "/x/y"}, "a.test/x/y"),
        ({"raw": "{{ base }}/x?a=1", "host": ["{{ base }}"], "path": ["x"]}, "{{ base }}/x?a=1"),
        ({"protocol": "https://", "host": ["a", "test"], "path": []}, "https://a.test"),
        ({"protocol": "http", "host": "h", "port": 80, "auth": {"user": "u"}}, "http://u@h:80"),
        ({"host": "h", "query": [{"key": "a", "value": "1"}, {"key": "b"}]}, "h?a=1&b"),
        ({"host": "h", "query": "a=1&b"}, "h?a=1&b"),
        ({"host": "h", "query": {"a": 1}}, "h?a=1"),
        ({"host": "h", "path": ["a", {"value": "b"}, ""], "hash": "top"}, "h/a/b/#top"),
        ({"raw": "h?a=1&b=2", "query": [{"key": "b", "value": "2", "disabled": True}]}, "h?a=1"),
        (["h"], ""),
    ],
)
def test_a_url_is_text_in_whatever_way_it_is_given(url: Json, text: str) -> None:
    assert request(url=url).url == text


def test_a_parameter_without_a_name_is_sent_once() -> None:
    query = [{"key": "q", "value": None}, {"key": None, "value": "v"}]
    apart = request(url={"host": "h", "query": query})
    assert (apart.url, [one["value"] for one in apart.params]) == ("h?q", ["v"])
    assert request(url={"raw": "h?q&=v", "query": query}).params == []


def test_a_query_parameter_that_the_text_lacks_is_sent() -> None:
    one = request(url={"raw": "h/x", "query": [{"key": "page", "value": "1"}]})
    assert one.url == "h/x"
    assert one.params == [{"key": "page", "value": "1", "enabled": True, "in": "query"}]


def test_headers_keep_repeats_order_and_those_that_are_off(bakery: Document) -> None:
    headers = by_name(bakery)["List orders"].headers
    assert [(one["key"], one["value"], one["enabled"]) for one in headers] == [
        ("Accept", "application/json", True),
        ("X-Trace", "1", False),
        ("X-Trace", "2", True),
    ]
    assert headers[0]["description"] == "what we take"


@pytest.mark.parametrize(
    "said",
    [
        "Accept: */*\r\nX-Two: a: b\n// X-Off: 1\nno colon\n",
        ["Accept: */*", {"key": "X-Two", "value": "a: b"}, "//X-Off: 1"],
        [
            {"key": "Accept", "value": "*/*"},
            {"key": "X-Two", "value": "a: b"},
            {"key": "X-Off", "value": 1, "enabled": False},
        ],
    ],
)
def test_headers_may_be_text(said: Json) -> None:
    headers = request(url="h", header=said).headers
    assert [(one["key"], one["value"], one["enabled"]) for one in headers] == [
        ("Accept", "*/*", True),
        ("X-Two", "a: b", True),
        ("X-Off", "1", False),
    ]


def test_a_folded_header_line_continues_the_one_before() -> None:
    [header] = request(url="h", header="X-Long: a\n  b").headers
    assert header["value"] == "a b"


def test_no_auth_given_and_no_auth_wanted_are_two_things(bakery: Document) -> None:
    found = by_name(bakery)
    assert found["Order"].auth == {"type": "none"}
    assert found["Photo"].auth is None
    assert found["List orders"].auth is None


def test_a_key_without_a_place_is_sent_in_a_header(bakery: Document) -> None:
    assert bakery.collections[0].auth == {
        "type": "apiKey",
        "key": "X-Bakery-Key",
        "value": "{{key}}",
        "in": "header",
    }


@pytest.mark.parametrize(
    ("said", "auth"),
    [
        (
            {"type": "basic", "basic": {"username": "a", "password": None}},
            {"type": "basic", "username": "a", "password": ""},
        ),
        (
            {"type": "bearer", "bearer": [{"key": "token", "value": "t"}]},
            {"type": "bearer", "token": "t"},
        ),
        (
            {"type": "apikey", "apikey": [{"key": "in", "value": "query"}]},
            {"type": "apiKey", "in": "query"},
        ),
        (
            {
                "type": "oauth2",
                "oauth2": [
                    {"key": "grant_type", "value": "client_credentials"},
                    {"key": "redirect_uri", "value": "r"},
                    {"key": "client_authentication", "value": "body"},
                    {"key": "accessToken", "value": "{{t}}"},
                    {"key": "useBrowser", "value": False, "type": "boolean"},
                ],
            },
            {
                "type": "oauth2",
                "grantType": "client_credentials",
                "redirectUri": "r",
                "clientAuthentication": "body",
                "accessToken": "{{t}}",
                "useBrowser": False,
            },
        ),
        ({"type": "edgegrid", "edgegrid": [{"key": "a"}]}, {"type": "edgegrid", "a": ""}),
        ({"type": "noauth", "noauth": []}, {"type": "none"}),
        ({"basic": []}, None),
        ("basic", None),
    ],
)
def test_authentication_of_every_kind(said: Json, auth: Json) -> None:
    assert request(url="h", auth=said).auth == auth


def test_bodies_of_every_mode(bakery: Document) -> None:
    found = by_name(bakery)
    assert (found["Order"].body_type, found["Order"].body) == (
        "json",
        '{\n  "loaves": {{n}} // a comment\n}',
    )
    assert found["Urlencoded"].body_type == "x-www-form-urlencoded"
    assert found["Urlencoded"].body == [
        {"key": "on", "value": "1", "enabled": True},
        {"key": "off", "value": "2", "enabled": False, "description": "not yet"},
    ]
    assert found["Query language"].body == {
        "query": "query Ovens { ovens { id } }",
        "variables": '{"n": {{n}}}',
        "operationName": "Ovens",
    }
    assert (found["File"].body_type, found["File"].body) == (
        "binary",
        {"src": "pictures/recipe.bin"},
    )
    assert (found["Content"].body_type, found["Content"].body) == ("binary", {"src": ""})


def test_a_field_with_two_files_is_two_fields(bakery: Document) -> None:
    body = by_name(bakery)["Photo"].body
    assert [(one["key"], one["type"], one.get("src"), one["enabled"]) for one in body] == [
        ("title", "text", None, True),
        ("pictures", "file", "pictures/a.png", True),
        ("pictures", "file", "pictures/b.png", True),
        ("later", "file", None, False),
    ]
    assert body[0]["contentType"] == "text/plain"


def test_the_content_of_a_file_in_the_document_is_kept(bakery: Document) -> None:
    assert len(notes_at(bakery, "/item/1/item/3/request/body")) == 1


@pytest.mark.parametrize("pointer", ["/item/1/item/4/request/body", "/item/1/item/5/request/body"])
def test_a_body_that_is_off_or_unknown_is_not_sent_and_reported(
    bakery: Document, pointer: str
) -> None:
    [note] = notes_at(bakery, pointer)
    assert note.what is What.KEPT
    one = by_name(bakery)[note.name]
    assert (one.body_type, one.body) == (None, None)


@pytest.mark.parametrize(
    ("header", "options", "kind"),
    [
        ([], {"raw": {"language": "xml"}}, "xml"),
        ([{"key": "content-type", "value": "application/hal+json; a=b"}], None, "json"),
        ([{"key": "Content-Type", "value": "text/html"}], {"raw": {"language": "auto"}}, "html"),
        ([{"key": "Content-Type", "value": "text/html", "disabled": True}], {}, "text"),
        ([], None, "text"),
    ],
)
def test_the_kind_of_raw_text_is_as_said_or_as_its_media_type(
    header: Json, options: Json, kind: str
) -> None:
    body = {"mode": "raw", "raw": "x", "options": options}
    assert request(url="h", header=header, body=body).body_type == kind


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (None, (None, None)),
        ({}, (None, None)),
        ("text", ("text", "text")),
        ({"raw": "no mode"}, ("text", "no mode")),
        ({"mode": "raw", "raw": {"a": 1}}, ("text", '{"a":1}')),
        ({"mode": "graphql", "graphql": "{a}"}, ("graphql", {"query": "{a}", "variables": ""})),
        ({"mode": "file", "file": None}, ("binary", {"src": ""})),
        ({"mode": "formdata", "formdata": None}, ("form-data", [])),
    ],
)
def test_loose_bodies(body: Json, found: Json) -> None:
    one = request(url="h", body=body)
    assert (one.body_type, one.body) == found


def test_saved_responses_are_examples(bakery: Document) -> None:
    two, gone = by_name(bakery)["List orders"].examples
    assert (two["name"], two["status"]) == ("Two orders", 200)
    assert two["body"] == '[\n\t{"price": 1.10}\n]'
    assert [one["value"] for one in two["headers"]] == ["a=1", "b=2"]
    assert two["request"]["url"] == "{{base}}/orders/north/list?limit=2"
    assert gone == {
        "name": "Gone",
        "status": 410,
        "headers": [{"key": "Retry-After", "value": "5"}, {"key": "Server", "value": "oven"}],
    }


def test_scripts_and_settings_are_kept_and_reported_once_for_each_kind(bakery: Document) -> None:
    said = [(note.pointer, note.reason) for note in bakery.notes if note.name == "List orders"]
    assert [pointer for pointer, _ in said] == [
        "/item/0/item/0/event/0",
        "/item/0/item/0/event/1",
        "/item/0/item/0/protocolProfileBehavior",
        "/item/0/item/0/request/proxy",
    ]
    assert "does not run here" in said[1][1]


def test_notes_come_in_the_order_of_the_document() -> None:
    script = {"listen": "test", "script": {"exec": "x"}}
    items = [{"name": str(n), "event": [script], "request": "h"} for n in range(12)]
    names = [note.name for note in collection(*items).notes]
    assert names == [str(n) for n in range(12)]


def test_a_folder_that_has_a_request_too_says_so() -> None:
    document = collection({"name": "Both", "item": [], "request": {"url": "h"}})
    [note] = notes_at(document, "/item/0/request")
    assert note.what is What.KEPT


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        [1],
        "text",
        {},
        {"item": []},
        {"info": {"name": "x"}},
        {"info": "x", "item": []},
        {"openapi": "3.0.0", "info": {"title": "x"}},
        {"collection": {"x": 1}},
    ],
)
def test_what_is_not_of_postman_is_refused(data: Json) -> None:
    with pytest.raises(Unreadable, match="not a Postman document"):
        postman.read(Source(data=data))


def test_a_version_that_nobody_knows_is_refused() -> None:
    schema = "https://schema.getpostman.com/json/collection/v999.0.0/collection.json"
    data = {"info": {"name": "x", "schema": schema}, "item": []}
    with pytest.raises(Unreadable, match="version 999"):
        postman.read(Source(data=data))


def test_items_of_a_wrong_type_are_reported() -> None:
    document = postman.read(Source(data={"info": {"name": "x"}, "item": {"a": 1}}))
    assert document.collections[0].items == []
    [note] = notes_at(document, "/item")
    assert note.what is What.SKIPPED


def test_what_the_api_wraps_is_unwrapped() -> None:
    inner = {"info": {"name": "In"}, "item": [{"request": 3}]}
    document = postman.read(Source(data={"collection": inner, "meta": {}}))
    assert document.collections[0].name == "In"
    assert [note.pointer for note in document.notes] == ["/collection/item/0"]


def test_what_postman_would_send_otherwise_is_said() -> None:
    body = {"mode": "raw", "raw": "x"}
    url = {"raw": "http://h/a/b", "host": ["h"], "path": ["a", "c"]}
    pruned = {"name": "a", "request": {"method": "GET", "url": "h", "body": body}}
    sent = pruned | {"protocolProfileBehavior": {"disableBodyPruning": True}}
    document = collection(pruned, sent, {"name": "b", "request": {"url": url}})
    pointers = [note.pointer for note in document.notes]
    assert "/item/0/request/body" in pointers
    assert "/item/1/request/body" not in pointers
    assert pointers[-1] == "/item/2/request/url"


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        ("http://h/a/b?c=/d", ["a", "b"]),
        ("http://h", []),
        ("{{base}}/a/", ["a", ""]),
        ("{{base/x}}/:id", [":id"]),
        ("h/{{x}}", ["{{x}}"]),
    ],
)
def test_parts_of_a_url_that_say_the_same_are_no_news(raw: str, path: Json) -> None:
    assert collection({"name": "a", "request": {"url": {"raw": raw, "path": path}}}).notes == []


def test_values_that_differ_between_the_text_of_a_url_and_its_list_are_told() -> None:
    pairs = [("a", "1", False), ("a", "2", False), ("b", None, False), ("c", "", False)]
    query = [
        {"key": key, "value": value} | ({"disabled": True} if off else {})
        for key, value, off in [*pairs, ("d", "x", True)]
    ]
    same = {"raw": "http://h/?a=1&a=2&b=&c&e=1", "host": ["h"], "query": query}
    with_disabled = {"raw": "http://h/?a=1&a=2&b&c&d=x", "host": ["h"], "query": query}
    other = {"raw": "http://h/?a=1&a=3&b&c", "host": ["h"], "query": query}
    urls = [same, with_disabled, other]
    items = [{"name": str(at), "request": {"url": url}} for at, url in enumerate(urls)]
    document = collection(*items)
    assert [one.pointer for one in document.notes] == ["/item/2/request/url"]


def test_a_parameter_of_old_exports_may_have_no_equals_sign() -> None:
    query = [{"key": "a", "value": "", "equals": False}, {"key": "b", "value": "", "equals": True}]
    assert request(url={"host": ["h"], "query": query}).url == "h?a&b="
