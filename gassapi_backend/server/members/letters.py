"""The mail that invites somebody to a project."""

from datetime import UTC, datetime

from gassapi_backend.clock import now, rfc3339
from gassapi_backend.models import Mail
from gassapi_backend.server.mail.templates import Letter, Writer, quoted
from gassapi_backend.server.members.queries import find_invitation
from gassapi_backend.server.members.schemas import invite_url


def invitation_writer(base_url: str, key: bytes) -> Writer:
    """Return what writes the mails about invitations; ``key`` is the one of mailed links."""

    async def write(mail: Mail) -> Letter | None:
        found = await find_invitation(mail.facts["invitation_id"])
        if found is None or rfc3339(found["expires_at"]) <= rfc3339(now()):
            return None
        generation = int(found["generation"])
        if int(mail.facts.get("generation", generation)) != generation:
            return None  # renewed: that has its own mail
        expires = datetime.fromisoformat(rfc3339(found["expires_at"])).astimezone(UTC)
        return invitation(
            invite_url(base_url, key, found),
            project=found["project_name"],
            inviter=found["inviter_name"],
            expires=f"{expires:%d %B %Y, %H:%M} UTC",
        )

    return write


def invitation(url: str, *, project: str, inviter: str | None, expires: str) -> Letter:
    """Return the mail that invites somebody to a project; ``expires`` is a date to read."""
    project, inviter = quoted(project), quoted(inviter or "A member")
    return Letter(
        subject=f"{inviter} invites you to {project}",
        lines=(
            f"{inviter} invites you to work on the project “{project}” in GassAPI.",
            "There you share its API requests, environments and flows.",
        ),
        button="See the invitation",
        url=url,
        notes=(
            f"The invitation is good until {expires}.",
            "If you do not know what this is about, ignore this mail.",
        ),
    )
