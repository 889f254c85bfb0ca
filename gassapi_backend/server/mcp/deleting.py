"""Deletion by an assistant, which has to confirm the name."""

from typing import Any

from gassapi_backend.server.errors import Invalid
from gassapi_backend.server.mcp.arguments import revision_of
from gassapi_backend.server.web.etags import IfMatch


def confirmed(subject: Any, kind: str, name: str, revision: int | None) -> IfMatch:
    """Return the revision that may be deleted: the one whose name was confirmed.

    Raises ``Invalid`` for another name.
    """
    if name.strip() != subject["name"].strip():
        raise Invalid.field(
            "confirm_name",
            f"This is not the name of that {kind}. Read it with get_{kind}, and ask the person "
            "you work for whether to delete it.",
        )
    return revision_of(subject["revision"] if revision is None else revision)
