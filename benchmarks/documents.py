"""Documents of any size, as large ones are: the same kinds of things with other words in each."""

import json
import random
from collections.abc import Callable

from gassapi_backend.exchange.tree import Json
from gassapi_backend.exchange.writing import yaml_chunks

_WORDS = (
    *("account", "basket", "customer", "delivery", "invoice", "order"),
    *("parcel", "price", "refund", "stock", "tax", "unit"),
)


def _sentence(chance: random.Random, words: int) -> str:
    return " ".join(chance.choices(_WORDS, k=words))


def har(count: int) -> Json:
    """Return an archive of so many entries."""
    chance = random.Random(1)  # noqa: S311 - the same document each time, no secret
    return {"log": {"version": "1.2", "entries": [_entry(chance, at) for at in range(count)]}}


def _entry(chance: random.Random, at: int) -> Json:
    pairs = [{"name": f"x-{one}", "value": _sentence(chance, 5)} for one in range(20)]
    text = json.dumps([{"id": one, "says": _sentence(chance, 12)} for one in range(20)])
    request = {"method": "POST", "url": f"https://localhost/a/{at}?b=c", "headers": pairs}
    return {
        "request": request,
        "response": {"status": 200, "headers": pairs, "content": {"text": text}},
    }


def postman(count: int) -> Json:
    """Return a collection of so many requests of some 10 KB, ten in a folder."""
    chance = random.Random(2)  # noqa: S311 - as above
    items = [_item(chance, at) for at in range(count)]
    folders = [{"name": f"Folder {at}", "item": items[at : at + 10]} for at in range(0, count, 10)]
    schema = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
    return {"info": {"name": "Big", "schema": schema}, "item": folders}


def _item(chance: random.Random, at: int) -> Json:
    body = json.dumps([{"id": one, "says": _sentence(chance, 8)} for one in range(20)], indent=2)
    headers = [{"key": f"x-{one}", "value": _sentence(chance, 4)} for one in range(20)]
    request = {
        "method": "POST",
        "url": {
            "raw": f"{{{{base}}}}/a/:id?n={at}",
            "host": ["{{base}}"],
            "path": ["a", ":id"],
            "query": [{"key": "n", "value": str(at)}],
            "variable": [{"key": "id", "value": "1"}],
        },
        "header": headers,
        "body": {"mode": "raw", "raw": body, "options": {"raw": {"language": "json"}}},
        "description": _sentence(chance, 60),
    }
    script = {"exec": [f"pm.test('{_sentence(chance, 6)}')" for _ in range(10)]}
    answer = {"name": "Good", "code": 200, "header": headers, "body": body}
    return {
        "name": f"Request {at}",
        "request": request,
        "response": [answer],
        "event": [{"listen": "test", "script": script}],
    }


def openapi(count: int) -> Json:
    """Return a description of so many operations, with schemas that refer to each other."""
    chance = random.Random(3)  # noqa: S311 - as above
    schemas = {f"S{at}": _schema(chance, at) for at in range(count)}
    paths = {f"/a{at}/{{id}}": {"post": _operation(chance, at)} for at in range(count)}
    info = {"title": "Big", "version": "1"}
    return {"openapi": "3.0.3", "info": info, "paths": paths, "components": {"schemas": schemas}}


def _schema(chance: random.Random, at: int) -> Json:
    properties: dict[str, Json] = {
        f"{chance.choice(_WORDS)}_{one}": {"type": "string", "description": _sentence(chance, 12)}
        for one in range(25)
    }
    near = [at // 2, max(at - 1, 0), chance.randrange(at + 1)]
    properties |= {f"next_{one}": _ref(one) for one in near}
    return {"type": "object", "required": [*properties][:5], "properties": properties}


def _operation(chance: random.Random, at: int) -> Json:
    queries = [
        {
            "name": f"q{one}",
            "in": "query",
            "description": _sentence(chance, 10),
            "schema": {"type": "string", "enum": _WORDS[:4]},
        }
        for one in range(6)
    ]
    path = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    example = {f"p{one}": _sentence(chance, 6) for one in range(15)}
    content = {"application/json": {"schema": _ref(at), "examples": {"one": {"value": example}}}}
    return {
        "operationId": f"o{at}",
        "tags": [f"Group {at // 25}"],
        "summary": _sentence(chance, 5),
        "description": _sentence(chance, 60),
        "parameters": [path, *queries],
        "requestBody": {"content": content},
        "responses": {
            code: {"description": _sentence(chance, 5), "content": content}
            for code in ("200", "404")
        },
    }


def _ref(at: int) -> Json:
    return {"$ref": f"#/components/schemas/S{at}"}


def as_json(value: Json) -> bytes:
    """Return a document as indented JSON."""
    return json.dumps(value, indent=1).encode()


def as_yaml(value: Json) -> bytes:
    """Return a document as YAML."""
    return b"".join(yaml_chunks(value))


KINDS: dict[str, tuple[Callable[[int], Json], Callable[[Json], bytes]]] = {
    "Postman": (postman, as_json),
    "OpenAPI": (openapi, as_json),
    "OpenAPI, YAML": (openapi, as_yaml),
    "HAR": (har, as_json),
}


def document(kind: str, megabytes: float) -> bytes:
    """Return a document of a kind of about so many megabytes."""
    make, text_of = KINDS[kind]
    each = len(text_of(make(40))) / 40
    return text_of(make(max(int(megabytes * 1_000_000 / each), 1)))
