"""Writes ``auth`` as security schemes: the scheme of an authentication, without its secrets."""

import re
from dataclasses import dataclass, field

from gassapi_backend.exchange.openapi.reading.security import variable
from gassapi_backend.exchange.openapi.references import References
from gassapi_backend.exchange.openapi.texts import mapping, text_or_none
from gassapi_backend.exchange.tree import Json

_SECRETS = frozenset(
    {"password", "token", "value", "accessToken", "refreshToken", "clientSecret", "secret"}
    | {"secretKey", "sessionToken", "accessKey", "consumerSecret", "tokenSecret", "authKey"}
    | {"privateKey", "authId", "idToken", "code", "state"}
)
_ONLY_VARIABLES = re.compile(r"(?:\{\{[^{}]*\}\})*")
_GRANTS = {
    "authorization_code": ("authorizationCode", ("authorizationUrl", "tokenUrl")),
    "authorization_code_with_pkce": ("authorizationCode", ("authorizationUrl", "tokenUrl")),
    "client_credentials": ("clientCredentials", ("tokenUrl",)),
    "password": ("password", ("tokenUrl",)),
    "password_credentials": ("password", ("tokenUrl",)),
    "implicit": ("implicit", ("authorizationUrl",)),
}
_URLS = {
    "authorizationUrl": "authUrl",
    "tokenUrl": "accessTokenUrl",
    "refreshUrl": "refreshTokenUrl",
}


@dataclass(slots=True)
class Schemes:
    """The security schemes of a document; those that requests need are added."""

    schemes: dict[str, Json]
    references: References
    _added: set[str] = field(default_factory=set)

    def requirement(self, auth: dict[str, Json]) -> list[Json]:
        """Return ``security`` for an authentication; a new scheme is added."""
        if auth.get("type") == "none":
            return []
        wanted, name = scheme_of(auth)
        found = self._name_of(wanted) or self._add(name, wanted)
        return [{found: self._scopes(found, auth) if wanted["type"] == "oauth2" else []}]

    def _scopes(self, name: str, auth: dict[str, Json]) -> list[Json]:
        """Return the requested scopes; a scheme of ours lists them all."""
        scopes: list[Json] = list(_scopes(auth))
        if name in self._added:
            for flow in self.schemes[name]["flows"].values():
                flow["scopes"] |= dict.fromkeys(scopes, "")
        return scopes

    def _name_of(self, wanted: dict[str, Json]) -> str | None:
        return next(
            (
                name
                for name, raw in self.schemes.items()
                if _says(self.references.follow(raw), wanted)
            ),
            None,
        )

    def _add(self, name: str, wanted: dict[str, Json]) -> str:
        free, number = name, 1
        while free in self.schemes:
            number += 1
            free = f"{name}{number}"
        self.schemes[free] = wanted
        self._added.add(free)
        return free


def _says(scheme: dict[str, Json], wanted: dict[str, Json]) -> bool:
    """Whether a scheme is the wanted one, apart from its scopes and other details."""
    return all(_plain(key, scheme.get(key)) == _plain(key, wanted[key]) for key in wanted)


def _plain(key: str, value: Json) -> Json:
    if key == "flows":
        return _without_scopes(value)
    return str(value).lower() if key == "scheme" else value


def _without_scopes(flows: Json) -> dict[str, Json]:
    return {
        name: {key: value for key, value in mapping(flow).items() if key != "scopes"}
        for name, flow in mapping(flows).items()
    }


def _scopes(auth: dict[str, Json]) -> list[str]:
    scope = auth.get("scope")
    return scope.split() if isinstance(scope, str) else []


def scheme_of(auth: dict[str, Json]) -> tuple[dict[str, Json], str]:
    """Return the security scheme of an authentication, and its name."""
    match auth.get("type"):
        case "apiKey":
            place = auth.get("in")
            place = place if place in ("query", "cookie") else "header"
            key = text_or_none(auth.get("key")) or "X-Api-Key"
            return {"type": "apiKey", "in": place, "name": key}, "apiKeyAuth"
        case "basic" | "digest" as kind:
            return {"type": "http", "scheme": kind}, f"{kind}Auth"
        case "oauth2":
            return _oauth2(auth)
        case "jwt":
            return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}, "jwtAuth"
        case "awsv4":
            scheme = {"type": "apiKey", "in": "header", "name": "Authorization"}
            return scheme | {"x-amazon-apigateway-authtype": "awsSigv4"}, "awsAuth"
        case "oauth1":
            return {"type": "http", "scheme": "OAuth"}, "oauth1Auth"
        case "ntlm":
            return {"type": "http", "scheme": "NTLM"}, "ntlmAuth"
        case "hawk":
            return {"type": "http", "scheme": "Hawk"}, "hawkAuth"
        case "mutualTLS":
            return {"type": "mutualTLS"}, "mutualTLS"
        case "bearer":
            prefix = text_or_none(auth.get("prefix")) or "bearer"
            scheme_name = "bearer" if prefix.lower() == "bearer" else prefix
            return {"type": "http", "scheme": scheme_name}, "bearerAuth"
        case kind:
            name = re.sub(r"[^A-Za-z0-9._-]", "", str(kind)) or "custom"
            return {"type": "http", "scheme": name}, f"{name}Auth"


def _oauth2(auth: dict[str, Json]) -> tuple[dict[str, Json], str]:
    """Return an OAuth scheme; without URLs, it becomes the bearer token that is sent."""
    grant = text_or_none(auth.get("grantType")) or "authorization_code"
    name, needed = _GRANTS.get(grant, ("", ()))
    flow: dict[str, Json] = {}
    for theirs, ours in _URLS.items():
        url = text_or_none(auth.get(ours))
        if url and (theirs in needed or theirs == "refreshUrl") and _is_url(url):
            flow[theirs] = url
    if not name or not all(key in flow for key in needed):
        return {"type": "http", "scheme": "bearer"}, "bearerAuth"
    flow["scopes"] = dict.fromkeys(_scopes(auth), "")
    return {"type": "oauth2", "flows": {name: flow}}, "oauth2Auth"


def _is_url(url: str) -> bool:
    return re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s{}<>\"\\^`|]+", url) is not None


def shareable(auth: dict[str, Json]) -> dict[str, Json]:
    """Return an authentication without secrets: variables stay, values become variables."""
    found = dict(auth)
    for key in _SECRETS & auth.keys():
        value = auth[key]
        if not isinstance(value, str) or not _ONLY_VARIABLES.fullmatch(value):
            found[key] = variable(key)
    return found


def is_same_scheme(one: dict[str, Json] | None, other: dict[str, Json] | None) -> bool:
    """Whether two authentications differ at most in their values."""
    if one is None or other is None or "none" in (one.get("type"), other.get("type")):
        return False
    return scheme_of(one)[0] == scheme_of(other)[0] and _scopes(one) == _scopes(other)


def has_secrets(auth: Json) -> bool:
    """Whether an authentication holds a secret itself, and not just a variable for it."""
    said = mapping(auth)
    return shareable(said) != said
