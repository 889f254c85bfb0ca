"""The page that the console begins with: for browsers only, small, strict, below any path."""

import gzip
import re
from base64 import b64encode
from hashlib import sha256

import pytest
from yarl import URL

from gassapi_backend.console.files import HERE, console, stripped
from gassapi_backend.console.linking import in_order
from gassapi_backend.console.pages import language_of
from gassapi_backend.server.web.credentials import ACCESS_COOKIE
from tests.conftest import Api, Serve
from tests.pages import Elements

pytestmark = pytest.mark.engines("sqlite")

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


def digest(text: str) -> str:
    """Return what a policy allows a text within the page by."""
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


PATHS = ("/", "/login", "/register", "/projects", "/projects/x", "/projects/")
FIRST_SCREEN = 60_000  # bytes over the wire


@pytest.mark.parametrize("path", PATHS)
async def test_a_browser_gets_the_console_at_its_paths(api: Api, path: str) -> None:
    response = await api.client.get(path, headers=BROWSER)
    assert (response.status, response.content_type) == (200, "text/html")
    assert response.headers["Cache-Control"] == "private, no-cache"
    assert {"Accept", "Accept-Language"} <= set(response.headers["Vary"].split(", "))
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'none'" in policy
    assert "unsafe" not in policy
    page = Elements(text := await response.text())
    (script,) = re.findall(r"<script data-[^>]*>(.*?)</script>", text, re.DOTALL)
    assert page.scripts.strip() == script
    assert f"script-src 'self' '{digest(script)}';" in policy
    assert page.having("style") == []
    for link in page.links():
        if not link.startswith("data:"):
            found = await api.client.session.get(response.url.join(URL(link)), headers=BROWSER)
            assert found.status == 200, link


@pytest.mark.parametrize("accept", ["*/*", "application/json", "application/json, text/html", ""])
async def test_everybody_else_gets_what_they_got(api: Api, accept: str) -> None:
    """Who asks for JSON just as much is a program that takes pages, too: it gets JSON."""
    headers = {"Accept": accept} if accept else {}
    if accept == "application/json, text/html":
        headers["Accept"] = "application/json, text/html;q=0.9"
    answer = await api.json("GET", "/login", base="", headers=headers, expect=404)
    assert answer["error"]["code"] == "NOT_FOUND"
    response = await api.call("GET", "/", base="", headers=headers)
    assert (response.status, response.headers["Location"]) == (302, "docs")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/projects/a/b/c/d", 404),
        ("GET", "/%3Cscript%3Ealert(1)%3C/script%3E", 404),
        ("GET", "/api/v1/projects", 401),
        ("GET", "/api/v1/auth/login", 405),
        ("GET", "/mcp", 405),
    ],
)
async def test_a_browser_that_is_refused_gets_a_page(
    api: Api, method: str, path: str, status: int
) -> None:
    response = await api.client.request(method, path, headers=BROWSER)
    assert (response.status, response.content_type) == (status, "text/html")
    text = await response.text()
    assert "<script>" not in text
    facts = Elements(text).having("name", "gassapi")[0]["content"]
    assert f'"status":{status}' in facts
    assert response.headers["X-Request-Id"] in facts
    if status == 405:
        assert response.headers["Allow"]


async def test_a_form_that_is_sent_is_answered_in_the_contracts_shape(api: Api) -> None:
    answer = await api.json("POST", "/nowhere", base="", headers=BROWSER, expect=404)
    assert answer["error"]["code"] == "NOT_FOUND"


async def test_without_the_console_browsers_get_what_programs_get(serve: Serve) -> None:
    api = await serve(console="off")
    answer = await api.json("GET", "/login", base="", headers=BROWSER, expect=404)
    assert answer["error"]["code"] == "NOT_FOUND"
    response = await api.call("GET", "/", base="", headers=BROWSER)
    assert (response.status, response.headers["Location"]) == (302, "docs")


async def test_the_form_to_sign_in_is_in_its_page_for_those_who_have_to(api: Api) -> None:
    ann = await api.person("Ann")

    async def shown(headers: dict[str, str]) -> tuple[str, str]:
        response = await api.client.get("/login", headers={**BROWSER, **headers})
        return await response.text(), response.headers["Content-Security-Policy"]

    page, policy = await shown({"Accept-Language": "id"})
    assert "Kata sandi" in page
    (style,) = re.findall("<style>(.*?)</style>", page, re.DOTALL)
    assert f"style-src 'self' '{digest(style)}';" in policy
    page, policy = await shown({"Cookie": f"{ACCESS_COOKIE}={ann.access}"})
    assert "<form" not in page
    assert "style-src 'self';" in policy


PART = "/console/{version}/screens/parts.js"


async def test_the_page_of_all_parts_is_not_there_for_users(api: Api) -> None:
    for path in ("/console/parts", "/console/parts/"):
        refused = await api.client.get(path, headers=BROWSER)
        assert refused.status == 404
        text = await refused.text()
        assert "parts.js" not in text
        assert '"hasParts":false' in Elements(text).having("name", "gassapi")[0]["content"]
    path = PART.format(version=console().version)
    assert (await api.call("GET", path, base="")).status == 404


async def test_the_page_of_all_parts_is_there_for_who_changes_them(serve: Serve) -> None:
    api = await serve(console="parts")
    shown = await api.client.get("/console/parts", headers=BROWSER)
    assert shown.status == 200
    assert "parts.js" in await shown.text()
    path = PART.format(version=console().version)
    assert (await api.call("GET", path, base="")).status == 200


async def test_files_are_cached_for_ever_and_sent_compressed(serve: Serve) -> None:
    api, found = await serve(console="parts"), console()
    for name, file in found.files.items():
        url = api.client.make_url(f"/console/{found.version}/{name}")
        async with api.client.session.get(
            url, auto_decompress=False, headers={"Accept-Encoding": "gzip"}
        ) as response:
            assert response.status == 200
            assert "immutable" in response.headers["Cache-Control"]
            assert response.headers["Content-Encoding"] == "gzip"
            assert gzip.decompress(await response.read()) == file.body
            headers = {"If-None-Match": response.headers["ETag"]}
        async with api.client.session.get(url, headers=headers) as response:
            assert (response.status, await response.read()) == (304, b"")
        async with api.client.session.get(url, headers={"Accept-Encoding": ""}) as response:
            assert await response.read() == file.body


@pytest.mark.parametrize(
    "path",
    ["x/app.js", "{v}/nothing.js", "{v}/files.py", "{v}/shell.html", "{v}/..%2fsettings.py"],
)
async def test_no_other_file_and_no_other_version_is_to_be_had(api: Api, path: str) -> None:
    path = path.format(v=console().version)
    await api.json("GET", f"/console/{path}", base="", expect=404)


@pytest.mark.parametrize("path", PATHS)
async def test_the_first_screen_is_small_and_named_whole_in_its_page(api: Api, path: str) -> None:
    """What the page does not name would be one more round trip."""
    headers = {**BROWSER, "Accept-Encoding": "gzip"}
    response = await api.client.get(path, headers=headers)
    text = await response.text()
    names = set(re.findall(rf'"\.{{1,2}}/(?:\.\./)*console/{console().version}/([^"]+)"', text))
    is_styled = "<style>" in text
    assert is_styled != ("console.css" in names)
    names.discard("console.css")
    assert names == set(console().needed(names))
    size = int(response.headers["Content-Length"])
    names |= set() if is_styled else {"console.css"}
    size += sum(len(console().files[name].gzip) for name in names)
    beside = sum(len(name) + len(value) + 4 for name, value in response.raw_headers)
    assert size + beside * (len(names) + 1) <= FIRST_SCREEN


def test_what_is_served_is_the_source_without_its_comments() -> None:
    """All but imports and exports, which become those of the one module of the first screens."""
    files = console().files
    for path in HERE.rglob("*.js"):
        name = path.relative_to(HERE).as_posix()
        served = files.get(name, files["app.js"]).body.decode()
        source = re.sub(r"^import [^;]*;", "", path.read_text("utf-8"), flags=re.MULTILINE)
        is_code = re.compile(r"\s*(?!/\*\*|\* |\*/|//)\S")
        lines = [line for line in source.splitlines() if is_code.match(line)]
        for line in lines:
            kept = re.sub(r"/\*\* @type.*?\*/ ?", "", line)
            own = re.sub(r"^export (?=(async )?(function|const|class) )", "", kept)
            assert own in served or name == "vendor.js", (name, line)


def test_the_modules_of_first_screens_are_one_and_others_take_from_it() -> None:
    files = console().files
    assert "vendor.js" not in files
    assert "import " not in re.sub(r"\bimport\(", "", files["app.js"].body.decode())
    for name, file in files.items():
        for other in file.imports:
            assert other in files, (name, other)
    together = set(re.findall(r'\$linked\["([^"]+)"\] = ', files["app.js"].body.decode()))
    assert {"app.js", "vendor.js", "parts/lists.js"} <= together
    for name in together:
        source = stripped((HERE / name).read_text("utf-8"))
        is_root = "/" not in name
        assert is_root or not re.search(r"\bimport[.(]", source), f"{name} is moved to the root"
        assert not re.search(r"^export (let|var|default|\*)", source, re.MULTILINE), name


async def test_what_a_screen_reads_first_is_asked_for_with_its_modules(api: Api) -> None:
    """Only for somebody who may be signed in, and the same as the screen will ask for."""
    ann = await api.person("Ann")
    headers = {**BROWSER, "Cookie": f"{ACCESS_COOKIE}={ann.access}"}

    async def preloaded(path: str, headers: dict[str, str]) -> list[str]:
        text = await (await api.client.get(path, headers=headers)).text()
        return [link["href"] for link in Elements(text).having("as", "fetch")]

    assert await preloaded("/", BROWSER) == []
    first = ["api/v1/users/profile", "api/v1/projects?page=1&limit=20"]
    assert await preloaded("/", headers) == [f"./{path}" for path in first]
    assert await preloaded("/projects?search=x", headers) == [f"./{first[0]}"]
    assert await preloaded("/projects/a%20%22%3E/members", headers) == [
        "../../api/v1/users/profile",
        "../../api/v1/projects/a%20%22%3E",
    ]
    assert await preloaded("/nowhere", headers) == []


def test_modules_that_import_each_other_are_refused() -> None:
    scripts = {
        "a.js": 'import { b } from "./parts/b.js";',
        "parts/b.js": 'import { a } from "../a.js";',
    }
    with pytest.raises(ValueError, match=re.escape("a.js, parts/b.js, a.js")):
        in_order(["a.js"], scripts)


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("id", "id"),
        ("id-ID,id;q=0.9,en;q=0.8", "id"),
        ("de, en;q=0.5, id;q=0.4", "en"),
        ("en;q=0, id;q=0.1", "id"),
        ("id;q=much", "en"),
    ],
)
def test_the_language_is_the_one_that_the_browser_likes_best(accepted: str, language: str) -> None:
    assert language_of(accepted) == language
