"""A mail that is sent at once, to find out whether mail works."""

from collections.abc import Callable
from typing import TypedDict

from gassapi_backend.models import new_id
from gassapi_backend.server.mail import templates, transport
from gassapi_backend.server.mail.transport import MailServer
from gassapi_backend.settings import Settings


class Sent(TypedDict):
    """How a mail went out; ``answer`` is what the mail server said."""

    recipient: str
    sender: str
    server: str
    encryption: str | None
    certificateChecked: bool
    signedInAs: str | None
    answer: str


Tell = Callable[[MailServer, str | None], None]
"""Called once there is a connection, with the version of TLS if it is encrypted."""


async def send_trial(
    settings: Settings, server: MailServer, recipient: str, tell: Tell | None = None
) -> Sent:
    """Send a mail now; return how it went. Raises what ``MailServer.explain()`` explains."""
    message = templates.message(templates.trial(settings.base_url), recipient, new_id(), settings)
    client = server.client()
    try:
        await client.connect()
        tls = client.get_transport_info("ssl_object")
        version = tls.version() if tls else None
        if tell:
            tell(server, version)
        answer = await transport.deliver(client, message, templates.ascii_address(recipient))
    finally:
        await transport.close(client)
    return {
        "recipient": recipient,
        "sender": str(message["From"]),
        "server": server.place,
        "encryption": version,
        "certificateChecked": bool(tls) and server.is_checked,
        "signedInAs": server.user or None,
        "answer": answer,
    }
