"""Converts requests, folders and environments from Bruno's JSON to OpenCollection."""

from gassapi_backend.exchange.loading import text_of
from gassapi_backend.exchange.tree import Json
from gassapi_backend.exchange.values import listed, mapping, objects, text_in, text_or_none

Node = dict[str, Json]

TYPES = {
    "http": "http",
    "http-request": "http",
    "graphql": "graphql",
    "graphql-request": "graphql",
    "folder": "folder",
}
_BODY_TYPES = {"formUrlEncoded": "form-urlencoded", "multipartForm": "multipart-form"}


def entries(said: Json) -> list[Node]:
    """Return headers, parameters or fields."""
    return [entry(one) for _, one in objects(said)]


def entry(said: Node) -> Node:
    """Return one header, parameter or field."""
    made: Node = {"name": text_in(said.get("name")), "value": _value(said.get("value"))}
    if said.get("enabled") is False:
        made["disabled"] = True
    for name in ("type", "contentType", "description"):
        if text := text_in(said.get(name)):
            made[name] = text
    return made


def _value(said: Json) -> Json:
    return [text_in(one) for one in said] if isinstance(said, list) else text_of(said)


def variables(said: Json) -> list[Node]:
    """Return variables: those of an environment, which may be secret, or of a folder."""
    made = []
    for _, one in objects(said):
        variable: Node = {"name": text_in(one.get("name"))}
        if one.get("secret") is True:
            variable = {"secret": True, **variable}
        if one.get("secret") is not True or one.get("value"):
            variable["value"] = _typed(one)
        if one.get("enabled") is False:
            variable["disabled"] = True
        if description := text_in(one.get("description")):
            variable["description"] = description
        made.append(variable)
    return made


def _typed(said: Node) -> Json:
    kind, text = text_in(said.get("dataType")), text_of(said.get("value"))
    return {"type": kind, "data": text} if kind and kind != "string" else text


_NAMES = {"akamai-edgegrid": "akamaiEdgegrid"}
"""Modes whose credentials have another name in the JSON."""


def auth_of(said: Json) -> Json:
    """Return authentication; ``None`` if there is none."""
    said = mapping(said)
    mode = text_in(said.get("mode"))
    if mode in ("", "none"):
        return None
    if mode == "inherit":
        return "inherit"
    own = mapping(said.get(mode) or said.get(_NAMES.get(mode, "")))
    details = {name: one for name, one in own.items() if one is not None}
    if mode == "oauth1" and (kind := details.pop("privateKeyType", None)):
        details["privateKey"] = {"type": kind, "value": text_in(details.get("privateKey"))}
    if mode == "oauth2":
        return {"type": mode, **_oauth2(details)}
    if mode == "apikey" and "placement" in details:
        is_query = text_in(details["placement"]).lower().startswith("query")
        details["placement"] = "query" if is_query else "header"
    return {"type": mode, **details}


_GRANTS = {"password": "resource_owner_password_credentials"}
_GROUPS = {
    "clientId": ("credentials", "clientId"),
    "clientSecret": ("credentials", "clientSecret"),
    "credentialsPlacement": ("credentials", "placement"),
    "username": ("resourceOwner", "username"),
    "password": ("resourceOwner", "password"),
    "credentialsId": ("tokenConfig", "id"),
    "tokenSource": ("tokenConfig", "source"),
    "autoFetchToken": ("settings", "autoFetchToken"),
    "autoRefreshToken": ("settings", "autoRefreshToken"),
}


def _oauth2(said: Node) -> Node:
    grant = text_in(said.pop("grantType", None)) or "authorization_code"
    made: Node = {"flow": _GRANTS.get(grant, grant)}
    pkce = said.pop("pkce", None)
    if grant == "authorization_code" and pkce is not None:
        made["pkce"] = {"disabled": not _is_true(pkce)}
    place = text_in(said.pop("tokenPlacement", None))
    prefix, query = said.pop("tokenHeaderPrefix", None), said.pop("tokenQueryKey", None)
    if place in ("url", "query"):
        made["tokenConfig"] = {"placement": {"query": text_in(query) or "access_token"}}
    elif place or prefix is not None:
        made["tokenConfig"] = {"placement": {"header": text_in(prefix)}}
    for name, value in said.items():
        group, inner = _GROUPS.get(name, ("", name))
        if group == "settings":
            value = _is_true(value)
        if group:
            made[group] = {**mapping(made.get(group)), inner: value}
        else:
            made[name] = value
    return made


def _is_true(said: Json) -> bool:
    return said is True or said == "true"


def body_of(said: Json) -> Json:
    """Return the body that is sent, according to its mode."""
    said = mapping(said)
    mode = text_in(said.get("mode"))
    if mode in _BODY_TYPES:
        return {"type": _BODY_TYPES[mode], "data": entries(said.get(mode))}
    if mode == "file":
        return {"type": "file", "data": [_file(one) for _, one in objects(said.get("file"))]}
    if mode in ("", "none"):
        return None
    return {"type": mode, "data": text_of(said.get(mode))}


def unsent_bodies(said: Json) -> list[str]:
    """Return the modes for which there is a body as well, but not the one that is sent."""
    said = mapping(said)
    mode = text_in(said.get("mode"))
    others = {name: one for name, one in said.items() if name not in ("mode", mode)}
    return [name for name, one in others.items() if _has_content(one)]


def _has_content(said: Json) -> bool:
    if isinstance(said, dict):
        return any(map(_has_content, said.values()))
    return bool(said.strip()) if isinstance(said, str) else bool(said)


def _file(said: Node) -> Node:
    return {
        "filePath": text_in(said.get("filePath")),
        "contentType": text_in(said.get("contentType")),
        "selected": said.get("selected") is not False,
    }


def scripts_of(said: Node) -> list[Node]:
    """Return the scripts and tests that are not empty."""
    script = mapping(said.get("script"))
    found = {
        "before-request": script.get("req"),
        "after-response": script.get("res"),
        "tests": said.get("tests"),
    }
    return [
        {"type": kind, "code": code}
        for kind, one in found.items()
        if (code := text_in(one)).strip()
    ]


def request_of(item: Node) -> Node:
    """Return a request in the form of OpenCollection."""
    said = mapping(item.get("request"))
    kind = TYPES[text_in(item.get("type"))]
    details: Node = {"method": text_in(said.get("method")), "url": text_in(said.get("url"))}
    body = mapping(said.get("body"))
    if text_in(body.get("mode")) == "graphql":
        kind = "graphql"
    if kind == "graphql":
        details["body"] = {name: text_of(one) for name, one in mapping(body.get("graphql")).items()}
    elif (made := body_of(body)) is not None:
        details["body"] = made
    for name in ("headers", "params"):
        if found := entries(said.get(name)):
            details[name] = found
    if (auth := auth_of(said.get("auth"))) is not None:
        details["auth"] = auth
    info: Node = {"name": text_in(item.get("name")), "type": kind}
    if text_or_none(item.get("seq")):
        info["seq"] = item["seq"]
    if tags := listed(item.get("tags")):
        info["tags"] = tags
    node: Node = {"info": info, kind: details}
    if runtime := _runtime(said):
        node["runtime"] = runtime
    if settings := mapping(item.get("settings")):
        node["settings"] = settings
    if examples := [example_of(one) for _, one in objects(item.get("examples"))]:
        node["examples"] = examples
    if docs := text_in(said.get("docs")):
        node["docs"] = docs
    return node


def _runtime(said: Node) -> Node:
    runtime: Node = {}
    if own := variables(mapping(said.get("vars")).get("req")):
        runtime["variables"] = own
    if scripts := scripts_of(said):
        runtime["scripts"] = scripts
    if assertions := [_assertion(one) for _, one in objects(said.get("assertions"))]:
        runtime["assertions"] = assertions
    if actions := [_action(one) for _, one in objects(mapping(said.get("vars")).get("res"))]:
        runtime["actions"] = actions
    return runtime


def _assertion(said: Node) -> Node:
    operator, _, value = text_in(said.get("value")).partition(" ")
    made: Node = {"expression": text_in(said.get("name")), "operator": operator, "value": value}
    return made | ({"disabled": True} if said.get("enabled") is False else {})


def _action(said: Node) -> Node:
    """Return a variable that is set from a response."""
    made: Node = {
        "type": "set-variable",
        "phase": "after-response",
        "selector": {"expression": text_in(said.get("value")), "method": "jsonq"},
        "variable": {
            "name": text_in(said.get("name")),
            "scope": "request" if said.get("local") is True else "runtime",
        },
    }
    return made | ({"disabled": True} if said.get("enabled") is False else {})


def example_of(said: Node) -> Node:
    """Return an example in the form of OpenCollection."""
    request, response = mapping(said.get("request")), mapping(said.get("response"))
    made: Node = {"name": text_in(said.get("name"))}
    if description := text_in(said.get("description")):
        made["description"] = description
    asked: Node = {
        "url": text_in(request.get("url")),
        "method": text_in(request.get("method")),
        "headers": entries(request.get("headers")),
    }
    if (body := body_of(request.get("body"))) is not None:
        asked["body"] = body
    answer: Node = {"headers": entries(response.get("headers"))}
    if response.get("status") is not None:
        answer["status"] = response["status"]
    if text := text_in(response.get("statusText")):
        answer["statusText"] = text
    if (content := response.get("body")) is not None:
        kind = text_in(mapping(content).get("type")) or "text"
        data = mapping(content).get("content", mapping(content).get("data", ""))
        answer["body"] = {"type": kind, "data": text_of(data)}
    return made | {"request": asked, "response": answer}


def folder_of(name: str, root: Json, seq: Json = None) -> Node:
    """Return a folder or a whole collection, given what Bruno calls its root."""
    said = mapping(root)
    request = mapping(said.get("request"))
    meta = mapping(said.get("meta"))
    info: Node = {"name": text_in(meta.get("name")) or name, "type": "folder"}
    if text_or_none(number := meta.get("seq", seq)):
        info["seq"] = number
    defaults: Node = {}
    if headers := entries(request.get("headers")):
        defaults["headers"] = headers
    if (auth := auth_of(request.get("auth"))) is not None:
        defaults["auth"] = auth
    if own := variables(mapping(request.get("vars")).get("req")):
        defaults["variables"] = own
    if scripts := scripts_of(request):
        defaults["scripts"] = scripts
    node: Node = {"info": info}
    if defaults:
        node["request"] = defaults
    if docs := text_in(said.get("docs")):
        node["docs"] = docs
    return node
