"""``project watch``: a project's change feed in a terminal."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

import typer
from rich.text import Text

from gassapi_backend.cli.console import err, fail, out, print_plain, run
from gassapi_backend.cli.projects import Project, find_project
from gassapi_backend.settings import Settings
from gassapi_backend.terminal_text import escaped_json, in_one_line

LOOK_SECONDS = 0.5
PATIENCE = 5  # seconds for a reading


def watch(
    project: Project,
    since: Annotated[
        int | None,
        typer.Option(
            "--since", min=0, help="Begin after this revision; 0 shows all. Default: from now on."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object per line.")] = False,
) -> None:
    """Print what changes in a project as it happens, until Ctrl-C or the project's deletion.

    Where --since is older than what is kept, it begins with the oldest change there is. It waits
    for a database that is away.
    """

    async def action(settings: Settings) -> None:
        found = await find_project(project)
        start = found["revision"] if since is None else since
        if start > found["revision"]:
            fail(
                f"{found['name']} is at revision {found['revision']}: nothing is after {start} yet."
            )
        if not as_json and since is None:
            out.print(Text(f"Watching {found['name']} from revision {start} on. Ctrl-C ends."))
        async for change in _changes(settings, found, start):
            if as_json:
                print_plain(_json_line(change))
            else:
                out.print(_line(change))

    run(action)


async def _changes(settings: Settings, project: Any, since: int) -> AsyncIterator[Any]:
    """Return changes as they come; ask the database, so that no server is needed."""
    from gassapi_backend.database import is_away

    was_away = False
    while True:
        try:
            async with asyncio.timeout(PATIENCE):
                page = await _read(settings, project["id"], since)
            was_away = False
        except Exception as error:
            if not is_away(error) and not isinstance(error, TimeoutError):
                raise
            if not was_away:
                err.print("The database cannot be reached. Waiting for it; Ctrl-C ends.")
            was_away = True
            await asyncio.sleep(LOOK_SECONDS)
            continue
        for change in page.changes:
            yield change
            if change["resourceType"] == "project" and change["action"] == "project_deleted":
                return
        since = page.revision
        if not page.has_more:
            await asyncio.sleep(LOOK_SECONDS)


async def _read(settings: Settings, project_id: str, since: int) -> Any:
    """Return what comes after a revision, or after those that are not kept, which is said."""
    from gassapi_backend.server.errors import Gone
    from gassapi_backend.server.feed.reading import Changes, read_changes, where_history_begins
    from gassapi_backend.server.feed.schemas import Sight

    keep_days = settings.changes_keep_days
    wanted: Any = {"limit": 100, "sight": Sight.MEMBER, "keep_days": keep_days}
    try:
        return await read_changes(project_id, since, current=since, **wanted)
    except Gone:
        start = await where_history_begins(project_id, since, keep_days=keep_days)
    err.print(f"The changes up to revision {start} are not kept. Going on from there.")
    return Changes([], start, has_more=True)


def _line(change: Any) -> Text:
    """Return a change in words: when (UTC), who, and what."""
    who = change["actor"]["name"] or change["actor"]["type"]
    if change["actor"]["type"] == "token":
        who += " (token)"
    what = change["action"].replace("_", " ")
    more = f" and {len(change['resources'])} more" if change["resources"] else ""
    return Text.assemble(
        (f"{change['at'][11:19]}  ", "dim"),
        (in_one_line(who), "bold"),
        f"  {what}{more}",
        (f"  {in_one_line(change['name'])}" if change["name"] else "", "cyan"),
        (f"  {change['revision']}", "dim"),
    )


def _json_line(change: Any) -> str:
    import orjson

    return escaped_json(orjson.dumps(change).replace(b"\n", b" ").decode())
