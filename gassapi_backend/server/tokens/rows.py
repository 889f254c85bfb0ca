"""The row of a new MCP token, made without a database, and how tokens are read."""

from gassapi_backend.models import Scope
from gassapi_backend.models.rows import StoredToken, TokenRow
from gassapi_backend.server.access.mcp_tokens import PREFIX_SHOWN, hash_of


class TokenWithCreator(TokenRow):
    """A token, and the name of who issued it."""

    creator_name: str


class OwnToken(TokenWithCreator):
    """A token, and the name of the project that it is for."""

    project_name: str


def new_row(
    token_id: str,
    token: str,
    *,
    project_id: str,
    creator_id: str,
    name: str,
    scope: Scope,
    expires_at: str | None,
    moment: str,
) -> StoredToken:
    """Return the row of a token, which keeps no more of it than its hash and how it begins.

    ``expires_at`` and ``moment`` as databases have them.
    """
    return {
        "id": token_id,
        "project_id": project_id,
        "creator_id": creator_id,
        "name": name,
        "scope": scope.value,
        "token_hash": hash_of(token),
        "prefix": token[:PREFIX_SHOWN],
        "created_at": moment,
        "expires_at": expires_at,
        "last_used_at": None,
        "last_used_ip": None,
        "last_client": None,
        "last_validated_at": None,
        "validation_count": 0,
        "revoked_at": None,
        "revoked_by_id": None,
        "revoked_reason": None,
    }
