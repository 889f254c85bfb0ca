"""MCP tokens on the command line."""

import json
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.markup import escape

from gassapi_backend.cli import completion, expiry
from gassapi_backend.cli.console import (
    AsJson,
    err,
    fail,
    out,
    print_json,
    print_plain,
    print_table,
    refuse_unwritable,
    run,
)
from gassapi_backend.cli.projects import ProjectOption, find_project
from gassapi_backend.clock import rfc3339
from gassapi_backend.settings import Settings

app = typer.Typer(help="Tokens for MCP clients and scripts.", no_args_is_help=True)


@app.command()
def issue(
    project: ProjectOption = None,
    user: Annotated[
        str | None,
        typer.Option(
            help="E-mail of the member it acts as. Default: the owner.",
            autocompletion=completion.people,
        ),
    ] = None,
    name: Annotated[str, typer.Option(help="What it is for.")] = "Command line",
    scope: Annotated[
        Literal["read", "write"], typer.Option(help="Whether it may change things.")
    ] = "write",
    expires: Annotated[str | None, typer.Option(help=expiry.HELP)] = None,
    config: Annotated[
        bool, typer.Option("--config", help="Write a ready gassapi.json with it.")
    ] = False,
    output: Annotated[
        Path | None, typer.Option(help="Where --config writes.", show_default="gassapi.json")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
    as_json: AsJson = False,
) -> None:
    """Issue a token for a project. It is shown this once."""
    if not config and (output or force):
        fail("--output and --force are for --config.", code=2)
    output, expires_at = output or Path("gassapi.json"), expiry.expiry_of(expires)
    if config:
        refuse_unwritable(output, force=force)

    async def action(settings: Settings) -> tuple[str, Any, dict[str, Any]]:
        body = {"name": name, "scope": scope, "expiresAt": expires_at}
        return await _issue(settings, project, user, body)

    token, record, content = run(action)
    if config:
        from gassapi_backend.private_files import write_private

        write_private(output.absolute(), json.dumps(content, indent=2, ensure_ascii=False) + "\n")
    if as_json:
        print_json(
            {
                "token": token,
                "id": record["id"],
                "projectId": record["project_id"],
                "name": record["name"],
                "scope": record["scope"],
                "expiresAt": record["expires_at"] and rfc3339(record["expires_at"]),
                "config": str(output) if config else None,
            }
        )
    elif config:
        out.print(f"[green]Wrote[/] {escape(str(output))} with a fresh token.")
        out.print("Keep it out of version control.")
    else:
        err.print("This is the token. It is not shown again:")
        print_plain(token)


@app.command("list")
def list_tokens(project: ProjectOption = None, as_json: AsJson = False) -> None:
    """List a project's tokens, without the tokens themselves."""

    async def action(_: Settings) -> Any:
        from gassapi_backend.server.tokens.queries import all_tokens
        from gassapi_backend.server.tokens.schemas import token_view

        found = await find_project(project)
        return [token_view(row) for row in await all_tokens(found["id"])]

    tokens = run(action)
    if as_json:
        print_json(tokens)
        return
    print_table(
        "Tokens",
        ["Id", "Name", "Begins", "Scope", "By", "Status", "Expires", "Last used", "From", "Client"],
        [
            (
                token["id"],
                token["name"],
                token["prefix"],
                token["scope"],
                token["createdBy"]["name"],
                token["status"],
                token["expiresAt"],
                token["lastUsedAt"],
                token["lastUsedIp"],
                token["lastClient"],
            )
            for token in tokens
        ],
    )


@app.command()
def revoke(
    token_id: Annotated[
        str,
        typer.Argument(
            metavar="ID", help="Id, as `token list` shows it.", autocompletion=completion.tokens
        ),
    ],
    reason: Annotated[str | None, typer.Option(help="Why, for the record.")] = None,
    as_json: AsJson = False,
) -> None:
    """Revoke a token: it stops working within a second."""

    async def action(_: Settings) -> tuple[Any, int]:
        from gassapi_backend.models import McpToken, is_id
        from gassapi_backend.server.access.callers import CONSOLE
        from gassapi_backend.server.tokens.actions import revoke_tokens
        from gassapi_backend.server.tokens.schemas import Revocation
        from gassapi_backend.server.web.bodies import validated

        token = await McpToken.get_or_none(id=token_id) if is_id(token_id) else None
        if token is None:
            fail(f'There is no token "{token_id}". See: gassapi-backend token list')
        body = {"projectId": token.project_id, "tokenId": token.id, "reason": reason}
        wanted = validated(Revocation, body)
        return token, await revoke_tokens(CONSOLE, token.project_id, wanted)

    token, count = run(action)
    if as_json:
        print_json({"id": token.id, "projectId": token.project_id, "revokedCount": count})
    elif count:
        out.print(f'[green]Revoked[/] the token "{escape(token.name)}".')
    else:
        out.print("It was revoked before.")


async def _issue(
    settings: Settings, project: str | None, user: str | None, body: dict[str, Any]
) -> tuple[str, Any, dict[str, Any]]:
    from gassapi_backend.server.access.callers import CONSOLE
    from gassapi_backend.server.accounts.queries import find_user
    from gassapi_backend.server.items.variables import plain_values
    from gassapi_backend.server.tokens import actions, queries
    from gassapi_backend.server.tokens.configs import gassapi_json
    from gassapi_backend.server.tokens.schemas import NewToken
    from gassapi_backend.server.web.bodies import validated

    found = await find_project(project)
    creator = await find_user(user or found["owner_id"])
    if creator is None:
        fail(f'There is no account "{user}". See: gassapi-backend user list')
    new = validated(NewToken, {"projectId": found["id"], **body})
    token, record = await actions.issue_token(CONSOLE, found["id"], creator.id, new)
    environment = await queries.find_environment(found["id"], None, "")
    content = gassapi_json(
        project=found,
        server_url=settings.base_url,
        token=token,
        environment=environment["name"] if environment else None,
        variables=plain_values(environment["variables"]) if environment else {},
    )
    return token, record, content
