"""Writes requests as entries of an HTTP archive; an unedited entry is its original."""

import re
from collections.abc import Sequence
from dataclasses import asdict, fields
from urllib.parse import quote, unquote

from gassapi_backend import __version__
from gassapi_backend.exchange.har.shapes import a_text, an_object
from gassapi_backend.exchange.resolving import Resolved, resolve, unless_masked
from gassapi_backend.exchange.resolving.bodies import MULTIPART
from gassapi_backend.exchange.resolving.urls import name_of
from gassapi_backend.exchange.tree import Document, Folder, Json, Note, Request, What
from gassapi_backend.exchange.writing import (
    JSON_TYPE,
    WriteOptions,
    Written,
    json_chunks,
    own_origin,
)

_URL_SAFE = "%/:?#[]@!$&'()*+,;=-._~"
_NO_TIME = "1970-01-01T00:00:00.000Z"
_EMPTY_RESPONSE = {
    "status": 0,
    "statusText": "",
    "httpVersion": "",
    "cookies": [],
    "headers": [],
    "content": {"size": 0, "mimeType": "x-unknown"},
    "redirectURL": "",
    "headersSize": -1,
    "bodySize": -1,
}


def write(document: Document, options: WriteOptions) -> Written:
    """Return a document as HAR 1.2: what each request sends, and its first example.

    Variables of folders are filled in; those without a value stay. Folders have no place in it.
    """
    notes: list[Note] = []
    entries: list[Json] = []
    for collection in document.collections:
        made = [_entry(*one, options, notes) for one in collection.requests_in_order()]
        entries += _with_those_aside(made, collection)
    log, beside = _log(document)
    name = document.collections[0].name if document.collections else "requests"
    whole = {"log": {**log, "entries": entries}, **beside}
    return Written(json_chunks(whole), JSON_TYPE, f"{name}.har", notes)


def _log(document: Document) -> tuple[dict[str, Json], dict[str, Json]]:
    """Return what an archive says about itself, and what was beside it."""
    if len(document.collections) == 1 and (origin := own_origin(document.collections[0], "har")):
        original = an_object(origin.original)
        if log := an_object(original.get("log")):
            return log, an_object(original.get("beside"))
    return {"version": "1.2", "creator": {"name": "gassapi-backend", "version": __version__}}, {}


def _with_those_aside(entries: list[Json], collection: Folder) -> list[Json]:
    """Put entries that are not requests back into their places."""
    origin = own_origin(collection, "har")
    aside = an_object(an_object(origin.original).get("aside")) if origin else {}
    found = list(entries)
    for at, entry in sorted((int(at), entry) for at, entry in aside.items() if at.isdigit()):
        found.insert(min(at, len(found)), entry)
    return found


def _entry(
    request: Request, above: Sequence[Folder], options: WriteOptions, notes: list[Note]
) -> Json:
    sent = resolve(request, above, shown=unless_masked)
    examples = request.examples if options.include_examples else []
    origin = own_origin(request, "har")
    original = an_object(origin.original) if origin else {}
    before = resolve(_imported(origin.base)) if origin and original else None
    _note_losses(request, sent, len(examples), notes)
    entry: dict[str, Json] = dict(original)
    if before is None or _facts(before) != _facts(sent):
        entry["request"] = _request(an_object(original.get("request")), sent, before)
    if before is None or before.url != sent.url:
        _say_url_as_written(entry, sent.url)
    if origin is None or not original or origin.base.get("examples") != examples:
        entry["response"] = _response(examples)
    if origin is None or not original or not origin.is_unchanged("name", request.name):
        entry["_name"] = request.name
        if request.name == name_of(request.url):
            del entry["_name"]
    if origin is None or not origin.is_unchanged("description", request.description):
        said = an_object(entry.get("request"))
        entry["request"] = {key: one for key, one in said.items() if key != "comment"}
        entry.pop("comment", None)
        if request.description:
            entry["comment"] = request.description
    return entry if original == entry else _complete(entry)


def _imported(base: dict[str, Json]) -> Request:
    """Return a request as it was imported."""
    names = {field.name for field in fields(Request)} - {"origin", "id"}
    return Request(**({"name": ""} | {key: base[key] for key in names & set(base)}))


def _facts(sent: Resolved) -> list[Json]:
    return [sent.method, sent.url, sent.headers, asdict(sent.body)]


def _note_losses(request: Request, sent: Resolved, examples: int, notes: list[Note]) -> None:
    def note(what: What, reason: str) -> None:
        notes.append(Note(what, "endpoint", request.name, "", reason, id=request.id))

    if sent.auth is not None and not sent.is_auth_applied:
        note(What.SKIPPED, f"credentials of type {sent.auth.get('type')} are made when it is sent")
    if names := [*sent.unresolved, *sent.withheld]:
        note(What.KEPT, f"variables without a value stay as they are: {', '.join(names)}")
    if examples > 1:
        note(What.SKIPPED, f"an entry has one response: {examples - 1} more examples are left out")


def _request(original: dict[str, Json], sent: Resolved, before: Resolved | None) -> Json:
    """Return a recorded request with only those parts changed that are now sent differently."""
    made = dict(original)
    if before is None or before.method != sent.method:
        made["method"] = sent.method
    if before is None or before.url != sent.url:
        made |= {"url": _uri(sent.url), "queryString": _query(sent.url)}
    if before is None or before.headers != sent.headers:
        made |= {"headers": _pairs(sent.headers), "cookies": _cookies(sent)}
    if before is None or before.body != sent.body:
        made.pop("postData", None)
        if (data := _post_data(sent)) is not None:
            made["postData"] = data
        made["bodySize"] = len((sent.body.text or "").encode()) if sent.body.form is None else -1
    return made


def _uri(url: str) -> str:
    """Return an absolute URI (RFC 3986), as archives require; ``{{x}}`` is percent-encoded."""
    escaped = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", quote(url, safe=_URL_SAFE))
    return escaped if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", escaped) else f"http://{escaped}"


def _say_url_as_written(entry: dict[str, Json], url: str) -> None:
    """Keep the URL as it is written in a property of our own, if the entry itself cannot."""
    entry.pop("_url", None)
    if _uri(url) != url:
        entry["_url"] = url


def _pairs(pairs: list[tuple[str, str]]) -> list[Json]:
    return [{"name": name, "value": value} for name, value in pairs]


def _query(url: str) -> list[Json]:
    query = url.partition("#")[0].partition("?")[2]
    pairs = [pair.partition("=")[::2] for pair in query.split("&") if pair]
    return _pairs([(_decoded(name), _decoded(value)) for name, value in pairs])


def _decoded(text: str) -> str:
    return unquote(text.replace("+", " "), errors="replace")


def _cookies(sent: Resolved) -> list[Json]:
    said = [value for key, value in sent.headers if key.lower() == "cookie"]
    pairs = [pair.strip().partition("=")[::2] for one in said for pair in one.split(";")]
    return _pairs([(name, value) for name, value in pairs if name])


def _post_data(sent: Resolved) -> Json:
    body, kind = sent.body, sent.header("Content-Type") or ""
    if body.form is not None:
        return {
            "mimeType": kind if MULTIPART in kind else f"multipart/{MULTIPART}",
            "params": [_param(one) for one in body.form],
        }
    if body.src is not None:
        return {
            "mimeType": kind or "application/octet-stream",
            "text": "",
            "comment": f"@{body.src}",
        }
    if body.text is None:
        return None
    data: dict[str, Json] = {"mimeType": kind, "text": body.text}
    if body.fields:
        data["params"] = [
            {"name": a_text(one.get("key")), "value": a_text(one.get("value"))}
            for one in body.fields
        ]
    return data


def _param(entry: dict[str, Json]) -> Json:
    made = {"name": a_text(entry.get("key")), "value": a_text(entry.get("value"))}
    name, src = a_text(entry.get("fileName")), a_text(entry.get("src"))
    if name or src or entry.get("type") == "file":
        made = {"name": made["name"], "fileName": name or src}
    if name and src:
        made["comment"] = f"@{src}"  # where our reader finds the path; a file name is all HAR has
    kind = a_text(entry.get("contentType"))
    return {**made, "contentType": kind} if kind else made


def _response(examples: list[dict[str, Json]]) -> Json:
    """Return the first example as a response; without one, a response that never arrived."""
    if not examples:
        return dict(_EMPTY_RESPONSE)
    example = examples[0]
    status = example.get("status")
    status = status if isinstance(status, int) and not isinstance(status, bool) else 0
    headers = _headers_of(example)
    kinds = [value for name, value in headers if name.lower() == "content-type"]
    body = example.get("body")
    text = body if isinstance(body, str) or body is None else b"".join(json_chunks(body)).decode()
    content: dict[str, Json] = {
        "size": len((text or "").encode()),
        "mimeType": (kinds or ["x-unknown"])[0],
    }
    if text is not None:
        content["text"] = text
    if example.get("encoding"):
        content["encoding"] = a_text(example["encoding"])
    name = a_text(example.get("name"))
    reason = name.removeprefix(str(status)).strip() if name.startswith(str(status)) else ""
    said = {"status": status, "statusText": reason, "headers": _pairs(headers), "content": content}
    return {**_EMPTY_RESPONSE, **said}


def _headers_of(example: dict[str, Json]) -> list[tuple[str, str]]:
    headers = example.get("headers")
    if isinstance(headers, dict):
        return [(key, a_text(value)) for key, value in headers.items()]
    entries = headers if isinstance(headers, list) else []
    found = [(a_text(one.get("key")), a_text(one.get("value"))) for one in map(an_object, entries)]
    return [pair for pair in found if pair[0]]


def _complete(entry: dict[str, Json]) -> Json:
    """Return an entry with everything that HAR 1.2 requires."""
    request = {
        "method": "GET",
        "url": "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": [],
        "queryString": [],
        "headersSize": -1,
        "bodySize": -1,
        **an_object(entry.get("request")),
    }
    frame = {"startedDateTime": _NO_TIME, "time": 0}
    rest = {"response": dict(_EMPTY_RESPONSE), "cache": {}}
    rest["timings"] = {"send": 0, "wait": 0, "receive": 0}
    return {**frame, **rest, **entry, "request": request}
