"""Rows to be inserted, made from the frames that a child sends for a document."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any, TypedDict, Unpack, cast

import orjson

from gassapi_backend.clock import now, stored
from gassapi_backend.exchange.child.frames import Frame
from gassapi_backend.exchange.tree import Json
from gassapi_backend.fair_share import Steps, let_go
from gassapi_backend.models import new_id
from gassapi_backend.models.rows import (
    OriginRow,
    StoredCollection,
    StoredEndpoint,
    StoredEnvironment,
)
from gassapi_backend.server.collections.rows import new_row as new_collection
from gassapi_backend.server.endpoints.rows import EndpointFields
from gassapi_backend.server.endpoints.rows import new_row as new_endpoint
from gassapi_backend.server.environments.rows import new_row as new_environment
from gassapi_backend.server.items.variables import MASK, to_store
from gassapi_backend.vault import Vault

NO_ENTRIES = "[]"


@dataclass(slots=True)
class SentVariable:
    """A variable of a document, in the form that ``to_store()`` takes."""

    key: str
    value: str
    description: str | None
    enabled: bool
    secret: bool


def sent_variables(variables: Iterable[Json]) -> list[SentVariable]:
    """Return the tree's variables as a request would send them."""
    return [
        SentVariable(
            one["key"],
            one.get("value") or "",
            one.get("description") or None,
            bool(one.get("enabled", True)),
            bool(one.get("secret", False)),
        )
        for one in variables
    ]


def variables_text(vault: Vault, owner_id: str, variables: Json, before: Json = ()) -> str | None:
    """Return the column value for variables, the secret ones sealed. Raises ``Invalid``.

    A mask keeps the value of ``before``; without one, it is the mask of another project.
    """
    there = {one["key"] for one in before if "sealed" in one}
    sent = [
        replace(one, value="") if one.value == MASK and one.key not in there else one
        for one in sent_variables(variables or ())
    ]
    found = to_store(vault, owner_id, sent, before)
    return orjson.dumps(found).decode() if found else None


def document_key(format_: str, source_id: str | None) -> str | None:
    """Return the key that all versions of a document share; ``None`` if nothing identifies it."""
    return sha256(f"{format_}\0{source_id}".encode()).hexdigest() if source_id else None


class Place(TypedDict, total=False):
    """Where something was put when it was imported, and its name, if that was changed."""

    document_id: str | None
    parent_id: str | None
    position: int
    given_name: str | None


@dataclass(slots=True)
class NewRows:
    """The rows of one import, by table; ``ids`` are the nodes' ids, by their numbers."""

    project_id: str
    revision: int
    vault: Vault
    moment: str = field(default_factory=lambda: stored(now()))
    ids: dict[Any, str] = field(default_factory=dict)
    collections: list[StoredCollection] = field(default_factory=list)
    endpoints: list[StoredEndpoint] = field(default_factory=list)
    environments: list[StoredEnvironment] = field(default_factory=list)
    origins: list[OriginRow] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)
    """Where among the origins that of a row is, by its id."""

    async def let_go(self) -> None:
        """Forget all rows, which are written."""
        await let_go(self.collections, self.endpoints, self.environments, self.origins)

    def origin_of(self, number: Any) -> OriginRow | None:
        """Return the origin of what has a number in a frame, if it has one."""
        id_ = self.ids.get(number)
        at = None if id_ is None else self.places.get(id_)
        return None if at is None else self.origins[at]

    def id_of(self, number: Any) -> str:
        """Return the id for a number in a frame, created on first use."""
        return self.ids.setdefault(number, new_id())

    def add_collection(self, said: Json, parent_id: str | None, position: int) -> str:
        """Add a collection; return its id."""
        fields, id_ = said["fields"], self.id_of(said["number"])
        self.collections.append(
            new_collection(
                id_,
                project_id=self.project_id,
                parent_id=parent_id,
                name=fields["name"],
                position=position,
                revision=self.revision,
                moment=self.moment,
                description=fields["description"],
                variables=variables_text(self.vault, id_, fields["variables"]),
                auth=fields["auth"],
                headers=fields["headers"],
            )
        )
        return id_

    def add_endpoint(self, said: Json, collection_id: str, position: int) -> str:
        """Add an endpoint; return its id."""
        fields, id_ = said["fields"], self.id_of(said["number"])
        self.endpoints.append(
            new_endpoint(
                id_,
                cast("EndpointFields", {**fields, "headers": fields["headers"] or NO_ENTRIES}),
                project_id=self.project_id,
                collection_id=collection_id,
                position=position,
                revision=self.revision,
                moment=self.moment,
            )
        )
        return id_

    def add_environment(self, said: Json, *, is_default: bool = False) -> str:
        """Add an environment; return its id."""
        fields, id_ = said["fields"], self.id_of(said["number"])
        self.environments.append(
            new_environment(
                id_,
                project_id=self.project_id,
                name=fields["name"],
                revision=self.revision,
                moment=self.moment,
                description=fields["description"],
                variables=variables_text(self.vault, id_, fields["variables"]) or NO_ENTRIES,
                is_default=is_default,
            )
        )
        return id_

    def add_origin(self, frame: Frame, kind: str, owner_id: str, **place: Unpack[Place]) -> None:
        """Add the origin of something, if that is known."""
        if frame.said["origin"] is not None:
            self.places[owner_id] = len(self.origins)
            self.origins.append(new_origin(frame, kind, owner_id, self.project_id, **place))


def new_origin(
    frame: Frame, kind: str, owner_id: str, project_id: str, **place: Unpack[Place]
) -> OriginRow:
    """Return the origin row of something, as its frame gives it."""
    said = frame.said["origin"]
    original, base = frame.blobs
    return {
        "owner_id": owner_id,
        "owner_type": kind,
        "project_id": project_id,
        "document_id": place.get("document_id"),
        "document_key": None,
        "format": said["format"][:32],
        "version": said["version"][:64],
        "pointer": said["pointer"],
        "source_id": said["source_id"],
        "operation_id": said["operation_id"],
        "original": original or None,
        "base": base or None,
        "parent_id": place.get("parent_id"),
        "position": place.get("position", 0),
        "given_name": place.get("given_name"),
        "is_deleted": False,
    }


async def add_tree(rows: NewRows, nodes: Iterable[Frame], parent_id: str | None, end: int) -> None:
    """Add the collections of a document with all below them, the first one at position ``end``."""
    tops: dict[Any, str] = {}
    steps = Steps()
    for frame in nodes:
        await steps.end()
        said = frame.said
        if said["node"] == "environment":
            continue
        is_top = said["parent"] is None
        parent = parent_id if is_top else rows.id_of(said["parent"])
        position = end + said["position"] if is_top else said["position"]
        if said["node"] == "collection":
            id_ = rows.add_collection(said, parent, position)
        else:
            assert parent is not None  # noqa: S101 - requests are in collections
            id_ = rows.add_endpoint(said, parent, position)
        top = id_ if is_top else tops[said["parent"]]
        tops[said["number"]] = top
        rows.add_origin(
            frame,
            said["node"],
            id_,
            document_id=top,
            parent_id=parent,
            position=said["position"],
        )
