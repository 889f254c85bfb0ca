"""What cannot be read as HTTP is refused in the contract's shape, not in aiohttp's."""

from typing import Any

import structlog
from aiohttp import web

from gassapi_backend.models import new_id
from gassapi_backend.server.errors import Failure, Invalid
from gassapi_backend.server.web.headers import HEADERS, SERVER
from gassapi_backend.server.web.reading import reply_failure

_log = structlog.get_logger("gassapi.request")


def refuse_in_our_shape() -> None:
    """Replace aiohttp's answer to broken requests, for all servers of this process.

    It is plain text that names aiohttp's version, and a traceback in the log for everyone who
    speaks something other than HTTP. aiohttp offers no other hook: such a request has no route.
    """
    web.RequestHandler.handle_error = _handle_error  # type: ignore[method-assign]  # meant
    web.RequestHandler.log_exception = _log_exception  # type: ignore[method-assign]  # meant


def _log_exception(self: web.RequestHandler, *args: Any, **details: Any) -> None:
    """Log what aiohttp could not deal with; a body that is broken is its sender's affair.

    It is noticed after the answer, where nobody needed the body.
    """
    if isinstance(details.get("exc_info"), web.RequestPayloadError):
        _log.info("broken body", reason=type(details["exc_info"]).__name__)
    else:
        self.logger.exception(*args, **details)


def _handle_error(
    self: web.RequestHandler,
    request: web.BaseRequest,
    status: int = 500,
    exc: BaseException | None = None,
    message: str | None = None,
) -> web.StreamResponse:
    if request.writer.output_size > 0:
        raise ConnectionError("The answer has begun already.")
    request_id = new_id()
    if status == 400:
        failure: Failure = Invalid("This is not a valid HTTP request.")
        _log.info("not http", reason=type(exc).__name__, ip=request.remote, requestId=request_id)
    else:
        failure = Failure("Something went wrong here. Quote the request id to your operator.")
        _log.error("unexpected error", exc_info=exc, requestId=request_id)
    response = reply_failure(failure, request_id)
    response.headers.update({**HEADERS, "Server": SERVER, "X-Request-Id": request_id})
    response.force_close()
    return response
