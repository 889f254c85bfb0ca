"""What may fail on purpose: a status, a stable code, a sentence for people, details.

Codes and statuses are the contract's error table. Raise these; one middleware turns them into
responses, and the command line prints their sentence.
"""

from typing import Any


class Failure(Exception):
    """Something that was asked for is refused.

    ``details`` is a list of ``{"field", "reason"}`` for validation, an object elsewhere.
    ``retry_after`` is in seconds.
    """

    status = 500
    code = "INTERNAL_ERROR"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        details: Any = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.details = details
        self.retry_after = retry_after


class Invalid(Failure):
    """The body or a parameter breaks its rule."""

    status = 400
    code = "VALIDATION_ERROR"

    @classmethod
    def field(cls, field: str, reason: str) -> "Invalid":
        """Return the refusal of a single field."""
        return cls("The request is not valid.", details=[{"field": field, "reason": reason}])


class Unauthenticated(Failure):
    """No, wrong, expired or revoked credentials."""

    status = 401
    code = "AUTHENTICATION_ERROR"


class Forbidden(Failure):
    """The caller is known but may not do this."""

    status = 403
    code = "AUTHORIZATION_ERROR"


class NotFound(Failure):
    """There is no such thing."""

    status = 404
    code = "NOT_FOUND"


class Conflict(Failure):
    """It clashes with what is there."""

    status = 409
    code = "CONFLICT"


class Gone(Failure):
    """What was there once is no longer: a link that is used up or too old, compacted history."""

    status = 410
    code = "TOKEN_EXPIRED"


class Stale(Failure):
    """``If-Match`` names a revision that is no longer the current one (RFC 9110, 13.1.1)."""

    status = 412
    code = "PRECONDITION_FAILED"


class TooLarge(Failure):
    """The body is larger than allowed."""

    status = 413
    code = "PAYLOAD_TOO_LARGE"


class UnsupportedMediaType(Failure):
    """The body is not JSON by its content type."""

    status = 415
    code = "UNSUPPORTED_MEDIA_TYPE"


class TooMany(Failure):
    """The caller has to slow down."""

    status = 429
    code = "RATE_LIMIT_ERROR"


class Unavailable(Failure):
    """The server cannot do it now; nothing was written."""

    status = 503
    code = "UNAVAILABLE"
