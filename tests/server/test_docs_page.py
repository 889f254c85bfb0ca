"""The documentation page: served whole from the package, and alive in a browser."""

import asyncio
import html
import os
import re
import shutil
from importlib.resources import files
from pathlib import Path

import orjson
import pytest
from yarl import URL

from tests.conftest import Api
from tests.pages import Elements

STATIC = files("gassapi_backend.server.service").joinpath("static")
PAGE, STYLE, SCRIPT = "docs.html", "docs.css", "docs.js"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-logging=stderr",
    "--virtual-time-budget=10000",
    "--dump-dom",
)


def read(name: str) -> str:
    """Return a file of the page."""
    return STATIC.joinpath(name).read_text("utf-8")


@pytest.mark.parametrize(
    ("path", "name", "kind"),
    [
        ("/docs", PAGE, "text/html"),
        ("/api/v1/docs", PAGE, "text/html"),
        ("/docs/docs.css", STYLE, "text/css"),
        ("/docs/docs.js", SCRIPT, "text/javascript"),
    ],
)
async def test_the_page_and_its_files_are_served_under_a_strict_policy(
    api: Api, path: str, name: str, kind: str
) -> None:
    response = await api.client.get(path)
    assert response.status == 200
    assert response.content_type == kind
    assert response.charset == "utf-8"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    shown = read(name)
    if path == "/api/v1/docs":
        shown = shown.replace('"docs/', '"../../docs/')
    assert await response.text() == shown
    policy = dict(
        rule.strip().split(" ", 1)
        for rule in response.headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"


@pytest.mark.parametrize("name", ["docs.html", "nothing.js", "..%2fhandlers.py"])
async def test_no_other_file_is_served(api: Api, name: str) -> None:
    response = await api.client.get(URL(f"/docs/{name}", encoded=True))
    assert response.status == 404


async def test_the_page_refers_only_to_what_this_server_serves(api: Api) -> None:
    for place in (URL("/docs"), URL("/api/v1/docs")):
        elements = Elements(await (await api.client.get(place)).text())
        links = [link for link in elements.links() if not link.startswith(("#", "data:image/"))]
        found = [str(place.join(URL(link))) for link in links]
        assert {"/docs/docs.css", "/docs/docs.js"} <= set(found)
        for link in links:
            assert re.match(r"(\.\./)*\w+[./]", link), f"{link} is not relative"
            assert (await api.client.get(place.join(URL(link)))).status == 200, link
    ids = {attributes["id"] for attributes in elements.having("id")}
    assert {link[1:] for link in elements.links() if link.startswith("#")} <= ids | {"access"}


def test_the_page_has_no_inline_script_or_style() -> None:
    elements = Elements(read(PAGE))
    assert not elements.scripts.strip()
    assert "style" not in {tag for tag, _ in elements.found}
    assert not elements.having("style")
    names = {name for _, attributes in elements.found for name in attributes}
    assert not {name for name in names if name.startswith("on")}


@pytest.mark.parametrize("name", [PAGE, STYLE, SCRIPT])
def test_the_files_load_nothing_from_elsewhere(name: str) -> None:
    text = read(name)
    assert not re.search(r"\b(https?|wss?)://", text)
    assert not re.search(r"""["'(]\s*//""", text)
    assert "@import" not in text


@pytest.mark.parametrize(
    "way",
    [
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        "localStorage.setItem",
        "sessionStorage",
        "document.cookie",
    ],
)
def test_the_script_makes_no_markup_of_data_and_keeps_no_token(way: str) -> None:
    assert way not in read(SCRIPT)


async def test_a_browser_shows_every_operation(api: Api, tmp_path: Path) -> None:
    document = await api.json("GET", "/openapi.json")
    operations = {
        operation["operationId"]: operation
        for methods in document["paths"].values()
        for operation in methods.values()
    }
    opened = "post_projects"
    page, log = await dumped(str(api.client.make_url(f"/docs#{opened}")), tmp_path)

    assert "CONSOLE" not in log, log
    elements = Elements(page)
    shown = {attributes["id"] for attributes in elements.having("class", "operation")}
    assert shown == set(operations)
    linked = {link[1:] for link in elements.links() if link.startswith("#")}
    assert set(operations) <= linked
    tags = {operations[one]["tags"][0] for one in shown}
    assert tags == {tag["name"] for tag in document["tags"]}
    for tag in tags:
        assert f">{tag}</h2>" in page

    forms = elements.having("class", "try")
    assert [form["aria-label"] for form in forms] == ["Try POST /api/v1/projects"]
    assert f'id="{opened}-body"' in page
    assert "2 to 255 characters" in page
    assert "It conflicts with what is there." in page
    for tag in document["tags"]:
        assert html.escape(tag["description"], quote=False) in page


async def test_a_browser_says_when_there_is_no_document(
    api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = orjson.Fragment(b"<broken>")
    monkeypatch.setattr("gassapi_backend.server.openapi.document", lambda _: broken)
    page, _ = await dumped(str(api.client.make_url("/docs")), tmp_path)
    assert "The description of the API could not be loaded." in page
    assert not Elements(page).having("class", "operation")


async def dumped(url: str, home: Path) -> tuple[str, str]:
    """Return what a browser made of a page, and what it logged."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        pytest.skip("Chromium is not installed")
    process = await asyncio.create_subprocess_exec(
        browser,
        *FLAGS,
        f"--user-data-dir={home / 'browser'}",
        url,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "HOME": str(home)},
    )
    try:
        page, log = await asyncio.wait_for(process.communicate(), 60)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return page.decode(), log.decode(errors="replace")
