"""Formats that are known but not read: refused by name, with advice on what to do instead."""

from gassapi_backend.exchange.sources import Source
from gassapi_backend.exchange.tree import Unreadable
from gassapi_backend.exchange.unsupported.descriptions import DESCRIPTIONS
from gassapi_backend.exchange.unsupported.looks import Unsupported, start
from gassapi_backend.exchange.unsupported.tools import TOOLS

_MARKUP = (
    Unsupported(
        "HTML", start(r"\A\s*<(?:!doctype html|!DOCTYPE html|html)\b"),
        "This is a web page: save the document itself, not the page that shows it.",
    ),
    Unsupported(
        "XML", start(r"\A\s*<(?:\?xml|\w+[\s>])"),
        "Export it from its tool as OpenAPI, Postman or HAR, and import that.",
    ),
)  # fmt: skip


def refuse_unsupported(source: Source) -> None:
    """Raise ``Unreadable`` for a document of a format that is known but not read here."""
    for one in (*DESCRIPTIONS, *TOOLS, *_MARKUP):
        if one.looks_so(source):
            raise Unreadable(f"This is {one.name}, which is not read here. {one.advice}")


__all__ = ["Unsupported", "refuse_unsupported"]
