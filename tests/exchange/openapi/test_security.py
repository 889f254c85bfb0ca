"""Which authentication a request gets of the security schemes that it names."""

import pytest

from tests.exchange.openapi.samples import note_at, only, operation, read_data

SCHEMES = {
    "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "query": {"type": "apiKey", "in": "query", "name": "k"},
    "cookie": {"type": "apiKey", "in": "cookie", "name": "sid"},
    "basic": {"type": "http", "scheme": "Basic"},
    "digest": {"type": "http", "scheme": "digest"},
    "bearer": {"type": "http", "scheme": "bearer"},
    "other": {"type": "http", "scheme": "Token"},
    "oidc": {"type": "openIdConnect", "openIdConnectUrl": "https://id.test"},
    "tls": {"type": "mutualTLS"},
    "oauth": {
        "type": "oauth2",
        "flows": {"clientCredentials": {"tokenUrl": "https://id.test/t", "scopes": {"a": ""}}},
    },
}


def secured(*requirements, root=None, **said):
    data = operation(security=list(requirements), **said)
    data["components"] = {"securitySchemes": SCHEMES}
    if root is not None:
        data["security"] = root
    return data


@pytest.mark.parametrize(
    ("name", "auth"),
    [
        ("key", {"type": "apiKey", "key": "X-Key", "value": "{{key}}", "in": "header"}),
        ("query", {"type": "apiKey", "key": "k", "value": "{{query}}", "in": "query"}),
        ("cookie", {"type": "apiKey", "key": "sid", "value": "{{cookie}}", "in": "cookie"}),
        (
            "basic",
            {"type": "basic", "username": "{{basic_username}}", "password": "{{basic_password}}"},
        ),
        (
            "digest",
            {
                "type": "digest",
                "username": "{{digest_username}}",
                "password": "{{digest_password}}",
            },
        ),
        ("bearer", {"type": "bearer", "token": "{{bearer}}"}),
        ("other", {"type": "bearer", "token": "{{other}}", "prefix": "Token"}),
        ("oidc", {"type": "bearer", "token": "{{oidc}}"}),
        ("tls", {"type": "mutualTLS"}),
        (
            "oauth",
            {
                "type": "oauth2",
                "accessToken": "{{oauth}}",
                "grantType": "client_credentials",
                "accessTokenUrl": "https://id.test/t",
                "scope": "a b",
            },
        ),
    ],
)
def test_each_scheme_is_an_auth(name, auth):
    assert only(secured({name: ["a", "b"] if name == "oauth" else []})).auth == auth


def test_all_schemes_of_one_requirement_are_sent():
    request = only(secured({"key": [], "cookie": [], "query": [], "bearer": []}))
    assert request.auth == {"type": "bearer", "token": "{{bearer}}"}
    assert request.headers == [
        {"key": "X-Key", "value": "{{key}}", "enabled": True},
        {"key": "Cookie", "value": "sid={{cookie}}", "enabled": True},
    ]
    assert request.params == [{"key": "k", "value": "{{query}}", "enabled": True, "in": "query"}]


def test_cookies_of_schemes_and_parameters_are_one_header():
    theme = {"name": "theme", "in": "cookie", "schema": {"default": "dark"}}
    request = only(secured({"bearer": [], "cookie": []}, parameters=[theme]))
    assert [one["value"] for one in request.headers] == ["theme=dark; sid={{cookie}}"]


def test_the_first_of_several_ways_is_taken_and_the_others_reported():
    data = secured({"bearer": []}, {"key": []}, {})
    assert only(data).auth == {"type": "bearer", "token": "{{bearer}}"}
    reasons = [one.reason for one in read_data(data).notes if one.pointer.endswith("/security")]
    assert any("without authentication" in reason for reason in reasons)
    assert any("other ways" in reason for reason in reasons)


def test_what_cannot_be_sent_beside_another_is_reported():
    data = secured({"bearer": [], "basic": []})
    assert "basic" in note_at(read_data(data), "/paths/~1a/get/security").reason


@pytest.mark.parametrize("requirements", [[], [{}]])
def test_asking_for_nothing_is_no_auth(requirements):
    assert only(secured(*requirements, root=[{"key": []}])).auth == {"type": "none"}


def test_what_the_document_asks_for_is_inherited():
    data = secured({"key": []}, root=[{"key": []}])
    root = read_data(data).collections[0]
    assert only(data).auth is None
    assert root.auth == {"type": "apiKey", "key": "X-Key", "value": "{{key}}", "in": "header"}
    del data["paths"]["/a"]["get"]["security"]
    assert only(data).auth is None


def test_a_scheme_that_nobody_declares_is_a_token():
    assert only(secured({"lost": []})).auth == {"type": "bearer", "token": "{{lost}}"}
