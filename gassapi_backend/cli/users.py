"""Accounts on the command line."""

from typing import Annotated, Any

import typer
from rich.markup import escape

from gassapi_backend.cli import user_deletion
from gassapi_backend.cli.console import (
    AsJson,
    ask_password,
    confirm,
    err,
    fail,
    is_interactive,
    labelled,
    need,
    out,
    password_from_stdin,
    print_facts,
    print_json,
    print_plain,
    print_table,
    run,
    warn_of_local_links,
)
from gassapi_backend.cli.people import (
    Who,
    ask_account,
    complaint_about,
    find_account,
    load_account,
    minute,
    new_account,
)
from gassapi_backend.settings import Settings

app = typer.Typer(help="Accounts: who may sign in.", no_args_is_help=True)

PasswordStdin = Annotated[
    bool,
    typer.Option(
        "--password-stdin", help="Read the password from the first line of standard input."
    ),
]


@app.command()
def create(
    email: Annotated[str | None, typer.Option(help="E-mail address, for signing in.")] = None,
    name: Annotated[str | None, typer.Option(help="Name that others see.")] = None,
    password_stdin: PasswordStdin = False,
    admin: Annotated[bool, typer.Option("--admin", help="Make it an administrator.")] = False,
    must_change: Annotated[
        bool,
        typer.Option("--must-change", help="Have them choose a password of their own first."),
    ] = False,
    link: Annotated[
        bool,
        typer.Option("--link", help="Ask for no password: print a link with which they set it."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Create an account. Asks for what is not given. Its address counts as confirmed.

    For somebody else, take --link and hand it over, or --must-change.

    In a script:

    echo "$PASSWORD" | gassapi-backend user create --email me@x.org --name Me --password-stdin
    """
    if link and (password_stdin or must_change):
        fail("--link is for an account without a password yet.", code=2)
    if not (email and name and (password_stdin or link)) and not is_interactive():
        need("--email, --name and --password-stdin (or --link)")
    email, name, password = ask_account(email, name, from_stdin=password_stdin, is_asked=not link)

    async def action(settings: Settings) -> tuple[Any, str, str]:
        from gassapi_backend.models import Project

        is_admin = admin or (not as_json and await _is_made_administrator())
        user = await new_account(
            settings,
            email=email,
            name=name,
            password=password,
            is_admin=is_admin,
            must_change=must_change,
        )
        url = await _reset_url(settings, user.id) if link else ""
        return user, url, "" if await Project.exists() else "gassapi-backend project create NAME"

    user, url, next_step = run(action, makes_database=True)
    if as_json:
        print_json(_view(user) | ({"resetUrl": url} if url else {}))
        return
    kind = "administrator" if user.is_admin else "account"
    out.print(f"[green]Created[/] the {kind} [bold]{escape(user.email)}[/].")
    if url:
        err.print("Hand this link over in private. It sets the password, once, within an hour:")
        print_plain(url)
    if next_step:
        err.print(f"[dim]next[/]  {next_step}")


async def _is_made_administrator() -> bool:
    """Offer to make the first account the administrator; where nobody can answer, say how to."""
    from gassapi_backend.models import User

    if await User.exists():
        return False
    if is_interactive():
        return confirm("This is the first account. Make it the administrator?")
    err.print(
        "[yellow]Note:[/] this server has no administrator yet. "
        "Make one with: gassapi-backend user promote EMAIL"
    )
    return False


@app.command("list")
def list_users(
    search: Annotated[str | None, typer.Option(help="Part of the name or address.")] = None,
    active: Annotated[
        bool | None,
        typer.Option(
            "--active/--inactive", help="Only those who may sign in, or only those who may not."
        ),
    ] = None,
    admin: Annotated[bool, typer.Option("--admin", help="Only administrators.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the accounts."""

    async def action(_: Settings) -> Any:
        from gassapi_backend.server.accounts.queries import all_users
        from gassapi_backend.server.accounts.schemas import shown_user

        found = await all_users(search, is_active=active, is_admin=admin or None)
        return [shown_user(row) for row in found]

    users = run(action)
    if as_json:
        print_json(users)
        return
    print_table(
        "Accounts",
        ["E-mail", "Name", "Active", "Admin", "Created", "Last sign-in"],
        [
            (
                user["email"],
                user["name"],
                user["isActive"],
                user["isAdmin"],
                user["createdAt"][:10],
                minute(user["lastLoginAt"]),
            )
            for user in users
        ],
    )


@app.command()
def show(who: Who, as_json: AsJson = False) -> None:
    """Show an account, and how many projects and sessions it has."""

    async def action(_: Settings) -> dict[str, Any]:
        from gassapi_backend.server.accounts.schemas import user_details

        return dict(user_details(await load_account(who)))

    view = run(action)
    if as_json:
        print_json(view)
    else:
        print_facts(labelled(view))


@app.command()
def activate(who: Who, as_json: AsJson = False) -> None:
    """Let somebody in again."""
    user = _set_active(who, is_active=True)
    _told(user, as_json, f"[green]Activated[/] {escape(user.email)}.")


@app.command()
def deactivate(who: Who, as_json: AsJson = False) -> None:
    """Shut somebody out, at once: their sessions end and their tokens stop working."""
    user = _set_active(who, is_active=False)
    sentence = "Sessions have ended and tokens stop working."
    _told(user, as_json, f"[green]Deactivated[/] {escape(user.email)}. {sentence}")


@app.command("set-password")
def set_password(
    who: Who,
    password_stdin: PasswordStdin = False,
    final: Annotated[
        bool, typer.Option("--final", help="It is their own choice: they need not change it.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Set somebody's password; all their devices are signed out.

    Who signs in with it has to choose one of their own first, unless it is --final. A link does
    without: see reset-link.
    """
    if not password_stdin and not is_interactive():
        need("--password-stdin")
    if password_stdin:
        password = password_from_stdin()
    else:
        password = ask_password("New password", complaint_about("password"))

    async def action(settings: Settings) -> Any:
        from gassapi_backend.server.access.callers import CONSOLE
        from gassapi_backend.server.accounts import actions
        from gassapi_backend.server.accounts.passwords import Passwords, server_names

        user = await find_account(who)
        passwords = Passwords(settings.password_rounds, servers=server_names(settings))
        return await actions.set_password(
            CONSOLE, user.id, password, passwords, must_change=not final
        )

    user = run(action)
    sentence = "All their devices are signed out."
    if not final:
        sentence += " They have to change it when they sign in."
    _told(user, as_json, f"[green]Changed[/] the password of {escape(user.email)}. {sentence}")


@app.command("reset-link")
def reset_link(who: Who, as_json: AsJson = False) -> None:
    """Print a link with which somebody sets their password; good once, for an hour.

    For servers without mail: hand it over in private. Their older reset links stop working.
    """

    async def action(settings: Settings) -> tuple[Settings, str, str]:
        user = await find_account(who)
        return settings, user.email, await _reset_url(settings, user.id)

    settings, email, link = run(action)
    if as_json:
        print_json({"email": email, "resetUrl": link})
        return
    err.print(f"Hand this link to {escape(email)} in private. It is good once, for an hour:")
    print_plain(link)
    warn_of_local_links(settings)


async def _reset_url(settings: Settings, user_id: str) -> str:
    from gassapi_backend.server.access.callers import CONSOLE
    from gassapi_backend.server.recovery.actions import make_reset_link
    from gassapi_backend.server.recovery.links import links_of

    token = await make_reset_link(CONSOLE, user_id, links_of(settings))
    return f"{settings.base_url}/reset/{token}"


@app.command()
def promote(
    who: Who,
    undo: Annotated[
        bool, typer.Option("--undo", help="Make them an ordinary account again.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make somebody an administrator of this server."""

    async def action(_: Settings) -> Any:
        from gassapi_backend.server.access.callers import CONSOLE
        from gassapi_backend.server.accounts import actions

        return await actions.set_admin(CONSOLE, (await find_account(who)).id, is_admin=not undo)

    user = run(action)
    now = "no longer" if undo else "now"
    _told(user, as_json, f"{escape(user.email)} is {now} an administrator.")


@app.command()
def rename(
    who: Who,
    name: Annotated[str, typer.Argument(help="Name that others see.")],
    as_json: AsJson = False,
) -> None:
    """Change somebody's name."""

    async def action(_: Settings) -> Any:
        from gassapi_backend.server.access.callers import CONSOLE
        from gassapi_backend.server.accounts import administration
        from gassapi_backend.server.accounts.schemas import UserChanges
        from gassapi_backend.server.web.bodies import validated

        changes, found = validated(UserChanges, {"name": name}), await find_account(who)
        await administration.update_user(CONSOLE, found.id, changes)
        return await find_account(found.id)

    user = run(action)
    _told(user, as_json, f"[green]Renamed[/] {escape(user.email)} to {escape(user.name)}.")


@app.command("set-email")
def set_email(
    who: Who,
    new: Annotated[str, typer.Argument(metavar="NEW", help="The new address.")],
    as_json: AsJson = False,
) -> None:
    """Change the address somebody signs in with. It counts as not confirmed."""

    async def action(_: Settings) -> Any:
        from gassapi_backend.server.access.callers import CONSOLE
        from gassapi_backend.server.accounts import administration
        from gassapi_backend.server.accounts.schemas import NewEmail
        from gassapi_backend.server.web.bodies import validated

        address = validated(NewEmail, {"email": new})
        return await administration.change_email(CONSOLE, (await find_account(who)).id, address)

    user = run(action)
    sentence = f"{escape(who)} now signs in as {escape(user.email)}."
    _told(user, as_json, f"[green]Changed.[/] {sentence}")


def _set_active(who: str, *, is_active: bool) -> Any:
    async def action(_: Settings) -> Any:
        from gassapi_backend.server.access.callers import CONSOLE
        from gassapi_backend.server.accounts import actions

        return await actions.set_active(CONSOLE, (await find_account(who)).id, is_active=is_active)

    return run(action)


def _told(user: Any, as_json: bool, sentence: str) -> None:
    """Tell what became of an account."""
    if as_json:
        print_json(_view(user))
    else:
        out.print(sentence)


def _view(user: Any) -> dict[str, Any]:
    from gassapi_backend.server.accounts.schemas import user_view

    return dict(user_view(user))


app.command()(user_deletion.sessions)
app.command("sign-out")(user_deletion.sign_out)
app.command()(user_deletion.export)
app.command()(user_deletion.delete)
