"""Invitations on the command line."""

from typing import Annotated, Any

import typer
from rich.markup import escape

from gassapi_backend.cli import completion
from gassapi_backend.cli.console import (
    AsJson,
    err,
    fail,
    out,
    print_json,
    print_plain,
    print_table,
    run,
    warn_of_local_links,
)
from gassapi_backend.cli.members import ALL
from gassapi_backend.cli.projects import ProjectOption, find_project, one_of
from gassapi_backend.settings import Settings

app = typer.Typer(help="Invitations: links to join a project.", no_args_is_help=True)


@app.command()
def create(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="[PROJECT] EMAIL",
            help="The project's name or id, and the address of the person to invite.",
        ),
    ],
    chosen: ProjectOption = None,
    as_json: AsJson = False,
) -> None:
    """Invite somebody to a project. Prints the link, which works once and for 7 days.

    It is mailed too where mail is set up. Inviting again makes a new link and ends the old one.
    """
    *named, email = words
    if len(named) > 1 or (not named and "@" not in email):
        fail("Give the project and an e-mail address.", code=2)
    project = one_of(named[0] if named else None, chosen)

    async def action(settings: Settings) -> Any:
        from gassapi_backend.server.access.callers import CONSOLE
        from gassapi_backend.server.limits.invitations import mailing_of
        from gassapi_backend.server.members.actions import invite
        from gassapi_backend.server.members.schemas import NewInvitation
        from gassapi_backend.server.web.bodies import validated

        found = await find_project(project)
        new = validated(NewInvitation, {"email": email})
        mailing = mailing_of(settings)
        invitation = await invite(CONSOLE, found["id"], new, mailing)
        return settings, _view(settings, {**invitation, "inviter_name": None}), mailing is not None

    settings, invitation, is_mailed = run(action)
    if as_json:
        print_json(invitation)
        return
    if is_mailed:
        err.print(f"A running server mails this link to {escape(invitation['email'])}:")
    else:
        err.print(f"Send this link to {escape(invitation['email'])}. It is good for 7 days:")
    print_plain(invitation["inviteUrl"])
    warn_of_local_links(settings)


@app.command("list")
def list_invitations(
    named: Annotated[
        str | None,
        typer.Argument(
            metavar="[PROJECT]",
            help="Name or id of the project. May be left out when there is only one.",
            autocompletion=completion.projects,
        ),
    ] = None,
    chosen: ProjectOption = None,
    as_json: AsJson = False,
) -> None:
    """List a project's invitations that wait for an answer."""
    project = one_of(named, chosen)

    async def action(settings: Settings) -> Any:
        from gassapi_backend.clock import now, stored
        from gassapi_backend.server.members.queries import list_invitations

        found = await find_project(project)
        waiting, _ = await list_invitations(found["id"], stored(now()), limit=ALL, offset=0)
        return [_view(settings, row) for row in waiting]

    invitations = run(action)
    if as_json:
        print_json(invitations)
        return
    print_table(
        "Invitations",
        ["Id", "E-mail", "By", "Good until", "Link"],
        [
            (
                invitation["id"],
                invitation["email"],
                (invitation["invitedBy"] or {"name": "console"})["name"],
                invitation["expiresAt"][:16].replace("T", " "),
                invitation["inviteUrl"],
            )
            for invitation in invitations
        ],
    )


@app.command()
def revoke(
    invitation_id: Annotated[
        str, typer.Argument(metavar="ID", help="Id, as `invite list` shows it.")
    ],
    as_json: AsJson = False,
) -> None:
    """Withdraw an invitation: its link is dead at once."""

    async def action(_: Settings) -> Any:
        from gassapi_backend.models import is_id
        from gassapi_backend.server.access.callers import CONSOLE
        from gassapi_backend.server.members.actions import revoke_invitation
        from gassapi_backend.server.members.queries import find_invitation

        found = await find_invitation(invitation_id) if is_id(invitation_id) else None
        if found is None:
            fail(
                f'There is no invitation "{invitation_id}". '
                "See: gassapi-backend invite list PROJECT"
            )
        await revoke_invitation(CONSOLE, found["project_id"], found["id"])
        return {"id": found["id"], "email": found["email"], "projectId": found["project_id"]}

    revoked = run(action)
    if as_json:
        print_json(revoked)
    else:
        out.print(f"[green]Withdrew[/] the invitation of {escape(revoked['email'])}.")


def _view(settings: Settings, row: Any) -> dict[str, Any]:
    from gassapi_backend.instance_key import load_keys
    from gassapi_backend.server.members.schemas import invitation_view, invite_url

    url = invite_url(settings.base_url, load_keys(settings).links, row)
    return dict(invitation_view(row, url))
