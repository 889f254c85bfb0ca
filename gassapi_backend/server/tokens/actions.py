"""Every write to MCP tokens."""

from datetime import datetime

from gassapi_backend.clock import now, rfc3339, stored
from gassapi_backend.database.statements import for_ids, insert, send
from gassapi_backend.models import Member, Scope, new_id
from gassapi_backend.models.rows import TokenRow
from gassapi_backend.server.access.callers import Actor
from gassapi_backend.server.access.mcp_tokens import new_token
from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.changes.change import Change, change
from gassapi_backend.server.environments.actions import reveal_values
from gassapi_backend.server.errors import Conflict, Forbidden, Invalid, NotFound
from gassapi_backend.server.limits.quotas import require
from gassapi_backend.server.mail.notices import notify
from gassapi_backend.server.mail.outbox import MailKind
from gassapi_backend.server.tokens import queries
from gassapi_backend.server.tokens.rows import new_row
from gassapi_backend.server.tokens.schemas import ConfigOptions, NewToken, Regeneration, Revocation
from gassapi_backend.vault import Vault


async def issue_token(
    actor: Actor, project_id: str, creator_id: str, new: NewToken
) -> tuple[str, TokenRow]:
    """Issue a token that does what ``creator_id`` may do in the project, narrowed by its scope.

    Returns the token itself, which nothing keeps, and its row. Raises ``Conflict`` where
    ``creator_id`` is no active member.
    """

    async def issue(made: Change) -> tuple[str, TokenRow]:
        return await _issue(made, creator_id, new.name, new.scope, new.expires_at)

    return await change(actor, project_id, Permission.ISSUE_TOKENS, issue, accounts=[creator_id])


async def revoke_tokens(actor: Actor, project_id: str, wanted: Revocation) -> int:
    """Revoke one token, or all that the actor may: members their own, the owner any.

    Returns how many were revoked. Raises ``NotFound`` and ``Forbidden`` for one token.
    """

    async def revoke(made: Change) -> int:
        if wanted.token_id:
            token = await _own_token(made, wanted.token_id)
            living = [token] if token["revoked_at"] is None else []
        else:
            manages_all = made.may(Permission.MANAGE_ALL_TOKENS)
            living = await queries.living_tokens(project_id, None if manages_all else actor.user_id)
        await _revoke_all(made, living, wanted.reason)
        return len(living)

    return await change(actor, project_id, Permission.ISSUE_TOKENS, revoke)


async def revoke_tokens_of(made: Change, creator_id: str, reason: str) -> None:
    """Revoke what somebody issued for the project that is being changed."""
    living = await queries.living_tokens(made.locked_project.id, creator_id)
    await _revoke_all(made, living, reason)


async def regenerate_token(
    actor: Actor, project_id: str, wanted: Regeneration
) -> tuple[str, TokenRow]:
    """Replace a token that is not revoked by a fresh one of the same name and scope, in one step.

    The fresh one is the actor's own, whoever issued the old one, and good for as long, from now.
    """

    async def regenerate(made: Change) -> tuple[str, TokenRow]:
        old = await _own_token(made, wanted.token_id)
        if old["revoked_at"] is not None:
            raise Conflict("This token is revoked. Issue a new one instead.")
        await _revoke_all(made, [old], "regenerated")
        expires_at = wanted.expires_at or _as_long(old)
        return await _issue(made, actor.user_id, old["name"], Scope(old["scope"]), expires_at)

    return await change(
        actor, project_id, Permission.ISSUE_TOKENS, regenerate, accounts=[actor.user_id]
    )


async def grant_config(
    actor: Actor, project_id: str, environment_id: str, options: ConfigOptions, vault: Vault
) -> tuple[str | None, dict[str, str] | None]:
    """Return what a configuration is to hold, in one change: a fresh token and plain values.

    The secret values among them are noted as revealed. Each is ``None`` unless it is asked for.
    """

    async def grant(made: Change) -> tuple[str | None, dict[str, str] | None]:
        values = token = None
        if options.include_secrets:
            made.require(Permission.REVEAL_SECRETS)
            values = await reveal_values(made, environment_id, vault)
        if options.include_auth:
            name = options.client or "gassapi.json"
            token, _ = await _issue(made, actor.user_id, name, options.scope, options.expires_at)
        return token, values

    return await change(actor, project_id, Permission.ISSUE_TOKENS, grant, accounts=[actor.user_id])


async def _issue(
    made: Change, creator_id: str, name: str, scope: Scope, expires_at: str | None
) -> tuple[str, TokenRow]:
    project_id, moment = made.locked_project.id, stored(now())
    if expires_at is not None and expires_at <= moment:
        raise Invalid.field("expiresAt", "It is over already: name a time to come.")
    if not await Member.exists(project_id=project_id, user_id=creator_id, user__is_active=True):
        raise Conflict("Only an active member of the project can have a token for it.")
    await _require_room(project_id, creator_id)
    token = new_token()
    row = new_row(
        new_id(),
        token,
        project_id=project_id,
        creator_id=creator_id,
        name=name,
        scope=scope,
        expires_at=expires_at,
        moment=moment,
    )
    await insert("mcp_tokens", [row])
    details = {"scope": scope.value}
    if expires_at is not None:
        details["expires_at"] = rfc3339(expires_at)
    made.record("mcp_token_issued", "mcp_token", row["id"], name, in_project=None, **details)
    if creator := made.accounts.get(creator_id):
        project = made.locked_project.name
        await notify(made, MailKind.TOKEN_ISSUED, creator, token=name, project=project)
    return token, row


def _as_long(old: TokenRow) -> str | None:
    """Return the end of a token that is good for as long as another, from now on."""
    if old["expires_at"] is None:
        return None
    begin, end = (datetime.fromisoformat(text) for text in (old["created_at"], old["expires_at"]))
    return stored(now() + (end - begin))


async def _require_room(project_id: str, creator_id: str) -> None:
    """Raise ``Conflict`` where a project or a person, both locked, has as many tokens as it may."""
    own, all_here = await queries.count_living(project_id, creator_id)
    require(
        "person_max_tokens",
        own + 1,
        so="One person can have {limit} tokens",
        now="Revoke one that no client uses.",
    )
    require(
        "project_max_tokens",
        all_here + 1,
        so="A project can have {limit} tokens",
        now="Have its owner revoke those that no client uses.",
    )


async def end_tokens(made: Change, ids: list[str], reason: str | None) -> None:
    """Make MCP tokens worthless, which are recorded by whoever calls."""
    sql = (
        "UPDATE mcp_tokens SET revoked_at = ?, revoked_by_id = ?, revoked_reason = ? "
        "WHERE id IN ({ids})"
    )
    await send(for_ids(sql, ids, stored(now()), made.actor.caller.user_id, reason))
    made.ends_access()


async def _revoke_all(made: Change, tokens: list[TokenRow], reason: str | None) -> None:
    if not tokens:
        return
    for token in tokens:
        made.record("mcp_token_revoked", "mcp_token", token["id"], token["name"], reason=reason)
    await end_tokens(made, [token["id"] for token in tokens], reason)


async def _own_token(made: Change, token_id: str) -> TokenRow:
    """Return a token of the project that the actor may end. Raises ``NotFound``, ``Forbidden``."""
    token = await queries.find_token(made.locked_project.id, token_id)
    if token is None:
        raise NotFound("There is no such token in this project.")
    is_own = token["creator_id"] == made.actor.caller.user_id
    if not is_own and not made.may(Permission.MANAGE_ALL_TOKENS):
        raise Forbidden("Only its creator and the project's owner may do this.")
    return token
