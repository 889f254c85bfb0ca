"""Writes an environment as a .env file that the usual readers read back unchanged."""

import re

from gassapi_backend.exchange.resolving.variables import MASK
from gassapi_backend.exchange.tree import Environment, Note, What
from gassapi_backend.exchange.values import is_on, text_in
from gassapi_backend.exchange.writing import WriteOptions, Written

MEDIA_TYPE = "text/plain; charset=utf-8"
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PLAIN = re.compile(r"[A-Za-z0-9_./:@%+,=-]*")
_UNSURE = (
    "not every reader of .env files takes its value alike: "
    "it holds quotes of both kinds, doubled backslashes or ${…}"
)
_ESCAPES = {"\\": "\\\\", '"': '\\"', "$": "\\$", "`": "\\`"}


def write_dotenv(environment: Environment, options: WriteOptions) -> Written:
    """Return an environment as lines ``KEY=value``.

    Keys that such files cannot have are left out; disabled variables become comments. Values are in
    single quotes, where nothing is expanded, if all readers accept that.
    """
    lines, notes = [], []
    for variable in environment.variables:
        key, value = text_in(variable.get("key")), text_in(variable.get("value"))
        if not _KEY.fullmatch(key):
            reason = "a .env file has only keys of letters, digits and underscores: it is left out"
            notes.append(Note(What.SKIPPED, "variable", key, "", reason))
            continue
        if variable.get("secret") and value == MASK:
            value = ""
        if description := text_in(variable.get("description")):
            lines += [f"# {line}".rstrip() for line in description.splitlines()]
        line, is_plain = quoted(value)
        if not is_plain:
            notes.append(Note(What.KEPT, "variable", key, "", _UNSURE))
        said = f"{key}={line}"
        lines.append(said if is_on(variable) else "\n".join(f"# {one}" for one in said.split("\n")))
    text = "".join(f"{line}\n" for line in lines)
    return Written([text.encode()], MEDIA_TYPE, f"{environment.name}.env", notes)


def quoted(value: str) -> tuple[str, bool]:
    """Return a value as written after the equals sign, and whether all readers read it alike.

    Checked with Node's dotenv, python-dotenv and the shell.
    """
    if _PLAIN.fullmatch(value):
        return value, True
    if "'" not in value and "\\\\" not in value and not value.endswith("\\"):
        return f"'{value}'", "\r" not in value and "${" not in value
    if not any(one in value for one in '"$`\\\r'):
        return f'"{value}"', True
    return '"' + "".join(_ESCAPES.get(one, one) for one in value) + '"', False
