"""Which version this is."""

import platform
from importlib.metadata import version as installed

import typer

from gassapi_backend import __version__
from gassapi_backend.cli.console import AsJson, out, print_json, print_plain


def version(as_json: AsJson = False) -> None:
    """Print the versions of the program and of what it is built on."""
    found = {
        "gassapi-backend": __version__,
        "python": platform.python_version(),
        **{name: installed(name) for name in ("aiohttp", "tortoise-orm", "asyncmy", "aiosqlite")},
    }
    if as_json:
        print_json(found)
        return
    for name, number in found.items():
        out.print(f"{name} {number}")


def print_version(is_wanted: bool) -> None:
    """Print the program's version, where it is asked for, and end."""
    if is_wanted:
        print_plain(f"gassapi-backend {__version__}")
        raise typer.Exit
