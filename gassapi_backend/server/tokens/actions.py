"""Every write to MCP tokens."""

from gassapi_backend.clock import now
from gassapi_backend.models import McpToken, Member, Scope
from gassapi_backend.server.access.callers import Actor
from gassapi_backend.server.access.mcp_tokens import PREFIX_SHOWN, hash_of, new_token
from gassapi_backend.server.changes.change import Change, change
from gassapi_backend.server.errors import Conflict, Forbidden, NotFound


async def issue_token(
    actor: Actor, project_id: str, *, creator_id: str, name: str, scope: Scope
) -> tuple[str, McpToken]:
    """Issue a token that does what ``creator_id`` may do in the project, narrowed by its scope.

    Returns the token itself, which nothing keeps, and its record.
    """
    async with change(actor, project_id) as made:
        return await _issue(made, creator_id=creator_id, name=name, scope=scope)


async def revoke_tokens(
    actor: Actor,
    project_id: str,
    *,
    token_id: str | None = None,
    reason: str | None = None,
    any_creator: bool = False,
) -> int:
    """Revoke one token, or all that the actor may; return how many died.

    ``any_creator`` allows other people's. Raises ``NotFound`` and ``Forbidden`` for one token.
    """
    async with change(actor, project_id) as made:
        if token_id:
            token = await _own_token(actor, project_id, token_id, any_creator=any_creator)
            living = [token] if token.revoked_at is None else []
        else:
            wanted = McpToken.filter(project_id=project_id, revoked_at=None)
            living = await (wanted if any_creator else wanted.filter(creator_id=actor.user_id))
        await _revoke_all(made, living, reason)
    return len(living)


async def revoke_tokens_of(made: Change, creator_id: str, reason: str) -> None:
    """Revoke what somebody issued for the project that is being changed."""
    wanted = McpToken.filter(
        project_id=made.locked_project.id, creator_id=creator_id, revoked_at=None
    )
    await _revoke_all(made, await wanted, reason)


async def regenerate_token(
    actor: Actor, project_id: str, token_id: str, *, any_creator: bool = False
) -> tuple[str, McpToken]:
    """Replace a living token by a fresh one of the same name and scope, in one step.

    The fresh one is the actor's own, whoever issued the old one.
    """
    async with change(actor, project_id) as made:
        old = await _own_token(actor, project_id, token_id, any_creator=any_creator)
        if old.revoked_at is not None:
            raise Conflict("This token is revoked. Issue a new one instead.")
        old.revoked_at, old.revoked_by_id = now(), actor.caller.user_id
        old.revoked_reason = "regenerated"
        await old.save(update_fields=["revoked_at", "revoked_by_id", "revoked_reason"])
        _revoke(made, old, "regenerated")
        return await _issue(made, creator_id=actor.user_id, name=old.name, scope=old.scope)


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


async def _own_token(
    actor: Actor, project_id: str, token_id: str, *, any_creator: bool
) -> McpToken:
    token = await McpToken.filter(id=token_id, project_id=project_id).first()
    if token is None:
        raise NotFound("There is no such token in this project.")
    if not any_creator and token.creator_id != actor.caller.user_id:
        raise Forbidden("Only its creator and the project's owner may do this.")
    return token
