"""A password that somebody else set is good for one thing: choosing one of one's own."""

import unicodedata

import pytest
from passlib.hash import bcrypt_sha256

from gassapi_backend.models import User
from gassapi_backend.server.access.callers import CONSOLE
from gassapi_backend.server.accounts.actions import set_password
from gassapi_backend.server.accounts.state import PASSWORDS
from tests.conftest import PASSWORD, Api, Person, Serve, audited, everything

NEW = "battery staple 43"
CODE = "PASSWORD_CHANGE_REQUIRED"


async def newcomer(api: Api) -> Person:
    """Return somebody for whom an administrator made an account, signed in."""
    root = await api.person("Root", is_admin=True)
    body = {"email": "new@example.com", "name": "New Person", "password": PASSWORD}
    user = (await api.json("POST", "/users", root, json=body, expect=201))["user"]
    assert user["isProvisional"] is True
    return await api.sign_in("new@example.com")


async def test_who_signs_in_with_it_chooses_one_and_does_nothing_before(api: Api) -> None:
    new = await newcomer(api)
    before = await everything()
    for method, path, body in (
        ("POST", "/projects", {"name": "Mine"}),
        ("GET", "/projects", None),
        ("PUT", "/users/profile", {"name": "Other"}),
        ("GET", "/users/export", None),
        ("DELETE", "/users/account", {"password": PASSWORD, "confirmation": "DELETE_MY_ACCOUNT"}),
    ):
        answer = await api.json(method, path, new, json=body, expect=403)
        assert answer["error"]["code"] == CODE
        assert "PUT /users/password" in answer["error"]["message"]
    assert await everything() == before
    profile = (await api.json("GET", "/users/profile", new))["user"]
    assert profile["isProvisional"] is True
    body = {"currentPassword": PASSWORD, "newPassword": NEW}
    await api.json("PUT", "/users/password", new, json=body)
    await api.json("POST", "/projects", new, json={"name": "Mine"}, expect=201)  # at once
    again = await api.sign_in(new.email, NEW)
    profile = (await api.json("GET", "/users/profile", again))["user"]
    assert profile["isProvisional"] is False


async def test_neither_a_refresh_nor_another_sign_in_is_a_way_around(api: Api) -> None:
    new = await newcomer(api)
    tokens = (await api.json("POST", "/auth/refresh", new.refresh))["tokens"]
    await api.json("GET", "/projects", tokens["accessToken"], expect=403)
    await api.json("GET", "/projects", await api.sign_in(new.email), expect=403)
    await api.json("POST", "/auth/logout", new)


async def test_the_same_password_again_is_no_change(api: Api) -> None:
    new = await newcomer(api)
    body = {"currentPassword": PASSWORD, "newPassword": PASSWORD}
    before = await everything()
    answer = await api.json("PUT", "/users/password", new, json=body, expect=400)
    assert [one["field"] for one in answer["error"]["details"]] == ["newPassword"]
    assert await everything() == before


@pytest.mark.parametrize("must_change", [True, False])
async def test_a_password_set_for_somebody_later_is_to_be_changed_unless_it_is_final(
    api: Api, *, must_change: bool
) -> None:
    ann = await api.person()
    await set_password(CONSOLE, ann.id, NEW, api.app[PASSWORDS], must_change=must_change)
    again = await api.sign_in(ann.email, NEW)
    await api.json("GET", "/projects", again, expect=403 if must_change else 200)


async def test_who_registers_chose_it_themselves(api: Api) -> None:
    body = {"email": "own@example.com", "password": PASSWORD, "name": "Own Person"}
    answer = await api.json("POST", "/auth/register", json=body, expect=201)
    assert answer["user"]["isProvisional"] is False
    await api.json("GET", "/projects", answer["tokens"]["accessToken"])


PAIRS = [
    ("r\u00e9sum\u00e9 horse", "re\u0301sume\u0301 horse"),
    ("\ufb01nal horse 42", "final horse 42"),
    ("\uff43\uff4f\uff52\uff52\uff45\uff43\uff54 horse", "correct horse"),
    ("\u03a9hm horse 42", "\u2126hm horse 42"),
]


@pytest.mark.parametrize(("one", "other"), PAIRS)
async def test_a_password_is_one_however_a_keyboard_composes_it(
    api: Api, one: str, other: str
) -> None:
    assert one != other
    for number, (typed, later) in enumerate(((one, other), (other, one))):
        email = f"p{number}@example.com"
        body = {"email": email, "password": typed, "name": "A Person"}
        await api.json("POST", "/auth/register", json=body, expect=201)
        await api.sign_in(email, typed)
        await api.sign_in(email, later)
        wrong = {"email": email, "password": f"{later}x"}
        await api.json("POST", "/auth/login", json=wrong, expect=401)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
async def test_passwords_from_before_still_open_their_accounts(api: Api, form: str) -> None:
    ann = await api.person()
    typed = unicodedata.normalize(form, "r\u00e9sum\u00e9 \ufb01nal 42")
    old = bcrypt_sha256.using(rounds=4).hash(typed)
    await User.filter(id=ann.id).update(password_hash=old)
    await api.sign_in(ann.email, typed)


@pytest.mark.parametrize(
    "password",
    [
        "GassAPI2026!",
        "gassapi-backend",
        "\uff27assAPI 123",
        "Acme-2026",
        "api.acme.example",
        "1234ACME",
    ],
)
async def test_the_names_of_the_program_and_the_server_are_no_passwords(
    serve: Serve, password: str
) -> None:
    api = await serve(public_url="https://api.acme.example")
    ann = await api.person()
    before = await everything()
    body = {"email": "new@example.com", "password": password, "name": "New Person"}
    answer = await api.json("POST", "/auth/register", json=body, expect=400)
    assert [one["field"] for one in answer["error"]["details"]] == ["password"]
    change = {"currentPassword": PASSWORD, "newPassword": password}
    answer = await api.json("PUT", "/users/password", ann, json=change, expect=400)
    assert [one["field"] for one in answer["error"]["details"]] == ["newPassword"]
    assert await everything() == before
    assert "password_changed" not in await audited()


@pytest.mark.parametrize("password", ["gassapi is what i use", "acme horse 42", "localhorst 99"])
async def test_a_sentence_with_such_a_name_is_one(serve: Serve, password: str) -> None:
    api = await serve(public_url="https://api.acme.example")
    body = {"email": "new@example.com", "password": password, "name": "New Person"}
    await api.json("POST", "/auth/register", json=body, expect=201)
