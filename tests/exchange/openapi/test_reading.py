"""What a document becomes: collection, folders, requests, environments, notes."""

import copy
import json

import pytest

from gassapi_backend.exchange.openapi.reading.documents import read
from gassapi_backend.exchange.sources import Source
from gassapi_backend.exchange.tree import Folder, Request, Unreadable, What
from tests.exchange.openapi.documents import stored, written
from tests.exchange.openapi.samples import (
    document,
    folder_named,
    note_at,
    only,
    operation,
    read_data,
    read_folder,
    read_sample,
    request_named,
    sample,
)


def test_a_folder_stands_for_the_first_tag_of_what_is_in_it():
    root = read_sample("shop.yaml").collections[0]
    shape = [
        (item.name, [below.name for below in item.items]) if isinstance(item, Folder) else item.name
        for item in root.items
    ]
    assert root.name == "Shop"
    assert root.description == "Sells things."
    assert shape == [
        "GET /ping",
        "Set the avatar",
        ("orders", ["List the lines", "addLine"]),
    ]
    assert folder_named(read_sample("shop.yaml"), "orders").description == "What people bought."


def test_tags_of_32_that_are_part_of_others_nest():
    data = document(
        {"/a": {"get": {"tags": ["b"], "responses": {}}}},
        tags=[{"name": "a"}, {"name": "b", "parent": "a"}],
    )
    data["openapi"] = "3.2.0"
    (outer,) = read_data(data).collections[0].items
    assert isinstance(outer, Folder)
    (inner,) = outer.items
    assert (outer.name, inner.name) == ("a", "b")


def test_a_tag_that_is_its_own_parent_ends():
    data = document(
        {"/a": {"get": {"tags": ["a"]}}},
        tags=[{"name": "a", "parent": "b"}, {"name": "b", "parent": "a"}],
    )
    assert len(list(read_data(data).collections[0].requests())) == 1


def test_a_request_says_where_it_came_from():
    origin = request_named(read_sample("shop.yaml"), "List the lines").origin
    assert origin
    assert origin.operation_id == "listLines"
    assert origin.pointer == "/paths/~1orders~1{id}~1lines/get"
    assert origin.original["operation"] == sample("shop.yaml")["paths"]["/orders/{id}/lines"]["get"]
    assert origin.base["url"] == "{{baseUrl}}/orders/{id}/lines"
    assert read_sample("shop.yaml").source_id == "Shop"


def test_the_collection_keeps_the_document_without_its_operations():
    origin = read_sample("shop.yaml").collections[0].origin
    assert origin
    assert origin.original["components"] == sample("shop.yaml")["components"]
    assert origin.original["info"]["x-audience"] == "partners"
    kept = origin.original["paths"]["/orders/{id}/lines"]
    assert set(kept) == {"summary", "parameters"}


def test_parameters_that_have_to_be_sent_or_have_a_default_are_on():
    request = request_named(read_sample("shop.yaml"), "List the lines")
    assert [(one["key"], one["value"], one["enabled"]) for one in request.params] == [
        ("id", "7", True),
        ("limit", "20", True),
        ("status", "open", True),
        ("search", "mug", False),
        ("ids", "1", False),
        ("ids", "2", False),
        ("flat", "a,b", False),
        ("filter[color]", "red", False),
        ("filter[size]", "2", False),
    ]
    assert request.params[0]["in"] == "path"
    assert request.params[1]["description"] == "How many."


def test_cookies_are_one_header_and_accept_is_none():
    request = request_named(read_sample("shop.yaml"), "List the lines")
    assert request.headers == [
        {"key": "X-Trace", "value": "", "enabled": False, "description": "For support."},
        {"key": "Cookie", "value": "lang=en; theme=dark", "enabled": True},
    ]


def test_assistants_are_told_what_the_request_is_for():
    request = request_named(read_sample("shop.yaml"), "List the lines")
    assert request.purpose == (
        "Deprecated: new work should not use it. List the lines. Gives the lines of an order."
    )
    assert request.request_params[1] == {
        "name": "limit",
        "in": "query",
        "required": False,
        "description": "How many.",
        "schema": {"type": "integer", "default": 20},
    }
    assert request.response_schema["404"] == {"description": "No such order"}
    assert request.response_schema["200"]["content"]["application/json"] == {
        "type": "array",
        "items": {"$ref": "#/components/schemas/Line"},
    }
    assert request.header_docs == {"X-Trace": "Optional, string. For support."}


def test_examples_of_responses_are_saved_responses():
    first, second = request_named(read_sample("shop.yaml"), "List the lines").examples
    assert first["name"] == "One line"
    assert first["status"] == 200
    assert first["headers"] == [
        {"key": "Content-Type", "value": "application/json"},
        {"key": "X-Total", "value": "1"},
    ]
    assert json.loads(first["body"]) == [{"item": "mug", "price": 1.5}]
    assert (second["name"], second["body"]) == ("none", "[]")


def test_json_is_taken_where_a_body_may_be_of_several_kinds():
    document = read_sample("shop.yaml")
    request = request_named(document, "addLine")
    assert request.body_type == "json"
    assert json.loads(request.body) == {
        "item": "mug",
        "price": 1,
        "order": {"when": "2024-01-31", "lines": []},
    }
    note = note_at(document, "/paths/~1orders~1{id}~1lines/post/requestBody")
    assert (note.what, "application/xml" in note.reason) == (What.KEPT, True)


def test_a_form_has_files_and_fields():
    request = request_named(read_sample("shop.yaml"), "Set the avatar")
    assert request.body_type == "form-data"
    file, crop, note = request.body
    assert (file["type"], file["src"], file["contentType"], file["enabled"]) == (
        "file",
        "",
        "image/png",
        True,
    )
    assert (crop["type"], crop["enabled"]) == ("text", False)
    assert note["description"] == "Shown to friends."


def test_each_server_is_an_environment():
    live, local = read_sample("shop.yaml").environments
    assert live.name == "Live"
    values = {one["key"]: one["value"] for one in live.variables}
    assert values == {
        "baseUrl": "https://{{region}}.shop.test/{{version}}",
        "region": "eu",
        "version": "v2",
    }
    assert live.variables[1]["description"] == "Where the data stays. One of: eu, us"
    assert local.variables[0]["value"] == "{{server_baseUrl}}/api"
    assert local.variables[1]["key"] == "server_baseUrl"


def test_a_path_with_a_server_of_its_own_goes_there_always():
    assert (
        request_named(read_sample("shop.yaml"), "GET /ping").url
        == "https://status.shop.test/live/ping"
    )


def test_a_server_without_a_host_is_reported():
    read_ = read_data(document(servers=[{"url": "/v1"}]))
    assert read_.environments[0].variables[0]["value"] == "/v1"
    assert "relative" in note_at(read_, "/servers/0").reason


OK = {"responses": {"200": {"description": "ok"}}}
NESTED = document(
    {
        "/a": {"servers": [{"url": "/v2"}], "get": OK, "put": {"servers": [{"url": "../v3"}]}},
        "/b": {
            "servers": [{"url": "https://b.test/x"}],
            "get": {"servers": [{"url": "/v9"}]},
            "put": {"servers": [{"url": "//[x"}]},
        },
        "/c": {"get": {"servers": [{"url": "c.test:81/v1"}]}},
    },
    servers=[
        {"url": "/here"},
        {"url": "https://{name}.test/v1/", "variables": {"name": {"default": "demo"}}},
    ],
)


def test_a_relative_server_has_the_host_of_the_nearest_that_is_known():
    read_ = read_data(NESTED)
    assert [one.url for one in read_.collections[0].requests()] == [
        "https://demo.test/v2/a",
        "https://demo.test/v3/a",
        "https://b.test/v9/b",
        "//[x/b",
        "c.test:81/v1/c",
    ]
    assert "relative" in note_at(read_, "/paths/~1b/put/servers/0").reason


def test_without_any_host_a_relative_server_is_reported():
    read_ = read_data({**NESTED, "servers": [{"url": "/here"}]})
    assert request_named(read_, "GET /a").url == "/v2/a"
    assert "relative" in note_at(read_, "/paths/~1a/get").reason


def test_callbacks_and_webhooks_are_kept_and_reported():
    read_ = read_sample("shop.yaml")
    assert "webhook" in note_at(read_, "/webhooks/stock/post").reason
    callback = note_at(read_, "/paths/~1orders~1{id}~1lines/get/callbacks/shipped")
    assert (callback.what, callback.kind) == (What.KEPT, "endpoint")


def test_swagger_is_read_as_openapi():
    read_ = read_sample("old.json")
    assert read_.version == "2.0"
    (environment,) = read_.environments
    assert environment.variables[0]["value"] == "https://shop.test/v1"
    order = request_named(read_, "order")
    assert [(one["key"], one["value"]) for one in order.params] == [("page", "1")]
    assert json.loads(order.body) == {"item": "string", "kind": "gift"}
    assert order.auth == {
        "type": "oauth2",
        "accessToken": "{{partner}}",
        "grantType": "authorization_code",
        "authUrl": "https://shop.test/a",
        "accessTokenUrl": "https://shop.test/t",
        "scope": "read",
    }
    assert json.loads(order.examples[0]["body"]) == {"item": "mug"}
    files = request_named(read_, "POST /files")
    assert files.auth == {
        "type": "basic",
        "username": "{{login_username}}",
        "password": "{{login_password}}",
    }
    assert [(one["key"], one["type"]) for one in files.body] == [("tags", "text"), ("file", "file")]
    assert files.params[0]["value"] == "1|2"
    assert not read_.notes


def test_swagger_says_scheme_and_host_in_several_ways():
    data = {
        "swagger": "2.0",
        "host": "a.test",
        "basePath": "v1",
        "schemes": ["https", "http"],
        "paths": {"/a": {"get": {}, "put": {"schemes": ["http"]}, "post": {"schemes": ["https"]}}},
    }
    read_ = read_data(data)
    assert [one.url for one in read_.collections[0].requests()] == [
        "{{baseUrl}}/a",
        "http://a.test/v1/a",
        "{{baseUrl}}/a",
    ]
    whole = read_data({**data, "host": "http://b.test/"})
    assert whole.environments[0].variables[0]["value"] == "http://b.test/v1"


def test_headers_that_openapi_ignores_are_reported_and_swagger_sends_them():
    header = {"name": "Authorization", "in": "header", "required": True}
    data = document({"/a": {"get": {"parameters": [{**header, "example": "Bearer x"}]}}})
    read_ = read_data(data)
    assert only(data).headers == []
    assert "meaning of its own" in note_at(read_, "/paths/~1a/get/parameters/0").reason
    parameters = [{**header, "type": "string", "default": "Bearer x"}]
    old = read_data({"swagger": "2.0", "paths": {"/a": {"get": {"parameters": parameters}}}})
    request = request_named(old, "GET /a")
    sent = {"key": "Authorization", "value": "Bearer x", "enabled": True}
    assert request.headers == [sent]
    for value in ("Bearer x", "Bearer y"):
        request.headers = [{**sent, "value": value}]
        again = read_data(json.loads(written(old).content()))
        assert request_named(again, "GET /a").headers == request.headers


def test_swagger_says_examples_of_a_body_in_extensions_too():
    body = {"name": "b", "in": "body", "schema": {"type": "object"}}
    body["x-examples"] = {"application/json": {"a": 1}}
    read_ = read_data({"swagger": "2.0", "paths": {"/a": {"put": {"parameters": [body]}}}})
    assert json.loads(request_named(read_, "PUT /a").body) == {"a": 1}


def test_a_field_of_several_media_types_is_sent_as_the_first():
    properties = {"f": {"type": "string", "format": "binary"}, "g": {"format": "binary"}}
    media = {
        "schema": {"properties": properties},
        "encoding": {"f": {"contentType": "image/png, image/gif"}, "g": {"contentType": "image/*"}},
    }
    paths = {"/a": {"put": {"requestBody": {"content": {"multipart/form-data": media}}}}}
    assert [one.get("contentType") for one in only(document(paths)).body] == ["image/png", None]


def test_reading_leaves_the_document_as_it_was():
    for name in ("shop.yaml", "old.json"):
        data = sample(name)
        before = copy.deepcopy(data)
        read(Source(data=data))
        assert data == before


def test_files_of_an_archive_are_one_document():
    read_ = read_folder("files")
    (collection,) = read_.collections
    made = request_named(read_, "POST /things")
    assert json.loads(made.body) == {"owner": {"name": "ann"}}
    assert request_named(read_, "GET /things/{id}").params[0]["value"] == "5"
    assert collection.origin
    components = collection.origin.original["components"]
    assert components["schemas"]["Thing"]["properties"] == {
        "owner": {"$ref": "#/components/schemas/Owner"},
        "parent": {"$ref": "#/components/schemas/Thing"},
    }
    assert list(components["responses"]) == ["Thing"]


PARTS = {
    "openapi.yaml": """
openapi: 3.0.3
info: {title: Parts, version: "1"}
paths:
  $ref: paths/all.yaml
  /own: {$ref: "paths/its own.yaml"}
components:
  schemas: {$ref: schemas/all.yaml}
  parameters: {Page: {$ref: "more.yaml#/Page"}}
""",
    "paths/all.yaml": """
/a: {$ref: a.yaml}
/b: {get: {parameters: [{$ref: "../openapi.yaml#/components/parameters/Page"}]}}
""",
    "paths/a.yaml": """
put:
  parameters: [{$ref: "../more.yaml#/Page"}]
  requestBody: {content: {application/json: {schema: {$ref: ../schemas/Pet.yaml}}}}
""",
    "paths/its own.yaml": "get: {}",
    "more.yaml": "Page: {name: page, in: query, schema: {default: 1}}",
    "schemas/all.yaml": "Pet: {$ref: ./Pet.yaml}\nOwner: {properties: {pet: {$ref: '#/Pet'}}}",
    "schemas/Pet.yaml": "properties: {mate: {$ref: Pet.yaml}, kind: {$ref: 'kinds.json#/kind'}}",
    "schemas/kinds.json": '{"kind": {"enum": ["cat"]}}',
}


def test_an_archive_of_many_parts_is_one_document_without_repetition():
    read_ = read(Source(files=PARTS))
    requests = [*read_.collections[0].requests()]
    assert [one.name for one in requests] == ["PUT /a", "GET /b", "GET /own"]
    assert [one.params[0]["value"] for one in requests[:2]] == ["1", "1"]
    assert json.loads(requests[0].body) == {"kind": "cat"}
    assert [one.what for one in read_.notes] == [What.KEPT]  # there is no server
    components = read_.collections[0].origin.original["components"]
    assert components["schemas"].keys() == {"Pet", "Owner", "kind"}
    assert components["parameters"].keys() == {"Page"}


def test_what_no_file_says_and_what_is_elsewhere_is_reported():
    reasons = {note.name: note.reason for note in read_folder("files").notes}
    assert "was not given" in reasons["parts/lost.yaml"]
    assert "nothing is fetched" in reasons["https://errors.test/all.yaml#/Error"]


def test_a_single_file_that_refers_to_others_is_read_and_says_what_is_missing():
    read_ = read_sample("files/api.yaml")
    assert [one.method for one in read_.collections[0].requests()] == ["GET"]
    assert "ZIP" in note_at(read_, "/paths/~1things").reason


@pytest.mark.parametrize("fragment", ["#/components/schemas/a~1b", "#/components/schemas/a%7E1b"])
def test_a_reference_may_be_escaped(fragment):
    data = operation(requestBody={"content": {"application/json": {"schema": {"$ref": fragment}}}})
    data["components"] = {"schemas": {"a/b": {"type": "integer", "minimum": 3}}}
    assert only(data).body == "3"
    assert not [one for one in read_data(data).notes if one.name == fragment]


def test_rings_of_references_are_reported_where_they_are():
    data = operation(parameters=[{"$ref": "#/components/parameters/a"}])
    data["components"] = {
        "parameters": {
            "a": {"$ref": "#/components/parameters/b"},
            "b": {"$ref": "#/components/parameters/a"},
        }
    }
    read_ = read_data(data)
    assert "itself" in note_at(read_, "/components/parameters/a").reason
    assert only(data).params == []


def test_an_example_that_looks_like_a_reference_is_none():
    data = operation(parameters=[{"name": "a", "in": "query", "example": {"$ref": "nowhere.json"}}])
    data["servers"] = [{"url": "http://a.test"}]
    assert read_data(data).notes == []


def test_a_name_is_the_summary_the_id_or_method_and_path():
    assert only(operation(summary="Sum", operationId="id")).name == "Sum"
    assert only(operation(operationId="id")).name == "id"
    assert only(operation()).name == "GET /a"


def test_paths_may_stand_in_another_place_of_the_document():
    paths = {"/a": {"get": {}}, "/b": {"$ref": "#/x-b"}}
    data = document({"$ref": "#/x-paths"}) | {"x-paths": paths, "x-b": {"put": {}}}
    read_ = read_data(data)
    assert [one.name for one in read_.collections[0].requests()] == ["GET /a", "PUT /b"]
    assert json.loads(written(stored(read_)).content()) == data
    request_named(read_, "GET /a").name = "New"
    edited = {**paths, "/a": {"get": {"summary": "New"}}}
    assert json.loads(written(read_).content()) == {**data, "x-paths": edited}


def test_methods_that_only_32_knows_are_requests():
    data = document(
        {
            "/a": {
                "query": {"requestBody": {"content": {"text/plain": {}}}},
                "additionalOperations": {"PURGE": {}},
                "x-oai-additionalOperations": {"LINK": {}},
            }
        }
    )
    data["openapi"] = "3.2.0"
    methods = [one.method for one in read_data(data).collections[0].requests()]
    assert methods == ["QUERY", "PURGE", "LINK"]


def test_a_stream_of_values_has_one_a_line():
    item = {"type": "object", "properties": {"n": {"type": "integer", "default": 4}}}
    media = {"application/jsonl": {"itemSchema": item}}
    data = operation(requestBody={"content": media})
    data["openapi"] = "3.2.0"
    request = only(data)
    assert (request.body_type, request.body) == ("text", '{"n":4}')
    assert request.headers == [
        {"key": "Content-Type", "value": "application/jsonl", "enabled": True}
    ]


def test_path_variables_that_nobody_describes_are_parameters_too():
    data = document({"/a/{b}/{c}": {"get": {}}})
    assert [one["key"] for one in only(data).params] == ["b", "c"]


@pytest.mark.parametrize(
    "data",
    [
        {"swagger": "1.2", "info": {}},
        {"openapi": "4.0.0", "info": {}, "paths": {}},
        {"openapi": "3.9.0"},
        {"openapi": "2.0", "servers": [], "paths": {}},
        {"info": {"title": "x"}},
        [],
        None,
        "openapi: 3.0.0",
    ],
)
def test_other_versions_and_other_things_are_refused(data):
    with pytest.raises(Unreadable):
        read(Source(data=data))


@pytest.mark.parametrize("said", ["2.0", 2.0, 2, "2.0.0"])
def test_swagger_that_calls_itself_openapi_is_read_as_swagger(said):
    data = {"openapi": said, "host": "a.test", "basePath": "/b", "paths": {"/c": {"get": {}}}}
    read_ = read_data(data)
    assert read_.version == "2.0"
    assert only(data).url == "{{baseUrl}}/c"
    assert [one.variables[0]["value"] for one in read_.environments] == ["https://a.test/b"]
    assert "Write swagger: 2.0." in note_at(read_, "/openapi").reason


def test_openapi_that_calls_itself_swagger_is_read_as_openapi():
    data = {"swagger": "3.0.1", "servers": [{"url": "http://a.test"}], "paths": {"/c": {"get": {}}}}
    read_ = read_data(data)
    assert read_.version == "3.0.1"
    assert [one.variables[0]["value"] for one in read_.environments] == ["http://a.test"]
    assert "Write openapi: 3.0.1." in note_at(read_, "/swagger").reason


def test_openapi_3_that_calls_itself_version_2_is_refused_with_what_to_write():
    with pytest.raises(Unreadable, match=r"write openapi: 3\.0\.3"):
        read(Source(data={"openapi": "2.0", "components": {}, "paths": {}}))


def test_numbers_stand_for_versions():
    assert read_data({"swagger": 2.0, "paths": {"/a": {"get": {}}}}).version == "2.0"


def test_a_document_of_a_hundred_thousand_levels_is_refused_or_read():
    schema: object = {"type": "string"}
    for _ in range(100_000):
        schema = {"type": "array", "items": schema}
    data = operation(requestBody={"content": {"application/json": {"schema": schema}}})
    assert only(data).body is not None


def test_what_is_no_operation_is_skipped_with_its_place():
    data = document({"/a": 5, "/b": {"get": "x", "post": {}}})
    read_ = read_data(data)
    assert [one.name for one in read_.collections[0].requests()] == ["POST /b"]
    assert note_at(read_, "/paths/~1a").what == What.SKIPPED
    assert note_at(read_, "/paths/~1b/get").what == What.SKIPPED


def test_requests_are_plain_json():
    for name in ("shop.yaml", "old.json"):
        root = read_sample(name).collections[0]
        for item in [*root.folders(), *root.requests()]:
            assert item.origin
            assert json.loads(json.dumps(item.origin.base)) == item.origin.base
            assert isinstance(item, Folder | Request)


def test_what_openapi_has_no_place_for_is_said_and_comes_back():
    there = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    body = {"name": "b", "in": "body", "schema": {"type": "string"}}
    path = {"get": {"parameters": [there, body], "responses": {}}, "POST": {"responses": {}}}
    data = document({"/a": path})
    read = stored(read_data(data))
    assert [one.name for one in read.collections[0].requests()] == ["GET /a"]
    for place, reason in {
        "/paths/~1a/get/parameters/0": "no variable of this name",
        "/paths/~1a/get/parameters/1": "no parameters in such a place",
        "/paths/~1a/POST": "in lower case",
    }.items():
        note = note_at(read, place)
        assert (note.what, reason in note.reason) == (What.KEPT, True)
    assert json.loads(written(read).content()) == data
