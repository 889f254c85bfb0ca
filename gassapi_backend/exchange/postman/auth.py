"""Converts authentication between Postman's types and parameters and ours."""

from gassapi_backend.exchange.postman.values import key_of, listed, mapping, text_or_none
from gassapi_backend.exchange.postman.version2 import auth_parameters, type_of
from gassapi_backend.exchange.tree import Json

Auth = dict[str, Json]

_TYPES = {"noauth": "none", "apikey": "apiKey"}
_NAMES = {
    "oauth2": {
        "grant_type": "grantType",
        "redirect_uri": "redirectUri",
        "client_authentication": "clientAuthentication",
        "code_verifier": "codeVerifier",
    },
    "hawk": {"appId": "app"},
}
_GRANTS = {"password_credentials": "password"}
_BACK = {ours: theirs for theirs, ours in _TYPES.items()}
_KNOWN = {
    "apikey",
    "asap",
    "awsv4",
    "basic",
    "bearer",
    "digest",
    "edgegrid",
    "hawk",
    "jwt",
    "noauth",
    "ntlm",
    "oauth1",
    "oauth2",
}
"""Postman's names for its types; it does not send others."""


def read_auth(said: Json) -> Auth | None:
    """Return authentication; ``None`` means that it is inherited, ``none`` that none is wanted."""
    kind = text_or_none(mapping(said).get("type"))
    if not kind:
        return None
    if kind == "noauth":
        return {"type": "none"}
    auth: Auth = {"type": _TYPES.get(kind, kind)}
    names = _NAMES.get(kind, {})
    for name, value in parameters(said, kind):
        if name != "type":
            auth[names.get(name, name)] = _value(name, value)
    if kind == "apikey":
        auth["in"] = "query" if auth.get("in") == "query" else "header"
    return auth


def _value(name: str, value: Json) -> Json:
    if name == "grant_type" and isinstance(value, str):
        return _GRANTS.get(value, value)
    return "" if value is None else value


def parameters(said: Json, kind: str) -> list[tuple[str, Json]]:
    """Return the parameters of a type, a list of entries (2.1) or an object (2.0)."""
    found = said.get(kind)
    if isinstance(found, dict):
        return [*found.items()]
    return [(key, one.get("value")) for one in listed(found) if (key := key_of(one))]


def is_sent_by_postman(auth: Auth) -> bool:
    """Whether Postman knows how to send this, as we write it."""
    kind = str(auth.get("type"))
    return _BACK.get(kind, kind) in _KNOWN | {"inherit"} and auth.get("in") != "cookie"


def write_auth(auth: Auth | None, base: Auth | None, said: Json) -> Json:
    """Return authentication for Postman; ``None`` where it is inherited.

    Parameters that were not edited keep their other properties.
    """
    if auth is None or auth.get("type") in (None, "inherit"):
        return None
    if auth["type"] == "none":
        return {"type": "noauth"}
    if prefixed := _with_prefix(auth):
        auth = prefixed
    kind = _BACK.get(auth["type"], str(auth["type"]))
    original = mapping(said)
    if original.get("type") != kind:
        base, original = None, {}
    return original | {"type": kind, kind: _parameters(kind, auth, base or {}, original)}


def _with_prefix(auth: Auth) -> Auth | None:
    """Return a bearer token with another prefix as a header."""
    prefix = auth.get("prefix")
    if auth["type"] != "bearer" or not prefix or str(prefix).lower() == "bearer":
        return None
    value = f"{prefix} {auth.get('token', '')}"
    return {"type": "apiKey", "key": "Authorization", "value": value, "in": "header"}


def _parameters(kind: str, auth: Auth, base: Auth, original: Json) -> list[Json]:
    names = {ours: theirs for theirs, ours in _NAMES.get(kind, {}).items()}
    left = {
        names.get(name, name): value
        for name, value in auth.items()
        if name != "type" and not (kind == "bearer" and name == "prefix")
    }
    before = {names.get(name, name): value for name, value in base.items()}
    for grant, ours in _GRANTS.items():
        if left.get("grant_type") == ours:
            left["grant_type"] = grant
        if before.get("grant_type") == ours:
            before["grant_type"] = grant
    if kind == "apikey" and left.get("in", "header") == "header" and not _says_in(original):
        left.pop("in", None)
    written: list[Json] = []
    for one in _entries(original, kind):
        key = key_of(one)
        if key not in left:
            continue
        value = left.pop(key)
        unchanged = key in before and before[key] == value
        written.append(one if unchanged else one | {"value": value, "type": type_of(value)})
    return written + [
        {"key": key, "value": value, "type": type_of(value)} for key, value in left.items()
    ]


def _says_in(original: Json) -> bool:
    return any(key_of(one) == "in" for one in _entries(original, "apikey"))


def _entries(original: Json, kind: str) -> list[dict[str, Json]]:
    found = original.get(kind)
    if isinstance(found, dict):
        return auth_parameters(found)
    return [one for one in listed(found) if isinstance(one, dict)]
