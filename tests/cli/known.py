"""Every command there is."""

from collections.abc import Iterator

import typer
from typer.core import TyperGroup

from gassapi_backend.cli.main import app


def commands() -> Iterator[tuple[list[str], list[str]]]:
    """Yield every command and group with the options it has."""

    def below(
        path: list[str], command: typer.core.TyperCommand | TyperGroup
    ) -> Iterator[tuple[list[str], list[str]]]:
        names = [name for one in command.params for name in one.opts if name.startswith("--")]
        yield path, names
        if isinstance(command, TyperGroup):
            for name, child in command.commands.items():
                yield from below([*path, name], child)  # type: ignore[arg-type]

    yield from below([], typer.main.get_command(app))  # type: ignore[arg-type]
