"""Quotes text on one line of a POSIX shell; what quotes cannot hold goes through ``printf``."""

import re

_ESCAPES = {"\n": r"\n", "\t": r"\t", "\r": r"\r", "\\": r"\\"}
_ESCAPED = re.compile(r"\\(?:0([0-7]{1,3})|(.))", re.S)
_LETTERS = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "\\": "\\"}
_PLAIN = re.compile(r"[A-Za-z0-9_@%+=:,./-]+")


def quoted(text: str) -> str:
    """Return text as one word of a POSIX shell, on one line.

    Words with line breaks or control characters are printed by ``printf``; line breaks at the very
    end, which the shell would strip, stay in quotes, and make two lines.
    """
    if _PLAIN.fullmatch(text):
        return text
    if is_one_line(text):
        return _single(text)
    head = text.rstrip("\n")
    ends = _single(text[len(head) :]) if len(head) < len(text) else ""
    return f'"$(printf %b {_single(escaped(head))})"{ends}' if head else ends


def is_one_line(text: str) -> bool:
    """Whether text can be quoted on one line."""
    return text.splitlines() in ([], [text]) and not _CONTROL.search(text)


_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def _single(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def escaped(text: str) -> str:
    """Return text escaped for ``printf %b``; NUL, which no word can hold, is left out."""
    return "".join(map(_escaped, text))


def _escaped(one: str) -> str:
    if one in _ESCAPES:
        return _ESCAPES[one]
    if one == "\0":
        return ""
    if is_one_line(one):
        return one
    return "".join(f"\\0{byte:03o}" for byte in one.encode())


def printed(text: str) -> str:
    """Return what ``printf %b`` prints."""
    data = bytearray()
    at = 0
    for found in _ESCAPED.finditer(text):
        data += text[at : found.start()].encode()
        octal, letter = found.groups()
        data += bytes([int(octal, 8) & 0xFF]) if octal else _LETTERS.get(letter, found[0]).encode()
        at = found.end()
    return (data + text[at:].encode()).decode("utf-8", "replace")
