"""Connections that only take up room: closed when they send too slowly or do not read.

A look over all connections once a second costs less than timers of each, and is exact enough.
"""

import asyncio
from collections import Counter
from collections.abc import Collection
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

import structlog
from aiohttp import web

from gassapi_backend.addresses import counted_as, ip_of, is_within

HEADER_SECONDS = 10  # for the request line and headers, from the first byte or the connection on
KEEP_ALIVE_SECONDS = 75  # without a request
UNREAD_SECONDS = 30  # in which a client has to take something of what waits for it
LOOK_SECONDS = 1.0
SHOWN = 5  # addresses with too many connections, of one look
ENOUGH = (
    b"HTTP/1.1 429 Too Many Requests\r\nConnection: close\r\nRetry-After: 5\r\n"
    b"Content-Length: 0\r\n\r\n"
)
THIS_MACHINE = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
"""Whence a proxy on it comes, for everybody."""

UNREAD_BYTES = 64_000_000  # that may wait to be taken by all clients together

_log = structlog.get_logger("gassapi.connections")


class Connection(web.RequestHandler):
    """aiohttp's connection, which also notes when something last came or went."""

    __slots__ = ("address", "began", "is_waiting", "taken_at", "unread")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.began: float | None = self._loop.time()  # of headers that are not all there
        self.unread = 0  # bytes that waited to be taken when we last looked
        self.taken_at = self._loop.time()
        self.address: str | None = None  # as which it counts

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count the connection; close it where its address has enough of them."""
        super().connection_made(transport)
        server, peer = self._manager, transport.get_extra_info("peername")
        if not isinstance(server, Server) or not isinstance(peer, tuple):
            return
        self.address = server.counted(peer[0])
        if self.address and not server.count(self.address) and self.transport:
            self.transport.write(ENOUGH)
            self.force_close()

    def data_received(self, data: bytes) -> None:
        """Note when the headers of a request begin to come."""
        before = self._request_count
        super().data_received(data)
        if self._request_count != before:
            self.began = None
        elif data and self.began is None and self._waiter is not None:
            self.began = self._loop.time()

    def pause_writing(self) -> None:
        """Note that much waits to be taken here; make room where too much waits everywhere."""
        super().pause_writing()
        self.taken_at = self._loop.time()
        if isinstance(server := self._manager, Server):
            server.wait_for(self)

    def resume_writing(self) -> None:
        """Note that the client took most of it."""
        super().resume_writing()
        if isinstance(server := self._manager, Server):
            server.waited_for.discard(self)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Forget the connection."""
        if isinstance(server := self._manager, Server):
            server.waited_for.discard(self)
            if self.address is not None:
                server.forget(self.address)
        super().connection_lost(exc)

    @property
    def waiting(self) -> int:
        """How many bytes wait to be taken."""
        return self.transport.get_write_buffer_size() if self.transport is not None else 0

    @property
    def is_busy(self) -> bool:
        """Whether a request is under way, or its answer not all handed to the machine yet."""
        return self._request_in_progress or self.waiting > 0

    def is_late(self, moment: float) -> bool:
        """Whether headers have been coming for too long."""
        return self.began is not None and moment - self.began > HEADER_SECONDS

    def is_stuck(self, moment: float) -> bool:
        """Whether a client has, for too long, taken nothing of what waits for it."""
        waiting = self.waiting
        if waiting == 0 or waiting < self.unread or self.unread == 0:
            self.taken_at = moment
        self.unread = waiting
        return moment - self.taken_at > UNREAD_SECONDS

    def abort(self) -> None:
        """Cut the connection off, whatever still waits to be sent."""
        transport = self.transport
        self.force_close()
        if transport is not None:
            transport.abort()


class Server(web.Server):
    """aiohttp's server, of such connections; ``waited_for`` are those with much to be taken."""

    def begin(self, most: int, exempt: Collection[IPv4Network | IPv6Network]) -> None:
        """Get ready; aiohttp makes its server itself, without what is added here.

        An address may have ``most`` connections; proxies, which are ``exempt``, any number.
        """
        self.waited_for: set[Connection] = set()
        self.refused: Counter[str] = Counter()  # since that was last said
        self._most = most
        self._exempt = (*exempt, *THIS_MACHINE)
        self._by_address: Counter[str] = Counter()

    def counted(self, peer: str) -> str | None:
        """Return what a peer counts as, an IPv6 one as its network; ``None`` if it does not."""
        address = ip_of(peer.partition("%")[0])
        if address is None or is_within(address, self._exempt):
            return None
        return counted_as(address)

    def count(self, address: str) -> bool:
        """Count a connection; return whether its address may have it."""
        self._by_address[address] += 1
        is_fine = self._by_address[address] <= self._most
        if not is_fine:
            self.refused[address] += 1
        return is_fine

    def forget(self, address: str) -> None:
        """Count a connection less."""
        self._by_address[address] -= 1
        if not self._by_address[address]:
            del self._by_address[address]

    def wait_for(self, connection: Connection) -> None:
        """Cut clients off until what waits for all of them is bounded.

        First those who have taken nothing for the longest, then those for whom the most waits.
        """
        self.waited_for.add(connection)
        if sum(one.waiting for one in self.waited_for) <= UNREAD_BYTES:
            return
        found = sorted(self.waited_for, key=lambda one: (one.taken_at, -one.waiting))
        left = sum(one.waiting for one in found)
        cut = 0
        for one in found:
            if left <= UNREAD_BYTES:
                break
            left -= one.waiting
            self.waited_for.discard(one)
            self._loop.call_soon(one.abort)  # not in the midst of its own write
            cut += 1
        _log.warning("connections closed", sentNoRequest=0, readNothing=cut)

    def __call__(self) -> web.RequestHandler:
        """Return what deals with a new connection."""
        return Connection(self, loop=self._loop, **self._kwargs)


async def watch(server: web.Server) -> None:
    """Close connections that only take up room, until this is cancelled."""
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        moment = loop.time()
        late = stuck = 0
        for connection in server.connections:
            if not isinstance(connection, Connection):
                continue
            if connection.is_stuck(moment):
                connection.abort()
                stuck += 1
            elif connection.is_late(moment):
                connection.force_close()
                late += 1
        if isinstance(server, Server) and server.refused:
            shown, server.refused = server.refused.most_common(SHOWN), Counter()
            for address, count in shown:
                _log.warning("too many connections", address=address, refused=count)
        if late or stuck:
            _log.warning("connections closed", sentNoRequest=late, readNothing=stuck)
