"""What a client needs to know: where the server is, and how the token reaches it."""

import re
import unicodedata
from dataclasses import dataclass

NAME = "gassapi"
VARIABLE = "GASSAPI_TOKEN"
PATH = "/mcp"
MAX_SLUG = 30  # clients join a server's name and a tool's, with at most 64 characters in all


@dataclass(frozen=True, slots=True)
class Connection:
    """An MCP server in a client's configuration.

    ``base_url`` is the public address without a trailing slash. ``name`` is what the client calls
    the server, ``variable`` the environment variable that holds the token. ``token`` is for clients
    that can only read it from their own file. ``command`` starts our bridge.
    """

    base_url: str
    name: str = NAME
    variable: str = VARIABLE
    token: str | None = None
    command: tuple[str, ...] = ("gassapi-backend",)

    @property
    def url(self) -> str:
        """The address of the MCP server."""
        return self.base_url + PATH

    @property
    def literal(self) -> str:
        """The token, or a placeholder for it."""
        return self.token or "<token>"


def slug(text: str) -> str:
    """Return a project's name as part of a server's name: ASCII with hyphens, possibly empty.

    It has no underscores: Gemini takes what follows the first one for the name of a tool.
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:MAX_SLUG].strip("-")


def named(project: str, project_id: str, taken: set[str]) -> tuple[str, str]:
    """Return the names of the server and its variable for a project, avoiding those taken.

    The first project is plain ``gassapi``; others are told apart by their name, or by their id.
    """
    for name in (NAME, f"{NAME}-{slug(project)}" if slug(project) else ""):
        if name and name not in taken:
            return name, variable_of(name)
    name = f"{NAME}-{project_id[-12:]}"
    return name, variable_of(name)


def variable_of(name: str) -> str:
    """Return the environment variable that holds the token of a server of that name."""
    rest = name.removeprefix(NAME).replace("-", "_").upper()
    return VARIABLE + rest
