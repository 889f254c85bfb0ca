"""Reads recorded entries as requests, each with its response as an example."""

import re
from urllib.parse import unquote, urlsplit

from gassapi_backend.exchange.har.bodies import body_of, is_binary
from gassapi_backend.exchange.har.shapes import a_text, an_object, objects
from gassapi_backend.exchange.resolving.bodies import CONTENT_TYPES, FORM, MULTIPART
from gassapi_backend.exchange.resolving.urls import name_of
from gassapi_backend.exchange.sources import Source
from gassapi_backend.exchange.tree import (
    Document,
    Entry,
    Folder,
    Json,
    Note,
    Origin,
    Request,
    Unreadable,
    What,
    base_of,
)

_NOT_HTTP = re.compile(
    r"(?:data|blob|about|javascript|file|chrome|chrome-extension|moz-extension):"
)
_MADE_WHEN_SENT = {"content-length", "transfer-encoding"}


def read(source: Source) -> Document:
    """Return the requests of an archive; raise ``Unreadable`` if it is not one.

    Entries that are not HTTP requests (``data:`` URLs) are kept aside and noted.
    """
    log = source.data.get("log") if isinstance(source.data, dict) else None
    if not isinstance(log, dict) or not isinstance(log.get("entries"), list):
        raise Unreadable("It is not an HTTP archive: it has no list of entries.", "/log/entries")
    document = Document("har", a_text(log.get("version")) or "1.2")
    folder = Folder(_name_of_archive(source, log), description=a_text(log.get("comment")) or None)
    aside: dict[str, Json] = {}
    for at, entry in enumerate(log["entries"]):
        pointer = f"/log/entries/{at}"
        if problem := _problem(entry):
            aside[str(at)] = entry
            name = a_text(an_object(an_object(entry).get("request")).get("url"))[:100]
            document.notes.append(Note(What.SKIPPED, "endpoint", name, pointer, problem))
            continue
        request = _request(entry, pointer, document.version)
        folder.items.append(request)
        is_bytes = request.body_type == "binary" and is_binary(an_object(_data(entry)))
        if is_bytes:
            document.notes.append(Note(What.KEPT, "endpoint", request.name, pointer, _BYTES))
    kept = {key: value for key, value in log.items() if key != "entries"}
    beside = {key: value for key, value in source.data.items() if key != "log"}
    original = {"log": kept, "aside": aside, "beside": beside}
    folder.origin = Origin("har", document.version, "/log", original=original, base=base_of(folder))
    document.collections.append(folder)
    return document


_BYTES = (
    "its body is not text: the bytes are kept, and come back when exporting as HAR; "
    "to send them from here, name a file"
)


def _data(entry: dict[str, Json]) -> Json:
    return entry["request"].get("postData")


def _name_of_archive(source: Source, log: dict[str, Json]) -> str:
    stem = source.name.rpartition(".")[0] or source.name
    titles = [a_text(page.get("title")) for page in objects(log.get("pages"))]
    return stem or next(filter(None, titles), "HAR")


def _problem(entry: Json) -> str | None:
    request = entry.get("request") if isinstance(entry, dict) else None
    if not isinstance(request, dict):
        return "it has no request"
    if _NOT_HTTP.match(a_text(request.get("url"))):
        return "its URL is not HTTP"
    return None


def _request(entry: dict[str, Json], pointer: str, version: str) -> Request:
    said = entry["request"]
    own = entry.get("_url")
    url = own if isinstance(own, str) else a_text(said.get("url"))
    body_type, body = body_of(said)
    request = Request(
        a_text(entry.get("_name")) or name_of(url),
        (a_text(said.get("method")) or "GET").upper(),
        url,
        headers=_headers(said, url, body_type),
        params=_params(said, url),
        body_type=body_type,
        body=body,
        description=a_text(entry.get("comment")) or a_text(said.get("comment")) or None,
        examples=_examples(entry),
    )
    request.origin = Origin("har", version, pointer, original=entry)
    request.origin.base = base_of(request)
    return request


def _headers(said: dict[str, Json], url: str, body_type: str | None) -> list[Entry]:
    """Return the headers that a person would write: not HTTP/2's own or those made on sending."""
    host = urlsplit(url).netloc.rpartition("@")[2] if "[" not in url else ""
    found = []
    for header in objects(said.get("headers")):
        key, value = a_text(header.get("name")), a_text(header.get("value"))
        name = key.lower()
        if not key or key.startswith(":") or name in _MADE_WHEN_SENT:
            continue
        if (name == "host" and value == host) or (
            name == "content-type" and body_type == MULTIPART and MULTIPART in value.lower()
        ):
            continue
        found.append(_entry(key, value, header))
    return _with_type(_with_cookies(found, said), said, body_type)


def _entry(key: str, value: str, said: dict[str, Json]) -> Entry:
    comment = a_text(said.get("comment"))
    return {"key": key, "value": value} | ({"description": comment} if comment else {})


def _with_cookies(headers: list[Entry], said: dict[str, Json]) -> list[Entry]:
    """Add cookies that are in no header."""
    headers = _with_one_cookie(headers)
    own = next((one for one in headers if one["key"].lower() == "cookie"), None)
    there = {pair.partition("=")[0].strip() for pair in own["value"].split(";")} if own else set()
    pairs = [
        f"{name}={a_text(cookie.get('value'))}"
        for cookie in objects(said.get("cookies"))
        if (name := a_text(cookie.get("name"))) and name not in there
    ]
    if not pairs:
        return headers
    if own is None:
        return [*headers, {"key": "Cookie", "value": "; ".join(pairs)}]
    own["value"] = "; ".join([own["value"], *pairs])
    return headers


def _with_one_cookie(headers: list[Entry]) -> list[Entry]:
    """Put cookies into one header: HTTP/2 sends each in its own (RFC 9113, section 8.2.3)."""
    cookies = [one for one in headers if one["key"].lower() == "cookie"]
    if len(cookies) < 2:
        return headers
    joined = cookies[0] | {"value": "; ".join(str(one["value"]) for one in cookies)}
    return [joined if one is cookies[0] else one for one in headers if one not in cookies[1:]]


def _with_type(headers: list[Entry], said: dict[str, Json], body_type: str | None) -> list[Entry]:
    """Add the type of the body if no header gives it and ours would be different."""
    kind = a_text(an_object(said.get("postData")).get("mimeType"))
    is_said = any(one["key"].lower() == "content-type" for one in headers)
    if is_said or not kind or body_type in (None, FORM, MULTIPART):
        return headers
    if kind == CONTENT_TYPES.get(body_type or "", "application/octet-stream"):
        return headers
    return [*headers, {"key": "Content-Type", "value": kind}]


def _params(said: dict[str, Json], url: str) -> list[Entry]:
    """Return the query parameters that are not in the URL."""
    query = url.partition("#")[0].partition("?")[2]
    there = {_plain(pair.partition("=")[0]) for pair in query.split("&")}
    return [
        {**_entry(a_text(one.get("name")), a_text(one.get("value")), one), "in": "query"}
        for one in objects(said.get("queryString"))
        if _plain(a_text(one.get("name"))) not in there
    ]


def _plain(text: str) -> str:
    return unquote(text.replace("+", " "), errors="replace")


def _examples(entry: dict[str, Json]) -> list[dict[str, Json]]:
    """Return the response as an example, if there was one; a body that is not text stays base64."""
    said = an_object(entry.get("response"))
    status = said.get("status")
    if not isinstance(status, int) or isinstance(status, bool) or status <= 0:
        return []
    content = an_object(said.get("content"))
    example: dict[str, Json] = {
        "name": f"{status} {a_text(said.get('statusText'))}".strip(),
        "status": status,
        "headers": [
            _entry(a_text(one.get("name")), a_text(one.get("value")), one)
            for one in objects(said.get("headers"))
            if not a_text(one.get("name")).startswith(":")
        ],
    }
    if isinstance(content.get("text"), str):
        example["body"] = content["text"]
        if content.get("encoding"):
            example["encoding"] = a_text(content["encoding"])
    if comment := a_text(said.get("comment")):
        example["description"] = comment
    return [example]
