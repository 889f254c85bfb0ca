"""Many writers of one project at once: nothing is lost, nothing is there twice."""

import asyncio
import random
from typing import Any

import pytest

from gassapi_backend.database import rows
from gassapi_backend.models import Scope
from tests.conftest import Api, Person

WRITERS = 50
EXPECTED = {200, 201, 400, 404, 409}


async def revisions(project_id: str) -> list[int]:
    """Return the revisions of a project's changes, in order."""
    found = await rows(
        "SELECT revision FROM audit_log WHERE project_id = ? AND revision IS NOT NULL"
        " ORDER BY revision",
        project_id,
    )
    return [entry["revision"] for entry in found]


async def depth_of(project_id: str) -> int:
    """Return how deep the project's collections are nested; fails where there is a cycle."""
    found = await rows("SELECT id, parent_id FROM collections WHERE project_id = ?", project_id)
    parents = {entry["id"]: entry["parent_id"] for entry in found}
    deepest = 0
    for item in parents:
        depth, place = 0, item
        while place is not None:
            depth, place = depth + 1, parents[place]
            assert depth <= len(parents), "a cycle"
        deepest = max(deepest, depth)
    return deepest


class Crowd:
    """Fifty writers, each with a request of its own kind."""

    def __init__(self, api: Api, project_id: str, who: list[Person | str]) -> None:
        self.api = api
        self.project = f"/projects/{project_id}"
        self.who = who
        self.statuses: list[int] = []

    async def send(self, number: int, verb: str, path: str, /, **body: Any) -> Any:
        """Send one writer's request; return the answer."""
        who = self.who[number % len(self.who)]
        options = {"json": body} if verb not in ("GET", "DELETE") else {}
        response = await self.api.call(verb, path, who, **options)
        self.statuses.append(response.status)
        answer = await response.json()
        assert response.status in EXPECTED, answer
        return answer

    async def all(self, *requests: Any) -> list[Any]:
        """Send requests at once."""
        return await asyncio.gather(*requests)


@pytest.fixture
async def crowd(api: Api) -> Crowd:
    """An owner, four members and a write token, in one project."""
    ann = await api.person()
    project = await api.project(ann)
    people = [ann, *[await api.person(name) for name in ("Bob", "Cem", "Dee", "Eve")]]
    for person in people[1:]:
        await api.join(person, project["id"])
    token = await api.token(ann, project["id"], Scope.WRITE)
    return Crowd(api, project["id"], [*people, token])


async def test_writers_of_everything_at_once_leave_a_sound_project(crowd: Crowd) -> None:
    chance = random.Random(7)  # noqa: S311 - not a secret
    first = [
        (await crowd.send(n, "POST", f"{crowd.project}/collections", name=f"Folder {n}"))
        for n in range(6)
    ]
    folders = [answer["collection"]["id"] for answer in first]
    requests: list[Any] = []
    for number in range(WRITERS):
        folder, other = chance.sample(folders, 2)
        requests += [
            crowd.send(number, "POST", f"{crowd.project}/collections", name=f"New {number % 9}"),
            crowd.send(number, "PATCH", f"/collections/{folder}", parentId=other),
            crowd.send(
                number,
                "POST",
                f"/collections/{folder}/endpoints",
                name=f"Get {number}",
                method="GET",
                url="{{baseUrl}}/x",
            ),
            crowd.send(
                number,
                "POST",
                f"{crowd.project}/environments",
                name=f"stage {number % 7}",
                isDefault=number % 2 == 0,
            ),
            crowd.send(number % 5, "PATCH", f"{crowd.project}", description=f"by {number}"),
        ]
    chance.shuffle(requests)
    await crowd.all(*requests)

    project = (await crowd.api.json("GET", crowd.project, crowd.who[0]))["project"]
    numbers = await revisions(project["id"])
    assert numbers == list(range(1, project["revision"] + 1))
    assert await depth_of(project["id"]) <= 5

    flat = await crowd.api.json("GET", f"{crowd.project}/collections?flat=true", crowd.who[0])
    found = flat["collections"]
    names = [(entry["parentId"], entry["name"].casefold()) for entry in found]
    assert len(names) == len(set(names))
    assert project["collectionCount"] == len(found)
    assert project["endpointCount"] == sum(entry["endpointsCount"] for entry in found) == WRITERS
    everything = await crowd.api.json("GET", f"{crowd.project}/endpoints?limit=100", crowd.who[0])
    assert everything["pagination"]["total"] == len(everything["endpoints"]) == WRITERS

    environments = (await crowd.api.json("GET", f"{crowd.project}/environments", crowd.who[0]))[
        "environments"
    ]
    assert [entry["isDefault"] for entry in environments].count(True) == 1
    assert len({entry["name"].casefold() for entry in environments}) == len(environments) == 8


async def test_of_many_who_save_the_same_endpoint_one_wins_and_the_others_are_told(
    crowd: Crowd,
) -> None:
    folder = await crowd.send(0, "POST", f"{crowd.project}/collections", name="Orders")
    path = f"/collections/{folder['collection']['id']}/endpoints"
    created = await crowd.api.call(
        "POST", path, crowd.who[0], json={"name": "One", "method": "GET", "url": "/"}
    )
    endpoint, etag = (await created.json())["endpoint"], created.headers["ETag"]

    async def save(number: int) -> tuple[int, Any]:
        response = await crowd.api.call(
            "PATCH",
            f"/endpoints/{endpoint['id']}",
            crowd.who[number % len(crowd.who)],
            json={"name": f"Name {number}"},
            headers={"If-Match": etag},
        )
        return response.status, await response.json()

    answers = await asyncio.gather(*(save(number) for number in range(WRITERS)))
    (winner,) = [body["endpoint"] for status, body in answers if status == 200]
    losers = [body for status, body in answers if status == 412]
    assert len(losers) == WRITERS - 1
    assert {body["error"]["details"]["current"]["name"] for body in losers} == {winner["name"]}
    now = await crowd.api.json("GET", f"/endpoints/{endpoint['id']}", crowd.who[0])
    assert now["endpoint"] == winner
