"""Limits: on guessing passwords, on registering, on requests in general."""

import asyncio
from ipaddress import ip_network

import pytest
from aiohttp import ClientResponse
from structlog.testing import capture_logs

from gassapi_backend.clock import ago
from gassapi_backend.models import Attempt, User
from tests.conftest import PASSWORD, Api, Person, Serve, everything

WRONG = "wrong password"
LOCAL = [ip_network("127.0.0.0/8")]


@pytest.fixture
async def limited(serve: Serve) -> Api:
    """A server with its rate limits on, behind a proxy on this machine."""
    return await serve(rate_limits="on", trusted_proxies=LOCAL)


async def login(
    api: Api, email: str, password: str = WRONG, *, ip: str = "192.0.2.1"
) -> ClientResponse:
    """Try to sign in from an address."""
    body = {"email": email, "password": password}
    headers = {"X-Forwarded-For": ip, "Origin": "https://app.example.com"}  # as browsers do
    return await api.call("POST", "/auth/login", json=body, headers=headers)


@pytest.mark.parametrize("email", ["ann@example.com", "nobody@example.com", "no address"])
async def test_after_five_failures_nobody_signs_in_known_or_not(limited: Api, email: str) -> None:
    await limited.person()
    found = [(await login(limited, email)).status for _ in range(5)]
    response = await login(limited, email, PASSWORD)
    error = (await response.json())["error"]
    assert (found, response.status, error["code"]) == ([401] * 5, 429, "ACCOUNT_LOCKED")
    assert 800 <= int(response.headers["Retry-After"]) <= 901
    assert "15 minutes" in error["message"]


async def test_a_lock_holds_for_the_account_and_address_only(limited: Api) -> None:
    for name in ("Ann", "Bob"):
        await limited.person(name)
    for _ in range(6):
        await login(limited, "ann@example.com")
    assert (await login(limited, "ANN@example.com", PASSWORD)).status == 429
    assert (await login(limited, "ann@example.com", PASSWORD, ip="192.0.2.2")).status == 200
    assert (await login(limited, "bob@example.com", PASSWORD)).status == 200


async def test_a_lock_ends_by_itself_and_is_not_prolonged(limited: Api) -> None:
    await limited.person()
    for _ in range(5):
        await login(limited, "ann@example.com")
    until = await Attempt.all().order_by("key").values_list("expires_at", flat=True)
    await login(limited, "ann@example.com")
    assert await Attempt.all().order_by("key").values_list("expires_at", flat=True) == until
    await Attempt.all().update(expires_at=ago(0.001))
    assert (await login(limited, "ann@example.com", PASSWORD)).status == 200


async def test_signing_in_forgives_earlier_failures(limited: Api) -> None:
    await limited.person()
    for _ in range(3):
        found = [(await login(limited, "ann@example.com")).status for _ in range(4)]
        found.append((await login(limited, "ann@example.com", PASSWORD)).status)
        assert found == [401] * 4 + [200]


async def spray(api: Api, times: int, password: str = WRONG, ip: str = "192.0.2.1") -> list[int]:
    """Try a password on as many accounts; return the statuses."""
    answers = [
        await login(api, f"p{number}@example.com", password, ip=ip) for number in range(times)
    ]
    return [answer.status for answer in answers]


async def test_one_guess_each_at_many_accounts_is_limited_by_address(serve: Serve) -> None:
    api = await serve(
        rate_limits="on", trusted_proxies=LOCAL, login_address_limit="8 per 15 minutes"
    )
    for number in range(12):
        await api.person(f"P{number}")
    assert await spray(api, 10) == [401] * 8 + [429] * 2
    right = await login(api, "p11@example.com", PASSWORD)
    unknown = await login(api, "nobody@example.com", PASSWORD)
    errors = [(await answer.json())["error"] for answer in (right, unknown)]
    assert (right.status, errors[0]["code"]) == (429, "RATE_LIMIT_ERROR")
    assert {key: errors[0][key] for key in ("code", "message")} == {
        key: errors[1][key] for key in ("code", "message")
    }
    assert (await login(api, "p11@example.com", PASSWORD, ip="192.0.2.2")).status == 200
    assert await spray(api, 10, ip="2001:db8::1") == [401] * 8 + [429] * 2
    assert (await login(api, "p11@example.com", ip="2001:db8::2")).status == 429  # the same /64


async def test_who_signs_in_uses_up_nothing_of_their_address(serve: Serve) -> None:
    api = await serve(
        rate_limits="on", trusted_proxies=LOCAL, login_address_limit="3 per 15 minutes"
    )
    for number in range(8):
        await api.person(f"P{number}")
    assert await spray(api, 8, PASSWORD) == [200] * 8
    calls = [login(api, f"p{number}@example.com", PASSWORD) for number in range(3)]
    assert [answer.status for answer in await asyncio.gather(*calls)] == [200] * 3
    assert await spray(api, 4) == [401] * 3 + [429]


async def test_neighbours_do_not_lock_out_a_browser_that_signed_in_before(serve: Serve) -> None:
    api = await serve(
        rate_limits="on", trusted_proxies=LOCAL, login_address_limit="8 per 15 minutes"
    )
    for name in ("Ann", "Bob"):
        await api.person(name)
    cookies = (await login(api, "ann@example.com", PASSWORD)).cookies
    device = cookies["gassapi_device"]
    assert (device["path"], device["httponly"]) == ("/api/v1/auth", True)
    for _ in range(6):
        await login(api, "ann@example.com")  # a stranger at the same address
    await spray(api, 9)
    own = {"headers": {"X-Forwarded-For": "192.0.2.1", "Cookie": f"gassapi_device={device.value}"}}

    async def status(email: str, password: str, **options: object) -> int:
        body = {"email": email, "password": password}
        return (await api.call("POST", "/auth/login", json=body, **options)).status

    assert (await login(api, "ann@example.com", PASSWORD)).status == 429
    assert await status("bob@example.com", PASSWORD, **own) == 429  # it knows Ann only
    assert await status("ann@example.com", PASSWORD, **own) == 200
    found = [await status("ann@example.com", WRONG, **own) for _ in range(7)]
    assert found == [401] * 5 + [429] * 2  # an allowance, not a free pass
    for forged in (device.value[:-1] + "x", "x" * 54, "." * 5000, "\u00e9" * 54):
        text = forged.encode().decode("latin-1")
        headers = {"X-Forwarded-For": "192.0.2.1", "Cookie": f"gassapi_device={text}"}
        assert await status("ann@example.com", PASSWORD, headers=headers) == 429


async def test_a_browser_is_a_stranger_after_a_change_of_password(serve: Serve) -> None:
    api = await serve(rate_limits="on", trusted_proxies=LOCAL)
    ann = await api.person()
    device = (await login(api, ann.email, PASSWORD)).cookies["gassapi_device"].value
    body = {"currentPassword": PASSWORD, "newPassword": "battery staple 43"}
    await api.json("PUT", "/users/password", ann, json=body)
    for _ in range(6):
        await login(api, ann.email)
    headers = {"X-Forwarded-For": "192.0.2.1", "Cookie": f"gassapi_device={device}"}
    body = {"email": ann.email, "password": "battery staple 43"}
    await api.json("POST", "/auth/login", json=body, headers=headers, expect=429)


async def test_a_browser_is_known_to_several_accounts(serve: Serve) -> None:
    api = await serve(rate_limits="on", trusted_proxies=LOCAL)
    cookie = ""
    headers = {"X-Forwarded-For": "192.0.2.1", "Sec-Fetch-Site": "same-origin"}
    for number in range(7):
        person = await api.person(f"P{number}")
        sent = {**headers, "Cookie": f"gassapi_device={cookie}"}
        body = {"email": person.email, "password": PASSWORD}
        for _ in range(2):  # the second time it is known already
            answer = await api.call("POST", "/auth/login", json=body, headers=sent)
            cookie = answer.cookies["gassapi_device"].value
            sent = {**headers, "Cookie": f"gassapi_device={cookie}"}
    assert len(set(cookie.split("."))) == 5
    for number, status in ((6, 200), (2, 200), (1, 429)):
        email = f"p{number}@example.com"
        for _ in range(6):
            await login(api, email)
        sent = {**headers, "Cookie": f"gassapi_device={cookie}"}
        body = {"email": email, "password": PASSWORD}
        assert (await api.call("POST", "/auth/login", json=body, headers=sent)).status == status


async def test_guessing_in_parallel_gains_nothing(limited: Api) -> None:
    await limited.person()
    guesses = [login(limited, "ann@example.com") for _ in range(30)]
    found = [answer.status for answer in await asyncio.gather(*guesses)]
    assert (found.count(401), found.count(429)) == (5, 25)


async def test_signing_in_on_eight_devices_at_once_works(limited: Api) -> None:
    await limited.person()
    calls = [login(limited, "ann@example.com", PASSWORD) for _ in range(8)]
    assert [answer.status for answer in await asyncio.gather(*calls)] == [200] * 8


async def test_guessing_ones_password_within_a_session_is_limited_too(limited: Api) -> None:
    ann = await limited.person()
    body = {"currentPassword": WRONG, "newPassword": "battery staple 43"}
    calls = [await limited.call("PUT", "/users/password", ann, json=body) for _ in range(6)]
    assert [answer.status for answer in calls] == [400] * 5 + [429]
    body["currentPassword"] = PASSWORD
    answer = await limited.json("PUT", "/users/password", ann, json=body, expect=429)
    assert answer["error"]["code"] == "ACCOUNT_LOCKED"


async def test_more_passwords_at_once_than_can_be_checked_are_put_off(api: Api) -> None:
    await api.person()
    before = await everything()
    guesses = [login(api, f"p{number}@example.com") for number in range(200)]
    answers = await asyncio.gather(*guesses)
    put_off = [answer for answer in answers if answer.status == 503]
    assert {answer.status for answer in answers} == {401, 503}
    assert {answer.headers["Retry-After"] for answer in put_off} == {"5"}
    assert await everything() == before
    assert (await login(api, "ann@example.com", PASSWORD)).status == 200


async def register(api: Api, number: int, ip: str) -> ClientResponse:
    """Register an account from an address."""
    body = {"email": f"p{number}@example.com", "password": PASSWORD, "name": "Somebody"}
    return await api.call("POST", "/auth/register", json=body, headers={"X-Forwarded-For": ip})


async def test_an_address_registers_three_accounts_an_hour(limited: Api) -> None:
    found = [(await register(limited, number, "192.0.2.1")).status for number in range(3)]
    before = (await everything())["users"]
    response = await register(limited, 3, "192.0.2.1")
    assert (found, response.status) == ([201] * 3, 429)
    assert (await response.json())["error"]["code"] == "RATE_LIMIT_ERROR"
    assert 3500 <= int(response.headers["Retry-After"]) <= 3601
    assert (await everything())["users"] == before
    assert (await register(limited, 4, "192.0.2.2")).status == 201


async def test_a_registration_refused_for_its_password_does_not_count(limited: Api) -> None:
    weak = {"email": "ann@example.com", "password": "password1", "name": "Ann"}
    headers = {"X-Forwarded-For": "192.0.2.3"}
    for _ in range(5):
        await limited.json("POST", "/auth/register", json=weak, headers=headers, expect=400)
    assert (await register(limited, 1, "192.0.2.3")).status == 201


async def test_registering_in_parallel_gains_nothing(limited: Api) -> None:
    calls = [register(limited, number, "192.0.2.1") for number in range(8)]
    found = [answer.status for answer in await asyncio.gather(*calls)]
    assert (found.count(201), found.count(429), await User.all().count()) == (3, 5, 3)


async def requests(
    api: Api, count: int, who: Person | str | None, path: str
) -> list[ClientResponse]:
    """Send a request many times."""
    return [await api.call("GET", path, who) for _ in range(count)]


async def test_a_person_has_three_hundred_requests_a_minute(limited: Api) -> None:
    ann, bob = await limited.person(), await limited.person("Bob")
    answers = await requests(limited, 300, ann, "/auth/sessions")
    assert {answer.status for answer in answers} == {200}
    assert [answer.headers["RateLimit-Remaining"] for answer in answers[::299]] == ["299", "0"]
    assert answers[0].headers["RateLimit-Limit"] == "300"
    assert 1 <= int(answers[0].headers["RateLimit-Reset"]) <= 60
    refused = await limited.call("GET", "/auth/sessions", ann)
    assert (refused.status, (await refused.json())["error"]["code"]) == (429, "RATE_LIMIT_ERROR")
    assert refused.headers["Retry-After"] == refused.headers["RateLimit-Reset"]
    assert (await limited.call("GET", "/auth/sessions", bob)).status == 200
    again = await limited.sign_in(ann.email)
    assert (await limited.call("GET", "/auth/sessions", again)).status == 429


@pytest.mark.parametrize(
    ("path", "who", "status"),
    [
        ("/docs", None, 200),
        ("/nowhere", None, 404),
        ("/projects", None, 401),
        ("/projects", "made.up.token", 401),
    ],
)
async def test_an_address_is_limited_where_nobody_is_signed_in(
    serve: Serve, path: str, who: str | None, status: int
) -> None:
    api = await serve(rate_limits="on", request_limit="10 per minute", trusted_proxies=LOCAL)
    ann = await api.person()
    answers = await requests(api, 12, who, path)
    assert [answer.status for answer in answers] == [status] * 9 + [429] * 3
    elsewhere = {"X-Forwarded-For": "192.0.2.99"}
    assert (await api.call("GET", path, who, headers=elsewhere)).status == status
    assert (await api.call("GET", "/auth/sessions", ann)).status == 200


async def test_tokens_share_the_limit_of_the_person_who_issued_them(serve: Serve) -> None:
    """A hundred tokens would be a hundred limits."""
    api = await serve(rate_limits="on", request_limit="10 per minute")
    ann, bob = await api.person(), await api.person("Bob")
    project_id = (await api.project(ann))["id"]
    await api.join(bob, project_id)
    first, second = await api.token(ann, project_id), await api.token(ann, project_id)
    others = await api.token(bob, project_id)
    answers = await requests(api, 8, first, "/projects")
    assert answers[-1].status == 429
    assert (await api.call("GET", "/projects", second)).status == 429
    assert (await api.call("GET", "/projects", ann)).status == 429
    assert (await api.call("GET", "/projects", others)).status == 200


async def test_all_tokens_of_a_project_share_a_limit_and_people_do_not(serve: Serve) -> None:
    api = await serve(rate_limits="on", project_request_limit="10 per minute")
    ann, bob = await api.person(), await api.person("Bob")
    project_id, other = (await api.project(ann))["id"], (await api.project(ann, "Other"))["id"]
    await api.join(bob, project_id)
    tokens = [await api.token(who, project_id) for who in (ann, bob)]
    for token in tokens:
        assert {one.status for one in await requests(api, 5, token, "/projects")} == {200}
    for token in tokens:
        response = await api.call("GET", "/projects", token)
        error = (await response.json())["error"]
        assert (response.status, error["code"]) == (429, "RATE_LIMIT_ERROR")
        assert 0 < int(response.headers["Retry-After"]) <= 60
    assert (await api.call("GET", "/projects", ann)).status == 200
    assert (await api.call("GET", "/projects", await api.token(ann, other))).status == 200


async def test_health_is_never_limited(serve: Serve) -> None:
    api = await serve(rate_limits="on", request_limit="1 per minute")
    await requests(api, 3, None, "/docs")
    for path in ("/health", "/health/live", "/health/ready"):
        for base in ("", "/api/v1"):
            assert (await api.call("GET", path, base=base)).status == 200


async def test_without_limits_there_are_no_headers_about_them(api: Api) -> None:
    answers = await requests(api, 310, None, "/health/live")
    assert {answer.status for answer in answers} == {200}
    assert "RateLimit-Limit" not in (await api.call("GET", "/docs")).headers


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        (["203.0.113.7"], "203.0.113.7"),
        (["6.6.6.6, 203.0.113.7"], "203.0.113.7"),
        (["6.6.6.6", "203.0.113.7"], "203.0.113.7"),
        (["6.6.6.6, 203.0.113.7, 10.0.0.2"], "203.0.113.7"),
        (["6.6.6.6, 203.0.113.7", "10.0.0.2, 127.0.0.1"], "203.0.113.7"),
        (["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        (["2001:db8::7"], "2001:db8::7"),
        (["garbage, 10.0.0.2"], "10.0.0.2"),
        (["203.0.113.7, garbage"], "127.0.0.1"),
        (["203.0.113.6:51234"], "203.0.113.6"),
        (["[2001:db8::1]:4711"], "2001:db8::1"),
        (['"203.0.113.7"'], "203.0.113.7"),
        (["203.0.113.9:80, 10.0.0.1:8080"], "203.0.113.9"),
        (["::ffff:203.0.113.10"], "203.0.113.10"),
        (["203.0.113.5, ::ffff:10.0.0.1"], "203.0.113.5"),
        (["fe80::1%" + "x" * 100], "127.0.0.1"),
        ([""], "127.0.0.1"),
        ([], "127.0.0.1"),
    ],
)
async def test_the_address_is_what_trusted_proxies_say(
    serve: Serve, forwarded: list[str], address: str
) -> None:
    api = await serve(trusted_proxies=[*LOCAL, ip_network("10.0.0.0/8")])
    ann = await api.person()
    body = {"email": ann.email, "password": PASSWORD}
    headers = [("X-Forwarded-For", line) for line in forwarded]
    async with api.client.session.post(
        api.client.make_url("/api/v1/auth/login"), json=body, headers=headers
    ) as response:
        assert response.status == 200
    sessions = (await api.json("GET", "/auth/sessions", ann))["sessions"]
    assert sessions[0]["ip"] == address


async def test_an_ipv6_network_has_one_limit(serve: Serve) -> None:
    api = await serve(trusted_proxies=LOCAL, rate_limits="on")
    await api.person()
    for last in range(5):
        assert (await login(api, "ann@example.com", "wrong-one", ip=f"2001:db8:1:2::{last}")).status
    refused = await login(api, "ann@example.com", "wrong-one", ip="2001:db8:1:2:a:b:c:d")
    assert refused.status == 429
    other = await login(api, "ann@example.com", "wrong-one", ip="2001:db8:1:3::1")
    assert other.status == 401


async def test_without_trusted_proxies_no_header_is_believed(api: Api) -> None:
    await api.person()
    assert (await login(api, "ann@example.com", PASSWORD, ip="203.0.113.7")).status == 200
    ann = await api.sign_in("ann@example.com")
    sessions = (await api.json("GET", "/auth/sessions", ann))["sessions"]
    assert {session["ip"] for session in sessions} == {"127.0.0.1"}


async def test_a_proxy_that_is_not_trusted_is_warned_of_once(serve: Serve) -> None:
    api = await serve()
    with capture_logs() as logged:
        for _ in range(3):
            await api.call("GET", "/health/live", headers={"X-Forwarded-For": "203.0.113.7"})
    warned = [line for line in logged if "X-Forwarded-For" in line["event"]]
    assert len(warned) == 1
    assert (warned[0]["log_level"], warned[0]["sentBy"]) == ("warning", "127.0.0.1")
    assert "GASSAPI_TRUSTED_PROXIES" in warned[0]["advice"]


async def test_a_proxy_that_is_trusted_is_not_warned_of(serve: Serve) -> None:
    api = await serve(trusted_proxies=LOCAL)
    with capture_logs() as logged:
        await api.call("GET", "/health/live", headers={"X-Forwarded-For": "203.0.113.7"})
        await api.call("GET", "/health/live")
    assert not [line for line in logged if "X-Forwarded-For" in line["event"]]
