"""Converts authentication between Insomnia's types and fields and ours."""

from gassapi_backend.exchange.insomnia.templates import read_text, write_text
from gassapi_backend.exchange.tree import Json
from gassapi_backend.exchange.values import in_strings, mapping, text_in, text_or_none

Auth = dict[str, Json]

_TYPES = {"apikey": "apiKey", "iam": "awsv4"}
_NAMES = {
    "oauth2": {
        "authorizationUrl": "authUrl",
        "redirectUrl": "redirectUri",
        "tokenPrefix": "headerPrefix",
    },
    "oauth1": {"tokenKey": "token"},
    "hawk": {"id": "authId", "key": "authKey", "ext": "extraData"},
    "iam": {"accessKeyId": "accessKey", "secretAccessKey": "secretKey"},
}
_PLACES = {"header": "header", "queryParams": "query", "cookie": "cookie"}
_GRANTS = {
    "password_credentials": "password",
    "authorization_code_with_pkce": "authorization_code",
}
_PREFIXES = {"bearer": "prefix", "oauth2": "headerPrefix"}
"""Where we keep the word before a token; left empty, Insomnia sends ``Bearer`` all the same."""
_NO_PREFIX = "NO_PREFIX"
"""What Insomnia's window writes where a token goes without such a word."""
_CODE = "authorization_code"
_PKCE = "authorization_code_with_pkce"
_SENT = {
    "basic", "bearer", "apikey", "oauth2", "oauth1", "hawk", "digest", "ntlm", "iam", "netrc",
    "asap", "none", "singleToken",
}  # fmt: skip
"""The types that Insomnia knows; its importer refuses a file with any other."""
_ALGORITHMS = {"sha1", "sha256"}
_SIGNATURES = {"HMAC-SHA1", "RSA-SHA1", "HMAC-SHA256", "PLAINTEXT"}
_NOT_TEXT = {
    "disabled", "useISO88591", "usePkce", "credentialsInBody", "useDefaultBrowser",
    "validatePayload", "includeBodyHash",
}  # fmt: skip


def is_off(said: Json) -> bool:
    """Whether there is authentication that is disabled; the folder's then applies."""
    said = mapping(said)
    return bool(said.get("type")) and said.get("disabled") is True


def read_auth(said: Json) -> Auth | None:
    """Return authentication; ``None`` means to inherit it."""
    said = mapping(said)
    kind = text_or_none(said.get("type"))
    if not kind or is_off(said):
        return None
    names = _NAMES.get(kind, {})
    auth: Auth = {"type": _TYPES.get(kind, kind)}
    for name, value in said.items():
        if name not in ("type", "disabled") and value is not None:
            auth[names.get(name, name)] = in_strings(value, read_text)
    if kind == "apikey":
        place = text_or_none(auth.pop("addTo", None))
        auth["in"] = _PLACES.get(place or "", "header")
    if kind == "oauth2":
        _read_oauth2(auth)
    if prefix := _PREFIXES.get(kind):
        _read_prefix(auth, prefix)
    return auth


def _read_prefix(auth: Auth, name: str) -> None:
    if not text_in(auth.get(name)).strip():
        auth.pop(name, None)
    elif auth[name] == _NO_PREFIX:
        auth[name] = ""


def _read_oauth2(auth: Auth) -> None:
    if auth.pop("usePkce", False) is True and auth.get("grantType") == _CODE:
        auth["grantType"] = _PKCE
    if auth.get("grantType") == "password":
        auth["grantType"] = "password_credentials"
    in_body = auth.pop("credentialsInBody", None)
    if in_body is not None:
        auth["clientAuthentication"] = "body" if in_body is True else "header"


def write_auth(auth: Auth | None, base: Auth | None, said: Json) -> Json:
    """Return authentication for Insomnia; ``{}`` where it is inherited.

    Fields that were not edited stay as they were. For a type that Insomnia does not know, only what
    was there is written.
    """
    if auth is None or auth.get("type") in (None, "inherit"):
        return {**mapping(said), "disabled": True} if is_off(said) else {}
    ours = str(auth["type"])
    kind = _kind_of(ours)
    original = mapping(said)
    if original.get("type") != kind:
        base, original = None, {}
    if kind not in _SENT and not original:
        return {}
    was = _theirs(kind, base) if base else {}
    now = _theirs(kind, auth)
    written = {name: one for name, one in original.items() if name in now or name not in was}
    for name, value in now.items():
        if name not in was or was[name] != value:
            written[name] = value
    if original.get("disabled") is True:
        del written["disabled"]
    return {**written, "type": kind} if original else {"type": kind, **written}


def _kind_of(ours: str) -> str:
    return next((theirs for theirs, name in _TYPES.items() if name == ours), ours)


def is_known(auth: Auth | None) -> bool:
    """Whether Insomnia has a way to send this."""
    return auth is None or _kind_of(str(auth.get("type"))) in _SENT | {"inherit"}


def _theirs(kind: str, auth: Auth) -> Auth:
    """Return our fields by Insomnia's names, with values that its importer takes."""
    names = {ours: theirs for theirs, ours in _NAMES.get(kind, {}).items()}
    written = {
        names.get(name, name): in_strings(value, write_text)
        for name, value in auth.items()
        if name != "type"
    }
    if kind == "apikey":
        place = written.pop("in", "header")
        written["addTo"] = next((name for name, ours in _PLACES.items() if ours == place), "header")
    if kind == "oauth2":
        _write_oauth2(written)
    if kind == "hawk" and text_in(written.get("algorithm")) not in _ALGORITHMS:
        written["algorithm"] = "sha256"
    if kind == "oauth1" and text_in(written.get("signatureMethod", "PLAINTEXT")) not in _SIGNATURES:
        written["signatureMethod"] = "HMAC-SHA1"
    for name, value in written.items():
        if name not in _NOT_TEXT and isinstance(value, (bool, int, float)):
            written[name] = text_or_none(value)
    return written


def _write_oauth2(written: Auth) -> None:
    if written.get("tokenPrefix") == "":
        written["tokenPrefix"] = _NO_PREFIX
    grant = written.get("grantType")
    if grant == _PKCE:
        written["usePkce"] = True
    written["grantType"] = _GRANTS.get(str(grant), grant) if grant else _CODE
    place = written.pop("clientAuthentication", None)
    if place is not None:
        written["credentialsInBody"] = place == "body"
