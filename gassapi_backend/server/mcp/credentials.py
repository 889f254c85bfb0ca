"""The token of an MCP client, and what to tell people whose client sent something else."""

import re

from aiohttp import web

from gassapi_backend.server.errors import Code, Unauthenticated
from gassapi_backend.server.web.credentials import sent_token
from gassapi_backend.server.web.reading import printable

HOW = (
    "Send a token of a project as Authorization: Bearer gass_… : a member of the project issues "
    "one, or an operator with `gassapi-backend token issue`."
)

_UNEXPANDED = re.compile(
    r"\$\{(?:env:|input:)?([^}]*)\}|\{env:([^}]*)\}|\$([A-Za-z_]\w*)|%(\w+)%|<[^>]*>"
)


def tool_credential(request: web.Request) -> str:
    """Return the token that an MCP client sent. Raises ``Unauthenticated``, in words for people.

    A cookie is not accepted: a page in a browser is not an MCP client.
    """
    token = sent_token(request)
    if token is None:
        raise Unauthenticated(f"No token came with this request. {HOW}")
    if placeholder := _UNEXPANDED.search(token):
        raise Unauthenticated(_explained(placeholder), code=Code.TOKEN_INVALID)
    return token


def _explained(found: re.Match[str]) -> str:
    shown = printable(found[0], 100)
    name = next((group for group in found.groups() if group), None)
    if name is None:
        return f"The configuration of your MCP client still says {shown} in place of a token. {HOW}"
    return (
        f"Your MCP client sent the text {shown} in place of a token: the variable "
        f"{printable(name, 100)} has no value where the client runs. Set it there, and start the "
        "client again."
    )
