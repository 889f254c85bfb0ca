"""What is sent as a body, and its content type."""

import json
from dataclasses import dataclass, field

from gassapi_backend.exchange.loading import json_text
from gassapi_backend.exchange.resolving.urls import form_encoded
from gassapi_backend.exchange.resolving.variables import Scope
from gassapi_backend.exchange.tree import Entry, Json, Request

FORM = "x-www-form-urlencoded"
MULTIPART = "form-data"
CONTENT_TYPES = {
    "json": "application/json",
    "text": "text/plain",
    "xml": "application/xml",
    "html": "text/html",
    "javascript": "application/javascript",
    "graphql": "application/json",
    FORM: f"application/{FORM}",
}
"""The content type of each kind of body, unless a header overrides it."""


@dataclass(slots=True)
class SentBody:
    """A body as it is sent: text, or the fields of a form with files, or one file.

    ``content_type`` applies unless a header overrides it; a multipart form has none, since its type
    includes the boundary. ``src`` is a path as it was written; no file is opened.
    """

    text: str | None = None
    form: list[Entry] | None = None
    src: str | None = None
    content_type: str | None = None
    fields: list[Entry] = field(default_factory=list)


def contradicts(media_type: str, kind: str | None) -> bool:
    """Whether a form cannot be read by whoever is told that it is of a media type.

    Tools send such a form with the type of its own, whatever a header says: a ``form-data`` gets a
    boundary when it is sent, and no header can know that.
    """
    name = media_type.partition(";")[0].strip().lower()
    if not name or "{{" in name:
        return False
    if kind == MULTIPART:
        return not name.startswith("multipart/") or name == "multipart/form-data"
    return kind == FORM and name != CONTENT_TYPES[FORM]


def sent_body(request: Request, scope: Scope) -> SentBody:
    """Return what is sent of a request's body; disabled fields are left out.

    Empty text, a form without fields and a file that is not named yet count as no body, and have
    no type.
    """
    sent = _sent_body(request, scope)
    is_empty = "" in (sent.text, sent.src) or (sent.form is not None and not sent.form)
    return SentBody() if is_empty else sent


def _sent_body(request: Request, scope: Scope) -> SentBody:
    kind, body = request.body_type, request.body
    if kind == "none" or body is None:
        return SentBody()
    if kind is None:
        text = body if isinstance(body, str) else json_text(body)
        return SentBody(scope.fill(text), content_type=_type_of(body))
    if kind == "graphql":
        return SentBody(_graphql(body, scope), content_type=CONTENT_TYPES[kind])
    if kind == FORM and isinstance(body, list):
        fields = _that_are_on(body, scope)
        return SentBody(form_encoded(fields), content_type=CONTENT_TYPES[kind], fields=fields)
    if kind == MULTIPART and isinstance(body, list):
        return SentBody(form=_that_are_on(body, scope))
    if kind == "binary" and isinstance(body, dict):
        return SentBody(src=scope.fill(str(body.get("src") or "")))
    text = scope.fill(body if isinstance(body, str) else json_text(body))
    return SentBody(text, content_type=CONTENT_TYPES.get(kind))


def _type_of(body: Json) -> str:
    return CONTENT_TYPES["text" if isinstance(body, str) else "json"]


def _that_are_on(entries: list[Json], scope: Scope) -> list[Entry]:
    return [
        scope.fill_all(entry)
        for entry in entries
        if isinstance(entry, dict) and entry.get("enabled", True) and entry.get("key") is not None
    ]


def _graphql(body: Json, scope: Scope) -> str:
    """Return a GraphQL request as JSON text; variables that are not JSON stay as they are."""
    if not isinstance(body, dict):
        return scope.fill(body if isinstance(body, str) else json_text(body))
    parts = {"query": json_text(scope.fill(str(body.get("query") or "")))}
    if body.get("operationName"):
        parts["operationName"] = json_text(scope.fill(str(body["operationName"])))
    variables = body.get("variables")
    if isinstance(variables, str) and variables.strip():
        parts["variables"] = _compact(scope.fill(variables))
    elif variables is not None and not isinstance(variables, str):
        parts["variables"] = json_text(scope.fill_all(variables))
    return "{" + ",".join(f'"{name}":{text}' for name, text in parts.items()) + "}"


def _compact(text: str) -> str:
    try:
        return json_text(json.loads(text))
    except (ValueError, RecursionError):
        return text
