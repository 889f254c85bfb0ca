"""What works in the page itself, before its modules arrive: the sign-in form, and a small script.

The form comes with the stylesheet and looks like what the modules put in its place. ``early.js``
sends it, and renews the session of who was signed in before; modules take over what was typed and
what was answered. A browser that runs no script sends nothing either: the policy forbids it.
"""

import html
import re
from base64 import b64encode
from collections.abc import Iterable, Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from string import Template
from typing import Any

import orjson

from gassapi_backend.console.files import HERE, Console
from gassapi_backend.server.web.headers import HEADERS
from gassapi_backend.settings import Registration

_GROUP = re.compile(r"^  (\w+): \{\n(.*?)^  \},", re.MULTILINE | re.DOTALL)
_TEXT = re.compile(r'^    (\w+): ("(?:[^"\\]|\\.)*"),', re.MULTILINE)
NAMES = {"en": "English", "id": "Bahasa Indonesia"}


def sign_in(language: str, root: str, facts: Mapping[str, Any]) -> str:
    """Return the form in a language; ``root`` is where the server is, seen from the page."""
    words = texts(language)
    other = next(name for name in NAMES if name != language)
    forgot = f'<a href="{root}forgot">{words["login.forgot"]}</a>'
    register = (
        f'<p class="gate-below">{words["login.new"]} '
        f'<a href="{root}register">{words["login.register"]}</a></p>'
    )
    return _template().substitute(
        root=root,
        title=words["login.title"],
        email=words["common.email"],
        password=words["common.password"],
        show=words["form.show"],
        hide=words["form.hide"],
        act=words["login.act"],
        docs=words["frame.docs"],
        forgot=forgot if facts["mails"] else "",
        register=register if facts["registration"] == Registration.OPEN else "",
        other=other,
        language=NAMES[other],
    )


def styled(found: Console) -> str:
    """Return the stylesheet as an element."""
    return f"<style>{_style(found)}</style>"


def early(found: Console, root: str, reads: Iterable[str], *, is_in: bool) -> str:
    """Return the script that runs first, and what it has to know.

    ``reads`` are paths of the API that it asks for after it renewed a session; ``is_in`` says that
    there is no need to.
    """
    told = f' data-root="{html.escape(root)}" data-reads="{html.escape(" ".join(reads))}"'
    return f"<script{told}{' data-is-in' if is_in else ''}>{_script(found)}</script>"


def policy(found: Console, *, is_styled: bool) -> str:
    """Return the policy that allows the script within the page, and the stylesheet where it is."""
    allowed = HEADERS["Content-Security-Policy"]
    within = {"script-src": _script(found)} | ({"style-src": _style(found)} if is_styled else {})
    for kind, text in within.items():
        digest = b64encode(sha256(text.encode()).digest()).decode()
        allowed = allowed.replace(f"{kind} 'self'", f"{kind} 'self' 'sha256-{digest}'")
    return allowed


def _style(found: Console) -> str:
    return found.files["console.css"].body.decode()


def _script(found: Console) -> str:
    return re.sub(r"\n\s*", "\n", found.files["early.js"].body.decode()).strip()


@cache
def texts(language: str) -> dict[str, str]:
    """Return the console's texts that are on a line of their own, escaped, by ``group.key``."""
    source = (HERE / "texts" / f"{language}.js").read_text("utf-8")
    return {
        f"{group}.{key}": html.escape(orjson.loads(text))
        for group, body in _GROUP.findall(source)
        for key, text in _TEXT.findall(body)
    }


@cache
def _template() -> Template:
    return Template(Path(__file__).with_name("sign_in.html").read_text("utf-8").rstrip())
