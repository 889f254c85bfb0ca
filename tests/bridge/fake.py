"""An MCP server that answers as a test says, and a bridge to it as a process."""

import json
import os
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from typing import Any, NamedTuple

from tests.processes import PROGRAM, environment

TOKEN = "gass_" + "a" * 49


class Reply(NamedTuple):
    """An answer; without a status the connection is closed, ``chunks`` come one by one."""

    status: int | None
    body: bytes = b""
    media_type: str = "application/json"
    headers: Mapping[str, str] = {}
    chunks: Sequence[bytes | threading.Event] = ()


class Asked(NamedTuple):
    """A request as it came."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def message(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


Answering = Callable[[Asked], Reply]


def result(asked: Asked) -> Reply:
    """Answer with the method that was asked for; a notification is taken."""
    message = asked.message
    if "id" not in message or "method" not in message:
        return Reply(202)
    said: dict[str, Any] = {"method": message["method"]}
    if message["method"] == "initialize":
        said["protocolVersion"] = message["params"]["protocolVersion"]
    return Reply(200, answered(message["id"], said))


def answered(id_: Any, said: Any) -> bytes:
    """Return a result."""
    return json.dumps({"jsonrpc": "2.0", "id": id_, "result": said}).encode()


@dataclass
class Fake:
    """The server: where it listens, what it was asked, and what it answers."""

    port: int
    answering: Answering = result
    asked: list[Asked] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def fake(
    answering: Answering = result, port: int = 0, tls: ssl.SSLContext | None = None
) -> Iterator[Fake]:
    """Run the server."""
    server = _Server(("127.0.0.1", port), _Handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    server.connections = []
    server.fake = Fake(server.server_address[1], answering)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.fake
    finally:
        server.shutdown()
        server.server_close()
        for connection in server.connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    fake: Fake
    connections: list[socket.socket]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.server.connections.append(self.connection)

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked = Asked(self.command, self.path, dict(self.headers.items()), body)
        self.server.fake.asked.append(asked)
        reply = self.server.fake.answering(asked)
        if reply.status is None:
            self.close_connection = True
            return
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", reply.media_type)
        if reply.chunks:
            self.close_connection = True
            self.send_header("Connection", "close")
            self.end_headers()
            for chunk in reply.chunks:
                if isinstance(chunk, threading.Event):
                    chunk.wait(20)
                else:
                    self.wfile.write(chunk)
                    self.wfile.flush()
            return
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)

    do_GET = do_POST = do_DELETE = _answer

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # as it is called
        """Say nothing on the terminal."""


class Bridge:
    """A bridge as a client has it: lines in, lines out."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str], cwd: Path) -> None:
        self.process = subprocess.Popen(
            command,
            env=env,
            cwd=cwd,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.lines: Queue[bytes | None] = Queue()
        self.errors = b""
        self._readers = [
            threading.Thread(target=run, daemon=True) for run in (self._out, self._err)
        ]
        for reader in self._readers:
            reader.start()

    def _out(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.put(line)
        self.lines.put(None)

    def _err(self) -> None:
        assert self.process.stderr
        for line in self.process.stderr:
            self.errors += line

    def send(self, message: Any) -> None:
        """Send a message, or bytes as they are."""
        assert self.process.stdin
        line = message if isinstance(message, bytes) else json.dumps(message).encode()
        self.process.stdin.write(line + b"\n")
        self.process.stdin.flush()

    def ask(self, method: str, id_: Any = 1, **params: Any) -> Any:
        """Send a request and return the next line."""
        self.send({"jsonrpc": "2.0", "id": id_, "method": method, "params": params})
        return self.next()

    def next(self) -> Any:
        """Return the next line as JSON."""
        line = self.lines.get(timeout=50)
        assert line is not None, self.errors
        return json.loads(line)

    def end(self) -> int:
        """End the input; return the exit code."""
        assert self.process.stdin
        self.process.stdin.close()
        code = self.process.wait(50)
        for reader in self._readers:
            reader.join(10)
        return code


@contextmanager
def bridge(
    url: str | None, folder: Path, program: Sequence[str] = (), **more: str
) -> Iterator[Bridge]:
    """Start a bridge to an address, with a token in the environment; ours, or another program."""
    if program and url:
        more["GASSAPI_URL"] = url
    env = environment(folder, **{"GASSAPI_TOKEN": TOKEN, **more})
    env = {name: value for name, value in env.items() if value}
    flags = ["--url", url] if url else []
    running = Bridge(program or [*PROGRAM, "mcp", "stdio", *flags], env, folder)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            os.kill(running.process.pid, 9)
        running.process.wait()
