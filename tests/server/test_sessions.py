"""Sessions: refresh tokens, signing out, devices, cookies, forged requests."""

import asyncio
import time
from datetime import timedelta
from http.cookies import Morsel, SimpleCookie
from ipaddress import ip_network
from typing import Any

import pytest
from aiohttp import ClientResponse

from gassapi_backend.clock import ago, ahead
from gassapi_backend.models import AuditEntry, Session
from tests.conftest import PASSWORD, Api, Person, Serve, audited, everything

LOCAL = [ip_network("127.0.0.0/8"), ip_network("10.0.0.0/8")]
GRACE = 10  # seconds in which an older refresh token is still good
LOGIN = {"email": "ann@example.com", "password": PASSWORD}


async def refresh(api: Api, token: str) -> dict[str, str]:
    """Exchange a refresh token; return the fresh tokens."""
    return (await api.json("POST", "/auth/refresh", token))["tokens"]


async def age(seconds: float) -> None:
    """Make all uses of refresh tokens so far that much older."""
    for session in await Session.all():
        session.rotations = [[number, used - seconds] for number, used in session.rotations]
        await session.save(update_fields=["rotations"])


async def test_a_refresh_token_is_taken_from_header_body_and_cookie(api: Api) -> None:
    ann = await api.person()
    tokens = await refresh(api, ann.refresh)
    body = {"refreshToken": tokens["refreshToken"]}
    tokens = (await api.json("POST", "/auth/refresh", json=body))["tokens"]
    cookie = {
        "Cookie": f"gassapi_refresh={tokens['refreshToken']}",
        "Sec-Fetch-Site": "same-origin",
    }
    tokens = (await api.json("POST", "/auth/refresh", headers=cookie))["tokens"]
    assert tokens["expiresIn"] == 900
    await api.json("GET", "/users/profile", tokens["accessToken"])
    assert (await audited())[2:] == ["session_refreshed"] * 3


async def test_an_access_token_beside_a_refresh_token_is_in_nobodys_way(api: Api) -> None:
    ann = await api.person()
    body = {"refreshToken": ann.refresh}
    tokens = (await api.json("POST", "/auth/refresh", ann, json=body))["tokens"]
    cookie = {"Cookie": f"gassapi_refresh={tokens['refreshToken']}"}
    before = await everything()
    foreign = {**cookie, "Origin": "https://evil.example"}
    answer = await api.json("POST", "/auth/refresh", ann, headers=foreign, expect=403)
    assert answer["error"]["code"] == "CSRF_ERROR"
    answer = await api.json("POST", "/auth/refresh", ann, expect=401)
    assert answer["error"]["code"] == "TOKEN_INVALID"
    assert await everything() == before
    own = {**cookie, "Sec-Fetch-Site": "same-origin"}
    tokens = (await api.json("POST", "/auth/refresh", ann, headers=own))["tokens"]
    other = await api.sign_in(ann.email)
    body = {"refreshToken": tokens["refreshToken"]}
    await api.json("POST", "/auth/refresh", other.refresh, json=body)  # the body counts first
    await refresh(api, other.refresh)


async def test_without_a_refresh_token_nothing_is_refreshed(api: Api) -> None:
    for body in (None, {}, {"refreshToken": None}, {"refreshToken": ""}):
        answer = await api.json("POST", "/auth/refresh", json=body, expect=401)
        assert answer["error"]["code"] in ("AUTHENTICATION_ERROR", "TOKEN_INVALID")


async def test_a_second_use_within_ten_seconds_gets_the_same_successor(api: Api) -> None:
    ann = await api.person()
    first = await refresh(api, ann.refresh)
    await age(9)
    before = await everything()
    assert (await refresh(api, ann.refresh))["refreshToken"] == first["refreshToken"]
    assert await everything() == before
    await refresh(api, first["refreshToken"])


async def test_a_later_second_use_ends_the_session_and_is_audited(api: Api) -> None:
    ann = await api.person()
    successor = await refresh(api, ann.refresh)
    await age(11)
    answer = await api.json("POST", "/auth/refresh", ann.refresh, expect=401)
    assert answer["error"]["code"] == "TOKEN_INVALID"
    await api.json("POST", "/auth/refresh", successor["refreshToken"], expect=401)
    for access in (ann.access, successor["accessToken"]):
        await api.json("GET", "/users/profile", access, expect=401)
    entry = await AuditEntry.filter(action="session_ended").get()
    assert entry.details == {"userId": ann.id, "reason": "refresh_token_reused"}


async def test_a_token_from_long_ago_ends_only_its_own_session(api: Api) -> None:
    ann = await api.person()
    other = await api.sign_in(ann.email)
    token = ann.refresh
    for _ in range(3):
        token = (await refresh(api, token))["refreshToken"]
        await age(11)
    await api.json("POST", "/auth/refresh", ann.refresh, expect=401)
    await api.json("POST", "/auth/refresh", token, expect=401)
    await refresh(api, other.refresh)


async def test_beyond_a_hundred_sessions_a_script_ends_its_own_first(api: Api) -> None:
    ann = await api.person()
    ip = (await Session.get(user_id=ann.id)).ip
    programs = ["browser/1", "nightly/1"] * 49 + ["browser/1"]
    made = [
        Session(
            user_id=ann.id, ip=ip, user_agent=program, last_used_at=ago(age), expires_at=ahead(9)
        )
        for age, program in enumerate(programs, start=60)
    ]
    await Session.bulk_create(made)
    for program, last in (("nightly/1", made[97]), ("other/1", made[98])):
        headers = {"User-Agent": program}
        await api.json("POST", "/auth/login", json=LOGIN, headers=headers)
        ended = await Session.get(id=last.id)
        assert ended.revoked_reason == "too_many_sessions"
        assert await Session.filter(revoked_at=None).count() == 100
        entry = await AuditEntry.get(action="session_ended", resource_id=last.id)
        assert entry.details == {"userId": ann.id, "reason": "too_many_sessions"}
    await api.json("GET", "/users/profile", ann)


async def refresh_in_the_end(api: Api, token: str) -> dict[str, str]:
    """Do so as a client does, which tries again where the server asks for that."""
    while (answer := await api.call("POST", "/auth/refresh", token)).status == 503:
        assert answer.headers["Retry-After"]
        await asyncio.sleep(0.1)
    body = await answer.json()
    assert answer.status == 200, body
    return body["tokens"]


async def test_a_hundred_tabs_refreshing_at_once_stay_signed_in(api: Api) -> None:
    ann = await api.person()
    answers = await asyncio.gather(*(refresh_in_the_end(api, ann.refresh) for _ in range(100)))
    assert len({answer["refreshToken"] for answer in answers}) == 1
    await api.json("GET", "/users/profile", answers[50]["accessToken"])
    await refresh(api, answers[99]["refreshToken"])
    session = await Session.filter(revoked_at=None).get()
    assert session.generation == 3
    assert (await audited()).count("session_refreshed") == 2


async def test_refreshing_makes_the_session_last_and_keeps_little(api: Api) -> None:
    ann = await api.person()
    session = await Session.get()
    token = ann.refresh
    begun, done = [], []  # as if each were a second later than the one before
    for second in range(15):
        begun.append(time.monotonic() + second)
        token = (await refresh(api, token))["refreshToken"]
        done.append(time.monotonic() + second)
        await age(1)
    later = await Session.get()
    assert later.expires_at > session.expires_at
    surely = sum(done[-1] - then < GRACE for then in begun)
    perhaps = sum(begun[-1] - then <= GRACE for then in done)
    assert surely <= len(later.rotations) <= perhaps


async def test_a_session_ends_after_its_days_however_often_it_is_refreshed(serve: Serve) -> None:
    api = await serve(session_days=30)
    ann = await api.person()
    began = ago(30 * 86400 - 3600)
    await Session.all().update(created_at=began)
    token = (await refresh(api, ann.refresh))["refreshToken"]
    assert (await Session.get()).expires_at == began + timedelta(days=30)
    await Session.all().update(created_at=ago(30 * 86400))
    before = await everything()
    answer = await api.json("POST", "/auth/refresh", token, expect=401)
    assert answer["error"]["code"] == "TOKEN_EXPIRED"
    assert await everything() == before


async def test_a_session_is_no_longer_than_its_days_from_the_start(serve: Serve) -> None:
    api = await serve(session_days=1)
    body = {"email": "new@example.com", "password": PASSWORD, "name": "New Person"}
    await api.json("POST", "/auth/register", json=body, expect=201)
    await api.person()
    for session in await Session.all():
        assert session.expires_at == session.created_at + timedelta(days=1)


async def test_an_access_token_is_dead_when_its_session_has_expired(api: Api) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    await Session.filter(user_id=ann.id).update(expires_at=ago(1))
    before = await everything()
    for method, path, body in (
        ("GET", "/users/profile", None),
        ("POST", "/projects", {"name": "Late"}),
        ("POST", "/auth/logout", None),
    ):
        await api.json(method, path, ann, json=body, expect=401)
    assert await everything() == before
    await api.json("GET", "/users/profile", bob)


async def test_an_expired_session_is_not_refreshed(api: Api) -> None:
    ann = await api.person()
    await Session.all().update(expires_at=ago(1))
    before = await everything()
    answer = await api.json("POST", "/auth/refresh", ann.refresh, expect=401)
    assert answer["error"]["code"] == "TOKEN_EXPIRED"
    await api.json("POST", "/auth/refresh", ann.refresh + "A", expect=401)
    assert await everything() == before


async def test_signing_out_ends_this_session_at_once_and_no_other(api: Api) -> None:
    ann = await api.person()
    other = await api.sign_in(ann.email)
    await api.json("GET", "/users/profile", ann)
    await api.json("POST", "/auth/logout", ann)
    await api.json("GET", "/users/profile", ann, expect=401)
    await api.json("POST", "/auth/refresh", ann.refresh, expect=401)
    await api.json("GET", "/users/profile", other)
    assert (await audited())[-1] == "session_ended"


async def test_signing_out_everywhere_ends_all_of_ones_sessions(api: Api) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    others = [await api.sign_in(ann.email) for _ in range(2)]
    await api.json("POST", "/auth/logout", ann, json={"revokeAllTokens": True})
    for person in (ann, *others):
        await api.json("GET", "/users/profile", person, expect=401)
    await api.json("GET", "/users/profile", bob)
    assert (await audited()).count("session_ended") == 3


async def test_the_list_of_devices_shows_the_living_and_which_is_this(api: Api) -> None:
    ann = await api.person()
    await api.person("Bob")
    headers = {"User-Agent": "Phone/1.0"}
    phone = (await api.json("POST", "/auth/login", json=LOGIN, headers=headers))["tokens"]
    ended, expired = await api.sign_in(ann.email), await api.sign_in(ann.email)
    await api.json("POST", "/auth/logout", ended)
    await Session.filter(id=await session_id(api, expired)).update(expires_at=ago(1))
    found = (await api.json("GET", "/auth/sessions", phone["accessToken"]))["sessions"]
    assert [(item["current"], item["ip"]) for item in found] == [
        (True, "127.0.0.1"),
        (False, "127.0.0.1"),
    ]
    assert found[0]["userAgent"] == "Phone/1.0"
    assert set(found[0]) == {"id", "ip", "userAgent", "createdAt", "lastUsedAt", "current"}


async def session_id(api: Api, who: Person) -> str:
    """Return the id of the session that somebody is in."""
    sessions = (await api.json("GET", "/auth/sessions", who))["sessions"]
    return next(session["id"] for session in sessions if session["current"])


async def test_one_device_can_sign_another_out(api: Api) -> None:
    ann = await api.person()
    other = await api.sign_in(ann.email)
    path = f"/auth/sessions/{await session_id(api, other)}"
    await api.json("DELETE", path, ann)
    await api.json("GET", "/users/profile", other, expect=401)
    await api.json("DELETE", path, ann, expect=404)
    await api.json("GET", "/users/profile", ann)


async def test_a_foreign_session_is_404_and_lives_on(api: Api) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    path = f"/auth/sessions/{await session_id(api, bob)}"
    before = await everything()
    await api.json("DELETE", path, ann, expect=404)
    assert await everything() == before


def cookies(response: ClientResponse) -> dict[str, Morsel[str]]:
    """Return the cookies that an answer sets."""
    jar: SimpleCookie = SimpleCookie()
    for header in response.headers.getall("Set-Cookie", ()):
        jar.load(header)
    return dict(jar)


@pytest.mark.parametrize("path", ["/auth/register", "/auth/login", "/auth/refresh"])
async def test_tokens_are_set_as_cookies_that_scripts_cannot_read(api: Api, path: str) -> None:
    ann = await api.person()
    who = ann.refresh if path == "/auth/refresh" else None
    body: dict[str, Any] = {"/auth/login": LOGIN, "/auth/refresh": {}}.get(
        path, {"email": "bob@example.com", "password": PASSWORD, "name": "Bob"}
    )
    response = await api.call("POST", path, who, json=body)
    tokens = (await response.json())["tokens"]
    access, refreshing = cookies(response)["gassapi_access"], cookies(response)["gassapi_refresh"]
    assert (access.value, refreshing.value) == (tokens["accessToken"], tokens["refreshToken"])
    assert (access["path"], refreshing["path"]) == ("/", "/api/v1/auth")
    assert (access["max-age"], refreshing["max-age"]) == ("900", "604800")
    for cookie in (access, refreshing):
        assert (cookie["httponly"], cookie["samesite"], cookie["secure"]) == (True, "Lax", "")
    assert response.headers["Cache-Control"] == "no-store"


async def test_signing_out_removes_the_cookies(api: Api) -> None:
    ann = await api.person()
    response = await api.call("POST", "/auth/logout", ann)
    found = cookies(response)
    assert {(cookie.value, cookie["max-age"]) for cookie in found.values()} == {("", "0")}
    assert (found["gassapi_access"]["path"], found["gassapi_refresh"]["path"]) == (
        "/",
        "/api/v1/auth",
    )


async def test_behind_https_cookies_are_secure_and_hsts_is_sent(serve: Serve) -> None:
    api = await serve(trusted_proxies=LOCAL)
    await api.person()
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}
    response = await api.call("POST", "/auth/login", json=LOGIN, headers=headers)
    assert all(cookie["secure"] for cookie in cookies(response).values())
    assert "max-age=" in response.headers["Strict-Transport-Security"]


@pytest.mark.parametrize(
    ("public_url", "names"),
    [
        (
            "https://api.example.com",
            {"__Host-gassapi_access": "/", "__Secure-gassapi_refresh": "/api/v1/auth"},
        ),
        (
            "https://api.example.com/a",
            {"__Secure-gassapi_access": "/a", "__Secure-gassapi_refresh": "/a/api/v1/auth"},
        ),
        (
            "http://localhost:8389/b",
            {"gassapi_access": "/b", "gassapi_refresh": "/b/api/v1/auth"},
        ),
    ],
)
async def test_cookies_are_for_this_server_alone(
    serve: Serve, public_url: str, names: dict[str, str]
) -> None:
    api = await serve(public_url=public_url)
    await api.person()
    response = await api.call("POST", "/auth/login", json=LOGIN)
    found = cookies(response)
    assert {name: cookie["path"] for name, cookie in found.items()} == names
    is_https = public_url.startswith("https")
    assert all(bool(cookie["secure"]) is is_https for cookie in found.values())
    sent = "; ".join(f"{name}={cookie.value}" for name, cookie in found.items())
    profile = await api.call("GET", "/users/profile", headers={"Cookie": sent})
    assert profile.status == 200


async def test_who_comes_back_late_signs_out_with_what_the_browser_still_has(api: Api) -> None:
    """The access cookie is gone after a quarter of an hour; the refresh cookie is not."""
    ann = await api.person()
    own = str(api.client.make_url("")).rstrip("/")
    sent = {"Cookie": f"gassapi_refresh={ann.refresh}", "Origin": own}
    foreign = await api.call("POST", "/auth/logout", headers=sent | {"Origin": "https://x.example"})
    assert foreign.status == 403
    response = await api.call("POST", "/auth/logout", headers=sent)
    assert response.status == 200
    assert {cookie["max-age"] for cookie in cookies(response).values()} == {"0"}
    refused = await api.call("POST", "/auth/refresh", headers=sent)
    assert refused.status == 401
    assert {cookie["max-age"] for cookie in cookies(refused).values()} == {"0"}
    again = await api.call("POST", "/auth/logout", headers=sent)
    assert again.status == 401
    assert {cookie["max-age"] for cookie in cookies(again).values()} == {"0"}


async def test_a_refresh_token_opens_nothing_but_the_way_out(api: Api) -> None:
    ann = await api.person()
    for method, path in (
        ("GET", "/users/profile"),
        ("GET", "/projects"),
        ("GET", "/auth/sessions"),
    ):
        response = await api.call(method, path, ann.refresh)
        assert response.status == 401, path


async def test_https_is_not_believed_from_a_stranger(api: Api) -> None:
    await api.person()
    headers = {"X-Forwarded-Proto": "https"}
    response = await api.call("POST", "/auth/login", json=LOGIN, headers=headers)
    assert not any(cookie["secure"] for cookie in cookies(response).values())
    assert "Strict-Transport-Security" not in response.headers


FORGED = [
    {},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "https://app.example.com.evil.example"},
    {"Origin": "https://app.example.com:8443"},
    {"Origin": "http://app.example.com"},
    {"Origin": "https://app.example.com/"},
    {"Origin": "https://api.example.org, https://evil.example"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"},
]


async def test_an_unsafe_request_by_cookie_from_elsewhere_is_refused(serve: Serve) -> None:
    api = await serve(
        cors_origins=["https://app.example.com"], public_url="https://api.example.org"
    )
    ann = await api.person()
    before = await everything()
    for headers in FORGED:
        for path, cookie in (
            ("/projects", f"gassapi_access={ann.access}"),
            ("/auth/logout", f"gassapi_access={ann.access}"),
            ("/auth/refresh", f"gassapi_refresh={ann.refresh}"),
        ):
            sent = {**headers, "Cookie": cookie}
            answer = await api.json("POST", path, json={}, headers=sent, expect=403)
            assert answer["error"]["code"] == "CSRF_ERROR", headers
    assert await everything() == before


async def test_an_unsafe_request_by_cookie_from_our_own_pages_works(serve: Serve) -> None:
    api = await serve(
        cors_origins=["https://app.example.com"], public_url="https://api.example.org"
    )
    ann = await api.person()
    own = f"http://{api.client.host}:{api.client.port}"
    for headers in (
        {"Origin": own},
        {"Origin": "https://api.example.org"},
        {"Origin": "https://app.example.com", "Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-origin"},
    ):
        sent = {**headers, "Cookie": f"gassapi_access={ann.access}"}
        await api.json("POST", "/projects", json={"name": "Shop"}, headers=sent, expect=201)


async def test_a_safe_request_by_cookie_needs_no_origin(api: Api) -> None:
    ann = await api.person()
    headers = {"Cookie": f"gassapi_access={ann.access}", "Origin": "https://evil.example"}
    await api.json("GET", "/users/profile", headers=headers)


async def test_an_unsafe_request_with_a_token_needs_no_origin(api: Api) -> None:
    ann = await api.person()
    headers = {"Cookie": "gassapi_access=x", "Origin": "https://evil.example"}
    await api.json("POST", "/projects", ann, json={"name": "Shop"}, headers=headers, expect=201)


async def test_an_answer_with_tokens_is_never_stored(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    for path, body in {
        "/mcp/tokens": {"projectId": project_id, "name": "CI"},
        f"/projects/{project_id}/generate-config": {},
    }.items():
        response = await api.call("POST", path, ann, json=body)
        assert (response.status, response.headers["Cache-Control"]) == (201, "no-store")
