"""Requests that have an Authorization header as well as credentials.

curl, Insomnia and Hoppscotch then send the header, and no credentials in any header; Postman and we
send the credentials. What is not sent is switched off on the way in and out.
"""

from collections.abc import Sequence
from dataclasses import replace

from gassapi_backend.exchange.resolving.auth import effective_auth
from gassapi_backend.exchange.tree import Entry, Folder, Json, Note, Request, What
from gassapi_backend.exchange.values import is_on

_REASON = (
    "its Authorization header is sent, and its authentication is not: "
    "it is kept, and switched off here"
)


def prefer_headers(collection: Folder) -> list[Note]:
    """Switch off the credentials that a header replaces; return a note on each of them."""
    return [
        _switched_off(one)
        for one, above in collection.requests_in_order()
        if _is_replaced(one, above)
    ]


def _is_replaced(request: Request, above: Sequence[Folder]) -> bool:
    auth = effective_auth(request, above)
    if auth is None or _place(auth) != "header":
        return False
    handed = [entry for folder in above for entry in folder.headers]
    return any(_is_authorization(entry) for entry in [*request.headers, *handed])


def _is_authorization(entry: Entry) -> bool:
    return is_on(entry) and str(entry.get("key")).strip().lower() == "authorization"


def _place(auth: dict[str, Json]) -> str:
    if auth.get("type") == "apiKey":
        return str(auth.get("in") or "header")
    in_query = auth.get("addTokenTo") == "queryParams" or auth.get("addAuthDataToQuery") is True
    return "query" if in_query else "header"


def _switched_off(request: Request) -> Note:
    request.auth = {"type": "none"}
    origin = request.origin
    if origin is not None:
        origin.base["auth"] = request.auth
    pointer = origin.pointer if origin else ""
    return Note(What.KEPT, "endpoint", request.name, pointer, _REASON)


def prefer_credentials(collection: Folder) -> Folder:
    """Return a collection for tools that prefer such a header: it is left where we send it."""
    if not any(_is_replaced(one, above) for one, above in collection.requests_in_order()):
        return collection
    return _settled(collection, [], [])


def _settled(folder: Folder, above: Sequence[Folder], handed: list[Entry]) -> Folder:
    """Return a folder without such a header, which goes to the requests that are sent with it."""
    inside = [*above, folder]
    handed = [one for one in folder.headers if _is_authorization(one)] or handed
    items: list[Folder | Request] = [
        _settled(one, inside, handed)
        if isinstance(one, Folder)
        else replace(one, **_fields(one, inside, handed))
        for one in folder.items
    ]
    headers = [one for one in folder.headers if not _is_authorization(one)]
    return replace(folder, headers=headers, items=items)


def _fields(request: Request, above: Sequence[Folder], handed: list[Entry]) -> dict[str, Json]:
    """Return the fields of a request that have to be others."""
    headers = request.headers
    is_own = any(map(_is_authorization, headers))
    if not _is_replaced(request, above):
        return {} if is_own or not handed else {"headers": [*handed, *headers]}
    auth = effective_auth(request, above) or {}
    key = str(auth.get("key") or "")
    if auth.get("type") != "apiKey" or key.lower() == "authorization":
        return {
            "headers": [
                one | {"enabled": False} if _is_authorization(one) else one for one in headers
            ]
        }
    header: Entry = {"key": key, "value": str(auth.get("value") or ""), "enabled": True}
    others = [one for one in headers if str(one.get("key")).lower() != key.lower()]
    return {"headers": [*([] if is_own else handed), *others, header], "auth": {"type": "none"}}
