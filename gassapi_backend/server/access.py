"""Who may do what, on one page."""

from enum import StrEnum

from gassapi_backend.models.tokens import Scope


class Permission(StrEnum):
    """What a route needs. The first four concern no project."""

    PUBLIC = "public"
    VALIDATE_TOKEN = "validate_token"  # noqa: S105 - a permission, not a token
    SIGNED_IN = "signed_in"
    LIST_PROJECTS = "list_projects"

    READ = "read"
    WRITE = "write"
    EDIT_PROJECT = "edit_project"
    ISSUE_TOKENS = "issue_tokens"
    DELETE_PROJECT = "delete_project"
    MANAGE_ALL_TOKENS = "manage_all_tokens"


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
    }
)

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.STRANGER: frozenset(),
    Role.READER: frozenset({Permission.READ}),
    Role.MEMBER: frozenset(
        {Permission.READ, Permission.WRITE, Permission.EDIT_PROJECT, Permission.ISSUE_TOKENS}
    ),
    Role.OWNER: frozenset(
        {
            Permission.READ,
            Permission.WRITE,
            Permission.EDIT_PROJECT,
            Permission.ISSUE_TOKENS,
            Permission.DELETE_PROJECT,
            Permission.MANAGE_ALL_TOKENS,
        }
    ),
}

SCOPES: dict[Scope, frozenset[Permission]] = {
    Scope.READ: frozenset({Permission.READ, Permission.LIST_PROJECTS, Permission.VALIDATE_TOKEN}),
    Scope.WRITE: frozenset(
        {Permission.READ, Permission.WRITE, Permission.LIST_PROJECTS, Permission.VALIDATE_TOKEN}
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
