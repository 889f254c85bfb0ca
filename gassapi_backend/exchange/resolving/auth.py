"""Credentials: which ones apply to a request, and what they add to it."""

from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gassapi_backend.exchange.tree import Folder, Json, Request

Auth = dict[str, Json]


@dataclass(frozen=True, slots=True)
class Credential:
    """What credentials add to a request: ``place`` is header, query or cookie."""

    place: str
    key: str
    value: str


def effective_auth(request: Request, above: Sequence[Folder]) -> Auth | None:
    """Return the effective credentials: the request's own, else those of the nearest folder.

    ``None`` means no credentials, whether on purpose or not.
    """
    nodes: list[Request | Folder] = [request, *reversed(above)]
    for node in nodes:
        if node.auth is not None and node.auth.get("type", "inherit") != "inherit":
            return None if node.auth["type"] == "none" else node.auth
    return None


def credential(auth: Auth) -> Credential | None:
    """Return what filled credentials add; ``None`` if that is only computed on sending.

    That applies to all types but basic, bearer, API key, and OAuth 2 with a token at hand; and to
    basic ones in which a variable has no value yet. Empty credentials add nothing.
    """
    make = _MAKERS.get(str(auth.get("type")))
    return make(auth) if make else None


def _text(auth: Auth, *names: str) -> str:
    return next((str(auth[name]) for name in names if auth.get(name) not in (None, "")), "")


def _basic(auth: Auth) -> Credential | None:
    pair = f"{_text(auth, 'username')}:{_text(auth, 'password')}"
    if "{{" in pair or pair == ":":
        return None
    return Credential("header", "Authorization", f"Basic {b64encode(pair.encode()).decode()}")


def _bearer(auth: Auth) -> Credential | None:
    token = _text(auth, "token")
    prefix = str(auth.get("prefix", "Bearer") or "")
    return Credential("header", "Authorization", f"{prefix} {token}".strip()) if token else None


def _api_key(auth: Auth) -> Credential | None:
    place = auth.get("in") if auth.get("in") in ("query", "cookie") else "header"
    key = _text(auth, "key")
    return Credential(str(place), key, _text(auth, "value")) if key else None


def _oauth2(auth: Auth) -> Credential | None:
    token = _text(auth, "accessToken", "access_token", "token")
    if not token:
        return None
    if _text(auth, "addTokenTo", "in") in ("queryParams", "query"):
        return Credential("query", "access_token", token)
    prefix = str(auth.get("headerPrefix", auth.get("prefix", "Bearer")) or "")
    return Credential("header", "Authorization", f"{prefix} {token}".strip())


_MAKERS: dict[str, Callable[[Auth], Credential | None]] = {
    "basic": _basic,
    "bearer": _bearer,
    "apiKey": _api_key,
    "oauth2": _oauth2,
}
