"""The text of the mails that tell people what was done to their account."""

from gassapi_backend.models import Mail
from gassapi_backend.server.mail.outbox import MailKind
from gassapi_backend.server.mail.templates import Letter, Writer, quoted

_NOT_YOU = (
    "If it was not you, reset your password at once, and revoke your access tokens with it.",
    "You get this mail because it concerns the safety of your account.",
)
_NOT_YOU_AT_ALL = (
    "If it was not you, ask whoever runs this server at once: a link to a new password would go to "
    "the new address.",
    _NOT_YOU[1],
)


def notice_writer(base_url: str) -> Writer:
    """Return what writes these mails."""

    async def write(mail: Mail) -> Letter | None:
        subject, line = _TEXTS[MailKind(mail.kind)]
        facts = {key: quoted(str(value)) for key, value in mail.facts.items()}
        at, ip = str(mail.facts.get("at", "")), str(mail.facts.get("ip", ""))
        place = f"from the address {ip}" if ip else "by whoever runs the server"
        return Letter(
            subject=subject,
            lines=(line.format_map(_Facts(facts)), f"When: {at[:10]} {at[11:16]} UTC, {place}."),
            button="Open GassAPI",
            url=base_url,
            notes=_NOT_YOU_AT_ALL if mail.kind == MailKind.EMAIL_CHANGED else _NOT_YOU,
        )

    return write


class _Facts(dict[str, str]):
    """What a mail says; what is not known is left out."""

    def __missing__(self, key: str) -> str:
        return "(unknown)"


_TEXTS = {
    MailKind.PASSWORD_CHANGED: (
        "Your password was changed",
        "The password of your GassAPI account was changed, and other devices are signed out.",
    ),
    MailKind.TOKEN_ISSUED: (
        "A new access token was made",
        "The access token “{token}” was made for your account, for the project “{project}”.",
    ),
    MailKind.EMAIL_CHANGED: (
        "Your e-mail address was changed",
        "Your GassAPI account has another e-mail address now: {address}.",
    ),
    MailKind.NEW_DEVICE: (
        "A new device signed in",
        "Your account was signed in to on a device that we had not seen before: {device}.",
    ),
}
"""Subject and first line of each kind."""

NOTICES = tuple(_TEXTS)
