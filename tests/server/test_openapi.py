"""The OpenAPI document: valid, complete, exemplary, and true of real answers."""

import inspect
import re
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from gassapi_backend.server import errors
from gassapi_backend.server.access.permissions import (
    ABOUT_NO_PROJECT,
    FOR_TOKENS,
    SCOPES,
    Permission,
)
from gassapi_backend.server.errors import Code, Failure
from gassapi_backend.server.openapi import HEADERS, document
from gassapi_backend.server.openapi.descriptions import UNKNOWN
from gassapi_backend.server.openapi.operations import who_may
from gassapi_backend.server.openapi.refusals import MEANINGS
from gassapi_backend.server.openapi.schemas import Schemas
from gassapi_backend.server.routes import ROUTES
from gassapi_backend.server.routing import Route
from tests.conftest import Api, Serve
from tests.server.described import operation, resolved, validator, wrong_about
from tests.server.samples import FOR_NOBODY, SAMPLES, request_for, tour
from tests.server.toured import toured

JSON = "application/json"
IDS = {
    **dict.fromkeys(
        (name for route in ROUTES for name in route.parameters if name.endswith("_id")),
        "01a20200-0000-7000-8000-000000000000",
    ),
    **dict.fromkeys(
        re.findall(r"<(\w+_id)>", str(SAMPLES)), "01a20200-0000-7000-8000-000000000000"
    ),
    "refresh": "x",
    **dict.fromkeys(("link", "token", "invitation_token"), "x" * 54),
}
EVERY_ROUTE = pytest.mark.parametrize(
    "route", ROUTES, ids=[f"{route.method} {route.full_path}" for route in ROUTES]
)


@pytest.fixture(scope="module")
def spec() -> dict[str, Any]:
    """The document."""
    return document("https://api.example.com")


def problems(schema: dict[str, Any], value: Any) -> list[str]:
    """Return how a value breaks a schema of the document."""
    return [error.message for error in validator(schema).iter_errors(value)]


def responses(route: Route) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield each status of a route with what the document says about it."""
    for status, response in operation(route)["responses"].items():
        yield int(status), resolved(response)


def test_the_document_is_valid(spec: dict[str, Any]) -> None:
    assert [str(error) for error in OpenAPIV31SpecValidator(spec).iter_errors()] == []
    for schema in spec["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_every_route_is_in_the_document_and_nothing_else(spec: dict[str, Any]) -> None:
    found = {(method, path) for path, item in spec["paths"].items() for method in item}
    assert found == {(route.method.lower(), route.full_path) for route in ROUTES}


def test_every_operation_has_a_name_of_its_own(spec: dict[str, Any]) -> None:
    names = [operation(route)["operationId"] for route in ROUTES]
    assert len(set(names)) == len(names)
    assert {"get_project", "patch_project", "post_auth_login", "get_root_health"} <= set(names)
    for name in names:
        assert re.fullmatch(r"[a-z]+(_[a-z0-9]+)+|get_root", name)


@EVERY_ROUTE
def test_an_operation_says_what_it_does_and_who_may_call_it(route: Route) -> None:
    found = operation(route)
    assert inspect.getdoc(route.handler)
    assert found["summary"]
    assert found["x-permission"] == route.permission
    assert who_may(route.permission) in found["description"]


def test_who_may_call_is_said_in_words() -> None:
    said = {permission: who_may(permission) for permission in Permission}
    for permission, text in said.items():
        takes_tokens = any(permission in allowed for allowed in SCOPES.values())
        assert ("MCP token" in text) == takes_tokens
        if permission not in ABOUT_NO_PROJECT:
            assert "of the project" in text
    assert "scope `write`" in said[Permission.WRITE]
    assert "scope" not in said[Permission.READ]
    assert "public" in said[Permission.READ]
    assert "owner" in said[Permission.DELETE_PROJECT]
    assert "owner" not in said[Permission.WRITE]


def test_every_tag_is_described(spec: dict[str, Any]) -> None:
    used = {operation(route)["tags"][0] for route in ROUTES}
    assert {tag["name"] for tag in spec["tags"]} == used
    assert all(tag["description"] for tag in spec["tags"])


@EVERY_ROUTE
def test_every_parameter_is_in_the_document_with_its_meaning(route: Route) -> None:
    parameters = operation(route)["parameters"]
    found = {(item["in"], item["name"]) for item in parameters if item["in"] != "header"}
    query = {field.alias for field in route.query.model_fields.values()} if route.query else set()
    assert found == {("path", name) for name in route.parameters} | {("query", n) for n in query}
    for item in parameters:
        assert item["description"], item["name"]
        assert not item["description"].startswith(UNKNOWN), "Say it in its field or _KNOWN."
        assert problems(item["schema"], item["example"]) == [], item["name"]
        if item["in"] == "query":
            assert "null" not in str(item["schema"]), item["name"]


@EVERY_ROUTE
def test_the_document_says_which_headers_mean_something(route: Route) -> None:
    found = {item["name"] for item in operation(route)["parameters"] if item["in"] == "header"}
    wanted = {"Idempotency-Key"} if route.method == "POST" and not route.is_rpc else set()
    if route.resource is not None and route.method == "GET":
        wanted.add("If-None-Match")
    elif route.resource is not None and route.method in ("PUT", "PATCH"):
        wanted.add("If-Match")
    assert wanted <= found
    assert "412" not in operation(route)["responses"] or "If-Match" in found


@EVERY_ROUTE
def test_the_document_says_what_needs_a_credential(route: Route) -> None:
    security = operation(route)["security"]
    if route.path == "/auth/refresh":
        assert security == [{}, {"refreshToken": []}, {"refreshCookie": []}]
    elif route.permission is Permission.PUBLIC:
        assert security == []
    else:
        schemes = {name for way in security for name in way}
        takes_tokens = any(route.permission in allowed for allowed in SCOPES.values())
        assert ({"mcpToken", "mcpBearer"} <= schemes) == takes_tokens
        is_for_people = route.permission not in FOR_TOKENS
        assert ({"accessToken", "accessCookie"} <= schemes) == is_for_people
        assert {"401", "403"} <= operation(route)["responses"].keys()


def test_every_code_of_a_refusal_is_in_the_document() -> None:
    kinds = [kind for kind in vars(errors).values() if inspect.isclass(kind)]
    for kind in kinds:
        if issubclass(kind, Failure) and kind is not errors.MethodNotAllowed:  # no operation's
            assert kind.code in MEANINGS[kind.status][1]
    described = {code for _, codes in MEANINGS.values() for code in codes}
    assert described == set(Code) - {Code.METHOD_NOT_ALLOWED}


@EVERY_ROUTE
def test_every_response_has_a_description_headers_and_a_true_example(route: Route) -> None:
    for status, response in responses(route):
        assert response["description"]
        assert "X-Request-Id" in response["headers"]
        for media in response.get("content", {}).values():
            assert problems(media["schema"], media["example"]) == [], status


def test_the_examples_of_headers_are_true() -> None:
    for name, (_, schema, example, _) in HEADERS.items():
        assert example is None or problems(schema, example) == [], name


@EVERY_ROUTE
def test_the_example_of_a_body_is_taken(route: Route) -> None:
    if route.body is None:
        return
    for media in operation(route)["requestBody"]["content"].values():
        assert problems(media["schema"], media["example"]) == []
        assert route.body.model_validate(media["example"])


def without(value: Any, names: set[str]) -> Any:
    """Return JSON without what the users themselves write, whose ids may be anything."""
    if isinstance(value, list):
        return [without(item, names) for item in value]
    if isinstance(value, dict):
        return {key: without(item, names) for key, item in value.items() if key not in names}
    return value


@EVERY_ROUTE
def test_ids_and_times_say_their_format(route: Route) -> None:
    for _, response in responses(route):
        shown = response.get("content", {}).get(JSON, {}).get("example")
        found = str(without(shown, {"flowData", "nodes", "edges", "requestId"}))
        for name, value in re.findall(r"'(\w+(?:At|Id)|id)': '([^']*)'", found):
            form = r"\d{4}-.*Z" if name.endswith("At") else r"[0-9a-f]{8}-.*"
            assert re.fullmatch(form, value), name


def test_links_lead_to_operations_that_take_what_they_give(spec: dict[str, Any]) -> None:
    takers = {operation(route)["operationId"]: set(route.parameters) for route in ROUTES}
    count = 0
    for route in ROUTES:
        for status, response in responses(route):
            for link in response.get("links", {}).values():
                count += 1
                assert set(link["parameters"]) == {
                    f"path.{name}" for name in takers[link["operationId"]]
                }
                sample = response["content"][JSON]["example"]
                for expression in link["parameters"].values():
                    _, is_body, pointer = expression.partition("$response.body#/")
                    value = sample
                    for part in pointer.split("/") if is_body else ():
                        value = value[int(part)] if part.isdigit() else value[part]
                    assert not is_body or isinstance(value, str), (route, status)
    created = operation(next(r for r in ROUTES if (r.method, r.path) == ("POST", "/projects")))
    assert "get_project" in created["responses"]["201"]["links"]
    assert count > 10


def test_names_of_schemas_are_for_people(spec: dict[str, Any]) -> None:
    for name in spec["components"]["schemas"]:
        assert re.fullmatch(r"[A-Z][A-Za-z0-9]+", name), name
    assert "ProjectSearch" not in spec["components"]["schemas"]
    assert len(Schemas().components) >= len(spec["components"]["schemas"]) - 1


@EVERY_ROUTE
def test_the_sample_is_what_the_document_asks_for(route: Route) -> None:
    body = request_for(route, **IDS).body
    if body is not None:
        schema = operation(route)["requestBody"]["content"][JSON]["schema"]
        assert problems(schema, body) == []
        is_free = route.body is not None and route.body.model_config.get("extra") == "allow"
        assert bool(problems(schema, {**body, "typo": 1})) != (is_free or route.is_rpc)


async def test_real_answers_are_what_the_document_says(engine: str, api: Api) -> None:
    """So are all others of all tests: see ``Api.call``."""
    visits = (await toured(engine, api)).visits
    for visit in visits:
        if visit.route.method == "GET" and visit.response.content_type == JSON:
            assert not wrong_about(
                visit.route, visit.response.status, visit.response.headers, visit.text.encode()
            )
    assert len(visits) == len(ROUTES) - len(FOR_NOBODY)


async def test_a_lie_in_the_document_would_be_noticed(api: Api) -> None:
    ann = await api.person()
    await api.project(ann)
    route = next(route for route in ROUTES if (route.method, route.path) == ("GET", "/projects"))
    response = await api.call("GET", "/projects", ann)
    text, headers = await response.text(), response.headers
    assert wrong_about(route, 200, headers, text.encode()) == []
    assert wrong_about(route, 418, headers, text.encode())
    assert wrong_about(route, 200, {}, text.encode())
    for old, new in (
        ('"name"', '"nom"'),
        ('"revision":', '"more":1,"revision":'),
        ("Z", ""),
        ('"success":true', '"success":false'),
    ):
        assert wrong_about(route, 200, headers, text.replace(old, new).encode()), old


async def test_a_write_meant_for_another_revision_is_refused_where_the_document_says_so(
    api: Api,
) -> None:
    for visit in await tour(api, headers={"If-Match": '"999999"'}, is_good=False):
        names = [item["name"] for item in operation(visit.route)["parameters"]]
        assert (visit.response.status == 412) == ("If-Match" in names), visit.route.full_path


async def test_real_refusals_are_what_the_document_says(api: Api) -> None:
    refused = set()
    for number, route in enumerate(ROUTES):
        ann = await api.person(f"Guest{number}")
        method, path, body = request_for(route, **IDS)
        for who, sent in ((None, {}), ("x", {}), (ann, {"data": b"{"}), (ann, {"json": body})):
            response = await api.call(method, path, who, base="", **sent)
            refused.add(response.status)
    assert {400, 401, 404, 415} <= refused


async def test_the_document_is_served_and_names_the_server(serve: Serve) -> None:
    api = await serve(public_url="https://api.example.com")
    for base in ("", "/api/v1"):
        served = await api.json("GET", "/openapi.json", base=base)
        assert served["openapi"].startswith("3.1")
        assert served["servers"] == [{"url": "https://api.example.com"}]


def parts(value: Any, at: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every object of a document with where it is."""
    if isinstance(value, dict):
        yield at, value
        for name, part in value.items():
            if name not in ("example", "examples"):
                yield from parts(part, f"{at}/{name}")
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from parts(part, f"{at}/{number}")


def test_programs_that_make_clients_find_what_they_need() -> None:
    """Free objects say so, what is left out has no null, and every refusal has one schema."""
    found = document("http://localhost:3000")
    schemas = [(at, part) for at, part in parts(found) if "type" in part or "$ref" in part]
    assert [
        at
        for at, part in schemas
        if part.get("type") == "object" and not {"properties", "additionalProperties"} & set(part)
    ] == []
    assert [at for at, part in schemas if part.get("type") == "array" and "items" not in part] == []
    assert [at for at, part in schemas if part.get("default", ...) is None] == []
    refusals = found["components"]["responses"]
    assert len(refusals) > 10
    for name, response in refusals.items():
        schema = response["content"]["application/json"]["schema"]
        assert schema == {"$ref": f"#/components/schemas/{name}"}
        assert name in found["components"]["schemas"]
