"""The API reference: a page of the console for whoever asks, also where the rest is left out."""

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest
from yarl import URL

from gassapi_backend.console.files import HERE
from tests.conftest import Serve
from tests.pages import Elements

pytestmark = pytest.mark.engines("sqlite")

MARKUP = ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function")
MODULES = sorted(path for path in HERE.rglob("*.js") if path.name != "vendor.js")


@pytest.mark.parametrize("path", ["/docs", "/api/v1/docs"])
@pytest.mark.parametrize("console", ["on", "off"])
async def test_the_page_and_its_files_are_served_under_a_strict_policy(
    serve: Serve, console: str, path: str
) -> None:
    api = await serve(console=console)
    response = await api.client.get(path)  # whatever is accepted: there is only the page
    assert (response.status, response.content_type) == (200, "text/html")
    rules = response.headers["Content-Security-Policy"].split(";")
    policy = dict(rule.strip().split(" ", 1) for rule in rules)
    assert policy["default-src"] == "'none'"
    assert policy["style-src"] == policy["connect-src"] == "'self'"
    page = Elements(await response.text())
    digest = b64encode(
        sha256(page.scripts.strip().encode()).digest()
    ).decode()  # of the one within it
    assert policy["script-src"] == f"'self' 'sha256-{digest}'"
    assert not page.having("style")
    links = [link for link in page.links() if not link.startswith("data:image/")]
    assert any(link.endswith("/screens/docs.js") for link in links)
    for link in links:
        assert re.match(r"(\.{1,2}/)*\w+[./]", link), f"{link} is not relative"
        found = await api.client.get(URL(path).join(URL(link)))
        assert found.status == 200, link
        assert found.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_no_module_makes_markup_or_code_of_data_or_loads_from_elsewhere(module: Path) -> None:
    text = module.read_text("utf-8")
    for way in MARKUP:
        assert way not in text
    assert not re.search(r"""(?:import|fetch)\(["'`]https?:""", text)
    assert not re.search(r"""["'(]\s*//""", re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE))
    if module.parent.name == "docs":
        for place in ("localStorage", "sessionStorage", "document.cookie"):
            assert place not in text, "a token is kept in memory only"
