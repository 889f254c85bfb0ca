"""Handles what Postman collections cannot hand down: headers, and a key sent as a cookie."""

from dataclasses import dataclass, field, replace

from gassapi_backend.exchange.cookies import is_cookie, with_cookie
from gassapi_backend.exchange.loading import text_of
from gassapi_backend.exchange.postman.values import is_on
from gassapi_backend.exchange.tree import Entry, Folder, Json, Request

Auth = dict[str, Json]


@dataclass(frozen=True, slots=True)
class Inherited:
    """The headers and the authentication that the items of a folder inherit."""

    headers: list[Entry] = field(default_factory=list)
    auth: Auth | None = None


def handed_down(folder: Folder, inherited: Inherited) -> Inherited:
    """Return what the items of a folder inherit; the nearest header of a name wins."""
    own = [entry for entry in folder.headers if is_on(entry)]
    names = set(map(_name, own))
    farther = [entry for entry in inherited.headers if _name(entry) not in names]
    return Inherited([*farther, *own], folder.auth if _is_said(folder.auth) else inherited.auth)


def _name(entry: Entry) -> str:
    return text_of(entry.get("key")).lower()


def _is_said(auth: Auth | None) -> bool:
    return auth is not None and auth.get("type") not in (None, "inherit")


def with_inherited(request: Request, inherited: Inherited) -> Request:
    """Return a request that contains what Postman could not hand down to it."""
    names = {_name(entry) for entry in request.headers if is_on(entry)}
    headers = [entry for entry in inherited.headers if _name(entry) not in names]
    auth = request.auth if _is_said(request.auth) else inherited.auth
    if not headers and not is_cookie(auth):
        return request
    headers = [*headers, *request.headers]
    if not is_cookie(auth) or auth is None:
        return replace(request, headers=headers)
    own = {"type": "none"} if is_cookie(request.auth) else request.auth
    return replace(request, headers=with_cookie(headers, auth), auth=own)
