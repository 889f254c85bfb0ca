"""Reads saved responses as examples, and writes them back."""

import re

from gassapi_backend.exchange.entries import by_name, written_entries
from gassapi_backend.exchange.loading import text_of
from gassapi_backend.exchange.postman.bodies import read_body, write_body
from gassapi_backend.exchange.postman.headers import header_items, read_headers, write_headers
from gassapi_backend.exchange.postman.url_writing import write_url
from gassapi_backend.exchange.postman.urls import read_url
from gassapi_backend.exchange.postman.values import (
    description_of,
    listed,
    mapping,
    text_or_none,
    with_description,
)
from gassapi_backend.exchange.tree import Entry, Json

Example = dict[str, Json]


def read_examples(said: Json) -> list[Example]:
    """Return saved responses in order; ``null`` entries are skipped."""
    return [_example(one) for one in listed(said) if isinstance(one, dict)]


def name_of(said: Json) -> str | None:
    """Return the name of a saved response: its own, else its status."""
    if not isinstance(said, dict):
        return None
    status = text_or_none(said.get("status")) or text_or_none(said.get("code"))
    return text_or_none(said.get("name")) or status or "Response"


def _example(said: dict[str, Json]) -> Example:
    example: Example = {"name": name_of(said)}
    if (status := _status(said.get("code"))) is not None:
        example["status"] = status
    example["headers"] = _headers(said.get("header"))
    if said.get("body") is not None:
        example["body"] = text_of(said["body"])
    if description := description_of(said.get("description")):
        example["description"] = description
    request = said.get("originalRequest")
    if isinstance(request, (dict, str)) and request:
        example["request"] = _request(request)
    return example


def _status(said: Json) -> int | None:
    text = text_or_none(said) or ""
    return int(text) if re.fullmatch("[1-9][0-9][0-9]", text, re.ASCII) else None


def _headers(said: Json) -> list[Entry]:
    """Return the headers of a response: each has been received, so none is disabled."""
    return [
        {name: value for name, value in entry.items() if name != "enabled"}
        for entry in read_headers(said)
    ]


def _request(said: Json) -> dict[str, Json]:
    said = {"url": said} if isinstance(said, str) else said
    headers, url = read_headers(said.get("header")), read_url(said.get("url"))
    body = read_body(said.get("body"), headers)
    request: dict[str, Json] = {
        "method": (text_or_none(said.get("method")) or "GET").upper(),
        "url": url.url,
        "headers": headers,
    }
    if url.params:
        request["params"] = url.params
    if body.body_type:
        request |= {"bodyType": body.body_type, "body": body.body}
    return request


def write_examples(examples: list[Example], base: list[Example] | None, said: Json) -> list[Json]:
    """Return saved responses; what was not edited stays as it was, including ``null`` entries."""
    return written_entries(examples, base, listed(said), _written, ours=by_name, theirs=name_of)


def _written(example: Entry, before: Entry, original: Json) -> dict[str, Json]:
    """Return a saved response: its original with those fields that were edited."""
    written = dict(original) if isinstance(original, dict) else {}
    changed = {
        name
        for name in example.keys() | before.keys() | ({"name", "headers"} if not written else set())
        if example.get(name) != before.get(name) or not written
    }
    if "name" in changed:
        written["name"] = example.get("name") or "Response"
    if "request" in changed and isinstance(example.get("request"), dict):
        written["originalRequest"] = _request_written(
            example["request"], mapping(before.get("request")), written.get("originalRequest")
        )
    if "status" in changed:
        written["code"] = example.get("status")
        written.pop("status", None)
    if "headers" in changed:
        written["header"] = _headers_written(
            listed(example.get("headers")), before.get("headers"), written.get("header")
        )
    if "body" in changed:
        written["body"] = example.get("body")
    if "description" in changed:
        with_description(written, example.get("description"))
    return {name: value for name, value in written.items() if name != "code" or value is not None}


def _headers_written(headers: list[Entry], base: Json, said: Json) -> list[Json]:
    return write_headers(headers, base, header_items(said))


def _request_written(
    request: dict[str, Json], before: dict[str, Json], original: Json
) -> dict[str, Json]:
    """Return the request that an example answers: its original with the edited fields."""
    written = dict(original) if isinstance(original, dict) else {}
    base = before if written and before else {}
    if request.get("method") != base.get("method"):
        written["method"] = request.get("method", "GET")
    headers = listed(request.get("headers"))
    if headers != base.get("headers"):
        written["header"] = write_headers(headers, base.get("headers"), written.get("header"))
    url, params = text_of(request.get("url")), listed(request.get("params"))
    was = (base["url"], listed(base.get("params"))) if "url" in base else None
    if (url, params) != was:
        written["url"] = write_url(url, params, was, written.get("url"))
    kind, body = request.get("bodyType"), request.get("body")
    had = (base.get("bodyType"), base.get("body")) if base else None
    if (kind, body) != had:
        made = write_body(kind, body, had, written.get("body"))
        written.pop("body", None)
        if made is not None:
            written["body"] = made
    return written
