"""OpenAPI 3.0, 3.1, 3.2 and Swagger 2.0: in; OpenAPI 3.0, 3.1 and 3.2: out."""

from gassapi_backend.exchange.openapi.reading.documents import read
from gassapi_backend.exchange.openapi.writing.documents import write

__all__ = ["read", "write"]
