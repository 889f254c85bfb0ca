"""Reads security schemes and requirements as ``auth``: what is sent, and what is just noted."""

from dataclasses import dataclass, field
from typing import Any

from gassapi_backend.exchange.openapi.grammar import BACKPORT
from gassapi_backend.exchange.openapi.reading.parameters import Placed
from gassapi_backend.exchange.openapi.references import References
from gassapi_backend.exchange.openapi.texts import mapping, objects, text_or_none
from gassapi_backend.exchange.tree import Entry, Json

NO_AUTH: dict[str, Json] = {"type": "none"}

_FLOWS = {
    "authorizationCode": "authorization_code",
    "application": "client_credentials",
    "clientCredentials": "client_credentials",
    "accessCode": "authorization_code",
    "implicit": "implicit",
    "password": "password",
    "deviceAuthorization": "device_code",
    BACKPORT + "deviceAuthorization": "device_code",
}


@dataclass(slots=True)
class SecurityRead:
    """What a list of requirements becomes.

    ``auth`` is ``None`` if the document says nothing. ``entries`` are the keys that have to be sent
    in addition; ``optional`` means that it works without, ``others`` that there are other ways.
    """

    auth: dict[str, Json] | None = None
    entries: list[Placed] = field(default_factory=list)
    optional: bool = False
    others: bool = False
    unsent: list[str] = field(default_factory=list)


def schemes_of(references: References) -> dict[str, Json]:
    """Return the security schemes of a document by name."""
    components = mapping(references.document.get("components"))
    schemes = mapping(components.get("securitySchemes"))
    return {name: references.follow(scheme) for name, scheme in schemes.items()}


def read_security(schemes: dict[str, Json], requirements: Json) -> SecurityRead:
    """Return what the first requirement that names a scheme demands; all of it has to be sent."""
    if not isinstance(requirements, list):
        return SecurityRead()
    alternatives = objects(requirements)
    named = [one for one in alternatives if one]
    if not named:
        return SecurityRead(auth=dict(NO_AUTH))
    chosen = next((one for one in named if all(name in schemes for name in one)), named[0])
    read = SecurityRead(optional=len(named) < len(alternatives), others=len(named) > 1)
    found = [(name, auth_of(name, schemes.get(name), scopes)) for name, scopes in chosen.items()]
    found.sort(key=lambda one: one[1]["type"] == "apiKey")  # only keys can be sent in addition
    for name, auth in found:
        _add(read, name, auth)
    return read


def _add(read: SecurityRead, name: str, auth: dict[str, Json]) -> None:
    if read.auth is None:
        read.auth = auth
    elif auth["type"] == "apiKey":
        read.entries.append(_key_entry(auth))
    else:
        read.unsent.append(name)


def _key_entry(auth: dict[str, Json]) -> Placed:
    key, value = str(auth["key"]), auth["value"]
    entry: Entry = {"key": key, "value": value, "enabled": True}
    match auth["in"]:
        case "query":
            return Placed("params", entry | {"in": "query"})
        case "cookie":
            return Placed("headers", entry | {"key": "Cookie", "value": f"{key}={value}"})
        case _:
            return Placed("headers", entry)


def variable(name: str, suffix: str = "") -> str:
    """Return the variable for a secret of a scheme; braces in its name would end it early."""
    return "{{" + name.translate({ord("{"): None, ord("}"): None}) + suffix + "}}"


def auth_of(name: str, scheme: Json, scopes: Json) -> dict[str, Json]:
    """Return the ``auth`` of a scheme; its secrets are variables named after it."""
    said = mapping(scheme)
    match said.get("type"):
        case "apiKey":
            place = said.get("in")
            place = place if place in ("query", "cookie") else "header"
            key = text_or_none(said.get("name")) or name
            return {"type": "apiKey", "key": key, "value": variable(name), "in": place}
        case "http":
            return _http(name, said)
        case "basic":
            return _basic("basic", name)
        case "oauth2":
            return _oauth2(name, said, scopes)
        case "mutualTLS":
            return {"type": "mutualTLS"}
        case _:  # openIdConnect gives a bearer token; so, most likely, does an undeclared scheme
            return {"type": "bearer", "token": variable(name)}


def _basic(kind: str, name: str) -> dict[str, Json]:
    return {
        "type": kind,
        "username": variable(name, "_username"),
        "password": variable(name, "_password"),
    }


def _http(name: str, said: dict[str, Json]) -> dict[str, Json]:
    scheme = text_or_none(said.get("scheme")) or "bearer"
    match scheme.lower():
        case "basic" | "digest" as kind:
            return _basic(kind, name)
        case "bearer":
            return {"type": "bearer", "token": variable(name)}
        case _:
            return {"type": "bearer", "token": variable(name), "prefix": scheme}


def _oauth2(name: str, said: dict[str, Json], scopes: Json) -> dict[str, Json]:
    auth: dict[str, Any] = {"type": "oauth2", "accessToken": variable(name)}
    flows = mapping(said.get("flows"))
    for key, grant in _FLOWS.items():
        flow = flows.get(key)
        if not isinstance(flow, dict):
            continue
        auth["grantType"] = grant
        for ours, theirs in (
            ("authUrl", "authorizationUrl"),
            ("accessTokenUrl", "tokenUrl"),
            ("refreshTokenUrl", "refreshUrl"),
        ):
            url = text_or_none(flow.get(theirs))
            if url:
                auth[ours] = url
        break
    wanted = (
        [scope for scope in scopes if isinstance(scope, str)] if isinstance(scopes, list) else []
    )
    if wanted:
        auth["scope"] = " ".join(wanted)
    return auth
