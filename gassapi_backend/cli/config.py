"""The settings on the command line."""

import os
from typing import Any

import typer
from pydantic import SecretStr

from gassapi_backend import settings as options
from gassapi_backend.cli.console import AsJson, print_json, print_plain, print_table
from gassapi_backend.settings import PREFIX, Settings

app = typer.Typer(
    help="The settings: what is in force, and where it comes from.", no_args_is_help=True
)


@app.command()
def show(as_json: AsJson = False) -> None:
    """Show every setting, its value, and where it comes from. Secrets stay hidden."""
    settings = options.load()
    rows = [
        (f"{PREFIX}{name.upper()}", _shown(name, settings), _source(name, settings))
        for name in Settings.model_fields
    ]
    if as_json:
        print_json({name: {"value": value, "source": source} for name, value, source in rows})
    else:
        print_table("Settings", ["Setting", "Value", "From"], rows)


@app.command()
def path() -> None:
    """Print where the settings file is, or would be."""
    print_plain(str(options.default_home() / options.FILE_NAME))


def _source(name: str, settings: Settings) -> str:
    if os.environ.get(f"{PREFIX}{name.upper()}"):
        return "environment"
    return "file" if name in options.read_file(settings.file) else "default"


def _shown(name: str, settings: Settings) -> Any:
    value = getattr(settings, name)
    if name == "database_url":
        return options.without_password(settings.database)
    if name == "redis_url" and isinstance(value, SecretStr):
        return options.without_password(value.get_secret_value())
    if isinstance(value, SecretStr) or (value and name == "old_secret_keys"):
        return "(hidden)"
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return value if value is None or isinstance(value, (int, str)) else str(value)
