"""The pages that mailed links lead to: strict, harmless to open, and alive in a browser."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from importlib.resources import files
from pathlib import Path

import pytest
from pydantic import SecretStr
from yarl import URL

from gassapi_backend.mcp_clients.clients import CLIENTS
from gassapi_backend.models import Invitation, McpToken, Purpose, User
from gassapi_backend.server.openapi.operations import operation_ids
from gassapi_backend.server.recovery.state import COUNTED, LINKS
from gassapi_backend.server.web.pages import FILE_TYPES
from gassapi_backend.settings import Registration
from tests.browser import Browser, browser
from tests.conftest import PASSWORD, Api, Person, Serve, audited, everything
from tests.mailbox import Mailbox
from tests.pages import Elements
from tests.servers import free_port

STATIC = files("gassapi_backend.server.web").joinpath("static")
PAGES = ("invite", "verify", "reset")
NAMES = [*(f"{page}.html" for page in PAGES), *FILE_TYPES]
NEW = "battery staple 43"

Invited = tuple[Api, str, Callable[[], Awaitable[list[str]]]]

pytestmark = pytest.mark.engines("sqlite")


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[Browser]:
    """A browser that complains of nothing."""
    async with browser(tmp_path) as page:
        yield page
        assert page.problems == []


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    """A mail server."""
    mailbox = await Mailbox().start()
    yield mailbox
    await mailbox.stop()


async def link(api: Api, person: Person, name: str) -> str:
    """Return the address of a fresh page of somebody's."""
    purpose = {"verify": Purpose.VERIFY_EMAIL, "reset": Purpose.RESET_PASSWORD}[name]
    token, _ = await api.app[LINKS].new_token(await User.get(id=person.id), purpose)
    return str(api.client.make_url(f"/{name}/{token}"))


def read(name: str) -> str:
    """Return a file of the pages."""
    return STATIC.joinpath(name).read_text("utf-8")


@pytest.mark.parametrize("name", PAGES)
async def test_a_page_is_served_for_any_link_kept_nowhere_and_not_told_to_others(
    api: Api, name: str
) -> None:
    before = await everything()
    for token in ("x" * 54, "x", "%3Cscript%3E", "%00"):
        response = await api.client.get(URL(f"/{name}/{token}", encoded=True))
        assert response.status == 200
        assert await response.text() == read(f"{name}.html")
        headers = response.headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in headers["X-Robots-Tag"]
        assert headers["X-Frame-Options"] == "DENY"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
    assert await everything() == before


@pytest.mark.parametrize("name", FILE_TYPES)
async def test_the_files_of_the_pages_are_served(api: Api, name: str) -> None:
    response = await api.client.get(f"/pages/{name}")
    assert (response.status, response.content_type) == (200, FILE_TYPES[name])
    assert await response.text() == read(name)


@pytest.mark.parametrize("name", ["reset.html", "nothing.js", "..%2fhandlers.py"])
async def test_no_other_file_is_served(api: Api, name: str) -> None:
    assert (await api.client.get(URL(f"/pages/{name}", encoded=True))).status == 404


def test_every_file_is_named_and_every_named_file_is_there() -> None:
    assert {file.name for file in STATIC.iterdir()} == set(NAMES)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_inline_script_or_style_and_a_label_for_every_field(name: str) -> None:
    elements = Elements(read(f"{name}.html"))
    assert not elements.scripts.strip()
    assert not elements.having("style")
    names = {name for _, attributes in elements.found for name in attributes}
    assert not {name for name in names if name.startswith("on")}
    labelled = {attributes["for"] for attributes in elements.having("for")}
    inputs = {attributes["id"] for tag, attributes in elements.found if tag in ("input", "select")}
    assert inputs == labelled
    ids = {attributes["id"] for attributes in elements.having("id")}
    for attributes in elements.having("aria-describedby"):
        assert set(attributes["aria-describedby"].split()) <= ids


@pytest.mark.parametrize("name", NAMES)
def test_the_files_load_nothing_from_elsewhere_and_make_no_markup_of_data(name: str) -> None:
    text = read(name)
    assert not re.search(r"\b(https?|wss?)://", text)
    for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
        assert way not in text
    for store in ("localStorage", "sessionStorage", "document.cookie"):
        assert store not in text


def test_links_into_the_documentation_name_operations_that_there_are() -> None:
    targets = {
        target.partition("#")[2]
        for name in PAGES
        for attributes in Elements(read(f"{name}.html")).having("href")
        if "docs#" in (target := attributes["href"])
    }
    assert targets
    assert targets <= set(operation_ids().values())


async def test_no_page_is_wider_than_the_screen_in_any_state(api: Api, page: Browser) -> None:
    states = "[...document.querySelectorAll('main > section')]"
    for width in (360, 1280):
        await page.look(width, 800)
        for name in PAGES:
            await page.open(str(api.client.make_url(f"/{name}/{'x' * 54}")))
            await page.run(
                "for (const place of document.querySelectorAll('[data-fact]'))"
                " place.textContent = 'W'.repeat(99)"
            )
            for state in await page.run(f"{states}.map(one => one.id)"):
                await page.run(f"for (const one of {states}) one.hidden = one.id !== '{state}'")
                found = await page.run("document.documentElement.scrollWidth")
                assert found <= width, (name, state)


async def test_opening_the_page_confirms_nothing_and_its_button_does(
    api: Api, page: Browser
) -> None:
    ann = await api.person(is_confirmed=False)
    before = await everything()
    await page.open(await link(api, ann, "verify"))
    before["one_time_tokens"] = (await everything())["one_time_tokens"]
    await page.shows("ask")
    assert await everything() == before
    await page.type("#email", ann.email)
    await page.type("#password", PASSWORD)
    await page.press("#form .primary")
    assert "Your address is confirmed" in await page.shows("done")
    assert len((await api.json("GET", "/auth/sessions", ann))["sessions"]) == 1  # it signed out
    assert await page.run("document.title") == "Your address is confirmed – GassAPI"
    assert await page.run("document.activeElement.tagName") == "H1"
    assert (await api.json("GET", "/users/profile", ann))["user"]["emailVerified"]
    await page.reload()
    await confirm(page, ann.email)
    assert "used up" in await page.shows("gone")


async def test_the_page_confirms_nothing_for_another_account(api: Api, page: Browser) -> None:
    ann, bob = await api.person(is_confirmed=False), await api.person("Bob")
    await page.open(await link(api, ann, "verify"))
    await confirm(page, bob.email)
    await page.until("document.querySelector('#form [role=alert]').textContent")
    assert "for another account" in await page.shows("ask")
    assert not (await api.json("GET", "/users/profile", ann))["user"]["emailVerified"]


async def test_whoever_did_not_make_the_account_closes_it_on_the_page(
    api: Api, page: Browser
) -> None:
    ann = await api.person(is_confirmed=False)
    address = await link(api, ann, "verify")
    await page.open(address)
    await page.shows("ask")
    await page.press("#disown")
    assert "Then it is closed" in await page.shows("other")
    await page.press("#back")
    await page.shows("ask")
    await page.press("#disown")
    before = await everything()
    await page.shows("other")
    assert await everything() == before
    await page.press("#close .primary")
    assert "The account is closed" in await page.shows("closed")
    await api.json("GET", "/users/profile", ann, expect=403)
    await page.open(address.replace("/verify/", "/api/v1/auth/verify/"))  # as the API has it
    await page.shows("ask")
    await page.press("#disown")
    await page.press("#close .primary")
    assert "used up" in await page.shows("gone")


async def confirm(page: Browser, email: str) -> None:
    """Sign in on the page that confirms an address."""
    await page.shows("ask")
    await page.type("#email", email)
    await page.type("#password", PASSWORD)
    await page.press("#form .primary")


async def test_a_link_that_is_not_complete_says_so(api: Api, page: Browser) -> None:
    address = await link(api, await api.person(is_confirmed=False), "verify")
    await page.open(address[:-3])
    await confirm(page, "ann@example.com")
    assert "not complete" in await page.shows("broken")
    await page.open(address.replace("verify", "reset"))
    for field in ("#password", "#again"):
        await page.type(field, NEW)
    await page.press("#form .primary")
    assert "not complete" in await page.shows("broken")


@pytest.mark.parametrize("keeps", [False, True])
async def test_a_password_is_reset_on_the_page(api: Api, page: Browser, *, keeps: bool) -> None:
    ann = await api.person(is_confirmed=False)
    token = await api.token(ann, (await api.project(ann))["id"])
    await page.open(await link(api, ann, "reset"))
    await page.shows("ask")
    before = await audited()
    await page.press("#form .primary")
    assert "It is needed." in await page.shows("ask")
    await page.type("#password", NEW)
    await page.type("#again", f"{NEW}!")
    await page.press("#form .primary")
    assert "The two are not the same." in await page.shows("ask")
    assert await page.run("document.activeElement.id") == "again"
    for field in ("#password", "#again"):
        await page.type(field, "password123")
    await page.press("#form .primary")
    await page.until("document.getElementById('password-problem').textContent")
    assert "most common passwords" in await page.shows("ask")
    assert await page.run("document.activeElement.id") == "password"
    assert await audited() == before
    if keeps:
        await page.press("#revoke")
    await page.press("[data-reveal]")
    assert await page.run("document.getElementById('again').type") == "text"
    for field in ("#password", "#again"):
        await page.type(field, NEW)
    await page.press("#form .primary")
    assert "Your password is changed" in await page.shows("done")
    await api.json("GET", "/mcp/validate", token, expect=200 if keeps else 403)
    await api.sign_in(ann.email, NEW)


async def test_who_comes_late_is_mailed_a_new_link(api: Api, page: Browser) -> None:
    ann = await api.person(is_confirmed=False)
    address = await link(api, ann, "reset")
    newer = await link(api, ann, "reset")
    body = {"token": newer.rpartition("/")[2], "password": NEW}
    await api.json("POST", "/auth/reset-password", json=body)
    await page.open(address)
    for field in ("#password", "#again"):
        await page.type(field, NEW)
    await page.press("#form .primary")
    await page.shows("gone")
    await page.type("#email", "nobody")
    await page.press("#forgot .primary")
    assert "It is not an e-mail address." in await page.shows("gone")
    await page.type("#email", ann.email)
    await page.press("#forgot .primary")
    await page.shows("asked")
    await api.app[COUNTED].flush()
    assert (await audited())[-1] == "reset_requested"


async def test_a_server_that_is_away_or_busy_is_no_dead_end(serve: Serve, page: Browser) -> None:
    api = await serve(rate_limits="on", verify_limit="1 per hour")
    await page.open(str(api.client.make_url(f"/verify/{'x' * 54}")))
    ann = await api.person()
    await api.json("POST", "/auth/verify-email", ann, json={"token": "x" * 54}, expect=400)
    await confirm(page, ann.email)
    await page.until("document.querySelector('[role=alert]').textContent")
    assert "Too many attempts" in await page.shows("ask")
    await api.client.close()
    await page.press("#form .primary")
    await page.until("document.querySelector('[role=alert]').textContent.includes('reached')")
    assert not await page.run("document.querySelector('.primary').disabled")


@pytest.fixture
async def invited(api: Api) -> Invited:
    """A server, the address of an invitation, and what tells whether it was accepted."""
    return await invite(api)


async def invite(api: Api) -> Invited:
    """Return what ``invited`` is of a server."""
    ann = await api.person()
    project = await api.project(ann, "Shop <b>")
    body = {"email": "new@example.com"}
    path = f"/projects/{project['id']}/members"
    made = (await api.json("POST", path, ann, json=body, expect=201))["invitation"]

    async def members() -> list[str]:
        found = (await api.json("GET", path, ann))["members"]
        return sorted(member["name"] for member in found if member["name"] != ann.name)

    token = made["inviteUrl"].rpartition("/")[2]
    return api, str(api.client.make_url(f"/invite/{token}")), members


async def test_who_is_new_joins_through_the_page(invited: Invited, page: Browser) -> None:
    api, address, members = invited
    await page.open(address)
    text = await page.shows("ask")
    assert "Ann Doe invites you to Shop <b>" in text
    assert "n***@example.com" in text
    await page.type("#register-name", "New Person")
    await page.type("#register-email", "new@example.com")
    await page.type("#register-password", "password123")
    await page.press("#register .primary")
    await page.until("document.getElementById('register-password-problem').textContent")
    assert await members() == []
    await page.type("#register-password", PASSWORD)
    await page.press("#register .primary")
    assert "You are in" in await page.shows("done")
    assert await page.run("document.querySelector('#done code').textContent") == str(
        api.client.make_url("/")
    ).rstrip("/")
    assert await members() == ["New Person"]
    await page.reload()
    assert "over" in await page.shows("gone")


async def test_who_joined_connects_an_assistant_on_the_page(
    invited: Invited, page: Browser
) -> None:
    api, address, _ = invited
    bob = await api.person("Bob")
    await page.open(address)
    await page.shows("ask")
    await page.press("[data-choose=login]")
    await page.type("#login-email", bob.email)
    await page.type("#login-password", PASSWORD)
    await page.press("#login .primary")
    await page.shows("done")
    for client, link in (("cursor", "cursor://"), ("claude-desktop", "http://"), ("codex", "")):
        await page.run("document.getElementById('made').hidden = true")
        await page.run(f"document.getElementById('connect-client').value = '{client}'")
        await page.press("#connect .primary")
        await page.until("!document.getElementById('made').hidden")
        is_shown = await page.run("!document.getElementById('link-line').hidden")
        assert is_shown is bool(link)
        if link:
            assert (await page.run("document.getElementById('link').href")).startswith(link)
        assert "gassapi" in await page.run("document.getElementById('config').textContent")
        shown = await page.run("document.getElementById('variable').textContent")
        assert await api.json("GET", "/mcp/validate", shown.rpartition("=")[2])
    assert await McpToken.filter(creator_id=bob.id).count() == 3


def test_the_page_offers_every_client() -> None:
    offered = Elements(read("invite.html")).having("value")
    assert [one["value"] for one in offered] == list(CLIENTS)


async def test_whoever_is_signed_in_in_the_browser_neither_joins_nor_is_signed_out(
    invited: Invited, page: Browser
) -> None:
    api, address, members = invited
    cat, bob = await api.person("Cat"), await api.person("Bob")
    await page.open(address)
    await page.shows("ask")
    cookie = {"name": "gassapi_access", "value": cat.access, "httpOnly": True}
    await page.call("Network.setCookie", url=address, **cookie)
    await page.reload()
    await page.shows("ask")
    await page.press("[data-choose=login]")
    await page.type("#login-email", bob.email)
    await page.type("#login-password", PASSWORD)
    await page.press("#login .primary")
    await page.shows("done")
    assert await members() == ["Bob Doe"]
    kept = (await page.call("Network.getCookies"))["cookies"]
    assert {one["name"]: one["value"] for one in kept} == {"gassapi_access": cat.access}


async def test_who_has_an_account_already_is_told_so_and_signs_in(
    invited: Invited, page: Browser
) -> None:
    api, address, members = invited
    await api.person("New")
    await page.open(address)
    await page.shows("ask")
    await page.type("#register-name", "New Person")
    await page.type("#register-email", "New@EXAMPLE.com")
    await page.type("#register-password", PASSWORD)
    await page.press("#register .primary")
    await page.until("document.querySelector('#register [role=alert]').textContent")
    assert "already an account" in await page.shows("ask")
    assert await members() == []
    await page.press("[data-choose=login]")
    await page.type("#login-email", "New@EXAMPLE.com")
    await page.type("#login-password", PASSWORD)
    await page.press("#login .primary")
    await page.shows("done")
    assert await members() == ["New Doe"]


async def test_a_link_that_was_renewed_while_its_page_was_open_is_over(
    invited: Invited, page: Browser
) -> None:
    api, address, members = invited
    bob = await api.person("Bob")
    await page.open(address)
    await page.shows("ask")
    await Invitation.all().update(generation=2)
    await page.press("[data-choose=login]")
    await page.type("#login-email", bob.email)
    await page.type("#login-password", PASSWORD)
    await page.press("#login .primary")
    assert "over" in await page.shows("gone")
    assert await members() == []


async def test_without_scripts_a_page_says_what_it_needs_and_nothing_else(
    api: Api, page: Browser
) -> None:
    await page.call("Emulation.setScriptExecutionDisabled", value=True)
    for name in PAGES:
        await page.open(str(api.client.make_url(f"/{name}/{'x' * 54}")))
        text = await page.run("document.body.innerText")
        assert "needs JavaScript" in text
        shown = (
            "[...document.querySelectorAll('main > section')].filter(s => s.offsetHeight).length"
        )
        assert await page.run(shown) == 0


async def test_the_links_of_real_mails_lead_all_the_way(
    serve: Serve, page: Browser, mailbox: Mailbox
) -> None:
    port = free_port()
    home = f"http://127.0.0.1:{port}"
    api = await serve(
        port=port,
        public_url=home,
        smtp_url=SecretStr(mailbox.url()),
        registration=Registration.INVITED,
    )
    ann = await api.person()
    project = await api.project(ann)
    stranger = {"email": "guest@example.com", "password": PASSWORD, "name": "Guest"}
    await api.json("POST", "/auth/register", json=stranger, expect=403)
    await api.invite(ann, project["id"], "guest@example.com")

    (invitation,) = await mailbox.get()
    await page.open(invitation.link)
    await page.shows("ask")
    await page.type("#register-name", "Guest")
    await page.type("#register-email", "guest@example.com")
    await page.type("#register-password", PASSWORD)
    await page.press("#register .primary")
    await page.shows("done")
    assert (await api.json("GET", f"/projects/{project['id']}", ann))["project"]["memberCount"] == 2

    verification = (await mailbox.get(2))[1]
    assert (verification.recipient, verification.link[: len(home)]) == ("guest@example.com", home)
    await page.open(verification.link)
    await confirm(page, "guest@example.com")
    await page.shows("done")
    guest = await api.sign_in("guest@example.com")
    assert (await api.json("GET", "/users/profile", guest))["user"]["emailVerified"]

    forgotten = {"email": "Guest@example.com"}
    await api.json("POST", "/auth/forgot-password", json=forgotten)
    reset = (await mailbox.get(4))[3]  # after that of a new device: this is no browser
    await page.open(reset.link)
    for field in ("#password", "#again"):
        await page.type(field, NEW)
    await page.press("#form .primary")
    await page.shows("done")
    await api.json("GET", "/users/profile", guest, expect=401)
    await api.sign_in("guest@example.com", NEW)
    for mail, state in ((invitation, "gone"), (verification, "ask"), (reset, "ask")):
        await page.open(mail.link)
        await page.shows(state)


async def test_where_nobody_may_register_the_page_asks_to_sign_in_and_says_whom_to_ask(
    serve: Serve, page: Browser
) -> None:
    api, address, members = await invite(await serve(registration=Registration.CLOSED))
    await api.person("New")
    await page.open(address)
    text = await page.shows("ask")
    assert "ask whoever invited you" in text
    assert "I am new here" not in text
    assert "Create the account" not in text
    await page.type("#login-email", "new@example.com")
    await page.type("#login-password", PASSWORD)
    await page.press("#login .primary")
    await page.shows("done")
    assert await members() == ["New Doe"]


async def test_who_was_invited_by_nobody_in_particular_is_invited(
    invited: Invited, page: Browser
) -> None:
    await Invitation.all().update(invited_by_id=None)  # as from the console
    await page.open(invited[1])
    text = await page.shows("ask")
    assert "You are invited to Shop <b>" in text
    assert "No account here yet?" not in text


async def test_who_has_an_account_signs_in_and_joins(invited: Invited, page: Browser) -> None:
    api, address, members = invited
    await api.person("Bob")
    await page.open(address)
    await page.shows("ask")
    await page.press("[data-choose=login]")
    assert await page.run("document.getElementById('register').hidden")
    await page.type("#login-email", "bob@example.com")
    await page.type("#login-password", "wrong")
    await page.press("#login .primary")
    await page.until("document.querySelector('#login [role=alert]').textContent")
    assert await members() == []
    await page.type("#login-password", PASSWORD)
    await page.press("#login .primary")
    await page.shows("done")
    assert await members() == ["Bob Doe"]


async def test_an_invitation_that_is_none_says_so(api: Api, page: Browser) -> None:
    await page.open(str(api.client.make_url(f"/invite/{'x' * 54}")))
    assert "no such invitation" in await page.shows("broken")
