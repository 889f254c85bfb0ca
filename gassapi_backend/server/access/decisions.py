"""Whether a caller may: asked as a request is let in and again as it writes. No database here."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from gassapi_backend.server.access.callers import Caller, Kind
from gassapi_backend.server.access.permissions import (
    ABOUT_NO_PROJECT,
    FOR_TOKENS,
    Permission,
    Role,
    allows,
    role_of,
)
from gassapi_backend.server.access.session_tokens import account_inactive, invalid_token
from gassapi_backend.server.errors import Code, Forbidden, Unauthenticated

_SENTENCES = {Permission.REVEAL_SECRETS: "You may not see secret values here."}


class TokenRevoked(Unauthenticated):
    """An MCP token that was good once."""

    def __init__(self) -> None:
        super().__init__("This token is revoked. Ask for a new one.", code=Code.TOKEN_INVALID)


class TokenExpired(Unauthenticated):
    """An MCP token whose time is over."""

    def __init__(self) -> None:
        super().__init__("This token has expired. Ask for a new one.", code=Code.TOKEN_EXPIRED)


class Standing(NamedTuple):
    """What the database says of a caller now.

    ``is_current``: whether their session or token has not ended; ``None`` where there is no such
    thing. ``is_expired``: whether the time of their token is over. ``is_member``: of the project
    that a token is for, or that a person names.
    """

    is_current: bool | None
    is_active: bool = False
    is_admin: bool = False
    is_member: bool = False
    is_expired: bool = False


def check_standing(caller: Caller, standing: Standing) -> None:
    """Refuse a caller whose credential is no longer good.

    Raises ``Unauthenticated``, ``TokenRevoked``, ``TokenExpired`` and ``Forbidden`` (deactivated).
    """
    if standing.is_current is None:
        raise invalid_token()
    if caller.kind is Kind.TOKEN:
        if not (standing.is_current and standing.is_active and standing.is_member):
            raise TokenRevoked
        if standing.is_expired:
            raise TokenExpired
        return
    if not standing.is_active:
        raise account_inactive()
    if not standing.is_current:
        raise Unauthenticated("This session has ended. Sign in again.", code=Code.TOKEN_INVALID)


def check_kind(caller: Caller, permission: Permission, *, is_admin: bool) -> None:
    """Refuse a kind of caller that a permission is not for, whatever they name.

    Raises ``Unauthenticated`` where only a token will do, else ``Forbidden``.
    """
    if permission in FOR_TOKENS and caller.kind is not Kind.TOKEN:
        raise Unauthenticated("This is not an MCP client token.", code=Code.TOKEN_INVALID)
    if permission is Permission.SIGNED_IN and caller.kind is Kind.TOKEN:
        raise Forbidden("An MCP client token may not do this.")
    if permission is Permission.ADMINISTER and not is_admin:
        raise Forbidden("Only an administrator may do this.")


def role_for(caller: Caller, permission: Permission, project: Mapping[str, Any]) -> Role:
    """Return what a caller is to a project, if they have the permission there.

    ``project`` says ``id``, ``owner_id``, ``is_public`` and ``is_member``, which is the caller.
    Raises ``Forbidden``.
    """
    if permission in ABOUT_NO_PROJECT:
        raise ValueError(f"{permission} is about no project.")
    role = role_of(
        is_owner=project["owner_id"] == caller.user_id,
        is_member=bool(project["is_member"]),
        is_public=bool(project["is_public"]),
    )
    if caller.scope is not None and caller.project_id != project["id"]:
        role = Role.STRANGER
    if not allows(role, permission, caller.scope):
        raise forbidden(permission)
    return role


def forbidden(permission: Permission) -> Forbidden:
    """Return the refusal of somebody who has no such permission in a project."""
    return Forbidden(_SENTENCES.get(permission, "You may not do this in this project."))
