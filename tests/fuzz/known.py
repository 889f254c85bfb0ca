"""What is known of operations that no document says: what they need, and what they end."""

from typing import Any

from tests.fuzz.world import PASSWORD

ENDS = {
    "patch_user",
    "patch_users_profile",
    "post_auth_logout",
    "post_auth_refresh",
    "post_environment_default",
    "post_invitations_accept",
    "post_invitations_decline",
    "post_mcp_regenerate_token",
    "post_mcp_revoke_token",
    "post_project_transfer",
    "put_users_email",
    "put_users_password",
    "put_users_profile",
}
"""After these, like after every DELETE, the world is not what it was."""

TO_COME = "2099-01-31T12:00:00.000Z"
VALUES: dict[str, dict[str, Any]] = {
    "post_auth_login": {"password": PASSWORD},
    "put_users_email": {"password": PASSWORD},
    "post_auth_reset_password": {"password": "amber kettle 27"},
    "delete_users_account": {"password": PASSWORD, "confirmation": "DELETE_MY_ACCOUNT"},
    "post_collections_import": {"format": "curl", "mode": "new", "data": "curl https://a.test/b"},
    "post_mcp_tokens": {"expiresAt": TO_COME},
    "post_mcp_regenerate_token": {"expiresAt": TO_COME},
    "post_project_generate_config": {"expiresAt": TO_COME},
    "post_projects_import": {
        "name": "Imported",
        "data": {"format": "gassapi", "version": 1, "project": {"name": "Shop"}},
    },
}
"""Further values of bodies that are meant to be good."""
