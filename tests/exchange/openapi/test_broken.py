"""Documents with anything in any place: they are read, written or refused, and nothing else."""

import json
import random

import pytest

from gassapi_backend.exchange.tree import Json, Unreadable
from tests.exchange.openapi.documents import stored, written
from tests.exchange.openapi.samples import read_data, sample

WRONG: list[Json] = [
    *(None, True, 0, -1, 1.5, 10**400, "", "x", "{a}", "#/paths", "$ref", "array"),
    *([], [None], [[]], {}, {"$ref": "#"}, {"$ref": "#/components"}, {"$ref": 5}),
    *({"a": {"b": 1}}, [{"name": 5, "in": []}], {"type": ["null"]}, {"type": {}}, {"enum": []}),
]
KEYS = [
    *(
        "type",
        "schema",
        "$ref",
        "items",
        "in",
        "name",
        "allOf",
        "parameters",
        "examples",
        "content",
    ),
    *("servers", "security", "tags", "enum", "default", "style", "explode", "swagger", "openapi"),
    *("x-gassapi", "x-gassapi-requests", "x-oai-additionalOperations", "properties", "required"),
]


def copied(value: Json) -> Json:
    return json.loads(json.dumps(value))


def places(data: Json) -> list[tuple[Json, Json]]:
    """Return every place of a document as what holds it and its key."""
    found, waiting = [], [data]
    while waiting:
        node = waiting.pop()
        pairs = node.items() if isinstance(node, dict) else enumerate(node)
        for key, value in pairs:
            found.append((node, key))
            if isinstance(value, dict | list):
                waiting.append(value)
    return found


def break_something(data: Json, chance: random.Random) -> None:
    holder, key = chance.choice(places(data))
    match chance.randrange(4):
        case 0:
            holder[key] = copied(chance.choice(WRONG))
        case 1:
            del holder[key]
        case 2:
            other, where = chance.choice(places(data))
            holder[key] = copied(other[where])
        case _ if isinstance(holder, dict):
            holder[chance.choice(KEYS)] = copied(chance.choice(WRONG))


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("name", ["shop.yaml", "old.json"])
def test_a_broken_document_is_read_and_written_or_refused(name, seed):
    chance = random.Random(seed)  # noqa: S311 - the same documents in every run
    for _ in range(10):
        data = copied(sample(name))
        for _ in range(chance.randint(1, 6)):
            break_something(data, chance)
        try:
            read = stored(read_data(data))
        except Unreadable:
            continue
        for version in ("", "3.0", "3.1", "3.2"):
            json.loads(written(read, version).content())
