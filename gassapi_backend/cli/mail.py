"""Mail on the command line: whether it works, and what waits."""

import asyncio
from collections.abc import Callable
from typing import Annotated, Any

import typer
from rich.markup import escape

from gassapi_backend import settings as options
from gassapi_backend.cli.console import AsJson, fail, out, print_json, print_table, run
from gassapi_backend.settings import Settings

app = typer.Typer(help="Mail: whether it works, and what waits.", no_args_is_help=True)


@app.command("test")
def send_trial(
    recipient: Annotated[str, typer.Argument(metavar="EMAIL", help="Where to send it.")],
    as_json: AsJson = False,
) -> None:
    """Send a mail now, and tell how it went."""
    from gassapi_backend.server.mail.transport import mail_server

    settings = options.load()
    address = _checked(recipient)
    server = mail_server(settings)
    tell = _keep_quiet if as_json else out.print
    tell(f"Connecting to {escape(server.place)} …")
    sent = asyncio.run(_send(settings, address, tell))
    if as_json:
        print_json(sent)


@app.command("list")
def list_mails(as_json: AsJson = False) -> None:
    """List the mail that waits, and what was given up."""

    async def action(_: Settings) -> Any:
        from gassapi_backend.server.mail.queries import list_mails

        return await list_mails()

    mails = [_view(found) for found in run(action)]
    if as_json:
        print_json(mails)
        return
    print_table(
        "Mail waiting",
        ["Id", "To", "About", "Attempts", "Next attempt", "Last error"],
        [
            (
                mail["id"],
                mail["recipient"],
                mail["kind"],
                mail["attempts"],
                mail["nextAttemptAt"] or "given up",
                mail["lastError"],
            )
            for mail in mails
        ],
    )


@app.command()
def retry(
    mail: Annotated[
        str | None,
        typer.Argument(metavar="ID", help="One mail of the list. Default: all that were given up."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Have mail tried again at once, by the server that runs."""
    if mail is not None and not mail.strip():
        fail("The id is empty. Leave it out to have all tried again that were given up.", code=2)

    async def action(_: Settings) -> int:
        from gassapi_backend.server.access.callers import CONSOLE
        from gassapi_backend.server.mail import actions

        return await actions.retry(CONSOLE, mail)

    count = run(action)
    if as_json:
        print_json({"retriedCount": count})
    elif count == 0:
        out.print("No mail was given up.")
    else:
        out.print(f"[green]Trying again[/]: {count} mail{'s' * (count != 1)}.")


def _keep_quiet(_: str) -> None:
    """Say nothing meanwhile: a script reads the end."""


async def _send(settings: Settings, recipient: str, tell: Callable[[str], None]) -> Any:
    """Send a mail and tell each step; return what a script is told."""
    import aiosmtplib

    from gassapi_backend.server.mail import transport
    from gassapi_backend.server.mail.trial import send_trial

    server = transport.mail_server(settings)

    def tell_more(_: object, encryption: str | None) -> None:
        tell(escape(_protection(encryption, server)))
        if server.user:
            tell(f"[green]Signed in[/] as {escape(server.user)}.")

    try:
        sent = await send_trial(settings, server, recipient, tell_more)
    except (aiosmtplib.SMTPException, OSError) as error:
        fail(server.explain(error))
    tell(f"[green]Sent[/] to {escape(recipient)} from {escape(sent['sender'])}.")
    tell(f"The mail server says: {escape(sent['answer'])}")
    return sent


def _protection(encryption: str | None, server: Any) -> str:
    if encryption is None:
        where = " on this machine" if server.is_here else ""
        return f"Connected{where}, not encrypted."
    checked = "certificate checked" if server.is_checked else "certificate not checked"
    return f"Connected, encrypted with {encryption}, {checked}."


def _checked(recipient: str) -> str:
    from gassapi_backend.server.names import check_email

    try:
        return check_email(recipient)
    except ValueError as error:
        fail(f"{recipient}: {error}")


def _view(found: dict[str, Any]) -> dict[str, Any]:
    from gassapi_backend.clock import rfc3339

    return {
        "id": found["id"],
        "recipient": found["recipient"],
        "kind": found["kind"],
        "attempts": found["attempts"],
        "nextAttemptAt": rfc3339(found["due_at"]) if found["due_at"] else None,
        "lastError": found["last_error"],
        "createdAt": rfc3339(found["created_at"]),
    }
