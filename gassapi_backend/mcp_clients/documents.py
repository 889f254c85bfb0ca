"""Add an entry to a client's file or take one out, in the three formats that clients use.

Each function takes the text of a file, which may be empty, and returns the new text. Everything
else stays as it was typed, including comments. Raises ``Unusable`` for a file that is malformed;
nothing is guessed.
"""

import re
from collections.abc import Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from gassapi_backend.mcp_clients import jsonc

if TYPE_CHECKING:
    from tomlkit import TOMLDocument


class Unusable(ValueError):
    """A client's file cannot be changed; the message is a sentence that says why."""


def with_entry(path: str, text: str, keys: Sequence[str], name: str, entry: dict[str, Any]) -> str:
    """Return a file's text with an entry of that name below the keys, in place of an older one."""
    match PurePath(path).suffix:
        case ".toml":
            return _toml_with(text, keys, name, entry)
        case ".yaml":
            return _yaml_with(text, keys[0], name, entry)
        case _:
            return str(_json(jsonc.with_value, text, [*keys, name], entry))


def without_entry(path: str, text: str, keys: Sequence[str], name: str) -> str:
    """Return a file's text without the entry of that name; unchanged if there is no such entry."""
    match PurePath(path).suffix:
        case ".toml":
            return _toml_without(text, keys, name)
        case ".yaml":
            return _yaml_without(text, keys[0], name)
        case _:
            return str(_json(jsonc.without, text, [*keys, name]))


def entries(path: str, text: str, keys: Sequence[str]) -> dict[str, Any]:
    """Return the entries that a file has below the keys, by name."""
    found: Any = _loaded(path, text)
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def _loaded(path: str, text: str) -> Any:
    match PurePath(path).suffix:
        case ".toml":
            return _toml(text).unwrap()
        case ".yaml":
            return _yaml(text)
        case _:
            return _json(jsonc.loads, text) if text.strip("\ufeff \t\r\n") else {}


def _json(change: Any, *arguments: Any) -> Any:
    try:
        return change(*arguments)
    except jsonc.NotJson as error:
        raise Unusable(f"It is not valid JSON: {error}.") from None


def _toml(text: str) -> "TOMLDocument":
    import tomlkit.exceptions  # slow to import, rarely needed

    try:
        return tomlkit.parse(text.lstrip("\ufeff"))
    except tomlkit.exceptions.TOMLKitError as error:
        raise Unusable(f"It is not valid TOML: {error}.") from None


def _toml_with(text: str, keys: Sequence[str], name: str, entry: dict[str, Any]) -> str:
    import tomlkit  # as above

    document = _toml(text)
    table: Any = document
    for key in keys:
        if key not in table:
            table[key] = tomlkit.table(is_super_table=True)
        table = table[key]
        if not isinstance(table, dict):
            raise Unusable(f'"{key}" in it is not a table.')
    table[name] = tomlkit.item(entry)
    return tomlkit.dumps(document)


def _toml_without(text: str, keys: Sequence[str], name: str) -> str:
    import tomlkit  # as above

    document = _toml(text)
    table: Any = document
    for key in keys:
        table = table.get(key) if isinstance(table, dict) else None
    if not isinstance(table, dict) or name not in table:
        return text
    del table[name]
    return tomlkit.dumps(document)


def _yaml(text: str) -> dict[str, Any]:
    import yaml  # as above

    try:
        found = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as error:
        raise Unusable(f"It is not valid YAML: {str(error).splitlines()[0]}.") from None
    if not isinstance(found, dict | None):
        raise Unusable("It is not a mapping.")
    return found or {}


def _yaml_with(text: str, key: str, name: str, entry: dict[str, Any]) -> str:
    """Put lines below ``key:``, and check that the result parses as intended."""
    import yaml  # as above

    before = _yaml(text)
    if not isinstance(before.get(key) or {}, dict):
        raise Unusable(f'"{key}" in it is not a mapping.')
    lines = _yaml_without(text, key, name).splitlines()
    wanted = {**before, key: {**(before.get(key) or {}), name: entry}}
    at = next((n for n, line in enumerate(lines) if re.fullmatch(rf"{key}:\s*(#.*)?", line)), None)
    if at is None:
        if before.get(key) is not None:  # `key: {}`, or a form to which no lines can be added
            lines = [line for line in lines if not re.fullmatch(rf"{key}:\s*\{{\s*\}}\s*", line)]
        lines.append(f"{key}:")
        at = len(lines) - 1
    margin = next((_margin(line) for line in lines[at + 1 :] if line.strip()), "") or "  "
    typed = yaml.safe_dump({name: entry}, sort_keys=False, default_flow_style=False, width=1000)
    lines[at + 1 : at + 1] = [margin + line for line in typed.splitlines()]
    changed = "\n".join(lines) + "\n"
    if _yaml(changed) != wanted:
        raise Unusable("It is written in a way that does not allow adding an entry.")
    return changed


def _yaml_without(text: str, key: str, name: str) -> str:
    before = _yaml(text)
    section = before.get(key)
    if not isinstance(section, dict) or name not in section:
        return text
    lines = text.splitlines()
    start = next(
        (n for n, line in enumerate(lines) if re.fullmatch(rf"\s+{re.escape(name)}:\s*", line)), -1
    )
    end = start + 1
    while 0 < end < len(lines) and len(_margin(lines[end])) > len(_margin(lines[start])):
        end += 1
    changed = "\n".join(lines[:start] + lines[end:]) + "\n"
    rest = {other: value for other, value in section.items() if other != name}
    if start < 0 or _yaml(changed) != {**before, key: rest or None}:
        raise Unusable("It is written in a way that does not allow removing the entry.")
    return changed


def _margin(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]
