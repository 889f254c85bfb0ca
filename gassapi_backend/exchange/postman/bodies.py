"""Converts bodies between Postman's modes and ours."""

from dataclasses import dataclass
from urllib.parse import unquote_plus

from gassapi_backend.exchange.entries import written_entries
from gassapi_backend.exchange.loading import json_text, text_of
from gassapi_backend.exchange.postman.headers import value_of
from gassapi_backend.exchange.postman.urls import pair_of, pieces_of
from gassapi_backend.exchange.postman.values import (
    entry_of,
    field_key_of,
    listed,
    mapping,
    rewritten,
    text_or_none,
)
from gassapi_backend.exchange.tree import Entry, Json

_LANGUAGES = ("json", "xml", "html", "javascript", "text")
_FORMS = {"urlencoded": "x-www-form-urlencoded", "formdata": "form-data"}
_MODES = {"graphql": "graphql", "binary": "file"} | {ours: mode for mode, ours in _FORMS.items()}
_KEYS = ("raw", "urlencoded", "formdata", "file", "graphql")
_FORM_FIELDS = ("type", "src", "contentType", "fileName")


@dataclass(slots=True)
class BodyRead:
    """A body, and a sentence on what is kept of it but not sent."""

    body_type: str | None = None
    body: Json = None
    kept: str | None = None


def mode_of(said: Json) -> str | None:
    """Return the mode of a body; if it is missing, the one for which there is content."""
    if isinstance(said, str):
        return "raw"
    said = mapping(said)
    return text_or_none(said.get("mode")) or next((key for key in _KEYS if said.get(key)), None)


def read_body(said: Json, headers: list[Entry]) -> BodyRead:
    """Return a body as it is sent, with text exactly as it is written."""
    mode = mode_of(said)
    if mode in (None, "none"):
        return BodyRead()
    if isinstance(said, str):
        said = {"raw": said}
    if said.get("disabled"):
        return BodyRead(kept="the body is switched off: it is kept and not sent")
    content = said.get(mode)
    match mode:
        case "raw":
            return BodyRead(_language(said, headers), text_of(content))
        case "urlencoded" | "formdata":
            return BodyRead(_FORMS[mode], [entry for _, entry in _fields(content, mode)])
        case "graphql":
            return BodyRead("graphql", _graphql(content))
        case "file":
            return _file(content)
        case _:
            return BodyRead(
                kept=f"a body of the mode {mode[:40]} is not known: it is kept, not sent"
            )


def _language(said: dict[str, Json], headers: list[Entry]) -> str:
    language = mapping(mapping(said.get("options")).get("raw")).get("language")
    if language in _LANGUAGES:
        return str(language)
    return language_of(value_of(headers, "content-type"))


def language_of(media_type: str) -> str:
    """Return the kind of text that a media type is."""
    name = media_type.partition(";")[0].strip().lower()
    for language in ("json", "xml", "html", "javascript"):
        if name.endswith((f"/{language}", f"+{language}", f"-{language}")):
            return language
    return "html" if name == "application/xhtml+xml" else "text"


def field_items(said: Json) -> list[Json]:
    """Return form fields as a list of objects, each with one file at most."""
    return [item for item, _ in _fields(said, "formdata")]


def _fields(said: Json, mode: str) -> list[tuple[Json, Entry]]:
    """Return the fields of a form that say something, each as in the document and as ours."""
    if isinstance(said, str):
        pairs = [pair_of(piece) for piece in pieces_of(said)]
        said = [{"key": key, "value": value} for key, value in pairs]
    elif isinstance(said, dict):
        said = [{"key": key, "value": value} for key, value in said.items()]
    found: list[tuple[Json, Entry]] = []
    for one in listed(said):
        if (key := field_key_of(one)) is None:
            continue
        entry = entry_of(one, key)
        if mode == "urlencoded":
            found.append((one, entry))
        else:
            found.extend((part, _form_field(part, entry)) for part in _parts(one))
    return found


def _parts(said: dict[str, Json]) -> list[dict[str, Json]]:
    """Return a field with several files as several fields with one."""
    sources = said.get("src")
    if not isinstance(sources, list):
        return [said]
    return [said | {"src": one} for one in sources] or [said]


def _form_field(said: dict[str, Json], entry: Entry) -> Entry:
    """Return a field of form-data: text, or a file whose path is kept as text."""
    is_file = said.get("type") == "file" or ("type" not in said and bool(said.get("src")))
    entry = {**entry, "type": "file" if is_file else "text"}
    for name, value in (("contentType", said.get("contentType")), ("src", said.get("src"))):
        if (text := text_or_none(value)) and (name != "src" or is_file):
            entry[name] = text
    if is_file and not entry.get("src") and entry["value"]:  # Postman 1.0 puts the path here
        entry["src"] = entry["value"]
    return entry | {"value": ""} if is_file else entry


def _graphql(said: Json) -> dict[str, Json]:
    if not isinstance(said, dict):
        return {"query": text_of(said), "variables": ""}
    variables = said.get("variables")
    read: dict[str, Json] = {
        "query": text_of(said.get("query")),
        "variables": "" if variables is None else variables,
    }
    if name := text_or_none(said.get("operationName")):
        read["operationName"] = name
    return read


def _file(said: Json) -> BodyRead:
    source = text_or_none(said.get("src")) if isinstance(said, dict) else text_or_none(said)
    body = BodyRead("binary", {"src": source or ""})
    if not source and mapping(said).get("content"):
        body.kept = "the content of a file that stands in the document is kept and not sent"
    return body


def write_body(
    kind: str | None, body: Json, base: tuple[str | None, Json] | None, said: Json
) -> dict[str, Json] | None:
    """Return a body for Postman; ``None`` where there is none.

    ``base`` holds kind and body as they were read from ``said``, whose options are kept.
    """
    if kind in (None, "none") and body is None:
        return None
    if kind in (None, "none"):
        kind = "text" if isinstance(body, str) else "json"
    mode = _MODES.get(kind, "raw")
    original = said if isinstance(said, dict) and mode_of(said) == mode else {}
    written = {name: value for name, value in original.items() if name != "disabled"}
    before = base[1] if base and original else None
    written |= {"mode": mode, mode: _content(mode, body, before, original.get(mode))}
    if mode == "raw" and (not original or base is None or base[0] != kind):
        options = mapping(original.get("options"))
        raw = mapping(options.get("raw")) | {"language": kind if kind in _LANGUAGES else "text"}
        written["options"] = options | {"raw": raw}
    return written


def _content(mode: str, body: Json, before: Json, said: Json) -> Json:
    match mode:
        case "raw":
            return body if isinstance(body, str) else json_text(body)
        case "graphql":
            return _graphql_content(body, said)
        case "file":
            source = mapping(body).get("src", body if isinstance(body, str) else "")
            return mapping(said) | {"src": source}
    entries = [one for one in listed(_form(body)) if isinstance(one, dict)]
    items = [item for item, _ in _fields(said, mode)]
    rewrite = _field_written if mode == "formdata" else _pair_written
    return written_entries(entries, listed(before), items, rewrite, theirs=field_key_of)


def _form(body: Json) -> Json:
    """Return the fields of a form that was saved as text or as an object."""
    if isinstance(body, str):
        pairs = [pair_of(piece) for piece in pieces_of(body)]
        return [
            {"key": unquote_plus(key), "value": unquote_plus(value or "")} for key, value in pairs
        ]
    if isinstance(body, dict):
        return [{"key": key, "value": text_of(value)} for key, value in body.items()]
    return body


def _pair_written(entry: Entry, before: Entry, original: Json) -> dict[str, Json]:
    return rewritten(entry, before, original)


def _field_written(entry: Entry, before: Entry, original: Json) -> dict[str, Json]:
    written = rewritten(entry, before, original)
    for name in ("type", "src", "contentType"):
        if entry.get(name) == before.get(name) and original is not None:
            continue
        if entry.get(name):
            written[name] = entry[name]
        else:
            written.pop(name, None)
    if entry.get("type") == "file" and not entry.get("value"):
        written.pop("value", None)
        written.setdefault("src", entry.get("src", ""))
    return written


def _graphql_content(body: Json, said: Json) -> dict[str, Json]:
    body = mapping(body) if isinstance(body, dict) else {"query": text_of(body)}
    variables = body.get("variables")
    if not isinstance(variables, str) and not isinstance(mapping(said).get("variables"), dict):
        variables = "" if variables in (None, {}) else json_text(variables)
    written = {**mapping(said), "query": body.get("query", ""), "variables": variables}
    if body.get("operationName"):
        return written | {"operationName": body["operationName"]}
    return {name: value for name, value in written.items() if name != "operationName"}
