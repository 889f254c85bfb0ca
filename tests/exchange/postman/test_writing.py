"""What comes back: everything, if nobody edited it; and only what was edited, if somebody did."""

from collections.abc import Callable

import pytest

from gassapi_backend.exchange import postman
from gassapi_backend.exchange.tree import (
    Document,
    Environment,
    Folder,
    Json,
    Origin,
    Request,
    Unreadable,
    What,
    base_of,
)
from gassapi_backend.exchange.writing import WriteOptions
from tests.exchange.documents import shape
from tests.exchange.postman.samples import (
    SCHEMA,
    again,
    by_name,
    collection,
    folders,
    said,
    sample,
    written,
)

BAKERY = "bakery.postman_collection.json"


def test_a_collection_that_nobody_edited_comes_back_whole() -> None:
    assert written(sample(BAKERY)) == said(BAKERY)


def test_a_collection_is_the_same_tree_when_read_again() -> None:
    document = sample(BAKERY)
    assert shape(again(document)) == shape(document)


def test_the_object_that_the_api_wraps_around_comes_back() -> None:
    document = collection({"name": "a", "request": "h"})
    origin = document.collections[0].origin
    assert origin is not None
    origin.original["wrapper"] = {"name": "collection", "rest": {"meta": 1}}
    assert set(written(document)) == {"collection", "meta"}


def list_orders(document: Document) -> Request:
    return by_name(document)["List orders"]


def edited(edit: Callable[[Request], None]) -> tuple[Json, Json]:
    """Return an item as it was, and as it is written after an edit of its request."""
    document = sample(BAKERY)
    edit(list_orders(document))
    return said(BAKERY)["item"][0]["item"][0], written(document)["item"][0]["item"][0]


def differences(before: Json, after: Json, pointer: str = "") -> list[str]:
    """Return the pointers of what differs."""
    if isinstance(before, dict) and isinstance(after, dict):
        return [
            found
            for key in sorted(before.keys() | after.keys())
            for found in differences(before.get(key), after.get(key), f"{pointer}/{key}")
        ]
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        return [
            found
            for place, (one, other) in enumerate(zip(before, after, strict=True))
            for found in differences(one, other, f"{pointer}/{place}")
        ]
    return [] if before == after else [pointer]


def set_field(name: str, value: Json) -> Callable[[Request], None]:
    return lambda request: setattr(request, name, value)


def change_accept(request: Request) -> None:
    request.headers[0] = request.headers[0] | {"value": "text/plain"}


def change_disabled(request: Request) -> None:
    request.headers[1] = request.headers[1] | {"enabled": True}


def change_path_value(request: Request) -> None:
    request.params[2] = request.params[2] | {"value": "south"}


def change_example(request: Request) -> None:
    request.examples[1] = request.examples[1] | {"status": 404, "body": "x"}


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (set_field("name", "Other"), ["/name"]),
        (set_field("method", "POST"), ["/request/method"]),
        (set_field("description", "x"), ["/request/description"]),
        (set_field("description", None), ["/request/description"]),
        (set_field("auth", {"type": "none"}), ["/request/auth"]),
        (
            set_field("body", "x"),
            ["/protocolProfileBehavior/disableBodyPruning", "/request/body"],
        ),
        (change_accept, ["/request/header/0/value"]),
        (change_disabled, ["/request/header/1/disabled"]),
        (change_path_value, ["/request/url/variable/0/value"]),
        (change_example, ["/response/2/body", "/response/2/code"]),
    ],
)
def test_an_edit_changes_only_what_was_edited(
    edit: Callable[[Request], None], expected: list[str]
) -> None:
    assert differences(*edited(edit)) == expected


def test_an_edited_url_is_written_in_all_its_parts() -> None:
    url = "https://{{host}}:{{port}}/orders/:shop/all?limit=5&open"
    before, after = edited(set_field("url", url))
    parts = after["request"]["url"]
    assert parts["raw"] == url
    assert (parts["protocol"], parts["host"], parts["port"]) == ("https", ["{{host}}"], "{{port}}")
    assert parts["path"] == ["orders", ":shop", "all"]
    assert "hash" not in parts
    assert [(one["key"], one["value"]) for one in parts["query"]] == [
        ("limit", "5"),
        ("open", None),
        ("after", "2026-01-01"),
    ]
    assert parts["query"][0]["description"] == "how many"
    assert parts["variable"] == before["request"]["url"]["variable"]


def test_folders_and_variables_that_were_edited() -> None:
    document = sample(BAKERY)
    orders, root = folders(document)["Orders"], document.collections[0]
    orders.name, orders.description = "Sales", None
    orders.auth = {"type": "basic", "username": "bob", "password": "{{pw}}"}
    root.variables[1] = root.variables[1] | {"value": "30"}
    root.description = "Changed"
    root.name = "Baker"
    out = written(document)
    assert out["info"]["name"] == "Baker"
    assert out["info"]["description"] == {"content": "Changed", "type": "text/markdown"}
    folder = out["item"][0]
    assert (folder["name"], "description" in folder) == ("Sales", False)
    assert [one["value"] for one in folder["auth"]["basic"]] == ["bob", "{{pw}}"]
    assert folder["event"] == said(BAKERY)["item"][0]["event"]
    expected = said(BAKERY)["variable"]
    expected[1] = {"key": "limit", "value": "30", "type": "string"}
    assert out["variable"] == expected


def test_what_was_deleted_here_stays_away_and_what_was_moved_goes_along() -> None:
    document = sample(BAKERY)
    root = document.collections[0]
    forms = folders(document)["Forms"]
    moved = forms.items.pop(0)
    root.items.insert(0, moved)
    del root.items[4:]
    out = written(document)
    names = [one.get("name") for one in out["item"]]
    assert names == ["Urlencoded", "Orders", "Forms", "Nothing at all", "Empty"]
    assert out["item"][0] == said(BAKERY)["item"][1]["item"][0]


def test_a_folder_becomes_a_collection_and_a_collection_a_folder() -> None:
    document = sample(BAKERY)
    alone = written(Document("", "", [folders(document)["Orders"]]))
    assert alone["info"] == {
        "name": "Orders",
        "schema": SCHEMA,
        "description": "What people want",
    }
    assert alone["auth"] == said(BAKERY)["item"][0]["auth"]
    inside = written(Document("", "", [Folder("All", items=[document.collections[0]])]))["item"][0]
    assert "info" not in inside
    assert inside["name"] == "Bakery"
    assert inside["description"]["content"] == "Orders and **ovens**."
    assert inside["variable"] == said(BAKERY)["variable"]


def test_several_collections_become_folders_of_one() -> None:
    both = Document("", "", [Folder("a"), Folder("b")])
    assert [one["name"] for one in written(both)["item"]] == ["a", "b"]


def test_without_examples() -> None:
    out = written(sample(BAKERY), include_examples=False)
    assert out["item"][0]["item"][0]["response"] == []


def tree(*items: Request | Folder, **more: Json) -> Document:
    return Document("", "", [Folder("New", items=[*items], **more)])


def test_a_request_that_comes_from_nowhere_is_written_from_its_fields() -> None:
    request = Request(
        "Make",
        method="POST",
        url="{{base}}/things/:id?a=1",
        headers=[{"key": "A", "value": "1"}, {"key": "B", "value": "2", "enabled": False}],
        params=[
            {"key": "id", "value": "7", "in": "path", "description": "which"},
            {"key": "b", "value": "2", "in": "query"},
            {"key": "c", "value": "3", "in": "query", "enabled": False},
        ],
        body_type="json",
        body='{"a": 1.10}',
        auth={"type": "bearer", "token": "{{t}}"},
        description="Makes one",
        examples=[{"name": "Made", "status": 201, "headers": [], "body": "{}"}],
    )
    [item] = written(tree(request))["item"]
    assert item == {
        "name": "Make",
        "request": {
            "method": "POST",
            "auth": {
                "type": "bearer",
                "bearer": [{"key": "token", "value": "{{t}}", "type": "string"}],
            },
            "header": [
                {"key": "A", "value": "1"},
                {"key": "B", "value": "2", "disabled": True},
            ],
            "body": {
                "mode": "raw",
                "raw": '{"a": 1.10}',
                "options": {"raw": {"language": "json"}},
            },
            "url": {
                "raw": "{{base}}/things/:id?a=1&b=2",
                "host": ["{{base}}"],
                "path": ["things", ":id"],
                "query": [
                    {"key": "a", "value": "1"},
                    {"key": "b", "value": "2"},
                    {"key": "c", "value": "3", "disabled": True},
                ],
                "variable": [{"key": "id", "value": "7", "description": "which"}],
            },
            "description": "Makes one",
        },
        "response": [{"name": "Made", "code": 201, "header": [], "body": "{}"}],
    }


def test_an_origin_of_another_format_is_not_looked_at() -> None:
    request = Request("a", url="h")
    request.origin = Origin("insomnia", original={"node": {"x": 1}}, base=base_of(request))
    assert "x" not in written(tree(request))["item"][0]


@pytest.mark.parametrize(
    ("kind", "body", "expected"),
    [
        (None, {"a": 1}, {"mode": "raw", "raw": '{"a":1}'}),
        ("graphql", {"query": "{a}", "variables": {"n": 1}}, {"mode": "graphql"}),
        ("binary", {"src": "/x"}, {"mode": "file", "file": {"src": "/x"}}),
        ("x-www-form-urlencoded", "a=1&b=%20", {"mode": "urlencoded"}),
        (
            "form-data",
            [{"key": "f", "type": "file", "src": "/x", "contentType": "a/b"}],
            {
                "mode": "formdata",
                "formdata": [{"key": "f", "type": "file", "src": "/x", "contentType": "a/b"}],
            },
        ),
        ("none", None, None),
    ],
)
def test_bodies_without_an_original(kind: str | None, body: Json, expected: Json) -> None:
    [item] = written(tree(Request("a", url="h", body_type=kind, body=body)))["item"]
    found = item["request"].get("body")
    assert found == expected if expected is None else expected.items() <= found.items()
    read = by_name(again(tree(Request("a", url="h", body_type=kind, body=body))))["a"]
    assert read.body_type == {None: "json", "none": None}.get(kind, kind)


def test_path_variables_in_braces_become_those_of_postman() -> None:
    params = [{"key": "id", "value": "7", "in": "path"}, {"key": "a.b", "value": "x", "in": "path"}]
    request = Request("a", url="{{base}}/{id}/{id}.json/v{id}/{a.b}/{c}?q={id}", params=params)
    url = written(tree(request))["item"][0]["request"]["url"]
    assert url["raw"] == "{{base}}/:id/:id.json/v7/x/{c}?q={id}"
    assert url["path"] == [":id", ":id.json", "v7", "x", "{c}"]


def test_a_parameter_that_is_added_to_a_url_stays_one_parameter() -> None:
    params = [{"key": "a&b", "value": "1&{{c&d}}#é", "in": "query"}]
    url = written(tree(Request("a", url="h?x=1", params=params)))["item"][0]["request"]["url"]
    assert url["raw"] == "h?x=1&a%26b=1%26{{c&d}}%23é"
    assert [one["key"] for one in url["query"]] == ["x", "a%26b"]


def test_headers_of_a_collection_are_written_into_requests_that_lack_them() -> None:
    inner = Folder(
        "In",
        headers=[{"key": "A", "value": "near"}],
        items=[
            Request("own", url="h", headers=[{"key": "b", "value": "own"}]),
            Request("off", url="h", headers=[{"key": "B", "value": "1", "enabled": False}]),
        ],
    )
    headers = [{"key": "a", "value": "far"}, {"key": "B", "value": "2"}]
    document = tree(inner, headers=[*headers, {"key": "C", "value": "3", "enabled": False}])
    done = postman.write(document, WriteOptions())
    found = [one["request"]["header"] for one in written(document)["item"][0]["item"]]
    assert [[(one["key"], one["value"]) for one in each] for each in found] == [
        [("A", "near"), ("b", "own")],
        [("B", "2"), ("A", "near"), ("B", "1")],
    ]
    assert [(note.what, note.name) for note in done.notes] == [
        (What.KEPT, "New"),
        (What.KEPT, "In"),
    ]


def test_a_key_that_is_sent_as_a_cookie_is_written_as_a_header() -> None:
    cookie = {"type": "apiKey", "key": "sid", "value": "{{s}}", "in": "cookie"}
    document = tree(
        Request("inherits", url="h", headers=[{"key": "Cookie", "value": "a=1"}]),
        Request("own", url="h", auth=cookie),
        Request("basic", url="h", auth={"type": "basic", "username": "a"}),
        auth=cookie,
    )
    out = written(document)
    assert out["auth"] == {"type": "noauth"}
    inherits, own, basic = (one["request"] for one in out["item"])
    assert inherits["header"] == [{"key": "Cookie", "value": "sid={{s}}; a=1"}]
    assert "auth" not in inherits
    assert (own["header"][0]["value"], own["auth"]) == ("sid={{s}}", {"type": "noauth"})
    assert (basic["header"], basic["auth"]["type"]) == ([], "basic")
    assert len(postman.write(document, WriteOptions()).notes) == 2


def test_a_bearer_token_with_another_prefix_is_a_header() -> None:
    auth = {"type": "bearer", "token": "t", "prefix": "Token"}
    found = written(tree(Request("a", url="h", auth=auth)))["item"][0]["request"]["auth"]
    assert {one["key"]: one["value"] for one in found["apikey"]} == {
        "key": "Authorization",
        "value": "Token t",
    }


def test_what_postman_has_no_place_for_is_said() -> None:
    request = Request("a", url="h", purpose="why", response_schema={"type": "object"})
    request.auth = {"type": "mutualTLS"}
    notes = postman.write(tree(request), WriteOptions()).notes
    said_of = " ".join(note.reason for note in notes)
    assert len(notes) == 3
    assert "mutualTLS" in said_of
    assert "the purpose" in said_of
    assert "the schema of the response" in said_of


def test_a_document_without_collections_is_one_environment_or_refused() -> None:
    one = Environment("Local", [{"key": "a", "value": "1", "secret": True}])
    assert written(Document("", "", [], [one])) == {
        "name": "Local",
        "values": [{"key": "a", "value": "1", "type": "secret", "enabled": True}],
        "_postman_variable_scope": "environment",
    }
    with pytest.raises(Unreadable):
        postman.write(Document("", "", [], [one, one]), WriteOptions())


def test_environments_beside_a_collection_are_reported() -> None:
    document = Document("", "", [Folder("a")], [Environment("Local")])
    [note] = postman.write(document, WriteOptions()).notes
    assert (note.what, note.name) == (What.SKIPPED, "Local")


def test_a_body_that_postman_would_leave_out_is_marked_to_be_sent() -> None:
    [item] = written(tree(Request("a", url="h", body_type="json", body="{}")))["item"]
    assert item["protocolProfileBehavior"] == {"disableBodyPruning": True}
    [item] = written(tree(Request("a", "POST", url="h", body_type="json", body="{}")))["item"]
    assert "protocolProfileBehavior" not in item


def test_a_description_is_edited_where_it_stands() -> None:
    document = collection({"name": "a", "description": "old", "request": {"url": "h"}})
    by_name(document)["a"].description = "new"
    assert written(document)["item"][0] == {
        "name": "a",
        "description": "new",
        "request": {"url": "h"},
    }
    by_name(document)["a"].description = None
    assert "description" not in written(document)["item"][0]
