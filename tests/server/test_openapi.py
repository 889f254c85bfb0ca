"""The OpenAPI document: valid, complete, and true of real answers."""

import inspect
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from gassapi_backend.server.access import Permission
from gassapi_backend.server.http import AnyObject, Body
from gassapi_backend.server.openapi import document
from gassapi_backend.server.routes import ROUTES
from gassapi_backend.server.routing import Route
from tests.conftest import Api, Serve
from tests.server.samples import request_for, tour

IDS = {
    **dict.fromkeys(
        (
            "project_id",
            "session_id",
            "token_id",
            "user_id",
            "member_id",
            "invitation_id",
            "own_invitation_id",
        ),
        "01a20200-0000-7000-8000-000000000000",
    ),
    "refresh": "x",
    "invitation_token": "x",
}


@pytest.fixture(scope="module")
def spec() -> dict[str, Any]:
    """The document."""
    return document("https://api.example.com")


def operation(spec: dict[str, Any], route: Route) -> dict[str, Any]:
    """Return what the document says about a route."""
    found: dict[str, Any] = spec["paths"][route.full_path][route.method.lower()]
    return found


def problems(spec: dict[str, Any], schema: dict[str, Any], value: Any) -> list[str]:
    """Return how a value breaks a schema of the document."""
    whole = {**schema, "components": spec["components"]}
    return [error.message for error in Draft202012Validator(whole).iter_errors(value)]


def test_the_document_is_valid(spec: dict[str, Any]) -> None:
    assert [str(error) for error in OpenAPIV31SpecValidator(spec).iter_errors()] == []


def test_every_route_is_in_the_document_and_nothing_else(spec: dict[str, Any]) -> None:
    found = {(method, path) for path, item in spec["paths"].items() for method in item}
    assert found == {(route.method.lower(), route.full_path) for route in ROUTES}
    for route in ROUTES:
        assert ("302" if route.path == "/" else str(route.status)) in operation(spec, route)[
            "responses"
        ]


def test_every_operation_has_a_name_of_its_own_and_says_what_it_does(spec: dict[str, Any]) -> None:
    names = [operation(spec, route)["operationId"] for route in ROUTES]
    assert len(set(names)) == len(names)
    for route in ROUTES:
        assert inspect.getdoc(route.handler), route.full_path
        assert operation(spec, route)["summary"]


def test_every_parameter_is_in_the_document(spec: dict[str, Any]) -> None:
    for route in ROUTES:
        found = {(item["in"], item["name"]) for item in operation(spec, route)["parameters"]}
        query = (
            {field.alias for field in route.query.model_fields.values()} if route.query else set()
        )
        wanted = {("path", name) for name in route.parameters} | {("query", name) for name in query}
        assert {item for item in found if item[0] != "header"} == wanted


def test_the_document_says_what_needs_a_credential(spec: dict[str, Any]) -> None:
    for route in ROUTES:
        is_public = route.permission is Permission.PUBLIC
        assert (operation(spec, route)["security"] == []) == is_public


def test_the_samples_are_what_the_document_asks_for(spec: dict[str, Any]) -> None:
    for route in ROUTES:
        body = request_for(route, **IDS).body
        if body is not None:
            schema = operation(spec, route)["requestBody"]["content"]["application/json"]["schema"]
            assert problems(spec, schema, body) == [], route.full_path
            takes_any = issubclass(route.body or Body, AnyObject)
            assert bool(problems(spec, schema, {**body, "typo": 1})) != takes_any, route.full_path


async def test_real_answers_are_what_the_document_says(api: Api, spec: dict[str, Any]) -> None:
    for visit in await tour(api):
        described = operation(spec, visit.route)["responses"][str(visit.response.status)]
        content = described.get("content", {"": {}})
        assert visit.response.content_type in content or visit.response.status == 302
        assert ("ETag" in visit.response.headers) == ("headers" in described)
        if "application/json" in content:
            schema = content["application/json"]["schema"]
            assert problems(spec, schema, visit.answer) == [], visit.route.full_path


async def test_answers_have_no_field_that_the_document_lacks(
    api: Api, spec: dict[str, Any]
) -> None:
    for visit in await tour(api):
        described = operation(spec, visit.route)["responses"].get(str(visit.route.status), {})
        schema = described.get("content", {}).get("application/json", {}).get("schema", {})
        for part in schema.get("allOf", ()):
            if "$ref" in part:
                name = part["$ref"].rpartition("/")[2]
                known = set(spec["components"]["schemas"][name]["properties"]) | {"success"}
                assert set(visit.answer) <= known, visit.route.full_path


async def test_real_refusals_are_what_the_document_says(api: Api, spec: dict[str, Any]) -> None:
    refused = set()
    for number, route in enumerate(ROUTES):
        ann = await api.person(f"Guest{number}")
        method, path, body = request_for(route, **IDS)
        for who, sent in ((None, {}), ("x", {}), (ann, {"data": b"{"}), (ann, {"json": body})):
            response = await api.call(method, path, who, base="", **sent)
            if response.status >= 400:
                described = operation(spec, route)["responses"][str(response.status)]
                schema = described["content"]["application/json"]["schema"]
                assert problems(spec, schema, await response.json()) == []
                refused.add(response.status)
    assert {400, 401, 404, 415} <= refused


async def test_the_document_is_served_and_names_the_server(serve: Serve) -> None:
    api = await serve(public_url="https://api.example.com")
    for base in ("", "/api/v1"):
        served = await api.json("GET", "/openapi.json", base=base)
        assert served["openapi"].startswith("3.1")
        assert served["servers"] == [{"url": "https://api.example.com"}]
