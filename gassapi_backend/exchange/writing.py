"""What every writer of a format shares: its options, its result, and JSON and YAML as text."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import orjson
import yaml

from gassapi_backend.exchange.tree import Json, Node, Note, Origin

JSON_TYPE = "application/json"
YAML_TYPE = "application/yaml"
PIECE = 64 * 1024
"""About how many bytes of a document are made at a time, so that no piece blocks for long."""


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """How a document is to be written.

    ``version`` is one of the format's own (OpenAPI's ``3.0``); empty means the default. Unwanted
    folders are removed from the tree, and variables filled in, before a writer sees it.
    """

    include_examples: bool = True
    version: str = ""


@dataclass(slots=True)
class Written:
    """A finished document: ``chunks`` can be iterated once, and are made lazily.

    ``filename`` may be any printable text: whoever puts it into a header or on a disk escapes it.
    """

    chunks: Iterable[bytes]
    media_type: str
    filename: str
    notes: list[Note] = field(default_factory=list)

    def content(self) -> bytes:
        """Return the whole document at once."""
        return b"".join(self.chunks)


def own_origin(node: Node, *formats: str) -> Origin | None:
    """Return a node's origin if it is of one of these formats and its original was kept."""
    origin = node.origin
    return origin if origin and origin.format in formats and origin.original is not None else None


def json_chunks(value: Json) -> Iterator[bytes]:
    """Yield JSON text in pieces, indented by two spaces, with integers of any size."""
    yield from _chunks(value, 0)
    yield b"\n"


def _chunks(value: Json, depth: int) -> Iterator[bytes]:
    if not _is_large(value):
        yield _dumped(value, orjson.OPT_INDENT_2).replace(b"\n", b"\n" + b"  " * depth)
        return
    indent = b"\n" + b"  " * (depth + 1)
    start, end = (b"{", b"}") if isinstance(value, dict) else (b"[", b"]")
    yield start
    for number, child in enumerate(value):
        yield (b"," if number else b"") + indent
        if isinstance(value, dict):
            yield _dumped(child, 0) + b": "
        yield from _chunks(value[child] if isinstance(value, dict) else child, depth + 1)
    yield indent[:-2] + end


def _is_small(value: Json) -> bool:
    """Whether a value's JSON text fits in about one piece; counting stops once it does not."""
    size, waiting = 0, [iter((value,))]
    while waiting:
        for one in waiting[-1]:
            size += len(one) + 4 if isinstance(one, str) else 8
            if isinstance(one, dict):
                size += sum(map(len, islice(one, PIECE)))
            if isinstance(one, (dict, list)):
                waiting.append(iter(one.values() if isinstance(one, dict) else one))
                break
        else:
            waiting.pop()
        if size > PIECE:
            return False
    return True


def _dumped(value: Json, option: int) -> bytes:
    try:
        return orjson.dumps(value, option=option)
    except TypeError:  # an integer beyond 64 bits, or a number that keeps its text
        indent = 2 if option else None
        return json.dumps(value, ensure_ascii=False, indent=indent, allow_nan=False).encode()


def yaml_chunks(value: Json) -> Iterator[bytes]:
    """Yield YAML text that reads the same under YAML 1.1 and 1.2.

    Text that either would take for a number, a date, a truth value or null is quoted; lines are
    never folded, and text of several lines is written as a block. What is large is made a part at a
    time, since the emitter takes many times the memory of what it writes.
    """
    yield from _yaml_chunks(value, b"", b"")


def _yaml_chunks(value: Json, first: bytes, others: bytes) -> Iterator[bytes]:
    """Yield a block; ``first`` is what its first line begins with, ``others`` all others."""
    if not _is_large(value):
        yield _indented(_yaml(value), first, others)
    elif isinstance(value, list):
        for one in value:
            yield from _yaml_chunks(one, first + b"- ", others + b"  ")
            first = others
    else:
        for key, one in value.items():
            if _is_large(one):
                yield _indented(_yaml({key: None}).removesuffix(b" null\n"), first, others)
                yield from _yaml_chunks(one, others + b"  ", others + b"  ")
            else:
                yield _indented(_yaml({key: one}), first, others)
            first = others


def _is_large(value: Json) -> bool:
    return isinstance(value, (dict, list)) and bool(value) and not _is_small(value)


def _yaml(value: Json) -> bytes:
    text: str = yaml.dump(
        value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=1 << 30, indent=2
    )
    return text.encode()


def _indented(text: bytes, first: bytes, others: bytes) -> bytes:
    """Put what its lines begin with before those of a text."""
    lines = text.removesuffix(b"\n").split(b"\n")
    lines[1:] = (others + line if line else line for line in lines[1:])
    return first + b"\n".join(lines) + b"\n"


_Base: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class _Dumper(_Base):  # type: ignore[misc]  # PyYAML comes without types
    """The C emitter; a value that occurs twice is written twice, never as an alias."""

    def ignore_aliases(self, data: object) -> bool:
        return True


_LOOKS_OTHERWISE = re.compile(r"[-+.]?[0-9][-+.0-9a-zA-Z_:]*|[-+]?\.[0-9a-zA-Z_]+|[yn=~]", re.I)
"""Numbers, dates and times by any rule: at least all that YAML 1.1 and 1.2 recognise."""


_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+")


def _text(dumper: Any, value: str) -> Any:
    style = None
    if "\u2028" in value or "\u2029" in value:
        style = '"'  # they are line breaks in YAML 1.1, and none in 1.2
    elif _LOOKS_OTHERWISE.fullmatch(value):
        style = "'"
    elif "\n" in value:
        style = "|"
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


def _integer(dumper: Any, value: int) -> Any:
    return dumper.represent_scalar("tag:yaml.org,2002:int", int.__repr__(value))


def _number(dumper: Any, value: float) -> Any:
    text = getattr(value, "text", "")
    if _DECIMAL.fullmatch(text):  # a number that keeps how it was written: 1.10
        return dumper.represent_scalar("tag:yaml.org,2002:float", text)
    return dumper.represent_float(float(value))


_Dumper.add_representer(str, _text)
_Dumper.add_multi_representer(str, _text)
_Dumper.add_multi_representer(int, _integer)
_Dumper.add_multi_representer(float, _number)
