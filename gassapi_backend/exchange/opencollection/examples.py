"""Converts examples between OpenCollection's form and ours."""

from gassapi_backend.exchange.entries import by_name, written_entries
from gassapi_backend.exchange.loading import text_of
from gassapi_backend.exchange.opencollection.bodies import read_body, write_body
from gassapi_backend.exchange.opencollection.entries import (
    description_of,
    read_entries,
    with_description,
    write_entries,
)
from gassapi_backend.exchange.tree import Entry, Json
from gassapi_backend.exchange.values import listed, mapping, objects, text_in

Example = dict[str, Json]
Node = dict[str, Json]


def read_examples(said: Json) -> list[Example]:
    """Return examples in order."""
    return [_example(one) for _, one in objects(said)]


def name_of(said: Json) -> str | None:
    """Return the name of an example."""
    return text_in(said.get("name")) or "Example" if isinstance(said, dict) else None


def _example(said: Node) -> Example:
    response = mapping(said.get("response"))
    example: Example = {"name": name_of(said)}
    status = text_in(response.get("status"))
    if len(status) == 3 and status.isdecimal() and status.isascii():
        example["status"] = int(status)
    example["headers"] = _headers(response.get("headers"))
    body = response.get("body")
    data = body.get("data") if isinstance(body, dict) else body
    if data is not None:
        example["body"] = text_of(data)
    if description := description_of(said.get("description")):
        example["description"] = description
    if isinstance(said.get("request"), dict):
        example["request"] = _request(said["request"])
    return example


def _headers(said: Json) -> list[Entry]:
    return [
        {name: one for name, one in entry.items() if name != "enabled"}
        for entry in read_entries(said)
    ]


def _request(said: Node) -> Node:
    request: Node = {
        "method": (text_in(said.get("method")) or "GET").upper(),
        "url": text_in(said.get("url")),
        "headers": read_entries(said.get("headers")),
    }
    kind, body = read_body(said.get("body"))
    if kind:
        request |= {"bodyType": kind, "body": body}
    return request


def write_examples(examples: list[Example], base: Json, said: Json) -> list[Json]:
    """Return examples; what was not edited stays as it was."""
    return written_entries(
        examples, listed(base), listed(said), _written, ours=by_name, theirs=name_of
    )


_LANGUAGES = ("json", "xml", "html")


def _written(example: Entry, before: Entry, original: Json) -> Node:
    written = dict(original) if isinstance(original, dict) else {}
    changed = {
        name for name in example.keys() | before.keys() if example.get(name) != before.get(name)
    }
    response = dict(mapping(written.get("response")))
    if "name" in changed:
        written["name"] = text_in(example.get("name"))
    if "description" in changed:
        with_description(written, "description", example.get("description"))
    if "status" in changed:
        response["status"] = example.get("status")
        response.pop("statusText", None)
    if "headers" in changed:
        response["headers"] = write_entries(
            listed(example.get("headers")), before.get("headers"), response.get("headers")
        )
    if "body" in changed:
        kind = mapping(response.get("body")).get("type") or _language(example)
        response["body"] = {"type": kind, "data": text_of(example.get("body"))}
    if changed & {"status", "headers", "body"}:
        written["response"] = {name: one for name, one in response.items() if one is not None}
    if "request" in changed and isinstance(example.get("request"), dict):
        written["request"] = _request_written(
            example["request"], mapping(before.get("request")), mapping(written.get("request"))
        )
    return written


def _language(example: Example) -> str:
    for entry in listed(example.get("headers")):
        if text_in(mapping(entry).get("key")).lower() == "content-type":
            value = text_in(entry.get("value")).partition(";")[0]
            return next((name for name in _LANGUAGES if value.endswith(name)), "text")
    return "text"


def _request_written(request: Node, before: Node, original: Node) -> Node:
    written = dict(original)
    for name in ("method", "url"):
        if request.get(name) != before.get(name):
            written[name] = text_in(request.get(name))
    if request.get("headers") != before.get("headers"):
        written["headers"] = write_entries(
            listed(request.get("headers")), before.get("headers"), original.get("headers")
        )
    now = (request.get("bodyType"), request.get("body"))
    was = (before.get("bodyType"), before.get("body"))
    if now != was and (body := write_body(now, was if before else None, original.get("body"))):
        written["body"] = body
    return written
