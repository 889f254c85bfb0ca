"""Accounts over HTTP: registration, profile, password, deactivation."""

import asyncio

import pytest

from gassapi_backend.models import AuditEntry, Session, User
from gassapi_backend.server.access.callers import CONSOLE
from gassapi_backend.server.accounts.actions import set_active, set_password
from gassapi_backend.server.accounts.passwords import Passwords
from gassapi_backend.server.accounts.state import PASSWORDS
from gassapi_backend.settings import Registration
from tests.conftest import PASSWORD, Api, Serve, audited, everything

NEW = {"email": "ann@example.com", "password": PASSWORD, "name": "Ann Doe"}


async def test_who_registers_is_signed_in_and_no_administrator(api: Api) -> None:
    answer = await api.json("POST", "/auth/register", json=NEW, expect=201)
    assert answer["user"]["email"] == "ann@example.com"
    assert answer["user"]["isAdmin"] is False
    assert answer["user"]["emailVerified"] is False
    assert answer["tokens"]["expiresIn"] == 900
    profile = await api.json("GET", "/users/profile", answer["tokens"]["accessToken"])
    assert profile["user"] == answer["user"]
    assert await audited() == ["user_registered", "session_started"]


@pytest.mark.parametrize("registration", [Registration.CLOSED, Registration.INVITED])
async def test_nobody_registers_where_registration_is_not_open(
    serve: Serve, registration: Registration
) -> None:
    api = await serve(registration=registration)
    answer = await api.json("POST", "/auth/register", json=NEW, expect=403)
    assert answer["error"]["code"] == "REGISTRATION_CLOSED"
    assert not await User.exists()
    assert await audited() == []


@pytest.mark.parametrize("email", ["ann@example.com", "ANN@Example.COM", "ａnn@example.com"])
async def test_an_address_is_taken_in_every_spelling(api: Api, email: str) -> None:
    await api.person()
    before = await everything()
    answer = await api.json("POST", "/auth/register", json={**NEW, "email": email}, expect=409)
    assert answer["error"]["code"] == "CONFLICT"
    assert await everything() == before


@pytest.mark.parametrize(
    ("email", "kept", "other_spelling"),
    [
        ("Ann.Doe+tag@Example.COM", "Ann.Doe+tag@example.com", "ANN.doe+TAG@EXAMPLE.com"),
        ("ann@bücher.example", "ann@bücher.example", "ann@xn--bcher-kva.example"),
        ("ann@xn--bcher-kva.example", "ann@bücher.example", "ANN@BÜCHER.example"),
        ("grüße@example.com", "grüße@example.com", "GRÜSSE@example.com"),
        ("用户@例子.公司", "用户@例子.公司", "用户@xn--fsqu00a.xn--55qx5d"),
        ("ann@intranet.local", "ann@intranet.local", "Ann@Intranet.Local"),
        ("a" * 64 + "@example.com", "a" * 64 + "@example.com", "A" * 64 + "@example.com"),
    ],
)
async def test_an_address_signs_in_in_every_spelling(
    api: Api, email: str, kept: str, other_spelling: str
) -> None:
    answer = await api.json("POST", "/auth/register", json={**NEW, "email": email}, expect=201)
    assert answer["user"]["email"] == kept
    for spelling in (email, kept, other_spelling):
        assert (await api.sign_in(spelling)).id == answer["user"]["id"]


BAD_EMAILS = [
    "",
    "ann",
    "ann@",
    "@example.com",
    "ann@example",
    "ann@@example.com",
    "ann@exam ple.com",
    "a nn@example.com",
    "ann..doe@example.com",
    ".ann@example.com",
    "ann@-example.com",
    "ann@example..com",
    "ann@[127.0.0.1]",
    '"ann doe"@example.com',
    "Ann <ann@example.com>",
    "ann@example.com,bob@example.com",
    "ann@1.0.0.127.in-addr.arpa",
    "ann@ex\u200bample.com",
    "ann\u202e@example.com",
    "ann@" + "a" * 300 + ".com",
    "ann@" + "a." * 130 + "com",
    "x" * 321,
]


@pytest.mark.parametrize("text", [" ann@example.com", "ann@example.com ", "ann@example.com\r\n"])
async def test_blanks_around_an_address_are_no_part_of_it(api: Api, text: str) -> None:
    new = {"email": text, "password": PASSWORD, "name": "Ann"}
    user = (await api.json("POST", "/auth/register", json=new, expect=201))["user"]
    assert user["email"] == "ann@example.com"
    for spelling in (text, "ann@example.com"):
        body = {"email": spelling, "password": PASSWORD}
        await api.json("POST", "/auth/login", json=body)


@pytest.mark.parametrize("domain", ["host.home.arpa", "srv.lan", "example.test", "srv.local"])
async def test_addresses_of_private_networks_are_taken(api: Api, domain: str) -> None:
    new = {"email": f"ops@{domain}", "password": PASSWORD, "name": "Ops"}
    await api.json("POST", "/auth/register", json=new, expect=201)


async def test_what_is_no_address_is_400(api: Api) -> None:
    for email in BAD_EMAILS:
        answer = await api.json("POST", "/auth/register", json={**NEW, "email": email}, expect=400)
        assert [detail["field"] for detail in answer["error"]["details"]] == ["email"], email
    assert await audited() == []


GOOD_NAMES = [
    "Al",
    "x" * 255,
    "😀" * 255,
    "👩‍👩‍👧‍👦 Family",
    "🏴󠁧󠁢󠁥󠁮󠁧󠁿 Flag",
    "علی‌رضا",
    "שלום עולם",
    "山田　太郎",
    "Zoe\u0308 e\u0301",
    "O'Brien; DROP TABLE users --",
    '<b>bold</b> & {{x}} %s %(x)s ? \\ " `',
]
BAD_NAMES = [
    "",
    "A",
    "  ",
    " \t\u3000 ",
    " A ",
    "x" * 256,
    "😀" * 256,
    "An\nn",
    "An\tn",
    "An\x00n",
    "An\x1b[31mn",
    "An\x7fn",
    "An\x85n",
    "An\u2028n",
    "An\u202en",
    "An\u200bn",
    "An\ufeffn",
    "\u200d\u200d",
    "\u0301\u0301",
]


async def test_a_name_comes_back_as_it_was_given(api: Api) -> None:
    ann = await api.person()
    for name in GOOD_NAMES:
        await api.json("PUT", "/users/profile", ann, json={"name": f"  {name} "})
        answer = await api.json("GET", "/users/profile", ann)
        assert answer["user"]["name"] == name


async def test_what_is_no_name_is_400_everywhere(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    before = await everything()
    for name in BAD_NAMES:
        await api.json("PUT", "/users/profile", ann, json={"name": name}, expect=400)
        await api.json("POST", "/auth/register", json={**NEW, "name": name}, expect=400)
        await api.json("POST", "/projects", ann, json={"name": name}, expect=400)
        await api.json("PATCH", f"/projects/{project_id}", ann, json={"name": name}, expect=400)
        body = {"projectId": project_id, "name": name}
        await api.json("POST", "/mcp/tokens", ann, json=body, expect=400)
    assert await everything() == before


async def test_a_profile_changes_only_what_is_sent(api: Api) -> None:
    ann = await api.person()
    url = "https://example.com/ä.png?x=1#y"
    first = await api.json("PUT", "/users/profile", ann, json={"avatarUrl": url})
    second = await api.json("PUT", "/users/profile", ann, json={"name": "Anna"})
    assert (second["user"]["name"], second["user"]["avatarUrl"]) == ("Anna", url)
    assert second["user"]["revision"] == first["user"]["revision"] + 1 == 3
    assert (await audited())[2:] == ["profile_updated", "profile_updated"]


async def test_null_clears_a_picture_but_not_a_name(api: Api) -> None:
    ann = await api.person()
    await api.json("PUT", "/users/profile", ann, json={"avatarUrl": "https://example.com/a.png"})
    answer = await api.json("PUT", "/users/profile", ann, json={"avatarUrl": None})
    assert answer["user"]["avatarUrl"] is None
    await api.json("PUT", "/users/profile", ann, json={"name": None}, expect=400)
    assert (await api.json("GET", "/users/profile", ann))["user"]["name"] == "Ann Doe"


async def test_a_profile_without_changes_stays_as_it_is(api: Api) -> None:
    ann = await api.person()
    picture = {"avatarUrl": "https://example.com/me.png"}
    await api.json("PUT", "/users/profile", ann, json=picture)
    before = await everything()
    for same in ({}, picture, {"name": ann.name}, {"name": f" {ann.name} ", **picture}):
        answer = await api.json("PUT", "/users/profile", ann, json=same)
        assert answer["user"]["revision"] == 2
    assert await everything() == before
    await api.json("PUT", "/users/profile", ann, json={"name": "Ann", **picture})
    assert (await AuditEntry.all().order_by("-id").first()).details == {"fields": ["name"]}  # type: ignore[union-attr]  # there is one


async def test_a_picture_is_an_address_of_the_web(api: Api) -> None:
    ann = await api.person()
    before = await everything()
    for url in (
        "",
        "picture.png",
        "//example.com/a.png",
        "javascript:alert(1)",
        "java\nscript:alert(1)",
        "ht\ntp://example.com/",
        "http://example.com/a b.png",
        "data:image/png;base64,AAAA",
        "ftp://example.com/a.png",
        "http://",
        "http://[::1",
        "https://example.com/" + "x" * 481,
    ):
        await api.json("PUT", "/users/profile", ann, json={"avatarUrl": url}, expect=400)
    assert await everything() == before


async def test_a_stale_profile_change_is_refused_with_the_current_state(api: Api) -> None:
    ann = await api.person()
    current = await api.json("PUT", "/users/profile", ann, json={"name": "Anna"})
    before = await everything()
    headers = {"If-Match": '"1"'}
    body = {"name": "Annie"}
    answer = await api.json("PUT", "/users/profile", ann, json=body, headers=headers, expect=412)
    assert answer["error"]["code"] == "PRECONDITION_FAILED"
    assert answer["error"]["details"]["current"] == current["user"]
    assert await everything() == before


async def test_neither_password_nor_account_goes_where_the_account_has_changed(api: Api) -> None:
    ann = await api.person()
    current = await api.json("PUT", "/users/profile", ann, json={"name": "Anna"})
    before = await everything()
    for method, path, body in (
        ("PUT", "/users/password", {"currentPassword": PASSWORD, "newPassword": "staple 43 horse"}),
        ("DELETE", "/users/account", {"password": PASSWORD, "confirmation": "DELETE_MY_ACCOUNT"}),
    ):
        stale = {"If-Match": '"1"'}
        answer = await api.json(method, path, ann, json=body, headers=stale, expect=412)
        assert answer["error"]["details"]["current"] == current["user"]
        assert await everything() == before
    await api.json(method, path, ann, json=body, headers={"If-Match": '"2"'})


@pytest.mark.engines("sqlite")
async def test_a_password_of_then_is_no_wrong_one_where_the_account_has_changed(
    serve: Serve,
) -> None:
    api = await serve(rate_limits="on")
    ann = await api.person()
    await api.json("PUT", "/users/profile", ann, json={"name": "Anna"})
    before = await everything()
    stale, wrong = {"If-Match": '"1"'}, "staple 41 horse"
    for method, path, body in (
        ("PUT", "/users/password", {"currentPassword": wrong, "newPassword": "staple 43 horse"}),
        ("PUT", "/users/password", {"currentPassword": PASSWORD, "newPassword": ann.email}),
        ("DELETE", "/users/account", {"password": wrong, "confirmation": "DELETE_MY_ACCOUNT"}),
    ):
        await api.json(method, path, ann, json=body, headers=stale, expect=412)
        assert await everything() == before  # not an attempt either


PASSWORDS_REFUSED = {
    "seven characters": "a1b2c3d",
    "129 characters": "é" * 129,
    "common": "password123",
    "common in another case": " PassWord123 ",
    "the address": "Zoe.Smith@example.com",
    "the address before the @": "zoe.smith",
    "the name": "zoe q smith",
}


@pytest.mark.parametrize("password", PASSWORDS_REFUSED.values(), ids=PASSWORDS_REFUSED)
async def test_a_bad_password_is_400_wherever_one_is_chosen(api: Api, password: str) -> None:
    who = {"email": "zoe.smith@example.com", "name": "Zoe Q Smith"}
    answer = await api.json(
        "POST", "/auth/register", json={**who, "password": PASSWORD}, expect=201
    )
    before = await everything()
    await api.json("POST", "/auth/register", json={**who, "password": password}, expect=400)
    body = {"currentPassword": PASSWORD, "newPassword": password}
    token = answer["tokens"]["accessToken"]
    answer = await api.json("PUT", "/users/password", token, json=body, expect=400)
    assert [detail["field"] for detail in answer["error"]["details"]] == ["newPassword"]
    assert await everything() == before


@pytest.mark.parametrize(
    "password", ["qk7vx2mz", "😀" * 128, "aaaaaaaz" * 16, "pass wörd\t ok ", "\\' \""]
)
async def test_a_password_of_8_to_128_characters_of_any_kind_works(api: Api, password: str) -> None:
    password = password.ljust(8, "x")
    await api.json("POST", "/auth/register", json={**NEW, "password": password}, expect=201)
    assert (await api.sign_in("ann@example.com", password)).name == "Ann Doe"


async def test_every_character_of_a_password_counts(api: Api) -> None:
    password = "ü" * 127 + "a"
    await api.json("POST", "/auth/register", json={**NEW, "password": password}, expect=201)
    for wrong in ("ü" * 127 + "b", "ü" * 127, password + "a", password.upper(), password + " "):
        body = {"email": NEW["email"], "password": wrong}
        await api.json("POST", "/auth/login", json=body, expect=401)


@pytest.mark.parametrize("length", [0, 1, 129, 4096, 4097, 500_000])
async def test_a_password_of_any_length_may_be_tried(api: Api, length: int) -> None:
    await api.person()
    for email in ("ann@example.com", "nobody@example.com"):
        body = {"email": email, "password": "x" * length}
        answer = await api.json("POST", "/auth/login", json=body, expect=401)
        assert answer["error"]["code"] == "AUTHENTICATION_ERROR"


async def test_a_wrong_password_and_an_unknown_address_are_answered_alike(api: Api) -> None:
    await api.person()
    before = await everything()
    answers = []
    for email in ("ann@example.com", "nobody@example.com", "not an address", "x" * 320):
        body = {"email": email, "password": "wrong password"}
        answers.append((await api.json("POST", "/auth/login", json=body, expect=401))["error"])
    assert answers == [answers[0]] * 4
    assert await everything() == before


@pytest.mark.parametrize("evicts", [False, True])
async def test_a_changed_password_revokes_the_mcp_tokens_where_it_is_asked_to(
    api: Api, *, evicts: bool
) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    project = await api.project(ann)
    await api.join(bob, project["id"])
    token, others = await api.token(ann, project["id"]), await api.token(bob, project["id"])
    body = {"currentPassword": "wrong", "newPassword": "battery staple 43", "revokeTokens": evicts}
    await api.json("PUT", "/users/password", ann, json=body, expect=400)
    await api.json("GET", "/mcp/validate", token)
    body |= {"currentPassword": PASSWORD}
    await api.json("PUT", "/users/password", ann, json=body)
    await api.json("GET", "/mcp/validate", token, expect=403 if evicts else 200)
    await api.json("GET", "/mcp/validate", others)
    assert (await audited()).count("mcp_token_revoked") == (1 if evicts else 0)


async def test_a_changed_password_ends_the_other_sessions_and_not_this_one(api: Api) -> None:
    ann = await api.person()
    other = await api.sign_in(ann.email)
    body = {"currentPassword": PASSWORD, "newPassword": "battery staple 43"}
    await api.json("PUT", "/users/password", ann, json=body)
    await api.json("GET", "/users/profile", ann)
    await api.json("GET", "/users/profile", other, expect=401)
    await api.json("POST", "/auth/refresh", other.refresh, expect=401)
    await api.json("POST", "/auth/refresh", ann.refresh)
    body = {"email": ann.email, "password": PASSWORD}
    await api.json("POST", "/auth/login", json=body, expect=401)
    await api.sign_in(ann.email, "battery staple 43")


async def test_a_password_changes_only_for_who_knows_the_current_one(api: Api) -> None:
    ann = await api.person()
    before = await everything()
    body = {"currentPassword": "wrong password", "newPassword": "battery staple 43"}
    answer = await api.json("PUT", "/users/password", ann, json=body, expect=400)
    assert [detail["field"] for detail in answer["error"]["details"]] == ["currentPassword"]
    assert await everything() == before


async def test_a_password_set_by_the_operator_ends_all_sessions(api: Api) -> None:
    ann = await api.person()
    await set_password(CONSOLE, ann.id, "battery staple 43", api.app[PASSWORDS])
    await api.json("GET", "/users/profile", ann, expect=401)
    await api.sign_in(ann.email, "battery staple 43")


async def test_a_deactivated_account_is_shut_out_on_the_next_request(api: Api) -> None:
    ann = await api.person()
    token = await api.token(ann, (await api.project(ann))["id"])
    await api.json("GET", "/users/profile", ann)
    await set_active(CONSOLE, ann.id, is_active=False)
    for method, path, credential in (
        ("GET", "/users/profile", ann.access),
        ("POST", "/auth/refresh", ann.refresh),
    ):
        answer = await api.json(method, path, credential, expect=403)
        assert answer["error"]["code"] == "ACCOUNT_INACTIVE"
    body = {"email": ann.email, "password": PASSWORD}
    answer = await api.json("POST", "/auth/login", json=body, expect=403)
    assert answer["error"]["code"] == "ACCOUNT_INACTIVE"
    await api.json("GET", "/projects", token, expect=401)


async def test_a_wrong_password_does_not_tell_that_an_account_is_deactivated(api: Api) -> None:
    ann = await api.person()
    await set_active(CONSOLE, ann.id, is_active=False)
    body = {"email": ann.email, "password": "wrong password"}
    answer = await api.json("POST", "/auth/login", json=body, expect=401)
    assert answer["error"]["code"] == "AUTHENTICATION_ERROR"


async def test_an_account_that_is_let_in_again_has_to_sign_in_again(api: Api) -> None:
    ann = await api.person()
    await set_active(CONSOLE, ann.id, is_active=False)
    await set_active(CONSOLE, ann.id, is_active=True)
    await api.json("GET", "/users/profile", ann, expect=401)
    await api.json("POST", "/auth/refresh", ann.refresh, expect=401)
    await api.sign_in(ann.email)


async def test_a_hash_of_another_cost_is_renewed_by_signing_in(api: Api) -> None:
    ann = await api.person()
    await User.filter(id=ann.id).update(password_hash=await Passwords(5).hash(PASSWORD))
    await api.sign_in(ann.email)
    assert ",r=4$" in (await User.get(id=ann.id)).password_hash
    await api.sign_in(ann.email)


async def test_audit_says_who_did_what_from_where(api: Api) -> None:
    ann = await api.person()
    headers = {"X-Request-Id": "my-request"}
    await api.json("PUT", "/users/profile", ann, json={"name": "Anna"}, headers=headers)
    entry = await AuditEntry.filter(action="profile_updated").get()
    assert (entry.actor_type, entry.actor_id, entry.resource_id) == ("user", ann.id, ann.id)
    assert (entry.request_id, entry.ip) == ("my-request", "127.0.0.1")
    assert entry.details == {"fields": ["name"]}


async def test_two_people_registering_one_address_at_once_get_one_account(api: Api) -> None:
    calls = [api.call("POST", "/auth/register", json=NEW) for _ in range(5)]
    statuses = sorted([response.status for response in await asyncio.gather(*calls)])
    assert statuses == [201, 409, 409, 409, 409]
    assert await User.all().count() == await Session.all().count() == 1
    assert await audited() == ["user_registered", "session_started"]


async def test_checking_an_unknown_address_gives_no_warning(
    api: Api, recwarn: pytest.WarningsRecorder
) -> None:
    body = {"email": "nobody@example.com", "password": PASSWORD}
    await api.json("POST", "/auth/login", json=body, expect=401)
    assert not [warning for warning in recwarn if "hash" in str(warning.message)]
