"""What is read of Insomnia's documents."""

import pytest

from gassapi_backend.exchange import formats
from gassapi_backend.exchange.loading import load_text
from gassapi_backend.exchange.tree import Folder, Unreadable, What
from tests.exchange import documents
from tests.exchange.insomnia.samples import (
    environment_of,
    folder_of,
    read_sample,
    read_text,
    request_of,
    values_of,
)


def test_siblings_stand_in_the_order_of_their_sort_keys() -> None:
    library = read_sample("5").collections[0]
    assert [item.name for item in library.items] == ["Search", "Readers", "Cover"]
    assert [item.name for item in folder_of(read_sample("5"), "Readers").items] == [
        "New reader",
        "One reader",
    ]
    assert [item.name for item in folder_of(read_sample("4"), "Things").items] == [
        "First",
        "Second",
    ]


def test_references_to_variables_lose_their_underscore_wherever_they_stand() -> None:
    document = read_sample("5")
    reader = request_of(document, "One reader")
    assert reader.url == "{{base_url}}/readers/:id"
    assert reader.params[1]["value"] == "{{ui-language}}"
    assert folder_of(document, "Readers").headers[0]["value"] == "{{desk}}"
    assert folder_of(document, "Readers").auth == {"type": "bearer", "token": "{{token}}"}
    assert request_of(document, "Search").body["variables"] == {"q": "{{q}}"}


def test_template_tags_stay_as_they_are_and_are_reported() -> None:
    document = read_sample("5")
    body = request_of(document, "New reader").body
    assert body == '{"name": "{{reader.name}}", "card": {% uuid "v4" %}}'
    assert any("{% uuid %}" in note.reason for note in document.notes)


def test_switched_off_parameters_and_path_parameters_keep_what_is_said_of_them() -> None:
    assert request_of(read_sample("5"), "One reader").params == [
        {
            "key": "expand",
            "value": "loans",
            "enabled": False,
            "description": "with what is lent",
            "in": "query",
        },
        {"key": "lang", "value": "{{ui-language}}", "enabled": True, "in": "query"},
        {"key": "id", "value": "7", "enabled": True, "in": "path"},
    ]


def test_a_parameter_that_the_url_has_too_is_sent_as_well() -> None:
    request = read_text(
        "type: collection.insomnia.rest/5.0\ncollection:\n"
        "- {name: r, method: GET, url: 'http://h/?a=1#f', "
        "parameters: [{name: a, value: 'x {{ _.y }}'}]}\n"
    )
    assert request_of(request, "r").url == "http://h/?a=1&a=x%20{{y}}#f"


@pytest.mark.parametrize(
    ("said", "auth"),
    [
        ("{}", None),
        ("{type: none}", {"type": "none"}),
        ("{type: basic, username: a, password: b, disabled: true}", None),
        (
            "{type: apikey, key: k, value: v, addTo: cookie}",
            {"type": "apiKey", "key": "k", "value": "v", "in": "cookie"},
        ),
        (
            "{type: oauth2, grantType: authorization_code, usePkce: true, authorizationUrl: a, "
            "accessTokenUrl: t, credentialsInBody: true}",
            {
                "type": "oauth2",
                "grantType": "authorization_code_with_pkce",
                "authUrl": "a",
                "accessTokenUrl": "t",
                "clientAuthentication": "body",
            },
        ),
        (
            "{type: hawk, id: i, key: k, algorithm: sha256}",
            {"type": "hawk", "authId": "i", "authKey": "k", "algorithm": "sha256"},
        ),
        ("{type: netrc}", {"type": "netrc"}),
        ("{type: bearer, token: t, prefix: ''}", {"type": "bearer", "token": "t"}),
        (
            "{type: bearer, token: t, prefix: Token}",
            {"type": "bearer", "token": "t", "prefix": "Token"},
        ),
        ("{type: oauth2, accessToken: t, tokenPrefix: ''}", {"type": "oauth2", "accessToken": "t"}),
        (
            "{type: oauth2, accessToken: t, tokenPrefix: NO_PREFIX}",
            {"type": "oauth2", "accessToken": "t", "headerPrefix": ""},
        ),
    ],
)
def test_credentials_are_read_as_they_count(said: str, auth: object) -> None:
    document = read_text(
        "type: collection.insomnia.rest/5.0\ncollection:\n"
        f"- {{name: r, method: GET, url: http://h, authentication: {said}}}\n"
    )
    assert request_of(document, "r").auth == auth


def test_other_requests_are_kept_and_reported_with_their_place() -> None:
    skipped = [note for note in read_sample("5").notes if note.what is What.SKIPPED]
    assert [(note.name, note.pointer) for note in skipped] == [
        ("Stream of loans", "/collection/3"),
    ]
    skipped = [note for note in read_sample("4").notes if note.what is What.SKIPPED]
    assert [(note.name, note.pointer) for note in skipped] == [("Call", "/resources/4")]


def test_nested_data_become_variables_with_a_path_for_a_name() -> None:
    document = read_sample("5")
    assert values_of(environment_of(document, "Base Environment")) == {
        "base_url": "http://localhost:8080",
        "port": "8080",
        "flag": "true",
        "reader.name": "Ada",
        "tags[0]": "a",
        "tags[1]": "b",
    }
    assert values_of(folder_of(document, "Readers")) == {"desk": "north", "limits.loans": "5"}


def test_beside_another_environment_the_variables_of_the_base_count_too() -> None:
    document = read_sample("5")
    assert values_of(document.collections[0])["reader.name"] == "Ada"
    assert values_of(environment_of(document, "Staging")) == {
        "base_url": "https://staging.example.test"
    }


def test_pairs_are_read_with_those_that_are_off_and_without_what_the_vault_hides() -> None:
    variables = environment_of(read_sample("4"), "Pairs").variables
    assert [(one["key"], one["value"], one["enabled"], one["secret"]) for one in variables] == [
        ("host", "http://pairs", True, False),
        ("off", "x", False, False),
        ("vault.pin", "", True, True),
        ("shape.a", "1", True, False),
    ]


def test_a_secret_that_was_written_by_hand_has_its_value() -> None:
    document = read_text(
        "type: collection.insomnia.rest/5.0\nname: A\ncollection: []\nenvironments:\n"
        "  name: Hand\n  environmentType: kv\n"
        "  kvPairData: [{name: pin, value: '4711', type: secret}]\n"
        "  subEnvironments: [{name: Nested, data: {vault: {pin: '4712'}}}]\n"
    )
    secret = {"key": "vault.pin", "enabled": True, "secret": True}
    assert document.collections[0].variables == [{**secret, "value": "4711"}]
    assert environment_of(document, "Nested").variables == [{**secret, "value": "4712"}]


def test_a_file_of_environments_has_no_collection() -> None:
    document = read_text(
        "type: environment.insomnia.rest/5.0\nname: Shared\n"
        "environments: {name: Base Environment, data: {a: 1}, "
        "subEnvironments: [{name: Two, data: {b: 2}}]}\n"
    )
    assert not document.collections
    assert [one.name for one in document.environments] == ["Shared", "Two"]


def test_every_workspace_of_an_export_is_a_collection() -> None:
    document = read_text(
        '{"__export_format": 4, "resources": ['
        '{"_id": "a", "_type": "workspace", "name": "A"},'
        '{"_id": "b", "_type": "workspace", "name": "B"},'
        '{"_id": "r", "_type": "request", "parentId": "b", "name": "r", "url": "http://h"}]}'
    )
    assert [(one.name, len(one.items)) for one in document.collections] == [("A", 0), ("B", 1)]


def test_what_stands_below_nothing_and_in_circles_is_not_lost() -> None:
    document = read_text(
        '{"__export_format": 4, "resources": ['
        '{"_id": "w", "_type": "workspace", "name": "A"},'
        '{"_id": "f", "_type": "request_group", "parentId": "g", "name": "f"},'
        '{"_id": "g", "_type": "request_group", "parentId": "f", "name": "g"},'
        '{"_id": "r", "_type": "request", "parentId": "gone", "name": "r", "url": "http://h"}]}'
    )
    [collection] = document.collections
    assert [one.name for one in collection.requests()] == ["r"]
    assert sorted(one.name for one in collection.folders()) == ["A", "f", "g"]


def test_an_export_of_one_folder_has_no_workspace_and_is_read() -> None:
    document = read_text(
        '{"__export_format": 4, "resources": ['
        '{"_id": "r", "_type": "request", "parentId": "wrk", "name": "r", "url": "http://h"}]}'
    )
    assert [one.name for one in document.collections[0].items] == ["r"]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("type: mock.insomnia.rest/5.0\nname: m\n", "mock server"),
        ("type: mcpClient.insomnia/5.0\nname: m\n", "MCP"),
        ('{"__export_format": 1, "items": []}', "2016"),
        ('{"__export_format": 4, "resources": []}', "no request"),
    ],
)
def test_what_has_no_requests_is_refused_with_what_to_do(text: str, word: str) -> None:
    with pytest.raises(Unreadable, match=word):
        formats.read(load_text(text))


def test_a_scalar_of_a_case_is_the_text_that_was_written() -> None:
    document = formats.read(documents.case("07-insomnia-v5-scalars.yaml"))
    [request] = document.collections[0].items
    assert not isinstance(request, Folder)
    assert [one["value"] for one in request.params] == [
        "1.0_172666493691943363636",
        "2026-11-25",
        "0123",
        "123456789012345678901234567890",
        "1e3",
        "1.10",
    ]
    assert [one["value"] for one in request.headers] == ["no", "12:30:45"]
    assert values_of(document.environments[0]) == {
        "on": "on",
        "port": "8080",
        "flag": "true",
        "nested.key": "1_000",
    }
    assert any(note.kind == "environment" for note in document.notes)


def test_scalars_are_text_where_text_is_wanted_and_values_where_any_is() -> None:
    document = read_text(
        "type: collection.insomnia.rest/5.0\nname: 1.50\ncollection:\n"
        "- name: True\n  method: GET\n  url: http://h\n"
        "  headers: [{name: 010, value: 0x1F}, {name: b, value: ~}]\n"
        "environments: {name: E, data: {a: 1.10, b: True}}\n"
    )
    request = request_of(document, "True")
    assert [(one["key"], one["value"]) for one in request.headers] == [("010", "0x1F"), ("b", "~")]
    assert values_of(document.environments[0]) == {"a": "1.10", "b": "true"}
    assert document.collections[0].name == "1.50"


def test_a_request_with_a_method_is_one_whatever_its_id() -> None:
    document = read_text(
        "type: collection.insomnia.rest/5.0\nname: A\n"
        "collection: [{name: Call, url: 'http://h', method: GET, meta: {id: greq_1}}]\n"
    )
    assert request_of(document, "Call").url == "http://h"


@pytest.mark.parametrize(
    "said",
    ["meta: {id: greq_1}", "protoFileId: pf_1", "protoMethodName: /a/B", "type: GrpcRequest"],
)
def test_a_call_of_grpc_is_told_of_and_is_no_request(said: str) -> None:
    document = read_text(
        "type: collection.insomnia.rest/5.0\nname: A\n"
        f"collection: [{{name: Call, url: 'h:1', {said}}}]\n"
    )
    assert document.collections[0].items == []
    [note] = document.notes
    assert (note.what, note.name) == (What.SKIPPED, "Call")
    assert "gRPC" in note.reason
