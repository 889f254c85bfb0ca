"""What the server tells people besides refusals: in reports, findings and problems of the record.

They are not all said where a rule could find them: a reason goes through variables, tables and
functions. So every text with the looks of a sentence counts that the modules hold, and what is not
told is named here, with the reason.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache

from tests.console.sentences import PACKAGE

REPORTS = ("exchange", "server/importing/writing.py")
FINDINGS = (
    "doctor",
    "database/reasons.py",
    "instance_key.py",
    "server/audit/verification.py",
    "server/changes/redis.py",
    "server/mail/transport.py",
    "unknown_variables.py",
)
LEFT_OUT = {
    "exchange/child/envelopes.py": "bodies that no screen sends",
    "exchange/child/working.py": "what is logged",
    "exchange/curl/options.py": "names of options",
    "exchange/curl/printing.py": "writes documents",
    "exchange/curl/writing.py": "writes documents",
    "exchange/dothttp/writing.py": "writes documents",
    "exchange/har/writing.py": "writes documents",
    "exchange/insomnia/environment_writing.py": "writes documents",
    "exchange/insomnia/outgoing.py": "writes documents",
    "exchange/opencollection/writing.py": "writes documents",
    "exchange/openapi/reading/documentation.py": "goes into descriptions",
    "exchange/openapi/versions": "writes documents",
    "exchange/openapi/writing": "writes documents",
    "exchange/postman/writing.py": "writes documents",
    "exchange/resolving": "fills in variables",
}
"""Modules that no screen shows anything of, and why. What is said of a written document stays on
the command line."""

_NAMES = (
    "API Blueprint.",
    "Advanced REST Client.",
    "Base Environment.",
    "Basic Auth.",
    "Bearer Token.",
    "Burp Suite.",
    "Paw (RapidAPI).",
    "Protocol Buffers (gRPC).",
    "Step CI.",
    "Talend API Tester.",
    "Thunder Client.",
    "{} flows.",
    "{} request.",
)
_OF_READERS = (  # put into other words
    "(character {}).",
    "Expecting property name enclosed in double quotes.",
    "Expecting value.",
    "Extra data.",
    "Invalid control character at.",
    "Unterminated string starting at.",
)
_OF_CODE = (
    "Incoming | None.",
    "One of: {}.",  # in a description
    "Read are:.",
    "access token.",
    "auth method.",
    "body:of {.",
    "export {};.",
    "list[Item] | None.",
    "new {}.",
    "refresh token.",
)
_LOGGED = (
    "A new secret key was made, although there are accounts already: sign-ins and mailed links "
    "have ended, and secret variables cannot be read.",
    "If you still have the former key, put it back into {} and restart the servers.",
    "Redis carries news.",
    "Redis is away: news travels more slowly.",
    "Redis refuses what we ask: news may travel more slowly.",
    "it closed the connection.",
    "news not published.",
    "still there?",
    "the child ended with {}.",
)
NOT_TOLD = frozenset({*_NAMES, *_OF_READERS, *_OF_CODE, *_LOGGED})
"""What has the looks of a sentence, and is told to nobody."""

_END = re.compile(r"(?<=[.!?]) (?=[A-Z{])|(?<=[.!?])(?={})")
_NO_PROSE = re.compile(r"\bsys\.|[\\<%\n]|\|.*\||\[\w+ \||^[\w./+-]+/[\w.+-]+; ")
_WORD = re.compile(r"[(“\"]?[A-Za-z][a-z'’()-]*[)”\".,;:!?]*")


@cache
def told(places: tuple[str, ...]) -> frozenset[str]:
    """Return all sentences and pieces of sentences, with ``{}`` for what is filled in."""
    return frozenset(filter(_is_told, pieces(places))) - NOT_TOLD


@cache
def pieces(places: tuple[str, ...]) -> frozenset[str]:
    """Return all that stands in modules as text, cut where sentences end."""
    found: set[str] = set()
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        if name.startswith(places) and not name.startswith(tuple(LEFT_OUT)):
            for text in _texts(ast.parse(path.read_text("utf-8"))):
                found.update(map(whole, _END.split(text)))
    return frozenset(found)


def whole(piece: str) -> str:
    """Return a piece as catalogues have it: with a full stop, and no sentence filled in first."""
    piece = re.sub(r"^({}\.? )+(?=[A-Z][a-z])", "", piece.strip())
    piece = re.sub(r"({\w*})+", "{}", piece)
    return piece if piece.endswith((".", "!", "?")) else f"{piece}."


def _is_told(piece: str) -> bool:
    words = [one for one in piece.split() if "{}" in one or re.search("[A-Za-z]", one)]
    is_prose = len(words) > 1 and any(map(_WORD.fullmatch, words))
    return is_prose and not _NO_PROSE.search(piece)


def checks() -> frozenset[str]:
    """Return the names of the checks of a check-up, as the catalogues have them."""
    return frozenset(
        whole(str(node.args[0].value))
        for path in (PACKAGE / "doctor").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "Finding"
        and isinstance(node.args[0], ast.Constant)
    )


def _texts(module: ast.Module) -> Iterator[str]:
    known = _constants(module)
    silent = {id(node) for node in _silent(module, known)}
    for node in ast.walk(module):
        if id(node) in silent:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield "".join(_part(part, known) for part in node.values)


def _constants(module: ast.Module) -> dict[str, ast.Constant]:
    """Return the texts that have a name in a module, or that it imports by name."""
    found = {
        target.id: node.value
        for node in module.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name) and isinstance(node.value.value, str)
    }
    for node in module.body:
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith(PACKAGE.name):
            path = PACKAGE.parent.joinpath(*str(node.module).split(".")).with_suffix(".py")
            names = {one.name for one in node.names if one.name.strip("_").isupper()}
            if names and path.is_file():
                others = _constants(ast.parse(path.read_text("utf-8")))
                found |= {name: others[name] for name in names & others.keys()}
    return found


def _silent(module: ast.Module, known: dict[str, ast.Constant]) -> Iterator[ast.AST]:
    """Yield the texts that are documentation, patterns, types, or only pieces of other texts."""
    loads = [node for node in ast.walk(module) if isinstance(node, ast.Name)]
    within: set[int] = set()
    for node in ast.walk(module):
        match node:
            case ast.Expr(value=ast.Constant()):
                yield node.value
            case ast.Call(func=ast.Attribute(value=ast.Name(id="re")) | ast.Name(id="cast")):
                yield from ast.walk(node)
            case ast.JoinedStr(values=parts):
                yield from (part for part in parts if isinstance(part, ast.Constant))
                within |= {id(one.value) for one in parts if isinstance(one, ast.FormattedValue)}
    for name in {one.id for one in loads if id(one) in within} & known.keys():
        if all(id(one) in within for one in loads if one.id == name and _is_read(one)):
            yield known[name]


def _is_read(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Load)


def _part(node: ast.expr, known: dict[str, ast.Constant]) -> str:
    """Return a part of a text; ``{}`` for what only the server knows."""
    if isinstance(node, ast.FormattedValue):
        found = known.get(node.value.id) if isinstance(node.value, ast.Name) else None
        return str(found.value) if found else "{}"
    return str(node.value) if isinstance(node, ast.Constant) else "{}"
