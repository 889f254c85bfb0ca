"""The questions of ``setup``; each refuses a wrong answer at once."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

import questionary
from rich.markup import escape

from gassapi_backend import settings as options
from gassapi_backend.addresses import hosts_of
from gassapi_backend.cli.connection import checked_host, database_name, mysql_url, try_mysql
from gassapi_backend.cli.console import err
from gassapi_backend.cli.people import WHO_REGISTERS
from gassapi_backend.settings import LOOPBACK, Registration, Settings, SettingsError

QUESTIONS = {
    "port": "Which port?",
    "public_url": "Which address do people use? (empty: the one it listens on)",
    "smtp_url": "Mail server, smtp://user:password@host:587 (empty: no mail)",
}
ENCRYPTION = {
    "off": "no",
    "verify": "yes, and check that its certificate is good",
    "require": "yes, whoever signed its certificate",
}


@dataclass
class Answers:
    """What the operator said: settings to write (``None`` removes one), and what is known of them.

    ``works``: the MySQL address that was tried already.
    """

    changes: dict[str, Any] = field(default_factory=dict)
    works: str | None = None


def ask_settings(answers: Answers, current: Settings) -> None:
    """Ask for everything that no flag answered. Raises ``KeyboardInterrupt`` without an answer."""
    if "database_url" not in answers.changes:
        _ask_database(answers, current)
    for name, question in QUESTIONS.items():
        old = getattr(current, name)
        if name in answers.changes or (name == "smtp_url" and old is not None):
            continue  # a mail server is kept, as it may hold a password; --smtp-url changes it
        text = _text(question, "" if old is None else str(old), _check(name))
        if text != ("" if old is None else str(old)):
            answers.changes[name] = _number(text) if name == "port" else text or None
    if answers.changes.get("smtp_url") and "mail_from" not in answers.changes:
        answers.changes["mail_from"] = (
            _text("Sender of mails", current.mail_from or "", _check("mail_from")) or None
        )

    if "registration" not in answers.changes:
        wanted = _ask_registration(current)
        if wanted != current.registration:
            answers.changes["registration"] = wanted.value


def _ask_registration(current: Settings) -> Registration:
    choices = [
        questionary.Choice(f"{said[0].upper()}{said[1:]}", kind)
        for kind, said in WHO_REGISTERS.items()
    ]
    question = questionary.select(
        "Who may register an account?", choices=choices, default=current.registration
    )
    return Registration(_answer(question))


def _ask_database(answers: Answers, current: Settings) -> None:
    choices = [
        questionary.Choice("SQLite: nothing to install, for one server", "sqlite"),
        questionary.Choice("MySQL or MariaDB: for a team", "mysql"),
    ]
    was = "sqlite" if current.database.startswith("sqlite:") else "mysql"
    wanted = _answer(questionary.select("Which database?", choices=choices, default=was))
    if wanted == "mysql":
        works = _ask_mysql(current, answers.changes.get("database_tls"))
        answers.works = answers.changes["database_url"] = works.database
        if works.database_tls != current.database_tls:
            answers.changes["database_tls"] = works.database_tls
    elif was == "mysql":
        answers.changes["database_url"] = None


def _ask_mysql(current: Settings, tls: str | None) -> Settings:
    """Ask until there is a MySQL server that works; return the settings for it.

    Asks for encryption, unless ``tls`` says it, where the server is elsewhere or may have
    refused us for the lack of it.
    """
    chosen = options.load(database_url=mysql_url(current), database_tls=tls)
    is_in_doubt = False
    while True:
        old = urlsplit(chosen.database)
        server = hosts_of(old.netloc)[0]
        try:
            host = _text("MySQL's address", server.name, _check_host)
            url = mysql_url(
                chosen,
                host,
                _number(_text("Its port", str(server.port), _check("port"))),
                _text("Database", database_name(chosen), _check_needed),
                _text("User", unquote(old.username or "")),
                _answer(questionary.password(f"Password{' (empty: keep)' * bool(old.password)}"))
                or None,
            )
            asks = tls is None and (is_in_doubt or host not in LOOPBACK)
            wanted = _ask_encryption(chosen.database_tls) if asks else chosen.database_tls
            chosen = options.load(database_url=url, database_tls=wanted)
            asyncio.run(try_mysql(chosen, asks=True))
            return chosen
        except SettingsError as error:
            is_in_doubt |= "GASSAPI_DATABASE_TLS" in str(error)
            err.print(f"[bold red]It does not work:[/] {escape(str(error))}")


def _ask_encryption(current: str) -> str:
    choices = [questionary.Choice(said, kind) for kind, said in ENCRYPTION.items()]
    question = questionary.select("Encrypt the connection to it?", choices=choices, default=current)
    return str(_answer(question))


def _text(question: str, default: str, check: Callable[[str], bool | str] = lambda _: True) -> str:
    return str(_answer(questionary.text(question, default=default, validate=check))).strip()


def _number(port: str) -> int:
    """Return a port that was checked as a number; " 08_0 " is one too."""
    return options.load(port=port).port


def _check(name: str) -> Callable[[str], bool | str]:
    """Return what tells whether a text is a value of a setting, or why not."""

    def check(text: str) -> bool | str:
        if not text.strip():
            return _check_needed(text) if name == "port" else True
        return options.complaint(name, text.strip()) or True

    return check


def _check_needed(text: str) -> bool | str:
    return bool(text.strip()) or "It is needed."


def _check_host(text: str) -> bool | str:
    try:
        checked_host(text.strip() or "127.0.0.1")
    except SettingsError as error:
        return str(error)
    return True


def _answer(question: questionary.Question) -> Any:
    try:
        return question.unsafe_ask()
    except EOFError:
        raise KeyboardInterrupt from None
