"""Reads a request of Hoppscotch, REST or GraphQL, of any version."""

from collections.abc import Iterator

from gassapi_backend.exchange.hoppscotch.auth import old_auth, read_auth
from gassapi_backend.exchange.hoppscotch.bodies import BodyRead, read_body, read_old_body
from gassapi_backend.exchange.hoppscotch.values import (
    entries,
    listed,
    mapping,
    our_text,
    text_or_none,
)
from gassapi_backend.exchange.request_variables import expanded, fill_in
from gassapi_backend.exchange.tree import Entry, Json, Note, Request, What

_SCRIPTS = {
    "preRequestScript": "a script that runs before the request is kept; it does not run here",
    "testScript": "a test script is kept; it does not run here",
}


def is_request(said: Json) -> bool:
    """Whether something is a request: REST of any version, or GraphQL."""
    said = mapping(said)
    return isinstance(said.get("endpoint"), str) or isinstance(said.get("url"), str)


def read_request(said: dict[str, Json], pointer: str) -> tuple[Request, list[Note]]:
    """Return a request without its origin, and notes on what is kept but not used."""
    if "query" in said and "endpoint" not in said:
        request, body = _graphql(said), BodyRead()
    else:
        request, body = _rest(said)
    request.description = _description(said)
    request.examples = _examples(said.get("responses"))
    variables = _variables_of(said.get("requestVariables"))
    written = fill_in(request, variables) if variables else []
    notes = [
        Note(What.KEPT, "endpoint", request.name, f"{pointer}/{place}", reason)
        for place, reason in _kept(said, body, written)
    ]
    return request, notes


def _variables_of(said: Json) -> dict[str, str]:
    """Return active variables with their values, in which other variables are filled in.

    Of several with the same key, the first counts. One without a value stands for the variable of
    the same name in the environment: its value refers to that.
    """
    found: dict[str, str] = {}
    for one in map(mapping, listed(said)):
        key = text_or_none(one.get("key"))
        if key and one.get("active") is not False:
            found.setdefault(key, our_text(one.get("value")) or f"{{{{{key}}}}}")
    return expanded(found)


def _rest(said: dict[str, Json]) -> tuple[Request, BodyRead]:
    method = (text_or_none(said.get("method")) or "").strip().upper() or "GET"
    url, body = our_text(said.get("endpoint")), read_body(said.get("body"))
    auth = read_auth(said.get("auth"))
    if "endpoint" not in said:
        url = our_text(said.get("url")) + our_text(said.get("path"))
        body, auth = read_old_body(said), old_auth(said)
    headers = entries(said.get("headers"))
    if body.media_type and not _has_media_type(headers):
        headers.append({"key": "Content-Type", "value": body.media_type, "enabled": True})
    request = Request(
        name=text_or_none(said.get("name")) or url or f"{method} request",
        method=method,
        url=url,
        headers=headers,
        params=[{**one, "in": "query"} for one in entries(said.get("params"))],
        body_type=body.body_type,
        body=body.body,
        auth=auth,
    )
    return request, body


def _has_media_type(headers: list[Entry]) -> bool:
    return any(one["enabled"] and one["key"].lower() == "content-type" for one in headers)


def _graphql(said: dict[str, Json]) -> Request:
    url = our_text(said.get("url"))
    return Request(
        name=text_or_none(said.get("name")) or url or "GraphQL request",
        method="POST",
        url=url,
        headers=entries(said.get("headers")),
        body_type="graphql",
        body={"query": our_text(said.get("query")), "variables": our_text(said.get("variables"))},
        auth=read_auth(said.get("auth")),
    )


def _description(said: dict[str, Json]) -> str | None:
    documented = text_or_none(mapping(said.get("documentation")).get("content"))
    return text_or_none(said.get("description")) or documented or None


def _examples(said: Json) -> list[dict[str, Json]]:
    """Return saved responses, which are an object by name or, in older versions, a list."""
    named = said.items() if isinstance(said, dict) else [("", one) for one in listed(said)]
    return [_example(one, name) for name, one in named if isinstance(one, dict)]


def _example(said: dict[str, Json], name: str) -> dict[str, Json]:
    example: dict[str, Json] = {"name": text_or_none(said.get("name")) or name or "Response"}
    status = said.get("code", said.get("statusCode"))
    if isinstance(status, int) and 100 <= status <= 999:
        example["status"] = int(status)
    headers = entries(said.get("headers"))
    example["headers"] = [{"key": one["key"], "value": one["value"]} for one in headers]
    if (body := text_or_none(said.get("body"))) is not None:
        example["body"] = body
    asked = said.get("originalRequest", said.get("request"))
    if isinstance(asked, dict):
        request, _ = _rest(asked)
        example["request"] = {
            "method": request.method,
            "url": request.url,
            "headers": request.headers,
            "params": request.params,
        }
        if request.body_type:
            example["request"] |= {"bodyType": request.body_type, "body": request.body}
    return example


def _kept(said: dict[str, Json], body: BodyRead, written: list[str]) -> Iterator[tuple[str, str]]:
    yield from kept_scripts(said)
    if body.said:
        yield "body", body.said
    if written:
        names = ", ".join(written)[:200]
        reason = f"variables of a request have no place here; their values are written in: {names}"
        yield "requestVariables", reason
    if said.get("authActive", mapping(said.get("auth")).get("authActive")) is False:
        kind = text_or_none(mapping(said.get("auth")).get("authType"))
        if kind not in (None, "none", "inherit"):
            yield "auth", "the authentication is switched off: it is kept and not sent"


def kept_scripts(said: dict[str, Json]) -> Iterator[tuple[str, str]]:
    """Yield the name and the reason to report for each script that is not empty."""
    for name, reason in _SCRIPTS.items():
        script = (text_or_none(said.get(name)) or "").replace("export {};", "")
        if script.strip():
            yield name, reason
