"""URLs as merging sees them: which parts tell requests apart, and which can be merged."""

import re

from gassapi_backend.exchange.merging.settling import ABSENT, Settling
from gassapi_backend.exchange.tree import Json

_VARIABLE = re.compile(r"\{\{[^{}]*\}\}")
_PARAMETER = re.compile(r"^:(?P<colon>[\w.~-]+)$|(?<!\{)\{(?P<brace>[^{}/]+)\}(?!\})")
_HOST = re.compile(r"^(?:[^/?#]*://)?[^/?#]*")


def path_key(url: str) -> str:
    """Return a URL's path without host, query, variables and names of parameters.

    ``{{base}}/a/:id``, ``https://x/a/{key}?b=1`` and ``/a/{{id}}/`` all give ``a/{}``.
    """
    path = _VARIABLE.sub("{}", url).partition("#")[0].partition("?")[0]
    segments = _HOST.sub("", path).split("/")
    erased = ["{}" if one.startswith(":") else _PARAMETER.sub("{}", one) for one in segments]
    return "/".join(one for one in erased if one)


def parameters_of(url: str) -> list[str]:
    """Return the names of the path's parameters, ``:name`` or ``{name}``, in order."""
    path = url.partition("#")[0].partition("?")[0]
    found = (match for segment in path.split("/") for match in _PARAMETER.finditer(segment))
    return [match["colon"] or match["brace"] for match in found]


def renamed_parameters(before: str, after: str) -> dict[str, str]:
    """Return the new names of path parameters that were renamed, by their old names."""
    old, new = parameters_of(before), parameters_of(after)
    lost = [name for name in old if name not in new]
    found = [name for name in new if name not in old]
    return dict(zip(lost, found, strict=True)) if len(lost) == len(found) else {}


def settle_url(settling: Settling, base: Json, ours: str, theirs: str) -> str:
    """Return the merged URL; if both sides changed it, each query parameter is merged by itself."""
    base = base if isinstance(base, str) else ""
    if ours in (base, theirs) or theirs == base or not all("?" in url for url in (base, ours)):
        return str(settling.settle("url", base, ours, theirs))
    b, o, t = _parted(base), _parted(ours), _parted(theirs)
    front = settling.settle("url", b[0], o[0], t[0])
    query = settling.settle_list((b[1], o[1], t[1]), _name_of, _label, name="the query")
    end = settling.settle("url: #", b[2], o[2], t[2])
    pairs = "&".join(pair["name"] + pair["rest"] for pair in query)
    return f"{front}{'?' + pairs if query else ''}{'' if end is ABSENT else end}"


def _parted(url: str) -> tuple[str, list[Json], str]:
    """Return what precedes the query, its parameters, and what follows it, as written."""
    front, mark, fragment = url.partition("#")
    front, _, query = front.partition("?")
    pairs = []
    for part in query.split("&") if query else ():
        name, sign, value = part.partition("=")
        pairs.append({"name": name, "rest": sign + value})
    return front, pairs, mark + fragment


def _name_of(pair: Json) -> str:
    return str(pair["name"])


def _label(pair: Json) -> str:
    return f"url: {_name_of(pair)}"
