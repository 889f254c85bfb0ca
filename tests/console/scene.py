"""What tests of the console begin with: people, projects, windows, and what goes wrong there."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from playwright.async_api import BrowserContext, ConsoleMessage, Page, Request, Response, expect

from tests.mailbox import Mailbox
from tests.processes import PASSWORD, Server

Tab = Page

_numbers = count(1)
_REFUSED = re.compile(r"Failed to load resource: the server responded with a status of (4|503)")
"""What browsers log of every refusal of the API, also of those that the page deals with."""
_LATE = "was preloaded using link preload but not used within a few seconds"
"""What browsers say where the machine, or the server, took longer than they expect."""


@dataclass(frozen=True)
class Person:
    """Somebody with an account, and an access token to set scenes with."""

    id: str
    email: str
    name: str
    access: str


class Place:
    """The server, and short ways to put something on it."""

    def __init__(self, server: Server, mailbox: Mailbox | None = None) -> None:
        self.server = server
        self.mailbox = mailbox or Mailbox()

    async def mailed(self, email: str, about: str) -> str:
        """Wait for a mail to somebody with a link of a kind, like ``/reset/``; return the link."""
        seen = 0
        while True:
            found = await self.mailbox.get(seen + 1)
            for mail in found[seen:]:
                if mail.recipient == email and about in mail.text:
                    return str(mail.link)
            seen = len(found)

    @property
    def url(self) -> str:
        """Its address."""
        return self.server.url

    def call(self, method: str, path: str, body: Any = None, who: Person | None = None) -> Any:
        """Call the API; return the answer's body."""
        access = who.access if who else None
        answer = self.server.call(method, f"/api/v1{path}", body, access=access)
        assert answer.status < 300, answer.body
        return answer.body

    def person(self, name: str = "Ann Lee") -> Person:
        """Register somebody with an address of their own."""
        email = f"person{next(_numbers)}@example.com"
        new = {"email": email, "password": PASSWORD, "name": name}
        body = self.call("POST", "/auth/register", new)
        return Person(body["user"]["id"], email, name, body["tokens"]["accessToken"])

    def administrator(self, name: str = "Root Admin") -> Person:
        """Create an administrator on the command line."""
        email = f"admin{next(_numbers)}@example.com"
        self.server.cli.user(email, name, "--admin")
        body = self.call("POST", "/auth/login", {"email": email, "password": PASSWORD})
        return Person(body["user"]["id"], email, name, body["tokens"]["accessToken"])

    def project(self, owner: Person, name: str = "Shop", **fields: Any) -> dict[str, Any]:
        """Create a project."""
        found: dict[str, Any] = self.call("POST", "/projects", {"name": name, **fields}, owner)
        return dict(found["project"])


@dataclass
class Scene:
    """A browser with cookies of its own. ``problems``: what must not happen in it, and did."""

    place: Place
    context: BrowserContext
    problems: list[str] = field(default_factory=list)
    size: dict[str, int] | None = None

    async def tab(self, path: str | None = None) -> Tab:
        """Open a window, at a path of the server."""
        page = await self.context.new_page()
        if self.size:
            await page.set_viewport_size(
                {"width": self.size["width"], "height": self.size["height"]}
            )
        if path is not None:
            await page.goto(path)
            await expect(page.locator("#first")).to_have_count(0)  # its script is there
        return page

    def view(self, size: dict[str, int]) -> None:
        """Have the windows that are opened from now on be of a size."""
        self.size = size

    async def enter(self, person: Person) -> None:
        """Sign somebody in without a window."""
        await self.context.request.post(
            "/api/v1/auth/login",
            data={"email": person.email, "password": PASSWORD},
            headers={"Origin": self.place.url},
        )

    async def signed_in(self, person: Person, path: str = "/") -> Tab:
        """Open a window in which somebody is signed in."""
        page = await self.tab(f"/login?next={path}")
        await sign_in(page, person)
        await expect(page.locator("header.bar")).to_be_visible()
        return page

    def forgive(self, pattern: str) -> None:
        """Take away problems that the test means to happen; there has to be one."""
        kept = [problem for problem in self.problems if not re.search(pattern, problem)]
        assert len(kept) < len(self.problems), f"Nothing like {pattern} happened."
        self.problems[:] = kept


async def sign_in(page: Page, person: Person, password: str = PASSWORD) -> None:
    """Fill in the sign-in form that is shown, and send it."""
    email = page.get_by_label("E-mail address")
    if await email.is_editable():
        await email.fill(person.email)
    await page.get_by_label("Password", exact=True).fill(password)
    await page.get_by_role("button", name="Sign in").click()


def watched(context: BrowserContext, url: str, problems: list[str]) -> None:
    """Note what must not happen in any page: errors, violations, requests to elsewhere."""

    def note_message(message: ConsoleMessage) -> None:
        is_known = _REFUSED.match(message.text) or _LATE in message.text
        if message.type in ("error", "warning") and not is_known:
            problems.append(f"{message.type}: {message.text}")

    def note_request(request: Request) -> None:
        if not request.url.startswith((url, "data:", "blob:")):
            problems.append(f"request to elsewhere: {request.url}")
        if "/api/" in request.url and re.search(r"/(verify|reset|invite)/", _referrer(request)):
            problems.append(f"referrer sent: {_referrer(request)}")

    def note_response(response: Response) -> None:
        if response.status >= 400 and "/console/" in response.url:
            problems.append(f"{response.status}: {response.url}")

    context.on("console", note_message)
    context.on("weberror", lambda error: problems.append(f"page error: {error.error}"))
    context.on("request", note_request)
    context.on("response", note_response)


def _referrer(request: Request) -> str:
    return request.headers.get("referer", "")


def texts(names: Sequence[str]) -> re.Pattern[str]:
    """Return a pattern for text that is one of these."""
    return re.compile("^(" + "|".join(map(re.escape, names)) + ")$")
