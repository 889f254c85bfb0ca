"""The sign-in form as it is before its script arrives: somebody can begin to type at once.

It is in the page itself, with the stylesheet, and looks like what the script puts in its place;
that takes over what was typed. Nothing sends it: its button is none, and the policy forbids it.
"""

import html
import re
from base64 import b64encode
from collections.abc import Mapping
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
        act=words["login.act"],
        docs=words["frame.docs"],
        forgot=forgot if facts["mails"] else "",
        register=register if facts["registration"] == Registration.OPEN else "",
        other=other,
        language=NAMES[other],
    )


def styled(found: Console) -> tuple[str, str]:
    """Return the stylesheet as an element, and the policy that allows this one within the page."""
    body = found.files["console.css"].body
    digest = b64encode(sha256(body).digest()).decode()
    policy = HEADERS["Content-Security-Policy"]
    allowed = policy.replace("style-src 'self'", f"style-src 'self' 'sha256-{digest}'")
    return f"<style>{body.decode()}</style>", allowed


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
