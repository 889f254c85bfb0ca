"""Makes a document fit into a project (limits, names, depth), and reports what was changed."""

from collections.abc import Sequence

from gassapi_backend.exchange.fitting import fields
from gassapi_backend.exchange.fitting.depth import fit_depth, name_places
from gassapi_backend.exchange.fitting.limits import LIMITS, Limits
from gassapi_backend.exchange.fitting.names import Folded, distinct
from gassapi_backend.exchange.fitting.reporting import Fitting
from gassapi_backend.exchange.tree import (
    Document,
    Environment,
    Folder,
    Node,
    Request,
    Unreadable,
)

__all__ = ["LIMITS", "Limits", "distinct", "fit"]


def fit(document: Document, folded: Folded, limits: Limits = LIMITS) -> None:
    """Change a document, in place, so that it can be stored; note what was changed.

    Raises ``Unreadable`` if it holds more than a project may get at once. Names of collections and
    environments are made distinct among themselves; ``distinct()`` also keeps them apart from
    existing ones, once those are known.
    """
    _check_count(document, limits)
    fitting = Fitting()
    for environment in document.environments:
        _fit_environment(environment, limits, fitting)
    _tell_apart(document.environments, folded, limits.environment_name, fitting)
    for collection in document.collections:
        _fit_collection(collection, folded, limits, fitting)
    _tell_apart(document.collections, folded, limits.name, fitting)
    document.notes.extend(fitting.notes)


def _check_count(document: Document, limits: Limits) -> None:
    count = len(document.environments)
    for collection in document.collections:
        for folder in collection.folders():
            count += 1 + sum(isinstance(item, Request) for item in folder.items)
    if count > limits.items:
        raise Unreadable(
            f"It holds {count:,} collections, requests and environments; "
            f"at most {limits.items:,} are imported at once. Split it, or ask your operator."
        )


def _fit_environment(environment: Environment, limits: Limits, fitting: Fitting) -> None:
    fields.fit_characters(environment, fitting)
    fields.fit_name(environment, limits, fitting)
    fields.fit_description(environment, limits, fitting)
    fields.fit_variables(environment, limits, fitting)


def _fit_collection(collection: Folder, folded: Folded, limits: Limits, fitting: Fitting) -> None:
    for folder in collection.folders():
        _fit_folder(folder, limits, fitting)
        folder.items = [item for item in folder.items if _is_fitted(item, limits, fitting)]
    fit_depth(collection, limits.depth - limits.above, fitting)
    for folder in collection.folders():
        below = [item for item in folder.items if isinstance(item, Folder)]
        _tell_apart(below, folded, limits.name, fitting)
    name_places(collection)


def _fit_folder(folder: Folder, limits: Limits, fitting: Fitting) -> None:
    fields.fit_characters(folder, fitting)
    fields.fit_name(folder, limits, fitting)
    fields.fit_description(folder, limits, fitting)
    fields.fit_auth(folder, limits, fitting)
    fields.fit_headers(folder, limits, fitting)
    fields.fit_variables(folder, limits, fitting)


def _is_fitted(item: Folder | Request, limits: Limits, fitting: Fitting) -> bool:
    """Fit a request, and return whether it stays; folders do, and are fitted by themselves."""
    if isinstance(item, Folder):
        return True
    fields.fit_characters(item, fitting)
    if not fields.fit_request(item, limits, fitting):
        return False
    fields.fit_name(item, limits, fitting)
    fields.fit_description(item, limits, fitting)
    fields.fit_auth(item, limits, fitting)
    fields.fit_headers(item, limits, fitting)
    return True


def _tell_apart(
    nodes: Sequence[Folder | Environment], folded: Folded, limit: int, fitting: Fitting
) -> None:
    names = distinct([node.name for node in nodes], folded, limit=limit)
    for node, name in zip(nodes, names, strict=True):
        _rename(node, name, fitting)


def _rename(node: Node, name: str, fitting: Fitting) -> None:
    if node.name != name:
        fitting.change(node, "name", name, f"another beside it is called “{node.name}”")
