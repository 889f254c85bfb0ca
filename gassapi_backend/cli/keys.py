"""The secret key on the command line: which one is in force, and changing it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.markup import escape

from gassapi_backend import settings as options
from gassapi_backend.cli.console import (
    AsJson,
    confirm,
    err,
    fail,
    is_interactive,
    need,
    out,
    print_facts,
    print_json,
    run,
)
from gassapi_backend.settings import Settings

app = typer.Typer(
    help="The secret key: which one is in force, and changing it.", no_args_is_help=True
)

HOW_TO = (
    "The secret key comes from GASSAPI_SECRET_KEY, so this command cannot make another. "
    "To change it:\n"
    "  1. Set GASSAPI_SECRET_KEY to a new one (openssl rand -base64 48), and\n"
    "     GASSAPI_OLD_SECRET_KEYS to the one that is there now.\n"
    "  2. Restart every server with both.\n"
    "  3. Run: gassapi-backend key rotate\n"
    "  4. Remove GASSAPI_OLD_SECRET_KEYS, and restart."
)


@app.command()
def status(as_json: AsJson = False) -> None:
    """Show which key is in force, and how many secret values each key encrypts."""
    found = run(_look)
    if as_json:
        print_json(found)
        return
    values = ", ".join(f"{count} with {key}" for key, count in found["values"].items())
    print_facts(
        [
            ("from", found["source"]),
            ("key", found["key"]),
            ("former keys", ", ".join(found["formerKeys"]) or None),
            ("secret values", values or "none"),
            ("cannot be decrypted", found["lost"]),
            ("rotation", "not finished: run key rotate" if found["isRotating"] else "none"),
        ]
    )


@app.command()
def rotate(
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make a new secret key, and encrypt every secret variable with it.

    Servers may run meanwhile. Whenever it breaks off, run it again: nothing is lost. Where the key
    comes from GASSAPI_SECRET_KEY, set the new one there and the former in GASSAPI_OLD_SECRET_KEYS
    first.
    """
    from gassapi_backend.instance_key import is_rotating

    settings = options.load()
    makes_key = not (settings.secret_key or settings.old_secret_keys)
    if settings.secret_key and not settings.old_secret_keys:
        fail(HOW_TO)
    if makes_key and not yes and not is_rotating(settings):
        _confirm()
    if makes_key:
        with alone(settings):
            done = run(rotate_key, settings)
    else:
        done = run(reseal, settings)
    if as_json:
        print_json(done)
    else:
        _report(done, settings, makes_key=makes_key)
    if done["stuck"]:
        fail(
            "Some values name a key that is known, and it does not open them: they are damaged. "
            "The former key stays until they are written anew or deleted: gassapi-backend doctor "
            "names them."
        )


def _confirm() -> None:
    if not is_interactive():
        need("--yes")
    out.print(
        "A new secret key signs everybody out and makes the links in mails already sent useless, "
        "once the servers are restarted. MCP tokens stay. Backups made so far need the present "
        "key: keep it with them."
    )
    if not confirm("Make a new secret key?"):
        fail("Nothing is changed.")


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """Keep a second rotation from running at once."""
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(settings.home, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        fail("Another rotation is under way here. Wait until it is done.")
    finally:
        os.close(descriptor)


async def rotate_key(settings: Settings) -> dict[str, Any]:
    """Change the key of the file, then encrypt anew; return what to report."""
    from gassapi_backend.instance_key import begin_rotation, finish_rotation

    begin_rotation(settings)
    done = await reseal(settings)
    if not done["stuck"]:
        finish_rotation(settings)
    return done


async def reseal(settings: Settings) -> dict[str, Any]:
    """Encrypt with the key in force what is not; return what to report."""
    from gassapi_backend.server.access.callers import CONSOLE
    from gassapi_backend.server.environments.rotation import reseal_everything
    from gassapi_backend.vault import Vault

    vault = Vault(settings)
    projects = values = 0
    async for _, count in reseal_everything(CONSOLE, vault):
        projects, values = projects + 1, values + count
    left = await _count(vault)
    return {
        "key": vault.current,
        "projects": projects,
        "values": values,
        "lost": left["lost"],
        "stuck": sum(left["values"].get(key, 0) for key in vault.key_ids if key != vault.current),
    }


async def _look(settings: Settings) -> dict[str, Any]:
    from gassapi_backend.instance_key import FILE_NAME, is_rotating
    from gassapi_backend.vault import Vault

    vault = Vault(settings)
    source = "GASSAPI_SECRET_KEY" if settings.secret_key else str(settings.home / FILE_NAME)
    return {
        "source": source,
        "key": vault.current,
        "formerKeys": [key for key in vault.key_ids if key != vault.current],
        **await _count(vault),
        "isRotating": is_rotating(settings),
    }


async def _count(vault: Any) -> dict[str, Any]:
    """Return how many values each key encrypts, and how many no key opens."""
    import orjson

    from gassapi_backend.server.items.queries import list_sealed
    from gassapi_backend.server.items.variables import is_lost
    from gassapi_backend.vault import key_id_of

    values: dict[str, int] = {}
    lost = 0
    for row in await list_sealed():
        for variable in orjson.loads(row["variables"]):
            if "sealed" in variable:
                key = key_id_of(variable["sealed"])
                values[key] = values.get(key, 0) + 1
                lost += is_lost(vault, row["id"], variable)
    return {"values": values, "lost": lost}


def _report(done: dict[str, Any], settings: Settings, *, makes_key: bool) -> None:
    out.print(
        f"[green]Encrypted[/] {done['values']} secret value(s) of {done['projects']} project(s) "
        f"with the key {done['key']}."
    )
    if done["lost"]:
        err.print(
            f"[yellow]Note:[/] no key opens {done['lost']} value(s): they stay as they are. "
            "gassapi-backend doctor names them."
        )
    if done["stuck"]:
        return
    if makes_key:
        out.print(
            f"The new key is in {escape(str(settings.home))}. Running servers encrypt with it "
            "already; restart them, so that they sign with it too. Back it up."
        )
        out.print(
            "At that restart, links made before now stop working, links that invite create and "
            "user reset-link print from now on start working, and answers that were kept for an "
            "Idempotency-Key are forgotten."
        )
    else:
        out.print("Now remove GASSAPI_OLD_SECRET_KEYS, and restart the servers.")
