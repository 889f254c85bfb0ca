"""Converts files in Bruno's own language to its JSON."""

import re

from gassapi_backend.exchange.bruno.language import Block, Pair, parse
from gassapi_backend.exchange.tree import Json, Unreadable
from gassapi_backend.exchange.values import text_in

Node = dict[str, Json]

_METHODS = {
    "get", "post", "put", "delete", "patch", "options", "head", "connect", "trace", "http",
}  # fmt: skip
_OTHERS = {"grpc": "grpc", "ws": "ws"}
_BODIES = {
    "body:json": "json",
    "body:text": "text",
    "body:xml": "xml",
    "body:sparql": "sparql",
    "body": "json",
}
_MODES = {"form-urlencoded": "formUrlEncoded", "multipart-form": "multipartForm"}
_FORMS = {f"body:{theirs}": ours for theirs, ours in _MODES.items()}
_SCRIPTS = {"script:pre-request": "req", "script:post-response": "res"}
_CONTENT_TYPE = "@contentType("
_FILE = re.compile(r"@file\((.*)\)", re.S)
_TYPES = ("number", "boolean", "object")


def item_of(text: str) -> Node:
    """Return what a file describes: a request, a folder or the defaults of a collection.

    ``type`` is ``http-request``, ``graphql-request``, ``folder`` or something else.
    """
    blocks = parse(text)
    request: Node = {"headers": [], "params": [], "body": {}, "auth": {}}
    item: Node = {"type": "", "request": request}
    for block in blocks:
        _take(block, item, request)
    _settle(item, request, {block.name for block in blocks})
    return item


def _take(block: Block, item: Node, request: Node) -> None:
    name = block.name
    if name == "meta":
        item["meta"] = {pair.key: pair.value for pair in block.pairs}
    elif name in _METHODS:
        request["method"] = block.get("method") if name == "http" else name
        request["url"] = block.get("url")
        request["modes"] = {"body": block.get("body"), "auth": block.get("auth")}
    elif name in _OTHERS:
        item["type"] = _OTHERS[name]
        request["url"] = block.get("url")
    elif name == "headers":
        request["headers"] += _entries(block)
    elif name in ("query", "params", "params:query", "params:path"):
        kind = "path" if name == "params:path" else "query"
        request["params"] += [one | {"type": kind} for one in _entries(block)]
    elif name == "auth":
        request["auth"]["mode"] = block.get("mode")
    elif name.startswith("auth:"):
        _take_auth(name.removeprefix("auth:"), block, request["auth"])
    elif name.startswith("body"):
        _take_body(name, block, request["body"])
    else:
        _take_rest(name, block, item, request)


def _take_auth(name: str, block: Block, auth: Node) -> None:
    kind, _, rest = name.partition(":")
    if rest:  # more parameters of OAuth 2, kept under the name of their block
        auth.setdefault(kind, {})[_camel(rest.replace(":", "_"))] = _entries(block)
        return
    found = {_camel(pair.key): pair.text.strip() for pair in block.pairs}
    if kind == "oauth1":
        _name_as_in_json(found)
    auth.setdefault(kind, {}).update(found)


def _name_as_in_json(oauth1: Node) -> None:
    if "tokenSecret" in oauth1:
        oauth1["accessTokenSecret"] = oauth1.pop("tokenSecret")
    if "includeBodyHash" in oauth1:
        oauth1["includeBodyHash"] = oauth1["includeBodyHash"] == "true"
    if file := _FILE.fullmatch(text_in(oauth1.get("privateKey"))):
        oauth1 |= {"privateKey": file[1], "privateKeyType": "file"}


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(one[:1].upper() + one[1:] for one in others)


def _take_body(name: str, block: Block, body: Node) -> None:
    if name in _BODIES:
        body[_BODIES[name]] = block.text
    elif name == "body:graphql":
        body.setdefault("graphql", {})["query"] = block.text
    elif name == "body:graphql:vars":
        body.setdefault("graphql", {})["variables"] = block.text
    elif name == "body:form-urlencoded":
        body["formUrlEncoded"] = _entries(block)
    elif name == "body:multipart-form":
        body["multipartForm"] = [_part(pair) for pair in block.pairs]
    elif name == "body:file":
        body["file"] = [_file(pair) for pair in block.pairs]


def _take_rest(name: str, block: Block, item: Node, request: Node) -> None:
    if name in ("vars:pre-request", "vars:post-response"):
        kind = "req" if name == "vars:pre-request" else "res"
        request.setdefault("vars", {})[kind] = [_variable(pair) for pair in block.pairs]
    elif name == "vars:secret":
        request.setdefault("secrets", []).extend(_entries(block))
    elif name == "vars":
        request.setdefault("variables", []).extend(_variable(pair) for pair in block.pairs)
    elif name in _SCRIPTS:
        request.setdefault("script", {})[_SCRIPTS[name]] = block.text
    elif name == "assert":
        request["assertions"] = _entries(block)
    elif name in ("tests", "docs"):
        request[name] = block.text
    elif name == "settings":
        item["settings"] = {pair.key: _scalar(pair.text) for pair in block.pairs}
    elif name == "color":
        item["color"] = block.get("color")
    elif name == "example":
        item.setdefault("examples", []).append(_example(block.text))


def _scalar(text: str) -> Json:
    if text in ("true", "false"):
        return text == "true"
    return int(text) if re.fullmatch(r"-?[0-9]{1,15}", text) else text


def _settle(item: Node, request: Node, names: set[str]) -> None:
    """Set what depends on all blocks together: which body and credentials apply, and the type."""
    meta = item.setdefault("meta", {})
    modes = request.pop("modes", None)
    if modes is not None:
        request["auth"]["mode"] = modes["auth"]
        request["body"]["mode"] = _mode(modes["body"], request["body"])
    elif "mode" not in request["auth"] and len(request["auth"]) == 1:
        request["auth"]["mode"] = next(iter(request["auth"]))
    if item["type"]:
        return
    if modes is None:
        item["type"] = "folder"
    else:
        is_graphql = meta.get("type") == "graphql"
        item["type"] = "graphql-request" if is_graphql else "http-request"
        if not is_graphql and request["body"]["mode"] == "graphql":
            item["type"] = "graphql-request"
    item["name"] = meta.get("name")
    item["seq"] = meta.get("seq")
    item["tags"] = meta.get("tags")


def _mode(said: str, body: Node) -> str:
    mode = _MODES.get(said, said)
    if not mode and len(body) == 1:
        return str(next(iter(body)))
    return mode


def _entries(block: Block) -> list[Node]:
    return [_entry(pair) for pair in block.pairs]


def _entry(pair: Pair) -> Node:
    made: Node = {"name": pair.key, "value": pair.text.strip(), "enabled": pair.enabled}
    if description := pair.annotations.get("description"):
        made["description"] = description
    return made


def _variable(pair: Pair) -> Node:
    made = _entry(pair)
    if pair.key.startswith("@"):
        made |= {"name": pair.key[1:], "local": True}
    kind = next((one for one in _TYPES if one in pair.annotations), None)
    return made | ({"dataType": kind} if kind else {})


def _with_content_type(pair: Pair) -> tuple[str, str]:
    """Return a value without its media type, and the media type."""
    value, found, rest = pair.text.rpartition(_CONTENT_TYPE)
    if found and rest.rstrip().endswith(")"):
        return value.strip(), rest.rstrip()[:-1].strip()
    return pair.text.strip(), ""


def _part(pair: Pair) -> Node:
    value, content_type = _with_content_type(pair)
    made = _entry(pair) | {"value": value, "type": "text", "contentType": content_type}
    if found := _FILE.fullmatch(value):
        made |= {"type": "file", "value": [one for one in found[1].split("|") if one]}
    return made


def _file(pair: Pair) -> Node:
    value, content_type = _with_content_type(pair)
    found = _FILE.fullmatch(value)
    return {
        "filePath": found[1] if found else value,
        "contentType": content_type,
        "selected": pair.enabled,
    }


def _example(text: str) -> Node:
    """Return an example, which has blocks inside blocks."""
    try:
        blocks = {block.name: block for block in parse(text)}
    except Unreadable:
        return {"name": "Example"}
    example: Node = {
        name: blocks[name].get(name) for name in ("name", "description") if name in blocks
    }
    if "request" in blocks:
        example["request"] = _example_request(blocks["request"].text)
    if "response" in blocks:
        example["response"] = _example_response(blocks["response"].text)
    return example


def _parsed(text: str) -> list[Block]:
    try:
        return parse(text)
    except Unreadable:
        return []


def _example_request(text: str) -> Node:
    request: Node = {"headers": [], "body": {}}
    for block in _parsed(text):
        if block.name in ("url", "method", "mode"):
            request[block.name] = block.get(block.name)
        elif block.name == "headers":
            request["headers"] = _entries(block)
        elif block.name.startswith("body"):
            _take_body(block.name, block, request["body"])
    request["body"]["mode"] = _mode(str(request.pop("mode", "")), request["body"])
    return request


def _example_response(text: str) -> Node:
    response: Node = {}
    for block in _parsed(text):
        if block.name == "headers":
            response["headers"] = _entries(block)
        elif block.name == "status":
            response["status"] = _scalar(block.get("code"))
            response["statusText"] = block.get("text")
        elif block.name == "body":
            pairs = {pair.key: pair.text for pair in _dictionary(block)}
            response["body"] = {"type": pairs.get("type", ""), "content": pairs.get("content", "")}
    return response


def _dictionary(block: Block) -> list[Pair]:
    """Return the pairs of a block whose name would otherwise make it a text."""
    indented = (f"  {line}" if line else "" for line in block.text.split("\n"))
    lines = ["body:of {", *indented, "}"]
    return parse("\n".join(lines))[0].pairs


def environment_of(text: str) -> Node:
    """Return the environment that a file describes."""
    item = item_of(text)
    request = item["request"]
    secrets = [one | {"secret": True} for one in request.get("secrets", [])]
    return {
        "variables": [*request.get("variables", []), *secrets],
        "color": item.get("color"),
    }
