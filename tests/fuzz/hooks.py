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

import schemathesis
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.meta import TestPhase

from tests.fuzz.world import PASSWORD, World

REAL = 0.85  # of the good cases are about real things
PLAIN = 0.7  # of them without the headers that make them conditional
ENDS = {
    "patch_user",
    "post_auth_logout",
    "post_auth_refresh",
    "post_auth_reset_password",
    "post_invitations_accept",
    "post_invitations_decline",
    "post_mcp_regenerate_token",
    "post_mcp_revoke_token",
    "post_project_transfer",
    "put_users_password",
    "put_users_profile",
}
"""After these, like after every DELETE, the world is not what it was."""

VALUES = {
    "post_auth_login": {"password": PASSWORD},
    "delete_users_account": {"password": PASSWORD, "confirmation": "DELETE_MY_ACCOUNT"},
}
"""Further values of bodies that are meant to be good."""

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


@schemathesis.auth(refresh_interval=None)
class Credentials:
    """Signs in, or brings an MCP token where only that will do."""

    def get(self, case: Any, context: Any) -> dict[str, str]:
        """Return the headers that say who asks."""
        ways = {name for way in case.operation.definition.raw["security"] for name in way}
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
    if headers.get("Authorization") in _tokens:
        case.headers["Authorization"] = f"Bearer {world().access}"
    meta = case.meta
    if meta is None or meta.phase.name is TestPhase.STATEFUL:  # those have ids of links
        return
    is_example = meta.phase.name is TestPhase.EXAMPLES
    if not is_example and _chance.random() > REAL:
        return
    is_bad = meta.is_negative_at
    if not is_bad(ParameterLocation.HEADER):
        for name in ("If-Match", "If-None-Match", "Idempotency-Key"):
            if name in headers and (is_example or _chance.random() < PLAIN):
                del case.headers[name]
    if not is_bad(ParameterLocation.PATH):
        for name in case.path_parameters or {}:
            case.path_parameters[name] = world().ids.get(name, case.path_parameters[name])
    if not is_bad(ParameterLocation.QUERY) and "projectId" in (case.query or {}):
        case.query["projectId"] = world().ids["project_id"]
    if not is_bad(ParameterLocation.BODY) and isinstance(case.body, dict):
        _fill(name_of(case), case.body)


def _fill(name: str, body: dict[str, Any]) -> None:
    values = world().values | VALUES.get(name, {})
    if name.startswith("post_invitations_"):
        body.pop("token", None)
        values["invitationId"] = world().ids["own_invitation_id"]
    elif name == "post_auth_login":
        values["email"] = world().email
    elif name == "post_auth_register":
        values["email"] = world().new_email
    for key in body.keys() & values.keys():
        body[key] = values[key]


@schemathesis.hook
def after_call(context: Any, case: Any, response: Any) -> None:
    """Count the answer; forget the world where it has changed."""
    name = name_of(case)
    _seen[name][response.status_code] += 1
    is_over = case.method == "DELETE" or name in ENDS
    if response.status_code < 300 and is_over:
        _world.clear()


@atexit.register
def _report() -> None:
    found = {name: dict(sorted(counts.items())) for name, counts in _seen.items()}
    Path(os.environ["FUZZ_REPORT"]).write_text(json.dumps(found), "utf-8")
