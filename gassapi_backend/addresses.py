"""Addresses of servers in URLs."""

import re
from typing import NamedTuple

MYSQL_PORT = 3306


class Host(NamedTuple):
    """A server's name or address, and its port."""

    name: str
    port: int

    def __str__(self) -> str:
        """Return it as a URL has it."""
        name = f"[{self.name}]" if ":" in self.name else self.name
        return f"{name}:{self.port}"


def hosts_of(netloc: str) -> list[Host]:
    """Return the servers of a URL's ``user:password@host:port,host:port``.

    Raises ``ValueError`` for what is no list of servers.
    """
    hosts = []
    for item in netloc.rpartition("@")[2].split(","):
        match = re.fullmatch(r"(\[[0-9A-Fa-f:.%\w]+\]|[^\[\]:,/]+)(?::(\d{1,5}))?", item.strip())
        if match is None or not 0 < int(match[2] or MYSQL_PORT) < 65536:
            raise ValueError(f'"{item}" is not a server\'s address')
        hosts.append(Host(match[1].strip("[]"), int(match[2] or MYSQL_PORT)))
    return hosts
