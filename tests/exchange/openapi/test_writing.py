"""Documents that go out: imported ones as they came, others as operations and extensions."""

import copy
import json

import pytest

from gassapi_backend.exchange.resolving import fill_in, resolve
from gassapi_backend.exchange.tree import (
    Document,
    Environment,
    Folder,
    Origin,
    Request,
    Unreadable,
    What,
    base_of,
)
from tests.exchange.openapi.documents import (
    collection,
    entry,
    places_that_differ,
    said,
    stored,
    written,
)
from tests.exchange.openapi.samples import (
    document,
    folder_named,
    only,
    operation,
    read_data,
    read_sample,
    request_named,
    sample,
)

LINES = "/orders/{id}/lines"


def shop():
    """Return the sample as it was imported, but for a parameter that its path does not have."""
    data = sample("shop.yaml")
    del data["paths"][LINES]["parameters"][1]
    return data


def imported(data=None):
    return stored(read_data(shop() if data is None else data))


def test_what_was_imported_comes_back_as_it_was():
    assert said(imported()) == shop()


def test_swagger_goes_out_as_31():
    found = said(stored(read_sample("old.json")))
    assert found["openapi"] == "3.1.1"
    assert found["components"]["schemas"]["Order"]["properties"]["item"]["type"] == [
        "string",
        "null",
    ]


@pytest.mark.parametrize("version", ["3.0", "3.1", "3.2"])
def test_every_version_is_valid_and_has_every_request(version):
    for name in ("shop.yaml", "old.json"):
        data = shop() if name == "shop.yaml" else sample(name)
        found = said(imported(data), version)
        assert found["openapi"].startswith(version)
        before = read_data(data).collections[0]
        after = read_data(found).collections[0]
        assert [one.name for one in after.requests()] == [one.name for one in before.requests()]


def _name(read):
    request_named(read, "List the lines").name = "All lines"


def _description(read):
    request_named(read, "List the lines").description = None


def _parameter(read):
    request_named(read, "List the lines").params[1]["value"] = "50"


def _path_parameter(read):
    request_named(read, "List the lines").params[0]["value"] = "8"


def _gone(read):
    del request_named(read, "List the lines").params[3]


def _header(read):
    request_named(read, "List the lines").headers.append(entry("X-New", "1"))


def _cookie(read):
    request_named(read, "List the lines").headers[1]["value"] = "lang=de; theme=dark"


def _body(read):
    request_named(read, "addLine").body = '{"item": "plate"}'


def _auth(read):
    request_named(read, "List the lines").auth = {"type": "bearer", "token": "{{bearerAuth}}"}


def _example(read):
    request_named(read, "List the lines").examples[0]["body"] = "[]"


def _example_gone(read):
    del request_named(read, "List the lines").examples[1]


def _purpose(read):
    request_named(read, "List the lines").purpose = "For invoices."


def _title(read):
    read.collections[0].name = "Store"


def _folder(read):
    folder_named(read, "orders").description = "Bought things."


def _folder_name(read):
    folder_named(read, "orders").name = "purchases"


GET = f"/paths/{LINES}/get"


@pytest.mark.parametrize(
    ("edit", "places"),
    [
        (_name, [f"{GET}/summary"]),
        (_description, [f"{GET}/description"]),
        (_parameter, [f"{GET}/parameters/0/example"]),
        (_path_parameter, [f"{GET}/parameters"]),
        (_gone, [f"{GET}/parameters"]),
        (_header, [f"{GET}/parameters"]),
        (_cookie, [f"{GET}/parameters/8/example"]),
        (
            _body,
            [f"/paths/{LINES}/post/requestBody/content/application/json/example"],
        ),
        (_auth, [f"{GET}/security", "/components/securitySchemes/bearerAuth"]),
        (
            _example,
            [f"{GET}/responses/200/content/application/json/examples/one/value"],
        ),
        (_example_gone, [f"{GET}/responses/200/content/application/json/examples/none"]),
        (_purpose, [f"{GET}/x-gassapi"]),
        (_title, ["/info/title"]),
        (_folder, ["/tags/0/description"]),
        (
            _folder_name,
            ["/tags/0/name", f"{GET}/tags/0", f"/paths/{LINES}/post/tags/0"],
        ),
    ],
)
def test_an_edit_changes_what_was_edited_and_nothing_else(edit, places):
    read = imported()
    edit(read)
    assert sorted(places_that_differ(shop(), said(read))) == sorted(places)


def test_a_parameter_of_the_path_is_edited_for_one_operation_only():
    read = imported()
    _path_parameter(read)
    found = said(read)["paths"][LINES]
    assert found["parameters"] == shop()["paths"][LINES]["parameters"]
    assert found["get"]["parameters"][-1] == {
        "name": "id",
        "in": "path",
        "required": True,
        "schema": {"type": "integer"},
        "example": 8,
    }


def test_requests_that_were_deleted_are_gone_and_new_ones_are_there():
    read = imported()
    root = read.collections[0]
    root.items = [one for one in root.items if one.name != "GET /ping"]
    root.items.append(
        Request("Mine", url="{{baseUrl}}/mine/:id", params=[entry("id", "3", **{"in": "path"})])
    )
    found = said(read)
    assert "get" not in found["paths"]["/ping"]
    assert found["paths"]["/mine/{id}"]["get"]["operationId"] == "mine"
    assert "servers" not in found["paths"]["/mine/{id}"]["get"]


def test_a_request_that_moved_has_another_tag():
    read = imported()
    root = read.collections[0]
    moved = request_named(read, "Set the avatar")
    root.items.remove(moved)
    folder_named(read, "orders").items.append(moved)
    assert said(read)["paths"]["/avatar"]["put"]["tags"] == ["orders"]


def test_a_request_with_another_path_takes_along_what_its_path_said():
    read = imported()
    request_named(read, "List the lines").url = "{{baseUrl}}/v2/orders/{id}"
    found = said(read)["paths"]
    moved = found["/v2/orders/{id}"]["get"]
    assert moved["operationId"] == "listLines"
    assert moved["parameters"][0]["name"] == "id"
    assert "get" not in found[LINES]


def test_a_copy_of_a_request_is_kept_beside_it():
    read = imported()
    root = read.collections[0]
    twin = copy.deepcopy(request_named(read, "Set the avatar"))
    twin.name = "Set it again"
    root.items.append(twin)
    names = [one.name for one in read_data(said(read)).collections[0].requests()]
    assert {"Set the avatar", "Set it again"} <= set(names)


def test_examples_are_left_out_where_nobody_wants_them():
    found = said(imported(), examples=False)
    media = found["paths"][LINES]["get"]["responses"]["200"]["content"]["application/json"]
    assert set(media) == {"schema"}


def test_a_request_that_left_its_document_leaves_nothing_open():
    read = imported()
    found = said(collection(request_named(read, "addLine"), request_named(read, "List the lines")))
    assert (
        found["paths"][LINES]["post"]["requestBody"]["content"]["application/json"]["schema"] == {}
    )
    notes = written(collection(request_named(read, "addLine"))).notes
    assert any("another collection" in one.reason for one in notes)


def test_two_documents_in_one_collection_keep_their_components_apart():
    def one(kind):
        data = operation(
            requestBody={
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}
            }
        )
        data["paths"] = {f"/{kind}": data["paths"]["/a"]}
        data["components"] = {"schemas": {"A": {"type": kind}}}
        return imported(data).collections[0]

    found = said(collection(one("string"), one("integer")))
    kinds = set()
    for path in ("/string", "/integer"):
        content = found["paths"][path]["get"]["requestBody"]["content"]
        ref = content["application/json"]["schema"]["$ref"]
        kinds.add(found["components"]["schemas"][ref.rsplit("/", 1)[1]]["type"])
    assert kinds == {"string", "integer"}


def test_several_requests_of_one_method_and_path_are_all_there_again():
    headers = [entry("Content-Type", "application/json")]
    root = collection(
        Request(
            "Order a mug",
            "POST",
            "{{base}}/orders",
            headers,
            body_type="json",
            body='{"item":"mug"}',
        ),
        Request(
            "Order a plate",
            "POST",
            "{{base}}/orders",
            headers,
            body_type="json",
            body='{"item":"plate"}',
        ),
        Request("Old way", "POST", "{{base}}/orders?m=create"),
        Request("Elsewhere", "POST", "https://other.example.test/orders"),
        Request("One", "GET", "{{base}}/orders/:id", params=[entry("id", **{"in": "path"})]),
        Request("Other", "GET", "{{base}}/orders/{{orderId}}"),
        Request("Purge", "PURGE", "{{base}}/orders"),
    )
    found = said(root)
    assert set(found["paths"]) == {"/orders", "/orders/{id}"}
    post = found["paths"]["/orders"]["post"]
    examples = post["requestBody"]["content"]["application/json"]["examples"]
    assert {one["value"]["item"] for one in examples.values()} == {"mug", "plate"}
    again = read_data(found)
    assert {one.name for one in again.collections[0].requests()} == {
        one.name for one in root.requests()
    }
    assert request_named(again, "Other").url == "{{base}}/orders/{{orderId}}"
    assert request_named(again, "Order a plate").body == '{"item":"plate"}'
    reported = {one.name for one in written(root).notes}
    assert reported == {"Order a plate", "Old way", "Elsewhere", "Other", "Purge"}
    assert said(stored(again)) == found


def test_a_request_without_a_path_is_kept_in_the_document():
    root = collection(Request("Empty", url=""), Folder("In", items=[Request("Also", url="")]))
    found = said(root)
    again = read_data(found).collections[0]
    assert [one.name for one in again.requests()] == ["Empty", "Also"]
    assert folder_named(read_data(found), "In").items[0].name == "Also"
    assert [one.what for one in written(root).notes] == [What.KEPT, What.KEPT]


def test_authentication_is_inherited_as_openapi_says_it():
    root = collection(
        Folder(
            "Members",
            items=[
                Request("inherits", url="{{base}}/members"),
                Request("basic", url="{{base}}/me", auth={"type": "basic", "username": "ann"}),
                Request("none", url="{{base}}/terms", auth={"type": "none"}),
            ],
        ),
        Folder("Public", auth={"type": "none"}, items=[Request("open", url="{{base}}/health")]),
        auth={"type": "bearer", "token": "{{token}}"},
    )
    found = said(root)
    security = {path: item["get"].get("security") for path, item in found["paths"].items()}
    assert found["security"] == [{"bearerAuth": []}]
    assert security == {
        "/members": None,
        "/me": [{"basicAuth": []}],
        "/terms": [],
        "/health": [],
    }
    assert read_data(found).collections[0].auth == {"type": "bearer", "token": "{{token}}"}


def test_keys_in_the_header_and_in_the_query_are_two_schemes():
    root = collection(
        Request("a", url="http://a.test/a"),
        Request("b", url="http://a.test/b", auth={"type": "apiKey", "key": "k", "in": "query"}),
        auth={"type": "apiKey", "key": "X-Api-Key", "value": "{{key}}"},
    )
    schemes = said(root)["components"]["securitySchemes"].values()
    assert [(one["in"], one["name"]) for one in schemes] == [
        ("header", "X-Api-Key"),
        ("query", "k"),
    ]


def test_credentials_are_never_written():
    auth = {"type": "basic", "username": "ann", "password": "opensesame"}
    root = collection(
        Request("a", url="http://a.test/a", auth=auth), auth={"type": "bearer", "token": "abcdef"}
    )
    result = written(root)
    text = result.content().decode()
    assert "opensesame" not in text
    assert "abcdef" not in text
    assert sum("no credentials" in one.reason for one in result.notes) == 2


def test_secret_variables_lose_their_values():
    variables = [
        {"key": "host", "value": "http://a.test"},
        {"key": "key", "value": "hidden", "secret": True},
    ]
    root = collection(Request("a", url="{{host}}/a"), variables=variables)
    found = said(root)
    assert "hidden" not in json.dumps(found)
    assert found["servers"] == [
        {"url": "{host}", "variables": {"host": {"default": "http://a.test"}}}
    ]
    assert [one["key"] for one in read_data(found).collections[0].variables] == ["host", "key"]


def test_environments_that_know_the_host_are_servers():
    environments = [
        Environment(name, [{"key": "host", "value": f"http://{name}.test"}])
        for name in ("dev", "live")
    ]
    root = collection(Request("a", url="{{host}}/a"))
    found = said(Document("gassapi", "1", [root], environments))
    assert [one["description"] for one in found["servers"]] == ["dev", "live"]
    assert found["servers"][1]["variables"]["host"]["default"] == "http://live.test"


def test_values_of_server_variables_come_from_their_environment():
    read = imported()
    read.environments[0].variables[1]["value"] = "us"
    found = said(read)
    assert list(places_that_differ(shop(), found)) == ["/servers/0/variables/region/default"]


def test_a_host_of_its_own_is_a_server_of_the_operation():
    root = collection(
        Request("a", url="http://a.test/a"),
        Request("b", url="http://a.test/b"),
        Request("c", url="https://c.test:8443/c"),
    )
    found = said(root)
    assert found["servers"] == [{"url": "http://a.test"}]
    assert found["paths"]["/c"]["get"]["servers"] == [{"url": "https://c.test:8443"}]
    assert request_named(read_data(found), "c").url == "https://c.test:8443/c"


def test_a_host_of_its_own_is_one_wherever_the_request_was_imported_from():
    root = collection(*(Request(one, url=f"http://{one}.test/{one}") for one in ("a", "b")))
    for one in root.requests():
        one.origin = Origin("postman", original={"node": {}}, base=base_of(one))
    assert urls_in(read_data(said(root))) == {"a": "{{baseUrl}}/a", "b": "http://b.test/b"}


def test_requests_with_one_path_keep_their_own_queries_and_media_types():
    typed = [entry("Content-Type", "application/json")]
    root = collection(
        Request("a", "POST", "http://a.test/x?q=1&q=2", typed, body_type="json", body="{}"),
        Request("b", "POST", "http://a.test/x", typed, body_type="text", body="b"),
        Request("c", "POST", "http://a.test/x?q=1&q=2", typed, [entry("r", "3")], "json", "{}"),
    )
    again = read_data(said(root)).collections[0]
    for before in root.requests():
        [after] = [one for one in again.requests() if one.name == before.name]
        sent = resolve(after, (), [entry("baseUrl", "http://a.test")])
        assert (sent.url, sent.header("Content-Type"), sent.body.text) == (
            resolve(before).url,
            "application/json",
            before.body,
        )


@pytest.mark.parametrize("kind", ["x-www-form-urlencoded", "form-data"])
def test_a_field_may_occur_often(kind):
    fields = [entry("a", str(number), enabled=True) for number in range(2000)]
    root = collection(Request("a", "POST", "http://a.test/", body_type=kind, body=fields))
    [again] = read_data(said(root)).collections[0].requests()
    assert [one["value"] for one in again.body] == [one["value"] for one in fields]


def test_filled_in_variables_are_the_servers_of_the_document():
    read = imported(
        document({"/a": {"get": {}}, "/b": {"get": {}}}, servers=[{"url": "http://old.test"}])
    )
    for request in read.collections[0].requests():
        request.url = request.url.replace("{{baseUrl}}", "http://new.test")
    found = json.loads(written(read).content())
    assert found["servers"] == [{"url": "http://new.test"}]
    assert found["paths"] == {"/a": {"get": {}}, "/b": {"get": {}}}


RELATIVE = document(
    {
        "/a": {"servers": [{"url": "/v2"}], "get": {}, "put": {"servers": [{"url": "/v3"}]}},
        "/b": {"get": {}},
    },
    servers=[{"url": "https://{at}.test/v1", "variables": {"at": {"default": "old"}}}],
)


def urls_in(read):
    return {one.name: one.url for one in read.collections[0].requests()}


def test_a_relative_server_comes_back_and_is_written_out_where_it_would_lead_elsewhere():
    read = imported(RELATIVE)
    assert said(read)["paths"] == RELATIVE["paths"]
    before = urls_in(read)
    read.environments[0].variables[1]["value"] = "new"
    found = json.loads(written(read).content())
    assert found["paths"]["/a"]["get"]["servers"] == [{"url": "https://old.test/v2"}]
    assert found["paths"]["/b"] == RELATIVE["paths"]["/b"]
    assert urls_in(read_data(found)) == before


def test_a_request_that_goes_to_the_usual_host_has_no_server_of_its_own():
    read = imported(RELATIVE)
    one, other = (request_named(read, f"{method} /a") for method in ("GET", "PUT"))
    one.url, other.url = "{{baseUrl}}/a", "{{baseUrl}}/other"
    found = json.loads(written(read).content())
    assert found["paths"]["/a"]["get"]["servers"] == found["servers"]
    assert "servers" not in found["paths"]["/other"]["put"]
    assert urls_in(read_data(found)) == urls_in(read)


def test_a_path_that_refers_to_another_comes_back_unless_a_request_of_it_is_gone():
    paths = {"/alias": {"$ref": "#/paths/~1real"}, "/real": {"summary": "x", "get": {}, "put": {}}}
    read = imported(document(paths))
    root = read.collections[0]
    assert json.loads(written(read).content())["paths"] == paths
    root.items = [one for one in root.items if one.name != "GET /alias"]
    found = json.loads(written(read).content())["paths"]
    assert found == {**paths, "/alias": {"summary": "x", "put": {}}}


def test_saved_responses_are_examples():
    saved = [
        {
            "name": "Found",
            "status": 200,
            "headers": [entry("Set-Cookie", "a=1"), entry("Set-Cookie", "b=2")],
            "body": '{\n\t"price": 1.10\n}',
        },
        {"name": "Gone", "status": 410, "headers": []},
    ]
    variable = entry("id", "7", description="which one", **{"in": "path"})
    root = collection(Request("Read", url="http://a.test/r/:id", params=[variable], examples=saved))
    found = said(root)
    read = found["paths"]["/r/{id}"]["get"]
    assert list(read["responses"]) == ["200", "410"]
    assert read["parameters"][0]["example"] == "7"
    media = read["responses"]["200"]["content"]["application/json"]
    assert media["examples"]["Found"]["value"] == {"price": 1.1}
    assert only(found).examples == saved


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("json", '{"a": 1.10, "b": [1, 2]}'),
        ("json", "not {{json}}"),
        ("text", "hello"),
        ("xml", "<a>1</a>"),
        ("html", "<p>"),
        ("javascript", "f()"),
        ("graphql", {"query": "{ a }", "variables": '{"n": 1}', "operationName": "A"}),
        (
            "x-www-form-urlencoded",
            [entry("a", "1"), entry("a", "2"), entry("b", "3", enabled=False)],
        ),
        (
            "form-data",
            [
                entry("a", "1", type="text"),
                entry("f", type="file", src="cat.png", contentType="image/png"),
            ],
        ),
        ("binary", {"src": "cat.png"}),
        (None, None),
    ],
)
@pytest.mark.parametrize("version", ["3.0", "3.1", "3.2"])
def test_every_kind_of_body_comes_back(kind, body, version):
    request = Request("a", "POST", "http://a.test/a", body_type=kind, body=body)
    again = only(said(collection(request), version))
    assert again.body_type == kind
    if isinstance(body, list):
        plain = [
            {key: value for key, value in one.items() if value not in ("", True)} for one in body
        ]
        texts = [
            {key: value for key, value in one.items() if value not in ("", True)}
            for one in again.body
        ]
        assert texts == plain
    elif kind == "json" and body.startswith("{"):
        assert again.body.replace("\n", "").replace(" ", "") == body.replace(" ", "")
    else:
        assert again.body == body


def test_repeated_switched_off_and_unusual_entries_come_back():
    headers = [
        entry("Accept", "text/csv"),
        entry("X-On", "1"),
        entry("X-On", "2"),
        entry("X-Off", "3", enabled=False),
        entry("Cookie", "a=1; b=2"),
        entry("Authorization", "Token {{t}}"),
    ]
    params = [entry("off", "3", enabled=False, description="not yet", **{"in": "query"})]
    request = Request("a", url="http://a.test/q?on=1&on=2#there", headers=headers, params=params)
    again = only(said(collection(request)))
    assert [(one["key"], one["value"], one.get("enabled", True)) for one in again.headers] == [
        (one["key"], one["value"], one.get("enabled", True)) for one in headers
    ]
    assert again.url == request.url
    assert next(one for one in again.params if not one["enabled"])["description"] == "not yet"


def test_inherited_headers_are_parameters():
    root = collection(
        Folder("F", headers=[entry("X-A", "near")], items=[Request("a", url="http://a.test/a")]),
        headers=[entry("X-A", "far"), entry("X-B", "far")],
    )
    parameters = said(root)["paths"]["/a"]["get"]["parameters"]
    assert [(one["name"], one["example"]) for one in parameters] == [
        ("X-A", "near"),
        ("X-B", "far"),
    ]


def test_folders_in_folders_come_back():
    root = collection(
        Folder(
            "A",
            items=[Folder("B", description="deep", items=[Request("x", url="http://a.test/x")])],
        ),
        Folder("B", items=[Request("y", url="http://a.test/y")]),
    )
    again = read_data(said(root)).collections[0]
    shape = [(one.name, [below.name for below in one.items]) for one in again.folders()][1:]
    assert shape == [("A", ["B"]), ("B", ["x"]), ("B", ["y"])]


def test_operation_ids_are_unique():
    items = [Request("Get it", url=f"http://a.test/{n}") for n in range(3)]
    ids = [item["get"]["operationId"] for item in said(collection(*items))["paths"].values()]
    assert ids == ["getIt", "getIt2", "getIt3"]


def test_paths_of_one_shape_are_one():
    root = collection(
        Request("a", "GET", "http://a.test/x/:id", params=[entry("id", "1", **{"in": "path"})]),
        Request(
            "b", "DELETE", "http://a.test/x/:key", params=[entry("key", "2", **{"in": "path"})]
        ),
    )
    found = said(root)
    assert list(found["paths"]) == ["/x/{id}"]
    again = request_named(read_data(found), "b")
    assert again.params[0]["key"] == "key"
    assert again.url.endswith("/x/:key")


def test_references_that_only_lead_to_themselves_are_left_out():
    data = operation()
    data["paths"]["/a"]["get"]["responses"] = {"200": {"$ref": "#/components/responses/Loop"}}
    data["components"] = {"responses": {"Loop": {"$ref": "#/components/responses/Loop"}}}
    read = imported(data)
    found = said(read)
    assert "components" not in found
    notes = [one for one in written(read).notes if one.what == What.SKIPPED]
    assert "/components/responses/Loop" in {one.pointer for one in notes}


def test_an_empty_tree_is_refused_and_an_empty_collection_is_a_document():
    with pytest.raises(Unreadable):
        written(Document("gassapi", "1"))
    assert said(collection())["paths"] == {}


def test_several_collections_are_one_document():
    roots = [Folder(name, items=[Request(name, url=f"http://a.test/{name}")]) for name in "ab"]
    found = said(Document("gassapi", "1", roots))
    assert [one["name"] for one in found["tags"]] == ["a", "b"]


def test_the_file_is_named_after_the_collection():
    result = written(collection())
    assert (result.filename, result.media_type) == ("Mine.openapi.json", "application/json")


def test_ids_of_rows_are_in_the_notes():
    request = Request("Empty", id="0199")
    assert written(collection(request)).notes[0].id == "0199"


def test_values_of_credentials_leave_what_is_asked_for_as_it_is():
    both = [{"key": [], "sid": []}]
    data = operation(security=both)
    data["security"] = both
    data["paths"]["/b"] = {"get": {"responses": {"200": {"description": "ok"}}}}
    data["paths"]["/a"]["get"]["security"] = [{"key": [], "sid": []}, {}]
    data["components"] = {
        "securitySchemes": {
            "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
            "sid": {"type": "apiKey", "in": "cookie", "name": "sid"},
        }
    }
    read = imported(data)
    filled = fill_in(read, [{"key": "key", "value": "k1"}, {"key": "sid", "value": "s1"}])
    found = said(filled)
    assert found["security"] == both
    assert found["paths"]["/a"]["get"]["security"] == [*both, {}]


def test_an_environment_that_is_filled_in_is_the_server():
    data = document(
        {"/a": {"get": {"responses": {"200": {"description": "ok"}}}}},
        servers=[
            {"url": "https://{where}.test", "variables": {"where": {"default": "eu"}}},
            {"url": "http://localhost"},
        ],
    )
    read = imported(data)
    read.environments[0].variables[1]["value"] = "us"
    found = said(fill_in(read, read.environments[0].variables))
    assert found["servers"] == [{"url": "https://us.test"}]
    assert list(places_that_differ(data, found)) == ["/servers"]


def test_a_folder_of_a_document_goes_out_with_its_components():
    read = imported()
    orders = folder_named(read, "orders")
    found = said(Document("gassapi", "1", [orders], above=[read.collections[0]]))
    assert found["info"] == {
        **shop()["info"],
        "title": "orders",
        "description": "What people bought.",
    }
    assert found["components"] == shop()["components"]
    assert found["paths"] == {LINES: shop()["paths"][LINES]}
    assert found["security"] == shop()["security"]


def test_a_folder_that_goes_out_alone_takes_along_what_it_inherits():
    folder = Folder("In", items=[Request("a", url="{{host}}/a")])
    above = collection(
        folder,
        auth={"type": "basic", "username": "ann"},
        headers=[entry("X-A", "1")],
        variables=[{"key": "host", "value": "http://a.test"}],
    )
    found = said(Document("gassapi", "1", [folder], above=[above]))
    assert found["security"] == [{"basicAuth": []}]
    assert found["paths"]["/a"]["get"]["parameters"][0]["name"] == "X-A"
    assert found["servers"][0]["variables"]["host"]["default"] == "http://a.test"
