"""Converts authentication of version 1.0, the helpers of the old app, to types of version 2.1."""

from gassapi_backend.exchange.loading.json_text import parse_json
from gassapi_backend.exchange.postman.items import Node
from gassapi_backend.exchange.postman.values import mapping
from gassapi_backend.exchange.postman.version2 import auth_parameters
from gassapi_backend.exchange.tree import Json, Unreadable


def parsed(text: str) -> Json:
    """Return the value of JSON text; ``None`` if it is not JSON."""
    try:
        return parse_json(text)[0]
    except Unreadable:
        return None


_HELPERS = {
    "apikeyAuth": ("apikey", {}),
    "basicAuth": ("basic", {}),
    "bearerAuth": ("bearer", {}),
    "digestAuth": ("digest", {}),
    "hawkAuth": (
        "hawk",
        {
            "hawk_id": "authId",
            "hawk_key": "authKey",
            "ext": "extraData",
            "dlg": "delegation",
        },
    ),
    "ntlmAuth": ("ntlm", {}),
    "oAuth1": (
        "oauth1",
        {
            "header": "addParamsToHeader",
            "auto": "autoAddParam",
            "includeEmpty": "addEmptyParamsToSign",
        },
    ),
    "oAuth2": (
        "oauth2",
        {
            "callBackUrl": "redirect_uri",
            "redirectUri": "redirect_uri",
            "clientAuth": "client_authentication",
            "grantType": "grant_type",
        },
    ),
    "awsSigV4": ("awsv4", {}),
}
_NOT_SENT = {"id", "saveToRequest", "time"}


def helper_auth(said: Node) -> Node | None:
    """Return authentication as newer exports give it, else as the old app's helper did."""
    auth = said.get("auth")
    if isinstance(auth, dict) and auth.get("type"):
        kind = auth["type"]
        found = auth.get(kind) if isinstance(kind, str) else None
        return auth | {kind: auth_parameters(found)} if isinstance(found, dict) else auth
    helper = said.get("currentHelper")
    if not isinstance(helper, str) or helper not in _HELPERS:
        return None
    kind, names = _HELPERS[helper]
    attributes = said.get("helperAttributes")
    if isinstance(attributes, str):
        attributes = parsed(attributes)
    values = {
        names.get(name, name): value
        for name, value in mapping(attributes).items()
        if name not in _NOT_SENT and not isinstance(value, (dict, list))
    }
    return {"type": kind, kind: auth_parameters(values)}
