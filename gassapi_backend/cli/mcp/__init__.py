"""AI assistants on the command line: connecting clients to a server, and testing that."""

import typer

from gassapi_backend.cli.mcp import bundle, check, install, stdio, trust, uninstall

app = typer.Typer(help="Connect AI assistants through MCP.", no_args_is_help=True)
app.command()(install.install)
app.command()(uninstall.uninstall)
app.command("test")(check.check)
app.command()(bundle.bundle)
app.command()(stdio.stdio)
app.command()(trust.trust)
