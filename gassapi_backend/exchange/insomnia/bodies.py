"""Converts bodies between Insomnia's form and ours."""

from gassapi_backend.exchange.entries import written_entries
from gassapi_backend.exchange.insomnia.entries import field_name_of, read_entry, rewritten
from gassapi_backend.exchange.insomnia.templates import read_text, write_text
from gassapi_backend.exchange.loading import json_text, text_of
from gassapi_backend.exchange.loading.json_text import parse_json
from gassapi_backend.exchange.tree import Entry, Json, Unreadable
from gassapi_backend.exchange.values import listed, mapping, objects, text_in, text_or_none

Body = tuple[str | None, Json]
"""Our ``bodyType`` and ``body``."""

_FORMS = {
    "application/x-www-form-urlencoded": "x-www-form-urlencoded",
    "multipart/form-data": "form-data",
}
_GRAPHQL = "application/graphql"
_TYPES = {
    "json": "application/json",
    "xml": "application/xml",
    "html": "text/html",
    "javascript": "application/javascript",
    "text": "text/plain",
    "graphql": _GRAPHQL,
    "binary": "application/octet-stream",
} | {ours: theirs for theirs, ours in _FORMS.items()}


def read_body(said: Json) -> Body:
    """Return a body as it is sent, with text exactly as it is written."""
    said = mapping(said)
    media_type = (text_or_none(said.get("mimeType")) or "").partition(";")[0].strip().lower()
    if form := _FORMS.get(media_type):
        fields = [one for _, one in objects(said.get("params")) if field_name_of(one) is not None]
        return form, [_field(one, form) for one in fields]
    if said.get("fileName") and not said.get("text"):
        return "binary", {"src": text_in(said["fileName"])}
    if said.get("text") is None:
        return None, None
    text = read_text(text_of(said["text"]))
    if media_type == _GRAPHQL:
        return _graphql(text)
    return language_of(media_type), text


def language_of(media_type: str) -> str:
    """Return the kind of text that a media type is."""
    for language in ("json", "xml", "html", "javascript"):
        if media_type.endswith((f"/{language}", f"+{language}")):
            return language
    return "text"


def _field(said: dict[str, Json], form: str) -> Entry:
    entry = read_entry(said)
    if form != "form-data":
        return entry
    if said.get("type") != "file":
        return entry | {"type": "text"}
    return entry | {"type": "file", "value": "", "src": text_in(said.get("fileName"))}


def _graphql(text: str) -> Body:
    """Return a GraphQL body, which Insomnia keeps as JSON text; any other text stays as it is."""
    said = _parsed(text)
    if not isinstance(said, dict) or not isinstance(said.get("query"), str):
        return "json", text
    variables = said.get("variables")
    body = {"query": said["query"], "variables": "" if variables is None else variables}
    if name := text_or_none(said.get("operationName")):
        body["operationName"] = name
    return "graphql", body


def write_body(now: Body, base: Body | None, said: Json) -> Json:
    """Return a body for Insomnia; ``base`` was read from ``said``, the rest of which is kept."""
    kind, body = now
    if kind in (None, "none") and body is None:
        return {}
    if kind in (None, "none"):
        kind = "text" if isinstance(body, str) else "json"
    original = mapping(said)
    if base is None or base[0] != kind:
        base, original = None, {}
    written: dict[str, Json] = {**original} if original else {"mimeType": _TYPES.get(str(kind), "")}
    if kind in _FORMS.values():
        params = listed(original.get("params"))
        fields = [one for one in listed(body) if isinstance(one, dict)]
        before = listed(base[1]) if base else []
        written["params"] = written_entries(fields, before, params, _written, theirs=field_name_of)
    elif kind == "binary":
        written["fileName"] = text_in(mapping(body).get("src", body))
    elif kind == "graphql":
        written["text"] = _graphql_text(body, original)
    else:
        written["text"] = write_text(body if isinstance(body, str) else json_text(body))
    return written


def _written(entry: Entry, before: Entry, original: Json) -> dict[str, Json]:
    written = rewritten(entry, before, original)
    for name, theirs in (("type", "type"), ("src", "fileName")):
        if entry.get(name) != before.get(name):
            written.pop(theirs, None)
            if entry.get(name):
                written[theirs] = entry[name]
    if entry.get("type") == "file" and not entry.get("value"):
        written.pop("value", None)
    if entry.get("type") == "text" and original is None:
        written.pop("type", None)
    return written


def _graphql_text(body: Json, original: dict[str, Json]) -> str:
    """Return a GraphQL body as JSON text; variables that are not JSON are left as text."""
    body = mapping(body) if isinstance(body, dict) else {"query": text_in(body)}
    said: dict[str, Json] = {"query": text_in(body.get("query"))}
    variables = body.get("variables")
    if isinstance(variables, str):
        variables = _parsed(variables)
    if variables not in (None, "", {}) or "variables" in original:
        said["variables"] = variables
    if body.get("operationName"):
        said["operationName"] = body["operationName"]
    return write_text(json_text(said))


def _parsed(text: str) -> Json:
    """Return the value of JSON text; any other text as it is."""
    try:
        return parse_json(text)[0] if text.strip() else ""
    except Unreadable:
        return text
