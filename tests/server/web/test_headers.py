"""What responses say of themselves, whether their heads are written in one piece or by aiohttp."""

import re
from ipaddress import ip_network
from typing import Any

import pytest
from multidict import CIMultiDict

from gassapi_backend.server.web.headers import HEADERS
from tests.conftest import Api, Serve

pytestmark = pytest.mark.engines("sqlite")

ORIGIN = "https://app.example.com"
LOCAL = [ip_network("127.0.0.0/8")]
NAMED = {"X-Request-Id": "the-same"}
CASES: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "plain": ({}, {}),
    "with limits": ({"rate_limits": "on"}, {}),
    "by https": ({"trusted_proxies": LOCAL}, {"X-Forwarded-Proto": "https"}),
    "with other origins": ({"cors_origins": [ORIGIN]}, {}),
    "from another origin": ({"cors_origins": [ORIGIN]}, {"Origin": ORIGIN}),
}


async def told(api: Api, method: str, path: str, **options: Any) -> CIMultiDict[str]:
    """Return an answer's headers, without those that change from one request to the next."""
    response = await api.call(method, path, **options)
    assert (response.status, response.version) == (200, (1, 1))
    found = CIMultiDict(response.headers)
    assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", found.pop("Date"))
    if "RateLimit-Limit" in found:
        assert int(found.pop("RateLimit-Remaining")) < int(found["RateLimit-Limit"])
        assert int(found.pop("RateLimit-Reset")) > 0
    return found


@pytest.mark.parametrize("case", CASES)
async def test_an_answer_says_the_same_with_and_without_its_body(serve: Serve, case: str) -> None:
    changes, headers = CASES[case]
    api = await serve(**changes)
    ann = await api.person()
    project = await api.project(ann)
    path = f"/projects/{project['id']}"
    sent = {**headers, **NAMED}
    found = await told(api, "GET", path, who=ann, headers=sent)
    without = await told(api, "HEAD", path, who=ann, headers=sent)
    assert sorted(found.items()) == sorted(without.items())
    assert found["ETag"].startswith(f'"{project["revision"]}')
    assert found["Content-Type"] == "application/json"
    assert {name: found[name] for name in HEADERS} == HEADERS
    assert ("Strict-Transport-Security" in found) == (case == "by https")
    assert ("RateLimit-Limit" in found) == (case == "with limits")
    assert ("Access-Control-Allow-Origin" in found) == (case == "from another origin")
    assert found["Vary"].endswith("Origin") == ("origin" in case)


@pytest.mark.parametrize(
    ("head", "kept"),
    [
        ("HTTP/1.0", None),
        ("HTTP/1.0\r\nConnection: keep-alive", "keep-alive"),
        ("HTTP/1.1\r\nHost: a\r\nConnection: close", "close"),
    ],
)
async def test_who_wants_no_other_answer_is_told_that_there_is_none(
    api: Api, head: str, kept: str | None
) -> None:
    ends = "GET /health/live HTTP/1.0\r\n\r\n" if kept == "keep-alive" else ""
    answer = (await api.raw(f"GET /health/live {head}\r\n\r\n{ends}".encode())).decode()
    first = answer.split("\r\n\r\n")[0]
    found = re.search(r"\r\nConnection: (\S+)", first)
    assert (found[1] if found else None) == kept
    assert answer.count('"status":"alive"') == (2 if ends else 1)
    assert first.count("X-Frame-Options: DENY") == 1


async def test_answers_to_requests_sent_at_once_come_in_their_order(api: Api) -> None:
    names = [f"n{number}" for number in range(20)]
    lines = [f"GET /health/live HTTP/1.1\r\nHost: a\r\nX-Request-Id: {name}" for name in names]
    lines[-1] += "\r\nConnection: close"
    answer = await api.raw("".join(f"{one}\r\n\r\n" for one in lines).encode())
    assert re.findall(rb"X-Request-Id: (\S+)", answer) == [name.encode() for name in names]
    assert answer.count(b'"status":"alive"') == len(names)
