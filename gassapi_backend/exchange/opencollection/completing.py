"""Puts into headers what OpenCollection has no other place for: types of text, keys in cookies."""

from dataclasses import replace

from gassapi_backend.exchange.content_types import without_contradiction
from gassapi_backend.exchange.cookies import is_cookie, with_cookie
from gassapi_backend.exchange.resolving.bodies import CONTENT_TYPES
from gassapi_backend.exchange.tree import Entry, Folder, Json, Request
from gassapi_backend.exchange.values import value_of
from gassapi_backend.exchange.writing import own_origin

ONLY_TEXT = ("html", "javascript")
"""Kinds of bodies that are just text in OpenCollection, and are known by their media type."""

_NO_AUTH = {"type": "none"}


def completed(
    folder: Folder, above: list[Entry] | None = None, auth: dict[str, Json] | None = None
) -> Folder:
    """Return a collection whose requests say what its format would not send otherwise.

    ``above`` are the headers that it inherits, ``auth`` the credentials.
    """
    headers = [*(above or []), *folder.headers]
    auth = folder.auth if folder.auth and folder.auth.get("type") != "inherit" else auth
    items = [
        completed(one, headers, auth)
        if isinstance(one, Folder)
        else _with_cookie(_with_type(one, headers), headers, auth)
        for one in folder.items
    ]
    return replace(folder, items=items, auth=None if is_cookie(folder.auth) else folder.auth)


def _with_type(request: Request, above: list[Entry]) -> Request:
    if own_origin(request, "opencollection", "bruno") is None:
        request = without_contradiction(request)
    kind = request.body_type or ""
    if kind not in ONLY_TEXT or not request.body:
        return request
    if value_of([*above, *request.headers], "content-type"):
        return request
    header = {"key": "Content-Type", "value": CONTENT_TYPES[kind], "enabled": True}
    return replace(request, headers=[*request.headers, header])


def _with_cookie(
    request: Request, above: list[Entry], inherited: dict[str, Json] | None
) -> Request:
    own = request.auth if request.auth and request.auth.get("type") != "inherit" else None
    auth = own or inherited
    if auth is None or not is_cookie(auth):
        return request
    headers = request.headers
    if (cookies := value_of(above, "cookie")) and not value_of(headers, "cookie"):
        headers = [*headers, {"key": "Cookie", "value": cookies, "enabled": True}]
    return replace(request, headers=with_cookie(headers, auth), auth=_NO_AUTH)
