"""OpenCollection: in, as one YAML file or a folder of them; out, as one file."""

from gassapi_backend.exchange.opencollection.reading import read
from gassapi_backend.exchange.opencollection.writing import write

__all__ = ["read", "write"]
