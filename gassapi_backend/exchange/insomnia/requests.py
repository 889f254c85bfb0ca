"""Converts requests between Insomnia's version 5 and ours."""

import re
from collections.abc import Iterator
from urllib.parse import quote

from gassapi_backend.exchange.entries import written_entries
from gassapi_backend.exchange.insomnia.auth import is_off, read_auth, write_auth
from gassapi_backend.exchange.insomnia.bodies import read_body, write_body
from gassapi_backend.exchange.insomnia.entries import (
    name_of,
    read_entries,
    read_entry,
    rewritten,
    write_entries,
)
from gassapi_backend.exchange.insomnia.path_parameters import (
    fits_in,
    read_path_parameter,
    write_path_parameter,
)
from gassapi_backend.exchange.insomnia.templates import read_text, tags_in, write_text
from gassapi_backend.exchange.path_variables import respelled
from gassapi_backend.exchange.resolving.urls import query_keys, with_query
from gassapi_backend.exchange.tree import Entry, Json, Note, Request, What, base_of
from gassapi_backend.exchange.values import is_on, listed, mapping, objects, text_in, text_or_none

Node = dict[str, Json]

BACK = "it is kept, and comes back when exporting to Insomnia"


def read_request(said: Node, pointer: str) -> tuple[Request, list[Note]]:
    """Return a request without its origin, and notes on what is kept but not used."""
    url, params = _read_params(said)
    method = text_in(said.get("method")).strip().upper() or "GET"
    body_type, body = read_body(said.get("body"))
    request = Request(
        name=text_or_none(said.get("name")) or url or f"{method} request",
        method=method,
        url=url,
        headers=read_entries(said.get("headers")),
        params=params,
        body_type=body_type,
        body=body,
        auth=read_auth(said.get("authentication")),
        description=text_or_none(mapping(said.get("meta")).get("description")) or None,
    )
    notes = [
        Note(What.KEPT, "endpoint", request.name, pointer + place, reason)
        for place, reason in [*kept_of(said), *_tags(request)]
    ]
    return request, notes


def _read_params(said: Node) -> tuple[str, list[Entry]]:
    """Return the URL and the parameters beside it.

    Insomnia sends a parameter even if the URL has one of the same name; we do not, so it is added
    to those in the URL.
    """
    url = read_text(text_in(said.get("url")))
    in_url = query_keys(url)
    params: list[Entry] = []
    for entry in _parameters(said):
        if is_on(entry) and entry["key"] in in_url:
            url = _with_parameter(url, entry)
        else:
            params.append(entry | {"in": "query"})
    for _, one in objects(said.get("pathParameters")):
        if name_of(one):
            params.append(read_path_parameter(one))
    return url, params


def _parameters(said: Node) -> list[Entry]:
    """Return parameters; one without a name is not sent, so it counts only if it is disabled."""
    read = [read_entry(one) for _, one in objects(said.get("parameters"))]
    return [one for one in read if one["key"] or (one["value"] and not is_on(one))]


def _parameter_name(said: Json) -> str | None:
    is_off = mapping(said).get("disabled") is True
    return name_of(said) or ("" if is_off and mapping(said).get("value") else None)


def _with_parameter(url: str, entry: Entry) -> str:
    address, mark, fragment = url.partition("#")
    value = "".join(
        part if part.startswith("{{") else quote(part, safe="")
        for part in re.split(r"(\{\{[^{}]*\}\})", entry["value"])
    )
    return f"{address}&{entry['key']}={value}{mark}{fragment}"


def kept_of(said: Node) -> Iterator[tuple[str, str]]:
    """Yield place and reason of what is only kept of a request or folder."""
    scripts = mapping(said.get("scripts"))
    if text_in(scripts.get("preRequest")).strip():
        yield "", f"a script that runs before the request does not run here; {BACK}"
    if text_in(scripts.get("afterResponse")).strip():
        yield "", f"a script that runs after the response does not run here; {BACK}"
    if is_off(said.get("authentication")):
        yield "", f"its authentication is switched off; {BACK}"
    if _settings(said):
        yield "", f"settings of how it is sent are not used here; {BACK}"


_USUAL: Node = {
    "renderRequestBody": True,
    "encodeUrl": True,
    "followRedirects": "global",
    "rebuildPath": True,
    "cookies": {"send": True, "store": True},
}


def _settings(said: Node) -> bool:
    """Whether there are settings other than the defaults."""
    settings = mapping(said.get("settings"))
    usual = {
        **_USUAL,
        "cookies": {**mapping(_USUAL["cookies"]), **mapping(settings.get("cookies"))},
    }
    return any(
        name in usual and value != usual[name] for name, value in settings.items()
    ) or not all(mapping(settings.get("cookies")).get(name, True) for name in ("send", "store"))


def _tags(request: Request) -> Iterator[tuple[str, str]]:
    found = tags_in(
        [request.url, request.headers, request.params, request.body, request.auth or {}]
    )
    if found:
        names = ", ".join(found[:5])[:200]
        yield "", f"templates that only Insomnia can evaluate are left as they are: {names}"


def write_request(request: Request, original: Node, base: Node) -> tuple[Node, set[str]]:
    """Return a request in the form of version 5, and the names of what differs from ``original``.

    ``original`` is its original in version 5, ``base`` our fields as they were read from it; both
    are empty for a request that is not from Insomnia.
    """
    now = base_of(request)
    changed = {name for name, value in now.items() if name not in base or base[name] != value}
    written: Node = {}
    if changed & {"url", "params"}:
        written |= _written_url(request, original, base)
    if "name" in changed:
        written["name"] = request.name
    if "method" in changed:
        written["method"] = request.method
    if changed & {"body_type", "body"}:
        before = (base.get("body_type"), base.get("body")) if base else None
        written["body"] = write_body(
            (request.body_type, request.body), before, original.get("body")
        )
    if "headers" in changed:
        written["headers"] = write_entries(
            request.headers, base.get("headers"), original.get("headers")
        )
    if "auth" in changed:
        written["authentication"] = write_auth(
            request.auth, base.get("auth"), original.get("authentication")
        )
    if "description" in changed:
        meta = mapping(original.get("meta"))
        written["meta"] = meta | {"description": request.description or ""}
    return original | written, {*written}


def _written_url(request: Request, original: Node, base: Node) -> Node:
    written: Node = {}
    queries = [one for one in request.params if one.get("in") != "path"]
    in_text = _in_text(queries)
    url = with_query(request.url, in_text)
    queries = [one for one in queries if one not in in_text]
    paths = [one for one in request.params if one.get("in") == "path"]
    before = [one for one in listed(base.get("params")) if isinstance(one, dict)]
    said = listed(original.get("parameters"))
    if base.get("url") != url:
        written["url"] = write_text(respelled(url, paths, fits_in(paths)))
        in_url = query_keys(url)
        queries = [one for one in queries if not is_on(one) or one.get("key") not in in_url]
        joined = [one for one in said if name_of(one) in query_keys(text_in(base.get("url")))]
        said = [one for one in said if one not in joined or mapping(one).get("disabled") is True]
    was = [one for one in before if one.get("in") != "path"]
    parameters = written_entries(queries, was, said, rewritten, theirs=_parameter_name)
    if parameters or "parameters" in original:
        written["parameters"] = parameters
    was = [one for one in before if one.get("in") == "path"]
    places = written_entries(
        paths, was, listed(original.get("pathParameters")), write_path_parameter, theirs=name_of
    )
    if places or original.get("pathParameters"):
        written["pathParameters"] = places
    return written


def _in_text(queries: list[Entry]) -> list[Entry]:
    """Return the parameters that have to be in the URL's text to be sent in their order.

    Insomnia sends no parameter without a name, unless it is in the URL.
    """
    sent = [one for one in queries if is_on(one)]
    last = max((at for at, one in enumerate(sent) if not one.get("key")), default=-1)
    return sent[: last + 1]
