"""Many writers of one project at once: nothing is lost, nothing is there twice."""

import asyncio
import random
from typing import Any

import pytest

from gassapi_backend.database import rows
from gassapi_backend.models import Scope, folded
from gassapi_backend.server.changes.change import Change
from gassapi_backend.server.projects.queries import miscounted_projects
from gassapi_backend.settings import Settings
from tests.conftest import Api, Person, Serve
from tests.factories import written

WRITERS = 50
ROUNDS = 10  # of sixteen requests each
EXPECTED = {200, 201, 400, 404, 409}
EMPTY_FLOW = {"version": "1.0", "steps": [], "config": {}}


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
        self._room = asyncio.Semaphore(WRITERS)  # more would be told that the server is busy

    async def send(self, number: int, verb: str, path: str, /, **body: Any) -> Any:
        """Send one writer's request; return the answer."""
        who = self.who[number % len(self.who)]
        options = {"json": body} if verb not in ("GET", "DELETE") else {}
        async with self._room:
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


async def require_sound(crowd: Crowd, path: str) -> dict[str, Any]:
    """Fail where a project breaks a rule that holds over several of its rows; return it."""
    project = (await crowd.api.json("GET", path, crowd.who[0]))["project"]
    project_id = project["id"]
    assert await revisions(project_id) == list(range(1, project["revision"] + 1))
    assert await depth_of(project_id) <= 5
    assert project_id not in await miscounted_projects()
    siblings = await rows(
        "SELECT c.sibling_of, c.parent_id, c.name, p.project_id AS place FROM collections c"
        " LEFT JOIN collections p ON p.id = c.parent_id WHERE c.project_id = ?",
        project_id,
    )
    names = [(entry["sibling_of"], folded(entry["name"])) for entry in siblings]
    assert len(names) == len(set(names))
    for entry in siblings:
        assert entry["sibling_of"] == (entry["parent_id"] or project_id)
        assert entry["place"] in (project_id, None)
    for table in ("endpoints", "flows"):
        strays = await rows(
            f"SELECT x.id FROM {table} x JOIN collections c ON c.id = x.collection_id"  # noqa: S608 - one of two
            " WHERE x.project_id = ? AND c.project_id <> x.project_id",
            project_id,
        )
        assert not strays
    defaults = await rows("SELECT id FROM environments WHERE default_of = ?", project_id)
    assert len(defaults) == 1
    return dict(project)


async def test_two_projects_are_sound_after_everything_was_done_to_both_at_once(
    crowd: Crowd,
) -> None:
    chance = random.Random(11)  # noqa: S311 - not a secret
    person = crowd.who[0]
    assert isinstance(person, Person)
    other = (await crowd.api.project(person, "Other"))["id"]
    for member in crowd.who[1:5]:
        await crowd.api.join(member, other)  # type: ignore[arg-type]  # people, all but the last
    crowd.who = crowd.who[:5]  # the token is for one project
    places = [crowd.project, f"/projects/{other}"]
    tops: list[str] = []
    inner: list[str] = []
    endpoints: list[str] = []
    environments: list[str] = []
    flows: list[str] = []
    for place in places:
        for number in range(4):
            answer = await crowd.send(0, "POST", f"{place}/collections", name=f"Top {number}")
            tops.append(answer["collection"]["id"])
            body = {"name": "In", "parentId": tops[-1]}
            answer = await crowd.send(0, "POST", f"{place}/collections", **body)
            inner.append(answer["collection"]["id"])
            path = f"/collections/{inner[-1]}/endpoints"
            answer = await crowd.send(0, "POST", path, name="One", method="GET", url="/")
            endpoints.append(answer["endpoint"]["id"])
            answer = await crowd.send(0, "POST", f"{place}/environments", name=f"Env {number}")
            environments.append(answer["environment"]["id"])
            body = {"name": "Flow", "collectionId": inner[-1], "flowData": EMPTY_FLOW}
            answer = await crowd.send(0, "POST", f"{place}/flows", **body)
            flows.append(answer["flow"]["id"])

    def one(number: int) -> list[Any]:
        here, there = chance.sample(places, 2)
        top, goal = chance.sample(tops, 2)
        low, flow, environment = map(chance.choice, (inner, flows, environments))
        endpoint, key = chance.choice(endpoints), f"k{number}"
        ids = {place: place.rpartition("/")[2] for place in places}
        return [
            crowd.send(number, "POST", f"/collections/{top}/duplicate", projectId=ids[there]),
            crowd.send(number, "POST", f"/collections/{low}/duplicate", projectId=ids[here]),
            crowd.send(number, "POST", f"/collections/{low}/duplicate"),
            crowd.send(
                number, "POST", f"/collections/{low}/endpoints", name=key, method="GET", url="/"
            ),
            crowd.send(number, "PATCH", f"/collections/{low}", parentId=goal),
            crowd.send(number, "PATCH", f"/collections/{top}", parentId=chance.choice(inner)),
            crowd.send(
                number, "PATCH", f"/endpoints/{endpoint}", collectionId=chance.choice(inner)
            ),
            crowd.send(number, "POST", f"/endpoints/{endpoint}/duplicate"),
            crowd.send(number, "POST", f"/environments/{environment}/default"),
            crowd.send(number, "POST", f"/environments/{environment}/duplicate"),
            crowd.send(number, "POST", f"/flows/{flow}/toggle"),
            crowd.send(number, "PATCH", f"/flows/{flow}", collectionId=chance.choice(inner)),
            crowd.send(number, "POST", f"/flows/{flow}/duplicate"),
            crowd.send(number, "PATCH", f"{here}/settings", **{key: number}),
            *(
                (crowd.send(number, "DELETE", f"/collections/{chance.choice(inner)}"),)
                if number % 10 == 0
                else ()
            ),
            *(
                (crowd.send(number, "DELETE", f"/environments/{environment}"),)
                if number % 10 == 5
                else ()
            ),
        ]

    requests = [request for number in range(ROUNDS) for request in one(number)]
    chance.shuffle(requests)
    await crowd.all(*requests)
    found = [await require_sound(crowd, place) for place in places]
    assert sum(len(project["settings"]) for project in found) == ROUNDS


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


@pytest.mark.engines("mariadb", "mysql")
async def test_who_waits_for_a_busy_project_keeps_no_connection_from_others(
    settings: Settings, serve: Serve
) -> None:
    api = await serve(database_pool_size=3)
    ann, carl = await api.person(), await api.person("Carl")
    busy, idle = [f"/projects/{(await api.project(who))['id']}" for who in (ann, carl)]
    await api.join(ann, idle.rpartition("/")[2])
    is_held, may_end = asyncio.Event(), asyncio.Event()

    async def hold(_: Change) -> None:
        is_held.set()
        await may_end.wait()

    holder = asyncio.create_task(written(busy.rpartition("/")[2], hold))
    await is_held.wait()
    waiting = [
        asyncio.create_task(api.call("PATCH", busy, ann, json={"description": f"by {number}"}))
        for number in range(10)
    ]
    await asyncio.sleep(0.2)
    async with asyncio.timeout(30):
        await api.json("GET", idle, ann)
        await api.json("PATCH", idle, carl, json={"description": "at once"})
    may_end.set()
    await holder
    assert {response.status for response in await asyncio.gather(*waiting)} == {200}
