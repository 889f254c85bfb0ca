"""What an operation may be refused with: statuses, their codes, and which route gives which."""

from typing import Any

from gassapi_backend.server.access.permissions import ABOUT_NO_PROJECT, Permission
from gassapi_backend.server.errors import Code
from gassapi_backend.server.routes import ROUTES
from gassapi_backend.server.routing import Route
from gassapi_backend.server.web.reading import JSON

MEANINGS: dict[int, tuple[str, dict[Code, str]]] = {
    400: (
        "The request breaks a rule.",
        {Code.VALIDATION_ERROR: "the body is not JSON, or a field or parameter breaks its rule"},
    ),
    401: (
        "The credentials are missing, wrong or no longer valid.",
        {
            Code.AUTHENTICATION_ERROR: "no credentials, or wrong ones",
            Code.TOKEN_EXPIRED: "the access token is too old: refresh it",
            Code.TOKEN_INVALID: "the token is made up, broken or revoked",
        },
    ),
    403: (
        "The caller is known, but may not do this.",
        {
            Code.AUTHORIZATION_ERROR: "the caller may not do this",
            Code.ACCOUNT_INACTIVE: "the account is deactivated",
            Code.PASSWORD_CHANGE_REQUIRED: "somebody else set the password: change it first",
            Code.CSRF_ERROR: "a request with a cookie that no page of this server sent",
            Code.REGISTRATION_CLOSED: "accounts are made by administrators here",
        },
    ),
    404: ("There is no such thing.", {Code.NOT_FOUND: "it does not exist, or no longer does"}),
    409: (
        "It conflicts with what is there.",
        {
            Code.CONFLICT: "a name is taken, a limit is reached, or another rule is broken",
            Code.IDEMPOTENCY_CONFLICT: "the `Idempotency-Key` came with another body before",
        },
    ),
    410: (
        "It was there once, and is no longer.",
        {
            Code.TOKEN_EXPIRED: "a link that is used up or too old",
            Code.HISTORY_COMPACTED: "changes that are not kept: start again from a full read",
        },
    ),
    412: (
        "It was changed in the meantime; `details.current` is the current state.",
        {Code.PRECONDITION_FAILED: "`If-Match` names an older revision"},
    ),
    408: ("The body came too slowly.", {Code.REQUEST_TIMEOUT: "it did not come in time"}),
    413: ("The body is too large.", {Code.PAYLOAD_TOO_LARGE: "it has more bytes than allowed"}),
    415: (
        "The body is of another type.",
        {Code.UNSUPPORTED_MEDIA_TYPE: "see the types of the body"},
    ),
    429: (
        "Slow down; `Retry-After` says for how many seconds.",
        {
            Code.RATE_LIMIT_ERROR: "too many requests",
            Code.ACCOUNT_LOCKED: "too many failed attempts to sign in",
        },
    ),
    500: ("A fault of the server.", {Code.INTERNAL_ERROR: "quote the `requestId` to the operator"}),
    503: (
        "The server cannot do it now; nothing was written.",
        {Code.UNAVAILABLE: "the database is away, or the server is busy or shutting down"},
    ),
}
"""For each status what it means, and its codes with when each is given (the contract's table)."""

ALWAYS_SENT = ["X-Request-Id"]


def refusals(route: Route) -> set[int]:
    """Return the statuses a route can refuse with: from its properties, and what it adds itself."""
    found = {500, 503, *route.refuses}
    if route.is_rpc:
        found |= {400, 404, 408, 413, 415}
    if route.is_limited:
        found.add(429)
    if route.body is not None or route.query is not None or takes_key(route):
        found.add(400)
    if route.body is not None:
        found |= {408, 413, 415}
    if route.permission is not Permission.PUBLIC:
        found |= {401, 403}
    if route.permission is Permission.VALIDATE_TOKEN:
        found.add(400)
    if route.parameters or route.permission not in ABOUT_NO_PROJECT:
        found.add(404)
    if takes_key(route) or (
        route.permission is Permission.WRITE and route.method in ("PUT", "PATCH")
    ):
        found.add(409)  # what is written may be more than a project can hold
    if takes_if_match(route):
        found.add(412)
    return found


def takes_key(route: Route) -> bool:
    """Whether an ``Idempotency-Key`` means something."""
    return route.method == "POST" and not route.is_rpc


def takes_if_match(route: Route) -> bool:
    """Whether a route writes to what has a revision: it answers with it, or shows it by GET."""
    if route.takes_if_match or route.method not in ("PUT", "PATCH", "DELETE"):
        return route.takes_if_match
    return route.resource is not None or any(
        other.resource is not None and (other.method, other.full_path) == ("GET", route.full_path)
        for other in ROUTES
    )


def refusal_response(status: int) -> dict[str, Any]:
    """Return the shared description of a refusal."""
    meaning, codes = MEANINGS[status]
    listed = "\n".join(f"- `{code}`: {when}" for code, when in codes.items())
    headers = list(ALWAYS_SENT)
    if status in (429, 503):
        headers.append("Retry-After")
    if status == 401:
        headers.append("WWW-Authenticate")
    code = next(iter(codes))
    error: dict[str, Any] = {"code": code, "message": f"{codes[code].capitalize()}."}
    if status == 400:
        error["details"] = [{"field": "name", "reason": "It is required."}]
    if status == 412:
        error["details"] = {"current": {"revision": 7}}
    return {
        "description": f"{meaning}\n\n{listed}",
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in headers},
        "content": {
            JSON: {
                "schema": {"$ref": f"#/components/schemas/Refused{status}"},
                "example": {
                    "success": False,
                    "error": error,
                    "requestId": "0198c0de-0000-7000-8000-000000000001",
                },
            }
        },
    }


def refusal_schema(status: int) -> dict[str, Any]:
    """Return the schema of a refusal, with the codes that its status can have.

    It has a name, since programs that make clients give each schema without one a class of its own.
    """
    return _error_schema({"type": "string", "enum": sorted(MEANINGS[status][1])})


def _error_schema(code: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "description": "Why a request was refused.",
        "required": ["success", "error", "requestId"],
        "properties": {
            "success": {"const": False},
            "requestId": {"type": "string", "description": "The request's id in the log."},
            "error": {
                "type": "object",
                "required": ["code", "message"],
                "properties": {
                    "code": {"description": "Stable: for programs.", **code},
                    "message": {"type": "string", "description": "For people."},
                    "details": {
                        "description": "`{field, reason}` for each broken rule, or an object.",
                        "anyOf": [
                            {"type": "array", "items": {"$ref": REASON}},
                            {"type": "object", "additionalProperties": True},
                        ],
                    },
                },
            },
        },
    }


REASON = "#/components/schemas/Reason"
REASON_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "A rule that is broken.",
    "required": ["field", "reason"],
    "properties": {
        "field": {"type": "string"},
        "reason": {"type": "string"},
        "pointer": {
            "type": "string",
            "description": "Where in a document: a JSON pointer, or `line N`.",
        },
    },
}
ERROR_SCHEMA = _error_schema({"type": "string"})
"""What all refusals have in common."""
