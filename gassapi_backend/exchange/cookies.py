"""A key that is sent as a cookie, as a header: for formats whose credentials cannot be one."""

from gassapi_backend.exchange.loading import text_of
from gassapi_backend.exchange.tree import Entry, Json
from gassapi_backend.exchange.values import is_on


def is_cookie(auth: dict[str, Json] | None) -> bool:
    """Whether credentials are a key that is sent as a cookie."""
    return auth is not None and auth.get("type") == "apiKey" and auth.get("in") == "cookie"


def with_cookie(headers: list[Entry], auth: dict[str, Json]) -> list[Entry]:
    """Return headers with the cookie of credentials before any others."""
    cookie = f"{text_of(auth.get('key'))}={text_of(auth.get('value'))}"
    for place, entry in enumerate(headers):
        if is_on(entry) and text_of(entry.get("key")).lower() == "cookie":
            joined = entry | {"value": f"{cookie}; {text_of(entry.get('value'))}"}
            return [*headers[:place], joined, *headers[place + 1 :]]
    return [*headers, {"key": "Cookie", "value": cookie, "enabled": True}]
