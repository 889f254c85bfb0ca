"""Corrects documents that call their version by the other one's name: ``openapi: 2.0``."""

import re

from gassapi_backend.exchange.openapi.texts import text_or_none
from gassapi_backend.exchange.openapi.versions import minor
from gassapi_backend.exchange.tree import Json, Note, What

_THREE = ("components", "servers", "webhooks")
"""Fields that only OpenAPI 3 has."""


def is_two(version: str) -> bool:
    """Whether a version is 2.0, however it is spelled."""
    return re.fullmatch(r"2(\.0)?(\.\d+)?", version) is not None


def named_rightly(document: dict[str, Json]) -> tuple[dict[str, Json], list[Note]]:
    """Return a document under the name of its version, and a note if that was another.

    The fields of a document tell which of the two it is. What is neither stays as it is.
    """
    said = text_or_none(document.get("openapi", document.get("swagger"))) or ""
    is_old = not any(name in document for name in _THREE)
    if "openapi" in document and is_two(said) and is_old:
        wrong, right, title = "openapi", "swagger", "Swagger 2.0"
        version = "2.0"
    elif "openapi" not in document and minor(said):
        wrong, right, title = "swagger", "openapi", f"OpenAPI {said[:20]}"
        version = said
    else:
        return document, []
    rest = {key: value for key, value in document.items() if key not in ("openapi", "swagger")}
    reason = f"It says {wrong}: {said[:20]}, and is read as {title}. Write {right}: {version[:20]}."
    return {right: version, **rest}, [Note(What.KEPT, "document", wrong, f"/{wrong}", reason)]
