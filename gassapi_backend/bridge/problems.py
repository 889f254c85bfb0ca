"""What is wrong when a server does not answer as an MCP server does, and what to do about it."""

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

MAX_SAID = 500

_CLIENT_ERRORS = range(400, 500)


@dataclass(frozen=True, slots=True)
class Problem:
    """``code`` is for programs, ``sentence`` for people."""

    code: str
    sentence: str


def placeholder(token: str) -> str | None:
    """Return what is wrong with a text that was given as a token, if anything."""
    if re.search(r"[${}<>%]", token):
        return (
            f"{token[:80]} was given in place of a token: your client did not fill it in. Set the "
            "variable where the client runs, and restart it."
        )
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        return "What was given as the token is not one: a token begins with gass_."
    return None


def problem_of(status: int, media_type: str, location: str, body: bytes) -> Problem:
    """Return what is wrong with an answer that does not follow the protocol."""
    said = _said(body)
    if status in (301, 302, 303, 307, 308):
        return Problem("redirect", _of_redirect(location))
    if media_type in ("text/html", "application/xhtml+xml"):
        return Problem(
            "web-page",
            f"A web page answers there (status {status}), not the server. Is a proxy or a sign-in "
            "page in between, or is the address wrong?",
        )
    match status:
        case 401:
            return Problem("token", said or "The server does not accept this token.")
        case 403:
            return Problem("forbidden", said or "The server refuses this token or this address.")
        case 404:
            return Problem(
                "not-mcp",
                "There is no MCP server at that address. Is it the one in GASSAPI_PUBLIC_URL, with "
                "its path, and is the server of this version?",
            )
        case 405:
            return Problem("not-mcp", "What answers at that address does not accept MCP messages.")
        case 407:
            return Problem("proxy", "The proxy wants a password: put it into HTTPS_PROXY.")
        case 413:
            return Problem("too-large", said or "The message is too large for the server.")
        case 429:
            return Problem("limit", said or "Too many requests: wait a little.")
    if status in _CLIENT_ERRORS:
        return Problem("refused", said or f"The server refuses the message (status {status}).")
    if status in (502, 504):
        return Problem(
            "away", f"The proxy cannot reach the server (status {status}). Is it running?"
        )
    if status >= 500:
        return Problem("failed", said or f"The server failed (status {status}); its log says why.")
    return Problem("not-mcp", "What answers at that address does not speak MCP.")


def _of_redirect(location: str) -> str:
    try:
        parts = urlsplit(location)
        where = f"{parts.scheme}://{parts.netloc}" if parts.netloc else location
    except ValueError:
        where = ""
    where = "".join(sign for sign in where[:200] if sign.isprintable())
    return (
        f"That address redirects to {where or 'another'}. The token is not sent there: if that is "
        "the right address, use it."
    )


def _said(body: bytes) -> str:
    """Return the server's own sentence, if there is one."""
    try:
        found: Any = json.loads(body)
        said = found["error"]["message"]
    except (ValueError, RecursionError, KeyError, TypeError):
        return ""
    if not isinstance(said, str):
        return ""
    return "".join(sign if sign.isprintable() else " " for sign in said[:MAX_SAID])
