"""Writes saved responses of a request as examples in the responses of an operation."""

import re
from collections import Counter
from http import HTTPStatus

from gassapi_backend.exchange.openapi.copying import unshared
from gassapi_backend.exchange.openapi.extensions import OWN
from gassapi_backend.exchange.openapi.media_types import body_type_of, essence
from gassapi_backend.exchange.openapi.reading.responses import ExampleRead, read_examples
from gassapi_backend.exchange.openapi.references import References
from gassapi_backend.exchange.openapi.texts import mapping, objects, text_or_none
from gassapi_backend.exchange.openapi.writing.bodies import parsed_or_text
from gassapi_backend.exchange.openapi.writing.inferring import schema_of_value
from gassapi_backend.exchange.openapi.writing.same import same_example
from gassapi_backend.exchange.tree import Json

_SLUG = re.compile(r"[^A-Za-z0-9._-]+")


def write_examples(
    references: References,
    operation: dict[str, Json],
    before: list[ExampleRead],
    wanted: list[dict[str, Json]],
) -> None:
    """Put saved responses into an operation; unedited ones stay as they are."""
    left = list(before)
    changed: list[tuple[dict[str, Json], ExampleRead | None]] = []
    for example in wanted:
        same = next((one for one in left if one.example == example), None)
        if same:
            left.remove(same)
        else:
            changed.append((example, None))
    for index, (example, _) in enumerate(changed):
        name = next((one for one in left if one.example["name"] == example.get("name")), None)
        if name:
            left.remove(name)
            changed[index] = (example, name)
    for gone in left:
        _remove(references, operation, gone)
    for example, known in changed:
        if known and known.status == _status(example) and "body" in example:
            _replace(references, operation, known, example)
        else:
            if known:
                _remove(references, operation, known)
            _add(references, operation, example)


def ensure_responses(operation: dict[str, Json]) -> None:
    """Add a response if there is none: 3.0 requires one."""
    if not mapping(operation.get("responses")):
        operation["responses"] = {"default": {"description": "Any answer"}}


def _status(example: dict[str, Json]) -> str:
    status = example.get("status")
    is_status = isinstance(status, int) and not isinstance(status, bool) and 100 <= status <= 599
    return str(status) if is_status else "default"


def _response(references: References, operation: dict[str, Json], status: str) -> dict[str, Json]:
    """Return a response of an operation that may be changed, created if there is none."""
    responses = operation.get("responses")
    if not isinstance(responses, dict):
        responses = operation["responses"] = {}
    said = unshared(references.follow(responses.get(status)))
    said.setdefault("description", _phrase(status))
    responses[status] = said
    found: dict[str, Json] = said
    return found


def _phrase(status: str) -> str:
    try:
        return HTTPStatus(int(status)).phrase
    except ValueError:
        return "Any answer"


def _media(
    references: References, response: dict[str, Json], media_type: str, value: Json
) -> dict[str, Json]:
    content = response.get("content")
    if not isinstance(content, dict):
        content = response["content"] = {}
    known = mapping(content.get(media_type))
    media: dict[str, Json] = unshared(references.follow(known)) if known else {}
    if not media:
        text = isinstance(value, str)
        media["schema"] = {"type": "string"} if text else schema_of_value(value)
    content[media_type] = media
    if "example" in media:
        examples = {"example": {"value": media.pop("example")}}
        media["examples"] = {**examples, **mapping(media.get("examples"))}
    return media


def _replace(
    references: References,
    operation: dict[str, Json],
    known: ExampleRead,
    example: dict[str, Json],
) -> None:
    response = _response(references, operation, known.status)
    value = _value(known.media_type, example)
    if not known.media_type:
        _remove(references, operation, known)
        _add(references, operation, example)
        return
    media = _media(references, response, known.media_type, value)
    examples = mapping(media.get("examples"))
    key = known.key or "example"
    old = references.follow(examples.get(key))
    kept = {name: old[name] for name in old if name.startswith("x-") and name != OWN}
    media["examples"] = {**examples, key: _said(example, value) | kept}
    _complete(references, operation, known.status, known.media_type, key, example)


def _remove(references: References, operation: dict[str, Json], gone: ExampleRead) -> None:
    response = _response(references, operation, gone.status)
    if not gone.media_type:
        _without_kept(response, gone)
        return
    content = mapping(response.get("content"))
    media = unshared(references.follow(content.get(gone.media_type)))
    if gone.key is None:
        media.pop("example", None)
    else:
        examples = {k: v for k, v in mapping(media.get("examples")).items() if k != gone.key}
        media["examples"] = examples
        if not examples:
            del media["examples"]
    content[gone.media_type] = media


def _without_kept(response: dict[str, Json], gone: ExampleRead) -> None:
    own = mapping(response.get(OWN))
    kept = [one for one in objects(own.get("examples")) if one != gone.example]
    response[OWN] = {**own, "examples": kept}
    if not kept:
        del response[OWN]


def _add(references: References, operation: dict[str, Json], example: dict[str, Json]) -> None:
    status = _status(example)
    response = _response(references, operation, status)
    if example.get("body") is None:
        own = mapping(response.get(OWN))
        response[OWN] = {**own, "examples": [*objects(own.get("examples")), example]}
        return
    media_type = _media_type(example)
    value = _value(media_type, example)
    media = _media(references, response, media_type, value)
    examples = mapping(media.get("examples"))
    key = free_key(examples, text_or_none(example.get("name")) or status)
    media["examples"] = {**examples, key: _said(example, value)}
    _complete(references, operation, status, media_type, key, example)


def free_key(taken: dict[str, Json], name: str, counts: Counter[str] | None = None) -> str:
    """Return a unique key for an example, made from its name.

    ``counts`` are those of the keys that were given among these: whoever has thousands keeps them.
    """
    key = _SLUG.sub("_", name).strip("_")[:60] or "example"
    free, counts = key, Counter[str]() if counts is None else counts
    while free in taken:
        counts[key] += 1
        free = f"{key}_{counts[key] + 1}"
    return free


def _media_type(example: dict[str, Json]) -> str:
    for header in objects(example.get("headers")):
        if str(header.get("key")).lower() == "content-type":
            value = text_or_none(header.get("value"))
            if value and "/" in value and "{{" not in value:
                return value
    body = example.get("body")
    is_json = not isinstance(body, str) or not isinstance(parsed_or_text(body), str)
    return "application/json" if is_json else "text/plain"


def _value(media_type: str, example: dict[str, Json]) -> Json:
    body = example.get("body")
    if isinstance(body, str) and body_type_of(essence(media_type)) == "json":
        return parsed_or_text(body)
    return body


def _said(example: dict[str, Json], value: Json) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for key, ours in (("summary", "name"), ("description", "description")):
        text = text_or_none(example.get(ours))
        if text:
            found[key] = text
    return found | {"value": value}


def _complete(
    references: References,
    operation: dict[str, Json],
    status: str,
    media_type: str,
    key: str,
    wanted: dict[str, Json],
) -> None:
    """Add to an example what reading it would not give back."""
    for read in read_examples(references, operation):
        if (read.status, read.media_type, read.key) == (status, media_type, key):
            more = {
                name: wanted.get(name)
                for name in {**read.example, **wanted}
                if not same_example(name, read.example.get(name), wanted.get(name))
            }
            if more:
                media = operation["responses"][status]["content"][media_type]
                media["examples"][key][OWN] = more
            return
