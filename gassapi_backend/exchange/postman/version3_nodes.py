"""Converts one file of version 3.0 to version 2.1, with what 2.1 has no place for apart."""

from gassapi_backend.exchange.loading import as_written, text_of
from gassapi_backend.exchange.postman.items import Node
from gassapi_backend.exchange.postman.url_writing import parts_object
from gassapi_backend.exchange.postman.urls import parts_of, query_items
from gassapi_backend.exchange.postman.values import listed, mapping, text_or_none
from gassapi_backend.exchange.postman.version2 import SCHEMA, lines_of, type_of
from gassapi_backend.exchange.tree import Json, Note, What

_ANY = {"$kind", "id", "name", "description", "order", "scripts", "auth"}
_FOLDER = _ANY | {"variables", "items"}
_HTTP = _ANY | {
    "url",
    "method",
    "headers",
    "queryParams",
    "pathVariables",
    "body",
    "settings",
    "examples",
}
_GRAPHQL = (_HTTP - {"body"}) | {"query", "operationName", "variables"}
_KINDS = {
    "grpc-request": "gRPC",
    "websocket-request": "WebSocket",
    "socket.io-request": "Socket.IO",
    "mqtt-request": "MQTT",
    "mcp-request": "MCP",
    "llm-request": "LLM",
}
_LISTENS = {"beforeRequest": "prerequest", "beforeQuery": "prerequest", "afterResponse": "test"}
_LANGUAGES = {"json", "text", "xml", "html", "javascript"}


def kept_by_kind(said: Node, pointer: str) -> Note | None:
    """Return the note on a request that is not HTTP; ``None`` for one that is."""
    kind = text_or_none(said.get("$kind")) or "http-request"
    if kind in ("http-request", "graphql-request"):
        return None
    name = text_or_none(said.get("name")) or pointer.rpartition("/")[2]
    reason = f"a request of the kind {_KINDS.get(kind, kind[:40])} is not sent over HTTP: left out"
    return Note(What.SKIPPED, "endpoint", name, pointer, reason)


def collection_node(said: Node, name: str) -> tuple[Node, Node]:
    """Return what a definition says of a collection in a folder of that name."""
    node, beyond = folder_node(said, name)
    info: Node = {"name": node.pop("name"), "schema": SCHEMA}
    if "description" in node:
        info["description"] = node.pop("description")
    if "id" in node:
        info["_postman_id"] = node.pop("id")
    return {"info": info, **node}, beyond


def folder_node(said: Node, name: str) -> tuple[Node, Node]:
    """Return what a definition says of a folder of that name."""
    node = {"name": text_or_none(said.get("name")) or name, **_shared(said)}
    if variables := _entries(said.get("variables")):
        node["variable"] = variables
    return node, _left(said, _FOLDER)


def _shared(said: Node) -> Node:
    node = {name: said[name] for name in ("id", "description") if said.get(name)}
    if events := [event for one in listed(said.get("scripts")) if (event := _event(one))]:
        node["event"] = events
    if auth := _auth(said.get("auth")):
        node["auth"] = auth
    return node


def _left(said: Node, used: set[str]) -> Node:
    left = {name: value for name, value in said.items() if name not in used}
    scripts = [one for one in listed(said.get("scripts")) if not _event(one)]
    others = listed(said.get("auth"))[1:]
    left |= {"scripts": scripts} if scripts else {}
    return left | ({"auth": others} if others else {})


def _event(said: Json) -> Node | None:
    """Return a script as an event; those of folders say which protocol they are for."""
    protocol, _, kind = text_of(mapping(said).get("type")).rpartition(":")
    if kind not in _LISTENS or protocol not in ("", "http", "graphql"):
        return None
    script: Node = {"type": said.get("language") or "text/javascript"}
    script["exec"] = lines_of(said.get("code"))
    return {"listen": _LISTENS[kind], "script": script}


def _auth(said: Json) -> Node | None:
    """Return authentication; of several, the first."""
    first = mapping(listed(said)[0] if listed(said) else said)
    kind = text_or_none(first.get("type"))
    if not kind or kind == "inherit":
        return None
    if kind == "noauth":
        return {"type": "noauth"}
    credentials = first.get("credentials")
    if isinstance(credentials, dict):
        credentials = [{"key": key, "value": value} for key, value in credentials.items()]
    entries = [
        {"key": one.get("key"), "value": (value := as_written(one.get("value")))}
        | {"type": type_of(value)}
        for one in listed(credentials)
        if isinstance(one, dict)
    ]
    return {"type": kind, kind: entries}


def _entries(said: Json) -> list[Json]:
    """Return entries given as a list or as a map; their values are text."""
    if isinstance(said, dict):
        said = [{"key": key, "value": value} for key, value in said.items()]
    return [
        {name: as_written(value) for name, value in one.items()}
        | ({"value": text_of(one["value"])} if "value" in one else {})
        for one in listed(said)
        if isinstance(one, dict)
    ]


def request_node(said: Node, name: str, examples: list[Node]) -> tuple[Node, Node]:
    """Return a request, from a file of that name, with its examples."""
    is_graphql = said.get("$kind") == "graphql-request"
    shared = _shared(said)
    request = _request(said)
    for part in ("auth", "description"):
        if part in shared:
            request[part] = shared.pop(part)
    if is_graphql:
        request["method"] = text_or_none(said.get("method")) or "POST"
        graphql = {key: said[key] for key in ("query", "variables", "operationName") if key in said}
        request["body"] = {"mode": "graphql", "graphql": graphql}
    title = text_or_none(said.get("name")) or name or text_of(said.get("url")) or "Request"
    node = {"name": title, **shared, "request": request, "response": examples}
    if settings := _settings(said.get("settings")):
        node["protocolProfileBehavior"] = settings
    return node, _left(said, _GRAPHQL if is_graphql else _HTTP)


def _settings(said: Json) -> Node:
    settings = dict(mapping(said))
    names = settings.get("disabledSystemHeaders")
    if isinstance(names, list):
        settings["disabledSystemHeaders"] = {text_of(name): True for name in names}
    return settings


def _request(said: Node) -> Node:
    request: Node = {
        "method": text_or_none(said.get("method")) or "GET",
        "header": _entries(said.get("headers")),
        "url": _url(said),
    }
    if body := _body(said.get("body")):
        request["body"] = body
    return request


def _url(said: Node) -> Json:
    url = text_or_none(said.get("url")) or ""
    query, variable = _entries(said.get("queryParams")), _entries(said.get("pathVariables"))
    if not query and not variable:
        return url
    written = {**parts_object(url), "query": query or query_items(parts_of(url).query)}
    return written | ({"variable": variable} if variable else {})


def _body(said: Json) -> Node | None:
    """Return a body of any of the types of version 3.0."""
    kind, content = text_or_none(mapping(said).get("type")), mapping(said).get("content")
    if kind in (None, "none"):
        return None
    if kind in _LANGUAGES:
        options = {"raw": {"language": kind}}
        return {"mode": "raw", "raw": text_of(content), "options": options}
    if kind in ("formdata", "urlencoded"):
        return {"mode": kind, kind: _entries(content)}
    if kind == "file":
        return {"mode": "file", "file": content if isinstance(content, dict) else {"src": content}}
    return {"mode": kind, str(kind): content}


def example_node(said: Node, name: str) -> Node:
    """Return a saved response, from a file of that name."""
    response = mapping(said.get("response")) or said
    body = mapping(response.get("body"))
    node: Node = {"name": text_or_none(said.get("name")) or name}
    request = said.get("request", said.get("originalRequest"))
    if isinstance(request, dict):
        node["originalRequest"] = _request(request)
    found = {
        "id": said.get("id"),
        "description": said.get("description"),
        "code": response.get("statusCode", response.get("code")),
        "status": response.get("statusText", response.get("status")),
        "_postman_previewlanguage": text_or_none(body.get("type")),
    }
    node |= {key: value for key, value in found.items() if value not in (None, "")}
    node |= {"header": _entries(response.get("headers")), "cookie": []}
    content = body.get("content") if body else response.get("body")
    return node | {"body": None if content is None or content == {} else text_of(content)}
