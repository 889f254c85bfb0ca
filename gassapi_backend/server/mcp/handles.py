"""What people pick in a client's completion: the name, readable, followed by the id."""

from gassapi_backend.mcp_clients.connection import slug

ID_LENGTH = 36


def handle_of(name: str, id_: str) -> str:
    """Return a thing's handle: ``list-users.0198…``."""
    return f"{readable}.{id_}" if (readable := slug(name)) else id_


def id_of(handle: str) -> str:
    """Return the id in a handle, or the handle itself if it is just an id."""
    return handle[-ID_LENGTH:]
