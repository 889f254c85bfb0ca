"""Converts requests of version 1.0 to items of version 2.1, and what folders share with them."""

from collections.abc import Mapping

from gassapi_backend.exchange.loading import text_of
from gassapi_backend.exchange.postman.headers import header_items
from gassapi_backend.exchange.postman.items import Node
from gassapi_backend.exchange.postman.url_writing import parts_object
from gassapi_backend.exchange.postman.urls import parts_of, query_items, variable_items
from gassapi_backend.exchange.postman.values import key_of, listed, mapping, text_or_none
from gassapi_backend.exchange.postman.version1_auth import helper_auth, parsed
from gassapi_backend.exchange.postman.version2 import events_of
from gassapi_backend.exchange.tree import Json

_SHARED = {
    "auth",
    "currentHelper",
    "helperAttributes",
    "events",
    "preRequestScript",
    "tests",
    "variables",
    "protocolProfileBehavior",
}
_SAID = {
    "id",
    "name",
    "description",
    "method",
    "url",
    "queryParams",
    "pathVariables",
    "pathVariableData",
    "headers",
    "headerData",
    "data",
    "dataMode",
    "dataOptions",
    "dataDisabled",
    "rawModeData",
    "graphqlModeData",
    "responses",
}
_MODES = {
    "binary": "file",
    "graphql": "graphql",
    "params": "formdata",
    "raw": "raw",
    "urlencoded": "urlencoded",
}


def unused(said: Node, used: set[str]) -> Node:
    """Return what version 2.1 has no place for."""
    return {name: value for name, value in said.items() if name not in used | _SHARED}


def parts_of_any(said: Node) -> Node:
    """Return what collections, folders and requests may all have."""
    node: Node = {}
    if auth := helper_auth(said):
        node["auth"] = auth
    if events := _events(said):
        node["event"] = events
    if said.get("variables"):
        node["variable"] = said["variables"]
    if said.get("protocolProfileBehavior"):
        node["protocolProfileBehavior"] = said["protocolProfileBehavior"]
    return node


def request_node(said: Node, saved: Mapping[str, Node]) -> tuple[Node, Node]:
    """Return a request as an item, and what 2.1 has no place for; ``saved`` holds all by id."""
    shared = parts_of_any(said)
    auth = shared.pop("auth", None)
    node = {name: said[name] for name in ("id", "name") if said.get(name)} | shared
    node["request"] = _request(said) | ({"auth": auth} if auth else {})
    node["response"] = [_response(one, saved) for one in listed(said.get("responses"))]
    return node, unused(said, _SAID)


def _request(said: Node) -> Node:
    request: Node = {"method": text_or_none(said.get("method")) or "GET", "header": _headers(said)}
    if body := _body(said):
        request["body"] = body
    request["url"] = _url(said)
    if said.get("description"):
        request["description"] = said["description"]
    return request


def _events(said: Node) -> list[Json]:
    return listed(said.get("events")) or events_of(
        prerequest=said.get("preRequestScript"), test=said.get("tests")
    )


def _url(said: Node) -> Json:
    url = text_or_none(said.get("url")) or ""
    query = [_enabled(one) for one in query_items(said.get("queryParams"))]
    named = variable_items(said.get("pathVariableData"))
    known = {key_of(one) for one in named}
    more = [one for one in variable_items(said.get("pathVariables")) if key_of(one) not in known]
    variable = [one for one in [*named, *more] if isinstance(one, dict)]
    if not query and not variable:
        return url
    written = {**parts_object(url), "query": query or query_items(parts_of(url).query)}
    return written | ({"variable": variable} if variable else {})


def _enabled(said: Node) -> Node:
    """Return an entry with ``disabled`` instead of ``enabled``."""
    entry = {name: value for name, value in said.items() if name not in ("enabled", "equals")}
    if said.get("equals") is False and not entry.get("value"):
        entry["value"] = None
    return entry | {"disabled": True} if said.get("enabled") is False else entry


def _headers(said: Node) -> list[Json]:
    """Return the headers: those in the table, and those only in the text."""
    table = [_header(one) for one in header_items(said.get("headerData")) if isinstance(one, dict)]
    known = {(key_of(one) or "").lower() for one in table}
    text = [_header(one) for one in header_items(said.get("headers")) if isinstance(one, dict)]
    return table + [one for one in text if (key_of(one) or "").lower() not in known]


def _header(said: Node) -> Node:
    header = _enabled(said)
    key = text_of(header.get("key"))
    if key.startswith("//"):
        return header | {"key": key.removeprefix("//").strip(), "disabled": True}
    return header


def _body(said: Node) -> Node | None:
    mode = _MODES.get(str(said.get("dataMode"))) or _likely_mode(said)
    if mode is None or ("dataMode" in said and said["dataMode"] is None):
        return None
    content = _content(said, mode)
    if mode in ("formdata", "urlencoded") and not content:
        return None
    options = {
        _MODES[name]: value
        for name, value in mapping(said.get("dataOptions")).items()
        if name in _MODES and value
    }
    body: Node = {"mode": mode, mode: content} | ({"options": options} if options else {})
    return body | {"disabled": True} if said.get("dataDisabled") else body


def _likely_mode(said: Node) -> str | None:
    if isinstance(_raw(said), str) and _raw(said):
        return "raw"
    if said.get("graphqlModeData"):
        return "graphql"
    return "formdata" if isinstance(said.get("data"), list) and said["data"] else None


def _raw(said: Node) -> Json:
    for name in ("rawModeData", "data"):
        raw = said.get(name)
        if isinstance(raw, list) and len(raw) == 1 and isinstance(raw[0], str):
            return raw[0]
        if isinstance(raw, str) and raw:
            return raw
    return ""


def _content(said: Node, mode: str) -> Json:
    match mode:
        case "raw":
            return _raw(said)
        case "file":
            return {"src": _raw(said) or None}
        case "graphql":
            return said.get("graphqlModeData") or mapping(said.get("data"))
    fields = listed(said.get("data")) or listed(said.get("rawModeData"))
    return [_form_field(one) for one in fields if isinstance(one, dict)]


def _form_field(said: Node) -> Node:
    """Return a field of a form; since version 2.0, the path of a file is in ``src``."""
    written = _enabled(said)
    if said.get("type") == "file" and not said.get("src"):
        written["src"] = written.pop("value", None)
    return written


def _response(said: Json, saved: Mapping[str, Node]) -> Json:
    if not isinstance(said, dict):
        return None
    status = mapping(said.get("responseCode"))
    response: Node = {"name": text_or_none(said.get("name")) or "response"}
    if request := _answered(said, saved):
        response["originalRequest"] = _request(request)
    found = {
        "id": said.get("id"),
        "status": status.get("name") or said.get("status"),
        "code": status.get("code"),
        "_postman_previewlanguage": said.get("language"),
        "responseTime": said.get("time"),
        "description": said.get("description"),
    }
    response |= {name: value for name, value in found.items() if value not in (None, "")}
    response |= {"header": said.get("headers"), "cookie": listed(said.get("cookies"))}
    return response | {"body": said.get("text")}


def _answered(said: Node, saved: Mapping[str, Node]) -> Node:
    """Return the request that a response answers, given as an object, its JSON text, or its id."""
    for name in ("requestObject", "request"):
        value = said.get(name)
        if isinstance(value, str):
            value = saved.get(value) or parsed(value)
        if isinstance(value, str):
            value = saved.get(value)
        if isinstance(value, dict):
            return value
    return {}
