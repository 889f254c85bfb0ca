"""Running the server: one process, or several under gunicorn; ending it without losing requests."""

import asyncio
import errno
import gc
import os
import resource
import signal
import socket
from collections.abc import Callable
from enum import StrEnum
from typing import Any, NamedTuple

import structlog
import uvloop
from aiohttp import web

from gassapi_backend import __version__
from gassapi_backend.database import open_database
from gassapi_backend.database.migrations import upgrade
from gassapi_backend.instance_key import lacks_key, load_keys, tell_of_new_key
from gassapi_backend.logs import set_up_logging
from gassapi_backend.models import Project, User
from gassapi_backend.running import recorded
from gassapi_backend.server.app import build_app
from gassapi_backend.server.changes.redis import connect
from gassapi_backend.server.feed.state import FOLLOWERS
from gassapi_backend.server.service.board import Board, Row
from gassapi_backend.server.sessions.founding import make_setup_link
from gassapi_backend.server.web.connections import Connection, Server, watch
from gassapi_backend.server.web.state import SETTINGS, STATE
from gassapi_backend.settings import Settings, SettingsError
from gassapi_backend.unknown_variables import unknown_variables

DRAIN_SECONDS = 6  # requests under way may take so long after SIGTERM
SAME_SIGNAL_SECONDS = 0.3  # terminal and parent often both send one; a later one ends it at once
MAX_FILES = 65_536  # open at once; each connection is one
LAST_SECONDS = 1  # and those that took longer to be cut off

STOPPED = "stopped"

_log = structlog.get_logger("gassapi.server")


class Stage(StrEnum):
    """How far this server has been set up: what there is already."""

    NOTHING = "nothing"
    ACCOUNTS = "accounts"
    PROJECTS = "projects"


class Ready(NamedTuple):
    """What there is already, and the token of the link for the first administrator if need be."""

    stage: Stage
    setup_token: str | None = None


Announce = Callable[[Ready], None]
"""Called when requests are answered."""


def listen(host: str, port: int, command: str = "start") -> socket.socket:
    """Return a listening socket. Raises ``SettingsError`` with a sentence when it cannot be had.

    ``command`` is the one to give another port to.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        is_for_both = family is socket.AF_INET6 and host == "::" and socket.has_dualstack_ipv6()
        return socket.create_server(
            (host, port), family=family, backlog=1024, dualstack_ipv6=is_for_both
        )
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise SettingsError(
                f"Port {port} is taken. Stop what uses it, or choose another: "
                f"gassapi-backend {command} --port {port % 65535 + 1}"
            ) from None
        if error.errno == errno.EACCES:
            raise SettingsError(
                f"Port {port} needs special rights. Choose one from 1024 on, and put a reverse "
                "proxy before it."
            ) from None
        raise SettingsError(f"Cannot listen on {host}:{port}: {error.strerror or error}.") from None


def allow_many_connections() -> None:
    """Raise the limit on open files to what this process may have: shells often say 1,024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_FILES if hard == resource.RLIM_INFINITY else min(hard, MAX_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


async def prepare(settings: Settings) -> Ready:
    """Bring the database up to date, make the key if there is none; return what there is."""
    async with open_database(settings):
        await upgrade(settings)
        stage = await _stage()
        is_new, is_empty = lacks_key(settings), stage is Stage.NOTHING
        keys = load_keys(settings) if is_new or is_empty else None
        token = None
        if keys and is_empty and _tells_link(settings):
            token = await make_setup_link(keys.links)
    _say_what_starts(settings)
    if is_new and not is_empty:
        _log.warning(tell_of_new_key(settings))
    return Ready(stage, token)


def _tells_link(settings: Settings) -> bool:
    """Whether there is a console that the link leads to, and a person who reads it.

    In lines for machines it would be kept.
    """
    return settings.console != "off" and settings.log_format != "json"


def _say_what_starts(settings: Settings) -> None:
    """Begin the log; what cannot start has a sentence of its own instead."""
    _log.info("starting", version=__version__, workers=settings.workers, pid=os.getpid())
    for sentence in unknown_variables():
        _log.warning(sentence)


async def _stage() -> Stage:
    if await Project.exists():
        return Stage.PROJECTS
    return Stage.ACCOUNTS if await User.exists() else Stage.NOTHING


def serve(settings: Settings, announce: Announce, *, command: str = "start") -> None:
    """Serve until SIGTERM or SIGINT; ``command`` is what the operator typed for it.

    Raises ``SettingsError``, ``MigrationError`` and the database's errors before it serves.
    """
    if not lacks_key(settings):
        load_keys(settings)  # before anything starts: it raises where the key is of no use
    if settings.redis_url:
        connect(settings.redis_url.get_secret_value())  # likewise, where the package is missing
    allow_many_connections()
    with listen(settings.host, settings.port, command) as listener, recorded(settings):
        set_up_logging(settings)

        def tell(ready: Ready) -> None:
            _log.info("listening", address=settings.base_url, on=settings.listens_on)
            announce(ready)

        if settings.workers == 1:
            uvloop.run(_serve_alone(settings, listener, tell))
            _log.info(STOPPED)
        else:
            ready = uvloop.run(prepare(settings))
            descriptor = listener.detach()  # gunicorn's from here on
            _serve_with_workers(settings, descriptor, lambda: tell(ready))


async def _serve_alone(settings: Settings, listener: socket.socket, announce: Announce) -> None:
    ready = await prepare(settings)
    runner = Runner(build_app(settings))
    await runner.setup()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    first = 0.0

    def signalled() -> None:
        nonlocal first
        if not stop.is_set():
            first = loop.time()
            stop.set()
        elif loop.time() - first > SAME_SIGNAL_SECONDS:
            os._exit(130)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, signalled)
    try:
        await web.SockSite(runner, listener).start()
        announce(ready)
        await stop.wait()
    finally:
        await runner.cleanup()


class Runner(web.AppRunner):
    """Ends gently: refuses connections, and closes each it has once its answer is written.

    By itself aiohttp closes all at once to what clients still send: an upload under way would
    never arrive.
    """

    def __init__(self, app: web.Application) -> None:
        self._watching: asyncio.Task[None] | None = None
        super().__init__(app, access_log=None, shutdown_timeout=LAST_SECONDS)

    async def setup(self) -> None:
        """Start the application, and spare the garbage collector what was made so far and stays.

        Looking through modules, schemas and routes again took 40 ms each time, in which no request
        went on.
        """
        await super().setup()
        self._watching = asyncio.create_task(watch(self.server)) if self.server else None
        gc.collect()
        gc.freeze()

    async def _make_server(self) -> web.Server:
        """Make aiohttp's server as aiohttp does, but with connections that are watched."""
        made = await super()._make_server()
        made.__class__ = Server  # aiohttp takes no class of connections
        if isinstance(made, Server):
            settings = self.app[SETTINGS]
            made.begin(settings.address_max_connections, settings.trusted_proxies)
        return made

    async def cleanup(self) -> None:
        self.app[STATE].is_draining = True
        if self._watching:
            self._watching.cancel()
        self.app[FOLLOWERS].close()
        for site in self.sites:
            await site.stop()
        await asyncio.sleep(0)  # requests that have just arrived begin
        loop = asyncio.get_running_loop()
        end = loop.time() + DRAIN_SECONDS
        while self.server and loop.time() < end:
            busy = 0
            for connection in self.server.connections:
                if isinstance(connection, Connection) and connection.is_busy:
                    busy += 1
                else:
                    connection.close()
            if not busy:
                break
            await asyncio.sleep(0.05)
        await super().cleanup()


def _beating_place(settings: Settings) -> str:
    """Return where workers touch a file to show that they live.

    In memory if there is such a place; nothing but the data directory has to be writable.
    """
    memory = "/dev/shm"  # noqa: S108 - gunicorn makes and unlinks its own file there
    return memory if os.access(memory, os.W_OK | os.X_OK) else str(settings.home)


def _serve_with_workers(settings: Settings, descriptor: int, announce: Callable[[], None]) -> None:
    from gunicorn.app.base import BaseApplication
    from gunicorn.glogging import Logger

    # A reload begins the new workers before it ends the old.
    board, rows = Board(2 * settings.workers), list[Row | None]()

    def give_row(arbiter: Any, worker: Any) -> None:
        taken = {other.row.number for other in arbiter.WORKERS.values() if other.row}
        free = next((number for number in range(board.rows) if number not in taken), None)
        worker.row = None if free is None else Row(board, free)

    class Log(Logger):  # type: ignore[misc]  # gunicorn has no types
        """What gunicorn says about its workers, as log lines of ours."""

        def setup(self, cfg: Any) -> None:
            super().setup(cfg)
            self.error_log.handlers.clear()
            self.error_log.propagate = True

    class Workers(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
        def load_config(self) -> None:
            for name, value in {
                "bind": f"fd://{descriptor}",
                "workers": settings.workers,
                "worker_class": "aiohttp.GunicornUVLoopWebWorker",
                "graceful_timeout": DRAIN_SECONDS + 2 * LAST_SECONDS,
                "timeout": 60,
                "accesslog": None,
                "logger_class": Log,
                "loglevel": "warning",
                "worker_tmp_dir": _beating_place(settings),
                "control_socket_disable": True,
                "proc_name": "gassapi-backend",
                "pre_fork": give_row,
                "post_fork": lambda _, worker: rows.append(worker.row),
                "when_ready": lambda _: announce(),
                "on_exit": lambda _: _log.info(STOPPED),
            }.items():
                self.cfg.set(name, value)

        def load(self) -> Callable[[], object]:
            async def make() -> web.AppRunner:
                return Runner(build_app(settings, rows[-1]))

            return make

    Workers().run()
