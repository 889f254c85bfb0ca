"""Converts authentication between OpenCollection's types and fields and ours."""

from gassapi_backend.exchange.tree import Json
from gassapi_backend.exchange.values import mapping, text_in, text_or_none

Auth = dict[str, Json]

_TYPES = {"apikey": "apiKey", "akamai-edgegrid": "edgegrid"}
_NAMES: dict[str, dict[str, str]] = {
    "awsv4": {"accessKeyId": "accessKey", "secretAccessKey": "secretKey"},
    "oauth1": {
        "accessToken": "token",
        "accessTokenSecret": "tokenSecret",
        "callbackUrl": "callback",
    },
    "oauth2": {"authorizationUrl": "authUrl", "callbackUrl": "redirectUri"},
}
_FLOWS = {"resource_owner_password_credentials": "password_credentials"}
_CODE, _PKCE = "authorization_code", "authorization_code_with_pkce"
_PLACES = {"header": "header", "query": "query", "queryparams": "query"}
_SENT = {
    "awsv4", "basic", "wsse", "bearer", "digest", "ntlm", "apikey", "oauth1", "oauth2",
    "akamai-edgegrid",
}  # fmt: skip


def read_auth(said: Json, *, of_request: bool) -> Auth | None:
    """Return authentication; ``None`` means that it is inherited.

    Unless specified, a request sends none, and a folder hands down what it inherits.
    """
    kind = text_or_none(said.get("type")) if isinstance(said, dict) else None
    if not kind or kind in ("none", "inherit"):
        is_none = of_request and kind != "inherit" and said != "inherit"
        return {"type": "none"} if is_none else None
    names = _NAMES.get(kind, {})
    auth: Auth = {"type": _TYPES.get(kind, kind)}
    for name, value in mapping(said).items():
        if name != "type" and value is not None:
            auth[names.get(name, name)] = value
    if kind == "oauth1" and (key := mapping(auth.get("privateKey"))).get("type") == "text":
        auth["privateKey"] = text_in(key.get("value"))
    if kind == "apikey":
        auth["in"] = _PLACES.get(text_in(auth.pop("placement", None)), "header")
    if kind == "oauth2":
        _read_oauth2(auth)
    return auth


def _read_oauth2(auth: Auth) -> None:
    """Flatten what OpenCollection nests."""
    flow = text_in(auth.pop("flow", None)) or _CODE
    auth["grantType"] = _FLOWS.get(flow, flow)
    if isinstance(pkce := auth.pop("pkce", None), dict):
        if flow == _CODE and pkce.get("disabled") is not True:
            auth["grantType"] = _PKCE
        if method := text_or_none(pkce.get("method")):
            auth["challengeAlgorithm"] = method
    credentials = mapping(auth.pop("credentials", None))
    owner = mapping(auth.pop("resourceOwner", None))
    for name, value in {**credentials, **owner}.items():
        if name != "placement":
            auth[name] = value
    if place := text_or_none(credentials.get("placement")):
        auth["clientAuthentication"] = "body" if place == "body" else "header"
    placement = mapping(mapping(auth.get("tokenConfig")).get("placement"))
    if "header" in placement:
        auth["headerPrefix"] = text_in(placement["header"])
        auth["addTokenTo"] = "header"
    elif "query" in placement:
        auth["addTokenTo"] = "queryParams"


def write_auth(auth: Auth | None, base: Auth | None, said: Json) -> Json:
    """Return authentication for OpenCollection, ``inherit`` if it is inherited.

    The result is ``None`` if none is wanted, or if OpenCollection does not know the type.
    """
    if auth is None or auth.get("type") in (None, "inherit"):
        return "inherit"
    kind = _kind_of(str(auth["type"]))
    original = mapping(said)
    if original.get("type") != kind:
        base, original = None, {}
    if kind == "none" or (kind not in _SENT and not original):
        return None
    was, now = _theirs(kind, base or {}), _theirs(kind, auth)
    written = {name: one for name, one in original.items() if name in now or name not in was}
    for name, value in now.items():
        if name not in was or was[name] != value:
            written[name] = _merged(original.get(name), value)
    return {**written, "type": kind} if original else {"type": kind, **written}


def _merged(original: Json, value: Json) -> Json:
    """Return an object with our values, and with its other fields kept."""
    return original | value if isinstance(original, dict) and isinstance(value, dict) else value


def _kind_of(ours: str) -> str:
    return next((theirs for theirs, name in _TYPES.items() if name == ours), ours)


def is_known(auth: Auth | None) -> bool:
    """Whether OpenCollection can fully express this."""
    kind = _kind_of(text_in(mapping(auth).get("type")) or "inherit")
    prefix = text_in(mapping(auth).get("prefix"))
    if kind == "bearer" and prefix and prefix.lower() != "bearer":
        return False
    return kind in _SENT | {"none", "inherit"}


def _theirs(kind: str, auth: Auth) -> Auth:
    """Return our fields by OpenCollection's names."""
    if not auth:
        return {}
    names = {ours: theirs for theirs, ours in _NAMES.get(kind, {}).items()}
    written = {names.get(name, name): one for name, one in auth.items() if name != "type"}
    if kind == "apikey":
        place = written.pop("in", "header")
        written["placement"] = place if place in ("header", "query") else "header"
    if kind == "oauth1" and isinstance(written.get("privateKey"), str):
        written["privateKey"] = {"type": "text", "value": written["privateKey"]}
    if kind == "oauth2":
        return _write_oauth2(written)
    return written


_CREDENTIALS = ("clientId", "clientSecret")
_OWNER = ("username", "password")


def _write_oauth2(said: Auth) -> Auth:
    grant = text_in(said.pop("grantType", None)) or _CODE
    flow = {ours: theirs for theirs, ours in _FLOWS.items()} | {
        "password": "resource_owner_password_credentials",
        _PKCE: _CODE,
    }
    written: Auth = {"flow": flow.get(grant, grant)}
    credentials = _taken(said, _CREDENTIALS)
    if place := said.pop("clientAuthentication", None):
        credentials["placement"] = "body" if place == "body" else "basic_auth_header"
    owner = _taken(said, _OWNER)
    algorithm = said.pop("challengeAlgorithm", None)
    prefix, place = said.pop("headerPrefix", None), said.pop("addTokenTo", None)
    config = mapping(said.pop("tokenConfig", None))
    if place == "queryParams":
        placement = mapping(config.get("placement"))
        query = placement if "query" in placement else {"query": "access_token"}
        config = {**config, "placement": query}
    elif prefix is not None:
        config = {**config, "placement": {"header": prefix}}
    written |= said
    if grant == _PKCE:
        written["pkce"] = {"method": algorithm} if algorithm else {"disabled": False}
    for name, value in (
        ("credentials", credentials),
        ("resourceOwner", owner),
        ("tokenConfig", config),
    ):
        if value:
            written[name] = value
    return written


def _taken(said: Auth, names: tuple[str, ...]) -> Auth:
    return {name: said.pop(name) for name in names if name in said}
