"""Schemas in, schemas out."""

import asyncio
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_to_bytes

import orjson
from aiohttp import web
from pydantic import BaseModel

from gassapi_backend.server.errors import Failure, Invalid, UnsupportedMediaType
from gassapi_backend.server.web.answers import JsonResponse
from gassapi_backend.server.web.bodies import (
    JSON,
    MERGE_PATCH,
    MULTIPART,
    SURROGATE,
    AnyObject,
    Body,
    BodyType,
    Id,
    Message,
    Page,
    Pagination,
    Query,
    optional,
    printable,
    validated,
)
from gassapi_backend.server.web.receiving import receive

__all__ = [  # schemas and actions take what they need from bodies, which loads no web server
    "JSON",
    "MAX_BODY",
    "MERGE_PATCH",
    "MULTIPART",
    "AnyObject",
    "Body",
    "Id",
    "Message",
    "Page",
    "Pagination",
    "Query",
    "form_boundary",
    "optional",
    "parse_json",
    "parsed",
    "printable",
    "read",
    "read_bytes",
    "read_optional",
    "read_query",
    "reply",
    "reply_failure",
    "validated",
]

MAX_BODY = 1_000_000
MAX_DEPTH = 100
MAX_INTEGER = 2**63 - 1

BOM = b"\xef\xbb\xbf"  # ignored before JSON, as RFC 8259 (8.1) allows

_NOT_ZERO = re.compile(r"-?[0.]*[1-9]")  # digits before the exponent
_THREAD_FROM = 64_000  # bytes; a larger body is parsed and checked off the event loop
_MANY_VALUES = 1_000  # or one with more values: each costs some microseconds


async def read(request: web.Request, schema: type[BodyType]) -> BodyType:
    """Read the request's JSON body.

    Raises ``UnsupportedMediaType``, ``TooLarge`` and ``Invalid``.
    """
    _check_media_type(request, schema)
    return await _valid(schema, await read_bytes(request))


async def read_optional(request: web.Request, schema: type[BodyType]) -> BodyType:
    """Read the request's JSON body, an empty one as ``{}``."""
    if not request.body_exists or not (raw := await read_bytes(request)):
        return validated(schema, {})
    _check_media_type(request, schema)
    return await _valid(schema, raw)


def _check_media_type(request: web.Request, schema: type[BaseModel]) -> None:
    wanted = schema.media_types if issubclass(schema, Body) else (JSON,)
    if request.content_type not in wanted:
        raise UnsupportedMediaType(f"Send the body as {' or '.join(wanted)}.")


def form_boundary(request: web.Request) -> str | None:
    """Return what stands between the parts of a form (RFC 7578, 4.1); ``None`` for other bodies."""
    if request.content_type != MULTIPART:
        return None
    found = request.headers.get("Content-Type", "").partition("boundary=")[2]
    return found.partition(";")[0].strip().strip('"')


async def read_bytes(request: web.Request) -> bytes:
    """Read the request's body, at most ``MAX_BODY`` bytes of it. Raises as ``receive()`` does."""
    return await receive(request, MAX_BODY)


def read_query(request: web.Request, schema: type[BodyType]) -> BodyType:
    """Read the query parameters. Raises ``Invalid``, also for one that is given twice."""
    _check_encoding(request.rel_url.raw_query_string)
    found: dict[str, str] = {}
    for key, value in request.query.items():
        if key in found:
            raise Invalid.field(printable(key), "It is given more than once.")
        if "\0" in value or SURROGATE.search(value):
            raise Invalid.field(printable(key), "It contains characters that are not allowed.")
        found[key] = value
    return validated(schema, found)


def _check_encoding(query: str) -> None:
    """Raise ``Invalid`` for a parameter whose percent-encoding is not of UTF-8 (RFC 3986, 2.5)."""
    for pair in query.split("&") if "%" in query else ():
        try:
            unquote_to_bytes(pair.encode(errors="surrogateescape")).decode()
        except UnicodeDecodeError:
            name = printable(pair.partition("=")[0])
            raise Invalid.field(name, "It is not percent-encoded UTF-8.") from None


async def parsed(raw: bytes) -> Any:
    """Parse JSON as ``parse_json()`` does, a large one off the event loop."""
    if _is_work(raw):
        return await asyncio.to_thread(parse_json, raw)
    return parse_json(raw)


async def _valid(schema: type[BodyType], raw: bytes) -> BodyType:
    """Parse and validate JSON, a large one off the event loop."""
    if _is_work(raw):
        return await asyncio.to_thread(lambda: validated(schema, parse_json(raw)))
    return validated(schema, parse_json(raw))


def _is_work(raw: bytes) -> bool:
    """Whether JSON is so large, or of so many values, that others would notice."""
    return len(raw) > _THREAD_FROM or sum(map(raw.count, b",[{")) > _MANY_VALUES


def parse_json(raw: bytes) -> Any:
    """Parse JSON strictly (RFC 8259, with unique names).

    Raises ``Invalid`` for broken JSON, duplicate keys, nesting deeper than ``MAX_DEPTH``, numbers
    beyond 64 bits, NUL characters and lone surrogates.
    """
    try:
        text = raw.removeprefix(BOM).decode("utf-8")
    except UnicodeDecodeError:
        raise Invalid("The body is not UTF-8.") from None
    try:
        value = (_strict if _LONG_NUMBER.search(raw) else _decoder).decode(text)
    except RecursionError:
        raise Invalid(f"The body is nested deeper than {MAX_DEPTH} levels.") from None
    except json.JSONDecodeError as error:
        raise Invalid(
            f"The body is not valid JSON (line {error.lineno}, column {error.colno})."
        ) from None
    if raw.count(b"{") + raw.count(b"[") > MAX_DEPTH or b"\\u" in raw or b"\0" in raw:
        _check(value)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise Invalid.field(printable(key), "The key is given more than once.")
            seen.add(key)
    return found


def _integer(text: str) -> int:
    if len(text) > 20 or abs(number := int(text)) > MAX_INTEGER:
        raise Invalid("The body contains a number that is out of range.")
    return number


def _float(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")) or (not number and _NOT_ZERO.match(text)):
        raise Invalid("The body contains a number that is out of range.")
    return number


def _constant(name: str) -> Any:
    raise Invalid(f"The body is not valid JSON ({name} is not a JSON value).")


_decoder = json.JSONDecoder(object_pairs_hook=_object, parse_float=_float, parse_constant=_constant)
_strict = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_float, parse_constant=_constant
)
_LONG_NUMBER = re.compile(rb"[0-9]{19}")
"""What is in a body with an integer beyond ``MAX_INTEGER``, in which each is looked at."""


def _check(value: Any) -> None:
    waiting: list[tuple[Any, int]] = [(value, 1)]
    while waiting:
        item, depth = waiting.pop()
        if depth > MAX_DEPTH and isinstance(item, (dict, list)):
            raise Invalid(f"The body is nested deeper than {MAX_DEPTH} levels.")
        if isinstance(item, dict):
            waiting.extend((part, depth + 1) for pair in item.items() for part in pair)
        elif isinstance(item, list):
            waiting.extend((part, depth + 1) for part in item)
        elif isinstance(item, str) and ("\0" in item or SURROGATE.search(item)):
            raise Invalid("The body contains NUL characters or broken Unicode.")


def reply(answer: Mapping[str, Any], *, status: int = 200) -> web.Response:
    """Return a successful answer in the contract's envelope."""
    return JsonResponse(orjson.dumps({"success": True, **answer}), status=status)


def reply_failure(failure: Failure, request_id: str) -> web.Response:
    """Return a refusal in the contract's envelope."""
    error: dict[str, Any] = {"code": failure.code, "message": failure.message}
    if failure.details is not None:
        error["details"] = failure.details
    response = web.Response(
        body=orjson.dumps({"success": False, "error": error, "requestId": request_id}),
        status=failure.status,
        content_type=JSON,
    )
    if failure.retry_after is not None:
        response.headers["Retry-After"] = str(max(1, failure.retry_after))
    if failure.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="gassapi"'
    return response
