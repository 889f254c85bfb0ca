"""What schemathesis is told about our API: who asks, ids of real things, and what to count.

Its cases come from the document; most of those that are meant to be good get the ids of a `World`,
so that they meet more than 404. After a request that ends access or deletes something, the next
one gets a new world.
"""

import atexit
import json
import os
import random
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import requests
import schemathesis
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.meta import TestPhase

from gassapi_backend.console.files import console
from tests.fuzz.known import ENDS, VALUES
from tests.fuzz.world import (
    SECONDS,
    World,
    api,
    mailbox,
    mailed,
    new_number,
    new_person,
)

REAL = 0.85  # of the good cases are about real things
PLAIN = 0.6  # of them without the headers that make them conditional
CURRENT = 0.5  # of those with such a header: it names the state that is there
NEW_NAME = 0.7  # of the good names are names that nothing else has
ELSEWISE = 0.1  # of the requests bring a cookie, and as many an MCP token, where these will do
AGAIN = 0.3  # of the answers with an ETag are asked for again, to see whether they are unchanged
CONDITIONS = ("If-Match", "If-None-Match")
KEY = "Idempotency-Key"
MAILED = {
    "post_auth_disown_account": "verify",
    "post_auth_verify_email": "verify",
    "post_auth_reset_password": "reset",
}
"""What takes the token of a mailed link, and of which kind."""

FILES = {
    "console_version": console().version,
    "module": "app.js",
    "folder": "screens",
    "part": "docs.js",
}
"""What addresses of the console's files are made of: no other version of them is there."""

FOR_NEWCOMERS = {"delete_users_account", "post_auth_resend_verification"}
"""What only somebody can do whose address is not confirmed, or with whom nobody works."""

_chance = random.Random(int(os.environ["FUZZ_SEED"]))  # noqa: S311 - not a secret
_seen: dict[str, Counter[int]] = defaultdict(Counter)
_tokens: set[str] = set()
_world: list[World] = []


def world() -> World:
    """Return the world that is good now."""
    if not _world:
        _world.append(World.new())
        _tokens.add(f"Bearer {_world[0].access}")
    return _world[0]


def name_of(case: Any) -> str:
    """Return the operation id of a case."""
    return str(case.operation.definition.raw["operationId"])


def ways_of(case: Any) -> set[str]:
    """Return the names of the credentials that an operation takes."""
    return {name for way in case.operation.definition.raw["security"] for name in way}


@schemathesis.auth(refresh_interval=None)
class Credentials:
    """Signs in, or brings an MCP token where only that will do."""

    def get(self, case: Any, context: Any) -> dict[str, str]:
        """Return the headers that say who asks."""
        ways = ways_of(case)
        if "accessToken" in ways:
            return {"Authorization": f"Bearer {world().access}"}
        return {"X-MCP-Token": world().new_mcp_token()["token"]} if "mcpToken" in ways else {}

    def set(self, case: Any, data: dict[str, str], context: Any) -> None:
        """Put them into the case."""
        case.headers = {**(case.headers or {}), **data}


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Make most good cases about things that are there."""
    headers = case.headers or {}
    is_signed_in = headers.get("Authorization") in _tokens
    if is_signed_in:
        case.headers["Authorization"] = f"Bearer {world().access}"
    meta = case.meta
    if meta is None or meta.phase.name is TestPhase.STATEFUL:  # those have ids of links
        return
    is_bad = meta.is_negative_at
    if not is_bad(ParameterLocation.QUERY):
        (case.query or {}).pop("cursor", None)  # it is an answer's, and none can be made up
    is_example = meta.phase.name is TestPhase.EXAMPLES
    if not is_example and _chance.random() > REAL:
        return
    if not is_bad(ParameterLocation.PATH):
        for name in case.path_parameters or {}:
            case.path_parameters[name] = (FILES | world().ids).get(name, case.path_parameters[name])
    if not is_bad(ParameterLocation.QUERY) and "projectId" in (case.query or {}):
        case.query["projectId"] = world().ids["project_id"]
    if not is_bad(ParameterLocation.QUERY) and name_of(case) == "get_collection_export":
        case.query = {"format": "postman"}
    if not is_bad(ParameterLocation.BODY) and isinstance(case.body, dict):
        _fill(name_of(case), case.body)
        if name_of(case) in MAILED and "token" in case.body:
            person, case.body["token"] = mailed(MAILED[name_of(case)])
            if is_signed_in:  # it is for that account only
                case.headers["Authorization"] = f"Bearer {person.access}"
                return
    if not is_bad(ParameterLocation.HEADER):
        _choose_conditions(case, is_example=is_example)
        if is_signed_in and name_of(case) in FOR_NEWCOMERS:
            case.headers["Authorization"] = f"Bearer {new_person('newcomer').access}"
        elif is_signed_in and not is_example:
            _choose_credentials(case)


def _fill(name: str, body: dict[str, Any]) -> None:
    values = world().values | VALUES.get(name, {})
    if name.startswith("post_invitations_"):
        if body.get("invitationId"):
            body.pop("token", None)
        values["invitationId"] = world().ids["own_invitation_id"]
        values["token"] = world().ids["invitation_token"]
    elif name == "post_auth_login":
        values["email"] = world().email
    elif name in ("post_auth_register", "post_users"):
        values["email"] = world().new_email
    for key in body.keys() & values.keys():
        body[key] = values[key]
    if isinstance(body.get("name"), str) and _chance.random() < NEW_NAME:
        body["name"] = f"{body['name'][:60]} {new_number()}"


def _choose_conditions(case: Any, *, is_example: bool) -> None:
    """Take the headers away that make a request conditional, or have them say what is there."""
    for name in (*CONDITIONS, KEY):
        if name not in (case.headers or {}):
            continue
        if is_example or _chance.random() < PLAIN:
            del case.headers[name]
        elif name in CONDITIONS and _chance.random() < CURRENT:
            path = case.operation.path.format(**case.path_parameters)
            case.headers[name] = api().etag(path, world().access) or "*"


def _choose_credentials(case: Any) -> None:
    """Let some requests be made by a page of the server, or by an assistant."""
    ways, draw = ways_of(case), _chance.random()
    if draw < ELSEWISE and "accessCookie" in ways:
        del case.headers["Authorization"]
        case.headers["Origin"] = api().url
        case.cookies = {**(case.cookies or {}), "gassapi_access": world().access}
    elif ELSEWISE <= draw < 2 * ELSEWISE and "mcpToken" in ways:
        del case.headers["Authorization"]
        case.headers["X-MCP-Token"] = world().new_mcp_token()["token"]


@schemathesis.hook
def after_call(context: Any, case: Any, response: Any) -> None:
    """Count the answer; forget the world where it has changed."""
    name = name_of(case)
    _seen[name][response.status_code] += 1
    is_over = case.method == "DELETE" or name in ENDS
    if response.status_code < 300 and is_over:
        _world.clear()


@schemathesis.check
def happens_once(context: Any, response: Any, case: Any) -> None:
    """A POST with an ``Idempotency-Key`` that is sent again gets its first answer."""
    if KEY not in response.request.headers or response.status_code >= 300:
        return
    if name_of(case) in ENDS - {"post_environment_default"}:  # who asked may not be let in now
        return
    again = _send(response.request)
    assert again.status_code == response.status_code, "Sent again, it gets another status."
    assert again.content == response.content, "Sent again, it gets another answer."
    assert again.headers["Idempotency-Replayed"] == "true"


@schemathesis.check
def is_unchanged(context: Any, response: Any, case: Any) -> None:
    """What was just read with an ``ETag`` is 304 to who has it."""
    if case.method != "GET" or response.status_code != 200 or "etag" not in response.headers:
        return
    if "reveal" in (case.query or {}) or _chance.random() > AGAIN:  # secrets are never left out
        return
    request = response.request.copy()
    request.headers["If-None-Match"] = response.headers["etag"][0]
    assert _send(request).status_code == 304, "It has the ETag, but it is not 304."


def _send(request: requests.PreparedRequest) -> requests.Response:
    with requests.Session() as session:
        return session.send(request, timeout=SECONDS, allow_redirects=False)


mailbox()
world()  # where none can be made, nothing is worth sending


@atexit.register
def _report() -> None:
    found = {name: dict(sorted(counts.items())) for name, counts in _seen.items()}
    Path(os.environ["FUZZ_REPORT"]).write_text(json.dumps(found), "utf-8")
