"""Much is inserted at once: in few statements, counted, all of it or nothing."""

import logging
from typing import Any, get_type_hints

import pytest

from gassapi_backend.clock import now, stored
from gassapi_backend.models import AuditEntry, Collection, Endpoint, Environment, new_id
from gassapi_backend.server.changes.change import Change
from gassapi_backend.server.collections.rows import new_row as new_collection
from gassapi_backend.server.endpoints.rows import EndpointFields
from gassapi_backend.server.endpoints.rows import new_row as new_endpoint
from gassapi_backend.server.environments.rows import new_row as new_environment
from gassapi_backend.server.errors import Conflict
from gassapi_backend.server.items.bulk import insert_items
from gassapi_backend.server.projects.queries import miscounted_projects
from tests.conftest import Api, everything
from tests.factories import add_collection, written

PLAIN: EndpointFields = {
    **dict.fromkeys(get_type_hints(EndpointFields)),  # type: ignore[typeddict-item]  # the rest follows
    "name": "Get",
    "method": "GET",
    "url": "/",
}


async def fill(made: Change, there: str, *, names: tuple[str, str] = ("Top", "Live")) -> str:
    """Insert a tree of 30 collections with 900 endpoints, 100 more elsewhere, an environment."""
    project_id, moment = made.locked_project.id, stored(now())
    top_id = new_id()
    revision = made.record("collection_imported", "collection", top_id, names[0])
    shared: Any = {"project_id": project_id, "revision": revision, "moment": moment}
    top = new_collection(top_id, parent_id=None, name=names[0], position=1, **shared)
    below = [
        new_collection(new_id(), parent_id=top_id, name=f"C{n}", position=n, **shared)
        for n in range(29)
    ]
    endpoints = [
        new_endpoint(new_id(), PLAIN, collection_id=place, position=n, **shared)
        for place, count in (
            (there, 100),
            *((row["id"], 30) for row in (top, *below)),
        )
        for n in range(count)
    ]
    live = new_environment(new_id(), name=names[1], **shared)
    await insert_items(made, collections=[top, *below], endpoints=endpoints, environments=[live])
    return top_id


async def test_what_is_inserted_at_once_is_counted_and_one_entry_says_so(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    there = (await add_collection(api, ann, project_id, "There"))["id"]
    before = await AuditEntry.all().count()
    with caplog.at_level(logging.DEBUG, "tortoise.db_client"):
        top_id = await written(project_id, lambda made: fill(made, there))
    inserts = [one for one in caplog.records if "INSERT INTO" in one.getMessage()]
    assert len(inserts) <= 14  # 1,000 endpoints in ten; collections, environment and entry
    assert await AuditEntry.all().count() == before + 1
    assert await Collection.all().count() == 31
    assert await Endpoint.filter(collection_id=there).count() == 100
    assert (await Collection.get(id=there)).endpoint_count == 100
    assert (await Collection.get(id=top_id)).endpoint_count == 30
    assert await Environment.all().count() == 2
    assert project_id not in await miscounted_projects()
    project = (await api.json("GET", f"/projects/{project_id}", ann))["project"]
    assert (project["collectionCount"], project["endpointCount"]) == (31, 1000)


@pytest.mark.parametrize("names", [("There", "Live"), ("Top", "Development")])
async def test_a_name_that_is_taken_undoes_all_of_it(api: Api, names: tuple[str, str]) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    there = (await add_collection(api, ann, project_id, "There"))["id"]
    before = await everything()
    with pytest.raises(Conflict):
        await written(project_id, lambda made: fill(made, there, names=names))
    assert await everything() == before
