"""What is written for Insomnia: what came from there as it was, with what was edited here."""

import json

import pytest

from gassapi_backend.exchange import formats
from gassapi_backend.exchange.concealing import conceal
from gassapi_backend.exchange.loading import load
from gassapi_backend.exchange.tree import Document, Environment, Folder, Json, Request
from gassapi_backend.exchange.writing import WriteOptions
from tests.exchange import documents
from tests.exchange.insomnia.samples import (
    SAMPLES,
    environment_of,
    folder_of,
    read_sample,
    request_of,
    written,
)
from tests.exchange.originals import stored

SEALED = "eyJpdiI6ICIwMGZmIiwgInQiOiAiMTEiLCAiZCI6ICIyMiIsICJhZCI6ICIifQ=="
"""A value of the vault, as Insomnia encrypts it."""


@pytest.mark.parametrize("version", ["5", "4"])
def test_what_was_read_is_written_as_it_was(version: str) -> None:
    assert written(read_sample(version), version) == documents.source_of(SAMPLES[version]).data


@pytest.mark.parametrize("came_as", ["5", "4"])
@pytest.mark.parametrize("goes_as", ["5", "4"])
def test_either_version_is_read_again_as_the_same_tree(came_as: str, goes_as: str) -> None:
    document = read_sample(came_as)
    shape = documents.shape(document)
    assert documents.shape(documents.again(document, "insomnia", goes_as)) == shape


@pytest.mark.parametrize("sample", documents.samples("insomnia"))
def test_a_real_file_is_written_as_it_was(sample: documents.Sample) -> None:
    source = documents.source_of(sample.path)
    version = sample.facts["version"][:1]
    data = written(stored(formats.read(source)), version)
    assert documents.without_ids(data) == documents.without_ids(source.data)


def test_plain_scalars_come_back_as_the_values_they_were() -> None:
    text = (
        "type: collection.insomnia.rest/5.0\nname: 2026\ncollection:\n"
        "- name: Books\n  method: GET\n  url: http://h\n  meta: {id: req_1, sortKey: -1}\n"
        "  parameters: [{name: page, value: 42}, {name: all, value: true}]\n"
        "  headers: [{name: X-Share, value: 0.5}, {name: X-Version, value: 2.0}]\n"
        f"  authentication: {{type: basic, username: 7, password: {2**53}}}\n"
    )
    document = stored(formats.read(load(text.encode(), "books.yaml")))
    request = request_of(document, "Books")
    assert [one["value"] for one in request.params] == ["42", "true"]
    assert [one["value"] for one in request.headers] == ["0.5", "2.0"]
    back = written(document)
    [call] = back["collection"]
    assert back["name"] == 2026
    assert [one["value"] for one in call["parameters"]] == [42, True]
    assert [one["value"] for one in call["headers"]] == [0.5, "2.0"]
    assert call["authentication"] == {"type": "basic", "username": 7, "password": str(2**53)}


def test_a_token_that_goes_without_a_word_before_it_says_so() -> None:
    auth = {"type": "oauth2", "accessToken": "t", "headerPrefix": ""}
    document = Document("gassapi", "1", [Folder("F", items=[Request("R", "GET", "/", auth=auth)])])
    [call] = written(document)["collection"]
    assert call["authentication"]["tokenPrefix"] == "NO_PREFIX"


def test_an_edited_field_changes_that_field_only() -> None:
    document = read_sample("5")
    request = request_of(document, "One reader")
    request.url = "{{base_url}}/people/:id"
    request.params[1]["value"] = "{{my language}}"
    before = documents.source_of(SAMPLES["5"]).data
    child = before["collection"][0]["children"][0]
    child["url"] = "{{ _.base_url }}/people/:id"
    child["parameters"][1]["value"] = "{{ _['my language'] }}"
    assert written(document) == before


def test_an_edited_header_keeps_its_id_and_its_siblings() -> None:
    document = read_sample("4")
    request = request_of(document, "First")
    request.headers = [request.headers[0] | {"value": "text/plain"}, {"key": "X-New", "value": "1"}]
    resource = written(document, "4")["resources"][3]
    assert resource["headers"] == [
        {"id": "pair_3", "name": "Accept", "value": "text/plain"},
        {"name": "X-New", "value": "1"},
    ]
    assert resource["preRequestScript"] == "let a"


def test_a_moved_item_gets_a_sort_key_that_puts_it_there() -> None:
    document = read_sample("5")
    library = document.collections[0]
    library.items.reverse()
    library.items.insert(1, Request("New", "GET", "http://new"))
    again = documents.again(document, "insomnia")
    assert [one.name for one in again.collections[0].items] == [
        "Cover",
        "New",
        "Readers",
        "Search",
    ]


def test_values_of_environments_stay_numbers_and_truth_values() -> None:
    document = read_sample("5")
    base = environment_of(document, "Base Environment")
    edited = {"port": "9090", "flag": "false", "reader.name": "Bo"}
    base.variables = [
        one | {"value": edited.get(one["key"], one["value"])} for one in base.variables
    ]
    base.variables.append({"key": "reader.age", "value": "7"})
    assert written(document)["environments"]["data"] == {
        "base_url": "http://localhost:8080",
        "port": 9090,
        "flag": False,
        "reader": {"name": "Bo", "age": "7"},
        "tags": ["a", "b"],
    }


def test_pairs_are_edited_switched_and_deleted_one_by_one() -> None:
    document = read_sample("4")
    pairs = environment_of(document, "Pairs")
    host, off, pin, _ = pairs.variables
    pairs.variables = [host | {"enabled": False}, off | {"enabled": True}, pin]
    resource = written(document, "4")["resources"][6]
    assert [(one["name"], one["value"], one["enabled"]) for one in resource["kvPairData"]] == [
        ("host", "http://pairs", False),
        ("off", "x", True),
        ("pin", SEALED, True),
    ]
    assert resource["data"] == {"off": "x"}


def test_a_variable_of_the_collection_that_was_edited_is_one_of_the_base_environment() -> None:
    document = read_sample("5")
    collection = document.collections[0]
    collection.variables[1]["value"] = "1234"
    assert written(document)["environments"]["data"]["port"] == 1234


def from_elsewhere() -> Document:
    """Return a tree without originals."""
    request = Request(
        "Get {{x}}",
        "GET",
        "{{base}}/things/{id}?q={{$guid}}",
        headers=[{"key": "Accept", "value": "{{type}}", "enabled": False}],
        params=[
            {"key": "id", "value": "1", "in": "path"},
            {"key": "q", "value": "", "in": "query"},
        ],
        examples=[{"name": "ok"}],
    )
    folder = Folder("F", items=[request, Request("Two", "POST", "", auth={"type": "none"})])
    collection = Folder(
        "C",
        variables=[{"key": "base", "value": "http://localhost"}],
        headers=[{"key": "X-All", "value": "1"}],
        auth={"type": "bearer", "token": "{{t}}"},
        items=[folder, Request("Top", "GET", "{{base}}/")],
    )
    return Document(
        "postman", "2.1", [collection], [Environment("E", [{"key": "a", "value": "1"}])]
    )


def test_credentials_and_headers_of_a_collection_go_to_what_stands_in_it() -> None:
    folder, top = written(from_elsewhere())["collection"]
    assert (
        folder["authentication"]
        == top["authentication"]
        == {
            "type": "bearer",
            "token": "{{ _.t }}",
        }
    )
    assert folder["headers"] == top["headers"] == [{"name": "X-All", "value": "1"}]
    assert (
        "authentication" not in folder["children"][0] or not folder["children"][0]["authentication"]
    )
    assert folder["children"][1]["authentication"] == {"type": "none"}


def test_path_parameters_are_spelled_as_insomnia_fills_them() -> None:
    request = written(from_elsewhere())["collection"][0]["children"][0]
    assert request["url"] == "{{ _.base }}/things/:id?q={% faker 'guid' %}"
    assert request["pathParameters"] == [{"name": "id", "value": "1"}]
    assert not request.get("parameters")


def test_variables_of_a_collection_are_its_base_environment() -> None:
    data = written(from_elsewhere())["environments"]
    assert data["data"] == {"base": "http://localhost"}
    assert [one["name"] for one in data["subEnvironments"]] == ["E"]


def test_what_insomnia_cannot_say_is_reported() -> None:
    result = formats.write(from_elsewhere(), "insomnia", WriteOptions())
    reasons = " ".join(note.reason for note in result.notes)
    assert "examples" in reasons
    assert "credentials and headers of the collection" in reasons


def test_each_thing_has_an_id_of_its_own_also_where_two_have_one_origin() -> None:
    document = read_sample("4")
    things = folder_of(document, "Things")
    things.items.append(request_of(read_sample("4"), "First"))
    resources = written(document, "4")["resources"]
    ids = [one["_id"] for one in resources]
    assert len(ids) == len({*ids}) == 11


def test_several_collections_are_folders_of_one_file_or_workspaces_of_one_export() -> None:
    document = from_elsewhere()
    document.collections.append(Folder("D", items=[Request("r", "GET", "http://h")]))
    assert [one["name"] for one in written(document)["collection"]] == ["C", "D"]
    kinds = [one["_type"] for one in written(document, "4")["resources"]]
    assert kinds.count("workspace") == 2


def test_an_environment_alone_is_a_file_of_its_own() -> None:
    document = read_sample("5")
    for environment in [environment_of(document, "Staging"), Environment("New")]:
        result = formats.write_environment(environment, "insomnia")
        source = load(result.content(), result.filename)
        assert source.data["type"] == "environment.insomnia.rest/5.0"
        [again] = formats.read(source).environments
        assert (again.name, again.variables) == (environment.name, environment.variables)


def test_a_secret_written_by_hand_leaves_with_its_value_only_where_that_is_shown() -> None:
    text = (
        "type: environment.insomnia.rest/5.0\nname: E\nenvironments:\n  name: E\n"
        "  environmentType: kv\n  kvPairData: [{name: pin, value: '4711', type: secret}]\n"
    )
    [environment] = formats.read(load(text.encode())).environments
    conceal(environment)
    assert environment.origin is not None
    assert "4711" not in str((environment.origin.original, environment.origin.base))
    for value in ("4711", ""):
        environment.variables[0]["value"] = value
        result = formats.write_environment(environment, "insomnia")
        data = load(result.content(), result.filename).data["environments"]
        assert data["kvPairData"] == [{"name": "pin", "value": value, "type": "secret"}]


def test_variables_that_are_off_become_pairs() -> None:
    environment = Environment("E", [{"key": "a", "value": "1", "enabled": False}])
    result = formats.write_environment(environment, "insomnia")
    data = load(result.content(), result.filename).data["environments"]
    assert data["data"] == {}
    assert data["kvPairData"][0]["enabled"] is False


@pytest.mark.parametrize("version", ["4", "5"])
def test_variables_of_a_folder_may_be_pairs(version: str) -> None:
    pairs = [
        {"id": "p1", "name": "a", "value": "1", "type": "str", "enabled": True},
        {"id": "p2", "name": "b", "value": "2", "type": "str", "enabled": False},
    ]
    file: dict[str, Json]
    own: dict[str, Json] = {
        "environment": {"a": "1"},
        "environmentType": "kv",
        "kvPairData": pairs,
        "name": "F",
    }
    if version == "5":
        folder = own | {"meta": {"id": "fld_1"}, "children": []}
        file = {"type": "collection.insomnia.rest/5.0", "name": "c", "collection": [folder]}
    else:
        root = {"_id": "wrk_1", "_type": "workspace", "name": "c", "parentId": None}
        folder = own | {"_id": "fld_1", "_type": "request_group", "parentId": "wrk_1"}
        file = {"_type": "export", "__export_format": 4, "resources": [root, folder]}
    document = stored(formats.read(load(json.dumps(file).encode(), "x.json")))
    assert written(document, version) == file
    [inner] = document.collections[0].items
    assert isinstance(inner, Folder)
    assert [(one["key"], one["enabled"]) for one in inner.variables] == [("a", True), ("b", False)]
    inner.variables = [
        inner.variables[0] | {"value": "9"},
        inner.variables[1],
        {"key": "c", "value": "3", "enabled": True, "secret": False},
    ]
    data = written(document, version)
    [folder] = data["collection"] if version == "5" else data["resources"][1:]
    assert folder["environment"] == {"a": "9", "c": "3"}
    assert folder["kvPairData"][:2] == [pairs[0] | {"value": "9"}, pairs[1]]
    assert [one["name"] for one in folder["kvPairData"]] == ["a", "b", "c"]
