"""A project with one of everything, and a token for it."""

from dataclasses import dataclass
from typing import Any

from gassapi_backend.models import Scope
from tests.conftest import Api, Person, everything
from tests.factories import add_collection, save_endpoint
from tests.server.mcp.clients import call, refused

FLOW = {"version": "1.0", "config": {}, "steps": [{"id": "a", "name": "A", "method": "GET"}]}


@dataclass(frozen=True)
class Scene:
    """What was made."""

    api: Api
    ann: Person
    token: str
    project_id: str
    collection: dict[str, Any]
    endpoint: dict[str, Any]
    environment: dict[str, Any]
    flow: dict[str, Any]

    async def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """Call a tool that is to succeed; return its data."""
        return await call(self.api, self.token, tool, **arguments)

    async def refused(self, tool: str, **arguments: Any) -> str:
        """Call a tool that is to refuse; return what it says."""
        return await refused(self.api, self.token, tool, **arguments)

    async def show(self, kind: str) -> dict[str, Any]:
        """Return something as HTTP shows it now."""
        id_ = getattr(self, kind)["id"]
        found: dict[str, Any] = (await self.api.json("GET", f"/{kind}s/{id_}", self.ann))[kind]
        return found


async def content() -> dict[str, list[str]]:
    """Return every row of every table but the tokens, which say when they were used last."""
    return {table: found for table, found in (await everything()).items() if table != "mcp_tokens"}


async def furnished(api: Api, scope: Scope = Scope.WRITE) -> Scene:
    """Make a project with one of everything."""
    ann = await api.person()
    project = await api.project(ann)
    collection = await add_collection(
        api,
        ann,
        project["id"],
        "Users",
        variables=[
            {"key": "host", "value": "https://example.com"},
            {"key": "key", "value": "hidden-key", "secret": True},
        ],
        headers=[{"key": "X-Team", "value": "blue"}],
    )
    endpoint = await save_endpoint(
        api,
        ann,
        collection["id"],
        "List users",
        url="{{host}}/users/{{id}}",
        purpose="Who there is",
        headers=[{"key": "X-Key", "value": "{{key}}"}],
    )
    path = f"/projects/{project['id']}"
    variables = [
        {"key": "id", "value": "7"},
        {"key": "password", "value": "hidden-password", "secret": True, "description": "Ask Bob"},
    ]
    body: dict[str, Any] = {"name": "Stage", "variables": variables}
    environment = await api.json("POST", f"{path}/environments", ann, json=body, expect=201)
    body = {"name": "Sign in", "flowData": FLOW}
    flow = await api.json("POST", f"{path}/flows", ann, json=body, expect=201)
    token = await api.token(ann, project["id"], scope)
    return Scene(
        api,
        ann,
        token,
        project["id"],
        collection,
        endpoint,
        environment["environment"],
        flow["flow"],
    )
