"""Instructions for connecting a client: what to paste where, what to run, what to click."""

import json
from dataclasses import dataclass
from typing import Any

from gassapi_backend.mcp_clients.clients import Client, Place, TokenPlace
from gassapi_backend.mcp_clients.connection import Connection
from gassapi_backend.mcp_clients.documents import with_entry

BRIDGE = "gassapi-backend"  # clients find it only on their own PATH


@dataclass(frozen=True, slots=True)
class Instructions:
    """How to add a server to a client by hand.

    ``config`` is the content of an otherwise empty ``file``: an object, or text if the file is not
    JSON. ``variable`` has to hold the token if the client takes it from there.
    """

    config: dict[str, Any] | str
    text: str
    file: str | None = None
    command: str | None = None
    link: str | None = None
    variable: str | None = None


def instructions(client: Client, at: Connection) -> Instructions:
    """Return the instructions for a client's user."""
    place = client.folder or client.person
    return Instructions(
        config=_config(client, place, at),
        text=" ".join(_sentences(client, place, at)),
        file=place.path if place else None,
        command=client.command(at) if client.command else None,
        link=client.link(at) if client.link else None,
        variable=at.variable if client.token_place is TokenPlace.VARIABLE else None,
    )


def _config(client: Client, place: Place | None, at: Connection) -> dict[str, Any] | str:
    entry = client.entry(at)
    if place is None:
        return {"mcpServers": {at.name: entry}}
    if not place.path.endswith((".json",)):
        return with_entry(place.path, "", place.keys, at.name, entry)
    config: dict[str, Any] = {at.name: entry}
    for key in reversed(place.keys):
        config = {key: config}
    return {**(client.beside(at) if client.beside else {}), **config}


def _sentences(client: Client, place: Place | None, at: Connection) -> list[str]:
    said = []
    if client.link:
        said.append("Open the link, or add the configuration by hand.")
    if place is None:
        said.append(client.by_hand)
    elif client.folder:
        said.append(f"Add this to {place.path} in your project's folder.")
    else:
        said.append(f"Add this to {place.path}.")
    if client.token_place is TokenPlace.VARIABLE:
        said.append(
            f"{client.title} takes the token from the environment variable {at.variable}: set it "
            "where you start it."
        )
    elif client.token_place is TokenPlace.PROMPT:
        said.append(f"{client.title} asks for the token when it first starts, and keeps it.")
    elif at.token:
        said.append("The file holds the token: keep it out of version control.")
    if isinstance(entry := client.entry(at), dict) and entry.get("command") == BRIDGE:
        said.append(f"Replace {BRIDGE} with what `which {BRIDGE}` prints.")
    if client.hint:
        said.append(client.hint)
    return said


def shown(config: dict[str, Any] | str) -> str:
    """Return a configuration as text for pasting."""
    if isinstance(config, str):
        return config
    return json.dumps(config, indent=2, ensure_ascii=False) + "\n"
