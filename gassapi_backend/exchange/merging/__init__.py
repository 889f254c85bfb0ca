"""Merging a document into what an earlier version of it became here: three ways, field by field."""

from gassapi_backend.exchange.merging.environments import merge_environment
from gassapi_backend.exchange.merging.outcome import (
    Create,
    Delete,
    Mark,
    Merged,
    MergeOptions,
    Move,
    Prefer,
    Rebase,
    Stored,
    Update,
)
from gassapi_backend.exchange.merging.planning import merge

__all__ = [
    "Create",
    "Delete",
    "Mark",
    "MergeOptions",
    "Merged",
    "Move",
    "Prefer",
    "Rebase",
    "Stored",
    "Update",
    "merge",
    "merge_environment",
]
