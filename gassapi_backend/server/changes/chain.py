"""How the audit entries of a project are chained, so that a changed or removed one is found.

Entries are numbered 1, 2, … within their project. The ``hash`` of an entry is the SHA-256, in lower
case hexadecimal, of the UTF-8 bytes of a JSON array: the hash of the entry before (``FIRST``, 64
zeros, for number 1), then the entry's values in the order of ``HASHED``. The array is written as
RFC 8785 has it: no white space, nothing escaped but what has to be. Times are RFC 3339 with
milliseconds and ``Z``; ``details`` is a string, the JSON text as it is stored; what is missing is
``null``. In Python, for a line of ``audit export``, whose keys have that order::

    *values, found = json.loads(line).values()
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    assert hashlib.sha256(text.encode()).hexdigest() == found

and ``previousHash`` is the ``hash`` of the line before of the same project.
"""

from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from operator import itemgetter
from typing import Any, NamedTuple

import orjson

from gassapi_backend.clock import rfc3339

FIRST = "0" * 64

COLUMNS = (
    "id",
    "at",
    "actor_type",
    "actor_id",
    "token_id",
    "project_id",
    "revision",
    "action",
    "resource_type",
    "resource_id",
    "resource_name",
    "details",
    "request_id",
    "ip",
)
HASHED = ("number", *COLUMNS)


class Place(NamedTuple):
    """An entry's number and hash: where a chain begins or ends."""

    number: int
    hash: str


START = Place(0, FIRST)


def next_place(last: Place, values: Sequence[Any]) -> Place:
    """Return the place of an entry after the ``last``. ``values`` as stored, as in ``COLUMNS``."""
    number = last.number + 1
    return Place(number, hash_of(last.hash, number, values))


def hash_of(previous: str, number: int, values: Sequence[Any]) -> str:
    """Return the hash of an entry with that number after the entry with the ``previous`` hash."""
    entry_id, at, *others = values
    return sha256(orjson.dumps([previous, number, entry_id, rfc3339(at), *others])).hexdigest()


def values_of(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return the values of a row of ``audit_log`` in the order of ``COLUMNS``."""
    return _values(row)


_values: Callable[[Mapping[str, Any]], tuple[Any, ...]] = itemgetter(*COLUMNS)
