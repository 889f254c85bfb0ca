"""The web application: middlewares, routes, start and stop."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Any

import structlog
from aiohttp import web

from gassapi_backend.clock import ago, now
from gassapi_backend.database import open_database
from gassapi_backend.doctor.examining import Doctor
from gassapi_backend.doctor.state import DOCTOR
from gassapi_backend.exchange.child.running import Children
from gassapi_backend.instance_key import load_keys
from gassapi_backend.models import Attempt, Idempotency, Mail, OneTimeToken, Session
from gassapi_backend.server.access.admission import EnteredBefore
from gassapi_backend.server.access.callers import Callers, forget_everybody
from gassapi_backend.server.accounts.passwords import Passwords, common_passwords, server_names
from gassapi_backend.server.accounts.state import PASSWORDS
from gassapi_backend.server.audit.actions import Counted
from gassapi_backend.server.audit.checking import Checking
from gassapi_backend.server.audit.retention import remove_old
from gassapi_backend.server.audit.state import CHECKING
from gassapi_backend.server.changes.news import News, listen, unlisten
from gassapi_backend.server.changes.redis import Channel
from gassapi_backend.server.errors import Code
from gassapi_backend.server.feed.followers import Followers
from gassapi_backend.server.feed.state import FOLLOWERS
from gassapi_backend.server.importing.sending import CHILDREN
from gassapi_backend.server.limits.attempts import Attempts
from gassapi_backend.server.limits.invitations import mailing_of
from gassapi_backend.server.limits.logins import logins_of
from gassapi_backend.server.limits.quotas import in_force
from gassapi_backend.server.limits.requests import RequestRate
from gassapi_backend.server.limits.state import (
    INVITATIONS,
    LOGINS,
    PROJECT_RATES,
    RATES,
    REGISTRATIONS,
    RESET_MAILS,
    RESETS,
    SIGN_INS,
    VERIFICATIONS,
)
from gassapi_backend.server.mail.notice_letters import NOTICES, notice_writer
from gassapi_backend.server.mail.notices import notices_in_force
from gassapi_backend.server.mail.outbox import KEEP_SECONDS, MailKind
from gassapi_backend.server.mail.sending import Sending
from gassapi_backend.server.mail.templates import Writer
from gassapi_backend.server.mcp.loading import MCP, Loading
from gassapi_backend.server.members.actions import expire_invitations
from gassapi_backend.server.members.letters import invitation_writer
from gassapi_backend.server.middleware import make_guard, make_surround
from gassapi_backend.server.recovery.letters import reset_writer, verification_writer
from gassapi_backend.server.recovery.links import Links
from gassapi_backend.server.recovery.state import COUNTED, LINKS
from gassapi_backend.server.routes import ROUTES
from gassapi_backend.server.routing import EVERYWHERE, bind, refuse_address
from gassapi_backend.server.service.board import Row
from gassapi_backend.server.service.document import Document
from gassapi_backend.server.service.handlers import memory_bytes
from gassapi_backend.server.service.health import Health
from gassapi_backend.server.service.history import History
from gassapi_backend.server.service.instance import Instance
from gassapi_backend.server.service.state import BOARD, DOCUMENT, HEALTH, HISTORY, INSTANCE
from gassapi_backend.server.sessions.refused import RefusedSignIns
from gassapi_backend.server.sessions.state import REFUSED
from gassapi_backend.server.tokens.state import USAGE
from gassapi_backend.server.tokens.usage import TokenUsage
from gassapi_backend.server.web.addressing import Router
from gassapi_backend.server.web.answer_cache import ANSWERS, AnswerCache
from gassapi_backend.server.web.connections import KEEP_ALIVE_SECONDS
from gassapi_backend.server.web.deadlines import DEADLINES, Deadlines
from gassapi_backend.server.web.headers import WRITTEN, Headers
from gassapi_backend.server.web.long_lists import LONG_LISTS, LongLists
from gassapi_backend.server.web.protocol import refuse_in_our_shape
from gassapi_backend.server.web.reading import MAX_BODY
from gassapi_backend.server.web.state import (
    CALLERS,
    ENTERED,
    KEYS,
    SETTINGS,
    STATE,
    VAULT,
    ServerState,
)
from gassapi_backend.settings import Settings
from gassapi_backend.vault import Vault

USAGE_SECONDS = 1
USES_SECONDS = 10
COUNTED_SECONDS = 3600
REFUSALS_SECONDS = 600
PURGE_SECONDS = 3600
PATIENCE = 60  # seconds that background work may take


_log = structlog.get_logger("gassapi.server")


def build_app(settings: Settings, row: Row | None = None) -> web.Application:
    """Return the application. Its database is opened when it starts, not before.

    Raises ``SettingsError`` when the secret key cannot be used.
    """
    refuse_in_our_shape()
    app = web.Application(
        client_max_size=MAX_BODY,
        # aiohttp is not to inflate bodies; see receive()
        handler_args={"auto_decompress": False, "keepalive_timeout": KEEP_ALIVE_SECONDS},
    )
    is_limited = settings.rate_limits == "on"
    app[SETTINGS] = settings
    app[KEYS] = load_keys(settings)
    app[VAULT] = Vault(settings)
    app[CALLERS] = Callers()
    app[ENTERED] = EnteredBefore()
    app[PASSWORDS] = Passwords(
        settings.password_rounds, workers=settings.workers, servers=server_names(settings)
    )
    for key, kind, rate, code in (
        (LOGINS, "login", settings.login_limit, Code.ACCOUNT_LOCKED),
        (REGISTRATIONS, "register", settings.register_limit, Code.RATE_LIMIT_ERROR),
        (RESETS, "reset", settings.reset_limit, Code.RATE_LIMIT_ERROR),
        (RESET_MAILS, "reset mail", settings.reset_mailbox_limit, Code.RATE_LIMIT_ERROR),
        (VERIFICATIONS, "verify", settings.verify_limit, Code.RATE_LIMIT_ERROR),
    ):
        app[key] = Attempts(kind, rate, code=code, enabled=is_limited)
    app[SIGN_INS] = logins_of(settings, app[LOGINS])
    app[INVITATIONS] = mailing_of(settings)
    app[LINKS] = Links(app[KEYS].links, are_sent=settings.smtp_url is not None)
    app[USAGE] = TokenUsage()
    app[COUNTED] = Counted()
    app[REFUSED] = RefusedSignIns()
    app[STATE] = ServerState()
    app[DEADLINES] = Deadlines()
    app[HEALTH] = Health(settings)
    app[INSTANCE] = Instance(settings)
    app[CHECKING] = Checking(settings)
    app[DOCTOR] = Doctor(settings)
    app[DOCUMENT] = Document(partial(_describe, settings.base_url))
    if row:
        app[BOARD] = row.board
    app[HISTORY] = History(
        memory_bytes, lambda: len(app[FOLLOWERS].everybody()), row.write if row else None
    )
    app[ANSWERS] = AnswerCache()
    app[LONG_LISTS] = LongLists()
    app[CHILDREN] = Children()
    app[MCP] = Loading()
    app[FOLLOWERS] = Followers(settings.changes_keep_days, settings.person_max_streams)
    redis_url = settings.redis_url.get_secret_value() if settings.redis_url else None
    app[RATES] = RequestRate(settings.request_limit, redis_url) if is_limited else None
    app[PROJECT_RATES] = (
        RequestRate(settings.project_request_limit, redis_url) if is_limited else None
    )
    guard = make_guard(rates=app[RATES], project_rates=app[PROJECT_RATES], keys=app[KEYS])
    app[WRITTEN] = Headers(settings.cors_origins)
    surround = make_surround(app)
    app.on_response_prepare.append(app[WRITTEN].add)
    app.router.__class__ = Router  # aiohttp takes no router
    for route in ROUTES:
        handler = surround(guard(route, bind(route)))
        if route.method == "GET":
            app.router.add_get(route.full_path, handler)
        else:
            app.router.add_route(route.method, route.full_path, handler)
    app.router.add_route("*", EVERYWHERE, surround(guard(None, refuse_address)))
    app.cleanup_ctx.extend([_database, _background, _news])
    if app[LINKS].are_sent:
        app.cleanup_ctx.append(_mail(Sending(settings, mail_writers(settings, app[LINKS]))))
    return app


def mail_writers(settings: Settings, links: Links) -> dict[str, Writer]:
    """Return who writes which kind of mail."""
    return {
        MailKind.INVITATION: invitation_writer(settings.base_url, links.key),
        MailKind.VERIFY_EMAIL: verification_writer(settings.base_url, links),
        MailKind.RESET_PASSWORD: reset_writer(settings.base_url, links),
        **dict.fromkeys(NOTICES, notice_writer(settings.base_url)),
    }


def _describe(base_url: str) -> dict[str, Any]:
    from gassapi_backend.server.openapi import document  # slow to import, rarely asked for

    return document(base_url)


async def _database(app: web.Application) -> AsyncIterator[None]:
    with in_force(app[SETTINGS]), notices_in_force(app[SETTINGS]):
        async with open_database(app[SETTINGS], everywhere=True):
            yield


async def _background(app: web.Application) -> AsyncIterator[None]:
    keep_days = app[SETTINGS].audit_keep_days
    tasks = [
        asyncio.create_task(_every(USAGE_SECONDS, app[USAGE].flush_soon)),
        asyncio.create_task(_every(USES_SECONDS, app[USAGE].flush)),
        asyncio.create_task(app[HISTORY].keep()),
        asyncio.create_task(_every(COUNTED_SECONDS, app[COUNTED].flush)),
        asyncio.create_task(_every(REFUSALS_SECONDS, app[REFUSED].flush)),
        asyncio.create_task(_every(PURGE_SECONDS, purge)),
        asyncio.create_task(_every(PURGE_SECONDS, partial(remove_old, keep_days))),
        asyncio.create_task(asyncio.to_thread(common_passwords)),
        asyncio.create_task(app[HEALTH].look_through()),
        asyncio.create_task(app[DEADLINES].watch()),
    ]
    yield
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks, timeout=2)
    with suppress(Exception):  # the database may be away; then a second of counts is lost
        await app[USAGE].flush()
        await app[COUNTED].flush()
    with suppress(Exception):
        await app[REFUSED].flush()
    app[PASSWORDS].close()


def _mail(sending: Sending) -> Callable[[web.Application], AsyncIterator[None]]:
    async def send(_: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(sending.go_on())
        yield
        task.cancel()  # what was not sent comes due again later
        await asyncio.wait([task], timeout=2)

    return send


async def _news(app: web.Application) -> AsyncIterator[None]:
    """Have streams hear what is committed here and, through Redis, in other processes."""
    followers, url = app[FOLLOWERS], app[SETTINGS].redis_url

    def hear(news: News) -> None:
        if news.ends_access:
            forget_everybody()
        followers.hear(news)

    channel = Channel(url.get_secret_value(), hear) if url else None
    listeners = [followers.hear, *([channel.publish] if channel else [])]
    tasks = [asyncio.create_task(followers.watch())]
    if channel:
        tasks.append(asyncio.create_task(channel.run()))
    for listener in listeners:
        listen(listener)
    yield
    for listener in listeners:
        unlisten(listener)
    followers.close()
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks, timeout=2)
    for key in (RATES, PROJECT_RATES):
        if rates := app[key]:
            await rates.close()


async def _every(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    while True:
        await asyncio.sleep(seconds)
        try:
            async with asyncio.timeout(PATIENCE):
                await work()
        except Exception as error:
            _log.warning("background work failed", reason=f"{type(error).__name__}: {error}")


async def purge() -> None:
    """Delete sessions, links, invitations, attempts, kept answers and mails that are over."""
    await Session.filter(expires_at__lt=now()).delete()
    await OneTimeToken.filter(expires_at__lt=ago(KEEP_SECONDS)).delete()  # a mail may bring it yet
    await expire_invitations()
    await Attempt.filter(expires_at__lt=now()).delete()
    await Idempotency.filter(expires_at__lt=now()).delete()
    await Mail.filter(due_at=None, created_at__lt=ago(KEEP_SECONDS)).delete()
