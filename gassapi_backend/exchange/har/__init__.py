"""HTTP archives, HAR 1.1 and 1.2, as browsers and proxies record them: in and out."""

from gassapi_backend.exchange.har.reading import read
from gassapi_backend.exchange.har.writing import write

__all__ = ["read", "write"]
