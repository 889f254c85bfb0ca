"""``mcp trust``: let the bridge use a folder's ``gassapi.json``, after looking at it."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from gassapi_backend.cli.console import AsJson, confirm, fail, is_interactive, need, out, print_json


def trust(
    folder: Annotated[
        Path, typer.Argument(help="The folder with the gassapi.json.", show_default="this one")
    ] = Path(),
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Stop trusting it.")] = False,
    as_json: AsJson = False,
) -> None:
    """Let mcp stdio use a folder's gassapi.json, as it is now.

    The file decides which server gets the token in it. Any change to it ends the trust.
    """
    from gassapi_backend.bridge.target import FILE_NAME, STORE, NoTarget, digest, parse, read_file
    from gassapi_backend.own_files import Spoiled, changed_list, own_folder

    path = folder.resolve() / FILE_NAME
    try:
        target = None
        if not remove:
            content = read_file(path)
            target = parse(path, content)
            _ask(path, target.base_url, yes=yes)
        with changed_list(own_folder() / STORE) as trusted:
            was_trusted = any(one.get("path") == str(path) for one in trusted)
            trusted[:] = [one for one in trusted if one.get("path") != str(path)]
            if target:
                trusted.append({"path": str(path), "sha256": digest(content)})
    except (NoTarget, Spoiled) as problem:
        fail(str(problem))
    if as_json:
        print_json({"path": str(path), "trusted": not remove, "url": target and target.base_url})
    elif remove:
        said = "is no longer trusted" if was_trusted else "was not trusted"
        out.print(f"{escape(str(path))} {said}.")
    else:
        out.print(f"[green]Trusted[/] {escape(str(path))}, as long as it does not change.")


def _ask(path: Path, base_url: str, *, yes: bool) -> None:
    if yes:
        return
    if not is_interactive():
        need("--yes")
    out.print(f"{escape(str(path))} has a token and sends it to {escape(base_url)}.")
    if not confirm("Is that your server?", default=False):
        fail("It is not trusted.")
