"""Insomnia: exports of version 4 and files of version 5, in and out, and its environments."""

from gassapi_backend.exchange.insomnia.reading import read
from gassapi_backend.exchange.insomnia.writing import write, write_environment

__all__ = ["read", "write", "write_environment"]
