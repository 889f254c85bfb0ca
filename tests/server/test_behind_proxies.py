"""A server behind proxies as we ship them: a path, TLS, cookies, streams, gzip, HTTP/1.0."""

import asyncio
import gzip
import ssl
from collections.abc import AsyncIterator, Callable
from ipaddress import ip_network
from typing import Any

import aiohttp
import pytest

from tests.conftest import PASSWORD, Api, Person, Serve
from tests.proxies import Caddy, Nginx, Proxy, Traefik
from tests.server.feeds import Stream
from tests.servers import free_port
from tests.waiting import PATIENCE

pytestmark = pytest.mark.engines("sqlite")

LARGE = "x" * 400_000


class Behind:
    """A server, the proxy before it, and a client that trusts its certificate."""

    def __init__(self, api: Api, proxy: Proxy, session: aiohttp.ClientSession) -> None:
        self.api, self.proxy, self.session = api, proxy, session

    async def call(self, method: str, path: str, who: Person | None = None, **options: Any) -> Any:
        """Send a request; return the answer, read to its end."""
        headers = {**options.pop("headers", {}), **(who.auth if who else {})}
        url = self.proxy.url + path
        async with self.session.request(method, url, headers=headers, **options) as response:
            await response.read()
            return response


PROXIES: dict[str, Callable[[], Proxy]] = {
    "nginx": Nginx,
    "nginx by HTTP/1.0": lambda: Nginx("1.0"),
    "caddy": Caddy,
    "traefik": Traefik,
}


@pytest.fixture(params=PROXIES)
async def behind(serve: Serve, request: pytest.FixtureRequest) -> AsyncIterator[Behind]:
    """A server behind each of the proxies that are installed."""
    proxy = PROXIES[request.param]()
    if not proxy.is_installed:
        proxy.stop()
        pytest.skip(f"install {proxy.program}")
    port = free_port()
    api = await serve(port=port, public_url=proxy.url, trusted_proxies=[ip_network("127.0.0.1/32")])
    trust = ssl.create_default_context(cafile=str(proxy.certificate))
    connector = aiohttp.TCPConnector(ssl=trust)
    jar = aiohttp.CookieJar(unsafe=True)
    try:
        proxy.start(port)
        async with aiohttp.ClientSession(connector=connector, cookie_jar=jar) as session:
            found = Behind(api, proxy, session)
            async with asyncio.timeout(PATIENCE):
                while not await _answers(found):  # noqa: ASYNC110 - it does not say so
                    await asyncio.sleep(0.05)
            yield found
    finally:
        proxy.stop()


async def _answers(behind: Behind) -> bool:
    try:
        return bool((await behind.call("GET", "/health/live")).status == 200)
    except aiohttp.ClientConnectionError:
        return False


async def test_people_come_by_https_below_the_path(behind: Behind) -> None:
    if isinstance(behind.proxy, Nginx):  # the others do that on port 80, by themselves
        plain = f"http://127.0.0.1:{behind.proxy.plain}/gassapi/docs"
        async with behind.session.get(plain, allow_redirects=False) as response:
            assert response.headers["Location"] == "https://127.0.0.1/gassapi/docs"
    assert (await behind.call("GET", "")).url.path == "/gassapi/docs"
    page = await behind.call("GET", "/docs")
    assert page.headers["Strict-Transport-Security"]
    document = await (await behind.call("GET", "/openapi.json")).json()
    assert document["servers"][0]["url"] == behind.proxy.url


async def test_a_browser_signs_in_and_stays_so_by_cookies_of_its_own(behind: Behind) -> None:
    ann = await behind.api.person()
    login = {"email": ann.email, "password": PASSWORD}
    answer = await behind.call("POST", "/api/v1/auth/login", json=login)
    access, refresh = sorted(answer.cookies.values(), key=lambda cookie: cookie.key)
    assert (access.key, refresh.key) == ("__Secure-gassapi_access", "__Secure-gassapi_refresh")
    assert (access["path"], refresh["path"]) == ("/gassapi", "/gassapi/api/v1/auth")
    assert access["secure"] == refresh["secure"] is True
    own = {"Origin": f"https://127.0.0.1:{behind.proxy.port}"}
    assert (await behind.call("POST", "/api/v1/auth/refresh", json={}, headers=own)).status == 200
    elsewhere = {"Origin": "https://evil.example"}
    assert (await behind.call("POST", "/api/v1/auth/logout", headers=elsewhere)).status == 403
    assert (await behind.call("POST", "/api/v1/auth/logout", headers=own)).status == 200


async def test_the_address_is_that_of_who_asks(behind: Behind) -> None:
    ann = await behind.api.person()
    login = {"email": ann.email, "password": PASSWORD}
    said = {"X-Forwarded-For": "203.0.113.9"}  # by a further proxy on this machine
    await behind.call("POST", "/api/v1/auth/login", json=login, headers=said)
    answer = await behind.call("GET", "/api/v1/auth/sessions", ann)
    found = {session["ip"] for session in (await answer.json())["sessions"]}
    passes_on = isinstance(behind.proxy, Nginx)  # the others believe nobody before them
    assert found == {"127.0.0.1", *(["203.0.113.9"] if passes_on else [])}


async def test_a_change_reaches_a_stream_at_once(behind: Behind) -> None:
    ann = await behind.api.person()
    project = await behind.api.project(ann)
    url = f"{behind.proxy.url}/api/v1/projects/{project['id']}"
    async with behind.session.get(f"{url}/events", headers=ann.auth) as response:
        stream = Stream(response)
        assert (await stream.next()).name == "ready"
        await behind.session.patch(url, json={"name": "Store"}, headers=ann.auth)
        assert (await stream.next()).data["name"] == "Store"


async def test_what_is_compressed_on_the_way_is_whole_and_its_tag_matches(behind: Behind) -> None:
    ann = await behind.api.person()
    project = await behind.api.project(ann, description="d" * 1000)
    path = f"/api/v1/projects/{project['id']}"
    answer = await behind.call("GET", path, ann, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert (await answer.json())["project"]["description"] == "d" * 1000
    tag = answer.headers["ETag"]
    assert tag != f'"{project["revision"]}"'  # weakened, or marked
    same = {"Accept-Encoding": "gzip", "If-None-Match": tag}
    assert (await behind.call("GET", path, ann, headers=same)).status == 304
    change = {"json": {"name": "Store"}, "headers": {"If-Match": tag}}
    assert (await behind.call("PATCH", path, ann, **change)).status == 200
    assert (await behind.call("PATCH", path, ann, **change)).status == 412
    document = await behind.call("GET", "/openapi.json", headers={"Accept-Encoding": "gzip"})
    assert (await document.json())["openapi"].startswith("3.1")


async def test_large_things_go_through_both_ways(behind: Behind) -> None:
    ann = await behind.api.person()
    project = await behind.api.project(ann)
    path = f"/api/v1/projects/{project['id']}"
    answer = await behind.call("POST", f"{path}/collections", ann, json={"name": "All"})
    collection = (await answer.json())["collection"]
    path_of_it = f"/api/v1/collections/{collection['id']}/endpoints"
    large = {"name": "L", "method": "POST", "url": "https://example.com", "body": LARGE}
    for _ in range(10):
        assert (await behind.call("POST", path_of_it, ann, json=large)).status == 201
    export = await behind.call("GET", f"{path}/export", ann)
    assert (await export.text()).count(LARGE) == 10
    document = {"data": await export.json(), "name": "Back"}
    assert (await behind.call("POST", "/api/v1/projects/import", ann, json=document)).status == 201
    too_large = {"name": "x" * 1_100_000}
    assert (await behind.call("POST", "/api/v1/projects", ann, json=too_large)).status == 413


async def test_a_client_of_http_1_0_is_answered(behind: Behind) -> None:
    trust = ssl.create_default_context(cafile=str(behind.proxy.certificate))
    reader, writer = await asyncio.open_connection("127.0.0.1", behind.proxy.port, ssl=trust)
    writer.write(
        b"GET /gassapi/openapi.json HTTP/1.0\r\nHost: 127.0.0.1:%d\r\n"
        b"Accept-Encoding: gzip\r\n\r\n" % behind.proxy.port
    )
    async with asyncio.timeout(PATIENCE):
        answer = await reader.read()
    writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.split()[1] == b"200"
    assert b"Transfer-Encoding" not in head
    is_compressed = b"content-encoding: gzip" in head.lower()
    assert (gzip.decompress(body) if is_compressed else body).startswith(b"{")
