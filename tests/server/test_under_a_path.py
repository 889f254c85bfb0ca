"""A server behind a proxy that has it under a path, which it takes away."""

from collections.abc import AsyncIterator
from http.cookies import SimpleCookie
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from yarl import URL

from tests.browser import browser
from tests.conftest import PASSWORD, Api, Serve
from tests.pages import Elements
from tests.servers import free_port

pytestmark = pytest.mark.engines("sqlite")

PREFIX = "/tools/gassapi"


class Proxied:
    """A server, and its address behind the proxy."""

    def __init__(self, api: Api, port: int) -> None:
        self.api = api
        self.url = f"http://127.0.0.1:{port}{PREFIX}"


@pytest.fixture
async def proxied(serve: Serve) -> AsyncIterator[Proxied]:
    """A server whose proxy passes on what is below its path, and answers nothing else."""
    port = free_port()
    found = Proxied(await serve(public_url=f"http://127.0.0.1:{port}{PREFIX}"), port)
    async with aiohttp.ClientSession(auto_decompress=False) as session:

        async def pass_on(request: web.Request) -> web.Response:
            target = str(found.api.client.make_url("/")) + request.raw_path.removeprefix(
                f"{PREFIX}/"
            )
            async with session.request(
                request.method,
                URL(target, encoded=True),
                headers=request.headers,
                data=await request.read(),
                allow_redirects=False,
            ) as answer:
                kept = answer.headers.copy()
                for name in ("Transfer-Encoding", "Content-Length"):
                    kept.popall(name, None)
                return web.Response(status=answer.status, headers=kept, body=await answer.read())

        app = web.Application()
        app.router.add_route("*", PREFIX + "/{rest:.*}", pass_on)
        server = TestServer(app, port=port)
        await server.start_server()
        yield found
        await server.close()


async def test_every_link_stays_below_the_path(proxied: Proxied) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{proxied.url}/") as response:
            assert (str(response.url), response.status) == (f"{proxied.url}/docs", 200)
        for path in ("/docs", "/api/v1/docs"):
            async with session.get(proxied.url + path) as response:
                page = Elements(await response.text())
            for link in page.links():
                if not link.startswith(("#", "data:")):
                    async with session.get(URL(proxied.url + path).join(URL(link))) as response:
                        assert response.status == 200, link
        async with session.get(f"{proxied.url}/openapi.json") as response:
            assert (await response.json())["servers"][0]["url"] == proxied.url


async def test_browsers_send_the_refresh_token_back(proxied: Proxied) -> None:
    ann = await proxied.api.person()
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        login = {"email": ann.email, "password": PASSWORD}
        async with session.post(f"{proxied.url}/api/v1/auth/login", json=login) as response:
            assert response.status == 200
        own = {"Origin": str(URL(proxied.url).origin())}
        address = f"{proxied.url}/api/v1/auth/refresh"
        async with session.post(address, json={}, headers=own) as response:
            assert response.status == 200, await response.text()
        async with session.post(f"{proxied.url}/api/v1/auth/logout", headers=own) as response:
            assert response.status == 200
            gone = [SimpleCookie(line) for line in response.headers.getall("Set-Cookie")]
        paths = {name: found["path"] for one in gone for name, found in one.items()}
        assert paths["gassapi_refresh"] == f"{PREFIX}/api/v1/auth"


@pytest.mark.parametrize("path", ["/docs", "/api/v1/docs"])
async def test_the_documentation_works_below_the_path(
    proxied: Proxied, tmp_path: Path, path: str
) -> None:
    ann = await proxied.api.person()
    async with browser(tmp_path) as page:
        await page.open(proxied.url + path)
        await page.until("document.querySelectorAll('.operation').length > 50")
        text = await page.run("document.getElementById('main').innerText")
        assert f"{proxied.url}/api/v1" in text
        await page.type("#access input", ann.access)
        await page.press("#access [type=submit]")
        await page.until("document.getElementById('state').innerText.includes('your access token')")
        await page.run("location.hash = '#get_users_profile'")
        await page.until("!!document.querySelector('#get_users_profile .primary')")
        await page.press("#get_users_profile .primary")
        await page.until("document.querySelector('.try .status')?.innerText.startsWith('200')")
        assert all(url.startswith((proxied.url, "data:")) for url in page.requested)
        assert page.problems == []


async def test_an_invitation_is_accepted_below_the_path(proxied: Proxied, tmp_path: Path) -> None:
    api = proxied.api
    ann = await api.person()
    project = await api.project(ann)
    invitation = await api.invite(ann, project["id"], "guest@example.com")
    assert invitation["inviteUrl"].startswith(f"{proxied.url}/invite/")
    async with browser(tmp_path) as page:
        await page.open(invitation["inviteUrl"])
        await page.until("!!document.querySelector('[name=name]')")
        await page.type("[name=name]", "Guest")
        await page.type("[name=email]", "guest@example.com")
        await page.type("[name=password]", PASSWORD)
        await page.press("form .primary")
        await page.until("!!document.querySelector('.figures')")
        assert await page.run("location.href") == f"{proxied.url}/projects/{project['id']}"
        await page.open(f"{proxied.url}/projects")
        await page.until("!!document.querySelector('main table a')")
        await page.run("document.querySelector('main table a').click()")
        await page.until("!!document.querySelector('.figures')")
        assert await page.run("location.href") == f"{proxied.url}/projects/{project['id']}"
        assert all(url.startswith((proxied.url, "data:")) for url in page.requested)
        assert page.problems == []
