"""What the text of a setting has to be; each check returns the value that is kept.

They raise ``ValueError`` with what to write instead, and never show a value: it may be a secret.
"""

import re
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple
from urllib.parse import SplitResult, quote, unquote, urlsplit

from gassapi_backend.addresses import hosts_of

DEFAULT_PORTS = {"http": 80, "https": 443}
MIN_DISTINCT = 9  # characters of a secret key; random hexadecimal ones hardly ever have fewer
PATH = "/%:@!$&'()*+,=~"  # what stays as it is in a path, besides letters and digits

_SECONDS = {
    "second": 1,
    "minute": 60,
    "hour": 3_600,
    "day": 86_400,
    "month": 30 * 86_400,
    "year": 360 * 86_400,
}
_RATE = re.compile(
    rf"\s*(\d{{1,9}})\s*(?:/|per)\s*(\d{{1,9}})?\s*({'|'.join(_SECONDS)})s?\s*", re.ASCII | re.I
)
_NAME = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?")


class Rate(NamedTuple):
    """So many times in so many seconds."""

    amount: int
    seconds: int


def parsed_rate(text: str) -> Rate:
    """Return what a rate like ``5 per 15 minutes`` or ``300/minute`` says. Raises ``ValueError``.

    A month has 30 days and a year 12 of those.
    """
    found = _RATE.fullmatch(text)
    if found is None:
        raise ValueError('write it as "5 per 15 minutes"')
    return Rate(int(found[1]), int(found[2] or 1) * _SECONDS[found[3].lower()])


def rate(value: str) -> str:
    """Check a rate like ``5 per 15 minutes``: a single one, of at least one."""
    found = [parsed_rate(part) for part in re.split("[,;|]", value)]
    if len(found) > 1:
        raise ValueError('it takes one rate only, like "5 per 15 minutes"')
    if min(found[0]) < 1:
        raise ValueError("a rate of 0 lets nobody in; GASSAPI_RATE_LIMITS=off switches limits off")
    return value


def parts_of(url: str) -> SplitResult | None:
    """Return the parts of a URL; ``None`` where there is an error, whose text would show them."""
    try:
        parts = urlsplit(url)
        _ = None if url.startswith("mysql:") else parts.port  # that may name several servers
    except ValueError:
        return None
    return parts


def secret_key(value: str) -> str:
    """Return a secret key without what a file or a platform puts around it.

    Raises ``ValueError`` for one that can be guessed.
    """
    value = value.strip("\ufeff \t\r\n")
    if len(value) < 32:
        raise ValueError("it needs at least 32 characters")
    length = len(value)
    repeats = any(value == (value[:n] * length)[:length] for n in range(1, length // 2))
    if repeats or len(set(value)) < MIN_DISTINCT:
        raise ValueError(
            "it can be guessed: let a machine make it, like `openssl rand -base64 48` does"
        )
    return value


def database_url(value: str) -> str:
    """Check the address of a database."""
    parts = parts_of(value)
    if parts and (parts.query or parts.fragment):
        raise ValueError(
            "it takes no options, encryption is chosen by GASSAPI_DATABASE_TLS; "
            "? and # in a name or password are %3F and %23"
        )
    if parts and len(parts.path) > 1:
        if value.startswith("sqlite:///") and _is_file(unquote(parts.path)[1:]):
            return value
        if value.startswith("mysql://") and _are_hosts(parts.netloc):
            return value
    raise ValueError(
        "write it as sqlite:////path/to/file.db or mysql://user:password@host/name, "
        "special characters like / in a name or password as %2F"
    )


def _are_hosts(netloc: str) -> bool:
    try:
        return bool(hosts_of(netloc))
    except ValueError:
        return False


def _is_file(name: str) -> bool:
    """Whether a file may have this path. Raises ``ValueError`` for the home of an unknown user."""
    try:
        return bool(Path(name).expanduser().name) and "\0" not in name
    except RuntimeError:
        raise ValueError("there is no such user on this machine") from None


def http_url(value: str) -> str:
    """Return an address of HTTP as browsers write it, without a slash at the end."""
    parts = parts_of(value.strip())
    if not parts or parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        raise ValueError("write it as https://api.example.com")
    if parts.username is not None or parts.query or parts.fragment:
        raise ValueError("it has no user, ? or #: https://api.example.com")
    if re.search(r"[\s;]", value.strip()):
        raise ValueError("it has no blanks and no semicolons: https://api.example.com")
    host = _host(parts.hostname)
    is_default = parts.port in (None, DEFAULT_PORTS[parts.scheme])
    place = host if is_default else f"{host}:{parts.port}"
    return f"{parts.scheme}://{place}{quote(parts.path.rstrip('/'), safe=PATH)}"


def origin(value: str) -> str:
    """Return an origin as browsers send it (RFC 6454, 6.2): lower case, no default port."""
    url = http_url(value)
    if urlsplit(url).path:
        raise ValueError("an origin has no path: https://app.example.com")
    return url


def _host(name: str) -> str:
    """Return a host, lower case already, as it stands in an ``Origin`` header."""
    try:
        if ":" in name:
            return f"[{ip_address(name).compressed}]"
        if name.isascii():
            if not _NAME.fullmatch(name):
                raise ValueError
            return name
        import idna  # slow, and only for names of other alphabets

        return idna.encode(name, uts46=True).decode()
    except ValueError:  # idna's are such
        raise ValueError("its host is not a valid name") from None
