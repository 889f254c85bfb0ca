"""Content types of requests on their way to a tool that sends them only as headers say.

We send a body with the type of its kind where no header names one, as Postman does. Insomnia sends
no type then; and Insomnia and Bruno send a form with whatever type a header says.
"""

from collections.abc import Sequence
from dataclasses import replace

from gassapi_backend.exchange.resolving.bodies import CONTENT_TYPES, FORM, MULTIPART, contradicts
from gassapi_backend.exchange.tree import Entry, Folder, Request
from gassapi_backend.exchange.values import is_on, listed, text_in
from gassapi_backend.exchange.writing import own_origin

_FORMS = (FORM, MULTIPART)


def with_types(folder: Folder, formats: Sequence[str], above: Sequence[Entry] = ()) -> Folder:
    """Return a copy in which headers name the types that are sent.

    Requests that came in one of ``formats``, and have a body of the same kind still, stay.
    """
    headers = [*above, *folder.headers]
    items: list[Folder | Request] = [
        with_types(one, formats, headers)
        if isinstance(one, Folder)
        else one
        if _is_from(one, formats)
        else with_type(one, headers)
        for one in folder.items
    ]
    return replace(folder, items=items)


def _is_from(request: Request, formats: Sequence[str]) -> bool:
    origin = own_origin(request, *formats)
    return origin is not None and origin.is_unchanged("body_type", request.body_type)


def with_type(request: Request, above: Sequence[Entry]) -> Request:
    """Return a request with a header for the type of its body; ``above`` are those handed down."""
    request = without_contradiction(request)
    kind = CONTENT_TYPES.get(request.body_type or "")
    is_sent = bool(request.body) and (request.body_type not in _FORMS or _has_fields(request))
    named = [
        one
        for one in (*above, *request.headers)
        if _names_type(one) and not _contradicts(one, request.body_type)
    ]
    if not kind or not is_sent or named:
        return request
    header: Entry = {"key": "Content-Type", "value": kind, "enabled": True}
    return replace(request, headers=[*request.headers, header])


def without_contradiction(request: Request) -> Request:
    """Return a request whose headers name no type that a form is not sent with."""
    if not _has_fields(request):
        return request
    headers = [
        one | {"enabled": False} if _contradicts(one, request.body_type) else one
        for one in request.headers
    ]
    return request if headers == request.headers else replace(request, headers=headers)


def _names_type(entry: Entry) -> bool:
    return is_on(entry) and text_in(entry.get("key")).strip().lower() == "content-type"


def _has_fields(request: Request) -> bool:
    """Whether anything of a form is sent."""
    fields = listed(request.body) if request.body_type in _FORMS else []
    return any(
        isinstance(one, dict) and is_on(one) and one.get("key") is not None for one in fields
    )


def _contradicts(entry: Entry, kind: str | None) -> bool:
    """Whether a header names another type; that its boundary is missing is no matter."""
    value = text_in(entry.get("value"))
    is_multipart = kind == MULTIPART and value.strip().lower().startswith("multipart/")
    return _names_type(entry) and not is_multipart and contradicts(value, kind)
