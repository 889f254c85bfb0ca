"""The commands: what there is, and what happens when one fails."""

import codecs
import io
import json
import logging
import os
import sys
import traceback
from typing import Annotated

import structlog
import typer

from gassapi_backend.cli import (
    audit,
    config,
    database,
    doctor,
    invitations,
    keys,
    mail,
    mcp,
    members,
    projects,
    serve,
    setup,
    tokens,
    users,
    version,
    watch,
)
from gassapi_backend.cli.console import err
from gassapi_backend.cli.documents import exporting, importing

app = typer.Typer(
    name="gassapi-backend",
    help="The self-hosted backend of GassAPI.\n\n"
    "New here? Run [bold]gassapi-backend start[/], then, in another terminal, "
    "[bold]gassapi-backend user create[/].",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def _program(
    _: Annotated[
        bool,
        typer.Option(
            "--version",
            help="Print the version and end.",
            is_eager=True,
            callback=version.print_version,
        ),
    ] = False,
) -> None:
    """Take the options that belong to no command; the help is the one above."""


RUN, WORK, CARE = "Run it", "People and their projects", "Look after it"

app.command(rich_help_panel=RUN, short_help="Set up this server, or change its setup.")(setup.setup)
app.command(rich_help_panel=RUN, short_help="Start the server.")(serve.start)
app.command(rich_help_panel=RUN, short_help="Start a server with demo data to play with.")(
    serve.dev
)
app.command(rich_help_panel=RUN, short_help="Check everything this server needs.")(doctor.doctor)
app.command(rich_help_panel=RUN, short_help="Print the versions of what runs here.")(
    version.version
)
app.add_typer(users.app, name="user", rich_help_panel=WORK)
projects.app.command()(watch.watch)
projects.app.add_typer(members.app, name="member")
app.add_typer(projects.app, name="project", rich_help_panel=WORK)
app.add_typer(invitations.app, name="invite", rich_help_panel=WORK)
app.add_typer(tokens.app, name="token", rich_help_panel=WORK)
app.add_typer(mcp.app, name="mcp", rich_help_panel=WORK)
app.command("import", rich_help_panel=WORK, short_help="Import documents of other tools.")(
    importing.import_documents
)
app.add_typer(exporting.app, name="export", rich_help_panel=WORK)
app.add_typer(audit.app, name="audit", rich_help_panel=CARE)
app.add_typer(config.app, name="config", rich_help_panel=CARE)
app.add_typer(database.app, name="db", rich_help_panel=CARE)
app.add_typer(mail.app, name="mail", rich_help_panel=CARE)
app.add_typer(keys.app, name="key", rich_help_panel=CARE)


def main() -> None:
    """Run the command line; end with 0, 1 (it failed), 2 (wrong usage) or 130 (interrupted)."""
    is_debugging = os.environ.get("GASSAPI_LOG_LEVEL", "").lower() == "debug"
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="gassapi-escape")
    structlog.configure(  # a server says otherwise; nothing of it belongs among what is printed
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
    )
    try:
        "".join(sys.argv).encode()  # what is no UTF-8 is refused before anything is done with it
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        _drop_output()  # the reader has enough
        sys.exit(1)
    except Exception as error:
        err.print(f"[bold red]Error:[/] {_sentence(error)}", markup=True)
        if is_debugging:
            traceback.print_exc()
        if isinstance(error, OSError):
            _drop_output()
        sys.exit(1)


def _escaped(error: UnicodeError) -> tuple[str, int]:
    """Write what the terminal has no letters for as JSON does, which leaves JSON what it is."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return json.dumps(error.object[error.start : error.end])[1:-1], error.end


codecs.register_error("gassapi-escape", _escaped)


def _drop_output() -> None:
    """Let what could not be printed go nowhere, so that the end does not try once more."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _sentence(error: Exception) -> str:
    """Return what to tell the operator about a failure."""
    from rich.markup import escape

    from gassapi_backend.cli.failures import sentence

    return escape(sentence(error))
