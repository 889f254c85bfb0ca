"""Every table of the database, one module per feature."""

from gassapi_backend.folding import folded, name_hash, search_key
from gassapi_backend.models.accounts import (
    Attempt,
    OneTimeToken,
    Purpose,
    Session,
    SetupLink,
    User,
)
from gassapi_backend.models.audit import AuditChain, AuditEntry
from gassapi_backend.models.content import Collection, Endpoint, Flow, SearchBlock
from gassapi_backend.models.fields import is_id, new_id
from gassapi_backend.models.origins import Origin
from gassapi_backend.models.projects import Environment, Invitation, Member, Project
from gassapi_backend.models.service import Idempotency, Mail
from gassapi_backend.models.tokens import McpToken, Scope

__all__ = [
    "Attempt",
    "AuditChain",
    "AuditEntry",
    "Collection",
    "Endpoint",
    "Environment",
    "Flow",
    "Idempotency",
    "Invitation",
    "Mail",
    "McpToken",
    "Member",
    "OneTimeToken",
    "Origin",
    "Project",
    "Purpose",
    "Scope",
    "SearchBlock",
    "Session",
    "SetupLink",
    "User",
    "folded",
    "is_id",
    "name_hash",
    "new_id",
    "search_key",
]
