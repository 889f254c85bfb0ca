"""What each format looks like: how a document is recognised before anyone reads it."""

import re
from collections.abc import Iterable

from gassapi_backend.exchange.sources import Source, Syntax
from gassapi_backend.exchange.tree import Json

_START = 20_000
"""How many characters of a text are looked at."""


def keys_of(value: Json) -> set[str]:
    """Return the keys of an object; nothing for any other value."""
    return set(value) if isinstance(value, dict) else set()


def first_of(value: Json) -> Json:
    """Return the first entry of a list; any other value as it is."""
    return (value[0] if value else None) if isinstance(value, list) else value


def start_of(source: Source) -> str:
    """Return the beginning of a text that is not JSON, for inspection."""
    return "" if source.syntax in (Syntax.JSON, Syntax.FILES) else source.text[:_START]


def _has_file(source: Source, *ends: str) -> bool:
    return any(path.lower().endswith(ends) for path in source.files)


def _names(source: Source) -> Iterable[str]:
    return (path.rpartition("/")[2] for path in source.files)


def is_gassapi(source: Source) -> bool:
    """Whether it is a project as we export it."""
    return isinstance(source.data, dict) and source.data.get("format") == "gassapi"


def is_postman(source: Source) -> bool:
    """Whether it is a collection of any version, an environment, globals, or a dump of all."""
    if source.files:
        return _is_postman_folder(source)
    data = source.data
    for wrapper in ("collection", "environment"):
        if isinstance(source.data, dict) and isinstance(source.data.get(wrapper), dict):
            data = source.data[wrapper]
    return _is_postman_collection(data) or _is_postman_variables(data)


def _is_postman_folder(source: Source) -> bool:
    return "archive.json" in source.files or any(
        path.endswith(_POSTMAN_FILES) for path in source.files
    )


_POSTMAN_FILES = (
    ".request.yaml",
    ".environment.yaml",
    ".globals.yaml",
    ".resources/definition.yaml",
)


def _is_postman_collection(data: Json) -> bool:
    keys = keys_of(data)
    info = data.get("info") if keys else None
    if isinstance(info, dict) and ("item" in keys or "postman" in str(info.get("schema"))):
        return "openapi" not in keys
    if "requests" in keys and {"order", "folders_order", "owner", "timestamp"} & keys:
        return True  # version 1, which does not name its format
    if str(keys and data.get("$kind")) in ("collection", "http-request", "environment", "globals"):
        return True
    return isinstance(keys and data.get("collections"), list) and "environments" in keys


def _is_postman_variables(data: Json) -> bool:
    keys = keys_of(data)
    if "_postman_variable_scope" in keys:
        return isinstance(data.get("values"), list | None)
    if {"name", "values"} <= keys:
        return isinstance(data["values"], list)
    entries = data["values"] if keys == {"values"} else data
    if not isinstance(entries, list) or not entries:
        return False
    return all({"key", "value"} <= keys_of(entry) for entry in entries[:50])


def is_openapi(source: Source) -> bool:
    """Whether it is OpenAPI or Swagger, or a folder with such a document in it."""
    if source.files:
        return any(map(_starts_openapi, source.files.values()))
    return bool({"openapi", "swagger"} & keys_of(source.data))


_OPENAPI = re.compile(r"""^\s{0,4}["']?(?:openapi|swagger)["']?\s*:\s*["']?[1-9]""", re.M)


def _starts_openapi(text: str) -> bool:
    return _OPENAPI.search(text[:_START]) is not None or (
        text.lstrip()[:1] == "{" and _OPENAPI_ANYWHERE.search(text) is not None
    )


_OPENAPI_ANYWHERE = re.compile(r'"(?:openapi|swagger)"\s*:\s*"[1-9]\.')


def is_insomnia(source: Source) -> bool:
    """Whether it is an export of version 4 or older, or a file of version 5."""
    data = source.data
    if not isinstance(data, dict):
        return False
    return "__export_format" in data or ".insomnia" in str(data.get("type"))


def is_bruno(source: Source) -> bool:
    """Whether it is a folder or file in Bruno's own language, or its JSON export."""
    if source.files:
        return "bruno.json" in _names(source) or _has_file(source, ".bru")
    if source.syntax is Syntax.TEXT:
        return source.name.lower().endswith(".bru") or _BRU.match(start_of(source)) is not None
    data = source.data
    if _is_bruno_environments(data):
        return True
    if not isinstance(data, dict) or not isinstance(data.get("items"), list):
        return False
    if {"brunoConfig", "activeEnvironmentUid"} & set(data):
        return True
    return "version" in data and (
        not data["items"] or any(_is_bruno_item(one) for one in data["items"][:50])
    )


def _is_bruno_item(said: Json) -> bool:
    """Whether it is an item of any kind; releases of 2024 export files of scripts and settings."""
    kind = str(said.get("type")) if keys_of(said) else ""
    return kind.removesuffix("-request") in ("http", "graphql", "grpc", "ws", "folder", "js")


def _is_bruno_environments(data: Json) -> bool:
    """Whether it is an export of environments, or one of them."""
    kind = data["info"].get("type") if keys_of(keys_of(data) and data.get("info")) else None
    return str(kind).startswith("bruno-environment") or "enabled" in _variable_keys(data, "name")


def _variable_keys(data: Json, key: str) -> set[str]:
    """Return the keys of the variables of an environment, if they are named by this key."""
    listed = data.get("variables") if {"name", "variables"} <= keys_of(data) else None
    found = [keys_of(one) for one in listed[:50]] if isinstance(listed, list) else []
    return set().union(*found) if found and all(key in one for one in found) else set()


_BRU = re.compile(
    r"\s*(?:meta|vars(?::secret)?|headers|auth(?::\w+)?|get|post|put|delete|patch|head|options)"
    r"(?: \{|\s\[)\s*\n"
)


def is_opencollection(source: Source) -> bool:
    """Whether it is a collection in the OpenCollection format, as one file or as a folder.

    A file of such a folder is a document by itself, too: a request or an environment.
    """
    if source.files:
        return bool({"opencollection.yml", "opencollection.yaml"}.intersection(_names(source)))
    data = source.data
    if "opencollection" in keys_of(data) or is_opencollection_request(data):
        return True
    variable = _variable_keys(data, "name")
    return bool(variable) and not {"key", "enabled"} & variable


def is_opencollection_request(data: Json) -> bool:
    """Whether it is a request, in a file of its own."""
    if "info" not in keys_of(data) or {"items", "item", "paths"} & keys_of(data):
        return False
    return any(keys_of(data.get(kind)) for kind in ("http", "graphql"))


def is_hoppscotch(source: Source) -> bool:
    """Whether it is a collection or environment of Hoppscotch, or a list of them."""
    first = first_of(source.data)
    keys = keys_of(first)
    if {"folders", "requests", "name"} <= keys:
        return isinstance(first["folders"], list) and isinstance(first["requests"], list)
    if {"name", "endpoint", "method"} <= keys:
        return True
    if not {"name", "variables"} <= keys or not isinstance(first["variables"], list):
        return False
    if first["variables"]:
        return any("key" in keys_of(one) for one in first["variables"])
    return source.syntax is not Syntax.YAML  # an empty environment of others


def is_http(source: Source) -> bool:
    """Whether it is a file of requests as editors run them, or the environments for one."""
    if source.files:
        return _has_file(source, ".http", ".rest")
    name = source.name.lower()
    if name.endswith((".http", ".rest")) or _is_http_environment(name):
        return True
    return _HTTP.search(start_of(source)) is not None and not is_hurl(source)


def is_hurl(source: Source) -> bool:
    """Whether it is written for Hurl, whose requests look like those of an .http file."""
    if source.name.lower().endswith(".hurl"):
        return True
    return not source.files and _HURL.search(start_of(source)) is not None


_HURL = re.compile(
    r"^HTTP(?:/[\d.]+)?[ \t]+(?:\d{3}|\*)[ \t]*$"
    r"|^\[(?:Asserts|Captures|QueryStringParams|FormParams|Query|Form|Options)\]",
    re.M,
)


def _is_http_environment(name: str) -> bool:
    return name.endswith(("http-client.env.json", "http-client.private.env.json"))


_METHODS = "GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|TRACE|CONNECT|GRAPHQL|WEBSOCKET"
_HTTP = re.compile(
    rf"^(?:###.*\n(?:(?:#|//|@|\s*$).*\n)*)?(?:{_METHODS}) (?:https?://|\{{\{{|/)\S*", re.M
)


def is_har(source: Source) -> bool:
    """Whether it is an HTTP archive."""
    log = source.data.get("log") if isinstance(source.data, dict) else None
    return isinstance(log, dict) and "entries" in log


def is_curl(source: Source) -> bool:
    """Whether it is one or more cURL commands; an .http file may have some among its requests."""
    if source.files or source.name.lower().endswith((".http", ".rest")):
        return False
    text = start_of(source)
    if text.startswith("#!") or source.name.lower().endswith((".sh", ".bash", ".curl")):
        return _CURL_IN_SCRIPT.search(text) is not None
    return _CURL.match(text) is not None


_CURL_IN_SCRIPT = re.compile(r"(?:^|[;&|(])[ \t]*(?:\w+[ \t]+){0,2}curl(?:\.exe)?[ \t\\]", re.M)
_CURL = re.compile(
    r"(?:\s|#.*\n|[$>%]\s|```\w*\n|(?:export|set|echo|printf)[ \t].*\n|[A-Za-z_]\w*=.*\n)*"
    r"(?:(?:printf|echo)[ \t].*\|[ \t]*)?(?:sudo[ \t]+|time[ \t]+)?"
    r"curl(?:\.exe)?(?:[ \t\\^`]|\r?$)",
    re.MULTILINE,
)
"""Commands, perhaps preceded by lines of a shell script that only set or print something."""
