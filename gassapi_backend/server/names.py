"""E-mail addresses and people's names: what may be in them, and when two are the same."""

import hashlib
import unicodedata
from contextlib import suppress
from functools import cache
from typing import Annotated

import email_validator
from pydantic import AfterValidator, Field, StringConstraints, WithJsonSchema

from gassapi_backend.models import folded

JOINERS = {"\u200c", "\u200d", *map(chr, range(0xE0020, 0xE0080))}  # the last: flags' tags
_BLANKS = set("\u115f\u1160\u2800\u3164\uffa0")  # letters and a symbol that show nothing

KEY_LENGTH = 320  # characters of an address's key


def check_email(value: str) -> str:
    """Return an address in its normal form (RFC 5321, 6531; the domain's case folded).

    Blanks around it do not belong to it. Addresses under ``.test``, ``.local`` and ``home.arpa``
    (RFC 8375) are taken, since private networks use them. Raises ``ValueError`` when it is not an
    address, and for one whose key would have to be cut.
    """
    found = _parsed(value)
    if len(found.normalized) > 254:
        raise ValueError("The e-mail address is too long.")
    if len(_key(found)) > KEY_LENGTH:
        raise ValueError("The part before the @ is too long: some of its characters count as many.")
    return found.normalized


def email_key(text: str) -> str:
    """Return the form in which two spellings of one address are equal; takes any text.

    The part before the @ without case and compatibility forms, the domain as it is registered
    (IDNA 2008, in punycode): there, straße.de and strasse.de are two. Text that is no address gets
    a key that no account has.
    """
    with suppress(ValueError):
        key = _key(_parsed(text))
        if len(key) <= KEY_LENGTH:
            return key
    return "@" + hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def email_piece(text: str) -> str:
    """Return how a piece of an address, to search for, stands in keys if it ends in its domain."""
    local, at, domain = text.rpartition("@")
    try:
        registered = _parsed(f"x@{domain}.test").ascii_domain.removesuffix(".test")
    except ValueError:  # not whole labels of a domain
        return folded(text)
    return f"{folded(local)}{at}{registered}"


def _parsed(text: str) -> email_validator.ValidatedEmail:
    """Return the parts of an address. Raises ``ValueError``."""
    _allow_private_domains()
    found = email_validator.validate_email(text.strip(), check_deliverability=False, strict=True)
    if found.ascii_domain.endswith(".arpa") and not found.ascii_domain.endswith("home.arpa"):
        raise ValueError("The domain is one of the Internet's own infrastructure.")
    return found


def _key(address: email_validator.ValidatedEmail) -> str:
    """Return the whole key: never cut, or two domains could have one."""
    return f"{folded(address.local_part, limit=10_000)}@{address.ascii_domain.lower()}"


@cache
def _allow_private_domains() -> None:
    for name in ("test", "local", "arpa"):
        email_validator.SPECIAL_USE_DOMAIN_NAMES.remove(name)


def check_name(value: str) -> str:
    """Return a name for people to read.

    Raises ``ValueError`` for control characters, for those that turn the direction of text, and for
    a name of nothing but invisible ones. Joiners belong to Persian and Indic words and to emoji.
    """
    if value.isascii() and value.isprintable() and value.strip():
        return value  # most are
    kinds = {unicodedata.category(character) for character in value if character not in JOINERS}
    if kinds & {"Cc", "Cf", "Cs", "Zl", "Zp"}:
        raise ValueError("It contains characters that cannot be printed.")
    seen = {character for character in value if character not in JOINERS | _BLANKS}
    if all(unicodedata.category(character)[0] in "MZ" for character in seen):
        raise ValueError("It contains nothing that can be seen.")
    return value


Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=320),
    AfterValidator(check_email),
    WithJsonSchema({"type": "string", "format": "email", "maxLength": 320}),
]
NOT_BLANK = Field(json_schema_extra={"pattern": r"\S"})
"""What the OpenAPI document says of names; ``check_name`` refuses more than a pattern can say."""
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=2, max_length=255),
    AfterValidator(check_name),
    NOT_BLANK,
]
