"""Reads a request of Postman 2.1: its fields, its origin, and what is only kept of it."""

from collections.abc import Iterator

from gassapi_backend.exchange.postman.auth import read_auth
from gassapi_backend.exchange.postman.bodies import read_body
from gassapi_backend.exchange.postman.examples import read_examples
from gassapi_backend.exchange.postman.headers import header_items, read_headers
from gassapi_backend.exchange.postman.items import Item
from gassapi_backend.exchange.postman.urls import parts_differ, read_url
from gassapi_backend.exchange.postman.values import (
    description_of,
    key_of,
    listed,
    mapping,
    text_or_none,
)
from gassapi_backend.exchange.tree import Json, Note, Request, What

_BACK = "it is kept, and comes back when exporting to Postman"
_THEY = "they are kept, and come back when exporting to Postman"
_SCRIPTS = {
    "prerequest": "a script that runs before the request is kept, "
    "and comes back when exporting to Postman; it does not run here",
    "test": "a test script is kept, and comes back when exporting to Postman; it does not run here",
}
_SETTINGS = {
    "protocolProfileBehavior": "settings of how it is sent (protocolProfileBehavior)",
    "proxy": "the settings of a proxy",
    "certificate": "the settings of a certificate",
}


def request_of(data: Json) -> dict[str, Json]:
    """Return the request of an item as an object, even if it is just a URL."""
    said = mapping(data).get("request")
    return {"url": said} if isinstance(said, str) else mapping(said)


def read_request(item: Item) -> tuple[Request, list[Note]]:
    """Return a request without its origin, and notes on what is kept but not used."""
    said = request_of(item.data)
    headers, url = read_headers(said.get("header")), read_url(said.get("url"))
    body = read_body(said.get("body"), headers)
    method = (text_or_none(said.get("method")) or "").strip().upper() or "GET"
    request = Request(
        name=text_or_none(item.data.get("name")) or url.url or f"{method} request",
        method=method,
        url=url.url,
        headers=headers,
        params=url.params,
        body_type=body.body_type,
        body=body.body,
        auth=read_auth(said.get("auth")),
        description=description_of(said.get("description"))
        or description_of(item.data.get("description")),
        examples=read_examples(item.data.get("response")),
    )
    notes = [
        Note(What.KEPT, "endpoint", request.name, item.at(place), reason)
        for place, reason in _kept(item, said, request, body.kept)
    ]
    return request, notes


def _kept(
    item: Item, said: dict[str, Json], request: Request, body: str | None
) -> Iterator[tuple[str, str]]:
    yield from kept_of(item)
    if body:
        yield "/request/body", body
    if request.body and is_pruned(request.method, item.data):
        reason = f"Postman does not send the body of this {request.method} request; here it is sent"
        yield "/request/body", reason
    if parts_differ(said.get("url")):
        yield "/request/url", f"the text of the URL is used; its parts give another URL: {_THEY}"
    for name in ("proxy", "certificate"):
        if said.get(name):
            yield f"/request/{name}", f"{_SETTINGS[name]} are not used here; {_THEY}"
    for place, one in enumerate(header_items(said.get("header"))):
        if key_of(one) is None and mapping(one).get("value"):
            yield f"/request/header/{place}", f"a header without a name is not sent; {_BACK}"
    if not isinstance(said.get("url"), (str, dict, type(None))):
        yield "/request/url", f"the URL is neither a text nor an object; {_BACK}"
    if item.data.get("variable"):
        yield "/variable", f"variables of a single request are not used here; {_THEY}"


_WITHOUT_BODY = {"GET", "COPY", "HEAD", "PURGE", "UNLOCK"}


def is_pruned(method: str, data: dict[str, Json]) -> bool:
    """Whether Postman omits the body of a request because its method usually has none."""
    settings = mapping(data.get("protocolProfileBehavior"))
    return method in _WITHOUT_BODY and settings.get("disableBodyPruning") is not True


def kept_of(item: Item) -> Iterator[tuple[str, str]]:
    """Yield place and reason of what is only kept; any kind of item may have it."""
    data = item.data
    seen: set[str] = set()
    for place, event in enumerate(listed(data.get("event"))):
        listen = text_or_none(mapping(event).get("listen")) or "test"
        if listen not in seen and _runs(mapping(event)):
            seen.add(listen)
            other = f"a script for {listen[:40]} is kept, and does not run here"
            yield f"/event/{place}", _SCRIPTS.get(listen, other)
    if data.get("protocolProfileBehavior"):
        name = "protocolProfileBehavior"
        yield f"/{name}", f"{_SETTINGS[name]} are not used here; {_THEY}"
    if item.beyond.get("auth"):
        yield "", "it may be authenticated in several ways; the first is used, the others are kept"
    if item.beyond.get("scripts"):
        yield "", "scripts for other kinds of requests are kept, and do not run here"


def _runs(event: dict[str, Json]) -> bool:
    """Whether an event has a script with anything in it."""
    script = event.get("script")
    if isinstance(script, dict):
        script = script.get("exec") or script.get("src")
    lines = script if isinstance(script, list) else [script]
    return any(str(line).strip() for line in lines if line)
