"""Converts authentication from Hoppscotch's types and fields to ours."""

from gassapi_backend.exchange.hoppscotch.values import mapping, text_or_none, with_our_variables
from gassapi_backend.exchange.loading import text_of
from gassapi_backend.exchange.tree import Json

Auth = dict[str, Json]

NONE: Auth = {"type": "none"}

_TYPES: dict[str, tuple[str, dict[str, str]]] = {
    "basic": ("basic", {}),
    "bearer": ("bearer", {}),
    "api-key": ("apiKey", {"addTo": "in"}),
    "oauth-2": (
        "oauth2",
        {
            "token": "accessToken",
            "authURL": "authUrl",
            "authEndpoint": "authUrl",
            "accessTokenURL": "accessTokenUrl",
            "tokenEndpoint": "accessTokenUrl",
            "clientID": "clientId",
            "scopes": "scope",
            "addTo": "addTokenTo",
        },
    ),
    "aws-signature": (
        "awsv4",
        {"serviceName": "service", "serviceToken": "sessionToken", "addTo": "addAuthDataToQuery"},
    ),
    "digest": (
        "digest",
        {"nc": "nonceCount", "cnonce": "clientNonce", "disableRetry": "disableRetryRequest"},
    ),
    "hawk": ("hawk", {"ext": "extraData", "dlg": "delegation"}),
    "akamai-eg": ("edgegrid", {"host": "baseURL"}),
    "jwt": ("jwt", {"addTo": "addTokenTo", "paramName": "queryParamKey", "jwtHeaders": "header"}),
}
_GRANTS = {
    "AUTHORIZATION_CODE": "authorization_code",
    "CLIENT_CREDENTIALS": "client_credentials",
    "PASSWORD": "password",
    "IMPLICIT": "implicit",
}
_CLIENT = {"AS_BASIC_AUTH_HEADERS": "header", "IN_BODY": "body"}


def read_auth(said: Json) -> Auth | None:
    """Return authentication; ``None`` means that it is inherited, ``none`` that none is wanted.

    If it is disabled, nothing is sent, not even what would be inherited.
    """
    said = mapping(said)
    kind = text_or_none(said.get("authType"))
    if not kind:
        return None
    if kind == "none" or said.get("authActive") is False:
        return dict(NONE)
    if kind == "inherit":
        return None
    ours, names = _TYPES.get(kind, (kind, {}))
    auth: Auth = {"type": ours}
    fields = {**said, **(mapping(said.get("grantTypeInfo")) if ours == "oauth2" else {})}
    for name, value in fields.items():
        if name in ("authType", "authActive", "grantTypeInfo", "type"):
            continue
        target = names.get(name, name)
        auth[target] = _value(target, name, value)
    if kind == "oauth-2" and auth.pop("isPKCE", False) is True:
        auth["grantType"] = "authorization_code_with_pkce"
    return auth


def _value(target: str, name: str, value: Json) -> Json:
    if name == "addTo":
        in_query = text_of(value).lower().startswith("query")
        places = {
            "addAuthDataToQuery": in_query,
            "addTokenTo": "queryParams" if in_query else "header",
        }
        return places.get(target, "query" if in_query else "header")
    if target == "grantType":
        return _GRANTS.get(text_of(value), text_of(value).lower())
    if target == "clientAuthentication":
        return _CLIENT.get(text_of(value), text_of(value))
    if value is None:
        return ""
    return with_our_variables(value) if isinstance(value, str) else value


def old_auth(said: dict[str, Json]) -> Auth | None:
    """Return authentication of a request of version 0."""
    match said.get("auth"):
        case "Basic Auth":
            fields = {"username": said.get("httpUser"), "password": said.get("httpPassword")}
            return {"type": "basic"} | {name: _text(value) for name, value in fields.items()}
        case "Bearer Token" | "OAuth 2.0":
            return {"type": "bearer", "token": _text(said.get("bearerToken"))}
        case "None":
            return dict(NONE)
        case _:
            return None


def _text(value: Json) -> str:
    return with_our_variables(text_of(value))
