"""Everything that is stored about a person, as one JSON document, written piece by piece."""

from collections.abc import AsyncIterator, Callable
from typing import Any, Literal, NamedTuple

import orjson

from gassapi_backend.clock import now, rfc3339
from gassapi_backend.database import Row, rows, taking
from gassapi_backend.database.indexes import ENTRIES_BY_ACTOR
from gassapi_backend.models import Scope
from gassapi_backend.models.rows import (
    AuditRow,
    MailRow,
    OneTimeTokenRow,
    SessionRow,
    TokenRow,
)
from gassapi_backend.server.accounts.export_schemas import (
    ExportedEntry,
    ExportedEntryOfOthers,
    ExportedInvitation,
    ExportedLink,
    ExportedMail,
    ExportedProject,
    ExportedSession,
    ExportedToken,
    exported_role,
)
from gassapi_backend.server.accounts.rows import (
    InvitationToProject,
    MembershipRow,
    UserWithCounts,
)
from gassapi_backend.server.accounts.schemas import shown_user
from gassapi_backend.server.mail.queries import mails_to

CHUNK = 500  # rows in memory at a time

_INVITATIONS = """
SELECT i.id, i.created_at, i.project_id, i.email, i.expires_at,
  (SELECT p.name FROM projects p WHERE p.id = i.project_id) AS project_name
FROM invitations i
"""


class _Part(NamedTuple):
    """A list of the document: its rows are read in the order of a time and an id.

    ``by_time`` is an index of them, and stands for ``{index}`` in ``select``: where there are very
    many, MySQL would else look for each chunk from the first of them on.
    """

    key: str
    select: str  # the id and the time among its columns
    table: str
    time: str
    view: Callable[[Any], Any]  # of the table's row, as far as ``select`` has it
    subject: Literal["id", "email_key"] = "id"  # the column of the account for each ? of ``select``
    by_time: str | None = None


async def export_user(account: UserWithCounts) -> AsyncIterator[bytes]:
    """Yield the document (``ExportAnswer``) of an account that ``load_user()`` returned.

    Never a hash, a token or a link. In a snapshot it is of one moment.
    """
    head = {"success": True, "exportedAt": rfc3339(now()), "user": shown_user(account)}
    yield orjson.dumps(head)[:-1]
    for part in _PARTS:
        yield f',"{part.key}":['.encode()
        comma = b""
        async for found in _chunks(part, account[part.subject]):
            yield comma + orjson.dumps([part.view(row) for row in found])[1:-1]
            comma = b","
        yield b"]"
    yield b',"mails":['
    comma = b""
    async for mail in mails_to(account["email_key"]):
        yield comma + orjson.dumps(_mail(mail))
        comma = b","
    yield b"]}"


async def _chunks(part: _Part, subject: str) -> AsyncIterator[list[Row]]:
    time, row_id = f"{part.table}.{part.time}", f"{part.table}.id"
    select = part.select.format(index=taking(part.by_time))
    sql = f"""
        {select} AND {time} >= ? AND ({time} > ? OR {row_id} > ?)
        ORDER BY {time}, {row_id} LIMIT {CHUNK}
    """
    moment, last_id = "1000-01-01 00:00:00.000", ""
    subjects = [subject] * part.select.count("?")
    while found := await rows(sql, *subjects, moment, moment, last_id):
        yield found
        if len(found) < CHUNK:
            return
        moment, last_id = found[-1][part.time], found[-1]["id"]


def _session(row: SessionRow) -> ExportedSession:
    return {
        "id": row["id"],
        "ip": row["ip"],
        "userAgent": row["user_agent"],
        "createdAt": rfc3339(row["created_at"]),
        "lastUsedAt": rfc3339(row["last_used_at"]),
        "expiresAt": rfc3339(row["expires_at"]),
        "revokedAt": _time(row["revoked_at"]),
        "revokedReason": row["revoked_reason"],
    }


def _project(row: MembershipRow) -> ExportedProject:
    return {
        "id": row["project_id"],
        "name": row["name"],
        "role": exported_role(row),
        "joinedAt": rfc3339(row["created_at"]),
    }


def _token(row: TokenRow) -> ExportedToken:
    return {
        "id": row["id"],
        "projectId": row["project_id"],
        "name": row["name"],
        "scope": Scope(row["scope"]).value,
        "prefix": row["prefix"],
        "createdAt": rfc3339(row["created_at"]),
        "expiresAt": _time(row["expires_at"]),
        "lastUsedAt": _time(row["last_used_at"]),
        "lastUsedIp": row["last_used_ip"],
        "lastClient": row["last_client"],
        "lastValidatedAt": _time(row["last_validated_at"]),
        "validationCount": row["validation_count"],
        "revokedAt": _time(row["revoked_at"]),
        "revokedReason": row["revoked_reason"],
    }


def _invitation(row: InvitationToProject) -> ExportedInvitation:
    return {
        "id": row["id"],
        "projectId": row["project_id"],
        "projectName": row["project_name"],
        "email": row["email"],
        "createdAt": rfc3339(row["created_at"]),
        "expiresAt": rfc3339(row["expires_at"]),
    }


def _link(row: OneTimeTokenRow) -> ExportedLink:
    return {
        "id": row["id"],
        "purpose": row["purpose"],
        "createdAt": rfc3339(row["created_at"]),
        "expiresAt": rfc3339(row["expires_at"]),
        "usedAt": _time(row["used_at"]),
    }


def _entry(row: AuditRow) -> ExportedEntry:
    details = row["details"]
    return {
        "id": row["id"],
        "at": rfc3339(row["at"]),
        "actorType": row["actor_type"],
        "tokenId": row["token_id"],
        "projectId": row["project_id"],
        "revision": row["revision"],
        "action": row["action"],
        "resourceType": row["resource_type"],
        "resourceId": row["resource_id"],
        "resourceName": row["resource_name"],
        "details": orjson.Fragment(details) if details else None,  # type: ignore[typeddict-item]  # JSON text
        "ip": row["ip"],
        "requestId": row["request_id"],
    }


def _entry_of_others(row: AuditRow) -> ExportedEntryOfOthers:
    details = row["details"]
    return {
        "id": row["id"],
        "at": rfc3339(row["at"]),
        "actorType": row["actor_type"],
        "action": row["action"],
        "resourceName": row["resource_name"],
        "details": orjson.Fragment(details) if details else None,  # type: ignore[typeddict-item]  # JSON text
    }


def _mail(row: MailRow) -> ExportedMail:
    return {
        "id": row["id"],
        "kind": row["kind"],
        "email": row["recipient"],
        "createdAt": rfc3339(row["created_at"]),
        "state": "waiting" if row["due_at"] else "given up",
    }


def _time(moment: str | None) -> str | None:
    return rfc3339(moment) if moment else None


_PARTS = (
    _Part(
        "sessions",
        """
        SELECT s.id, s.created_at, s.ip, s.user_agent, s.last_used_at, s.expires_at,
               s.revoked_at, s.revoked_reason
        FROM sessions s WHERE s.user_id = ?
        """,
        "s",
        "created_at",
        _session,
    ),
    _Part(
        "projects",
        """
        SELECT m.id, m.created_at, m.project_id, m.user_id, p.name, p.owner_id
        FROM members m JOIN projects p ON p.id = m.project_id WHERE m.user_id = ?
        """,
        "m",
        "created_at",
        _project,
    ),
    _Part(
        "mcpTokens",
        """
        SELECT t.id, t.created_at, t.project_id, t.name, t.scope, t.prefix,
               t.expires_at, t.last_used_at, t.last_used_ip, t.last_client, t.last_validated_at,
               t.validation_count, t.revoked_at, t.revoked_reason
        FROM mcp_tokens t WHERE t.creator_id = ?
        """,
        "t",
        "created_at",
        _token,
    ),
    _Part(
        "invitationsSent",
        f"{_INVITATIONS} WHERE i.invited_by_id = ?",
        "i",
        "created_at",
        _invitation,
    ),
    _Part(
        "invitationsReceived",
        f"{_INVITATIONS} WHERE i.email_key = ?",
        "i",
        "created_at",
        _invitation,
        "email_key",
    ),
    _Part(
        "links",
        """
        SELECT o.id, o.created_at, o.purpose, o.expires_at, o.used_at
        FROM one_time_tokens o WHERE o.user_id = ?
        """,
        "o",
        "created_at",
        _link,
    ),
    _Part(
        "activity",
        """
        SELECT a.id, a.at, a.actor_type, a.token_id, a.project_id, a.revision, a.action,
               a.resource_type, a.resource_id, a.resource_name, a.details, a.ip, a.request_id
        FROM audit_log a {index} WHERE a.actor_id = ?
        """,
        "a",
        "at",
        _entry,
        by_time=ENTRIES_BY_ACTOR,
    ),
    _Part(  # found by the index of projects: what is done to accounts belongs to none
        "activityOfOthers",
        """
        SELECT a.id, a.at, a.actor_type, a.action, a.resource_name, a.details
        FROM audit_log a
        WHERE a.project_id IS NULL AND a.resource_type = 'user' AND a.resource_id = ?
          AND (a.actor_id IS NULL OR a.actor_id <> ?)
        """,
        "a",
        "at",
        _entry_of_others,
    ),
)
