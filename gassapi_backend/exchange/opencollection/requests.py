"""Converts requests between OpenCollection's form and ours."""

from collections.abc import Iterator
from urllib.parse import unquote

from gassapi_backend.exchange.entries import written_entries
from gassapi_backend.exchange.opencollection.auth import read_auth, write_auth
from gassapi_backend.exchange.opencollection.bodies import (
    media_type_of,
    read_body,
    read_graphql,
    write_body,
    write_graphql,
)
from gassapi_backend.exchange.opencollection.completing import ONLY_TEXT
from gassapi_backend.exchange.opencollection.entries import (
    describe,
    description_of,
    name_of,
    read_entries,
    read_entry,
    read_variables,
    rewritten,
    write_entries,
)
from gassapi_backend.exchange.opencollection.examples import read_examples, write_examples
from gassapi_backend.exchange.opencollection.items import Item, kind_of
from gassapi_backend.exchange.path_variables import respelled
from gassapi_backend.exchange.postman.bodies import language_of
from gassapi_backend.exchange.postman.url_writing import with_query
from gassapi_backend.exchange.request_variables import expanded, fill_in
from gassapi_backend.exchange.tree import Entry, Json, Note, Request, What, base_of
from gassapi_backend.exchange.values import is_on, listed, mapping, objects, text_in, value_of

Node = dict[str, Json]

BACK = "it is kept, and comes back when exporting to OpenCollection"
_USUAL_SETTINGS: Node = {
    "encodeUrl": True,
    "timeout": 0,
    "followRedirects": True,
    "maxRedirects": 5,
    "forwardAuthorizationHeader": False,
}


def details_of(said: Node) -> tuple[str, Node]:
    """Return the key that holds the request itself, and the request."""
    name = "graphql" if kind_of(said) == "graphql" else "http"
    return (name, said[name]) if isinstance(said.get(name), dict) else ("", said)


def read_request(item: Item) -> tuple[Request, list[Note]]:
    """Return a request without its origin, and notes on what is kept but not used."""
    said = item.said
    _, details = details_of(said)
    url = text_in(details.get("url"))
    method = text_in(details.get("method")).strip().upper() or "GET"
    read = read_graphql if kind_of(said) == "graphql" else read_body
    body_type, body = read(details.get("body"))
    if kind_of(said) == "graphql" and not details.get("method"):
        method = "POST"
    headers = _headers(details)
    language = language_of(value_of(headers, "content-type"))
    if body_type == "text" and language in ONLY_TEXT:
        body_type = language
    info = mapping(said.get("info"))
    request = Request(
        name=text_in(info.get("name")) or text_in(said.get("name")) or url or f"{method} request",
        method=method,
        url=url,
        headers=headers,
        params=read_params(url, details.get("params")),
        body_type=body_type,
        body=body,
        auth=read_auth(details.get("auth"), of_request=True),
        description=description_of(said.get("docs")) or description_of(info.get("description")),
        examples=read_examples(said.get("examples")),
    )
    reasons = [*_kept(said, details)]
    if variables := _variables_of(said):
        fill_in(request, variables)
        names = ", ".join(variables)[:200]
        reasons.append(f"variables of its own are filled into it ({names}); {BACK}")
    notes = [Note(What.KEPT, "endpoint", request.name, item.pointer, one) for one in reasons]
    return request, notes


def _variables_of(said: Node) -> dict[str, str]:
    """Return the variables that a request has of its own, which win over all others."""
    read = read_variables(mapping(said.get("runtime")).get("variables"))
    return expanded({one["key"]: one["value"] for one in read if is_on(one) and one["key"]})


def _headers(details: Node) -> list[Entry]:
    """Return the headers, and the media type of a body that is said with the body alone."""
    headers = read_entries(details.get("headers"))
    media_type = media_type_of(details.get("body"))
    if media_type and not value_of(headers, "content-type"):
        headers.append({"key": "Content-Type", "value": media_type, "enabled": True})
    return headers


def read_params(url: str, said: Json) -> list[Entry]:
    """Return parameters, except those that just repeat what is in the URL.

    One without a name is sent only if it is in the URL.
    """
    in_url = query_keys(url)
    params = []
    for _, one in objects(said):
        entry = read_entry(one) | {"in": "path" if one.get("type") == "path" else "query"}
        if not entry["key"] and (is_on(entry) or not entry["value"]):
            continue
        repeats = entry["in"] == "query" and is_on(entry) and entry["key"] in in_url
        if not repeats or entry.get("description"):
            params.append(entry)
    return params


def query_keys(url: str) -> set[str]:
    """Return the keys in the query of a URL."""
    return {key for key, _ in query_pairs(url)}


def query_pairs(url: str) -> list[tuple[str, str]]:
    """Return the parameters in the query of a URL, decoded."""
    query = url.partition("#")[0].partition("?")[2]
    pairs = [piece.partition("=") for piece in query.split("&") if piece]
    return [(unquote(key), unquote(value)) for key, _, value in pairs]


def _kept(said: Node, details: Node) -> Iterator[str]:
    runtime = mapping(said.get("runtime"))
    yield from kept_scripts(runtime.get("scripts"))
    if runtime.get("assertions"):
        yield f"its assertions are not checked here; {BACK}"
    if runtime.get("actions"):
        yield f"what is taken from its responses is not taken here; {BACK}"
    settings = mapping(said.get("settings"))
    if any(value != _USUAL_SETTINGS.get(name) for name, value in settings.items()):
        yield f"settings of how it is sent are not used here; {BACK}"
    body = details.get("body")
    if isinstance(body, list) and len(body) > 1:
        yield f"of its {len(body)} bodies, the selected one is used; {BACK}"


_SCRIPTS = {
    "before-request": "a script that runs before the request",
    "after-response": "a script that runs after the response",
    "tests": "a test script",
}


def kept_scripts(said: Json) -> Iterator[str]:
    """Yield one note per kind of script, saying that it does not run here."""
    found = {
        text_in(one.get("type")) for _, one in objects(said) if text_in(one.get("code")).strip()
    }
    for kind in sorted(found):
        yield f"{_SCRIPTS.get(kind, 'a script')} does not run here; {BACK}"


def write_request(request: Request, original: Node, base: Node, *, is_cut: bool) -> Node:
    """Return a request for OpenCollection: its original with what was edited.

    ``is_cut`` says that a folder above wants no authentication, which only requests can express.
    """
    now = base_of(request)
    changed = {name for name, value in now.items() if name not in base or base[name] != value}
    written = dict(original)
    if "name" in changed:
        written["info"] = mapping(original.get("info")) | {"name": request.name}
    if "description" in changed and (base or request.description):
        describe(written, request.description)
    if "examples" in changed and (base or request.examples):
        written["examples"] = write_examples(
            request.examples, base.get("examples"), original.get("examples")
        )
    name, details = details_of(original) if original else ("", {})
    wanted = "graphql" if request.body_type == "graphql" else "http"
    if is_cut and request.auth is None:
        changed = changed | {"auth"}
    if changed & {"method", "url", "headers", "params", "body_type", "body", "auth"}:
        details = _details(request, details, base, changed, is_cut=is_cut)
        if name or not original:
            written.pop(name, None)
            written[wanted] = details
        else:
            written |= details
    if not original or kind_of(original) != wanted:
        written["info"] = mapping(written.get("info")) | {"type": wanted}
    return written


def _details(request: Request, said: Node, base: Node, changed: set[str], *, is_cut: bool) -> Node:
    written = dict(said)
    if "method" in changed:
        written["method"] = request.method
    if changed & {"url", "params"}:
        written |= _url(request, said, base)
    if "headers" in changed and (base or request.headers):
        written["headers"] = write_entries(
            request.headers, base.get("headers"), said.get("headers")
        )
    if changed & {"body_type", "body"}:
        body = _body(request, said, base)
        written.pop("body", None)
        if body is not None:
            written["body"] = body
    if "auth" in changed:
        auth = {"type": "none"} if is_cut and request.auth is None else request.auth
        written.pop("auth", None)
        made = write_auth(auth, base.get("auth"), said.get("auth"))
        if made is not None:
            written["auth"] = made
    return written


def _body(request: Request, said: Node, base: Node) -> Json:
    if request.body_type == "graphql":
        was = base.get("body") if base.get("body_type") == "graphql" else None
        return write_graphql(request.body, was, said.get("body") if was else None)
    before = (base.get("body_type"), base.get("body")) if base else None
    return write_body((request.body_type, request.body), before, said.get("body"))


def _url(request: Request, said: Node, base: Node) -> Node:
    """Return URL and parameters, which repeat what is in the URL's query.

    Enabled parameters that are not in the URL are added to it: Bruno sends what is there.
    """
    originals = listed(said.get("params"))
    known = {_key(one) for one in listed(base.get("params"))}
    url = request.url
    if base.get("url") != request.url:
        url = respelled(url, request.params, _fits, in_keys=True)
        repeated = {("query", key) for key in query_keys(text_in(base.get("url")))} - known
        originals = [one for one in originals if _their_key(one) not in repeated]
    added = [
        one
        for one in request.params
        if one.get("in") != "path" and is_on(one) and _key(one) not in known
    ]
    url = with_query(url, added)
    params = written_entries(
        request.params, listed(base.get("params")), originals, _param, ours=_key, theirs=_their_key
    )
    said_keys = {_their_key(one) for one in params if mapping(one).get("disabled") is not True}
    params += [
        {"name": key, "value": value, "type": "query"}
        for key, value in query_pairs(url)
        if ("query", key) not in said_keys
    ]
    return {"url": url} | ({"params": params} if params or "params" in said else {})


def _fits(name: str, rest: str) -> bool:
    """Whether Bruno finds a path parameter, which is a whole segment."""
    return rest == "" or rest.startswith("\\:")


def _key(entry: Json) -> object:
    return ("path" if mapping(entry).get("in") == "path" else "query", mapping(entry).get("key"))


def _their_key(said: Json) -> object:
    return ("path" if mapping(said).get("type") == "path" else "query", name_of(said) or "")


def _param(entry: Entry, before: Entry, original: Json) -> Node:
    written = rewritten(entry, before, original)
    if original is None:
        written["type"] = "path" if entry.get("in") == "path" else "query"
    return written
