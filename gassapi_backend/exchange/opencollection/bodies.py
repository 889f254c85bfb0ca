"""Converts bodies between OpenCollection's form and ours."""

from gassapi_backend.exchange.entries import written_entries
from gassapi_backend.exchange.loading import json_text, text_of
from gassapi_backend.exchange.opencollection.entries import (
    field_name_of,
    read_entry,
    rewritten,
)
from gassapi_backend.exchange.tree import Entry, Json
from gassapi_backend.exchange.values import listed, mapping, objects, text_in, text_or_none

Body = tuple[str | None, Json]
"""Our ``bodyType`` and ``body``."""
Node = dict[str, Json]

_FORMS = {"form-urlencoded": "x-www-form-urlencoded", "multipart-form": "form-data"}
_TEXTS = ("json", "xml", "text")
_BACK = {ours: theirs for theirs, ours in _FORMS.items()} | {"binary": "file"}


def chosen(said: Json) -> Json:
    """Return the body that is sent: of several, the selected one or else the first."""
    if not isinstance(said, list):
        return said
    variants = [one for _, one in objects(said)]
    selected = [one for one in variants if one.get("selected") is True] or variants
    return selected[0].get("body") if selected else None


def read_body(said: Json) -> Body:
    """Return a body as it is sent, with text exactly as it is written."""
    said = mapping(chosen(said))
    kind, data = text_in(said.get("type")), said.get("data")
    if form := _FORMS.get(kind):
        fields = [one for _, one in objects(data) if field_name_of(one) is not None]
        return form, [entry for one in fields for entry in _fields(one, form)]
    if kind == "file":
        return _file(data)
    if not kind or kind == "none" or data is None:
        return None, None
    return kind if kind in _TEXTS else "text", text_of(data)


def _fields(said: Node, form: str) -> list[Entry]:
    """Return a field as ours; one with several files becomes several."""
    entry = read_entry(said)
    if form != "form-data":
        return [entry]
    if content_type := text_or_none(said.get("contentType")):
        entry["contentType"] = content_type
    value = said.get("value")
    if said.get("type") != "file" and not isinstance(value, list):
        return [entry | {"type": "text"}]
    sources = [text_in(one) for one in value] if isinstance(value, list) else [text_in(value)]
    return [entry | {"type": "file", "value": "", "src": one} for one in sources or [""]]


def _file(said: Json) -> Body:
    files = [one for _, one in objects(said)]
    selected = [one for one in files if one.get("selected") is not False] or files
    if not selected:
        return None, None
    return "binary", {"src": text_in(selected[0].get("filePath"))}


def media_type_of(said: Json) -> str | None:
    """Return the media type that a body is sent with, if the kind of our body does not imply it."""
    said = mapping(chosen(said))
    if text_in(said.get("type")) == "sparql":
        return "application/sparql-query"
    if text_in(said.get("type")) != "file":
        return None
    files = [one for _, one in objects(said.get("data"))]
    selected = [one for one in files if one.get("selected") is not False] or files
    return text_in(selected[0].get("contentType")) or None if selected else None


def read_graphql(said: Json) -> Body:
    """Return the body of a GraphQL request; its variables are JSON text."""
    said = mapping(chosen(said))
    body: Node = {"query": text_of(said.get("query")), "variables": text_of(said.get("variables"))}
    if name := text_or_none(said.get("operationName")):
        body["operationName"] = name
    return "graphql", body


def write_body(now: Body, base: Body | None, said: Json) -> Json:
    """Return a body for OpenCollection, or ``None``; what was not edited stays as it was.

    If there were several bodies, the one that is sent is replaced.
    """
    if isinstance(said, list) and said:
        sent = write_body(now, base, chosen(said))
        return [_variant(one, sent) for one in said] if sent is not None else None
    kind, body = now
    if kind in (None, "none") and body is None:
        return None
    if kind in (None, "none"):
        kind = "text" if isinstance(body, str) else "json"
    original = mapping(said)
    if base is None or base[0] != kind:
        base, original = None, {}
    theirs = _BACK.get(str(kind), str(kind) if kind in _TEXTS else "text")
    written: Node = {"type": theirs} | original
    if kind in _FORMS.values():
        fields = [one for one in listed(body) if isinstance(one, dict)]
        items = [part for one in listed(original.get("data")) for part in _parts(one)]
        before = listed(base[1]) if base else []
        written["data"] = written_entries(fields, before, items, _written, theirs=field_name_of)
    elif kind == "binary":
        written["data"] = _files(text_in(mapping(body).get("src", body)), original.get("data"))
    else:
        written["data"] = body if isinstance(body, str) else json_text(body)
    return written


def _variant(said: Json, body: Json) -> Json:
    is_chosen = isinstance(said, dict) and said.get("selected") is True
    return said | {"body": body} if is_chosen else said


def write_graphql(body: Json, base: Json, said: Json) -> Json:
    """Return the body of a GraphQL request."""
    if isinstance(said, list) and said:
        written = write_graphql(body, base, chosen(said))
        return [_variant(one, written) for one in said]
    body = body if isinstance(body, dict) else {"query": text_in(body)}
    written = dict(mapping(said))
    for name in ("query", "variables", "operationName"):
        if body.get(name) != mapping(base).get(name):
            value = body.get(name)
            written[name] = value if isinstance(value, str) else json_text(value or "")
    return {name: one for name, one in written.items() if one != "" or name == "query"}


def _parts(said: Json) -> list[Json]:
    """Return a field with several files as several fields with one each, as they are read."""
    if isinstance(said, dict) and isinstance(said.get("value"), list) and len(said["value"]) > 1:
        return [said | {"value": [one]} for one in said["value"]]
    return [said]


def _written(entry: Entry, before: Entry, original: Json) -> Node:
    written = rewritten(entry, before, original)
    if "type" not in entry:
        return written
    if entry.get("type") != before.get("type"):
        written["type"] = entry["type"]
    if entry["type"] == "file" and (original is None or entry.get("src") != before.get("src")):
        written["value"] = [text_in(entry.get("src"))]
    if entry.get("contentType") != before.get("contentType"):
        written.pop("contentType", None)
        if entry.get("contentType"):
            written["contentType"] = entry["contentType"]
    return written


def _files(source: str, said: Json) -> list[Json]:
    """Return the files of a body, with the one that is sent replaced."""
    files = [dict(one) for _, one in objects(said)]
    selected = [one for one in files if one.get("selected") is not False] or files
    if not selected:
        return [{"filePath": source, "contentType": "", "selected": True}]
    selected[0]["filePath"] = source
    return [*files]
