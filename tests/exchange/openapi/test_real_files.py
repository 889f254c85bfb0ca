"""OpenAPI documents of others, and the cases that people reported elsewhere."""

import json

import pytest
from openapi_spec_validator import validate

from gassapi_backend.exchange import formats
from gassapi_backend.exchange.openapi import read
from gassapi_backend.exchange.tree import Document, Environment, Request, What
from tests.exchange import documents
from tests.exchange.documents import Sample
from tests.exchange.openapi.documents import said, stored, written
from tests.exchange.openapi.samples import note_at, read_data, request_named


def is_whole(document: Document) -> bool:
    """Whether no reference leads to itself: what does is left out when written."""
    return not any("itself" in note.reason for note in document.notes)


@pytest.mark.parametrize("sample", documents.samples("openapi"))
def test_a_real_document_comes_back_as_it_was(sample: Sample) -> None:
    source = documents.source_of(sample.path)
    document = stored(formats.read(source))
    result = json.loads(written(document).content())
    if not is_whole(document):
        assert any(note.what is What.SKIPPED for note in written(document).notes)
    elif sample.facts["version"] == "2.0":
        assert result["openapi"].startswith("3.1")
    else:
        assert result == json.loads(json.dumps(source.data))


@pytest.mark.parametrize("sample", documents.samples("openapi"))
def test_a_real_document_counts_as_the_index_says(sample: Sample) -> None:
    document = formats.read(documents.source_of(sample.path))
    requests = [one for root in document.collections for one in root.requests()]
    variables = [one["key"] for env in document.environments for one in env.variables]
    assert len([key for key in variables if key != "baseUrl"]) == sample.count("variables")
    assert sum(len(one.examples) for one in requests) == sample.count("examples")
    reported = [note.reason for note in document.notes]
    assert sum("webhook" in one for one in reported) == sample.count("webhook_ops")


@pytest.mark.parametrize("version", ["3.0", "3.1", "3.2"])
@pytest.mark.parametrize("sample", documents.samples("openapi"))
def test_a_real_document_has_its_requests_in_every_version(sample: Sample, version: str) -> None:
    document = stored(formats.read(documents.source_of(sample.path)))
    again = read_data(json.loads(written(document, version).content()))
    before, after = document.collections[0].requests(), again.collections[0].requests()
    names = ("name", "method", "url", "params", "headers", "auth", "body_type")
    assert [[getattr(one, name) for name in names] for one in after] == [
        [getattr(one, name) for name in names] for one in before
    ]


def values(environment: Environment) -> dict[str, str]:
    return {str(one["key"]): str(one["value"]) for one in environment.variables}


def test_case_cookie_key() -> None:
    source = documents.case("08-cookie-key.yaml")
    document = stored(read(source))
    me, either = request_named(document, "me"), request_named(document, "either")
    assert document.collections[0].auth == {
        "type": "apiKey",
        "key": "sid",
        "value": "{{session}}",
        "in": "cookie",
    }
    assert me.auth is None
    assert [(one["key"], one["value"]) for one in me.headers] == [
        ("Cookie", "theme=dark"),
        ("X-CSRF", "{{csrf}}"),
    ]
    assert request_named(document, "login").auth == {"type": "none"}
    assert request_named(document, "login").headers == []
    assert either.auth == {"type": "bearer", "token": "{{bearer}}"}
    assert "without" in note_at(document, "/paths/~1either/get/security").reason
    assert said(document) == source.data


def test_case_servers() -> None:
    source = documents.case("09-servers.yaml")
    document = stored(read(source))
    production, anywhere, third = document.environments
    assert (production.name, anywhere.name) == ("Production", "Anywhere")
    assert values(production) == {
        "baseUrl": "https://{{tenant}}.example.test:{{port}}/api/{{version}}",
        "tenant": "acme",
        "port": "8443",
        "version": "v2",
    }
    assert values(anywhere) == {"baseUrl": "{{url}}/content", "url": "http://localhost:8080"}
    assert values(third) == {"baseUrl": "/relative"}
    assert note_at(document, "/servers/2")
    assert [request_named(document, name).url for name in ("a", "up", "up2")] == [
        "{{baseUrl}}/a/{tenant}",
        "https://up.example.test/v1/upload",
        "https://op.example.test/upload",
    ]
    assert json.loads(written(document).content()) == json.loads(json.dumps(source.data))


def test_case_circular() -> None:
    source = documents.case("10-circular.json")
    document = stored(read(source))
    body = json.loads(request_named(document, "addNode").body)
    assert body == {"name": "string", "children": []}
    assert note_at(document, "/components/responses/Loop")
    result = said(document)
    assert result["components"]["schemas"] == source.data["components"]["schemas"]
    assert "responses" not in result["components"]


def test_case_merge_keeps_ids() -> None:
    first, second = (read(documents.case(f"16-merge.{version}.yaml")) for version in ("v1", "v2"))
    assert first.source_id == second.source_id == "Shop"

    def ids(document: Document) -> dict[str | None, str]:
        return {
            one.origin.operation_id: one.url
            for one in document.collections[0].requests()
            if one.origin
        }

    assert ids(first)["readOrder"] == "{{baseUrl}}/orders/{id}"
    assert ids(second)["readOrder"] == "{{baseUrl}}/v2/orders/{orderId}"
    assert ids(first)[None] == ids(second)[None] == "{{baseUrl}}/ping"


@pytest.mark.parametrize(
    "name",
    [
        *("01-auth-inherit.json", "02-apikey-without-in.json", "05-examples.json"),
        *("06-disabled.json", "14-variable-hosts.json", "15-same-path-twice.json"),
    ],
)
@pytest.mark.parametrize("version", ["3.0", "3.1", "3.2"])
def test_cases_of_other_formats_are_valid_and_lose_no_request(name: str, version: str) -> None:
    pytest.importorskip("gassapi_backend.exchange.postman")
    document = formats.read(documents.case(name))
    result = json.loads(written(document, version).content())
    validate(result)
    again = read_data(result)

    def sent(one: Request) -> tuple[str, str]:
        return one.name, one.method

    before = sorted(map(sent, document.collections[0].requests()))
    assert sorted(map(sent, again.collections[0].requests())) == before
