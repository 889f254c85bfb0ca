"""The sentences with which the server refuses what a screen asks for, as they stand in its code."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import gassapi_backend
from gassapi_backend.server.errors import Failure

PACKAGE = Path(gassapi_backend.__file__).parent
LEFT_OUT = {
    "server/mcp": "for assistants",
    "server/feed": "for programs: the console reads again by itself",
    "server/flows": "no screen writes flows",
    "server/items/json_text.py": "no screen writes requests",
    "server/endpoints/schemas.py": "no screen writes requests",
    "server/web/reading.py": "bodies that no screen sends",
    "server/web/cursors.py": "no screen has cursors",
    "server/web/protocol.py": "what is no HTTP",
    "server/mail/sending.py": "a mistake of the program",
}
"""Where no screen can get a refusal from, and why."""
_VALIDATING = ("schemas.py", "names.py", "bodies.py")  # where a ValueError becomes a refusal
_KEYWORDS = {"message", "reason", "so", "now"}
_END = re.compile(r"(?<=[.!?]) (?=[A-Z{])")


@cache
def sentences() -> frozenset[str]:
    """Return all of them, each by itself, with ``{}`` for what is filled in."""
    kinds = {cls.__name__ for cls in _kinds(Failure)} | {"Busy"}
    found: set[str] = set()
    for path in (
        *sorted((PACKAGE / "server").rglob("*.py")),
        PACKAGE / "exchange/child/running.py",
    ):
        name = path.relative_to(PACKAGE).as_posix()
        if not name.startswith(tuple(LEFT_OUT)):
            names = kinds | {"ValueError"} if name.endswith(_VALIDATING) else kinds
            for text in _in_module(ast.parse(path.read_text("utf-8")), names):
                found.update(filter(_is_sentence, map(_whole, _END.split(text))))
    return frozenset(found)


def _kinds(cls: type[Failure]) -> Iterator[type[Failure]]:
    yield cls
    for kind in cls.__subclasses__():
        yield from _kinds(kind)


def _whole(piece: str) -> str:
    """Return a sentence with its full stop, without another that is filled in before it."""
    piece = re.sub(r"^({}\.? )+(?=[A-Z])", "", piece.strip())
    piece = re.sub(r"({\w*})+", "{}", piece)
    return piece if piece.endswith((".", "!", "?")) else f"{piece}."


def _is_sentence(piece: str) -> bool:
    """Whether it is more than a name and what is filled in."""
    words = piece.replace("{}", " ").split()
    return len(words) > 1 and any(word[:1].isalpha() for word in words)


def _in_module(module: ast.Module, names: set[str]) -> Iterator[str]:
    known = {
        target.id: node.value
        for node in ast.walk(module)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            for said in _said(node, names):
                yield from _texts(said, known)
    if isinstance(table := known.get("SENTENCES"), ast.Dict):
        for value in table.values:
            yield from _texts(value, known)


def _said(call: ast.Call, names: set[str]) -> Iterator[ast.expr]:
    """Return what a call says to people: of a refusal, or of one of a field."""
    match call.func:
        case ast.Name(id=name) if name in names:
            yield from call.args[:1]
        case ast.Attribute(value=ast.Name(id="Invalid"), attr="field"):
            yield from call.args[1:2]
        case ast.Attribute(value=ast.Call(func=ast.Name(id="super")), attr="__init__"):
            yield from call.args[:1]
    yield from (each.value for each in call.keywords if each.arg in _KEYWORDS)


def _texts(node: ast.expr, known: dict[str, ast.expr]) -> Iterator[str]:
    """Return the texts that an expression can be, and those that are filled in."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.Name(id=name) if name in known:
            yield from _texts(known[name], {})
        case ast.IfExp(body=one, orelse=other) | ast.BinOp(left=one, right=other):
            yield from _texts(one, known)
            yield from _texts(other, known)
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="get"), args=[_, default]):
            yield from _texts(default, known)
            if isinstance(table := known.get(name), ast.Dict):
                for value in table.values:
                    yield from _texts(value, known)
        case ast.JoinedStr(values=parts):
            yield "".join(_part(part, known) for part in parts)
            for part in parts:
                if isinstance(part, ast.FormattedValue) and isinstance(part.value, ast.Name):
                    yield from _texts(part.value, known)


def _part(node: ast.expr, known: dict[str, ast.expr]) -> str:
    """Return what a part of a text is, ``{}`` for what only the server knows."""
    if isinstance(node, ast.FormattedValue) and isinstance(node.value, ast.Name):
        node = known.get(node.value.id, node)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else "{}"
