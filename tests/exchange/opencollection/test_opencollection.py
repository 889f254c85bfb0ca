"""OpenCollection, in and out: what was not edited is as it was."""

import json
from pathlib import Path
from typing import Any

import pytest

from gassapi_backend.exchange import formats
from gassapi_backend.exchange.loading import load, load_text
from gassapi_backend.exchange.resolving import resolve
from gassapi_backend.exchange.tree import Document, Environment, Folder, Json, Request, What
from gassapi_backend.exchange.writing import WriteOptions
from tests.exchange import documents
from tests.exchange.originals import stored

SAMPLES = Path(__file__).parent.parent / "samples" / "opencollection"


def read(name: str = "library.yml") -> Document:
    return stored(formats.read(documents.source_of(SAMPLES / name)))


def read_text(text: str) -> Document:
    return stored(formats.read(load_text(text)))


def request_of(document: Document, name: str) -> Request:
    return next(one for one in document.collections[0].requests() if one.name == name)


def written(document: Document, **options: Any) -> Json:
    result = formats.write(document, "opencollection", WriteOptions(**options))
    return load(result.content(), result.filename).data


def test_what_was_read_is_written_as_it_was() -> None:
    source = documents.source_of(SAMPLES / "library.yml")
    data = written(read())
    data["config"]["environments"][0]["variables"][0]["value"] = 1.1  # which is text by then
    assert data == source.data


@pytest.mark.parametrize("sample", documents.samples("opencollection"))
def test_a_real_file_is_written_as_it_was(sample: documents.Sample) -> None:
    source = documents.source_of(sample.path)
    assert written(stored(formats.read(source))) == source.data


def test_folders_and_requests_are_sorted_each_by_their_own_numbers() -> None:
    names = [item.name for item in read().collections[0].items]
    assert names == ["Alpha", "Folder", "Zed"]


def test_a_folder_of_files_is_a_collection() -> None:
    document = read("folder")
    [library] = document.collections
    assert (library.name, library.description) == ("Library", "Books and readers")
    assert library.headers == [{"key": "X-Desk", "value": "07", "enabled": True}]
    [lending] = library.items
    assert isinstance(lending, Folder)
    assert [item.name for item in lending.items] == ["Return a book", "Lend a book"]
    [environment] = document.environments
    assert [(one["key"], one["secret"]) for one in environment.variables] == [
        ("base", False),
        ("token", True),
    ]
    assert documents.shape(documents.again(document, "opencollection")) == documents.shape(document)


def test_of_several_bodies_and_values_the_selected_one_counts() -> None:
    document = read()
    assert request_of(document, "Zed").body_type == "form-data"
    assert request_of(document, "Alpha").body == {"src": "z"}
    assert document.environments[0].variables[2]["value"] == "2"


def test_what_just_repeats_the_url_is_said_once() -> None:
    assert [one["key"] for one in request_of(read(), "Zed").params] == ["r", "off", "id"]


def test_requests_of_other_kinds_are_kept_and_reported() -> None:
    skipped = [note for note in read().notes if note.what is What.SKIPPED]
    assert [note.pointer for note in skipped] == ["/items/3", "/items/4"]


def test_an_edited_url_takes_its_parameters_along() -> None:
    document = read()
    request_of(document, "Zed").url = "http://localhost/:id?s=2"
    request = written(document)["items"][0]["http"]
    assert request["url"] == "http://localhost/:id?s=2"
    assert [(one["name"], one["type"]) for one in request["params"]] == [
        ("r", "query"),
        ("off", "query"),
        ("id", "path"),
        ("s", "query"),
    ]


def test_an_edited_body_replaces_the_selected_one_only() -> None:
    document = read()
    request = request_of(document, "Zed")
    request.body_type, request.body = "json", "[]"
    first, second = written(document)["items"][0]["http"]["body"]
    assert first == {"title": "A", "body": {"type": "json", "data": '{"a": 1}'}}
    assert second == {
        "title": "B",
        "selected": True,
        "body": {"type": "json", "data": "[]"},
    }


def test_moved_items_get_numbers_that_put_them_there() -> None:
    document = read()
    document.collections[0].items.reverse()
    again = documents.again(document, "opencollection")
    assert [item.name for item in again.collections[0].items] == ["Zed", "Folder", "Alpha"]


def from_elsewhere() -> Document:
    request = Request(
        "Get",
        "GET",
        "http://h/:id?a=1",
        headers=[{"key": "X", "value": "1", "enabled": False, "description": "off"}],
        params=[
            {"key": "id", "value": "7", "in": "path"},
            {"key": "b", "value": "2", "in": "query"},
        ],
        examples=[{"name": "ok", "status": 200, "headers": [], "body": "{}"}],
    )
    public = Folder("Public", auth={"type": "none"}, items=[request])
    query = Request("Q", "POST", "http://g", body_type="graphql", body={"query": "{a}"})
    root = Folder(
        "C",
        auth={"type": "bearer", "token": "t"},
        variables=[{"key": "v", "value": "1"}, {"key": "s", "value": "x", "secret": True}],
        items=[public, query],
    )
    return Document("postman", "2.1", [root], [Environment("E", [{"key": "a", "value": "1"}])])


def test_a_tree_from_elsewhere_is_written_whole() -> None:
    data = written(from_elsewhere())
    assert (data["opencollection"], data["bundled"]) == ("1.0.0", True)
    folder, query = data["items"]
    [request] = folder["items"]
    assert request["http"]["url"] == "http://h/:id?a=1&b=2"
    assert {(one["name"], one["type"]) for one in request["http"]["params"]} == {
        ("id", "path"),
        ("a", "query"),
        ("b", "query"),
    }
    assert query["info"]["type"] == "graphql"
    assert query["graphql"] == {
        "method": "POST",
        "url": "http://g",
        "body": {"query": "{a}"},
        "auth": "inherit",
    }
    assert data["config"]["environments"][0]["name"] == "E"


def test_below_a_folder_without_authentication_requests_say_so_themselves() -> None:
    folder, query = written(from_elsewhere())["items"]
    assert "auth" not in folder["items"][0]["http"]
    assert query["graphql"]["auth"] == "inherit"


def test_values_of_secrets_stay_here() -> None:
    result = formats.write(from_elsewhere(), "opencollection", WriteOptions())
    assert {"secret": True, "name": "s"} in load(result.content()).data["request"]["variables"]
    assert any("secrets" in note.reason for note in result.notes)


def test_examples_are_left_out_when_they_are_not_wanted() -> None:
    request = written(from_elsewhere())["items"][0]["items"][0]
    assert request["examples"][0]["response"]["status"] == 200
    request = written(from_elsewhere(), include_examples=False)["items"][0]["items"][0]
    assert "examples" not in request


def test_scalars_are_the_text_that_was_written() -> None:
    document = read_text(
        "opencollection: 1.0.0\nitems:\n- info: {name: 010, type: http}\n"
        "  http: {method: GET, url: http://h, headers: [{name: a, value: 1.10}], "
        "auth: {type: basic, username: 007, password: no}}\n"
    )
    [request] = document.collections[0].requests()
    assert request.name == "010"
    assert request.headers[0]["value"] == "1.10"
    assert request.auth == {"type": "basic", "username": "007", "password": "no"}


OWN_VARIABLES = """opencollection: 1.0.0
info: {name: C}
request: {variables: [{name: host, value: all.test}]}
items:
  - info: {name: R, type: http}
    http:
      method: POST
      url: "https://{{host}}/{{ id }}/{{id}}/:term?q={{term}}&w={{with}}"
      params: [{name: term, value: "{{host}}", type: path}]
      headers: [{name: X-A, value: "{{off}}"}]
      body: {type: json, data: '{"a": "{{id}}"}'}
    runtime:
      variables:
        - {name: host, value: own.test}
        - {name: id, value: {type: number, data: "007"}}
        - {name: term, value: "{{id}} {{all}}"}
        - {name: "off", value: gone, disabled: true}
"""


def test_the_variables_of_a_request_win_over_all_others() -> None:
    document = stored(formats.read(load(OWN_VARIABLES.encode(), "c.yml")))
    root, [request] = document.collections[0], [*document.collections[0].requests()]
    environment = [{"key": key, "value": f"{key} of all"} for key in ("host", "all", "off", "with")]
    sent = resolve(request, [root], environment)
    assert sent.url == "https://own.test/007/007/own.test?q=007 all of all&w=with of all"
    assert sent.header("X-A") == "off of all"
    assert sent.body.text == '{"a": "007"}'
    [note] = [one for one in document.notes if "of its own" in one.reason]
    assert "(host, id, term)" in note.reason


def test_they_come_back_and_so_does_what_refers_to_them() -> None:
    document = stored(formats.read(load(OWN_VARIABLES.encode(), "c.yml")))
    out = load(formats.write(document, "opencollection", WriteOptions()).content(), "c.yml").data
    assert out == load(OWN_VARIABLES.encode(), "c.yml").data


def test_an_environment_has_the_variables_of_those_that_it_extends() -> None:
    said = {
        "opencollection": "1.0.0",
        "info": {"name": "L"},
        "items": [],
        "config": {
            "environments": [
                {
                    "name": "Dev",
                    "extends": "Base",
                    "dotEnvFilePath": ".env.dev",
                    "variables": [{"name": "host", "value": "dev"}],
                },
                {
                    "name": "Base",
                    "extends": "Dev",
                    "variables": [{"name": "host", "value": "base"}, {"name": "v", "value": "1"}],
                },
                {"name": "Lost", "extends": "Nowhere", "variables": []},
            ]
        },
    }
    document = stored(formats.read(load_text(json.dumps(said), "l.json")))
    dev, base, lost = document.environments
    assert [(one["key"], one["value"]) for one in dev.variables] == [("v", "1"), ("host", "dev")]
    assert [(one["key"], one["value"]) for one in base.variables] == [("host", "base"), ("v", "1")]
    assert lost.variables == []
    assert [(one.kind, one.pointer) for one in document.notes] == [
        ("environment", "/config/environments/0"),
        ("environment", "/config/environments/2"),
    ]
    assert written(document)["config"] == said["config"]
    dev.variables = [dev.variables[0], dev.variables[1] | {"value": "edited"}]
    environments = written(document)["config"]["environments"]
    assert environments[0]["variables"] == [{"name": "host", "value": "edited"}]
    dev.variables = [one | {"value": "edited"} for one in dev.variables]
    names = [one["name"] for one in written(document)["config"]["environments"][0]["variables"]]
    assert sorted(names) == ["host", "v"]
