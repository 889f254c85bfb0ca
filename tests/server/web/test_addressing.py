"""Which route an address leads to."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from yarl import URL

from gassapi_backend.server.routes import ROUTES
from gassapi_backend.server.web.addressing import Router

pytestmark = pytest.mark.engines("sqlite")

NOWHERE = "nowhere"


@pytest.fixture
async def found() -> AsyncIterator[TestClient[web.Request, web.Application]]:
    """A server with the product's addresses, which answers with where a request has arrived."""

    async def tell(request: web.Request) -> web.Response:
        resource = request.match_info.route.resource
        assert resource is not None
        where = NOWHERE if request.match_info.route.method == "*" else resource.canonical
        return web.json_response([where, dict(request.match_info)], headers={"X-At": where})

    app = web.Application()
    app.router.__class__ = Router
    for route in ROUTES:
        app.router.add_route(route.method, route.full_path, tell)
    app.router.add_get("/both", tell)
    app.router.add_route("*", "/{address:.*}", tell)
    async with TestClient(TestServer(app)) as client:
        yield client


async def told(
    client: TestClient[web.Request, web.Application], method: str, path: str
) -> tuple[str, dict[str, str]]:
    async with client.request(method, URL(path, encoded=True)) as response:
        where, values = await response.json()
        return where, values


async def test_the_address_of_every_route_leads_to_it(
    found: TestClient[web.Request, web.Application],
) -> None:
    for route in ROUTES:
        values = {name: f"a-{name}.%C3%A9~" for name in route.parameters}
        arrived = await told(found, route.method, route.full_path.format(**values))
        assert arrived == (route.full_path, {name: f"a-{name}.é~" for name in values})
        assert list(arrived[1]) == route.parameters


@pytest.mark.parametrize(
    ("sent", "value"),
    [("a%2Fb", "a/b"), ("%2F", "/"), ("50%25", "50%"), ("%252F", "%2F"), ("a%20b", "a b")],
)
async def test_a_parameter_is_what_was_meant(
    found: TestClient[web.Request, web.Application], sent: str, value: str
) -> None:
    _, values = await told(found, "GET", f"/api/v1/projects/{sent}/members")
    assert values == {"project_id": value}


@pytest.mark.parametrize(
    "path",
    [
        "/health/",
        "/api/v1/projects/",
        "/api/v1/projects//members",
        "/api/v1/projects/a/nothing",
        "/api/v1/projects/a/members/b/c",
        "/api/v1%2Fhealth",
        "/API/v1/health",
        "/%0A",
    ],
)
async def test_what_is_no_address_leads_nowhere(
    found: TestClient[web.Request, web.Application], path: str
) -> None:
    assert await told(found, "GET", path) == (NOWHERE, {})


async def test_what_is_read_may_be_asked_about(
    found: TestClient[web.Request, web.Application],
) -> None:
    for method, where in (("GET", "/both"), ("HEAD", "/both"), ("POST", NOWHERE)):
        async with found.request(method, "/both") as response:
            assert response.headers["X-At"] == where


def test_two_names_for_the_same_part_are_refused() -> None:
    app = web.Application()
    app.router.__class__ = Router

    async def nothing(_: web.Request) -> web.Response:
        return web.Response()

    app.router.add_get("/things/{thing_id}", nothing)
    app.router.add_patch("/things/{other}", nothing)
    with pytest.raises(ValueError, match="thing_id and other"):
        app.freeze()
