"""Every write to MCP tokens."""

from gassapi_backend.clock import now
from gassapi_backend.models import McpToken, Member, Scope
from gassapi_backend.server.access.callers import Actor
from gassapi_backend.server.access.mcp_tokens import PREFIX_SHOWN, hash_of, new_token
from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.changes.change import Change, change
from gassapi_backend.server.environments.actions import reveal_values
from gassapi_backend.server.errors import Conflict, Forbidden, NotFound
from gassapi_backend.server.tokens.schemas import ConfigOptions
from gassapi_backend.vault import Vault


async def issue_token(
    actor: Actor, project_id: str, *, creator_id: str, name: str, scope: Scope
) -> tuple[str, McpToken]:
    """Issue a token that does what ``creator_id`` may do in the project, narrowed by its scope.

    Returns the token itself, which nothing keeps, and its record.
    """

    async def issue(made: Change) -> tuple[str, McpToken]:
        return await _issue(made, creator_id=creator_id, name=name, scope=scope)

    return await change(actor, project_id, Permission.ISSUE_TOKENS, issue)


async def revoke_tokens(
    actor: Actor,
    project_id: str,
    *,
    token_id: str | None = None,
    reason: str | None = None,
) -> int:
    """Revoke one token, or all that the actor may: members their own, the owner any.

    Returns how many died. Raises ``NotFound`` and ``Forbidden`` for one token.
    """

    async def revoke(made: Change) -> int:
        if token_id:
            token = await _own_token(made, token_id)
            living = [token] if token.revoked_at is None else []
        else:
            wanted = McpToken.filter(project_id=project_id, revoked_at=None)
            manages_all = made.may(Permission.MANAGE_ALL_TOKENS)
            living = await (wanted if manages_all else wanted.filter(creator_id=actor.user_id))
        await _revoke_all(made, living, reason)
        return len(living)

    return await change(actor, project_id, Permission.ISSUE_TOKENS, revoke)


async def revoke_tokens_of(made: Change, creator_id: str, reason: str) -> None:
    """Revoke what somebody issued for the project that is being changed."""
    wanted = McpToken.filter(
        project_id=made.locked_project.id, creator_id=creator_id, revoked_at=None
    )
    await _revoke_all(made, await wanted, reason)


async def regenerate_token(actor: Actor, project_id: str, token_id: str) -> tuple[str, McpToken]:
    """Replace a living token by a fresh one of the same name and scope, in one step.

    The fresh one is the actor's own, whoever issued the old one.
    """

    async def regenerate(made: Change) -> tuple[str, McpToken]:
        old = await _own_token(made, token_id)
        if old.revoked_at is not None:
            raise Conflict("This token is revoked. Issue a new one instead.")
        old.revoked_at, old.revoked_by_id = now(), actor.caller.user_id
        old.revoked_reason = "regenerated"
        await old.save(update_fields=["revoked_at", "revoked_by_id", "revoked_reason"])
        _revoke(made, old, "regenerated")
        return await _issue(made, creator_id=actor.user_id, name=old.name, scope=old.scope)

    return await change(actor, project_id, Permission.ISSUE_TOKENS, regenerate)


async def grant_config(
    actor: Actor, project_id: str, options: ConfigOptions, environment_id: str, vault: Vault
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
            token, _ = await _issue(made, creator_id=actor.user_id, name=name, scope=options.scope)
        return token, values

    return await change(actor, project_id, Permission.ISSUE_TOKENS, grant)


async def _issue(made: Change, *, creator_id: str, name: str, scope: Scope) -> tuple[str, McpToken]:
    project_id = made.locked_project.id
    if not await Member.exists(project_id=project_id, user_id=creator_id, user__is_active=True):
        raise Conflict("Only an active member of the project can have a token for it.")
    token = new_token()
    record = await McpToken.create(
        project_id=project_id,
        creator_id=creator_id,
        name=name,
        scope=scope,
        token_hash=hash_of(token),
        prefix=token[:PREFIX_SHOWN],
    )
    made.record("mcp_token_issued", "mcp_token", record.id, name, scope=scope.value)
    return token, record


async def _revoke_all(made: Change, tokens: list[McpToken], reason: str | None) -> None:
    for token in tokens:
        _revoke(made, token, reason)
    if tokens:
        await McpToken.filter(id__in=[token.id for token in tokens]).update(
            revoked_at=now(), revoked_by_id=made.actor.caller.user_id, revoked_reason=reason
        )


def _revoke(made: Change, token: McpToken, reason: str | None) -> None:
    made.record("mcp_token_revoked", "mcp_token", token.id, token.name, reason=reason)
    made.ends_access()


async def _own_token(made: Change, token_id: str) -> McpToken:
    """Return a token of the project that the actor may end. Raises ``NotFound``, ``Forbidden``."""
    token = await McpToken.filter(id=token_id, project_id=made.locked_project.id).first()
    if token is None:
        raise NotFound("There is no such token in this project.")
    is_own = token.creator_id == made.actor.caller.user_id
    if not is_own and not made.may(Permission.MANAGE_ALL_TOKENS):
        raise Forbidden("Only its creator and the project's owner may do this.")
    return token
