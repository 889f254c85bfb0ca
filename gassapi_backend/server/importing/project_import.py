"""Creating a project from its document: everything in one transaction, under new ids."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gassapi_backend.clock import now, stored
from gassapi_backend.database.statements import insert
from gassapi_backend.exchange.tree import Json
from gassapi_backend.fair_share import Steps
from gassapi_backend.models import Project, new_id
from gassapi_backend.models.rows import StoredFlow
from gassapi_backend.server.changes.change import Change
from gassapi_backend.server.environments.schemas import MAX_ENVIRONMENTS
from gassapi_backend.server.errors import Invalid
from gassapi_backend.server.flows.documents import checked
from gassapi_backend.server.flows.rows import new_row as new_flow
from gassapi_backend.server.flows.schemas import NewFlow
from gassapi_backend.server.importing.children import Read
from gassapi_backend.server.importing.rows import NewRows, add_tree
from gassapi_backend.server.importing.writing import insert_rows
from gassapi_backend.server.projects.actions import FIRST_ENVIRONMENT, require_room_for_project
from gassapi_backend.server.projects.rows import new_member
from gassapi_backend.server.projects.rows import new_row as new_project
from gassapi_backend.server.projects.schemas import NewProject, check_settings
from gassapi_backend.server.web.bodies import validated
from gassapi_backend.vault import Vault


@dataclass(slots=True)
class CheckedFlow:
    """A flow of a document, whose data passed the checks, and the collection that it was in."""

    new: NewFlow
    collection: str | None
    flow_data: str
    flow_inputs: str


def checked_project(read: Read, name: str | None) -> tuple[NewProject, dict[str, Any]]:
    """Return a document's project and its settings. Raises ``Invalid``."""
    said = read.project
    body = {key: said[key] for key in ("name", "description", "isPublic") if said.get(key)}
    body["name"] = name or body.get("name") or "Imported project"
    settings = said.get("settings") if isinstance(said.get("settings"), dict) else {}
    check_settings(settings)
    if read.counts["environment"] > MAX_ENVIRONMENTS:
        raise Invalid.field("data", f"A project has at most {MAX_ENVIRONMENTS} environments.")
    return validated(NewProject, body), settings


async def checked_flows(read: Read) -> list[CheckedFlow]:
    """Return a document's flows. Raises ``Invalid`` with the place of an invalid one."""
    found = []
    for at, one in enumerate(read.flows):
        names = ("name", "description", "flowData", "flowInputs", "isActive")
        body = {name: one[name] for name in names if one.get(name) is not None}
        try:
            new = validated(NewFlow, body)
            data, inputs = await checked(new.flow_data, new.flow_inputs or [])
        except Invalid as problem:
            details = [
                {**detail, "field": f"data.flows.{at}.{detail['field']}"}
                for detail in problem.details or []
            ]
            raise Invalid(problem.message, details=details) from None
        collection = one.get("collectionId")
        found.append(CheckedFlow(new, collection, data, inputs))
    return found


async def write_project(
    made: Change,
    owner_id: str,
    new: tuple[NewProject, dict[str, Any]],
    read: Read,
    flows: list[CheckedFlow],
    vault: Vault,
) -> Project:
    """Write a project with everything in it; return it."""
    wanted, settings = new
    require_room_for_project(made.answers[0])
    moment = stored(now())
    row = new_project(
        new_id(),
        owner_id=owner_id,
        name=wanted.name,
        description=wanted.description,
        is_public=wanted.is_public,
        settings=settings,
        moment=moment,
    )
    project = made.begin_project(row)
    revision = made.record("project_imported", "project", project.id, project.name)
    rows = NewRows(project.id, revision, vault)
    await add_tree(rows, read.rows, None, 0)
    _add_environments(rows, read)
    refs = await _refs(rows, read)
    await _refer(rows, read, refs)
    await made.insert_project()
    member = new_member(new_id(), project_id=project.id, user_id=project.owner_id, moment=moment)
    await insert("members", [member])
    await insert_rows(made, rows, _flow_rows(rows, flows, refs))
    await rows.let_go()
    return project


def _add_environments(rows: NewRows, read: Read) -> None:
    """Add the environments of a document, one of them the default one."""
    found = [frame for frame in read.tops if frame.said["node"] == "environment"]
    chosen = next((at for at, one in enumerate(found) if one.said.get("isDefault")), 0)
    for at, frame in enumerate(found):
        id_ = rows.add_environment(frame.said, is_default=at == chosen)
        rows.add_origin(frame, "environment", id_)
    if not found:
        fields: Json = {"name": FIRST_ENVIRONMENT, "description": None, "variables": []}
        rows.add_environment({"number": "first", "fields": fields}, is_default=True)


async def _refs(rows: NewRows, read: Read) -> dict[str, str]:
    """Return the new ids, by the ids in the document."""
    found, steps = dict[str, str](), Steps()
    for frame in read.rows:
        found[frame.said["ref"]] = rows.id_of(frame.said["number"])
        await steps.end()
    return found


async def _refer(rows: NewRows, read: Read, refs: Mapping[str, str]) -> None:
    """Make origins refer to the new rows instead of the old ones."""
    steps = Steps()
    for frame in read.rows:
        await steps.end()
        row, said = rows.origin_of(frame.said["number"]), frame.said["refs"]
        if row is None or not isinstance(said, dict):
            continue
        row["document_id"] = refs.get(str(said.get("documentId")))
        row["parent_id"] = refs.get(str(said.get("parentId")))
        row["document_key"] = _key(said.get("documentKey"))
        position = said.get("position")
        row["position"] = position if type(position) is int and 0 <= position < 2**31 else 0
        given = said.get("givenName")
        row["given_name"] = given if given == frame.said["fields"]["name"] else None


def _key(value: Json) -> str | None:
    return value if isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value) else None


def _flow_rows(
    rows: NewRows, flows: list[CheckedFlow], refs: Mapping[str, str]
) -> list[StoredFlow]:
    return [
        new_flow(
            new_id(),
            project_id=rows.project_id,
            collection_id=refs.get(str(one.collection)),
            name=one.new.name,
            description=one.new.description,
            flow_data=one.flow_data,
            flow_inputs=one.flow_inputs,
            is_active=one.new.is_active,
            revision=rows.revision,
            moment=rows.moment,
        )
        for one in flows
    ]
