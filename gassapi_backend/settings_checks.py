"""What the text of a setting has to be; each check returns the value that is kept.

They raise ``ValueError`` with what to write instead, and never show a value: it may be a secret.
"""

import re
from urllib.parse import SplitResult, urlsplit


def rate(value: str) -> str:
    """Check a rate like ``5 per 15 minutes``: a single one, of at least one."""
    import limits  # slow, and only for a rate that somebody set

    try:
        found = limits.parse_many(value)
    except ValueError:
        raise ValueError('write it as "5 per 15 minutes"') from None
    if len(found) > 1:
        raise ValueError('it takes one rate only, like "5 per 15 minutes"')
    if any(int(number) < 1 for number in re.findall(r"\d+", value)):
        raise ValueError("a rate of 0 lets nobody in; GASSAPI_RATE_LIMITS=off takes limits away")
    return value


def parts_of(url: str) -> SplitResult | None:
    """Return the parts of a URL; ``None`` where there is an error, whose text would show them."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts


def database_url(value: str) -> str:
    """Check the address of a database."""
    parts = parts_of(value)
    if parts and (parts.query or parts.fragment):
        raise ValueError("it takes no options; ? and # in a name or password are %3F and %23")
    if parts and len(parts.path) > 1:
        if parts.scheme == "sqlite" and not parts.netloc:
            return value
        if parts.scheme == "mysql" and parts.hostname:
            return value
    raise ValueError(
        "write it as sqlite:///path/to/file.db or mysql://user:password@host/name, "
        "special characters like / in a name or password as %2F"
    )


def http_url(value: str) -> str:
    """Check an address of HTTP."""
    parts = parts_of(value)
    if not parts or parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("write it as https://api.example.com")
    return value.rstrip("/")
