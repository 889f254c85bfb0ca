"""Several clients who change one project over HTTP, at random and at once."""

import random
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from gassapi_backend.models import Scope, new_id
from tests.conftest import Api, Person

OUTRUN = {400, 403, 404, 409, 410, 412}  # what a client hears whom another one was quicker than
KEPT = 25  # of a kind; more are deleted rather than added
MASK = "••••"


@dataclass
class World:
    """A project, who works in it, and the ids that they have heard of."""

    api: Api
    project_id: str
    other_project_id: str
    owner: Person
    member: Person
    guest: Person  # who comes and goes
    token: str
    ids: dict[str, list[str]] = field(default_factory=dict)
    done: Counter[str] = field(default_factory=Counter)  # what went through

    @classmethod
    async def begin(cls, api: Api) -> "World":
        """Set the scene: a project with a member and a token, and another one to copy from."""
        names = [f"{name}{new_id()}" for name in ("Ann", "Ben", "Cyd")]
        owner, member, guest = [await api.person(name) for name in names]
        project_id = (await api.project(owner))["id"]
        other_id = (await api.project(owner, "Other"))["id"]
        body = {"email": member.email}
        found = await api.json(
            "POST", f"/projects/{project_id}/members", owner, json=body, expect=201
        )
        chosen = {"invitationId": found["invitation"]["id"]}
        await api.json("POST", "/invitations/accept", member, json=chosen)
        token = await api.token(owner, project_id, Scope.WRITE)
        world = cls(api, project_id, other_id, owner, member, guest, token)
        world.ids["source"] = [await world.make_source(owner, other_id)]
        found = await api.json("GET", f"/projects/{project_id}/environments", owner)
        world.ids["environment"] = [one["id"] for one in found["environments"]]
        return world

    async def make_source(self, owner: Person, project_id: str) -> str:
        ids: list[str | None] = [None]
        for _ in range(3):
            body = {"name": "Source", "parentId": ids[-1]}
            path = f"/projects/{project_id}/collections"
            found = await self.api.json("POST", path, owner, json=body, expect=201)
            ids.append(found["collection"]["id"])
            body = {"name": "Get it", "method": "get", "url": "{{host}}/it"}
            path = f"/collections/{ids[-1]}/endpoints"
            await self.api.json("POST", path, owner, json=body, expect=201)
        return str(ids[1])


class Client:
    """Somebody who does this and that. A token has a person who does what tokens may not."""

    def __init__(self, world: World, who: Person | str, person: Person, seed: int) -> None:
        self.world, self.who, self.person = world, who, person
        self.project = f"/projects/{world.project_id}"
        self.random = random.Random(seed)  # noqa: S311 - it only has to repeat itself

    async def act(self, operation: str) -> None:
        """Do one of ``OPERATIONS``; what turns out to be too late is no failure."""
        await OPERATIONS[operation](self)

    async def call(
        self,
        operation: str,
        method: str,
        path: str,
        body: Any = None,
        *,
        who: Person | str | None = None,
        **headers: str,
    ) -> Any:
        """Send a request; return the answer, ``None`` where it came too late.

        It counts as done under a name, if it has one.
        """
        response = await self.world.api.call(
            method, path, who or self.who, json=body, headers=headers
        )
        found = await response.json()
        assert response.status in {200, 201} | OUTRUN, (method, path, body, found)
        if response.status >= 400:
            return None
        if operation:
            self.world.done[operation] += 1
        return found

    def one(self, kind: str) -> str | None:
        """Return an id that somebody has heard of."""
        ids = self.world.ids.get(kind)
        return self.random.choice(ids) if ids else None

    def name(self) -> str:
        """Return a name that is mostly free."""
        return f"N{self.random.randrange(500)}"


class Kind:
    """What can be done with all kinds of content: create, edit, delete, duplicate."""

    plural: ClassVar[dict[str, str]] = {
        "collection": "collections",
        "endpoint": "endpoints",
        "environment": "environments",
        "flow": "flows",
    }

    @staticmethod
    async def create(client: Client, kind: str) -> None:
        """At random places, with random fields."""
        ids = client.world.ids.setdefault(kind, [])
        if len(ids) >= KEPT:
            await Kind.delete(client, kind)
            return
        path = f"{client.project}/{Kind.plural[kind]}"
        if kind == "endpoint":
            if (inside := client.one("collection")) is None:
                return
            path = f"/collections/{inside}/endpoints"
        body = {"name": client.name(), **_fields(client, kind)}
        if kind == "endpoint":
            body.pop("collectionId", None)
        if kind == "collection":
            body["parentId"] = client.random.choice([None, client.one("collection")])
        body = _required(kind) | {key: value for key, value in body.items() if value is not None}
        if found := await client.call(f"create {kind}", "POST", path, body):
            ids.append(found[kind]["id"])

    @staticmethod
    async def edit(client: Client, kind: str) -> None:
        """Some fields; now and then only where nobody else did so before."""
        if (chosen := client.one(kind)) is None:
            return
        fields = _fields(client, kind)
        if client.random.random() < 0.3:
            fields["name"] = client.name()
        if kind == "collection" and client.random.random() < 0.5:
            fields["parentId"] = client.random.choice([None, client.one("collection")])
        headers = {"If-Match": '"7"'} if client.random.random() < 0.1 else {}
        method = client.random.choice(["PUT", "PATCH"])
        path = f"/{Kind.plural[kind]}/{chosen}"
        await client.call(f"edit {kind}", method, path, fields, **headers)

    @staticmethod
    async def delete(client: Client, kind: str) -> None:
        """With what is below it."""
        chosen = client.one(kind)
        path = f"/{Kind.plural[kind]}/{chosen}"
        if chosen and await client.call(f"delete {kind}", "DELETE", path):
            ids = client.world.ids[kind]
            client.world.ids[kind] = [one for one in ids if one != chosen]

    @staticmethod
    async def duplicate(client: Client, kind: str) -> None:
        """Beside itself, or elsewhere."""
        ids = client.world.ids.setdefault(kind, [])
        chosen = client.one(kind)
        if chosen is None or len(ids) >= KEPT:
            return
        body: dict[str, Any] = {}
        if kind == "endpoint" and (inside := client.one("collection")):
            body["collectionId"] = inside
        path = f"/{Kind.plural[kind]}/{chosen}/duplicate"
        if found := await client.call(f"duplicate {kind}", "POST", path, body):
            ids.append(found[kind]["id"])


def _required(kind: str) -> dict[str, Any]:
    return {
        "endpoint": {"method": "GET", "url": "https://example.com/{{id}}"},
        "flow": {"flowData": _flow("GET")},
    }.get(kind, {})


def _flow(method: str) -> dict[str, Any]:
    step = {"id": "one", "method": method, "url": "{{host}}/one", "outputs": ["x"]}
    return {"version": "1.0", "steps": [step], "config": {}}


def _fields(client: Client, kind: str) -> dict[str, Any]:
    """Return some fields of a kind with new values."""
    dice = client.random
    text = f"About \u2028 {dice.randrange(100)}\r\n\ndata: x"
    secret = {"key": "password", "value": dice.choice(["hunter2", "", MASK]), "secret": True}
    fields: dict[str, dict[str, Any]] = {
        "collection": {"description": text, "position": dice.randrange(5)},
        "endpoint": {
            "description": dice.choice([text, None]),
            "method": dice.choice(["get", "POST"]),
            "position": dice.randrange(5),
            "headers": {"X-It": text.split()[0]},
            "body": dice.choice([None, {"a": text}, [1.5, "ü"]]),
            "collectionId": client.one("collection"),
        },
        "environment": {
            "description": text,
            "variables": [{"key": "host", "value": f"{dice.randrange(9)}.test"}, secret],
        },
        "flow": {
            "description": text,
            "flowData": _flow(dice.choice(["GET", "PUT"])),
            "collectionId": client.one("collection"),
            "isActive": dice.random() < 0.5,
        },
    }
    chosen = dice.sample(sorted(fields[kind]), dice.randint(1, 2))
    found = {key: fields[kind][key] for key in chosen}
    if kind == "endpoint" and found.get("collectionId", "") is None:
        del found["collectionId"]
    return found


async def copy_from_elsewhere(client: Client) -> None:
    """A subtree of another project."""
    ids = client.world.ids.setdefault("collection", [])
    source = client.one("source")
    if len(ids) < KEPT:
        body = {"projectId": client.world.project_id, "name": client.name()}
        path = f"/collections/{source}/duplicate"
        if found := await client.call("copy", "POST", path, body, who=client.world.owner):
            ids.append(found["collection"]["id"])


async def choose_default(client: Client) -> None:
    """Either way to do so."""
    if chosen := client.one("environment"):
        if client.random.random() < 0.5:
            await client.call("default", "POST", f"/environments/{chosen}/default")
        else:
            await client.call("default", "PATCH", f"/environments/{chosen}", {"isDefault": True})


async def toggle(client: Client) -> None:
    """Turn a flow over."""
    if chosen := client.one("flow"):
        await client.call("toggle", "POST", f"/flows/{chosen}/toggle", {})


async def redraw(client: Client) -> None:
    """Move what a flow's drawing shows."""
    if chosen := client.one("flow"):
        path = f"/flows/{chosen}/ui"
        if found := await client.call("", "GET", path):
            nodes = found["flow"]["nodes"]
            for node in nodes:
                node["position"] = {"x": client.random.randrange(900), "y": 1}
            await client.call("redraw", "PUT", path, {"nodes": nodes})


async def detach(client: Client) -> None:
    """Take a flow out of its collection."""
    if chosen := client.one("flow"):
        await client.call("detach", "PATCH", f"/flows/{chosen}", {"collectionId": None})


async def set_settings(client: Client) -> None:
    """Replace them, or merge a patch into them."""
    method = client.random.choice(["PUT", "PATCH", "PATCH", "PATCH"])
    key, value = client.random.choice("abc"), client.random.choice([None, 1, 1.0, True, {"x": 1}])
    path = f"{client.project}/settings"
    await client.call("settings", method, path, {key: value}, who=client.person)


async def edit_project(client: Client) -> None:
    """Its name and whether it is public."""
    body = client.random.choice(
        [
            {"name": f"Project {client.name()}"},
            {"description": client.random.choice([None, "x"])},
            {"isPublic": client.random.random() < 0.5},
        ]
    )
    await client.call("edit project", "PATCH", client.project, body, who=client.person)


async def invite(client: Client) -> None:
    """The guest, or somebody who never answers."""
    body = {"email": client.random.choice([client.world.guest.email, f"{client.name()}@x.test"])}
    path = f"{client.project}/members"
    found = await client.call("invite", "POST", path, body, who=client.person)
    if found and body["email"] != client.world.guest.email:
        client.world.ids.setdefault("invitation", []).append(found["invitation"]["id"])


async def withdraw(client: Client) -> None:
    """An invitation."""
    if chosen := client.one("invitation"):
        path = f"{client.project}/invitations/{chosen}"
        await client.call("withdraw", "DELETE", path, who=client.person)


async def answer(client: Client) -> None:
    """Accept, or decline, as the guest."""
    guest = client.world.guest
    found = await client.call("", "GET", "/invitations", who=guest)
    if found and found["invitations"]:
        how = client.random.choice(["accept", "accept", "decline"])
        body = {"invitationId": found["invitations"][0]["id"]}
        await client.call(how, "POST", f"/invitations/{how}", body, who=guest)


async def part(client: Client) -> None:
    """The guest leaves, or is removed."""
    world = client.world
    how, who = client.random.choice([("leave", world.guest), ("remove", world.owner)])
    await client.call(how, "DELETE", f"{client.project}/members/{world.guest.id}", who=who)


async def hand_over(client: Client) -> None:
    """To the other member, or back."""
    world = client.world
    for who, to in ((world.owner, world.member), (world.member, world.owner)):
        path = f"{client.project}/transfer"
        await client.call("hand over", "POST", path, {"userId": to.id}, who=who)


async def use_tokens(client: Client) -> None:
    """Issue one, and revoke it or regenerate it."""
    body = {"projectId": client.world.project_id, "name": client.name(), "scope": "read"}
    found = await client.call("issue", "POST", "/mcp/tokens", body, who=client.person)
    if found and client.random.random() < 0.7:
        body = {"projectId": client.world.project_id, "tokenId": _token_id(found)}
        how = client.random.choice(["revoke-token", "regenerate-token"])
        await client.call(how, "POST", f"/mcp/{how}", body, who=client.person)


def _token_id(answer: dict[str, Any]) -> str:
    return str(next(value["id"] for value in answer.values() if isinstance(value, dict)))


def _about(kind: str, work: Callable[[Client, str], Awaitable[None]]) -> "Operation":
    return lambda client: work(client, kind)


Operation = Callable[[Client], Awaitable[None]]

OPERATIONS: dict[str, Operation] = {
    f"{work.__name__} {kind}": _about(kind, work)
    for kind in Kind.plural
    for work in (Kind.create, Kind.edit, Kind.delete, Kind.duplicate)
} | {
    work.__name__: work
    for work in (
        copy_from_elsewhere,
        choose_default,
        toggle,
        redraw,
        detach,
        set_settings,
        edit_project,
        invite,
        withdraw,
        answer,
        part,
        hand_over,
        use_tokens,
    )
}
