"""The database on the command line."""

from typing import TYPE_CHECKING

import typer
from rich.markup import escape

from gassapi_backend.cli.console import AsJson, out, print_json, run
from gassapi_backend.settings import Settings

if TYPE_CHECKING:
    from gassapi_backend.database.migrations import MigrationStatus

app = typer.Typer(help="The database and its migrations.", no_args_is_help=True)


@app.command()
def upgrade(as_json: AsJson = False) -> None:
    """Bring the database to the shape this version needs. Safe to run at any time."""

    async def action(settings: Settings) -> list[str]:
        from gassapi_backend.database import migrations

        return await migrations.upgrade(settings)

    applied = run(action, needs_migrations=False, makes_database=True)
    if as_json:
        print_json({"applied": applied})
        return
    for name in applied:
        out.print(f"Applied {name}")
    out.print("[green]Upgraded.[/]" if applied else "The database is up to date.")


@app.command()
def status(as_json: AsJson = False) -> None:
    """Show which migrations are applied and which are pending. Exits with 1 unless up to date."""

    async def action(settings: Settings) -> "MigrationStatus":
        from gassapi_backend.database import migrations

        return await migrations.status(settings)

    found = run(action, needs_migrations=False)
    if as_json:
        print_json(
            {
                "applied": found.applied,
                "pending": found.pending,
                "unknown": found.unknown,
                "isCurrent": found.is_current,
            }
        )
    else:
        for sign, names in (
            ("[green]applied[/]", [name for name in found.applied if name not in found.unknown]),
            ("[yellow]pending[/]", found.pending),
            ("[red]unknown[/]", found.unknown),
        ):
            for name in names:
                out.print(f"{sign}  {escape(name)}")
        if found.pending:
            out.print("Run: gassapi-backend db upgrade")
        if found.unknown:
            out.print("The database is newer than this program: install the newer version again.")
    if not found.is_current:
        raise typer.Exit(1)
