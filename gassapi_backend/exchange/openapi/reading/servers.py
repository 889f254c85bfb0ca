"""Reads servers: those of the document become environments; those of a path become URLs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from gassapi_backend.exchange.openapi.grammar import BACKPORT
from gassapi_backend.exchange.openapi.texts import mapping, objects, text_or_none
from gassapi_backend.exchange.tree import (
    Environment,
    Json,
    Note,
    Origin,
    Variable,
    What,
    base_of,
)

BASE_URL = "baseUrl"

_TEMPLATE = re.compile(r"\{([^{}]+)\}")
_MAX_NAME = 100


@dataclass(frozen=True, slots=True)
class ServerUrl:
    """A server's URL with ``{{variables}}``, and with the defaults filled in."""

    with_variables: str
    filled: str
    variables: tuple[Variable, ...]


def server_url(server: dict[str, Json]) -> ServerUrl:
    """Return the URL of a server without its final slash: paths begin with one."""
    url = text_or_none(server.get("url")) or ""
    said = mapping(server.get("variables"))
    variables: list[Variable] = []
    for name in dict.fromkeys(_TEMPLATE.findall(url)):
        one = mapping(said.get(name))
        value = text_or_none(one.get("default")) or ""
        variable: Variable = {"key": _key(name), "value": value, "enabled": True, "secret": False}
        description = _about(one)
        variables.append(variable | ({"description": description} if description else {}))
    with_variables = _TEMPLATE.sub(lambda found: "{{" + _key(found[1]) + "}}", url)
    filled = _TEMPLATE.sub(
        lambda found: text_or_none(mapping(said.get(found[1])).get("default")) or "", url
    )
    return ServerUrl(with_variables.rstrip("/"), filled.rstrip("/"), tuple(variables))


def _key(name: str) -> str:
    """Return the name of a server variable; ``baseUrl`` is reserved for the URL itself."""
    return f"server_{name}" if name == BASE_URL else name


def _about(variable: dict[str, Json]) -> str:
    """Say what a variable is for, and what it can be."""
    described = text_or_none(variable.get("description")) or ""
    choices = variable.get("enum")
    if not isinstance(choices, list) or not choices:
        return described
    listed = ", ".join(text_or_none(choice) or "" for choice in choices)
    return f"{described} One of: {listed}".strip()


def read_environments(
    document: dict[str, Json], form: str, version: str
) -> tuple[list[Environment], list[Note]]:
    """Return an environment for each server of the document, and the notes on them."""
    environments: list[Environment] = []
    notes: list[Note] = []
    taken: set[str] = set()
    for index, server in enumerate(_with_url(document.get("servers"))):
        url = server_url(server)
        name = _free(_name_of(server, url), taken)
        base: Variable = {
            "key": BASE_URL,
            "value": url.with_variables,
            "enabled": True,
            "secret": False,
        }
        described = text_or_none(server.get("description"))
        environment = Environment(
            name,
            [base, *url.variables],
            described if described != name else None,
        )
        pointer = f"/servers/{index}"
        environment.origin = Origin(form, version, pointer, original=server)
        environment.origin.base = base_of(environment)
        environments.append(environment)
        notes += _said_of(environment, url, pointer)
    return environments, notes


def _with_url(servers: Json) -> list[dict[str, Json]]:
    return [one for one in objects(servers) if text_or_none(one.get("url")) is not None]


def _name_of(server: dict[str, Json], url: ServerUrl) -> str:
    for key in ("name", BACKPORT + "name", "description"):
        name = " ".join((text_or_none(server.get(key)) or "").split())
        if name and len(name) <= _MAX_NAME:
            return name
    return (url.filled or "Server")[:_MAX_NAME]


def _free(name: str, taken: set[str]) -> str:
    """Return a name that no other server of the document has."""
    free, number = name, 1
    while free.casefold() in taken:
        number += 1
        free = f"{name[: _MAX_NAME - 6]} {number}"
    taken.add(free.casefold())
    return free


def _said_of(environment: Environment, url: ServerUrl, pointer: str) -> Iterator[Note]:
    if is_relative(url.filled):
        reason = (
            "The server's address is relative to where the document was, which is not known. "
            f"Write the whole address into the variable {BASE_URL} of this environment."
        )
        yield Note(What.KEPT, "environment", environment.name, pointer, reason)


def is_relative(url: str) -> bool:
    """Whether a URL lacks scheme and host."""
    return re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|\{\{", url) is None


def base_of_operation(
    document: dict[str, Json], item: dict[str, Json], operation: dict[str, Json]
) -> str:
    """Return the start of an operation's URL: ``{{baseUrl}}``, or a server of its own.

    The specification resolves a relative server against the address of the document; the nearest
    outer server whose host is known stands for that.
    """
    for owner, outer in ((operation, [item, document]), (item, [document])):
        servers = owner.get("servers")
        own = _with_url(servers)
        if own:
            if servers == document.get("servers"):
                break
            return _resolved(server_url(own[0]).filled, outer)
    return "{{" + BASE_URL + "}}"


_HOST_FIRST = re.compile(
    r"(?:(?:[\w-]+\.)+[A-Za-z]{2,}|\d+(?:\.\d+){3}|localhost)(?::\d+)?(?=[/?#]|$)"
)
"""A host that was written without its scheme, which many documents have."""


def _resolved(url: str, outer: list[dict[str, Json]]) -> str:
    """Return a server's URL with the host of an outer server, where it has none of its own."""
    if not is_relative(url) or _HOST_FIRST.match(url):
        return url
    for owner in outer:
        for server in _with_url(owner.get("servers")):
            known = server_url(server).filled
            try:
                if known.lower().startswith(("http://", "https://")) and urlsplit(known).netloc:
                    return urljoin(f"{known}/", url or "/").rstrip("/")
            except ValueError:  # brackets that hold no address
                continue
    return url
