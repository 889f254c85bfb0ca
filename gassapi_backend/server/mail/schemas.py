"""What the routes about mail answer."""

from typing_extensions import TypedDict


class MailTrial(TypedDict):
    """How a mail went out that was sent to find out whether mail works.

    ``message`` is what the mail server said, or why it was not sent. ``encryption`` is the version
    of TLS.
    """

    isMailed: bool
    message: str
    recipient: str
    sender: str | None
    server: str | None
    encryption: str | None
