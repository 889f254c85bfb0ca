"""Hoppscotch: collections and requests of every version, and environments; in only."""

from gassapi_backend.exchange.hoppscotch.documents import read

__all__ = ["read"]
