"""``mcp test``: whether a client can work with a server, and what is wrong if not."""

from typing import Annotated
from urllib.parse import urlsplit

import typer
from rich.markup import escape

from gassapi_backend.cli.console import AsJson, err, out, print_json
from gassapi_backend.cli.mcp import granting
from gassapi_backend.cli.mcp.options import Address
from gassapi_backend.settings import LOOPBACK


def check(
    url: Address = None,
    token_stdin: Annotated[
        bool, typer.Option("--token-stdin", help="Read the token from standard input.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Do what a client does first: shake hands, list the tools, call one. Say what is wrong.

    The token is taken from GASSAPI_TOKEN, or asked for. The exit code is 0 if everything works,
    and 1 if something does not.
    """
    from gassapi_backend import settings
    from gassapi_backend.bridge.probe import probe
    from gassapi_backend.running import at_its_address

    base_url = url or at_its_address(settings.load()).base_url
    steps = []
    token = granting.given(token_stdin)
    if not as_json:
        out.print(f"Testing {escape(base_url)}/mcp")
    for step in probe(base_url, token):
        steps.append(step)
        if not as_json:
            sign = "[red]✗[/]" if step.problem else "[green]✓[/]"
            out.print(f"{sign} {escape(step.said)}")
    problem = steps[-1].problem
    if as_json:
        print_json(
            {
                "url": f"{base_url}/mcp",
                "works": problem is None,
                "problem": problem and {"code": problem.code, "message": problem.sentence},
                "steps": [
                    {"name": step.name, "message": step.said} for step in steps if not step.problem
                ],
            }
        )
    elif problem is None and _is_readable(base_url):
        err.print("[yellow]Note:[/] the address begins with http://: the token can be intercepted.")
    if problem:
        raise typer.Exit(1)


def _is_readable(base_url: str) -> bool:
    parts = urlsplit(base_url)
    return parts.scheme == "http" and parts.hostname not in LOOPBACK
