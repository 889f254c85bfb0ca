"""Reads a segment of an .http file as a request."""

import re
from base64 import b64decode
from collections.abc import Iterator, Mapping

from gassapi_backend.exchange import curl
from gassapi_backend.exchange.dothttp.bodies import read_body
from gassapi_backend.exchange.dothttp.segments import Segment
from gassapi_backend.exchange.sources import Source
from gassapi_backend.exchange.tree import Entry, Json, Note, Request, Unreadable, What
from gassapi_backend.exchange.values import text_in, value_of

_WORDS = re.compile(r"(?:\{\{[^{}]*\}\}|[^\s{]|\{(?!\{))+")
_REFERENCE = re.compile(r"\{\{\s*([^\s{}]+)\s*\}\}")
_BACK = "it is kept, and comes back when exporting as .http"
_RESPONSES = re.compile(r"\{\{\s*[\w-]+\.(?:response|request)\.")
OTHERS = {
    "WEBSOCKET": "a WebSocket request",
    "GRPC": "a gRPC request",
    "RSOCKET": "an RSocket request",
}
"""Methods of requests that are not HTTP."""


def read_curl(segment: Segment) -> tuple[list[Request], list[Note]]:
    """Return the requests of cURL commands, which REST Client accepts among others, and notes."""
    try:
        document = curl.read(Source(text=segment.body))
    except Unreadable as problem:
        name = segment.name or "curl"
        return [], [Note(What.SKIPPED, "endpoint", name, "", problem.message)]
    requests = list(document.collections[0].requests())
    for request in requests:
        request.name = segment.name or request.name
        request.description = "\n".join(segment.comments).strip() or None
    return requests, document.notes


def read_request(
    segment: Segment, variables: Mapping[str, Json]
) -> tuple[list[Request], list[Note]]:
    """Return a request without its origin, and notes on what is kept but not used.

    ``variables`` are those of the file: the type of a body is often one of them.
    """
    headers: list[Entry] = [
        {"key": key, "value": value, "enabled": is_on} for key, value, is_on in segment.headers
    ]
    is_graphql = segment.method == "GRAPHQL" or (
        value_of(headers, "x-request-type").lower() == "graphql"
    )
    if is_graphql:
        headers = [one for one in headers if one["key"].lower() != "x-request-type"]
    media_type = _REFERENCE.sub(
        lambda found: text_in(variables.get(found[1], found[0])), value_of(headers, "content-type")
    )
    body_type, body = read_body(segment.body, media_type, is_graphql=is_graphql)
    if body_type == "form-data":  # its boundary is made on sending
        headers = [one for one in headers if one["key"].lower() != "content-type"]
    auth, headers = _read_auth(headers)
    method = "POST" if segment.method == "GRAPHQL" else segment.method or "GET"
    request = Request(
        name=segment.name or f"{method} {_path_of(segment.url)}".strip(),
        method=method,
        url=_full_url(segment.url, headers),
        headers=headers,
        body_type=body_type,
        body=body,
        auth=auth,
        description="\n".join(segment.comments).strip() or None,
    )
    notes = [
        Note(What.KEPT, "endpoint", request.name, f"line {segment.line}", reason)
        for reason in _kept(segment, is_text=isinstance(body, str))
    ]
    return [request], notes


def _full_url(url: str, headers: list[Entry]) -> str:
    """Return where a request goes whose line has only a path, and whose header says the host."""
    host = value_of([one for one in headers if one["enabled"]], "host")
    if not url.startswith("/") or url.startswith("//") or not host:
        return url
    scheme = "" if "://" in host or host.startswith("{{") else "http://"
    if host.endswith((":443", ":8443")):
        scheme = scheme and "https://"
    return f"{scheme}{host}{url}"


def _path_of(url: str) -> str:
    """Return a URL without scheme and query, for a name."""
    return re.split(r"[?#]", url.partition("://")[2] or url)[0][:200]


def _read_auth(headers: list[Entry]) -> tuple[dict[str, Json] | None, list[Entry]]:
    """Return credentials that an editor turns into a header, and the headers without that one.

    A header that is sent as it is written stays a header.
    """
    found = next(
        (one for one in headers if one["key"].lower() == "authorization" and one["enabled"]), None
    )
    if found is None:
        return None, headers
    auth = _auth_of(found["value"])
    if auth is None:
        return None, headers
    return auth, [one for one in headers if one is not found]


def _auth_of(value: str) -> dict[str, Json] | None:
    scheme, *words = _WORDS.findall(value)[:8] or [""]
    kind = scheme.lower()
    if kind in ("basic", "digest") and len(words) == 1 and not _is_base64(words[0]):
        user, colon, password = words[0].partition(":")
        words = [user, password] if colon else words
    if kind in ("basic", "digest") and len(words) == 2:
        return {"type": kind, "username": words[0], "password": words[1]}
    if kind == "aws" and len(words) >= 2:
        return {"type": "awsv4", "accessKey": words[0], "secretKey": words[1], **_named(words[2:])}
    return None


def _is_base64(text: str) -> bool:
    try:
        return b":" in b64decode(text, validate=True)
    except ValueError:
        return False


_AWS = {"token": "sessionToken", "region": "region", "service": "service"}


def _named(words: list[str]) -> dict[str, Json]:
    pairs = (word.partition(":") for word in words)
    return {_AWS[name]: value for name, _, value in pairs if name in _AWS}


_USUAL = {"name", "note"}


def _kept(segment: Segment, *, is_text: bool) -> Iterator[str]:
    if any(line.lstrip().startswith(("<", "{{")) for line in segment.before):
        yield f"a script that runs before the request does not run here; {_BACK}"
    if segment.after.strip() or any(line.startswith("# ??") for line in segment.before):
        yield f"what is done with the response is not done here; {_BACK}"
    if left := sorted(segment.directives.keys() - _USUAL):
        yield f"settings of how it is sent (@{', @'.join(left)[:200]}) are not used here; {_BACK}"
    if _RESPONSES.search(segment.text):
        yield "references to other requests' responses are left as they are"
    if is_text and "\n< " in f"\n{segment.body}":
        yield "a file that goes into its body is not opened: the line stays as it is"
