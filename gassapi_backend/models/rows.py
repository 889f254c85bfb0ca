"""What a row of each table holds, as plain SQL reads and writes it.

Times are text (``2026-01-31 12:00:00.000``), JSON is text, and truth is read as 1 or 0. Where there
is a ``Stored…`` row too, the other is what is read to be shown; the columns that it lacks are for
searching, sorting and uniqueness.
"""

from typing import TypedDict


class UserRow(TypedDict):
    """An account, without the columns that nobody is shown."""

    id: str
    email: str
    name: str
    avatar_url: str | None
    is_active: bool
    is_admin: bool
    must_change_password: bool
    email_verified_at: str | None
    last_login_at: str | None
    revision: int
    created_at: str
    updated_at: str


class StoredUser(UserRow):
    """All columns of an account."""

    email_key: str
    name_key: str
    password_hash: str


class SessionRow(TypedDict):
    """A signed-in device."""

    id: str
    user_id: str
    generation: int
    rotations: str
    ip: str | None
    user_agent: str | None
    created_at: str
    last_used_at: str
    expires_at: str
    revoked_at: str | None
    revoked_reason: str | None


class OneTimeTokenRow(TypedDict):
    """A link that works once."""

    id: str
    user_id: str
    purpose: str
    token_hash: str
    created_at: str
    expires_at: str
    used_at: str | None


class SetupLinkRow(TypedDict):
    """The link for the first administrator."""

    id: int
    token_id: str
    token_hash: str
    created_at: str
    expires_at: str
    used_at: str | None


class AttemptRow(TypedDict):
    """How often something guarded was tried."""

    key: str
    count: int
    expires_at: str


class ProjectRow(TypedDict):
    """A project."""

    id: str
    owner_id: str
    name: str
    name_key: str
    description: str | None
    is_public: bool
    settings: str
    member_count: int
    collection_count: int
    endpoint_count: int
    flow_count: int
    size: int
    revision: int
    audit_number: int | None
    audit_hash: str | None
    created_at: str
    updated_at: str


class MemberRow(TypedDict):
    """Somebody in a project."""

    id: str
    project_id: str
    user_id: str
    created_at: str


class InvitationRow(TypedDict):
    """An offer to join a project."""

    id: str
    project_id: str
    email: str
    invited_by_id: str | None
    generation: int
    created_at: str
    expires_at: str


class StoredInvitation(InvitationRow):
    """All columns of an invitation."""

    email_key: str


class EnvironmentRow(TypedDict):
    """A set of variables."""

    id: str
    project_id: str
    name: str
    description: str | None
    variables: str
    default_of: str | None
    revision: int
    created_at: str
    updated_at: str


class StoredEnvironment(EnvironmentRow):
    """All columns of a set of variables."""

    name_hash: str


class CollectionRow(TypedDict):
    """A folder of endpoints and of further collections."""

    id: str
    project_id: str
    parent_id: str | None
    name: str
    description: str | None
    variables: str | None
    auth: str | None
    headers: str | None
    is_gone: bool | None
    position: int
    endpoint_count: int
    revision: int
    created_at: str
    updated_at: str


class StoredCollection(CollectionRow):
    """All columns of a folder."""

    sibling_of: str
    name_key: str
    name_hash: str


class EndpointRow(TypedDict):
    """A saved request."""

    id: str
    project_id: str
    collection_id: str
    name: str
    method: str
    url: str
    description: str | None
    position: int
    headers: str
    params: str | None
    body: str | None
    body_type: str | None
    auth: str | None
    examples: str | None
    purpose: str | None
    request_params: str | None
    response_schema: str | None
    header_docs: str | None
    is_gone: bool | None
    revision: int
    created_at: str
    updated_at: str


class StoredEndpoint(EndpointRow):
    """All columns of a saved request."""

    name_key: str
    url_key: str


class SearchBlockRow(TypedDict):
    """What searches look in, of some of a project's endpoints."""

    id: str
    project_id: str
    last_id: str
    entries: int
    size: int
    heads: str
    texts: str


class FlowSummaryRow(TypedDict):
    """Requests in an order, as a list reads them."""

    id: str
    project_id: str
    collection_id: str | None
    name: str
    description: str | None
    is_active: bool
    revision: int
    created_at: str
    updated_at: str


class FlowRow(FlowSummaryRow):
    """Requests in an order."""

    flow_data: str
    flow_inputs: str


class StoredFlow(FlowRow):
    """All columns of a flow."""

    name_key: str


class TokenRow(TypedDict):
    """An MCP client's token."""

    id: str
    project_id: str
    creator_id: str
    name: str
    scope: str
    prefix: str
    created_at: str
    expires_at: str | None
    last_used_at: str | None
    last_used_ip: str | None
    last_client: str | None
    last_validated_at: str | None
    validation_count: int
    revoked_at: str | None
    revoked_reason: str | None


class StoredToken(TokenRow):
    """All columns of a token."""

    token_hash: str
    revoked_by_id: str | None


class AuditRow(TypedDict):
    """What somebody did."""

    id: str
    at: str
    actor_type: str
    actor_id: str | None
    token_id: str | None
    project_id: str | None
    revision: int | None
    action: str
    resource_type: str
    resource_id: str | None
    resource_name: str | None
    details: str | None
    request_id: str | None
    ip: str | None
    number: int | None
    hash: str | None


class AuditChainRow(TypedDict):
    """The ends of a project's chain of audit entries."""

    project_id: str
    head_number: int | None
    head_hash: str | None
    anchor_number: int | None
    anchor_hash: str | None


class OriginRow(TypedDict):
    """Where something imported came from."""

    owner_id: str
    owner_type: str
    project_id: str
    document_id: str | None
    document_key: str | None
    format: str
    version: str
    pointer: str
    source_id: str | None
    operation_id: str | None
    original: bytes | None
    base: bytes | None
    parent_id: str | None
    position: int
    given_name: str | None
    is_deleted: bool


class MailRow(TypedDict):
    """A mail that waits to be sent."""

    id: str
    kind: str
    recipient: str
    attempts: int
    due_at: str | None
    last_error: str | None
    created_at: str


class StoredMail(MailRow):
    """All columns of a mail."""

    facts: str


class IdempotencyRow(TypedDict):
    """A request with an ``Idempotency-Key`` that was carried out, and its answer."""

    key: str
    body_hash: str
    status: int
    answer: bytes
    expires_at: str
