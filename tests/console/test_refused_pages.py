"""What a browser is refused is a page; whoever else asks gets JSON, as does a browser's script."""

import re
from collections.abc import Awaitable, Callable

import pytest
from tortoise.exceptions import DBConnectionError

from gassapi_backend.server.projects import queries
from gassapi_backend.server.web.credentials import ACCESS_COOKIE
from tests.conftest import Api, Serve
from tests.pages import Elements

pytestmark = pytest.mark.engines("sqlite")

CHROME = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;"
    "q=0.8,application/signed-exchange;v=b3;q=0.7"
)
BROWSERS = {
    "Chrome and Edge": CHROME,
    "Firefox": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Firefox before 132": (
        "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,"
        "image/png,image/svg+xml,*/*;q=0.8"
    ),
    "Safari": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "w3m": "text/html, text/*;q=0.5, image/*, application/*",
}
PROGRAMS = {
    "curl and fetch": "*/*",
    "a request without the header": None,
    "axios": "application/json, text/plain, */*",
    "the console": "application/json, */*;q=0.5",
    "jQuery": "application/json, text/javascript, */*; q=0.01",
    "who takes both alike": "text/html, application/json",
    "an image of a page": "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8",
    "an event source": "text/event-stream",
    "who refuses HTML": "text/html;q=0, */*",
}


@pytest.mark.parametrize("accept", BROWSERS.values(), ids=BROWSERS)
async def test_browsers_get_a_page(api: Api, accept: str) -> None:
    for path, status in (("/api/v1/projects", 401), ("/nowhere", 404)):
        response = await api.client.get(path, headers={"Accept": accept})
        assert (response.status, response.content_type) == (status, "text/html")
        assert "Accept" in response.headers["Vary"]


@pytest.mark.parametrize("accept", PROGRAMS.values(), ids=PROGRAMS)
async def test_programs_get_json(api: Api, accept: str | None) -> None:
    headers = {"Accept": accept} if accept is not None else {}
    for path, status in (("/api/v1/projects", 401), ("/nowhere", 404)):
        async with api.client.session.get(
            api.client.make_url(path), headers=headers, skip_auto_headers=["Accept"]
        ) as response:
            assert (response.status, response.content_type) == (status, "application/json")


async def test_who_brings_a_token_is_a_program_whatever_it_accepts(api: Api) -> None:
    """Java accepts HTML where nobody says anything else."""
    java = {"Accept": "text/html, image/gif, image/jpeg, */*; q=0.2"}
    for token in ({"Authorization": "Bearer x"}, {"X-MCP-Token": "gass_x"}):
        response = await api.client.get("/api/v1/projects", headers={**java, **token})
        assert (response.status, response.content_type) == (401, "application/json")


@pytest.mark.parametrize("console", ["on", "off"])
async def test_each_refusal_is_a_page_for_browsers_and_json_without_the_console(
    serve: Serve, console: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = await serve(console=console, rate_limits="on", request_limit="3/minute")
    ann = await api.person()

    async def refused(path: str, status: int, access: str | None, **expected: str) -> None:
        cookies = {"Cookie": f"{ACCESS_COOKIE}={access}"} if access else {}
        response = await api.client.get(path, headers={"Accept": CHROME, **cookies})
        assert response.status == status, await response.text()
        assert expected.items() <= response.headers.items()
        if console == "off":
            assert (await response.json())["error"]["code"]
            return
        assert response.content_type == "text/html"
        text = await response.text()
        facts = Elements(text).having("name", "gassapi")[0]["content"]
        assert f'"status":{status}' in facts
        assert re.search(r"<noscript>.*[a-z]{3,}.*</noscript>", text, re.DOTALL)

    async def fail(*_: object, **__: object) -> None:
        raise failure

    await refused("/api/v1/users", 403, ann.access)
    for failure, status in ((RuntimeError("hidden"), 500), (DBConnectionError("gone"), 503)):
        monkeypatch.setattr(queries, "list_projects", failing(failure))
        await refused("/api/v1/projects", status, ann.access)
    await refused("/api/v1/projects", 429, ann.access)
    await refused("/api/v1/auth/login", 405, None, Allow="POST")


def failing(failure: Exception) -> Callable[..., Awaitable[None]]:
    """Return what fails, whatever it is asked."""

    async def fail(*_: object) -> None:
        raise failure

    return fail
