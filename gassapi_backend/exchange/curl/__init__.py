"""cURL commands: in, and out as lines that any POSIX shell can run."""

from gassapi_backend.exchange.curl.reading import read
from gassapi_backend.exchange.curl.writing import write

__all__ = ["read", "write"]
