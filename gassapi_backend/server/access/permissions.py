"""Who may do what, on one page."""

from enum import StrEnum

from gassapi_backend.models.tokens import Scope


class Permission(StrEnum):
    """What a route or a tool needs. The first six concern no project that is named."""

    PUBLIC = "public"
    VALIDATE_TOKEN = "validate_token"  # noqa: S105 - a permission, not a token
    SIGNED_IN = "signed_in"
    LIST_PROJECTS = "list_projects"
    CALL_TOOLS = "call_tools"
    ADMINISTER = "administer"

    READ = "read"
    READ_MEMBERS = "read_members"
    WRITE = "write"
    REVEAL_SECRETS = "reveal_secrets"
    READ_ACTIVITY = "read_activity"
    EDIT_PROJECT = "edit_project"
    INVITE = "invite"
    ISSUE_TOKENS = "issue_tokens"
    LEAVE = "leave"
    DELETE_PROJECT = "delete_project"
    MANAGE_ALL_TOKENS = "manage_all_tokens"
    REMOVE_MEMBERS = "remove_members"
    TRANSFER = "transfer"


class Role(StrEnum):
    """What a person is to a project."""

    STRANGER = "stranger"
    READER = "reader"
    MEMBER = "member"
    OWNER = "owner"


ABOUT_NO_PROJECT = frozenset(
    {
        Permission.PUBLIC,
        Permission.VALIDATE_TOKEN,
        Permission.SIGNED_IN,
        Permission.LIST_PROJECTS,
        Permission.CALL_TOOLS,
        Permission.ADMINISTER,
    }
)
FOR_TOKENS = frozenset({Permission.VALIDATE_TOKEN, Permission.CALL_TOOLS})
"""What only an MCP client token may."""

_READER = frozenset({Permission.READ, Permission.READ_MEMBERS})
_MEMBER = _READER | {
    Permission.WRITE,
    Permission.REVEAL_SECRETS,
    Permission.READ_ACTIVITY,
    Permission.EDIT_PROJECT,
    Permission.INVITE,
    Permission.ISSUE_TOKENS,
    Permission.LEAVE,
}
_OWNER = _MEMBER | {
    Permission.DELETE_PROJECT,
    Permission.MANAGE_ALL_TOKENS,
    Permission.REMOVE_MEMBERS,
    Permission.TRANSFER,
}

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.STRANGER: frozenset(),
    Role.READER: _READER,
    Role.MEMBER: _MEMBER,
    Role.OWNER: _OWNER,
}

SCOPES: dict[Scope, frozenset[Permission]] = {
    Scope.READ: frozenset({Permission.READ, Permission.LIST_PROJECTS, *FOR_TOKENS}),
    Scope.WRITE: frozenset(
        {
            Permission.READ,
            Permission.WRITE,
            Permission.REVEAL_SECRETS,
            Permission.LIST_PROJECTS,
            *FOR_TOKENS,
        }
    ),
}
"""What a token may at most; its creator's role in the project narrows it further."""


def role_of(*, is_owner: bool, is_member: bool, is_public: bool) -> Role:
    """Return what somebody is to a project."""
    if is_owner:
        return Role.OWNER
    if is_member:
        return Role.MEMBER
    return Role.READER if is_public else Role.STRANGER


def allows(role: Role, permission: Permission, scope: Scope | None = None) -> bool:
    """Whether a role, through a token of that scope if one is given, has a permission."""
    if scope is not None and permission not in SCOPES[scope]:
        return False
    return permission in GRANTS[role]
