"""Checks of Host and Origin: requests from a page that was led here (DNS rebinding) are refused."""

import re
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from aiohttp import web

from gassapi_backend.server.errors import Forbidden
from gassapi_backend.server.web.reading import printable
from gassapi_backend.server.web.state import SETTINGS
from gassapi_backend.settings import Settings

_NO_HOST = re.compile(r"[@/\\?#\s]")


def check_addresses(request: web.Request) -> None:
    """Raise ``Forbidden`` for a request to another host name, or from another site's page.

    Names of this machine are always allowed: a page that was led here sends its own name instead.
    Ports do not matter in ``Host``, since proxies may leave them out.
    """
    settings = request.app[SETTINGS]
    hosts = request.headers.getall("Host", ())
    if len(hosts) != 1 or not _is_our_host(hosts[0], settings):
        shown = printable(", ".join(hosts), 200)
        raise Forbidden(
            f'This MCP server does not answer to the name "{shown}". Use its public address, or '
            "set GASSAPI_PUBLIC_URL to the address that clients use."
        )
    for origin in request.headers.getall("Origin", ()):
        if not _is_our_origin(origin, settings):
            raise Forbidden(
                "This request was sent by a page of another site, which may not use this MCP "
                "server. GASSAPI_CORS_ORIGINS names the sites that may."
            )


def _is_our_host(host: str, settings: Settings) -> bool:
    name = None if _NO_HOST.search(host) else _name_of(f"//{host}")
    return name is not None and (name == _name_of(settings.base_url) or _is_local(name, settings))


def _is_our_origin(origin: str, settings: Settings) -> bool:
    if origin in settings.cors_origins:
        return True
    public = urlsplit(settings.base_url)
    if origin == f"{public.scheme}://{public.netloc}":
        return True
    name = _name_of(origin)
    is_web = origin.startswith(("http://", "https://"))
    return settings.public_url is None and is_web and name is not None and _is_local(name, settings)


@lru_cache(maxsize=256)  # the same few values all day
def _name_of(url: str) -> str | None:
    try:
        name = urlsplit(url).hostname
    except ValueError:
        return None
    return name.rstrip(".") if name else None


def _is_local(name: str, settings: Settings) -> bool:
    """Whether a name is this machine's own.

    An IP address is one if the server listens on all addresses and has no public address: a page
    that was led to the IP address sends its own name.
    """
    if name == "localhost":
        return True
    try:
        address = ip_address(name)
    except ValueError:
        return False
    is_open = settings.public_url is None and settings.listens_everywhere
    return address.is_loopback or is_open
