"""Somebody with one of everything, made through the API itself, for requests that are to succeed.

What is made follows from the document: every operation that creates something, and links to what
takes its id, is sent its example, until nothing new can be made.
"""

import itertools
import os
import re
import time
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from functools import cache
from typing import Any

import requests
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

BASE = "/api/v1"
JSON = "application/json"
PASSWORD = "correct horse 42"
OTHER_PASSWORD = "amber kettle 26"
SECONDS = 30

_numbers = itertools.count(1)


def new_number() -> int:
    """Return a number that was never returned before."""
    return next(_numbers)


class Api:
    """The server that is fuzzed, and its document."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._session = requests.Session()
        self.spec: dict[str, Any] = self.send("GET", f"{BASE}/openapi.json")
        self.operations = {
            operation["operationId"]: (method.upper(), path, operation)
            for path, methods in self.spec["paths"].items()
            for method, operation in methods.items()
        }

    def send(
        self, method: str, path: str, body: Any = None, *, access: str | None = None
    ) -> dict[str, Any]:
        """Send a request; return the answer. Raises ``HTTPError`` where it is refused."""
        self._session.cookies.clear()
        response = self._session.request(
            method,
            self.url + path,
            json=body,
            headers={"Authorization": f"Bearer {access}"} if access else {},
            timeout=SECONDS,
        )
        response.raise_for_status()
        found: dict[str, Any] = response.json()
        return found

    def etag(self, path: str, access: str) -> str | None:
        """Return the ``ETag`` of what is at a path now, if it has one."""
        self._session.cookies.clear()
        headers = {"Authorization": f"Bearer {access}"}
        response = self._session.get(self.url + path, headers=headers, timeout=SECONDS)
        found: str | None = response.headers.get("ETag")
        return found


class Mailbox:
    """A mail server that keeps the tokens of the links it gets, by address and kind of link."""

    def __init__(self, port: int) -> None:
        self._tokens: dict[tuple[str, str], str] = {}
        Controller(self, hostname="127.0.0.1", port=port, server_hostname="mail.fuzz.test").start()

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802 - the library's name
        """Take a mail."""
        message = message_from_bytes(envelope.content or b"", policy=policy.default)
        text = message.get_body(("plain",)).get_content()
        for kind, token in re.findall(r"/(verify|reset)/([\w-]+)", text):
            self._tokens[envelope.rcpt_tos[0], kind] = token
        return "250 OK"

    def token(self, email: str, kind: str) -> str:
        """Wait for a mail; return the token of its link."""
        end = time.monotonic() + SECONDS
        while (email, kind) not in self._tokens:
            if time.monotonic() > end:
                raise TimeoutError(f"No mail to {kind} came to {email}.")
            time.sleep(0.01)
        return self._tokens[email, kind]


@cache
def mailbox() -> Mailbox:
    """Return the mail server of the server at ``FUZZ_MAILING_URL``."""
    return Mailbox(int(os.environ["FUZZ_MAIL_PORT"]))


def mailed(kind: str) -> tuple["World", str]:
    """Return somebody new, and the token of a link mailed to them, to ``verify`` or ``reset``."""
    person = new_person("reader", mailing())
    if kind == "reset":
        mailing().send("POST", f"{BASE}/auth/forgot-password", {"email": person.email})
    return person, mailbox().token(person.email, kind)


@cache
def api() -> Api:
    """Return the server at ``FUZZ_URL``."""
    return Api(os.environ["FUZZ_URL"])


@cache
def mailing() -> Api:
    """Return the server at ``FUZZ_MAILING_URL``: on the same database, and it sends mail.

    The one that is fuzzed sends none, which would take most of the time.
    """
    return Api(os.environ["FUZZ_MAILING_URL"])


@dataclass
class World:
    """A person, and ids of what is theirs: by path parameter, like ``project_id``."""

    email: str
    access: str
    refresh: str
    ids: dict[str, str] = field(default_factory=dict)

    @classmethod
    def new(cls) -> "World":
        """Make a person, an administrator if the API can make one, and what is theirs."""
        guest = new_person("guest")
        world = _new_administrator() if "post_users" in api().operations else new_person("owner")
        world.create_all()
        world.ids["token_id"] = world.new_mcp_token()["mcpToken"]["id"]
        world.ids |= dict.fromkeys(("user_id", "member_id"), guest.ids["user_id"])
        world.let_in(guest)
        guest.invite(world)
        return world

    @property
    def values(self) -> dict[str, Any]:
        """What properties of a body have to be for a request to succeed, by their names."""
        ids = {_camel(name): value for name, value in self.ids.items()}
        return ids | {
            "currentPassword": PASSWORD,
            "isDefault": False,  # so that it can be deleted
            "parentId": None,
            "refreshToken": self.refresh,
        }

    @property
    def new_email(self) -> str:
        """An address that nobody has."""
        return f"new{new_number()}@fuzz.test"

    def new_mcp_token(self) -> dict[str, Any]:
        """Issue an MCP token of the project; return it and its record."""
        body = {"projectId": self.ids["project_id"], "name": "Fuzz", "scope": "write"}
        return api().send("POST", f"{BASE}/mcp/tokens", body, access=self.access)

    def create_all(self) -> None:
        waiting = [
            (method, path, operation)
            for method, path, operation in api().operations.values()
            if links_of(operation) and not path.startswith(f"{BASE}/auth/register")
        ]
        waiting.sort(key=lambda one: one[0] != "POST")  # rather what is made than what was there
        is_new = True
        while is_new:
            is_new = False
            for one in [one for one in waiting if self._can_fill(one[1])]:
                waiting.remove(one)
                is_new |= self._learn(*one)

    def _can_fill(self, path: str) -> bool:
        return set(re.findall(r"{(\w+)}", path)) <= self.ids.keys()

    def _learn(self, method: str, path: str, operation: dict[str, Any]) -> bool:
        wanted = {
            parameter.removeprefix("path."): expression.removeprefix("$response.body#/")
            for link in links_of(operation).values()
            for parameter, expression in link["parameters"].items()
            if expression.startswith("$response.body")
        }
        if wanted.keys() <= self.ids.keys():
            return False
        answer = self._example(method, path, operation)
        for name, pointer in wanted.items():
            value: Any = answer
            for part in pointer.split("/"):
                known = isinstance(value, dict) or (value and part.isdigit())
                value = (value[int(part)] if part.isdigit() else value[part]) if known else None
            if value is not None:
                self.ids.setdefault(name, value)
        return True

    def _example(self, method: str, path: str, operation: dict[str, Any]) -> dict[str, Any]:
        body = None
        if "requestBody" in operation:
            body = dict(operation["requestBody"]["content"][JSON]["example"])
            body |= {name: value for name, value in self.values.items() if name in body}
        for name, value in self.ids.items():
            path = path.replace(f"{{{name}}}", value)
        return api().send(method, path, body, access=self.access)

    def invite(self, other: "World") -> None:
        """Invite somebody else to a project of one's own."""
        if "post_project_members" in api().operations:
            body = {"name": "Guest's"}
            project = api().send("POST", f"{BASE}/projects", body, access=self.access)["project"]
            path = f"{BASE}/projects/{project['id']}/members"
            made = api().send("POST", path, {"email": other.email}, access=self.access)
            other.ids["own_invitation_id"] = made["invitation"]["id"]
            other.ids["invitation_token"] = made["invitation"]["inviteUrl"].rpartition("/")[2]

    def let_in(self, other: "World") -> None:
        """Make somebody else a member of the project."""
        if "post_project_members" in api().operations:
            path = f"{BASE}/projects/{self.ids['project_id']}/members"
            made = api().send("POST", path, {"email": other.email}, access=self.access)
            wanted = {"token": made["invitation"]["inviteUrl"].rpartition("/")[2]}
            api().send("POST", f"{BASE}/invitations/accept", wanted, access=other.access)


def links_of(operation: dict[str, Any]) -> dict[str, Any]:
    """Return the links of an operation's success."""
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            found: dict[str, Any] = response.get("links", {})
            return found
    return {}


def new_person(name: str, at: Api | None = None) -> World:
    """Register somebody who has nothing yet."""
    email = f"{name}{new_number()}@fuzz.test"
    body = {"email": email, "password": PASSWORD, "name": name}
    made = (at or api()).send("POST", f"{BASE}/auth/register", body)
    tokens = made["tokens"]
    ids = {"user_id": made["user"]["id"]}
    return World(email, tokens["accessToken"], tokens["refreshToken"], ids)


def _new_administrator() -> World:
    """Have an administrator make another one, whose address is thereby confirmed."""
    body = {"email": os.environ["FUZZ_ADMIN"], "password": PASSWORD}
    root = api().send("POST", f"{BASE}/auth/login", body)["tokens"]["accessToken"]
    body = {"email": f"owner{new_number()}@fuzz.test", "password": OTHER_PASSWORD}
    new = body | {"name": "owner", "isAdmin": True}
    user = api().send("POST", f"{BASE}/users", new, access=root)["user"]
    tokens = api().send("POST", f"{BASE}/auth/login", body)["tokens"]
    own = {"currentPassword": OTHER_PASSWORD, "newPassword": PASSWORD}
    api().send("PUT", f"{BASE}/users/password", own, access=tokens["accessToken"])
    ids = {"user_id": user["id"]}
    return World(user["email"], tokens["accessToken"], tokens["refreshToken"], ids)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
