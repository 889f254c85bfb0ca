"""Requests to one server over HTTP/1.1: connections are reused, and redirects not followed.

A token goes only to the address that a person chose: a redirect is handed back as the answer.
"""

import http.client
import os
import select
import socket
import ssl
import threading
from base64 import b64encode
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit

CONNECT_SECONDS = 10
ANSWER_SECONDS = 330  # longer than a server takes for any request
MAX_IDLE = 4


class NotSent(Exception):
    """The server was not reached, so nothing happened there; the message is a sentence.

    ``is_passing`` if it may work in a moment.
    """

    def __init__(self, error: Exception) -> None:
        super().__init__(explain(error))
        self.is_passing = isinstance(error, TimeoutError | ConnectionError)


class Broken(Exception):
    """The connection ended before the answer was complete; what the server did is unknown."""


@dataclass(slots=True)
class Answer:
    """An answer whose body is still to be read; ``close()`` or ``done()`` ends it."""

    response: http.client.HTTPResponse
    connection: http.client.HTTPConnection
    upstream: "Upstream"

    @property
    def status(self) -> int:
        """The status."""
        return self.response.status

    def header(self, name: str) -> str:
        """Return a header, or an empty string."""
        return self.response.getheader(name) or ""

    @property
    def media_type(self) -> str:
        """The media type of the body, without parameters, in lower case."""
        return self.header("Content-Type").partition(";")[0].strip().lower()

    def read(self, limit: int | None = None) -> bytes:
        """Return the body, or the beginning of it. Raises ``Broken``."""
        try:
            body = self.response.read(limit) if limit else self.response.read()
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise Broken(explain(error)) from None
        self.done()
        return body

    def done(self) -> None:
        """Keep the connection if the whole body was read."""
        if self.response.isclosed() and self.connection.sock is not None:
            self.upstream.keep(self.connection)
        else:
            self.connection.close()

    def close(self) -> None:
        """End the connection now, even while another thread reads from it."""
        if (sock := self.connection.sock) is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        else:  # only the answer has it now
            with (
                suppress(OSError, ValueError),
                socket.socket(fileno=os.dup(self.response.fileno())) as sock,
            ):
                sock.shutdown(socket.SHUT_RDWR)


@dataclass(slots=True)
class Upstream:
    """A server: ``base_url`` has no trailing slash."""

    base_url: str
    _idle: list[http.client.HTTPConnection] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _context: ssl.SSLContext | None = None

    @property
    def _parts(self) -> SplitResult:
        return urlsplit(self.base_url)

    def send(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        """Send a request; return the answer once its head is there.

        Raises ``NotSent``, or ``Broken`` if the server may have received it.
        """
        connection, target = self._connection(), self._parts.path + path
        more = {}
        if (proxy := self._proxy()) and self._parts.scheme == "http":
            target = f"http://{self._parts.netloc}{target}"
            more = _proxy_headers(proxy)
        try:
            connection.request(method, target, body, headers | more)
            response = connection.getresponse()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise Broken(explain(error)) from None
        return Answer(response, connection, self)

    def keep(self, connection: http.client.HTTPConnection) -> None:
        """Take a connection back for reuse."""
        with self._lock:
            if len(self._idle) < MAX_IDLE:
                self._idle.append(connection)
                return
        connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        while True:
            with self._lock:
                if not self._idle:
                    break
                connection = self._idle.pop()
            if connection.sock and not _has_ended(connection.sock):
                return connection
            connection.close()
        return self._connected()

    def _connected(self) -> http.client.HTTPConnection:
        connection = self._unconnected()
        try:
            connection.connect()
        except (OSError, http.client.HTTPException, UnicodeError) as error:
            connection.close()
            raise NotSent(error) from None
        if connection.sock:
            connection.sock.settimeout(ANSWER_SECONDS)
        return connection

    def _unconnected(self) -> http.client.HTTPConnection:
        host, port, proxy = self._parts.hostname or "", self._parts.port, self._proxy()
        at = (proxy.hostname or "", proxy.port or 80) if proxy else (host, port)
        if self._parts.scheme == "http":
            return http.client.HTTPConnection(*at, timeout=CONNECT_SECONDS)
        connection = http.client.HTTPSConnection(*at, timeout=CONNECT_SECONDS, context=self._tls())
        if proxy:
            connection.set_tunnel(host, port or 443, _proxy_headers(proxy))
        return connection

    def _tls(self) -> ssl.SSLContext:
        if self._context is None:
            self._context = ssl.create_default_context()
        return self._context

    def _proxy(self) -> SplitResult | None:
        if not any(name.lower().endswith("_proxy") for name in os.environ):
            return None
        from urllib.request import getproxies, proxy_bypass

        proxies, host = getproxies(), self._parts.hostname or ""
        proxy = proxies.get(self._parts.scheme)
        if not proxy or proxy_bypass(host):
            return None
        return urlsplit(proxy if "://" in proxy else f"http://{proxy}")


def _proxy_headers(proxy: SplitResult) -> dict[str, str]:
    if proxy.username is None:
        return {}
    account = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
    return {"Proxy-Authorization": "Basic " + b64encode(account.encode()).decode()}


def _has_ended(sock: socket.socket) -> bool:
    """Whether the other side closed an idle connection, or sent something unrequested."""
    try:
        return bool(select.select([sock], [], [], 0)[0])
    except (OSError, ValueError):
        return True


def explain(error: Exception) -> str:
    """Return why a server cannot be reached, in a sentence."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"Its certificate is not trusted here: {error.verify_message}. If your own CA signed "
            "it, set SSL_CERT_FILE to that CA's file."
        )
    if isinstance(error, ssl.SSLError):
        return "It does not speak TLS there: is it http:// instead of https://, or another port?"
    if isinstance(error, socket.gaierror):
        return "There is no host of that name."
    if isinstance(error, TimeoutError):
        return "It did not answer in time."
    if isinstance(error, ConnectionRefusedError):
        return "Nothing listens there: is the server running, and on that port?"
    if isinstance(error, http.client.RemoteDisconnected | ConnectionError):
        return "The connection ended before the answer came."
    if isinstance(error, http.client.BadStatusLine):
        return "What answers there does not speak HTTP: is it https:// instead of http://?"
    return f"{error}."
