"""What the mails in the outbox are about: each a single statement."""

from gassapi_backend.database import Row, row, rows


async def find_invitation(invitation_id: str) -> Row | None:
    """Return an invitation, with the names a mail needs."""
    return await row(
        """
        SELECT i.email, i.generation, i.expires_at, p.name AS project, u.name AS inviter
        FROM invitations i JOIN projects p ON p.id = i.project_id
        LEFT JOIN users u ON u.id = i.invited_by_id
        WHERE i.id = ?
        """,
        invitation_id,
    )


async def list_mails() -> list[Row]:
    """Return the mail in the outbox, the oldest first, at most 1000."""
    return await rows(
        """
        SELECT id, kind, recipient, attempts, due_at, last_error, created_at
        FROM mails ORDER BY created_at, id LIMIT 1000
        """
    )


async def count_given_up() -> int:
    """Return how many mails could not be sent and are not tried any more."""
    found = await row("SELECT COUNT(*) AS n FROM mails WHERE due_at IS NULL")
    return int(found["n"]) if found else 0
