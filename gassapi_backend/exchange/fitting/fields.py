"""Fields of a request, folder or environment as they can be stored."""

import re
from collections.abc import Iterable

import orjson

from gassapi_backend.exchange.fitting.limits import Limits
from gassapi_backend.exchange.fitting.names import cut, printable
from gassapi_backend.exchange.fitting.reporting import Fitting
from gassapi_backend.exchange.loading import json_text, text_of
from gassapi_backend.exchange.tree import (
    Entry,
    Environment,
    Folder,
    Json,
    Node,
    Note,
    Request,
    Variable,
    What,
)

_METHOD = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,20}")
_BODY_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+/-]{1,50}")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_TEXT_FIELDS = ("description", "purpose")


def size_of(value: Json) -> int:
    """Return the bytes of a value as JSON text."""
    return 0 if value is None else len(json_text(value).encode())


def fit_characters(node: Node, fitting: Fitting) -> None:
    """Replace NUL and lone surrogates by U+FFFD, in every field but the name."""
    for name in node.__dataclass_fields__:
        value = getattr(node, name)
        if name in ("name", "items", "origin", "id") or not _has_unstorable(value):
            continue
        reason = f"NUL characters in its {name} cannot be stored; they are replaced by U+FFFD"
        fitting.change(node, name, _storable(value), reason)


def _has_unstorable(value: Json) -> bool:
    try:
        if b"\\u0000" not in orjson.dumps(value):
            return False  # by far the most common, and many times faster than checking each text
    except TypeError:  # half a surrogate pair, or an integer beyond 64 bits
        pass
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            if _UNSTORABLE.search(one):
                return True
        elif isinstance(one, dict):
            waiting.extend(one)
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
    return False


def _storable(value: Json) -> Json:
    if isinstance(value, str):
        return _UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {_storable(key): _storable(one) for key, one in value.items()}
    return [_storable(one) for one in value] if isinstance(value, list) else value


def fit_name(node: Node, limits: Limits, fitting: Fitting) -> None:
    """Make the name printable and short enough; a request without one is named after its URL."""
    limit = limits.environment_name if isinstance(node, Environment) else limits.name
    name = cut(printable(node.name), limit)
    if not name:
        name = cut(printable(_stand_in(node)), limit)
        fitting.change(node, "name", name, "it had no name")
    elif name != node.name:
        reason = "is too long" if len(node.name) > limit else "had characters that are not shown"
        fitting.change(node, "name", name, f"its name {reason}")


def _stand_in(node: Node) -> str:
    if isinstance(node, Request):
        return node.url.strip() or f"{node.method} request"
    return "Environment" if isinstance(node, Environment) else "Collection"


def fit_description(node: Node, limits: Limits, fitting: Fitting) -> None:
    """Shorten a description that is too long."""
    limit = limits.short_description if isinstance(node, Environment) else limits.description
    if node.description and len(node.description) > limit:
        fitting.change(
            node,
            "description",
            cut(node.description, limit),
            f"its description is cut to {limit:,} characters",
        )


def fit_request(request: Request, limits: Limits, fitting: Fitting) -> bool:
    """Fit the fields that only requests have; return whether the request can be stored at all."""
    _fit_method(request, fitting)
    if not _fit_url(request, limits, fitting):
        return False
    if request.body_type is not None and not _BODY_TYPE.fullmatch(request.body_type):
        fitting.change(request, "body_type", "text", "the type of its body has no such name here")
    if request.purpose and len(request.purpose) > limits.purpose:
        shorter = cut(request.purpose, limits.purpose)
        fitting.change(request, "purpose", shorter, "its purpose is cut")
    _fit_sizes(request, limits, fitting)
    _fit_examples(request, limits, fitting)
    return True


def _fit_method(request: Request, fitting: Fitting) -> None:
    method = request.method.strip().upper()
    if method == request.method and _METHOD.fullmatch(method):
        return
    if _METHOD.fullmatch(method):
        request.method = method
        if request.origin is not None:
            request.origin.base["method"] = method
    else:
        reason = f"“{cut(request.method, 50)}” is not a method; it is replaced by GET"
        fitting.change(request, "method", "GET", reason)


def _fit_url(request: Request, limits: Limits, fitting: Fitting) -> bool:
    url = _UNPRINTABLE.sub("", request.url).strip()
    if len(url) > limits.url:
        reason = f"its URL is longer than {limits.url:,} characters"
        fitting.note(request, What.SKIPPED, reason)
        return False
    if url != request.url:
        fitting.change(request, "url", url, "blanks or control characters in its URL are left out")
    return True


def _fit_sizes(request: Request, limits: Limits, fitting: Fitting) -> None:
    """Leave out fields that are too large, one by one."""
    fields = ("params", "request_params", "response_schema", "header_docs")
    sizes = dict.fromkeys(fields, limits.fields_bytes) | {"body": limits.body_bytes}
    for name, limit in sizes.items():
        value = getattr(request, name)
        if value and size_of(value) > limit:
            words = name.replace("_", " ")
            reason = f"its {words} is left out: it is larger than {limit // 1000} KB"
            fitting.change(request, name, [] if name == "params" else None, reason)


def _fit_examples(request: Request, limits: Limits, fitting: Fitting) -> None:
    kept, left, dropped = [], limits.examples_bytes - 2, 0
    for example in request.examples:
        size = size_of(example) + 1
        if size > left:
            dropped += 1
            continue
        left -= size
        kept.append(example)
    if dropped:
        reason = f"{dropped} of its examples are left out: there is room for 500 KB"
        fitting.change(request, "examples", kept, reason)


def fit_auth(node: Folder | Request, limits: Limits, fitting: Fitting) -> None:
    """Leave out credentials that are too large."""
    if node.auth is not None and size_of(node.auth) > limits.auth_bytes:
        reason = f"its credentials are left out: they are larger than {limits.auth_bytes:,} bytes"
        fitting.change(node, "auth", None, reason)


def fit_headers(node: Folder | Request, limits: Limits, fitting: Fitting) -> None:
    """Leave out headers without a printable name, and those for which there is no room.

    Disabled headers are dropped first, then those at the end.
    """
    headers = [entry for entry in node.headers if _is_printable(entry)]
    if len(headers) < len(node.headers):
        fitting.change(node, "headers", headers, "a header without a printable name is left out")
    enough = _with_room(headers, limits.headers, limits.headers_bytes)
    if len(enough) < len(headers):
        names = ", ".join(str(one.get("key")) for one in headers if one not in enough)
        reason = f"there is room for {limits.headers} headers and {limits.headers_bytes:,} bytes"
        fitting.change(
            node, "headers", enough, f"headers are left out ({cut(names, 200)}): {reason}"
        )


def _is_printable(entry: Entry) -> bool:
    key = entry.get("key")
    return isinstance(key, str) and key.isprintable()


def _with_room(entries: list[Entry], most: int, most_bytes: int) -> list[Entry]:
    if len(entries) <= most and size_of(entries) <= most_bytes:
        return entries
    chosen: set[int] = set()
    left = most_bytes - 2
    order = sorted(range(len(entries)), key=lambda at: not entries[at].get("enabled", True))
    for at in order:
        size = size_of(entries[at]) + 1
        if len(chosen) < most and size <= left:
            chosen.add(at)
            left -= size
    return [entry for at, entry in enumerate(entries) if at in chosen]


def fit_variables(node: Folder | Environment, limits: Limits, fitting: Fitting) -> None:
    """Leave out variables that cannot be stored; of several with one key, keep the effective one.

    That is the last one that is enabled, as in the tools that they come from.
    """
    variables = [_with_printable_key(one, node, fitting) for one in node.variables]
    counts = _that_count(variables)
    kept: list[Variable] = []
    left = limits.variables_bytes - 2
    for at, variable in enumerate(variables):
        size = size_of(variable) + 1
        problem = _problem(variable, limits) or (
            "its key is there more than once" if counts.get(variable["key"]) != at else None
        )
        if problem is None and (len(kept) >= limits.variables or size > left):
            problem = "there is no room for more variables"
        if problem:
            _note_variable(node, variable, What.SKIPPED, problem, fitting)
            continue
        left -= size
        kept.append(_fitted_variable(variable, limits))
    if kept != node.variables:
        node.variables = kept
        if node.origin is not None:
            node.origin.base["variables"] = list(kept)


def _with_printable_key(
    variable: Variable, node: Folder | Environment, fitting: Fitting
) -> Variable:
    key = variable.get("key")
    if not isinstance(key, str) or key.isprintable() or not (shown := printable(key)):
        return variable
    reason = "its key had characters that are not shown, such as a tab or a line break at its end"
    _note_variable(node, variable, What.RENAMED, reason, fitting)
    return variable | {"key": shown}


def _that_count(variables: Iterable[Variable]) -> dict[Json, int]:
    found: dict[Json, int] = {}
    for at, variable in enumerate(variables):
        key = variable.get("key")
        if isinstance(key, str) and (variable.get("enabled", True) or key not in found):
            found[key] = at
    return found


def _problem(variable: Variable, limits: Limits) -> str | None:
    key = variable.get("key")
    if not isinstance(key, str) or not key.strip():
        return "it has no key"
    if "{" in key or "}" in key or not key.isprintable():
        return "its key has braces or control characters"
    return "its key is too long" if len(key) > limits.variable_key else None


def _fitted_variable(variable: Variable, limits: Limits) -> Variable:
    said, value = variable.get("description"), variable.get("value", "")
    if isinstance(said, str) and len(said) > limits.short_description:
        variable = variable | {"description": cut(said, limits.short_description)}
    return variable if isinstance(value, str) else variable | {"value": text_of(value)}


def _note_variable(
    node: Folder | Environment, variable: Variable, what: What, reason: str, fitting: Fitting
) -> None:
    pointer = node.origin.pointer if node.origin else ""
    key = cut(printable(str(variable.get("key") or "")), limit=100)
    fitting.notes.append(Note(what, "variable", key, pointer, reason))
