"""The row of a new MCP token, made without a database, and how tokens are read."""

from gassapi_backend.models import Scope
from gassapi_backend.models.rows import StoredToken, TokenRow
from gassapi_backend.server.access.mcp_tokens import PREFIX_SHOWN, hash_of


class TokenWithCreator(TokenRow):
    """A token, and the name of who issued it."""

    creator_name: str


def new_row(
    token_id: str,
    token: str,
    *,
    project_id: str,
    creator_id: str,
    name: str,
    scope: Scope,
    moment: str,
) -> StoredToken:
    """Return the row of a token, which keeps no more of it than its hash and how it begins.

    ``moment`` as databases have it.
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
        "last_validated_at": None,
        "validation_count": 0,
        "revoked_at": None,
        "revoked_by_id": None,
        "revoked_reason": None,
    }
