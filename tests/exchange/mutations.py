"""Mutated documents: values dropped, repeated, and put in each other's place."""

import random
from collections.abc import Iterator

from gassapi_backend.exchange.tree import Json

_ODD: tuple[Json, ...] = (
    None,
    True,
    0,
    -1.5,
    10**30,
    "",
    "x",
    "{{x}}",
    "http://a.test/{{b}}?c=1&c#d",
    "\x00\n\t",
    [],
    {},
    [None],
    [[]],
    [{}],
    {"": None},
    {"key": None},
    {"type": "x", "x": 1},
    [1, "a", {"key": ["a"], "value": {}}],
)


def mutated(document: Json, seed: int, changes: int = 3) -> Json:
    """Return a copy of JSON data in which a few values were replaced; the same for one seed."""
    chance = random.Random(seed)  # noqa: S311  # a repeatable choice of tests, no secret
    copy = _copied(document)
    for _ in range(chance.randint(1, changes)):
        places = [*_places(copy)]
        if not places:
            return chance.choice(_ODD)
        container, key = chance.choice(places)
        match chance.randrange(4):
            case 0:
                del container[key]
            case 1:
                other, elsewhere = chance.choice(places)
                container[key] = _copied(other[elsewhere])
            case 2 if isinstance(container, list):
                container.insert(key, _copied(container[key]))
            case _:
                container[key] = _copied(chance.choice(_ODD))
    return copy


def _places(document: Json) -> Iterator[tuple[Json, Json]]:
    waiting = [document]
    while waiting:
        container = waiting.pop()
        keys = container if isinstance(container, dict) else range(len(container))
        for key in [*keys]:
            yield container, key
            if isinstance(container[key], (dict, list)):
                waiting.append(container[key])


def _copied(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _copied(one) for key, one in value.items()}
    return [_copied(one) for one in value] if isinstance(value, list) else value
