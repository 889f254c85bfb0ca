"""``Idempotency-Key``: a POST that is sent again gets its first answer, and happens once.

A row is taken before the work, marked as committed in the transaction of the change that is made,
and given the answer afterwards. So a request whose answer was lost with the process is never done
twice: it is done again if nothing was committed, and refused if something was.
"""

import asyncio
import hmac
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import orjson
import structlog
from aiohttp import web
from tortoise.exceptions import DBConnectionError, IntegrityError, OperationalError

from gassapi_backend.clock import ahead, now, stored
from gassapi_backend.database import Row, execute, row
from gassapi_backend.sealing import seal, unseal
from gassapi_backend.server.changes.recording import answering
from gassapi_backend.server.errors import Code, Conflict, Failure, Invalid
from gassapi_backend.server.web.reading import JSON, read_bytes, reply_failure
from gassapi_backend.server.web.receiving import UPLOAD
from gassapi_backend.server.web.state import ACTOR, IP, KEYS, REQUEST_ID

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
KEPT_SECONDS = 24 * 3600
LEASE_SECONDS = 40  # longer than an answer may take
UPLOAD_LEASE_SECONDS = 400  # longer than one to a document may
PATIENCE = 10  # seconds to wait for the same request that is under way

_FORM = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?")
_PASSING = {400, 401, 403, 408, 429}  # those that break a rule, or may be otherwise in a moment
_BROUGHT = ("Authorization", "Cookie", "Origin", "Sec-Fetch-Site")
_KEPT_HEADERS = ("ETag", "Cache-Control", "Location")

_log = structlog.get_logger("gassapi.idempotency")


@dataclass(frozen=True)
class _Ticket:
    """The row of a request: under which key, and what exactly was asked."""

    key: str
    body_hash: str
    lease: int = LEASE_SECONDS


async def answer_once(
    request: web.Request, work: Callable[[], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Return what ``work`` answers, or what it answered to the same request before.

    Raises ``Invalid`` for a malformed key, ``Conflict`` for one used for something else.
    """
    ticket = await _ticket(request)
    key = request.app[KEYS].answers
    if (found := await _take(ticket)) is not None:
        return _replayed(found, key, request[REQUEST_ID])
    token = answering.set(ticket.key)
    try:
        response = await work()
    except Failure as failure:
        if failure.status < 500 and failure.status not in _PASSING:
            await _keep(ticket, key, failure.status, _of_failure(failure))
        else:
            await _give_back(ticket)
        raise
    except BaseException:
        await asyncio.shield(_give_back(ticket))
        raise
    finally:
        answering.reset(token)
    try:
        await _keep(ticket, key, response.status, _of_response(response))
    except (
        DBConnectionError,
        OperationalError,
    ) as error:  # it is done: that it cannot be told again does not undo it
        _log.warning("an answer could not be kept", reason=type(error).__name__)
    return response


async def _ticket(request: web.Request) -> _Ticket:
    given = request.headers.getall(HEADER)
    if len(given) > 1 or not _FORM.fullmatch(given[0]):
        raise Invalid.field(HEADER, "It has to be one text of 1 to 255 printable characters.")
    caller = request[ACTOR].caller
    who = [caller.token_id or caller.user_id or ""]
    if not who[0]:  # nobody yet: what they bring tells them apart
        who = [request[IP], *(request.headers.get(name, "") for name in _BROUGHT)]
    body = await read_bytes(request) if request.body_exists else b""
    asked = f"{request.method} {request.raw_path}\0"
    key = request.app[KEYS].answers
    lease = UPLOAD_LEASE_SECONDS if UPLOAD in request else LEASE_SECONDS
    return _Ticket(_hash(key, "\0".join([*who, given[0]])), _hash(key, asked, body), lease)


async def _take(ticket: _Ticket) -> Row | None:
    """Reserve the row; return it where there is an answer in it already."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            await execute(
                "INSERT INTO idempotency (`key`, body_hash, is_committed, leased_until, expires_at)"
                " VALUES (?, ?, ?, ?, ?)",
                ticket.key,
                ticket.body_hash,
                False,
                stored(ahead(ticket.lease)),
                stored(ahead(KEPT_SECONDS)),
            )
            return None
        except IntegrityError:
            found = await row("SELECT * FROM idempotency WHERE `key` = ?", ticket.key)
        if found is None:
            continue  # just given back
        moment = stored(now())
        if found["expires_at"] > moment:
            if found["body_hash"] != ticket.body_hash:
                raise Conflict(
                    f"This {HEADER} was used for another request. Choose a new one.",
                    code=Code.IDEMPOTENCY_CONFLICT,
                )
            if found["status"] is not None:
                return found
            if found["leased_until"] > moment:
                await asyncio.sleep(0.05)
                continue
            if found["is_committed"]:
                raise _lost()
        if await _take_over(ticket, found):
            return None
    raise Conflict(
        "The same request is still under way. Send it again in a moment.",
        code=Code.IDEMPOTENCY_CONFLICT,
    )


async def _take_over(ticket: _Ticket, found: Row) -> bool:
    """Whether a row whose holder is gone, or whose time is over, is ours now."""
    changed = await execute(
        "UPDATE idempotency SET body_hash = ?, is_committed = ?, leased_until = ?, status = NULL,"
        " answer = NULL, expires_at = ? WHERE `key` = ? AND leased_until = ?",
        ticket.body_hash,
        False,
        stored(ahead(ticket.lease)),
        stored(ahead(KEPT_SECONDS)),
        ticket.key,
        found["leased_until"],
    )
    return changed == 1


async def _keep(ticket: _Ticket, key: bytes, status: int, answer: dict[str, Any]) -> None:
    await execute(
        "UPDATE idempotency SET status = ?, answer = ? WHERE `key` = ?",
        status,
        seal(key, orjson.dumps(answer), ticket.key),
        ticket.key,
    )


async def _give_back(ticket: _Ticket) -> None:
    await execute("DELETE FROM idempotency WHERE `key` = ? AND is_committed = ?", ticket.key, False)


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


def _replayed(found: Row, key: bytes, request_id: str) -> web.StreamResponse:
    """Return the answer of a row, a refusal as well."""
    opened = unseal(key, bytes(found["answer"]), found["key"])
    if opened is None:
        raise _lost()
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


def _lost() -> Conflict:
    return Conflict(
        "This request was carried out, but its answer is lost. Look at what is there before you "
        "send it again with a new key.",
        code=Code.IDEMPOTENCY_CONFLICT,
    )


def _hash(key: bytes, text: str, more: bytes = b"") -> str:
    """Return a digest that nobody without the key can try passwords on: a body may carry one."""
    text_bytes = text.encode(errors="surrogateescape")  # headers may be any bytes
    return hmac.digest(key, text_bytes + more, "sha256").hex()
