"""Starting the server."""

import os
import secrets
import shutil
import sys
import tempfile
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import structlog
import typer
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

from gassapi_backend import __version__
from gassapi_backend import settings as options
from gassapi_backend.cli.console import checks, err, fail, out, print_whole
from gassapi_backend.logs import logs_json
from gassapi_backend.settings import LOOPBACK, PREFIX, Settings, without_password

NAME = "gassapi-backend"

if TYPE_CHECKING:
    from gassapi_backend.cli.demo.making import Demo
    from gassapi_backend.server.run import Ready, Stage

Host = Annotated[
    str | None,
    typer.Option(
        help="Address to listen on; 0.0.0.0 for all.",
        show_default="127.0.0.1",
        callback=checks("host"),
    ),
]
Port = Annotated[
    int | None,
    typer.Option(help="Port to listen on.", show_default="3000", min=1, max=65535),
]


def start(
    host: Host = None,
    port: Port = None,
    workers: Annotated[
        int | None,
        typer.Option(
            help="Worker processes, one per core that the database leaves.",
            show_default="1",
            min=1,
            max=64,
        ),
    ] = None,
) -> None:
    """Start the server. Sets up everything it needs the first time.

    Ctrl-C or SIGTERM ends it: requests under way are finished first.
    """
    from gassapi_backend.server.run import serve

    settings = options.load(host=host, port=port, workers=workers)
    try:
        serve(settings, lambda ready: _announce(settings, ready))
    except Exception as error:
        if settings.log_format != "json":
            raise
        _log_failure(settings, error)
        raise typer.Exit(1) from None


def _announce(settings: Settings, ready: "Ready") -> None:
    announce(settings, next_step=_next_step(settings, ready.stage))
    if ready.setup_token:
        link = f"{settings.base_url}/setup#{ready.setup_token}"
        with suppress(OSError, SystemExit):
            out.print(f"First administrator: {escape(link)}", soft_wrap=True)
            out.print("[dim]Works once, within 30 minutes; then start again for another.[/]")


def _log_failure(settings: Settings, error: Exception) -> None:
    """Say for machines why the server did not start, or ended, as the last line of its log."""
    from gassapi_backend.cli.failures import sentence
    from gassapi_backend.logs import set_up_logging

    set_up_logging(settings)
    is_debugging = settings.log_level == "debug"
    structlog.get_logger("gassapi.server").error(
        "failed", reason=sentence(error), exc_info=error if is_debugging else None
    )


def dev(host: Host = None, port: Port = None) -> None:
    """Start a server to play with: demo data in a throw-away database, restarts on changed code.

    Everything it writes is gone when it ends. Its passwords are known to everybody, so that it
    listens to this machine only.
    """
    if host is not None and host not in LOOPBACK:
        fail(f"dev listens to this machine only, not to {host}. For others: start.", code=2)
    from gassapi_backend.cli.reloading import run_again

    if find_spec("watchfiles") is None:
        fail("This needs one more package. Run: pipx install --force 'gassapi-backend[dev]'")
    with tempfile.TemporaryDirectory(prefix="gassapi-dev-") as home:
        environment = {
            "HOME": home,
            "LOG_LEVEL": "debug",
            "DATABASE_URL": f"sqlite:///{home}/dev.db",
            "SECRET_KEY": secrets.token_urlsafe(48),
            "OLD_SECRET_KEYS": "",
            "PUBLIC_URL": "",
            "REGISTRATION": "open",
            "SMTP_URL": "",
            "REDIS_URL": "",
            "RATE_LIMITS": "off",
            "PASSWORD_ROUNDS": "4",
            "WORKERS": "1",
            "CONSOLE": "parts",
            "HOST": host or "127.0.0.1",
            "PORT": str(port or 3000),
        }
        os.environ |= {f"{PREFIX}{name}": value for name, value in environment.items()}
        options.load()  # a wrong flag is said once, not at every restart
        package = Path(__file__).resolve().parent.parent
        code = run_again(serve_demo, package)
    if code:
        raise typer.Exit(code)


def serve_demo() -> None:
    """Serve the demo data; what ``dev`` runs again after every change."""
    from gassapi_backend.cli.demo.making import make_demo
    from gassapi_backend.cli.failures import sentence
    from gassapi_backend.server.run import serve

    settings = options.load()
    try:
        demo = make_demo(settings)
        serve(settings, lambda _: _announce_demo(settings, demo), command="dev")
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        err.print(f"[bold red]Error:[/] {escape(sentence(error))}")
        sys.exit(1)  # nothing here turns typer.Exit into an exit


def _announce_demo(settings: Settings, demo: "Demo") -> None:
    """Say what to do with the demo data; without a frame, so that what is long can be copied."""
    from gassapi_backend.cli.demo.scene import INVITED, MEMBER, OWNER, PUBLIC_PROJECT, SHOP_PROJECT

    announce(settings)
    shop, public = SHOP_PROJECT["name"], PUBLIC_PROJECT["name"]
    lines = [
        ("sign in", f"{OWNER.email} / {OWNER.password}", f'administrator, owns "{shop}"'),
        ("", f"{MEMBER.email} / {MEMBER.password}", f'member of it, owns the public "{public}"'),
        ("MCP token", demo.write_token, f'reads and writes "{shop}", sent as X-MCP-Token'),
        ("", demo.read_token, "only reads it"),
    ]
    if demo.invite_url:
        lines.append(("invitation", demo.invite_url, f"for {INVITED}, who opens it in a browser"))
    with suppress(OSError, SystemExit):
        for name, value, meaning in lines:
            out.print(f"[dim]{name:<12}[/]{escape(value)}\n{'':<12}[dim]{escape(meaning)}[/]")


def _next_step(settings: Settings, stage: "Stage") -> str:
    match stage.value:
        case "nothing":
            return f"{_program()} user create"
        case "accounts":
            page = "" if settings.console != "off" else "docs"
            return f"sign in and create a project: {settings.base_url}/{page}"
    return f"{_program()} token issue"


def _program() -> str:
    """Return how a shell finds this program: by its name or, as in a clone, by its place."""
    called = Path(sys.argv[0])
    if called.name != NAME or shutil.which(NAME):
        return NAME
    place = called.absolute()
    return str(place.relative_to(Path.cwd()) if place.is_relative_to(Path.cwd()) else place)


def _listens_on(settings: Settings) -> str:
    """Return where it listens and who reaches that, in lines."""
    if settings.listens_everywhere:
        return f"{settings.listens_on}, on all addresses of this machine"
    if settings.host not in LOOPBACK:
        return settings.listens_on
    if settings.public_url:
        return f"{settings.listens_on}, for a proxy on this machine"
    return (
        f"{settings.listens_on}, for this machine only\n"
        "a proxy with TLS opens it to others, or --host 0.0.0.0"
    )


def announce(settings: Settings, *, next_step: str = "") -> None:
    """Tell people where the server is, and what to do next; machines read it in the log."""
    if settings.log_format == "json" or (logs_json(settings) and not out.is_terminal):
        return
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim")
    grid.add_column(overflow="fold")
    address = escape(settings.base_url)
    grid.add_row("address", f"[bold]{address}[/]")
    grid.add_row("listens", escape(_listens_on(settings)))
    if settings.console != "off":
        grid.add_row("console", f"{address}/")
    grid.add_row("docs", f"{address}/docs")
    grid.add_row("database", escape(without_password(settings.database)))
    if next_step:
        grid.add_row("next", escape(next_step))
    panel = Panel(grid, title=f"gassapi-backend {__version__}", expand=False, border_style="green")
    with suppress(OSError, SystemExit):  # nobody reads it: no reason to end
        print_whole(panel)
