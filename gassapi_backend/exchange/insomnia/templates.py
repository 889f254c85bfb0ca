"""Converts templates in text between Insomnia's (Nunjucks) and ours."""

import re

from gassapi_backend.exchange.tree import Json

_REFERENCE = re.compile(
    r"\{\{-?\s*_"
    r"((?:\s*(?:\.\s*[\w$-]+|\[\s*(?:\d+|'[^'{}]*'|\"[^\"{}]*\")\s*\]))+)"
    r"\s*-?\}\}"
)
_STEP = re.compile(r"\.\s*([\w$-]+)|\[\s*(?:(\d+)|'([^']*)'|\"([^\"]*)\")\s*\]")
_FAKER = re.compile(r"\{%-?\s*faker\s+(?:'(\w+)'|\"(\w+)\")\s*-?%\}")
_TAG = re.compile(r"\{%-?\s*([\w-]*)")
_BRACES = re.compile(r"\{\{([^{}]*)\}\}")
_OPERATORS = frozenset("|()'\"+*?")
_DYNAMIC = re.compile(r"\$[A-Za-z]\w*")
_IDENTIFIER = re.compile(r"[^\W\d]\w*")
_WAY = re.compile(r"[^.\[\]]+(?:\[\d+\])*(?:\.[^.\[\]]+(?:\[\d+\])*)*")
_STEPS = re.compile(r"\[\d+\]|[^.\[\]]+")
_NO_NAME = re.compile(r"_\s*[.\[]|vault\.|\$")


def read_text(text: str) -> str:
    """Return text with ``{{ _.name }}`` as ``{{name}}``, ``{% faker 'guid' %}`` as ``{{$guid}}``.

    Anything else in braces is left as it is.
    """
    if "{{" in text:
        text = _REFERENCE.sub(lambda found: "{{" + _name(found[1]) + "}}", text)
    if "{%" in text:
        text = _FAKER.sub(lambda found: "{{$" + (found[1] or found[2]) + "}}", text)
    return text


def _name(steps: str) -> str:
    name = ""
    for step in _STEP.finditer(steps):
        if step[2] is not None:
            name += f"[{step[2]}]"
        else:
            said = step[1] or step[3] or step[4] or ""
            name += f".{said}" if name else said
    return name


def write_text(text: str) -> str:
    """Return text with ``{{name}}`` as ``{{ _.name }}``, the reverse of ``read_text()``."""
    return _BRACES.sub(_reference, text) if "{{" in text else text


def _reference(found: re.Match[str]) -> str:
    name = found[1].strip()
    if _DYNAMIC.fullmatch(name):
        return f"{{% faker '{name[1:]}' %}}"
    if not name or _NO_NAME.match(name) or not _OPERATORS.isdisjoint(name):
        return found[0]
    steps = _STEPS.findall(name) if _WAY.fullmatch(name) else [name]
    return "{{ _" + "".join(map(_step, steps)) + " }}"


def _step(part: str) -> str:
    if part[0] == "[":
        return part
    return f".{part}" if _IDENTIFIER.fullmatch(part) else f"['{part}']"


def tags_in(value: Json) -> list[str]:
    """Return what the texts of a value use that only Insomnia can do: tags, filters."""
    found: dict[str, None] = {}
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, (dict, list)):
            waiting.extend(reversed([*one.values()] if isinstance(one, dict) else one))
        elif isinstance(one, str):
            found |= dict.fromkeys(f"{{% {name} %}}" for name in _TAG.findall(one))
            for expression in _BRACES.finditer(one):
                if not _OPERATORS.isdisjoint(expression[1]):
                    found[expression[0]] = None
    return [*found]
