"""Editors' files of requests (.http, .rest), in and out; environments as .env files."""

from gassapi_backend.exchange.dothttp.dotenv import write_dotenv
from gassapi_backend.exchange.dothttp.reading import read
from gassapi_backend.exchange.dothttp.writing import write

__all__ = ["read", "write", "write_dotenv"]
