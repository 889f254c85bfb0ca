"""The indexes that lists take, as migrations name them."""

BY_ID = "PRIMARY"
BY_PLACE = "idx_endpoints_collect_6a378b"
BY_METHOD_AND_PLACE = "idx_endpoints_collect_e6f6f4"
BY_AGE = "idx_endpoints_project_e82598"
BY_METHOD_AND_AGE = "idx_endpoints_project_8795f7"
BY_COLLECTION_AND_REVISION = "idx_endpoints_collect_40b143"

FLOWS_BY_NAME = "idx_flows_project_954ee1"
INVITATIONS_BY_AGE = "idx_invitations_project_8885ee"
TOKENS_BY_CREATOR = "idx_mcp_tokens_creator_12d4bd"
LIVING_TOKENS_BY_CREATOR = "idx_mcp_tokens_creator_19ddf2"
USERS_BY_EMAIL = "email_key"
USERS_BY_NAME = "idx_users_name_ke_13f530"
USERS_BY_AGE = "idx_users_created_eeb5e9"
USERS_BY_LOGIN = "idx_users_last_lo_d82a8f"
ENTRIES_BY_ACTOR = "idx_audit_log_actor_i_e0b208"

BY_REVISION = {
    "collections": "idx_collections_project_942d67",
    "endpoints": "idx_endpoints_project_e5b18f",
    "environments": "idx_environment_project_8b5af2",
    "flows": "idx_flows_project_45f26e",
}
