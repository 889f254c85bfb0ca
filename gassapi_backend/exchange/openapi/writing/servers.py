"""Writes hosts of saved requests as servers of a document."""

from collections import Counter

from gassapi_backend.exchange.openapi.extensions import OWN
from gassapi_backend.exchange.openapi.reading.servers import (
    BASE_URL,
    base_of_operation,
    server_url,
)
from gassapi_backend.exchange.openapi.texts import mapping, objects
from gassapi_backend.exchange.openapi.writing.urls import filled, server_object, variables_in
from gassapi_backend.exchange.openapi.writing.wanted import Wanted
from gassapi_backend.exchange.tree import Environment, Folder, Json, Variable

BASE = "{{" + BASE_URL + "}}"


def known_values(folders: list[Folder], environments: list[Environment]) -> dict[str, str]:
    """Return the values of variables; nearer folders win, secrets are left out."""
    found: dict[str, str] = {}
    for environment in environments[:1]:
        found |= values_of(environment.variables)
    for folder in folders:
        found |= values_of(folder.variables)
    return found


def values_of(variables: list[Variable]) -> dict[str, str]:
    """Return the values that are enabled and not secret."""
    return {
        str(one["key"]): str(one.get("value") or "")
        for one in variables
        if "key" in one and one.get("enabled", True) is not False and not one.get("secret")
    }


def usual_server(wanted: list[Wanted]) -> str | None:
    """Return the host that most requests go to; ``None`` if there is none."""
    counts = Counter(one.url.server for one in wanted if one.url.server)
    return counts.most_common(1)[0][0] if counts else None


def root_servers(
    usual: str | None, values: dict[str, str], environments: list[Environment]
) -> list[dict[str, Json]]:
    """Return the servers of a new document: the usual one as each environment defines it."""
    if usual is None:
        return [{"url": "/"}]
    names = variables_in(usual)
    if names == [BASE_URL] and usual == BASE and values.get(BASE_URL) and not environments:
        return [server_object(values[BASE_URL], values)]
    found = []
    for environment in environments:
        own = values_of(environment.variables)
        if names and all(name in own for name in names):
            if names == [BASE_URL] and usual == BASE:
                server = _said_server(own)
            else:
                server = server_object(usual, values | own)
            found.append({**server, "description": environment.name})
    return found or [server_object(usual, values)]


def _said_server(values: dict[str, str]) -> dict[str, Json]:
    """Return the server that an environment's ``baseUrl`` gives, with its variables."""
    return server_object(values[BASE_URL], values)


def is_server_of(document: dict[str, Json], server: str) -> bool:
    """Whether a host is one of a document's servers, with or without their defaults filled in."""
    if server == BASE:
        return True
    urls = [server_url(one) for one in objects(document.get("servers"))]
    return any(server in (one.with_variables, one.filled) for one in urls)


def at_usual_server(
    document: dict[str, Json], path: str, server: str, said: dict[str, Json]
) -> dict[str, Json]:
    """Return an operation without a server of its own, if its request now goes to the usual one."""
    item = mapping(document["paths"].get(path))
    if server != BASE or base_of_operation(document, item, said) == BASE:
        return said
    rest = {key: value for key, value in said.items() if key != "servers"}
    servers = document.get("servers")
    return {**rest, "servers": servers} if servers and item.get("servers") else rest


def pinned_server(
    document: dict[str, Json], path: str, url: str, said: dict[str, Json]
) -> dict[str, Json]:
    """Return the whole server of an operation whose relative one would now lead elsewhere."""
    base = base_of_operation(document, mapping(document["paths"].get(path)), said)
    end = path if path.startswith("/") else f"/{path}"
    if base == BASE or "url" in mapping(said.get(OWN)) or url == base + end:
        return {}
    return {"servers": [{"url": url.removesuffix(end)}]} if url.endswith(end) else {}


def edited_servers(servers: list[Json], environments: list[Environment]) -> list[Json]:
    """Return servers with the values that their variables have in the environments."""
    found = list(servers)
    for environment in environments:
        origin = environment.origin
        if origin is None or not origin.original or origin.original not in found:
            continue
        index = found.index(origin.original)
        values = values_of(environment.variables)
        before = values_of(origin.base.get("variables", []))
        said = mapping(found[index].get("variables"))
        changed = {
            name: {**one, "default": filled(values[name], values)}
            for name, one in said.items()
            if name in values and values[name] != before.get(name) and isinstance(one, dict)
        }
        if changed:
            found[index] = {**found[index], "variables": {**said, **changed}}
    return found
