"""Reads cURL commands as requests: what each would send."""

import re

from gassapi_backend.exchange.curl import fields
from gassapi_backend.exchange.curl.options import Given, transfers_of
from gassapi_backend.exchange.curl.printing import printed
from gassapi_backend.exchange.curl.words import Command, commands_of
from gassapi_backend.exchange.own_authorization import prefer_headers
from gassapi_backend.exchange.resolving.urls import name_of
from gassapi_backend.exchange.sources import Source
from gassapi_backend.exchange.tree import (
    Document,
    Folder,
    Json,
    Note,
    Origin,
    Request,
    Unreadable,
    Variable,
    What,
    base_of,
)

_CURL = re.compile(r"(?:.*[/\\])?curl(?:\.exe)?", re.I)
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=", re.A)
_BEFORE = frozenset(
    {
        *("$", ">", "%", "#", "!", "sudo", "time", "env", "exec", "command"),
        *("if", "elif", "while", "until", "then", "else", "do"),
    }
)
_FENCE = re.compile(r"^```.*$", re.M)


def read(source: Source) -> Document:
    """Return the requests in a text of cURL commands; raise ``Unreadable`` if there are none."""
    document = Document("curl", "")
    name = source.name.rpartition(".")[0] or source.name or "cURL"
    folder = Folder(name, origin=Origin("curl", original={"name": source.name}))
    before: Command | None = None
    for command in commands_of(_without_prompts(_FENCE.sub("", source.text))):
        _take(command, before, folder, document.notes)
        before = command
    if not folder.items:
        raise Unreadable("There is no curl command in it that has a URL.")
    assert folder.origin is not None  # noqa: S101 - set just above
    folder.origin.base = base_of(folder)
    document.notes += prefer_headers(folder)
    document.collections.append(folder)
    return document


_PROMPTED = re.compile(r"^\$[ \t].*\n(?:>(?:[ \t].*)?(?:\n|\Z))+", re.M)


def _without_prompts(text: str) -> str:
    """Return what a terminal shows without the ``>`` before the lines that go on."""
    return _PROMPTED.sub(lambda found: re.sub(r"(?m)^>[ \t]?", "", found[0]), text)


def _take(command: Command, before: Command | None, folder: Folder, notes: list[Note]) -> None:
    words = _words_of_curl(command.words)
    if words is None:
        variables = _assigned(command.words)
        folder.variables += variables
        if not variables and not _is_printf(command):
            notes.append(_note(What.SKIPPED, command, "it is not a curl command", command.words[0]))
        return
    if command.is_piped and before is not None and command.stdin is None:
        command.stdin = _printed(before)
    transfers = transfers_of(words)
    folder.variables += _said_variables(transfers)
    for given in transfers:
        if not given.urls:
            notes.append(_note(What.SKIPPED, command, "it has no URL", "curl"))
        for url in given.urls:
            request = _request(given, url, command)
            folder.items.append(request)
            notes += _notes(given, request, command)


def _words_of_curl(words: list[str]) -> list[str] | None:
    for at, word in enumerate(words):
        if _CURL.fullmatch(word):
            return words[at + 1 :]
        if word not in _BEFORE and not _ASSIGNMENT.match(word):
            return None
    return None


def _assigned(words: list[str]) -> list[Variable]:
    """Return the variables of a line that only sets variables; references to them are kept."""
    chosen = words[1:] if words[0] in ("export", "set", "local") else words
    if not all(_ASSIGNMENT.match(word) for word in chosen):
        return []
    return [
        {"key": key, "value": value} for key, _, value in (one.partition("=") for one in chosen)
    ]


def _said_variables(transfers: list[Given]) -> list[Variable]:
    """Return the variables of ``--variable name=value``; those of files stay unknown."""
    said = [one.partition("=") for given in transfers for one in given.all_of("variable")]
    return [
        {"key": key, "value": value} for key, equals, value in said if equals and "@" not in key
    ]


def _is_printf(command: Command) -> bool:
    return command.words[0] in ("printf", "echo")


def _printed(command: Command) -> str | None:
    words = command.words
    if words[:2] == ["printf", "%b"] and len(words) == 3:
        return printed(words[2])
    if words[0] == "echo":
        return " ".join(word for word in words[1:] if word not in ("-n", "-e")) + "\n"
    return words[1] if words[0] == "printf" and len(words) == 2 else None


def _request(given: Given, url: str, command: Command) -> Request:
    headers = fields.headers_of(given)
    body_type, body = fields.body_of(given, headers, command.stdin)
    full = fields.url_of(given, url)
    request = Request(
        name_of(full),
        fields.method_of(given),
        full,
        headers=headers,
        body_type=body_type,
        body=body,
        auth=fields.auth_of(given),
    )
    original: Json = {"words": command.words, "kept": _kept(given)}
    request.origin = Origin("curl", pointer=f"line {command.line}", original=original)
    request.origin.base = base_of(request)
    return request


def _kept(given: Given) -> list[list[str]]:
    """Return options that no field is made from, as words."""
    return [
        [f"--{name}"] if value is None else [f"--{name}", value]
        for name, value in given.options
        if name not in fields.USED
    ] + [[word] for word in given.unknown]


def _notes(given: Given, request: Request, command: Command) -> list[Note]:
    notes = []
    if kept := [name for name, _ in given.options if name not in fields.USED]:
        names = ", ".join(f"--{name}" for name in dict.fromkeys(kept))
        reason = f"{names}: kept, but not used here"
        notes.append(_note(What.KEPT, command, reason, request.name))
    if given.unknown:
        reason = f"options that are not known: {', '.join(given.unknown)[:200]}"
        notes.append(_note(What.KEPT, command, reason, request.name))
    for problem in _files(given):
        notes.append(_note(What.SKIPPED, command, problem, request.name))
    return notes


def _files(given: Given) -> list[str]:
    """Return sentences about files that curl would read, but that are not read here."""
    found = []
    data = [value or "" for name, value in given.options if name in ("data", "data-binary", "json")]
    encoded = given.all_of("data-urlencode")
    is_part = given.has("get") or len([*data, *encoded]) > 1
    if (is_part and any(value.startswith("@") for value in data)) or any(
        "@" in value and "=" not in value for value in encoded
    ):
        where = "query" if given.has("get") else "body"
        found.append(f"a part of the {where} is a file, which is not read: its name is kept")
    if any(re.search(r";\s*headers=", value) for value in given.all_of("form")):
        found.append("headers of a part of a form are not sent")
    if any(value.startswith("@") for value in given.all_of("header")):
        found.append("a file of headers is not read")
    if any(
        ":" not in value and value[-1:] != ";" and value[:1] != "@"
        for value in given.all_of("header")
    ):
        found.append("a header that is written without a colon is not sent")
    if any("=" not in value for value in given.all_of("cookie")):
        found.append("a file of cookies is not read")
    return found


def _note(what: What, command: Command, reason: str, name: str) -> Note:
    return Note(what, "endpoint", name[:255], f"line {command.line}", reason)
