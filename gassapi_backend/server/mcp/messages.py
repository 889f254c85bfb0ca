"""JSON-RPC over HTTP: what a body contains, and how it is answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import web

from gassapi_backend.server.web.answers import JsonResponse
from gassapi_backend.server.web.reading import JSON

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603
HEADER_MISMATCH = -32020
UNSUPPORTED_VERSION = -32022

Id = str | int | None


class ProtocolError(Exception):
    """A message is answered with a protocol error, not with a result.

    ``status`` is that of the HTTP response.
    """

    def __init__(
        self, code: int, message: str, *, data: Any = None, id_: Id = None, status: int = 400
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data = data
        self.id = id_
        self.status = status


@dataclass(frozen=True, slots=True)
class Message:
    """A request: one message with an id, which gets one answer."""

    id: str | int
    method: str
    params: dict[str, Any] | None
    raw: Mapping[str, Any]


def read_message(body: Any) -> Message | None:
    """Return the request in a body; ``None`` for a notification or a client's response.

    Raises ``ProtocolError`` for anything else.
    """
    if isinstance(body, list):
        raise ProtocolError(INVALID_REQUEST, "Batches are not accepted: send messages one by one.")
    if not isinstance(body, dict) or body.get("jsonrpc") != "2.0":
        raise ProtocolError(
            INVALID_REQUEST, 'The body must be a single JSON-RPC message, with "jsonrpc": "2.0".'
        )
    if "method" not in body and ("result" in body or "error" in body):
        return None
    method, params = body.get("method"), body.get("params")
    if not isinstance(method, str):
        raise ProtocolError(INVALID_REQUEST, "The message must name its method.")
    id_ = body.get("id")
    if "id" in body and (isinstance(id_, bool) or not isinstance(id_, (str, int))):
        raise ProtocolError(INVALID_REQUEST, "The id must be a string or an integer.")
    if params is not None and not isinstance(params, dict):
        raise ProtocolError(INVALID_REQUEST, "The params must be an object.", id_=id_)
    if id_ is None:
        return None
    return Message(id_, method, params, body)


def reply_result(id_: Id, result: Any) -> web.Response:
    """Return the answer to a request; ``result`` may hold parts that are JSON already."""
    body = orjson.dumps({"jsonrpc": "2.0", "id": id_, "result": result})
    return JsonResponse(body)


def reply_error(error: ProtocolError) -> web.Response:
    """Return a protocol error."""
    said: dict[str, Any] = {"code": error.code, "message": error.message}
    if error.data is not None:
        said["data"] = error.data
    body = orjson.dumps({"jsonrpc": "2.0", "id": error.id, "error": said})
    return web.Response(body=body, status=error.status, content_type=JSON)
