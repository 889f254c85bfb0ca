"""Good bodies made bad: keys dropped or repeated, values of every wrong kind, broken bytes."""

import gzip
import json
import random
import zlib
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

JSON = "application/json"

ODD: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    1.5,
    10**30,
    -(2**63),
    2**63,
    "",
    " ",
    "x" * 300,
    "x" * 200_000,
    "é" * 100_000,
    "\x00",
    "\ud800",
    "a\r\nb\u2028\u202e",
    "{{x}}",
    "../../etc/passwd",
    "'; DROP TABLE users; --",
    "01a20200-0000-7000-8000-000000000000",
    [],
    {},
    [None] * 5000,
    [[]],
    [{}],
    {"": None},
    {"__proto__": {"isAdmin": True}},
    {f"k{number}": number for number in range(5000)},
)


class Sent(NamedTuple):
    """What goes over the wire."""

    body: bytes
    headers: dict[str, str]


def mutated(good: Any, chance: random.Random) -> Sent:
    """Return a good body with one to three things wrong with it; a few stay good."""
    value = _copied(good)
    for _ in range(chance.randint(0, 3)):
        value = chance.choice(VALUES)(value, chance)
    sent = Sent(json.dumps(value).encode(), {"Content-Type": JSON})
    return chance.choice(WIRES)(sent, chance) if chance.random() < 0.3 else sent


def _dropped(value: Any, chance: random.Random) -> Any:
    if place := _place(value, chance):
        container, key = place
        del container[key]
    return value


def _replaced(value: Any, chance: random.Random) -> Any:
    if not (place := _place(value, chance)):
        return _copied(chance.choice(ODD))
    container, key = place
    container[key] = _copied(chance.choice(ODD))
    return value


def _swapped(value: Any, chance: random.Random) -> Any:
    if (one := _place(value, chance)) and (other := _place(value, chance)):
        one[0][one[1]] = _copied(other[0][other[1]])
    return value


def _deepened(value: Any, chance: random.Random) -> Any:
    if place := _place(value, chance):
        container, key = place
        for _ in range(chance.choice((1, 3, 60, 99, 101))):
            container[key] = {"a": container[key]} if chance.random() < 0.5 else [container[key]]
    return value


def _added(value: Any, chance: random.Random) -> Any:
    found = [value, *(container[key] for container, key in _places(value))]
    objects = [one for one in found if isinstance(one, dict)]
    if objects:
        chance.choice(objects)[chance.choice(("id", "x", "", "NAME", "\ud800"))] = _copied(
            chance.choice(ODD)
        )
    return value


def _repeated(value: Any, chance: random.Random) -> Any:
    place = _place(value, chance)
    if place and isinstance(place[0], list):
        place[0].extend(_copied([place[0][place[1]]] * chance.choice((1, 60, 1100))))
    return value


VALUES: tuple[Callable[[Any, random.Random], Any], ...] = (
    _dropped,
    _replaced,
    _replaced,
    _swapped,
    _deepened,
    _added,
    _repeated,
)


def _truncated(sent: Sent, chance: random.Random) -> Sent:
    return sent._replace(body=sent.body[: chance.randrange(len(sent.body) + 1)])


def _key_twice(sent: Sent, chance: random.Random) -> Sent:
    return sent._replace(body=sent.body.replace(b"{", b'{"name": 1, "name": 2, ', 1))


def _flipped(sent: Sent, chance: random.Random) -> Sent:
    body = bytearray(sent.body)
    for _ in range(chance.randint(1, 4) if body else 0):
        body[chance.randrange(len(body))] = chance.randrange(256)
    return sent._replace(body=bytes(body))


def _encoded(sent: Sent, chance: random.Random) -> Sent:
    how = chance.choice(("utf-16", "utf-32", "utf-8-sig", "cp037"))
    return sent._replace(body=sent.body.decode().encode(how))


def _compressed(sent: Sent, chance: random.Random) -> Sent:
    body, name = chance.choice(
        (
            (gzip.compress(sent.body), "gzip"),
            (zlib.compress(sent.body), "deflate"),
            (gzip.compress(sent.body)[:-9], "gzip"),
            (sent.body, "gzip"),
            (sent.body, "br"),
            (gzip.compress(b" " * 5_000_000 + sent.body), "gzip"),
        )
    )
    return Sent(body, sent.headers | {"Content-Encoding": name})


def _typed(sent: Sent, chance: random.Random) -> Sent:
    kinds = ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "x")
    return sent._replace(headers=sent.headers | {"Content-Type": chance.choice(kinds)})


def _conditional(sent: Sent, chance: random.Random) -> Sent:
    names = ("If-Match", "If-None-Match", "Idempotency-Key", "X-Request-Id", "Range", "Cookie")
    values = ('"1"', "*", 'W/"x', "\xff" * 20, "x" * 255, ",,,", "gassapi_access=x; =; ;")
    return sent._replace(headers=sent.headers | {chance.choice(names): chance.choice(values)})


WIRES: tuple[Callable[[Sent, random.Random], Sent], ...] = (
    _truncated,
    _key_twice,
    _flipped,
    _encoded,
    _compressed,
    _typed,
    _conditional,
)


def _place(value: Any, chance: random.Random) -> tuple[Any, Any] | None:
    found = [*_places(value)]
    return chance.choice(found) if found else None


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    waiting = [value]
    while waiting:
        container = waiting.pop()
        if isinstance(container, str) or not isinstance(container, (dict, list)):
            continue
        for key in [*container] if isinstance(container, dict) else range(len(container)):
            yield container, key
            waiting.append(container[key])


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(one) for key, one in value.items()}
    return [_copied(one) for one in value] if isinstance(value, list) else value
