"""The limits on how large a loaded document may be, and how deeply nested."""

from gassapi_backend.exchange.tree import Json, Unreadable

MAX_DEPTH = 100
"""How deeply the lists and objects of a document may be nested; readers rely on it."""
MAX_FILES = 10_000
"""How many files an archive or folder may hold."""
MAX_BYTES = 50_000_000
"""The default limit for the size of a document, or of all files in an archive together."""
MAX_EXPANDED = 20_000_000
"""About how many characters YAML aliases may stand for in total."""


def check_depth(data: Json) -> None:
    """Raise ``Unreadable`` for data that is nested more than ``MAX_DEPTH`` levels deep."""
    level = [data] if isinstance(data, (dict, list)) else []
    depth = 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise too_deep()
        level = [
            child
            for value in level
            for child in (value.values() if type(value) is dict else value)
            if type(child) is dict or type(child) is list
        ]


def too_deep(line: int | None = None) -> Unreadable:
    """Return the refusal of a document that is nested too deeply."""
    return Unreadable(
        f"It is nested more than {MAX_DEPTH} levels deep.", f"line {line}" if line else ""
    )
