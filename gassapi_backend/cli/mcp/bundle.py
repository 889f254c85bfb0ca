"""``mcp bundle``: the file that connects Claude Desktop by being opened."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from gassapi_backend.cli.console import AsJson, fail, out, print_json, refuse_unwritable
from gassapi_backend.cli.mcp.options import Address, EntryName
from gassapi_backend.mcp_clients.connection import NAME


def bundle(
    name: EntryName = None,
    url: Address = None,
    output: Annotated[
        Path | None, typer.Option(help="Where to write it.", show_default="NAME.mcpb")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write a bundle (.mcpb), to be opened with Claude Desktop.

    It holds the address of the server but no token: Claude Desktop asks for one, and keeps it in
    the system's keychain.
    """
    from gassapi_backend import settings
    from gassapi_backend.mcp_clients.bundle import bundle as bundle_of
    from gassapi_backend.running import at_its_address

    name = name or NAME
    output = output or Path(f"{name}.mcpb")
    base_url = url or at_its_address(settings.load()).base_url
    refuse_unwritable(output, force=force)
    try:
        output.write_bytes(bundle_of(base_url, name))
    except OSError as error:
        fail(f"{output} cannot be written: {error.strerror}.")
    if as_json:
        print_json({"path": str(output), "url": base_url, "name": name})
        return
    out.print(f"[green]Wrote[/] {escape(str(output))} for {escape(base_url)}.")
    out.print(
        "Open it with Claude Desktop and enter a token: gassapi-backend token issue prints one."
    )
