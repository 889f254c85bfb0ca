"""Whether the port is free, and the configured servers answer."""

import asyncio
import socket
from urllib.parse import urlsplit

from gassapi_backend.doctor.findings import Finding, Verdict
from gassapi_backend.settings import Settings, SettingsError

PATIENCE = 5  # seconds; the database may take two of them


async def check_port(settings: Settings) -> Finding:
    """Find out what uses the port, if anything."""
    place = f"{settings.host}:{settings.port}"
    host = "127.0.0.1" if settings.host == "0.0.0.0" else settings.host  # noqa: S104 - compared
    try:
        reader, writer = await asyncio.wait_for(asyncio.open_connection(host, settings.port), 2)
    except (OSError, TimeoutError):
        return _bindable(settings, place)
    try:
        writer.write(f"GET /health HTTP/1.0\r\nHost: {host}\r\n\r\n".encode())
        answer = await asyncio.wait_for(reader.read(), PATIENCE)
    except (OSError, TimeoutError):
        answer = b""
    finally:
        writer.close()
    if b"Server: gassapi" in answer:
        return _ours(settings, place, answer)
    advice = "Stop what uses it, or choose another with GASSAPI_PORT."
    return Finding("port", Verdict.BAD, f"{place} is taken by another program", advice)


def _ours(settings: Settings, place: str, answer: bytes) -> Finding:
    """Find out whether the server that gave this answer is the one that is being examined."""
    from gassapi_backend.instance_key import instance_of, lacks_key

    try:
        ours = None if lacks_key(settings) else instance_of(settings)
    except SettingsError:
        ours = None  # already reported for the file
    if ours is not None and f'"instance":"{ours}"'.encode() in answer:
        return Finding("port", Verdict.GOOD, f"{place}, a GassAPI server answers")
    message = f"{place}, the server there runs with another database or secret key"
    advice = (
        "If it should be this one, restart it, or run doctor as its user and with its "
        f"GASSAPI_HOME; here that is {settings.home}."
    )
    return Finding("port", Verdict.WARNING, message, advice)


def _bindable(settings: Settings, place: str) -> Finding:
    try:
        family = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0][0]
        socket.create_server((settings.host, settings.port), family=family).close()
    except OSError as error:
        advice = "Choose another with GASSAPI_HOST and GASSAPI_PORT."
        return Finding("port", Verdict.BAD, f"{place} cannot be used ({error.strerror})", advice)
    return Finding("port", Verdict.GOOD, f"{place} is free")


async def check_mail(settings: Settings) -> list[Finding]:
    """Find out whether the mail server accepts us, and whether others may accept our mail."""
    import aiosmtplib

    from gassapi_backend.server.mail.transport import close, mail_server

    if settings.smtp_url is None:
        message = "not set up: no invitations, confirmations and password resets by mail"
        return [Finding("mail", Verdict.GOOD, message)]
    try:
        server = mail_server(settings)
    except SettingsError as error:
        return [Finding("mail", Verdict.BAD, str(error), "Correct the setting.")]
    client = server.client()
    try:
        await client.connect()
        await client.noop()
    except (aiosmtplib.SMTPException, OSError) as error:
        advice = "Check GASSAPI_SMTP_URL: smtp:// on 587 (STARTTLS), smtps:// on 465 (TLS)."
        return [Finding("mail", Verdict.BAD, server.explain(error), advice)]
    finally:
        await close(client)
    return [Finding("mail", Verdict.GOOD, f"{server.place} answers"), *_sender(settings)]


def _sender(settings: Settings) -> list[Finding]:
    from gassapi_backend.server.mail.transport import sender

    _, address = sender(settings)
    if settings.mail_from or not address.endswith(("@localhost", "]")):
        return []
    message = f"mails come from {address}, which other mail servers refuse"
    return [Finding("mail", Verdict.WARNING, message, "Set GASSAPI_MAIL_FROM.")]


async def check_redis(settings: Settings) -> Finding:
    """Find out whether Redis answers, and lets us publish and subscribe."""
    from gassapi_backend.server.changes.redis import NAME, attempt

    if settings.redis_url is None:
        return Finding("redis", Verdict.GOOD, "not set up")
    parts = urlsplit(settings.redis_url.get_secret_value())
    server = f"{parts.hostname}:{parts.port or 6379}"
    try:
        await attempt(settings.redis_url.get_secret_value())
    except SettingsError as error:
        return Finding("redis", Verdict.BAD, "the package for it is missing", str(error))
    except Exception as error:
        message = f"{server}: {type(error).__name__}, so news travels more slowly"
        advice = "Check GASSAPI_REDIS_URL, and that Redis runs."
        if type(error).__name__ == "NoPermissionError":
            advice = f"Let its user ping, publish and subscribe to the channel {NAME} (Redis: ACL)."
        return Finding("redis", Verdict.WARNING, message, advice)
    return Finding("redis", Verdict.GOOD, f"{server} answers")
