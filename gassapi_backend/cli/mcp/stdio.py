"""``mcp stdio`` on the command line; ``gassapi_backend/bridge`` does the work."""

from gassapi_backend.cli.mcp.options import Address


def stdio(url: Address = None) -> None:
    """Be an MCP server for clients that start a command: pass messages on to a server over HTTP.

    The address is --url or GASSAPI_URL, the token is in GASSAPI_TOKEN. Without an address, both
    come from this folder's gassapi.json, once you have run mcp trust here. Waits while the server
    restarts, and ends when its input ends.
    """
    from gassapi_backend.bridge.command import run

    run(url)
