"""Links the modules that every screen needs into one: a slow network waits once, not 17 times.

Each is a block of its own in it, and keeps its lines. Other modules take what they import of these
from the one, so that there is one of each. Modules import by name, at the beginning of a line;
those that are linked do not import each other in circles, and export nothing that changes later.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from posixpath import dirname, join, normpath, relpath

_IMPORT = re.compile(r"""^import \{([^}]*)\} from ["'](\.{1,2}/[^"']+)["'];""", re.MULTILINE)
_EXPORT = re.compile(r"^export ((?:async )?(?:function|class|const) (\w+))", re.MULTILINE)
_EXPORT_LIST = re.compile(r"\bexport ?\{([^}]*)\};?\s*\Z")
_LINKED = "$linked"


def imports_of(name: str, script: str) -> tuple[str, ...]:
    """Return the names of the modules that a module imports before it runs."""
    return tuple(_resolved(name, other) for _, other in _IMPORT.findall(script))


def in_order(names: Iterable[str], scripts: Mapping[str, str]) -> list[str]:
    """Return these modules and all that they import, each after what it imports.

    Raises ``ValueError`` where modules import each other in a circle.
    """
    found: dict[str, None] = {}

    def visit(name: str, above: tuple[str, ...]) -> None:
        if name in above:
            raise ValueError(f"These modules import each other: {', '.join((*above, name))}.")
        if name not in found:
            for other in imports_of(name, scripts[name]):
                visit(other, (*above, name))
            found[name] = None

    for name in names:
        visit(name, ())
    return list(found)


def linked(names: Iterable[str], scripts: Mapping[str, str]) -> str:
    """Return one module of several, which are in order."""
    blocks = (f"// {name}\n{{{_block(name, scripts[name])}}}\n" for name in names)
    return f"export const {_LINKED} = {{}};\n{''.join(blocks)}"


def _block(name: str, script: str) -> str:
    exported = {own: own for _, own in _EXPORT.findall(script)}
    if listed := _EXPORT_LIST.search(script):
        pairs = (item.split(" as ") for item in listed[1].split(","))
        exported = {pair[-1].strip(): pair[0].strip() for pair in pairs}
    script = _IMPORT.sub(_taken(name, lambda _: True), script)
    script = _EXPORT_LIST.sub("", _EXPORT.sub(r"\1", script))
    told = ", ".join(
        other if other == own else f"{other}: {own}" for other, own in exported.items()
    )
    return f'{script}\n{_LINKED}["{name}"] = {{ {told} }};\n'


def linking_to(entry: str, names: set[str], name: str, script: str) -> str:
    """Return a module that takes what it imports of these from the one into which they went."""
    rest = _IMPORT.sub(_taken(name, names.__contains__), script)
    if rest == script:
        return script
    return f'import {{ {_LINKED} }} from "{_relative(name, entry)}"; {rest}'


def _taken(name: str, is_linked: Callable[[str], bool]) -> Callable[[re.Match[str]], str]:
    def instead(found: re.Match[str]) -> str:
        other = _resolved(name, found[2])
        if not is_linked(other):
            return found[0]
        return f'const {{{found[1].replace(" as ", ": ")}}} = {_LINKED}["{other}"];'

    return instead


def _resolved(name: str, other: str) -> str:
    return normpath(join(dirname(name), other))


def _relative(name: str, other: str) -> str:
    path = relpath(other, dirname(name) or ".")
    return path if path.startswith(".") else f"./{path}"
