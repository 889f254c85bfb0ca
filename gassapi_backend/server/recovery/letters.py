"""The mails that confirm an address, and that bring a link to a new password."""

from gassapi_backend.models import Mail
from gassapi_backend.server.mail.templates import Letter, Writer
from gassapi_backend.server.recovery.actions import prepare_link
from gassapi_backend.server.recovery.links import Links


def verification_writer(base_url: str, links: Links) -> Writer:
    """Return what writes the mails that ask people to confirm their address."""

    async def write(mail: Mail) -> Letter | None:
        token = await prepare_link(mail, links)
        return verification(f"{base_url}/verify/{token}") if token else None

    return write


def reset_writer(base_url: str, links: Links) -> Writer:
    """Return what writes the mails that bring a link to a new password."""

    async def write(mail: Mail) -> Letter | None:
        token = await prepare_link(mail, links)
        return reset(f"{base_url}/reset/{token}") if token else None

    return write


def verification(url: str) -> Letter:
    """Return the mail that asks somebody to confirm their address.

    Without their name: whoever registers somebody else's address must not choose what it says.
    """
    return Letter(
        subject="Confirm your e-mail address",
        lines=(
            "Welcome to GassAPI.",
            "Please sign in to your new account to confirm that this e-mail address is yours.",
        ),
        button="Confirm my e-mail address",
        url=url,
        notes=(
            "The link works once, for 24 hours.",
            "If you did not create an account, the page has a button that closes it.",
        ),
    )


def reset(url: str) -> Letter:
    """Return the mail that brings the link to a new password."""
    return Letter(
        subject="Choose a new password",
        lines=("Somebody, hopefully you, asked to set a new password for your GassAPI account.",),
        button="Choose a new password",
        url=url,
        notes=(
            "The link works once, for one hour. All your devices will be signed out.",
            "If it was not you, ignore this mail: your password stays as it is.",
        ),
    )
