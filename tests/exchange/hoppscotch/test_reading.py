"""What is read of Hoppscotch: collections, requests of every version, environments."""

import json
from pathlib import Path

import pytest

from gassapi_backend.exchange import hoppscotch, postman
from gassapi_backend.exchange.sources import Source
from gassapi_backend.exchange.tree import Document, Folder, Json, Request, Unreadable, What
from gassapi_backend.exchange.writing import WriteOptions
from tests.exchange.mutations import mutated

SAMPLE = Path(__file__).parent.parent / "samples" / "hoppscotch" / "bakery.json"


def said() -> Json:
    return json.loads(SAMPLE.read_text(encoding="utf-8"))


@pytest.fixture(name="bakery", scope="module")
def _bakery() -> Document:
    return hoppscotch.read(Source(data=said(), name="bakery.json"))


def requests(document: Document) -> dict[str, Request]:
    return {one.name: one for folder in document.collections for one in folder.requests()}


def request(**fields: Json) -> Request:
    data = {"v": "9", "name": "One", "method": "GET", "endpoint": "h", **fields}
    [found] = hoppscotch.read(Source(data=data, name="x.json")).collections[0].requests()
    return found


def test_a_list_may_hold_collections_and_environments(bakery: Document) -> None:
    assert (bakery.format, bakery.version) == ("hoppscotch", "12")
    assert [one.name for one in bakery.collections] == ["Bakery"]
    assert [one.name for one in bakery.environments] == ["Local", "Old"]
    skipped = [note.pointer for note in bakery.notes if note.what is What.SKIPPED]
    assert skipped == ["/0/variables/2", "/0/folders/0/requests/5", "/3"]


def test_collections_hand_down_what_they_say(bakery: Document) -> None:
    root = bakery.collections[0]
    assert root.description == "Bread"
    assert root.auth == {"type": "bearer", "token": "{{token}}"}
    assert root.headers == [
        {"key": "X-Shop", "value": "{{shop}}", "enabled": True, "description": "which shop"},
        {"key": "X-Off", "value": "1", "enabled": False},
    ]
    assert root.variables == [
        {"key": "shop", "value": "north", "enabled": True, "secret": False},
        {"key": "token", "value": "", "enabled": True, "secret": True},
    ]
    [orders, *rest] = root.items
    assert isinstance(orders, Folder)
    assert orders.auth is None
    assert [one.name for one in rest] == ["Version 0", "Ovens"]


def test_the_variables_of_a_request_are_sent_with_it(bakery: Document) -> None:
    one = requests(bakery)["One order"]
    assert one.url == "https://{{host}}/orders/:id/7.json"
    assert one.headers[0]["value"] == "7"
    assert one.params == [
        {"key": "limit", "value": "{{limit}}", "enabled": True, "description": "how many"}
        | {"in": "query"},
        {"key": "off", "value": "1", "enabled": False, "in": "query"},
        {"key": "id", "value": "7", "enabled": True, "in": "path"},
    ]
    assert one.auth is None
    assert one.description == "Reads one."


def test_responses_are_examples(bakery: Document) -> None:
    [example] = requests(bakery)["One order"].examples
    assert (example["name"], example["status"], example["body"]) == (
        "Found",
        200,
        '{"price": 1.10}',
    )
    assert example["headers"] == [{"key": "Content-Type", "value": "application/json"}]
    assert example["request"]["url"] == "https://h/orders/7"


def test_bodies(bakery: Document) -> None:
    found = requests(bakery)
    make = found["Make"]
    assert (make.body_type, make.body) == ("json", '{"n": {{n}}}')
    assert [(h["key"], h["value"]) for h in make.headers] == [
        ("Content-Type", "application/ld+json")
    ]
    assert found["Form"].body == [
        {"key": "a", "value": "1", "enabled": True},
        {"key": "b", "value": "2", "enabled": False},
        {"key": "c: d", "value": "e\nf", "enabled": True},
        {"key": "no colon", "value": "", "enabled": True},
    ]
    assert found["Parts"].body == [
        {"key": "text", "value": "{{x}}", "enabled": True, "type": "text"}
        | {"contentType": "text/csv"},
        {"key": "file", "value": "", "enabled": False, "type": "file"},
    ]
    assert (found["Binary"].body_type, found["Binary"].body) == ("binary", {"src": ""})


def test_version_0_and_graphql(bakery: Document) -> None:
    found = requests(bakery)
    old = found["Version 0"]
    assert (old.method, old.url) == ("POST", "https://old.test/v0/{{a}}")
    assert (old.body_type, old.body) == ("json", '{"a": 1}')
    assert old.auth == {"type": "basic", "username": "ann", "password": "{{pw}}"}
    ovens = found["Ovens"]
    assert (ovens.method, ovens.body_type) == ("POST", "graphql")
    assert ovens.body == {"query": "query { ovens { id } }", "variables": '{"n": 1}'}


def test_what_is_kept_is_said(bakery: Document) -> None:
    kept = [note.pointer for note in bakery.notes if note.what is What.KEPT]
    assert sorted(kept) == [
        "/0/folders/0/requests/0/requestVariables",
        "/0/folders/0/requests/0/testScript",
        "/0/folders/0/requests/2/auth",
        "/0/folders/0/requests/3/body",
        "/0/folders/0/requests/4/body",
        "/0/preRequestScript",
        "/1/variables/1",
    ]


def test_environments_of_every_version(bakery: Document) -> None:
    local, old = bakery.environments
    assert [(v["key"], v["value"], v["secret"]) for v in local.variables] == [
        ("base", "http://{{host}}", False),
        ("file", "", False),
    ]
    assert [(v["key"], v["value"], v["secret"]) for v in old.variables] == [
        ("x", "1", False),
        ("y", "", True),
    ]
    assert local.origin is not None
    assert (local.origin.source_id, local.origin.version) == ("2", "2")


@pytest.mark.parametrize(
    ("said", "auth"),
    [
        ({"authType": "none", "authActive": True}, {"type": "none"}),
        ({"authType": "inherit", "authActive": True}, None),
        ({"authType": "inherit", "authActive": False}, {"type": "none"}),
        ({"authType": "basic", "authActive": False}, {"type": "none"}),
        (
            {"authType": "api-key", "key": "k", "value": "<<v>>", "addTo": "QUERY_PARAMS"},
            {"type": "apiKey", "key": "k", "value": "{{v}}", "in": "query"},
        ),
        (
            {"authType": "api-key", "key": "k", "value": "v", "addTo": "Headers"},
            {"type": "apiKey", "key": "k", "value": "v", "in": "header"},
        ),
        (
            {"authType": "oauth-2", "token": "t", "authURL": "a", "accessTokenURL": "b"}
            | {"clientID": "c", "scope": "s"},
            {"type": "oauth2", "accessToken": "t", "authUrl": "a", "accessTokenUrl": "b"}
            | {"clientId": "c", "scope": "s"},
        ),
        (
            {
                "authType": "oauth-2",
                "addTo": "HEADERS",
                "grantTypeInfo": {
                    "grantType": "AUTHORIZATION_CODE",
                    "authEndpoint": "a",
                    "tokenEndpoint": "b",
                    "clientID": "c",
                    "token": "<<t>>",
                    "isPKCE": True,
                    "scopes": None,
                },
            },
            {
                "type": "oauth2",
                "addTokenTo": "header",
                "grantType": "authorization_code_with_pkce",
                "authUrl": "a",
                "accessTokenUrl": "b",
                "clientId": "c",
                "accessToken": "{{t}}",
                "scope": "",
            },
        ),
        (
            {"authType": "aws-signature", "accessKey": "a", "serviceName": "s"}
            | {"addTo": "QUERY_PARAMS"},
            {"type": "awsv4", "accessKey": "a", "service": "s", "addAuthDataToQuery": True},
        ),
        (
            {"authType": "digest", "username": "u", "nc": "1", "disableRetry": True},
            {"type": "digest", "username": "u", "nonceCount": "1", "disableRetryRequest": True},
        ),
        (
            {"authType": "jwt", "secret": "s", "addTo": "HEADERS", "paramName": "token"},
            {"type": "jwt", "secret": "s", "addTokenTo": "header", "queryParamKey": "token"},
        ),
        ({"authType": "akamai-eg", "host": "h"}, {"type": "edgegrid", "baseURL": "h"}),
        ({"authType": "hawk", "ext": "e"}, {"type": "hawk", "extraData": "e"}),
        ({"authType": "new-kind", "a": 1}, {"type": "new-kind", "a": 1}),
        (None, None),
    ],
)
def test_authentication_of_every_kind(said: Json, auth: Json) -> None:
    assert request(auth=said).auth == auth


def test_a_variable_in_the_place_of_the_host_stays_one() -> None:
    variables = [{"key": "host", "value": "h.test", "active": True}]
    found = request(endpoint="<<host>>/<<host>>/x", requestVariables=variables)
    assert found.url == "h.test/:host/x"
    found = request(endpoint="https://<<host>>/<<other>>?a=<<host>>", requestVariables=variables)
    assert found.url == "https://h.test/{{other}}?a=h.test"


def test_variables_of_a_request_refer_to_each_other_and_to_the_environment() -> None:
    variables = [
        {"key": "url", "value": "https://h.test", "active": True},
        {"key": "path", "value": "<<user>>/<<word>>", "active": True},
        {"key": "user", "value": "<<name>>", "active": True},
        {"key": "name", "value": "<<secretName>>", "active": True},
        {"key": "word", "value": "w", "active": True},
        {"key": "method", "value": "first", "active": True},
        {"key": "method", "value": "second", "active": True},
        {"key": "id", "value": "", "active": True},
        {"key": "a", "value": "<<b>>", "active": True},
        {"key": "b", "value": "<<a>>", "active": True},
        {"key": "query", "value": "x?y=1", "active": True},
    ]
    found = request(
        endpoint="<<url>>/<<path>>/<<id>>/<<query>>",
        params=[{"key": "m", "value": "<<method>>", "active": True}],
        headers=[{"key": "X-Id", "value": "<<id>>-<<a>>", "active": True}],
        requestVariables=variables,
    )
    assert found.url == "https://h.test/:path/:id/x?y=1"
    assert [(one["key"], one["value"]) for one in found.params] == [
        ("m", "first"),
        ("path", "{{secretName}}/w"),
        ("id", "{{id}}"),
    ]
    assert found.headers[0]["value"] == "{{id}}-{{b}}"


def test_variables_of_a_request_that_grow_without_end_stay_as_they_are() -> None:
    grown = [
        {"key": f"v{at}", "value": f"<<v{at + 1}>><<v{at + 1}>>" * 20, "active": True}
        for at in range(30)
    ]
    found = request(endpoint="h", headers=[{"key": "X", "value": "<<v0>>"}], requestVariables=grown)
    assert found.headers[0]["value"] == "{{v1}}{{v1}}" * 20


@pytest.mark.parametrize(
    ("said", "body_type", "body"),
    [
        (
            {"contentType": "application/x-www-form-urlencoded", "rawInput": False}
            | {"rawParams": '{\n  "a": "1"\n}', "bodyParams": [{"key": "a", "value": "1"}]},
            "x-www-form-urlencoded",
            [{"key": "a", "value": "1", "enabled": True}],
        ),
        (
            {"contentType": "application/x-www-form-urlencoded", "rawInput": True}
            | {"rawParams": "a=1&b=x%20y&c=", "bodyParams": []},
            "x-www-form-urlencoded",
            [
                {"key": "a", "value": "1", "enabled": True},
                {"key": "b", "value": "x y", "enabled": True},
                {"key": "c", "value": "", "enabled": True},
            ],
        ),
        (
            {"contentType": "application/json", "rawInput": False, "rawParams": ""}
            | {"bodyParams": [{"key": "a", "value": {"b": 1}}]},
            "json",
            '{"a":{"b":1}}',
        ),
        ({"contentType": "application/json", "rawParams": '{"a": 1}'}, "json", '{"a": 1}'),
        ({"contentType": "", "rawParams": "x"}, None, None),
    ],
)
def test_bodies_of_version_0(said: Json, body_type: str, body: Json) -> None:
    data = {"name": "Old", "method": "POST", "url": "http://h", "path": "/x", **said}
    [found] = hoppscotch.read(Source(data=data)).collections[0].requests()
    assert (found.body_type, found.body) == (body_type, body)


def test_a_body_that_version_0_did_not_send_is_reported() -> None:
    said = {"contentType": "application/json", "rawParams": "{}", "method": "GET"}
    document = hoppscotch.read(Source(data={"name": "Old", "url": "http://h", "path": "/", **said}))
    assert [note.pointer for note in document.notes] == ["/body"]


def test_credentials_of_another_grant_are_no_part_of_a_signature() -> None:
    left_over = {"grantTypeInfo": {"grantType": "PASSWORD", "token": "t", "isPKCE": True}}
    said = {"authType": "aws-signature", "authActive": True, "region": "r", **left_over}
    assert request(auth=said).auth == {"type": "awsv4", "region": "r"}


def test_a_single_request_is_a_collection_called_after_its_file() -> None:
    data = {"v": "9", "name": "Ping", "method": "GET", "endpoint": "h"}
    document = hoppscotch.read(Source(data=data, name="pings.json"))
    assert [one.name for one in document.collections] == ["pings"]


def test_an_environment_alone_is_known_as_one() -> None:
    document = hoppscotch.read(Source(data={"v": 1, "name": "E", "variables": []}))
    assert (document.format, document.version) == ("hoppscotch-environment", "1")


@pytest.mark.parametrize("data", [None, [], {}, [3], {"name": "x"}, {"folders": {}}, "text"])
def test_what_is_not_of_hoppscotch_is_refused(data: Json) -> None:
    with pytest.raises(Unreadable, match="not a Hoppscotch document"):
        hoppscotch.read(Source(data=data))


def test_a_mutated_document_is_read_or_refused() -> None:
    for seed in range(300):
        try:
            document = hoppscotch.read(Source(data=mutated(said(), seed), name="x.json"))
        except Unreadable:
            continue
        if document.collections:
            postman.write(document, WriteOptions()).content()


@pytest.mark.parametrize("is_text", [True, False])
def test_a_teams_export_hands_down_what_its_data_says(is_text: bool) -> None:
    data: Json = {
        "auth": {"authType": "bearer", "authActive": True, "token": "<<t>>"},
        "headers": [{"key": "X-Team", "value": "1", "active": True}],
        "variables": [{"key": "t", "initialValue": "v", "currentValue": "", "secret": False}],
        "description": "of the team",
    }
    inner: Json = {"name": "F", "folders": [], "requests": [], "data": "broken {", "auth": None}
    said: dict[str, Json] = {"title": "Team", "folders": [inner], "requests": []}
    said["data"] = json.dumps(data) if is_text else data
    [team] = hoppscotch.read(Source(data=[said], name="team.json")).collections
    assert (team.name, team.description) == ("Team", "of the team")
    assert team.auth == {"type": "bearer", "token": "{{t}}"}
    assert team.headers == [{"key": "X-Team", "value": "1", "enabled": True}]
    assert [(one["key"], one["value"]) for one in team.variables] == [("t", "v")]
    assert [one.name for one in team.items] == ["F"]
    assert team.origin is not None
    assert team.origin.original["node"]["data"] == said["data"]
