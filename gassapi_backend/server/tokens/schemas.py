"""What goes in and out about MCP tokens."""

from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field, StringConstraints
from typing_extensions import TypedDict

from gassapi_backend.clock import now, rfc3339, stored
from gassapi_backend.mcp_clients.connection import NAME
from gassapi_backend.models.tokens import Scope
from gassapi_backend.server.audit.schemas import End
from gassapi_backend.server.names import Name
from gassapi_backend.server.tokens.rows import OwnToken, TokenWithCreator
from gassapi_backend.server.web.bodies import Body, Id, Page, Pagination, Query, optional

Expiry = Annotated[
    End | None,
    Field(description="From when on the token is good no longer; never, if left out."),
]
ScopeName = Annotated[Scope, Field(strict=False)]

Client = Literal[
    "claude-code",
    "claude-desktop",
    "cursor",
    "vscode",
    "devin",
    "windsurf",
    "codex",
    "gemini",
    "antigravity",
    "opencode",
    "zed",
    "cline",
    "goose",
    "jetbrains",
    "junie",
    "kiro",
    "warp",
    "qwen",
    "copilot",
]
"""The MCP clients whose configuration we know how to write."""


ServerName = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=40)
]
"""What a client calls the server: without an underscore, which some take for a separator."""


Status = Literal["active", "expired", "revoked"]


class NewToken(Body):
    """A token to issue."""

    project_id: Id
    name: Name
    scope: ScopeName = Scope.READ
    expires_at: Expiry = None


class Revocation(Body):
    """Which tokens of a project to revoke: one, or all that the caller may."""

    project_id: Id
    token_id: Id | None = None
    reason: Annotated[str, StringConstraints(max_length=255)] | None = None


class Regeneration(Body):
    """Which token to replace."""

    project_id: Id
    token_id: Id
    expires_at: Annotated[
        End | None,
        Field(description="If left out, the new token is good for as long as the old one was."),
    ] = None


class MyTokenSearch(Page):
    """Which of your own tokens to list."""

    status: Status | None = None


class TokenSearch(MyTokenSearch):
    """Which tokens of a project to list."""

    project_id: Id
    created_by: Id | None = None


class ConfigOptions(Body):
    """What a client's configuration is to contain."""

    environment: Annotated[str, StringConstraints(max_length=100)] | None = Field(
        default=None, description="Name or id; the default environment if left out."
    )
    include_auth: bool = Field(default=True, description="Issue a token and put it in.")
    scope: ScopeName = Scope.WRITE
    expires_at: Expiry = None
    include_secrets: bool = Field(
        default=False, description="Put secret variables in as well; this is audited."
    )
    custom_settings: dict[str, Any] = optional(description="Merged in; at most 10 KB.")
    client: Client | None = Field(
        default=None, description="Answer with this client's own configuration instead."
    )
    server_name: ServerName = Field(
        default=NAME,
        description="What the client calls the server: its own for each project, beside others.",
    )


class BundleName(Query):
    """What Claude Desktop calls the server that a bundle connects."""

    server_name: ServerName = Field(
        default=NAME, description="What Claude Desktop calls it: its own for each project."
    )


class Creator(TypedDict):
    """Who issued a token."""

    id: str
    name: str


class TokenView(TypedDict):
    """A token, without the token; ``lastClient`` is what the MCP client called itself."""

    id: str
    projectId: str
    name: str
    scope: Literal["read", "write"]
    prefix: str
    status: Status
    createdBy: Creator
    createdAt: str
    expiresAt: str | None
    lastUsedAt: str | None
    lastUsedIp: str | None
    lastClient: str | None
    lastValidatedAt: str | None
    validationCount: int
    revokedAt: str | None
    revokedReason: str | None


class IssuedAnswer(TypedDict):
    """A fresh token: the only time it is shown."""

    token: str
    mcpToken: TokenView


class TokensAnswer(TypedDict):
    """A page of tokens."""

    tokens: list[TokenView]
    pagination: Pagination


class OwnTokenView(TokenView):
    """A token of yours, with the name of its project."""

    projectName: str


class OwnTokensAnswer(TypedDict):
    """A page of your tokens, in all projects."""

    tokens: list[OwnTokenView]
    pagination: Pagination


class ClientPaths(TypedDict):
    """Where a client's own file is, by system; ``~`` and ``%APPDATA%`` are the person's."""

    linux: str
    macos: str
    windows: str


class ClientView(TypedDict):
    """An MCP client that `generate-config` knows, and what it offers.

    ``takesToken``: from an environment variable, by asking, or from its file. ``folderFile`` is its
    file in a project's folder, ``personFile`` the one of a person. A client without either is told
    ``byHand``. ``hasLink``: a link opens it and asks there; ``hasBundle``: the link is a bundle to
    download. ``hint`` is what else there is to know.
    """

    client: Client
    title: str
    takesToken: Literal["variable", "prompt", "file"]
    folderFile: str | None
    personFile: ClientPaths | None
    hasCommand: bool
    hasLink: bool
    hasBundle: bool
    byHand: str | None
    hint: str | None


class ClientsAnswer(TypedDict):
    """All MCP clients that we know how to connect."""

    clients: list[ClientView]


class RevokedAnswer(TypedDict):
    """How many tokens were revoked."""

    revokedCount: int


class ConfigAnswer(TypedDict):
    """A configuration, the text that explains it, and where it goes.

    For a client, ``name`` is what it calls the server, ``command`` does the same by the client's
    own command line, and ``link`` opens the client and asks there. ``variable`` is the environment
    variable from which the client takes the ``token``; it is not in the configuration then.
    """

    config: dict[str, Any] | str
    instructions: str
    file: NotRequired[str]
    command: NotRequired[str]
    link: NotRequired[str]
    name: NotRequired[str]
    variable: NotRequired[str]
    token: NotRequired[str]


class ValidatedProject(TypedDict):
    """The project that a token is for."""

    id: str
    name: str
    description: str | None
    revision: int


class ValidatedEnvironment(TypedDict):
    """The default environment, its enabled variables by name, without the secret ones."""

    name: str
    variables: dict[str, str]


class ValidAnswer(TypedDict):
    """A good token's project and environment."""

    valid: Literal[True]
    scope: Literal["read", "write"]
    project: ValidatedProject
    environment: ValidatedEnvironment | None
    lastValidatedAt: str


def token_view(row: TokenWithCreator) -> TokenView:
    """Show a token."""
    return {
        "id": row["id"],
        "projectId": row["project_id"],
        "name": row["name"],
        "scope": Scope(row["scope"]).value,
        "prefix": row["prefix"],
        "status": _status(row),
        "createdBy": {"id": row["creator_id"], "name": row["creator_name"]},
        "createdAt": rfc3339(row["created_at"]),
        "expiresAt": row["expires_at"] and rfc3339(row["expires_at"]),
        "lastUsedAt": row["last_used_at"] and rfc3339(row["last_used_at"]),
        "lastUsedIp": row["last_used_ip"],
        "lastClient": row["last_client"],
        "lastValidatedAt": row["last_validated_at"] and rfc3339(row["last_validated_at"]),
        "validationCount": row["validation_count"],
        "revokedAt": row["revoked_at"] and rfc3339(row["revoked_at"]),
        "revokedReason": row["revoked_reason"],
    }


def own_token_view(row: OwnToken) -> OwnTokenView:
    """Show a token to whoever issued it."""
    return {**token_view(row), "projectName": row["project_name"]}


def _status(row: TokenWithCreator) -> Status:
    if row["revoked_at"]:
        return "revoked"
    return "expired" if (row["expires_at"] or "9") <= stored(now()) else "active"
