"""``Idempotency-Key``: a POST that is sent again gets its first answer, and happens once.

The answer is written in the transaction of the change that is made, so that a request was carried
out if and only if its answer is there: whatever fails, it can be sent again at once. Those who send
the same at the same moment wait for each other, in this process by a lock, elsewhere by the row.
"""

import asyncio
import hmac
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from weakref import WeakValueDictionary

import orjson
import structlog
from aiohttp import web
from tortoise.exceptions import DBConnectionError, IntegrityError, OperationalError

from gassapi_backend.clock import ahead, now, stored
from gassapi_backend.database import Row, execute, is_deadlock, retried, row
from gassapi_backend.sealing import seal, unseal
from gassapi_backend.server.changes.change import crowded
from gassapi_backend.server.changes.held import held_back, is_again
from gassapi_backend.server.errors import Code, Conflict, Failure, Invalid
from gassapi_backend.server.web.reading import JSON, form_boundary, read_bytes, reply_failure
from gassapi_backend.server.web.state import ACTOR, HANDLING, KEYS

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
KEPT_SECONDS = 24 * 3600
AT_ONCE = 256_000  # bytes of a body that take less to hash than handing it to a thread may
PATIENCE = 10  # seconds to wait for the same request that is under way

_FORM = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?")
_PASSING = {400, 401, 403, 408, 429}  # those that break a rule, or may be otherwise in a moment
_BROUGHT = ("Authorization", "Cookie", "Origin", "Sec-Fetch-Site")
_KEPT_HEADERS = ("ETag", "Cache-Control", "Location")

_log = structlog.get_logger("gassapi.idempotency")


_turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
"""Who carries out a request, among those of this process that are the same."""


@dataclass(frozen=True)
class Ticket:
    """Under which key a request comes, and what exactly it asks; ``seal_key`` is for its answer."""

    key: str
    body_hash: str
    seal_key: bytes


class _BeatenError(Exception):
    """The same request was carried out elsewhere at the same moment."""


async def answer_once(
    request: web.Request, work: Callable[[], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Return what ``work`` answers, or what it answered to the same request before.

    Raises ``Invalid`` for a malformed key, ``Conflict`` for one used for something else.
    """
    return await carry_out_once(request, await _ticket(request), work)


async def carry_out_once(
    request: web.Request, ticket: Ticket, work: Callable[[], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Return what ``work`` answers, or what it answered before under the same ticket.

    Its refusals are raised; earlier ones are returned. Raises ``Conflict`` for a ticket of
    something else.
    """
    async with _turn(ticket):
        found = await _find(ticket)
        if found is None:
            try:
                return await _carry_out(request, ticket, work)
            except _BeatenError:
                found = await _find(ticket)
    if found is None:
        raise crowded()
    return _replayed(found, ticket, request[HANDLING].request_id)


def tool_ticket(request: web.Request, given: str, asked: bytes) -> Ticket:
    """Return the ticket of a tool that a token calls; ``asked`` is what with, in any one form.

    Raises ``Invalid`` for a malformed key.
    """
    if not _FORM.fullmatch(given):
        raise Invalid.field("idempotency_key", "It has to be 1 to 255 printable characters.")
    who, key = request[ACTOR].caller.token_id or "", request.app[KEYS].answers
    return Ticket(_hash(key, "\0".join(["tool", who, given])), _hash(key, "tool\0", asked), key)


async def _ticket(request: web.Request) -> Ticket:
    given = request.headers.getall(HEADER)
    if len(given) > 1 or not _FORM.fullmatch(given[0]):
        raise Invalid.field(HEADER, "It has to be one text of 1 to 255 printable characters.")
    caller = request[ACTOR].caller
    who = [caller.token_id or caller.user_id or ""]
    if not who[0]:  # nobody yet: what they bring tells them apart
        who = [request[HANDLING].ip, *(request.headers.get(name, "") for name in _BROUGHT)]
    body = await read_bytes(request) if request.body_exists else b""
    asked = f"{request.method} {request.raw_path}\0"
    key = request.app[KEYS].answers
    of_caller = _hash(key, "\0".join([*who, given[0]]))
    boundary = form_boundary(request)
    if len(body) <= AT_ONCE:
        return Ticket(of_caller, _hash_form(key, asked, body, boundary), key)
    body_hash = await asyncio.to_thread(_hash_form, key, asked, body, boundary)
    return Ticket(of_caller, body_hash, key)


@asynccontextmanager
async def _turn(ticket: Ticket) -> AsyncIterator[None]:
    lock = _turns.setdefault(ticket.key, asyncio.Lock())
    try:
        async with asyncio.timeout(PATIENCE):
            await lock.acquire()
    except TimeoutError:
        raise Conflict(
            "The same request is still under way. Send it again in a moment.",
            code=Code.IDEMPOTENCY_CONFLICT,
        ) from None
    try:
        yield
    finally:
        lock.release()


async def _find(ticket: Ticket) -> Row | None:
    """Return the row of a request that was carried out before."""
    found = await row("SELECT * FROM idempotency WHERE `key` = ?", ticket.key)
    if found is None:
        return None
    moment = stored(now())
    if found["expires_at"] <= moment:
        await execute(
            "DELETE FROM idempotency WHERE `key` = ? AND expires_at <= ?", ticket.key, moment
        )
        return None
    if found["body_hash"] != ticket.body_hash:
        raise Conflict(
            "This idempotency key was used for another request. Choose a new one.",
            code=Code.IDEMPOTENCY_CONFLICT,
        )
    return found


async def _carry_out(
    request: web.Request, ticket: Ticket, work: Callable[[], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Do the work, all of it again where a cluster refuses the COMMIT. Raises ``_BeatenError``."""
    handling = request[HANDLING]
    cookies = handling.cookies

    async def attempt() -> web.StreamResponse:
        handling.cookies = cookies
        return await _attempt(ticket, work)

    token = is_again.set(False)
    try:
        return await retried(attempt)
    except Exception as error:
        if is_deadlock(error):
            raise crowded() from error
        raise
    finally:
        is_again.reset(token)


async def _attempt(
    ticket: Ticket, work: Callable[[], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    outcome: web.StreamResponse | Failure
    try:
        async with held_back() as held:
            try:
                outcome = await work()
            except Failure as failure:
                outcome = failure
            try:
                await _keep(ticket, outcome)
            except IntegrityError:
                raise _BeatenError from None
            except (DBConnectionError, OperationalError) as error:
                if held.is_used:
                    raise
                _log.warning("an answer could not be kept", reason=type(error).__name__)
    except OperationalError:
        is_again.set(held.is_used)
        raise
    if isinstance(outcome, Failure):
        raise outcome
    return outcome


async def _keep(ticket: Ticket, outcome: web.StreamResponse | Failure) -> None:
    """Write the answer, unless it is a refusal that passes."""
    if isinstance(outcome, Failure):
        if outcome.status >= 500 or outcome.status in _PASSING:
            return
        answer = _of_failure(outcome)
    else:
        answer = _of_response(outcome)
    await execute(
        "INSERT INTO idempotency (`key`, body_hash, status, answer, expires_at)"
        " VALUES (?, ?, ?, ?, ?)",
        ticket.key,
        ticket.body_hash,
        outcome.status,
        seal(ticket.seal_key, orjson.dumps(answer), ticket.key),
        stored(ahead(KEPT_SECONDS)),
    )


def _of_response(response: web.StreamResponse) -> dict[str, Any]:
    body = response.body if isinstance(response, web.Response) else None
    if not isinstance(body, bytes):
        raise TypeError("Only an answer that is whole can be kept.")
    return {
        "body": body.decode(),
        "headers": {
            name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers
        },
        "cookies": [cookie.OutputString() for cookie in response.cookies.values()],
    }


def _of_failure(failure: Failure) -> dict[str, Any]:
    return {"code": failure.code, "message": failure.message, "details": failure.details}


def _replayed(found: Row, ticket: Ticket, request_id: str) -> web.StreamResponse:
    """Return the answer of a row, a refusal as well."""
    opened = unseal(ticket.seal_key, bytes(found["answer"]), ticket.key)
    if opened is None:
        raise RuntimeError("A kept answer was changed in the database.")
    answer, status = orjson.loads(opened), found["status"]
    if "message" in answer:
        failure = Failure(answer["message"], code=Code(answer["code"]), details=answer["details"])
        failure.status = status
        response = reply_failure(failure, request_id)
    else:
        response = web.Response(text=answer["body"], status=status, content_type=JSON)
        response.headers.update(answer["headers"])
        for cookie in answer["cookies"]:
            response.headers.add("Set-Cookie", cookie)
    response.headers[REPLAYED] = "true"
    return response


def _hash_form(key: bytes, asked: str, body: bytes, boundary: str | None) -> str:
    """Return the digest of a body, for a form without its boundary: each sending has another."""
    if boundary:
        body = body.replace(b"--" + boundary.encode(errors="surrogateescape"), b"--")
    return _hash(key, asked, body)


def _hash(key: bytes, text: str, more: bytes = b"") -> str:
    """Return a digest that nobody without the key can try passwords on: a body may carry one."""
    found = hmac.new(
        key, text.encode(errors="surrogateescape"), "sha256"
    )  # headers may be any bytes
    found.update(more)
    return found.hexdigest()
