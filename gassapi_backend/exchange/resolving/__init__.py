"""A saved request as it is sent: inheritance, variables, path, query, credentials, body."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from gassapi_backend.exchange.resolving.auth import Auth, credential, effective_auth
from gassapi_backend.exchange.resolving.bodies import (
    FORM,
    MULTIPART,
    SentBody,
    contradicts,
    sent_body,
)
from gassapi_backend.exchange.resolving.urls import with_path, with_query
from gassapi_backend.exchange.resolving.variables import (
    Scope,
    Shown,
    scope_of,
    unless_masked,
    unless_secret,
    value_of,
)
from gassapi_backend.exchange.tree import Document, Entry, Folder, Json, Request, Variable

__all__ = [
    "Resolved",
    "Scope",
    "fill_in",
    "resolve",
    "scope_of",
    "unless_masked",
    "unless_secret",
    "value_of",
]

_LINE_BREAKS = re.compile(r"[\r\n\x00]+")


@dataclass(slots=True)
class Resolved:
    """A request as it is sent.

    ``headers`` are in order, including those of the credentials and the body. ``auth`` holds the
    effective credentials, with variables filled in; ``is_auth_applied`` says whether headers,
    cookies and URL include them: types other than basic, bearer and API key are only computed when
    a request is sent. The other lists are names of variables: see ``Scope``.
    """

    method: str
    url: str
    headers: list[tuple[str, str]]
    body: SentBody
    auth: Auth | None = None
    is_auth_applied: bool = True
    unresolved: list[str] = field(default_factory=list)
    dynamic: list[str] = field(default_factory=list)
    withheld: list[str] = field(default_factory=list)
    cycles: list[tuple[str, ...]] = field(default_factory=list)

    def header(self, name: str) -> str | None:
        """Return the value of the first header of a name, regardless of case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


def resolve(
    request: Request,
    above: Sequence[Folder] = (),
    environment: Iterable[Variable] | None = None,
    *,
    shown: Shown = value_of,
    is_auth_added: bool = True,
) -> Resolved:
    """Return a request as it is sent from below some folders, given outermost first.

    The nearest credentials, headers and variables win; an environment's variables override those of
    folders. ``shown`` gives what replaces a variable, so that secret ones can be left out
    (``unless_secret``). Without ``is_auth_added``, credentials are reported but not added. Nothing
    is raised: a reference without a value stays as it is written, and is listed.
    """
    scope = scope_of(above, environment, shown)
    url = scope.fill(with_path(request.url, request.params, scope.fill))
    url = with_query(url, [scope.fill_all(entry) for entry in request.params])
    body = sent_body(request, scope)
    headers = _of_body(body, _headers(request, above, scope))
    auth = scope.fill_all(effective_auth(request, above))
    resolved = Resolved(request.method, url, headers, body, auth)
    if auth is not None:
        resolved.is_auth_applied = is_auth_added and _apply(auth, resolved)
    if body.content_type and resolved.header("Content-Type") is None:
        resolved.headers.append(("Content-Type", body.content_type))
    for name in ("unresolved", "dynamic", "withheld", "cycles"):
        setattr(resolved, name, getattr(scope, name))
    return resolved


def _headers(request: Request, above: Sequence[Folder], scope: Scope) -> list[tuple[str, str]]:
    """Return inherited and own headers; for each name, all entries of the nearest level win."""
    found: list[tuple[str, str]] = []
    for entries in (*(folder.headers for folder in above), request.headers):
        own = [_header(entry, scope) for entry in entries if _is_on(entry)]
        names = {key.lower() for key, _ in own}
        found = [pair for pair in found if pair[0].lower() not in names] + own
    return found


def _of_body(body: SentBody, headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return headers without a content type that would keep anybody from reading a form."""
    kind = MULTIPART if body.form is not None else FORM if body.fields else None
    return [
        (key, value)
        for key, value in headers
        if key.lower() != "content-type" or not contradicts(value, kind)
    ]


def _is_on(entry: Entry) -> bool:
    return bool(entry.get("enabled", True)) and bool(str(entry.get("key") or "").strip())


def _header(entry: Entry, scope: Scope) -> tuple[str, str]:
    key, value = scope.fill(str(entry["key"])), scope.fill(str(entry.get("value") or ""))
    return _LINE_BREAKS.sub(" ", key).strip(), _LINE_BREAKS.sub(" ", value)


def _apply(auth: Auth, resolved: Resolved) -> bool:
    added = credential(auth)
    if added is None:
        return False
    value = _LINE_BREAKS.sub(" ", added.value)
    if added.place == "query":
        resolved.url = with_query(resolved.url, [{"key": added.key, "value": added.value}])
    elif added.place == "cookie":
        others = [one for key, one in resolved.headers if key.lower() == "cookie" and one]
        _replace(resolved, "Cookie", "; ".join([f"{added.key}={value}", *others]))
    else:
        _replace(resolved, added.key, value)
    return True


def _replace(resolved: Resolved, key: str, value: str) -> None:
    """Set a header, replacing all others of its name."""
    others = [pair for pair in resolved.headers if pair[0].lower() != key.lower()]
    resolved.headers = [*others, (key, value)]


def fill_in(
    document: Document, environment: Iterable[Variable] | None, *, shown: Shown = value_of
) -> Document:
    """Return a copy of a document whose requests and folders have their variables filled in.

    Variables of folders count too. Names, descriptions, examples and origins stay as they are, so
    that a writer still finds the originals of whatever was not filled in.
    """
    chosen = list(environment or ())
    collections = [_filled(one, [], chosen, shown) for one in document.collections]
    return replace(document, collections=collections)


_FILLED = ("url", "headers", "params", "body", "auth")


def _filled(folder: Folder, above: list[Folder], chosen: list[Variable], shown: Shown) -> Folder:
    inside = [*above, folder]
    scope = scope_of(inside, chosen, shown)
    return replace(
        folder,
        headers=scope.fill_all(folder.headers),
        auth=scope.fill_all(folder.auth),
        variables=scope.fill_all(folder.variables),
        items=[
            _filled(item, inside, chosen, shown)
            if isinstance(item, Folder)
            else replace(item, **_fields(item, scope))
            for item in folder.items
        ],
    )


def _fields(request: Request, scope: Scope) -> dict[str, Json]:
    return {name: scope.fill_all(getattr(request, name)) for name in _FILLED}
