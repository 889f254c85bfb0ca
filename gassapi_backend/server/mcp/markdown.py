"""Things of a project as Markdown, for people and assistants to read."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from gassapi_backend.server.mcp.answers import text_of

View = Mapping[str, Any]

_TICKS = re.compile("`{3,}")
_CELL = re.compile(r"[\r\n|]+")


def project_text(context: View) -> str:
    """Return a project with the contents that its context has."""
    project = context["project"]
    lines = [f"# {project['name']}", "", project["description"] or "", ""]
    for title, key in (("Environments", "environments"), ("Flows", "flows")):
        lines += _section(title, [f"- {one['name']} ({one['id']})" for one in context.get(key, ())])
    lines += collections_lines(context)
    if "nextCursor" in context:
        lines.append("There is more: the tool get_project_context has the rest.")
    return "\n".join(lines)


def collections_lines(context: View) -> list[str]:
    """Return the lines of a project's collections with their endpoints."""
    inside: dict[str, list[str]] = {}
    for one in context.get("endpoints", ()):
        line = f"- {one['method']} {one['name']}: {one['url']} ({one['id']})"
        inside.setdefault(one["collectionId"], []).append(line)
    lines: list[str] = []
    for one in context.get("collections", ()):
        lines += _section(f"{one['name']} ({one['id']})", inside.get(one["id"], [])) or [
            f"## {one['name']} ({one['id']})",
            "",
        ]
    return lines


def endpoint_text(view: View) -> str:
    """Return a saved request."""
    lines = [f"# {view['name']}", "", f"`{view['method']} {view['url']}`", ""]
    lines += [text for name in ("purpose", "description") if (text := view[name])]
    lines += _section("Headers", _entries(view["headers"]))
    lines += _section("Parameters", _entries(view["params"]))
    if view["body"] is not None:
        lines += _section(f"Body ({view['bodyType'] or 'text'})", _block(view["body"]))
    for title, name in (
        ("Credentials", "auth"),
        ("What the parameters mean", "requestParams"),
        ("What the headers mean", "headerDocs"),
        ("The answer", "responseSchema"),
        ("Examples", "examples"),
    ):
        if view[name] is not None:
            lines += _section(title, _block(view[name]))
    return "\n".join(lines)


def collection_text(found: View) -> str:
    """Return a collection with what others inherit from it."""
    view = found["collection"]
    lines = [f"# {view['name']}", "", view["description"] or ""]
    lines += _section("Variables", _entries(view["variables"]))
    lines += _section("Headers", _entries(view["headers"]))
    if view["auth"] is not None:
        lines += _section("Credentials", _block(view["auth"]))
    below = [f"- {one['name']} ({one['id']})" for one in found["subCollections"]]
    return "\n".join([*lines, *_section("Collections in it", below)])


def environment_text(view: View) -> str:
    """Return an environment; secret values are masked."""
    default = " (the default one)" if view["isDefault"] else ""
    lines = [f"# {view['name']}{default}", "", view["description"] or ""]
    return "\n".join([*lines, *_section("Variables", _entries(view["variables"]))])


def flow_text(view: View) -> str:
    """Return a flow."""
    lines = [f"# {view['name']}", "", view["description"] or ""]
    lines += _section("Inputs", _block(view["flowInputs"]))
    return "\n".join([*lines, *_section("Steps", _block(view["flowData"]))])


def _section(title: str, lines: Iterable[str]) -> list[str]:
    found = list(lines)
    return ["", f"## {title}", "", *found] if found else []


def _entries(value: Any) -> list[str]:
    """Return entries as a list; unchanged if they are cut or have another shape."""
    plain = orjson.loads(orjson.dumps(value))
    if isinstance(plain, dict):
        plain = [{"key": key, "value": one} for key, one in plain.items()]
    if not isinstance(plain, list):
        return _block(plain) if plain else []
    return [_entry(one) if isinstance(one, dict) else f"- {one}" for one in plain]


def _entry(entry: View) -> str:
    off = "" if entry.get("enabled", True) else " (off)"
    text = entry.get("description")
    about = f" – {_CELL.sub(' ', str(text))}" if text else ""
    return f"- `{entry.get('key')}`: `{entry.get('value', '')}`{off}{about}"


def _block(value: Any) -> list[str]:
    """Return a value as a code block, which nothing in it can end."""
    text = text_of(value)
    longest = max((len(found) for found in _TICKS.findall(text)), default=2)
    fence = "`" * (longest + 1)
    return [fence, text, fence]
