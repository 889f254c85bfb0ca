"""The token that a client gets: a new one of this server, or one that the user supplies."""

import json
import os
from dataclasses import dataclass
from typing import Any

from gassapi_backend.cli.console import fail

OK, UNAUTHORIZED, FORBIDDEN = 200, 401, 403
MAX_ANSWER = 1_000_000
REVOKED = "replaced by a further `mcp install`"


@dataclass(frozen=True, slots=True)
class Grant:
    """A token. ``id`` is unknown where another server issued it, ``is_new`` for one just issued."""

    token: str
    id: str | None = None
    is_new: bool = False


async def from_variable(project_id: str, variable: str, scope: str) -> Grant | None:
    """Return the token in an environment variable, if it is valid for the project and scope."""
    from gassapi_backend.clock import now
    from gassapi_backend.models import McpToken
    from gassapi_backend.server.access.mcp_tokens import hash_of

    token = os.environ.get(variable, "")
    found = await McpToken.get_or_none(token_hash=hash_of(token), revoked_at=None)
    if found is None or (found.project_id, found.scope.value) != (project_id, scope):
        return None
    if found.expires_at is not None and found.expires_at <= now():
        return None
    return Grant(token, found.id)


async def issue(
    project: Any, user: str | None, name: str, scope: str, expires_at: str | None
) -> Grant:
    """Issue a token for a member of a project: the owner, unless another is named."""
    from gassapi_backend.server.access.callers import CONSOLE
    from gassapi_backend.server.accounts.queries import find_user
    from gassapi_backend.server.tokens.actions import issue_token
    from gassapi_backend.server.tokens.schemas import NewToken
    from gassapi_backend.server.web.bodies import validated

    creator = await find_user(user or project["owner_id"])
    if creator is None:
        fail(f'There is no account "{user}". See: gassapi-backend user list')
    new = validated(
        NewToken,
        {"projectId": project["id"], "name": name, "scope": scope, "expiresAt": expires_at},
    )
    token, row = await issue_token(CONSOLE, project["id"], creator.id, new)
    return Grant(token, row["id"], is_new=True)


async def revoke(token_id: str, reason: str) -> bool:
    """Revoke a token; return whether it was active; another server's never is."""
    from gassapi_backend.models import McpToken
    from gassapi_backend.server.access.callers import CONSOLE
    from gassapi_backend.server.tokens.actions import revoke_tokens
    from gassapi_backend.server.tokens.schemas import Revocation
    from gassapi_backend.server.web.bodies import validated

    found = await McpToken.get_or_none(id=token_id, revoked_at=None)
    if found is None:
        return False
    body = {"projectId": found.project_id, "tokenId": found.id, "reason": reason}
    wanted = validated(Revocation, body)
    return bool(await revoke_tokens(CONSOLE, found.project_id, wanted))


def given(from_stdin: bool) -> str:
    """Return the token for another server: from standard input, GASSAPI_TOKEN, or a prompt."""
    import sys

    from gassapi_backend.cli.console import ask, is_interactive

    if from_stdin:
        token = sys.stdin.readline().removeprefix("\ufeff").strip() if sys.stdin else ""
    else:
        token = os.environ.get("GASSAPI_TOKEN", "").strip()
        if not token and is_interactive():
            token = ask("Token", hide_input=True).strip()
    if not token:
        fail("A token of that server is needed: in GASSAPI_TOKEN, or by --token-stdin.", code=2)
    if not token.isascii() or not token.isprintable() or " " in token:
        fail("That is not a token: a token is gass_ followed by letters and digits.")
    return token


def project_of(base_url: str, token: str) -> dict[str, Any]:
    """Return id and name of the project that a token of another server is for."""
    from gassapi_backend.bridge.upstream import Broken, NotSent, Upstream

    headers = {"X-MCP-Token": token, "Accept": "application/json"}
    try:
        answer = Upstream(base_url).send("GET", "/api/v1/mcp/validate", None, headers)
        status, body = answer.status, answer.read(MAX_ANSWER)
        project = json.loads(body)["project"] if status == OK else {}
        found = {key: str(project[key]) for key in ("id", "name")} if project else None
    except (Broken, NotSent) as problem:
        fail(f"{base_url} cannot be reached. {problem}")
    except (ValueError, KeyError, TypeError):
        found = None
    if status in (UNAUTHORIZED, FORBIDDEN):
        fail(
            f"{base_url} does not accept this token: it is mistyped, revoked, or another server's."
        )
    if found is None:
        fail(f"No GassAPI server answers at {base_url} (status {status}). Is the address right?")
    return found
