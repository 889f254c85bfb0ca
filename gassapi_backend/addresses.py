"""Addresses of servers in URLs, and of callers."""

import re
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import NamedTuple

MYSQL_PORT = 3306


class Host(NamedTuple):
    """A server's name or address, and its port."""

    name: str
    port: int

    def __str__(self) -> str:
        """Return it as it stands in a URL."""
        name = f"[{self.name}]" if ":" in self.name else self.name
        return f"{name}:{self.port}"


def hosts_of(netloc: str) -> list[Host]:
    """Return the servers of a URL's ``user:password@host:port,host:port``.

    Raises ``ValueError`` where it is not a list of servers.
    """
    hosts = []
    for item in netloc.rpartition("@")[2].split(","):
        match = re.fullmatch(r"(\[[0-9A-Fa-f:.%\w]+\]|[^\[\]:,/]+)(?::(\d{1,5}))?", item.strip())
        if match is None or not 0 < int(match[2] or MYSQL_PORT) < 65536:
            raise ValueError(f'"{item}" is not a server\'s address')
        hosts.append(Host(match[1].strip("[]"), int(match[2] or MYSQL_PORT)))
    return hosts


@lru_cache(maxsize=4096)
def ip_of(text: str) -> str | None:
    """Return the IP address that a proxy wrote, in its shortest form; ``None`` if it is not one.

    With or without a port, an IPv6 address in brackets or not, the whole in quotes or not (RFC
    7239, 6); one that stands for an IPv4 address (``::ffff:192.0.2.1``) as that.
    """
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text)
    except ValueError:
        return None
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return None if found.scope_id else str(found)
    return str(found)


def counted_as(address: str) -> str:
    """Return what limits count an address as: an IPv6 one as its /64 network.

    Whoever has one address of such a network has all of them.
    """
    if ":" not in address:
        return address
    try:
        return str(IPv6Network((address, 64), strict=False))
    except ValueError:
        return address


def is_within(address: str, networks: Iterable[IPv4Network | IPv6Network]) -> bool:
    """Whether an address is in one of some networks; text that is no address is in none."""
    if ip_of(address) is None:
        return False
    found = ip_address(address)
    return any(found in network for network in networks if network.version == found.version)
