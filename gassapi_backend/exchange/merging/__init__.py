"""Merging a document into what its earlier version became here: a three-way merge by field."""

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
