"""Parameters that are objects: each property is sent as the style says, and comes back."""

import json

import pytest

from gassapi_backend.exchange.resolving import resolve
from tests.exchange.openapi.documents import places_that_differ, said, stored
from tests.exchange.openapi.samples import document, only, operation, parsed, read_data

PAGEABLE = {
    "type": "object",
    "required": ["page"],
    "properties": {
        "page": {"type": "integer", "description": "From 0."},
        "size": {"type": "integer", "default": 20},
        "sort": {"type": "array", "items": {"type": "string", "example": "name,asc"}},
        "total": {"type": "integer", "readOnly": True},
    },
}


def asked(**more):
    said = {"name": "pageable", "in": "query", "required": True, "schema": PAGEABLE} | more
    return operation(parameters=[said])


def entries(request):
    return [(one["key"], one["value"], one["enabled"]) for one in request.params]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, [("page", "", True), ("size", "20", True), ("sort", "name,asc", False)]),
        (
            {"required": False},
            [("page", "", False), ("size", "20", True), ("sort", "name,asc", False)],
        ),
        (
            {"style": "deepObject"},
            [
                ("pageable[page]", "", True),
                ("pageable[size]", "20", True),
                ("pageable[sort][0]", "name,asc", False),
            ],
        ),
        ({"explode": False}, [("pageable", "size,20", True)]),
        ({"example": {"page": 3}}, [("page", "3", True)]),
        (
            {"style": "deepObject", "example": {"page": {"gt": 3}}},
            [("pageable[page][gt]", "3", True)],
        ),
    ],
)
def test_each_property_is_a_parameter_as_the_style_says(more, expected):
    assert entries(only(asked(**more))) == expected


def test_properties_are_found_behind_references_and_say_what_they_are_for():
    data = asked(schema={"allOf": [{"$ref": "#/components/schemas/Page"}]})
    data["components"] = {"schemas": {"Page": PAGEABLE}}
    first = only(data).params[0]
    assert (first["key"], first["description"]) == ("page", "From 0.")


def test_an_object_in_json_is_one_parameter_with_what_its_properties_say():
    content = {"application/json": {"schema": {"properties": {"a": {"example": 1}}}}}
    parameter = {"name": "filter", "in": "query", "required": True, "content": content}
    assert entries(only(operation(parameters=[parameter]))) == [("filter", '{"a":1}', True)]


@pytest.mark.parametrize("style", ["form", "deepObject"])
def test_an_edited_property_comes_back_and_the_others_stay(style):
    data = asked(style=style, explode=True)
    read = stored(read_data(data))
    assert list(places_that_differ(data, said(read))) == []
    (request,) = read.collections[0].requests()
    request.params[0]["value"] = "7"
    out = said(read)
    assert list(places_that_differ(data, out)) == [
        "/paths//a/get/parameters/0/example",
        "/paths//a/get/parameters/0/x-gassapi",
    ]
    (again,) = read_data(out).collections[0].requests()
    assert entries(again) == entries(request)


def test_a_default_of_null_sends_nothing():
    nothing = {"name": "q", "in": "query", "schema": {"type": "string", "default": None}}
    assert entries(only(operation(parameters=[nothing]))) == [("q", "", False)]


def test_lists_of_swagger_are_separated_as_they_say():
    lists = [
        {"name": "t", "in": "query", "collectionFormat": "tsv"},
        {"name": "X-S", "in": "header", "collectionFormat": "ssv"},
        {"name": "p", "in": "path", "required": True, "collectionFormat": "pipes"},
    ]
    more = {"type": "array", "items": {"type": "string"}, "default": ["a", "b"]}
    data = document({"/{p}": {"get": {"parameters": [one | more for one in lists]}}})
    data["swagger"] = "2.0"
    del data["openapi"]
    request = only(data)
    assert [one["value"] for one in request.params] == ["a\tb", "a|b"]
    assert [one["value"] for one in request.headers] == ["a b"]


@pytest.mark.parametrize(
    ("path", "name", "sent"),
    [
        ("/files/{proxy+}", "proxy", "/files/7"),
        ("/users/{id:[0-9]{1,3}}", "id", "/users/7"),
        ("/pages/{*slug}", "slug", "/pages/7"),
        ("/v1/{+parent}/items", "parent", "/v1/7/items"),
        ("/a/{b}:verb", "b", "/a/7:verb"),
        ("/a/{b}.json", "b", "/a/7.json"),
        ("/a/{id:x}", "id:x", "/a/7"),
    ],
)
def test_a_variable_is_filled_in_whatever_else_its_braces_say(path, name, sent):
    variable = {"name": name, "in": "path", "required": True, "example": 7}
    variable["schema"] = {"type": "integer"}
    said_here = {"parameters": [variable], "responses": {"200": {"description": "ok"}}}
    data = document({path: {"get": said_here}}, servers=[{"url": "https://a.test"}])
    read = stored(read_data(data))
    root = read.collections[0]
    (request,) = root.requests()
    environment = read.environments[0].variables
    assert resolve(request, [root], environment).url == "https://a.test" + sent


@pytest.mark.parametrize(
    "schema",
    [
        {"allOf": [{"enum": ["b", "a"]}]},
        {"allOf": [{"$ref": "#/components/schemas/Sort"}], "title": "Sort"},
        {"anyOf": [{"$ref": "#/components/schemas/Sort"}, {"type": "null"}]},
    ],
)
def test_a_value_may_stand_in_a_part_of_a_schema(schema):
    sort = {"name": "sort", "in": "query", "required": True, "schema": schema}
    data = operation(parameters=[sort])
    data["components"] = {"schemas": {"Sort": {"type": "string", "enum": ["b", "a"]}}}
    assert entries(only(data)) == [("sort", "b", True)]


def form(kind, schema, **media):
    content = {f"{kind}": {"schema": {"type": "object", **schema}, **media}}
    return only(operation(requestBody={"content": content}))


@pytest.mark.parametrize(
    ("encoding", "fields"),
    [
        ({}, [("o", '{"k":1,"l":2}')]),
        ({"style": "form"}, [("k", "1"), ("l", "2")]),
        ({"explode": True}, [("k", "1"), ("l", "2")]),
        ({"style": "form", "explode": False}, [("o", "k,1,l,2")]),
        ({"style": "deepObject"}, [("o[k]", "1"), ("o[l]", "2")]),
    ],
)
def test_an_object_in_a_form_is_sent_as_its_encoding_says(encoding, fields):
    schema = {"required": ["o"], "properties": {"o": {"example": {"k": 1, "l": 2}}}}
    request = form("application/x-www-form-urlencoded", schema, encoding={"o": encoding})
    assert [(one["key"], one["value"]) for one in request.body] == fields


def test_a_form_may_be_given_as_its_text():
    request = form("application/x-www-form-urlencoded", {}, example="a=1&b=x%20y&a=")
    assert [(one["key"], one["value"]) for one in request.body] == [
        ("a", "1"),
        ("b", "x y"),
        ("a", ""),
    ]


def test_a_part_that_holds_objects_says_that_it_is_json():
    thing = {"type": "object", "properties": {"a": {"const": 1}}}
    properties = {"one": thing, "more": {"type": "array", "items": thing}, "text": {"const": "x"}}
    request = form("multipart/form-data", {"required": [*properties], "properties": properties})
    assert [(one["key"], one["value"], one.get("contentType")) for one in request.body] == [
        ("one", '{"a":1}', "application/json"),
        ("more", '{"a":1}', "application/json"),
        ("text", "x", None),
    ]


def test_a_text_that_yaml_has_without_quotes_is_text():
    text = """
openapi: 3.0.3
info: {title: Small, version: "1"}
paths:
  /a:
    post:
      requestBody:
        content:
          application/json:
            schema:
              type: object
              properties:
                version: {type: string, example: 1.10}
                zip: {type: string, default: 0123}
                flag: {type: string, enum: [true, false]}
                price: {type: number, example: 1.10}
"""
    body = json.loads(only(parsed(text)).body)
    assert body == {"version": "1.10", "zip": "0123", "flag": "true", "price": 1.1}
