"""Older and newer versions than 2.1, environments and dumps: each is read, and written as 2.1."""

import json

import pytest

from gassapi_backend.exchange import loading, postman
from gassapi_backend.exchange.loading import load_files
from gassapi_backend.exchange.sources import Source
from gassapi_backend.exchange.tree import Document, Folder, Json, What
from gassapi_backend.exchange.writing import WriteOptions
from tests.exchange.documents import shape
from tests.exchange.postman.samples import (
    FOLDER,
    SCHEMA,
    again,
    by_name,
    folders,
    said,
    sample,
    stored,
    written,
)


def outline(folder: Folder) -> Json:
    return {
        folder.name: [
            outline(item) if isinstance(item, Folder) else item.name for item in folder.items
        ]
    }


@pytest.mark.parametrize("name", ["old.postman_collection.json", "first.json", "workspace"])
def test_another_version_is_written_as_2_1_and_is_the_same_tree(name: str) -> None:
    document = sample(name)
    assert written(document)["info"]["schema"] == SCHEMA
    assert shape(again(document))["collections"] == shape(document)["collections"]


def test_version_2_0_has_its_credentials_in_an_object() -> None:
    document = sample("old.postman_collection.json")
    assert document.version == "2.0.0"
    assert document.collections[0].auth == {
        "type": "digest",
        "username": "ann",
        "password": "secret",
        "algorithm": "MD5",
    }
    out = written(document)
    assert out["auth"]["digest"][0] == {"key": "username", "value": "ann", "type": "string"}
    assert out["variable"] == said("old.postman_collection.json")["variables"]
    item = out["item"][0]["item"][0]
    assert item["request"]["auth"] == {"type": "noauth"}
    assert item["response"][0]["originalRequest"]["auth"]["basic"][1]["key"] == "password"


def test_version_2_0_gives_urls_in_parts() -> None:
    one = by_name(sample("old.postman_collection.json"))["List"]
    assert one.url == "http://localhost/ovens/:id?hot=1"
    assert one.params == [{"key": "id", "value": "7", "enabled": True, "in": "path"}]


def test_version_1_puts_folders_and_requests_where_its_lists_say() -> None:
    document = sample("first.json")
    assert (document.version, document.source_id) == ("1.0.0", "c1")
    assert outline(document.collections[0]) == {
        "First bakery": [
            {"Cake": []},
            {"Bread": [{"Rye": []}, "Loaf"]},
            {"Round": [{"And round": []}]},
            "Nobody",
            "Sign in",
            "Left over",
        ]
    }
    [skipped] = [note for note in document.notes if note.what is What.SKIPPED]
    assert skipped.pointer == "/requests/4"


def test_version_1_says_everything_of_a_request_in_its_own_way() -> None:
    document = sample("first.json")
    one = by_name(document)["Sign in"]
    assert one.auth == {"type": "basic", "username": "ann", "password": "pw"}
    assert [(h["key"], h["enabled"]) for h in one.headers] == [
        ("Content-Type", True),
        ("X-Off", False),
    ]
    assert [(p["key"], p["enabled"]) for p in one.params] == [("a", True), ("b", False)]
    assert (one.body_type, one.body) == ("json", '{"user": "ann"}')
    [example] = one.examples
    assert (example["status"], example["request"]["url"]) == (201, "http://localhost/in")
    events = written(document)["item"][4]["event"]
    assert [one["listen"] for one in events] == ["prerequest", "test"]
    assert events[0]["script"]["exec"] == ["console.log(1);", "console.log(2);"]


def test_version_1_forms_path_variables_and_graphql() -> None:
    found = by_name(sample("first.json"))
    loaf = found["Loaf"]
    assert loaf.params == [
        {"key": "id", "value": "8", "enabled": True, "description": "which", "in": "path"}
    ]
    assert [(f["key"], f["type"], f.get("src"), f["enabled"]) for f in loaf.body] == [
        ("file", "file", "recipes/x", True),
        ("off", "text", None, False),
    ]
    assert found["Left over"].body == {"query": "{a}", "variables": "{}"}


def test_what_2_1_has_no_place_for_is_said_once() -> None:
    notes = postman.write(sample("first.json"), WriteOptions()).notes
    assert [note.what for note in notes] == [What.KEPT]


@pytest.mark.parametrize(
    ("helper", "attributes", "auth"),
    [
        ("hawkAuth", {"hawk_id": "i", "hawk_key": "k"}, {"authId": "i", "authKey": "k"}),
        ("oAuth1", {"consumerKey": "c", "header": True}, {"addParamsToHeader": True}),
        ("oAuth2", {"accessToken": "t", "grantType": "implicit"}, {"grantType": "implicit"}),
        ("digestAuth", {"username": "u", "id": "digest", "time": 1}, {"username": "u"}),
        ("awsSigV4", {"accessKey": "a"}, {"accessKey": "a"}),
        ("normal", {}, None),
        ("basicAuth", "{broken", {"type": "basic"}),
    ],
)
def test_helpers_of_version_1(helper: str, attributes: Json, auth: Json) -> None:
    one = {"id": "r", "name": "r", "url": "h", "currentHelper": helper}
    data = {"id": "c", "order": [], "requests": [{**one, "helperAttributes": attributes}]}
    found = by_name(postman.read(Source(data=data)))["r"].auth
    assert found is None if auth is None else auth.items() <= (found or {}).items()


def test_version_3_is_a_folder_of_files_in_the_order_that_they_name() -> None:
    document = sample("workspace")
    assert document.version == "3.0.0"
    assert [outline(one) for one in document.collections] == [
        {"Bakery API": [{"Ovens": ["Query"]}, "List / all", {"Empty": []}, "Upload"]}
    ]
    assert [one.name for one in document.environments] == ["Local", "Globals"]
    skipped = {note.pointer: note.reason for note in document.notes if note.what is What.SKIPPED}
    assert "gRPC" in skipped["collections/Bakery/Stream.request.yaml"]
    assert "YAML" in skipped["collections/Bakery/Ovens/Broken.request.yaml"]


def test_version_3_numbers_are_text_as_written() -> None:
    document = sample("workspace")
    variables = {one["key"]: one["value"] for one in document.collections[0].variables}
    assert variables == {"base": "http://localhost:8080", "size": "010"}
    assert by_name(document)["List / all"].headers[1]["value"] == "010"


def test_version_3_parts_of_a_request() -> None:
    document = sample("workspace")
    found = by_name(document)
    one = found["List / all"]
    assert one.url == "{{base}}/loaves/:kind?limit=10"
    assert [(p["key"], p["in"], p["enabled"]) for p in one.params] == [
        ("limit", "query", True),
        ("later", "query", False),
        ("kind", "path", True),
    ]
    assert [(example["name"], example["status"]) for example in one.examples] == [
        ("Broken oven", 500),
        ("200 OK", 200),
    ]
    assert folders(document)["Ovens"].auth == {"type": "none"}
    assert folders(document)["Bakery API"].auth == {"type": "bearer", "token": "{{token}}"}
    assert found["Upload"].auth == {"type": "basic", "username": "ann", "password": "pw"}
    assert found["Query"].method == "POST"
    assert found["Query"].body["variables"] == '{"n": 2}'


def test_version_3_settings_and_scripts_come_out_as_2_1() -> None:
    out = written(sample("workspace"))
    assert out["event"][0]["script"]["exec"] == ["console.log('one');", "console.log('two');"]
    item = out["item"][1]
    assert item["event"][0]["listen"] == "test"
    assert item["protocolProfileBehavior"] == {
        "strictSSL": False,
        "disabledSystemHeaders": {"user-agent": True},
    }


def files(**texts: str) -> Source:
    return load_files((path, text.encode()) for path, text in texts.items())


REQUEST = "$kind: http-request\nurl: h\n"


def roots(*paths: str) -> list[str]:
    source = files(**dict.fromkeys(paths, REQUEST))
    return [one.name for one in postman.read(source).collections]


def test_version_3_collections_of_a_workspace_and_a_single_one() -> None:
    assert roots("collections/A/x.request.yaml", "collections/B/y.request.yaml") == ["A", "B"]
    assert roots(
        "postman/collections/A/x.request.yaml", "postman/collections/A/b.request.yaml"
    ) == ["A"]
    assert roots("A/x.request.yaml", "A/in/y.request.yaml") == ["A"]
    assert roots("A/x.request.yaml", "B/y.request.yaml") == ["Collection"]


def test_version_3_folders_without_a_place_beside_each_other_are_collections() -> None:
    definition = "$kind: collection\nname: "
    texts = {
        "a/.resources/definition.yaml": definition + "One",
        "a/x.request.yaml": REQUEST,
        "b/.resources/definition.yaml": definition + "Two",
    }
    assert [one.name for one in postman.read(files(**texts)).collections] == ["One", "Two"]


def test_version_3_in_one_document() -> None:
    data = {
        "$kind": "collection",
        "name": "Demo",
        "variables": [{"key": "base", "value": "x"}],
        "items": [
            {"$kind": "collection", "name": "In", "items": [{"$kind": "http-request", "url": "h"}]},
            {"$kind": "mqtt-request", "url": "m"},
            3,
        ],
    }
    document = postman.read(Source(data=data))
    assert outline(document.collections[0]) == {"Demo": [{"In": ["h"]}]}
    assert [note.pointer for note in document.notes] == ["/items/1", "/items/2"]


def test_a_single_request_of_version_3() -> None:
    document = postman.read(loading.load(REQUEST.encode(), "Ping.request.yaml"))
    assert outline(document.collections[0]) == {"Ping": ["Ping"]}


ENVIRONMENT = "local.postman_environment.json"


def test_an_environment_comes_back_whole() -> None:
    document = sample(ENVIRONMENT)
    assert (document.format, document.source_id) == ("postman-environment", "e1")
    [environment] = document.environments
    assert [(v["key"], v["value"], v["enabled"], v["secret"]) for v in environment.variables] == [
        ("base", "http://localhost:8080", True, False),
        ("token", "s3cret", True, True),
        ("old", "1", False, False),
        ("count", "5", True, False),
    ]
    done = postman.write_environment(environment, WriteOptions())
    assert json.loads(done.content()) == said(ENVIRONMENT)
    assert done.filename == "Local.postman_environment.json"


def test_an_edited_environment() -> None:
    [environment] = sample(ENVIRONMENT).environments
    environment.name = "Staging"
    environment.variables[0] = environment.variables[0] | {"enabled": False, "value": "x"}
    environment.variables[1] = environment.variables[1] | {"secret": False}
    del environment.variables[2]
    out = json.loads(postman.write_environment(environment, WriteOptions()).content())
    expected = said(ENVIRONMENT)
    expected["name"] = "Staging"
    expected["values"][0] |= {"value": "x", "enabled": False}
    expected["values"][1] |= {"type": "default"}
    del expected["values"][2]
    assert out == expected


def test_globals_may_be_a_bare_list() -> None:
    data = [{"key": "a", "value": "1", "type": "text"}, {"key": "b", "value": None}]
    document = stored(postman.read(Source(data=data, name="x.postman_globals.json")))
    [environment] = document.environments
    assert (document.format, environment.name) == ("postman-globals", "x")
    assert json.loads(postman.write_environment(environment, WriteOptions()).content()) == data
    assert postman.read(Source(data=data)).environments[0].name == "Globals"


def test_a_wrapped_environment_comes_back_wrapped() -> None:
    data = {"environment": {"id": "1", "name": "E", "values": []}}
    [environment] = postman.read(Source(data=data)).environments
    assert json.loads(postman.write_environment(environment, WriteOptions()).content()) == data


def test_a_data_dump_holds_collections_environments_and_globals() -> None:
    data = {
        "version": 1,
        "collections": [said("first.json"), said("old.postman_collection.json"), {"x": 1}],
        "environments": [said(ENVIRONMENT)],
        "globals": [{"key": "g", "value": "1"}],
        "headerPresets": [{"name": "p"}],
    }
    document = postman.read(Source(data=data))
    assert [one.name for one in document.collections] == ["First bakery", "Old bakery"]
    assert [one.name for one in document.environments] == ["Local", "Globals"]
    skipped = [note.pointer for note in document.notes if note.what is What.SKIPPED]
    assert skipped == ["/collections/0/requests/4", "/collections/2", "/headerPresets"]


def test_a_data_dump_may_be_an_archive() -> None:
    def text(name: str) -> str:
        return (FOLDER / name).read_text(encoding="utf-8")

    index = {"collection": {"b": True, "a": True}, "environment": {"e": True}}
    source = files(
        **{
            "archive.json": json.dumps(index),
            "collection/a.json": text("old.postman_collection.json"),
            "collection/b.json": text("bakery.postman_collection.json"),
            "environment/e.json": text(ENVIRONMENT),
            "collection/broken.json": "{",
            "other.json": "[1]",
        }
    )
    document = postman.read(source)
    assert [one.name for one in document.collections] == ["Bakery", "Old bakery"]
    assert [one.name for one in document.environments] == ["Local"]
    skipped = [note.pointer for note in document.notes if note.kind == "document"]
    assert skipped == ["collection/broken.json", "other.json"]


def test_a_dump_is_written_as_folders_of_one_collection() -> None:
    data = {"collections": [said("first.json"), said("bakery.postman_collection.json")]}
    document = stored(postman.read(Source(data=data | {"environments": []})))
    out = written(Document("", "", document.collections))
    assert [one["name"] for one in out["item"]] == ["First bakery", "Bakery"]


def test_headers_that_postman_4_commented_out_are_off() -> None:
    headers = [{"key": "//X-Off", "value": "1"}, {"key": "Z", "value": "2"}]
    item = {"name": "a", "request": {"url": "http://h", "header": headers}}
    document = stored(postman.read(Source(data={"info": {"name": "c"}, "item": [item]})))
    [request] = document.collections[0].requests()
    assert [(one["key"], one["enabled"]) for one in request.headers] == [
        ("X-Off", False),
        ("Z", True),
    ]
    assert written(document)["item"][0]["request"]["header"] == headers
    request.headers = [{**one, "enabled": True} for one in request.headers]
    [on, _] = written(document)["item"][0]["request"]["header"]
    assert on == {"key": "X-Off", "value": "1"}
