"""Writes a request as an item of Postman 2.1: its original, with what was edited."""

from gassapi_backend.exchange.postman.auth import write_auth
from gassapi_backend.exchange.postman.bodies import write_body
from gassapi_backend.exchange.postman.examples import write_examples
from gassapi_backend.exchange.postman.headers import write_headers
from gassapi_backend.exchange.postman.reading import FORMAT
from gassapi_backend.exchange.postman.requests import is_pruned, request_of
from gassapi_backend.exchange.postman.url_writing import write_url
from gassapi_backend.exchange.postman.values import mapping, with_description
from gassapi_backend.exchange.tree import Json, Request, base_of
from gassapi_backend.exchange.writing import own_origin

Node = dict[str, Json]

_IN_REQUEST = {"method", "url", "headers", "params", "body_type", "body", "auth", "description"}


def write_request(request: Request, *, include_examples: bool) -> Node:
    """Return a request as an item; ``request`` may include inherited headers."""
    origin = own_origin(request, FORMAT)
    node: Node = dict(origin.original["node"]) if origin else {}
    base = origin.base if origin else {}
    now = base_of(request)
    changed = {name for name, value in now.items() if name not in base or base[name] != value}
    if "name" in changed:
        node["name"] = request.name
    if "description" in changed and _is_described(node):
        with_description(node, request.description)
        changed.discard("description")
    if changed & _IN_REQUEST:
        node["request"] = _request(request, request_of(node), base, changed)
    if changed & {"method", "body_type", "body"}:
        _have_body_sent(request, node)
    if not include_examples:
        node["response"] = []
    elif "examples" in changed:
        node["response"] = write_examples(
            request.examples, base.get("examples"), node.get("response")
        )
    return node


def _is_described(node: Node) -> bool:
    """Whether the description belongs to the item, and not to its request."""
    return bool(node.get("description")) and not request_of(node).get("description")


def _have_body_sent(request: Request, node: Node) -> None:
    """Ask for a body with a method that usually has none; otherwise Postman would drop it."""
    if request.body and is_pruned(request.method, node):
        settings = mapping(node.get("protocolProfileBehavior"))
        node["protocolProfileBehavior"] = settings | {"disableBodyPruning": True}


def _request(request: Request, said: Node, base: Node, changed: set[str]) -> Node:
    written = dict(said)
    if "method" in changed:
        written["method"] = request.method
    if "auth" in changed:
        _set(written, "auth", write_auth(request.auth, base.get("auth"), said.get("auth")))
    if "headers" in changed:
        written["header"] = write_headers(request.headers, base.get("headers"), said.get("header"))
    if changed & {"body_type", "body"}:
        before = (base.get("body_type"), base.get("body")) if base else None
        body = write_body(request.body_type, request.body, before, said.get("body"))
        _set(written, "body", body)
    if changed & {"url", "params"}:
        was = (base["url"], base["params"]) if base else None
        written["url"] = write_url(request.url, request.params, was, said.get("url"))
    if "description" in changed:
        with_description(written, request.description)
    return written


def _set(written: Node, name: str, value: Json) -> None:
    if value is None:
        written.pop(name, None)
    else:
        written[name] = value
