"""OpenCollection: a collection in one YAML file or in a folder of them, in; in one file, out."""

from gassapi_backend.exchange.opencollection.reading import read
from gassapi_backend.exchange.opencollection.writing import write

__all__ = ["read", "write"]
