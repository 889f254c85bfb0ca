"""A check-up: one line for each thing that can be wrong, and what to do about it."""

import asyncio
from typing import Annotated

import typer
from rich.markup import escape

from gassapi_backend import settings as options
from gassapi_backend.cli.console import AsJson, out, print_json
from gassapi_backend.doctor.content import check_content
from gassapi_backend.doctor.database import check_database
from gassapi_backend.doctor.findings import Finding, Verdict
from gassapi_backend.doctor.machine import check_files, check_settings
from gassapi_backend.doctor.network import check_mail, check_port, check_redis
from gassapi_backend.doctor.proxies import check_proxies
from gassapi_backend.running import at_its_address
from gassapi_backend.settings import Settings, SettingsError

SIGNS = {Verdict.GOOD: "[green]✓[/]", Verdict.WARNING: "[yellow]![/]", Verdict.BAD: "[red]✗[/]"}


def doctor(
    fix: Annotated[bool, typer.Option("--fix", help="Repair what can be repaired here.")] = False,
    as_json: AsJson = False,
) -> None:
    """Check everything this server needs. Exits with 1 if something is broken."""
    findings = _examine(fix=fix)
    if as_json:
        print_json([finding.__dict__ for finding in findings])
    else:
        for finding in findings:
            out.print(f"{SIGNS[finding.verdict]} {finding.check:<14}{escape(finding.message)}")
            if finding.advice:
                out.print(f"  {'':<14}[dim]{escape(finding.advice)}[/]")
    if any(finding.verdict is Verdict.BAD for finding in findings):
        raise typer.Exit(1)


def _examine(*, fix: bool) -> list[Finding]:
    try:
        settings = at_its_address(options.load())
    except SettingsError as error:
        advice = "Mend the setting, then run doctor again."
        return [Finding("settings", Verdict.BAD, str(error), advice)]
    found = [*check_settings(settings), *check_proxies(settings)]
    found += check_files(settings, fix=fix)
    return [*found, *asyncio.run(_examine_the_rest(settings, fix=fix))]


async def _examine_the_rest(settings: Settings, *, fix: bool) -> list[Finding]:
    found = await check_database(settings)
    if all(item.verdict is not Verdict.BAD for item in found):
        await check_content(settings, found, fix=fix)
    return [
        *found,
        await check_port(settings),
        *await check_mail(settings),
        await check_redis(settings),
    ]
