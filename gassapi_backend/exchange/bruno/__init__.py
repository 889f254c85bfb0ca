"""Bruno: folders and files in its own language, and its JSON export."""

from gassapi_backend.exchange.bruno.reading import read

__all__ = ["read"]
