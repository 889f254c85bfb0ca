"""The formats by name: how each is recognised, and which module reads and writes it."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from gassapi_backend.exchange import recognition
from gassapi_backend.exchange.sources import Source
from gassapi_backend.exchange.tree import Unreadable
from gassapi_backend.exchange.unsupported import refuse_unsupported
from gassapi_backend.exchange.writing import JSON_TYPE, YAML_TYPE


@dataclass(frozen=True, slots=True)
class Format:
    """A format by the name that the API and the command line know it by.

    ``title`` names it in sentences. ``module``, a module of this package, has ``read(source)`` and,
    if the format can be written, ``write(document, options)``; it is loaded when needed.
    """

    name: str
    title: str
    module: str
    looks_so: Callable[[Source], bool]
    media_type: str = JSON_TYPE
    extension: str = ".json"
    versions: tuple[str, ...] = ()
    is_written: bool = True


FORMATS = (
    Format("gassapi", "a GassAPI project", "gassapi", recognition.is_gassapi, is_written=False),
    Format("postman", "Postman", "postman", recognition.is_postman, versions=("2.1",)),
    Format("openapi", "OpenAPI", "openapi", recognition.is_openapi, versions=("3.1", "3.0", "3.2")),
    Format(
        "insomnia",
        "Insomnia",
        "insomnia",
        recognition.is_insomnia,
        YAML_TYPE,
        ".yaml",
        versions=("5", "4"),
    ),
    Format(
        "opencollection",
        "OpenCollection",
        "opencollection",
        recognition.is_opencollection,
        YAML_TYPE,
        ".yml",
    ),
    Format("bruno", "Bruno", "bruno", recognition.is_bruno, is_written=False),
    Format("har", "HAR", "har", recognition.is_har, extension=".har", versions=("1.2",)),
    Format("curl", "cURL", "curl", recognition.is_curl, "text/x-shellscript", ".sh"),
    Format("http", "an .http file", "dothttp", recognition.is_http, "text/plain", ".http"),
    Format("hoppscotch", "Hoppscotch", "hoppscotch", recognition.is_hoppscotch, is_written=False),
)
"""In the order in which they are tried: those that name their format come first."""

READ = tuple(one.name for one in FORMATS)
WRITTEN = tuple(one.name for one in FORMATS if one.is_written)
_ALSO_CALLED = {"swagger": "openapi", "rest": "http", "dothttp": "http"}


def find_format(name: str) -> Format:
    """Return the format of a name; raise ``Unreadable`` if there is none.

    Names that reports give to parts of a format, like ``postman-environment``, work too.
    """
    wanted = name.strip().lower().partition("-")[0]
    for one in FORMATS:
        if one.name == _ALSO_CALLED.get(wanted, wanted):
            return one
    raise Unreadable(f"There is no format “{name[:50]}” here. Known are: {', '.join(READ)}.")


def recognise(source: Source) -> Format:
    """Return the format of a source; raise ``Unreadable`` if it is not one that is read here."""
    if found := recognised(source):
        return found
    refuse_unsupported(source)
    if source.problem and _is_meant_as_yaml(source):
        raise source.problem
    keys = ", ".join(sorted(recognition.keys_of(source.data)))
    unknown = "It is no format that is known here."
    if keys:
        unknown = f"It is no format that is known here (its keys are: {keys[:200]})."
    raise Unreadable(f"{unknown} Read are: {', '.join(one.title for one in FORMATS)}.")


_YAML = re.compile(r"(?:\s|#.*\n|---.*\n)*[\w\"'$-]+:(?:\s|$)")


def _is_meant_as_yaml(source: Source) -> bool:
    named = source.name.lower().endswith((".yaml", ".yml"))
    return named or _YAML.match(recognition.start_of(source)) is not None


def recognised(source: Source) -> Format | None:
    """Return the format of a source, if it is one that is read here."""
    return next((one for one in FORMATS if one.looks_so(source)), None)
