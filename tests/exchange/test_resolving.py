"""What is sent of a saved request: inheritance, variables, path, query, credentials, body."""

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from gassapi_backend.exchange import formats
from gassapi_backend.exchange.resolving import (
    Resolved,
    fill_in,
    resolve,
    scope_of,
    unless_secret,
)
from gassapi_backend.exchange.resolving.variables import MAX_FILLED
from gassapi_backend.exchange.tree import (
    Document,
    Entry,
    Folder,
    Origin,
    Request,
    Variable,
    base_of,
)
from gassapi_backend.exchange.writing import WriteOptions
from tests.exchange import documents


def entries(**values: str) -> list[Entry]:
    return [{"key": key, "value": value} for key, value in values.items()]


def filled(text: str, **variables: str) -> str:
    return scope_of((), entries(**variables)).fill(text)


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("{{a}}/{{ a }}", "1/1"),
        ("{{b}}", "<1>"),
        ("{{x{{a}}}}", "one"),
        ('{"n":{"m":{{a}}}}', '{"n":{"m":1}}'),
        ("{{{a}}}", "{1}"),
        ("{{}} {{ }} }} {{", "{{}} {{ }} }} {{"),
        ("{{a\n}}", "{{a\n}}"),
        ("{{unknown}}", "{{unknown}}"),
        ("{{", "{{"),
        ("}}{{a}}", "}}1"),
        ("{{a", "{{a"),
        ("{{unknown {{a}}", "{{unknown 1"),
    ],
)
def test_references_are_replaced_and_all_else_stays(text: str, result: str) -> None:
    assert filled(text, a="1", b="<{{a}}>", x1="one") == result


@settings(deadline=None)
@given(some.text(alphabet="{}ab ", max_size=40))
def test_text_without_known_names_stays_as_it_is(text: str) -> None:
    assert filled(text, known="1") == text


def test_the_nearest_variable_counts_and_the_environment_over_all() -> None:
    outer = Folder("o", variables=entries(a="outer", b="outer", c="outer"))
    inner = Folder(
        "i", variables=[*entries(a="inner"), {"key": "b", "value": "", "enabled": False}]
    )
    scope = scope_of((outer, inner), entries(c="environment"))
    assert scope.fill("{{a}} {{b}} {{c}}") == "inner outer environment"


def test_a_variable_that_contains_itself_is_named_and_stays() -> None:
    scope = scope_of((), entries(a="<{{b}}>", b="{{c}}", c="{{a}}", d="{{d}}"))
    assert scope.fill("{{a}} {{d}}") == "<{{a}}> {{d}}"
    assert scope.cycles == [("a", "b", "c", "a"), ("d", "d")]


def test_names_without_a_value_are_named_once_each() -> None:
    scope = scope_of((), entries(**{"$mine": "1"}))
    assert scope.fill("{{x}}{{ x }}{{$guid}}{{$mine}}") == "{{x}}{{ x }}{{$guid}}1"
    assert (scope.unresolved, scope.dynamic) == (["x"], ["$guid"])


def test_secrets_can_be_left_out_and_are_named() -> None:
    secret: Variable = {"key": "token", "value": "s3cret", "secret": True}
    scope = scope_of((), [secret, *entries(a="<{{token}}>")], unless_secret)
    assert scope.fill("{{a}}") == "<{{token}}>"
    assert scope.withheld == ["token"]


def test_variables_that_explode_stay_bounded() -> None:
    names = [f"v{at}" for at in range(200)]
    values = {name: f"{{{{{before}}}}}" * 3 for before, name in pairwise(names)}
    scope = scope_of((), entries(v0="0123456789", **values))
    assert len(scope.fill("{{v199}}" * 5)) < 20 * MAX_FILLED


def test_a_long_chain_of_variables_ends_without_an_error() -> None:
    values = {f"v{at}": f"{{{{v{at + 1}}}}}" for at in range(900)}
    scope = scope_of((), entries(**values))
    assert scope.fill("{{v0}}").startswith("{{v")
    assert scope.withheld


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("http://h:8080/a/:id/:id", "http://h:8080/a/4%202/4%202"),
        ("{{base}}/:id?x=:id", "http://b/4%202?x=:id"),
        ("http://h/{id}/b{id}.json", "http://h/4%202/b4%202.json"),
        ("http://h/{{id}}/:other/:ids", "http://h/{{id}}/:other/:ids"),
        ("http://h/:id.json/:id.{{two}}", "http://h/4%202.json/4%202.2"),
        ("http://h/:empty/{empty}", "http://h/:empty/{empty}"),
        ("http://h/a:id", "http://h/a:id"),
        (":id", ":id"),
        ("", ""),
    ],
)
def test_path_parameters_stand_in_the_path(url: str, sent: str) -> None:
    params = [{"key": "id", "value": "4 {{two}}", "in": "path"}]
    params.append({"key": "empty", "value": "", "in": "path"})
    request = Request("a", url=url, params=params)
    assert resolve(request, environment=entries(base="http://b", two="2")).url == sent


def test_the_value_of_a_path_parameter_keeps_its_slashes_and_escapes() -> None:
    params = [{"key": "p", "value": "a/b%20c?d#é%", "in": "path"}]
    assert resolve(Request("a", url="/:p", params=params)).url == "/a/b%20c%3Fd%23%C3%A9%25"


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("http://h/", "http://h/?b=2%263&c=%7B"),
        ("http://h/?a=1#f", "http://h/?a=1&b=2%263&c=%7B#f"),
        ("http://h/?b=9", "http://h/?b=9&c=%7B"),
        ("http://h/?", "http://h/?b=2%263&c=%7B"),
    ],
)
def test_query_parameters_are_added_where_the_url_does_not_say_them(url: str, sent: str) -> None:
    params = [
        {"key": "b", "value": "2&{{three}}", "in": "query"},
        {"key": "off", "value": "1", "enabled": False},
        {"key": "c", "value": "{"},
    ]
    assert resolve(Request("a", url=url, params=params), environment=entries(three="3")).url == sent


def test_the_nearest_headers_of_a_name_count_and_those_that_are_off_do_not() -> None:
    outer = Folder("o", headers=entries(A="outer", B="outer", C="outer"))
    inner = Folder("i", headers=entries(b="inner"))
    own: list[Entry] = [
        *entries(C="1"),
        *entries(C="2"),
        {"key": "A", "value": "", "enabled": False},
    ]
    request = Request("a", headers=own)
    assert resolve(request, (outer, inner)).headers == [
        ("A", "outer"),
        ("b", "inner"),
        ("C", "1"),
        ("C", "2"),
    ]


def test_a_line_break_in_a_header_is_not_sent() -> None:
    headers = [{"key": "A", "value": "1\r\nB: 2"}]
    assert resolve(Request("a", headers=headers)).headers == [("A", "1 B: 2")]


BEARER = {"type": "bearer", "token": "{{t}}"}


@pytest.mark.parametrize(
    ("own", "near", "far", "sent"),
    [
        (None, None, None, None),
        (None, None, BEARER, "Bearer x"),
        (None, {"type": "none"}, BEARER, None),
        ({"type": "none"}, BEARER, None, None),
        ({"type": "inherit"}, {"type": "inherit"}, BEARER, "Bearer x"),
        (
            {"type": "basic", "username": "ann", "password": "p:é"},
            BEARER,
            None,
            "Basic YW5uOnA6w6k=",
        ),
        (BEARER | {"prefix": "Token"}, None, None, "Token x"),
        ({"type": "oauth2", "accessToken": "y"}, None, None, "Bearer y"),
    ],
)
def test_the_nearest_credentials_count(own: Any, near: Any, far: Any, sent: str | None) -> None:
    above = (Folder("far", auth=far), Folder("near", auth=near))
    resolved = resolve(Request("a", auth=own), above, entries(t="x"))
    assert resolved.header("authorization") == sent
    assert resolved.is_auth_applied


@pytest.mark.parametrize(
    "kind", ["digest", "oauth1", "awsv4", "hawk", "ntlm", "jwt", "oauth2", "x"]
)
def test_credentials_that_are_made_when_sent_are_told_and_not_applied(kind: str) -> None:
    resolved = resolve(Request("a", auth={"type": kind, "username": "{{t}}"}), (), entries(t="x"))
    assert (resolved.headers, resolved.is_auth_applied) == ([], False)
    assert resolved.auth == {"type": kind, "username": "x"}


def test_basic_credentials_without_their_values_are_not_encoded() -> None:
    resolved = resolve(Request("a", auth={"type": "basic", "username": "{{u}}", "password": ""}))
    assert (resolved.headers, resolved.is_auth_applied) == ([], False)


@pytest.mark.parametrize(
    "auth",
    [{"type": "basic", "username": ""}, {"type": "bearer", "token": ""}, {"type": "apiKey"}],
)
def test_empty_credentials_add_nothing(auth: Any) -> None:
    assert resolve(Request("a", auth=auth)).headers == []


def test_an_api_key_goes_where_it_belongs() -> None:
    key = {"type": "apiKey", "key": "k", "value": "v w"}
    headers = entries(K="own", Cookie="theme=dark")

    def sent(**more: str) -> Resolved:
        return resolve(Request("a", url="http://h/?x=1", headers=headers, auth=key | more))

    assert sent().headers == [("Cookie", "theme=dark"), ("k", "v w")]
    assert sent(**{"in": "query"}).url == "http://h/?x=1&k=v%20w"
    assert sent(**{"in": "cookie"}).header("cookie") == "k=v w; theme=dark"


def test_credentials_take_the_place_of_a_header() -> None:
    request = Request(
        "a", headers=entries(authorization="own"), auth={"type": "bearer", "token": "t"}
    )
    assert resolve(request).headers == [("Authorization", "Bearer t")]


@pytest.mark.parametrize(
    ("kind", "body", "text", "content_type"),
    [
        ("none", None, None, None),
        (None, None, None, None),
        ("json", '{"a": {{n}}, // c\n}', '{"a": 1, // c\n}', "application/json"),
        ("text", "{{n}}", "1", "text/plain"),
        ("xml", "<a/>", "<a/>", "application/xml"),
        (None, {"a": "{{n}}"}, '{"a":"1"}', "application/json"),
        (
            "x-www-form-urlencoded",
            [*entries(a="{{n}} &é", b=""), {"key": "c", "value": "1", "enabled": False}],
            "a=1%20%26%C3%A9&b=",
            "application/x-www-form-urlencoded",
        ),
        (
            "graphql",
            {"query": "{ a(n: {{n}}) }", "variables": '{"x": {{n}}}', "operationName": "q"},
            '{"query":"{ a(n: 1) }","operationName":"q","variables":{"x":1}}',
            "application/json",
        ),
        (
            "graphql",
            {"query": "q", "variables": {"x": 1}},
            '{"query":"q","variables":{"x":1}}',
            None,
        ),
        ("graphql", {"query": "q", "variables": "not {{json}}"}, None, None),
        ("odd", "x", "x", None),
        ("json", "", None, None),
        ("form-data", [], None, None),
        ("x-www-form-urlencoded", [], None, None),
    ],
)
def test_the_body_is_what_is_sent(
    kind: str | None, body: Any, text: str | None, content_type: str | None
) -> None:
    resolved = resolve(Request("a", "POST", body_type=kind, body=body), (), entries(n="1"))
    if text is not None or kind in ("none", None) or not body:
        assert resolved.body.text == text
        assert resolved.body.form is None
    if content_type:
        assert resolved.header("Content-Type") == content_type


def test_a_body_without_anything_in_it_has_no_type() -> None:
    assert resolve(Request("a", body_type="text", body="")).headers == []


def test_a_file_that_is_not_named_yet_is_no_body() -> None:
    request = Request("a", "POST", "http://h", body_type="binary", body={"src": ""})
    assert resolve(request).body.src is None
    for name in ("curl", "http", "har", "insomnia"):
        document = documents.again(Document("x", "", [Folder("f", items=[request])]), name)
        [again] = document.collections[0].requests()
        assert not again.body


def test_a_content_type_of_the_request_counts() -> None:
    headers = [{"key": "content-type", "value": "application/vnd.a+json"}]
    resolved = resolve(Request("a", headers=headers, body_type="json", body="{}"))
    assert resolved.headers == [("content-type", "application/vnd.a+json")]


def test_a_boundary_is_made_on_sending_and_no_header_says_another() -> None:
    headers = [{"key": "Content-Type", "value": "multipart/form-data; boundary=old"}]
    fields = [{"key": "a", "value": "1", "type": "text"}]
    request = Request("a", "POST", "http://h/x", headers, body_type="form-data", body=fields)
    assert resolve(request).headers == []
    document = Document("x", "", [Folder("f", items=[request])])
    assert formats.write(document, "curl", WriteOptions()).content() == b"curl http://h/x -F a=1\n"


@pytest.mark.parametrize("kind", ["x-www-form-urlencoded", "form-data"])
def test_a_form_is_never_sent_as_something_else(kind: str) -> None:
    headers = [{"key": "content-type", "value": "application/json"}]
    fields = [{"key": "a", "value": "1", "type": "text"}]
    request = Request("a", "POST", "http://h/x", headers, body_type=kind, body=fields)
    sent = resolve(request).header("Content-Type")
    assert sent == (f"application/{kind}" if kind.startswith("x") else None)
    document = Document("x", "", [Folder("f", items=[request])])
    written = json.loads(formats.write(document, "openapi", WriteOptions()).content())
    content = written["paths"]["/x"]["post"]["requestBody"]["content"]
    type_of_a_form = f"application/{kind}" if kind.startswith("x") else f"multipart/{kind}"
    assert [*content] == [type_of_a_form]
    [again] = documents.again(document, "openapi").collections[0].requests()
    assert (again.body_type, again.body[0]["value"], again.headers) == (kind, "1", headers)


def test_a_form_keeps_a_type_that_is_its_own() -> None:
    value = "application/x-www-form-urlencoded; charset=utf-8"
    headers = [{"key": "Content-Type", "value": value}]
    request = Request("a", "POST", headers=headers, body_type="x-www-form-urlencoded")
    request.body = [{"key": "a", "value": "1"}]
    assert resolve(request).headers == [("Content-Type", value)]


def test_a_form_with_files_keeps_their_names_and_opens_none() -> None:
    fields = [
        {"key": "f", "type": "file", "src": "{{dir}}/photo.png", "contentType": "image/png"},
        {"key": "a", "value": "{{dir}}", "type": "text"},
        {"key": "off", "value": "", "enabled": False},
    ]
    resolved = resolve(Request("a", body_type="form-data", body=fields), (), entries(dir="/etc"))
    assert resolved.body.form == [
        {"key": "f", "type": "file", "src": "/etc/photo.png", "contentType": "image/png"},
        {"key": "a", "value": "/etc", "type": "text"},
    ]
    assert resolved.header("Content-Type") is None


@pytest.mark.parametrize("value", [None, 5, True, [], {}, [1], {"key": None}, "x"])
@pytest.mark.parametrize(
    "kind", ["json", "graphql", "x-www-form-urlencoded", "form-data", "binary", "text", None]
)
def test_a_body_of_any_shape_is_resolved_without_an_error(kind: str | None, value: Any) -> None:
    resolve(Request("a", body_type=kind, body=value))


def test_everything_that_has_no_value_is_named() -> None:
    request = Request(
        "a",
        url="{{host}}/{{$guid}}",
        headers=entries(A="{{h}}"),
        auth={"type": "bearer", "token": "{{token}}"},
        body_type="json",
        body="{{b}}",
    )
    secret = {"key": "token", "value": "s", "secret": True}
    resolved = resolve(request, (), [secret, *entries(h="{{h}}")], shown=unless_secret)
    assert resolved.unresolved == ["host", "b"]
    assert resolved.dynamic == ["$guid"]
    assert resolved.withheld == ["token"]
    assert resolved.cycles == [("h", "h")]
    assert resolved.header("Authorization") == "Bearer {{token}}"


def test_a_document_is_filled_in_and_the_given_one_stays() -> None:
    request = Request(
        "{{n}}",
        url="{{base}}/{{n}}",
        headers=[{"key": "A", "value": "{{n}}", "enabled": False, "description": "{{n}}"}],
        examples=[{"name": "{{n}}"}],
    )
    request.origin = Origin("postman", original={}, base=base_of(request))
    top = Folder("t", variables=entries(n="1"), auth={"type": "bearer", "token": "{{n}}"})
    top.items = [Folder("in", variables=entries(n="2"), items=[request])]
    document = fill_in(Document("a", "1", [top]), entries(base="http://h"))
    [filled_top] = document.collections
    [sent] = filled_top.requests()
    assert filled_top.auth == {"type": "bearer", "token": "1"}
    assert (sent.name, sent.url) == ("{{n}}", "http://h/2")
    assert sent.headers == [{"key": "A", "value": "2", "enabled": False, "description": "{{n}}"}]
    assert sent.examples == [{"name": "{{n}}"}]
    assert sent.origin is request.origin
    assert request.url == "{{base}}/{{n}}"


def test_a_key_in_a_cookie_goes_before_all_other_cookies() -> None:
    auth = {"type": "apiKey", "key": "k", "value": "v", "in": "cookie"}
    headers = [
        {"key": key, "value": value} for key, value in (("Cookie", "a=1"), ("cookie", "b=2"))
    ]
    sent = resolve(Request("R", headers=headers, auth=auth))
    assert sent.headers == [("Cookie", "k=v; a=1; b=2")]
