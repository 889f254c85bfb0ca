"""Files that come with the package: cached by browsers, and no others to be had."""

import pytest
from yarl import URL

from tests.conftest import Api

pytestmark = pytest.mark.engines("sqlite")

STYLES = ["/docs/docs.css"]


@pytest.mark.parametrize("path", STYLES)
async def test_who_has_a_file_already_gets_no_more_than_its_headers(api: Api, path: str) -> None:
    first = await api.client.get(path)
    headers = {"If-None-Match": first.headers["ETag"]}
    again = await api.client.get(path, headers=headers)
    assert (again.status, await again.read()) == (304, b"")
    for name in ("ETag", "Cache-Control", "Content-Security-Policy", "Referrer-Policy"):
        assert again.headers[name] == first.headers[name]
    other = await api.client.get(path, headers={"If-None-Match": '"another"'})
    assert (other.status, await other.read()) == (200, await first.read())


@pytest.mark.parametrize("path", STYLES)
async def test_a_part_of_a_file_is_sent_where_it_is_asked_for(api: Api, path: str) -> None:
    whole = await (await api.client.get(path)).read()
    part = await api.client.get(path, headers={"Range": "bytes=5-9"})
    assert (part.status, await part.read()) == (206, whole[5:10])
    assert part.headers["Content-Range"] == f"bytes 5-9/{len(whole)}"
    beyond = await api.client.get(path, headers={"Range": f"bytes={len(whole)}-"})
    assert (beyond.status, beyond.headers["Content-Range"]) == (416, f"bytes */{len(whole)}")


@pytest.mark.parametrize("place", ["docs"])
@pytest.mark.parametrize(
    "name",
    [
        "..%2f..%2ferrors.py",
        "%2e%2e%2fhandlers.py",
        "..%5chandlers.py",
        "%2fetc%2fpasswd",
        "docs.css%00",
        "docs.css%2f..%2fdocs.html",
        "docs.css.gz",
        "static",
        ".",
    ],
)
async def test_a_name_leads_nowhere_else(api: Api, place: str, name: str) -> None:
    response = await api.client.get(URL(f"/{place}/{name}", encoded=True), allow_redirects=False)
    assert response.status in (302, 404)  # "." is the folder, and what lies there
    assert response.status == 404 or response.headers["Location"] == "docs"
    assert b"import" not in await response.read()


async def test_what_an_answer_varies_by_is_all_said(api: Api) -> None:
    response = await api.client.get("/openapi.json")
    varies = {name.strip() for name in response.headers["Vary"].split(",")}
    assert {"Accept-Encoding", "Authorization", "Cookie"} <= varies


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize(
    ("accepted", "is_compressed"),
    [
        ("gzip", True),
        ("br, GZIP;q=0.001", True),
        ("*", True),
        ("deflate;q=1, *;q=0.5", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000, *", False),
        ("*;q=0", False),
        ("identity", False),
        ("x-gzip-not", False),
        ("gzip;q=much", False),
        ("", False),
    ],
)
async def test_the_document_is_compressed_for_those_who_take_it(
    api: Api, accepted: str, is_compressed: bool
) -> None:
    async with api.client.session.get(
        api.client.make_url("/openapi.json"),
        headers={"Accept-Encoding": accepted},
        auto_decompress=False,
    ) as response:
        body = await response.read()
    assert (response.headers.get("Content-Encoding") == "gzip") == is_compressed
    assert body.startswith(b"\x1f\x8b" if is_compressed else b"{")
    assert "Accept-Encoding" in response.headers["Vary"]
