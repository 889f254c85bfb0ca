"""Converts collections of version 2.0 and its drafts to version 2.1."""

from gassapi_backend.exchange.postman.values import listed, mapping
from gassapi_backend.exchange.tree import Json

SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
Node = dict[str, Json]


def upgraded(said: Node) -> Node:
    """Return an item in version 2.1 without its children; parts that do not change are shared."""
    node = _variable_renamed(_auth_listed(said))
    if isinstance(node.get("info"), dict):
        node = node | {"info": node["info"] | {"schema": SCHEMA}}
    if isinstance(node.get("request"), dict):
        node = node | {"request": _request(node["request"])}
    if isinstance(node.get("response"), list):
        node = node | {"response": [_response(one) for one in node["response"]]}
    return node


def _request(said: Node) -> Node:
    request = _auth_listed(said)
    if isinstance(request.get("url"), dict):
        request = request | {"url": _url(request["url"])}
    return request


def _url(said: Node) -> Node:
    """Return a URL whose host does not end with a slash of its own before the path."""
    url = _variable_renamed(said)
    host = url.get("host")
    if isinstance(host, str) and host.endswith("/") and url.get("path"):
        return url | {"host": host.removesuffix("/")}
    return url


def _response(said: Json) -> Json:
    if not isinstance(mapping(said).get("originalRequest"), dict):
        return said
    return said | {"originalRequest": _request(said["originalRequest"])}


def _variable_renamed(said: Node) -> Node:
    """Rename variables to what they have been called since the final version 2.0."""
    if "variables" not in said or said.get("variable"):
        return said
    left = {name: value for name, value in said.items() if name != "variables"}
    return left | {"variable": said["variables"]}


def _auth_listed(said: Node) -> Node:
    auth = mapping(said.get("auth"))
    kind = auth.get("type")
    if not isinstance(kind, str) or not isinstance(auth.get(kind), dict):
        return said
    return said | {"auth": auth | {kind: auth_parameters(auth[kind])}}


def auth_parameters(values: Node) -> list[Json]:
    """Return the parameters of an authentication as a list, as in version 2.1."""
    return [{"key": key, "value": value, "type": type_of(value)} for key, value in values.items()]


def type_of(value: Json) -> str:
    """Return version 2.1's name for the type of a value."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    return "string" if isinstance(value, str) else "any"


def events_of(**scripts: Json) -> list[Json]:
    """Return an event for each script, by what it listens to."""
    return [
        {"listen": listen, "script": {"type": "text/javascript", "exec": lines_of(script)}}
        for listen, script in scripts.items()
        if script
    ]


def lines_of(script: Json) -> list[Json]:
    """Return the lines of a script, as in version 2.1."""
    return script.split("\n") if isinstance(script, str) else listed(script)
