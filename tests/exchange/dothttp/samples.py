"""Files of requests for tests."""

from pathlib import Path

from gassapi_backend.exchange.tree import Document, Request

SAMPLES = Path(__file__).parent.parent / "samples" / "http"


def request_of(document: Document, name: str) -> Request:
    return next(one for one in document.collections[0].requests() if one.name == name)
