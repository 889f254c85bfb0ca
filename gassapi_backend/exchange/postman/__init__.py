"""Postman: collections of every version, environments, globals and data dumps, in and out."""

from gassapi_backend.exchange.postman.documents import read
from gassapi_backend.exchange.postman.writing import write, write_environment

__all__ = ["read", "write", "write_environment"]
