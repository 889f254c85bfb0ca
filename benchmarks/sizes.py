"""Measure what requests cost in projects of 100, 10,000 and 100,000 endpoints.

``python -m benchmarks.sizes`` fills a database with one project of each size, which has twice as
many entries of activity, and writes into the README here what each request costs the server and
the database together. Answers are asked for that are not in memory: each address once.
"""

import asyncio
import statistics
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count

import orjson

from benchmarks.databases import Database, mariadb, sqlite
from benchmarks.load import NUMBER, request_bytes, send
from benchmarks.machine import described
from benchmarks.pair import SECRET, running
from benchmarks.report import README, Table, write
from benchmarks.scene import EMAIL, PASSWORD, Server, cpu_seconds, sign_in
from gassapi_backend.cli.people import new_account
from gassapi_backend.clock import ahead, stored
from gassapi_backend.database import Row, execute, open_database, rows
from gassapi_backend.database.migrations import upgrade
from gassapi_backend.database.statements import insert
from gassapi_backend.models import new_id, search_key
from gassapi_backend.server.access.callers import CONSOLE, Actor, Caller, Kind
from gassapi_backend.server.projects.actions import create_project, recount_project
from gassapi_backend.server.projects.schemas import NewProject
from gassapi_backend.server.web.cursors import Place, new_cursor
from gassapi_backend.settings import Settings, load
from tests.factories import collection_rows, endpoint_rows
from tests.servers import PrivateMariaDb

SIZES = (100, 10_000, 100_000)
COLLECTIONS = 20
ROUNDS = 5
REQUESTS = 30  # in a round
V1 = "/api/v1"
BEGIN, END = "<!-- begin: sizes -->", "<!-- end: sizes -->"
VERBS = ("list", "get", "create", "replace", "delete", "search", "export", "archive")
NOUNS = ("users", "orders", "invoices", "carts", "reports", "webhooks", "teams", "files", "tags")
BODY = '{"items":[' + ",".join(f'{{"id":{n},"name":"A thing"}}' for n in range(10)) + "]}"


@dataclass(frozen=True)
class Sized:
    """A project of some size, and where its lists end."""

    size: int
    project_id: str
    collection_id: str
    endpoint_id: str
    revision: int
    late_endpoint: str
    late_place: str
    late_entry: str


async def build(settings: Settings, sizes: tuple[int, ...]) -> list[Sized]:
    """Fill an empty database."""
    async with open_database(settings):
        await upgrade(settings)
        person = await new_account(
            settings, email=EMAIL, name="Bench", password=PASSWORD, is_admin=False
        )
        actor = Actor(Caller(Kind.USER, user_id=person.id, name="Bench"))
        return [await _project(actor, size) for size in sizes]


async def _project(actor: Actor, size: int) -> Sized:
    project, _ = await create_project(actor, NewProject(name=f"Project of {size}"))
    folders = collection_rows(project.id, COLLECTIONS)
    await insert("collections", folders)
    made = [
        row | _content(number) | {"collection_id": folders[number % COLLECTIONS]["id"]}
        for number, row in enumerate(endpoint_rows(project.id, folders[0]["id"], size))
    ]
    await insert("endpoints", made, batch=500)
    entries = list(_entries(project.id, actor.user_id, 2 * size))
    await insert("audit_log", entries, batch=500)
    revision = 2 * size + 10
    await execute("UPDATE projects SET revision = ? WHERE id = ?", revision, project.id)
    await recount_project(CONSOLE, project.id)
    [last] = await rows(
        "SELECT id, position FROM endpoints WHERE collection_id = ? "
        "ORDER BY position DESC, id DESC LIMIT 1 OFFSET 3",
        folders[0]["id"],
    )
    return Sized(
        size,
        project.id,
        folders[0]["id"],
        made[size // 2]["id"],
        revision - 20,
        new_cursor(Place(size - 50, (made[-50]["id"],))),
        new_cursor(Place(size // COLLECTIONS - 4, (last["position"], last["id"]))),
        new_cursor(Place(2 * size - 50, (entries[49]["at"], entries[49]["id"]))),
    )


def _content(number: int) -> Row:
    verb, noun = VERBS[number % len(VERBS)], NOUNS[number * 7 % len(NOUNS)]
    name, url = f"{verb.title()} {noun} {number}", f"{{{{host}}}}/api/v1/{noun}/{number * 37}"
    return {
        "name": name,
        "name_key": search_key(name),
        "url": url,
        "url_key": search_key(url),
        "method": "PUT" if number % 50 == 7 else "GET",
        "position": number // COLLECTIONS,
        "body": BODY,
    }


def _entries(project_id: str, actor_id: str, many: int) -> Iterator[Row]:
    for number in range(many):
        yield {
            "id": new_id(),
            "at": stored(ahead(-(many - number))),
            "actor_type": "user",
            "actor_id": actor_id,
            "project_id": project_id,
            "revision": 5 + number,
            "action": "endpoint_deleted" if number % 50 == 7 else "endpoint_created",
            "resource_type": "endpoint",
            "resource_id": new_id(),
            "resource_name": f"Thing {number}",
        }


Ask = Callable[[Sized], bytes]


def asked(bearer: dict[str, str]) -> dict[str, Ask]:
    """Return what makes a request, by the name that a table shows; another with each call."""
    numbers = count()

    def get(path: str) -> Ask:
        def ask(of: Sized) -> bytes:
            number = next(numbers)  # 41 limits times 20 offsets: an address that was not asked for
            page = f"limit={20 + number % 41}"
            filled = path.format(of=of, page=page, offset=number // 41 % 20, number=NUMBER)
            return request_bytes("GET", f"{V1}{filled}", bearer)

        return ask

    def write(method: str, path: str, body: dict[str, str]) -> Ask:
        sent = orjson.dumps(body)
        return lambda of: request_bytes(method, f"{V1}{path.format(of=of)}", bearer, sent)

    project, collection = "/projects/{of.project_id}", "/collections/{of.collection_id}"
    new = {"name": f"Fresh {NUMBER}", "method": "GET", "url": "{{host}}/fresh"}
    name = {"name": f"Fresh {NUMBER}"}
    return {
        "a project": get(project),
        "the tree of collections": get(f"{project}/collections?flat=true"),
        "endpoints of the project": get(f"{project}/endpoints?{{page}}&offset={{offset}}"),
        "… the last, by cursor": get(f"{project}/endpoints?{{page}}&cursor={{of.late_endpoint}}"),
        "… of a rare method": get(f"{project}/endpoints?method=PUT&{{page}}&offset={{offset}}"),
        "endpoints of a collection": get(f"{collection}/endpoints?{{page}}&offset={{offset}}"),
        "… the last, by cursor ": get(f"{collection}/endpoints?{{page}}&cursor={{of.late_place}}"),
        "search: nothing has it": get(f"{project}/endpoints?{{page}}&search=no{{number}}"),
        "search: one has it": get(f"{project}/endpoints?{{page}}&offset=0&search=%2F1702"),
        "search: all have it": get(f"{project}/endpoints?{{page}}&offset={{offset}}&search=api"),
        "search in a collection": get(f"{collection}/endpoints?{{page}}&search=no{{number}}"),
        "an endpoint": get("/endpoints/{of.endpoint_id}"),
        "activity": get(f"{project}/activity?limit=50"),
        "… the last, by cursor  ": get(f"{project}/activity?limit=50&cursor={{of.late_entry}}"),
        "… of a rare action": get(f"{project}/activity?limit=50&action=endpoint_deleted"),
        "the last changes": get(f"{project}/changes?since={{of.revision}}"),
        "saving an endpoint": write("POST", f"{collection}/endpoints", new),
        "renaming an endpoint": write("PATCH", "/endpoints/{of.endpoint_id}", name),
        "renaming the project": write("PATCH", project, name),
        "/context": get(f"{project}/context"),
    }


WHOLE = {"/context": 2}
"""How often in a round what grows with the project is asked for."""


def measure(database: Database, sizes: tuple[int, ...] = SIZES) -> dict[str, list[float]]:
    """Return milliseconds of the server's and the database's CPU, for each of the sizes."""
    url = database.fresh()
    settings = load(home=database.folder, database_url=url, secret_key=SECRET, password_rounds=4)
    projects = asyncio.run(build(settings, sizes))
    with running(database, url) as server:
        server.wait_until_up("/health")
        bearer = {"Authorization": f"Bearer {sign_in(server.port)}"}
        found: dict[str, list[list[float]]] = {}
        for name, ask in asked(bearer).items():
            rounds = found.setdefault(name, [[] for _ in projects])
            for _ in range(ROUNDS):
                for project, costs in zip(projects, rounds, strict=True):
                    requests = [ask(project) for _ in range(WHOLE.get(name, REQUESTS))]
                    costs.append(_milliseconds(database, server, requests))
    return {name: [statistics.median(costs) for costs in of] for name, of in found.items()}


def _milliseconds(database: Database, server: Server, requests: list[bytes]) -> float:
    pids = [server.pid, *([database.pid] if database.pid else [])]
    before = sum(map(cpu_seconds, pids))
    asyncio.run(send(server.port, requests, len(requests), 4))
    return (sum(map(cpu_seconds, pids)) - before) / len(requests) * 1000


def table(found: dict[str, dict[str, list[float]]]) -> Table:
    """Return a table of what each database was found to cost."""
    columns = [f"{name}, {size:,}" for name in found for size in SIZES]
    first = next(iter(found.values()))
    lines: list[Sequence[str]] = [
        (name.strip(), *(f"{cost:.1f}" for of in found.values() for cost in of[name]))
        for name in first
    ]
    return Table("Milliseconds of CPU, server and database together", ("", *columns), lines)


def main() -> None:
    """Measure on SQLite and, where it is installed, a private MariaDB; write the table."""
    with ExitStack() as stack:
        wanted = [sqlite(), *([mariadb()] if PrivateMariaDb.is_installed() else [])]
        databases = [stack.enter_context(one) for one in wanted]
        shown = table({database.name: measure(database) for database in databases})
    text = f"{described()}\n\n{shown.as_markdown()}"
    print(text)
    write(text, README, marks=(BEGIN, END))


if __name__ == "__main__":
    main()
