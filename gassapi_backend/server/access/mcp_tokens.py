"""MCP client tokens: their form, without a database.

``gass_``, 43 base62 digits for 32 random bytes, and 6 for the CRC32 of those digits: a mistyped or
made-up token is refused without asking the database, and secret scanners can find one.
"""

import hashlib
import re
import secrets
import string
import zlib

ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
PREFIX = "gass_"
PREFIX_SHOWN = 9

_FORM = re.compile(r"gass_([0-9A-Za-z]{43})([0-9A-Za-z]{6})")


def new_token() -> str:
    """Return a fresh token of 54 characters."""
    body = _base62(int.from_bytes(secrets.token_bytes(32), "big"), 43)
    return PREFIX + body + _checksum(body)


def is_well_formed(token: str) -> bool:
    """Whether the form and the checksum are right; says nothing about whether it is known."""
    match = _FORM.fullmatch(token)
    return match is not None and _checksum(match[1]) == match[2]


def hash_of(token: str) -> str:
    """Return what is stored in a token's place: its SHA-256 in hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()


def _checksum(body: str) -> str:
    return _base62(zlib.crc32(body.encode()), 6)


def _base62(number: int, length: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 62)
        digits = ALPHABET[digit] + digits
    return digits.rjust(length, "0")
