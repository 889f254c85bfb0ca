"""What is refused on purpose: a status, a stable code, a sentence for people, details.

Codes and statuses are the contract's error table. Raise these; one middleware turns them into
responses, and the command line prints their sentence.
"""

from enum import StrEnum
from typing import Any


class Code(StrEnum):
    """What programs know a refusal by: stable, whatever its sentence says."""

    VALIDATION_ERROR = "VALIDATION_ERROR"
    AUTHENTICATION_ERROR = "AUTHENTICATION_ERROR"
    TOKEN_EXPIRED = "TOKEN_EXPIRED"  # noqa: S105 - a code, not a token
    TOKEN_INVALID = "TOKEN_INVALID"  # noqa: S105 - a code, not a token
    AUTHORIZATION_ERROR = "AUTHORIZATION_ERROR"
    ACCOUNT_INACTIVE = "ACCOUNT_INACTIVE"
    CSRF_ERROR = "CSRF_ERROR"
    PASSWORD_CHANGE_REQUIRED = "PASSWORD_CHANGE_REQUIRED"  # noqa: S105 - a code, not a password
    REGISTRATION_CLOSED = "REGISTRATION_CLOSED"
    NOT_FOUND = "NOT_FOUND"
    METHOD_NOT_ALLOWED = "METHOD_NOT_ALLOWED"
    CONFLICT = "CONFLICT"
    IDEMPOTENCY_CONFLICT = "IDEMPOTENCY_CONFLICT"
    HISTORY_COMPACTED = "HISTORY_COMPACTED"
    PRECONDITION_FAILED = "PRECONDITION_FAILED"
    PAYLOAD_TOO_LARGE = "PAYLOAD_TOO_LARGE"
    UNSUPPORTED_MEDIA_TYPE = "UNSUPPORTED_MEDIA_TYPE"
    REQUEST_TIMEOUT = "REQUEST_TIMEOUT"
    RATE_LIMIT_ERROR = "RATE_LIMIT_ERROR"
    ACCOUNT_LOCKED = "ACCOUNT_LOCKED"
    INTERNAL_ERROR = "INTERNAL_ERROR"
    UNAVAILABLE = "UNAVAILABLE"


MAX_DETAILS = 20
"""Of one refusal: nobody reads more, and a hostile body breaks tens of thousands of rules."""


class Failure(Exception):
    """Something that was asked for is refused.

    ``details`` is a list of ``{"field", "reason"}`` for validation, of which ``MAX_DETAILS`` are
    kept, an object elsewhere.
    ``retry_after`` is in seconds.
    """

    status = 500
    code = Code.INTERNAL_ERROR

    def __init__(
        self,
        message: str,
        *,
        code: Code | None = None,
        details: Any = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.details: Any = details[:MAX_DETAILS] if isinstance(details, list) else details
        self.retry_after = retry_after


class Invalid(Failure):
    """The body or a parameter breaks its rule."""

    status = 400
    code = Code.VALIDATION_ERROR

    @classmethod
    def field(cls, field: str, reason: str) -> "Invalid":
        """Return the refusal of a single field."""
        return cls("The request is not valid.", details=[{"field": field, "reason": reason}])


class Unauthenticated(Failure):
    """No, wrong, expired or revoked credentials."""

    status = 401
    code = Code.AUTHENTICATION_ERROR


class Forbidden(Failure):
    """The caller is known but may not do this."""

    status = 403
    code = Code.AUTHORIZATION_ERROR


class NotFound(Failure):
    """There is no such thing."""

    status = 404
    code = Code.NOT_FOUND


class NoAddress(NotFound):
    """There is nothing at the address at all."""


class MethodNotAllowed(Failure):
    """There is something at the address, but it takes other methods."""

    status = 405
    code = Code.METHOD_NOT_ALLOWED


class Conflict(Failure):
    """It conflicts with what is there."""

    status = 409
    code = Code.CONFLICT


class Gone(Failure):
    """What was there once is no longer: a link that is used up or too old, compacted history."""

    status = 410
    code = Code.TOKEN_EXPIRED


class Stale(Failure):
    """``If-Match`` names a revision that is no longer the current one (RFC 9110, 13.1.1)."""

    status = 412
    code = Code.PRECONDITION_FAILED


class TooLarge(Failure):
    """The body is larger than allowed."""

    status = 413
    code = Code.PAYLOAD_TOO_LARGE


class UnsupportedMediaType(Failure):
    """By its content type, the body is not JSON."""

    status = 415
    code = Code.UNSUPPORTED_MEDIA_TYPE


class TooSlow(Failure):
    """The body did not come in time (RFC 9110, 15.5.9)."""

    status = 408
    code = Code.REQUEST_TIMEOUT


class TooMany(Failure):
    """The caller has to slow down."""

    status = 429
    code = Code.RATE_LIMIT_ERROR


class Unavailable(Failure):
    """The server cannot do it now; nothing was written."""

    status = 503
    code = Code.UNAVAILABLE


class Uncertain(Unavailable):
    """The server cannot say what became of it: what broke off may have been written."""
