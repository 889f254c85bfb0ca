"""MCP tokens that expire are refused with a sentence from then on; their last use is known."""

import asyncio
from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import pytest
import time_machine

from gassapi_backend.clock import ago, ahead, now, rfc3339
from gassapi_backend.models import AuditEntry, McpToken
from gassapi_backend.server.tokens.state import USAGE
from tests.conftest import Api, Person, Serve, everything
from tests.server.feeds import following

SENTENCE = "This token has expired. Ask for a new one."


async def issue(api: Api, who: Person, project_id: str, **fields: Any) -> dict[str, Any]:
    """Issue a token; return it and its record."""
    body = {"projectId": project_id, "name": "CI", "scope": "write", **fields}
    return await api.json("POST", "/mcp/tokens", who, json=body, expect=201)


async def shown(api: Api, who: Person, project_id: str, query: str = "") -> list[dict[str, Any]]:
    """Return a project's tokens as the list shows them."""
    path = f"/mcp/tokens?projectId={project_id}{query}"
    return (await api.json("GET", path, who))["tokens"]


async def test_a_token_is_good_until_it_expires_and_refused_with_a_sentence_then(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    until = ahead(3600)
    issued = await issue(api, ann, project_id, expiresAt=rfc3339(until))
    token = issued["token"]
    assert issued["mcpToken"]["expiresAt"] == rfc3339(until)
    assert issued["mcpToken"]["status"] == "active"
    entry = await AuditEntry.get(action="mcp_token_issued")
    assert entry.details["expiresAt"] == rfc3339(until)
    await api.json("GET", "/mcp/validate", token)
    await asyncio.sleep(1.01)  # callers are remembered for a second, by a clock that nobody turns
    with time_machine.travel(until, tick=False):
        before = await everything()
        for method, path, body in (
            ("GET", "/mcp/validate", None),
            ("GET", f"/projects/{project_id}", None),
            ("GET", f"/projects/{project_id}/events", None),
            ("POST", f"/projects/{project_id}/collections", {"name": "Late"}),
        ):
            answer = await api.json(method, path, token, json=body, expect=401)
            assert (answer["error"]["code"], answer["error"]["message"]) == (
                "TOKEN_EXPIRED",
                SENTENCE,
            )
        assert await everything() == before
    with time_machine.travel(until - timedelta(seconds=2), tick=False):
        await api.json("GET", f"/projects/{project_id}", token)


async def test_an_expired_token_is_listed_as_such_and_revoked_ones_as_revoked(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    for name in ("for ever", "later", "over", "revoked"):
        await issue(api, ann, project_id, name=name, expiresAt=None)
    await McpToken.filter(name="later").update(expires_at=ahead(60))
    await McpToken.filter(name__in=["over", "revoked"]).update(expires_at=ago(1))
    await McpToken.filter(name="revoked").update(revoked_at=now())
    found = {one["name"]: one["status"] for one in await shown(api, ann, project_id)}
    assert found == {
        "for ever": "active",
        "later": "active",
        "over": "expired",
        "revoked": "revoked",
    }
    for status in ("active", "expired", "revoked"):
        names = {one["name"] for one in await shown(api, ann, project_id, f"&status={status}")}
        assert names == {name for name, which in found.items() if which == status}


@pytest.mark.parametrize(
    "when",
    ["2020-01-01", "tomorrow", "90d", "2027-13-01", "9999999999", 1893456000, "", "0001-01-01", []],
)
async def test_what_is_no_time_to_come_issues_no_token(api: Api, when: Any) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    before = await everything()
    body = {"projectId": project_id, "name": "CI", "expiresAt": when}
    answer = await api.json("POST", "/mcp/tokens", ann, json=body, expect=400)
    assert [detail["field"] for detail in answer["error"]["details"]] == ["expiresAt"]
    path = f"/projects/{project_id}/generate-config"
    await api.json("POST", path, ann, json={"expiresAt": when}, expect=400)
    assert await everything() == before


async def test_a_stream_ends_when_its_token_expires(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    token = (await issue(api, ann, project_id, expiresAt=rfc3339(ahead(60))))["token"]
    async with following(api, token, project_id) as stream:
        await McpToken.all().update(expires_at=ago(0.001))
        assert await stream.reason() == "token_revoked"


async def test_a_regenerated_token_is_good_for_as_long_as_the_old_one_was(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    old = (await issue(api, ann, project_id, expiresAt=rfc3339(ahead(3600))))["mcpToken"]
    await McpToken.all().update(created_at=ago(7200), expires_at=ago(3600))  # it is over
    body = {"projectId": project_id, "tokenId": old["id"]}
    new = await api.json("POST", "/mcp/regenerate-token", ann, json=body, expect=201)
    expires = (await McpToken.get(id=new["mcpToken"]["id"])).expires_at
    assert expires is not None
    assert ahead(3600 - 60) < expires <= ahead(3600)
    await api.json("GET", "/mcp/validate", new["token"])
    body = {"projectId": project_id, "tokenId": new["mcpToken"]["id"], "expiresAt": "2199-01-01"}
    newest = await api.json("POST", "/mcp/regenerate-token", ann, json=body, expect=201)
    assert newest["mcpToken"]["expiresAt"] == "2199-01-01T23:59:59.999Z"


async def test_the_last_use_is_known_with_its_address_and_written_rarely(serve: Serve) -> None:
    api = await serve(trusted_proxies=[ip_network("127.0.0.0/8")])
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    token = await api.token(ann, project_id)
    assert [one["lastUsedAt"] for one in await shown(api, ann, project_id)] == [None]

    async def use(ip: str) -> None:
        headers = {"X-Forwarded-For": ip}
        await api.json("GET", f"/projects/{project_id}", token, headers=headers)

    await use("192.0.2.1")
    (found,) = await shown(api, ann, project_id)  # at once, written or not
    assert found["lastUsedIp"] == "192.0.2.1"
    await api.app[USAGE].flush()
    first = await McpToken.get()
    assert (first.last_used_ip, rfc3339(first.last_used_at or now())) == (
        "192.0.2.1",
        found["lastUsedAt"],
    )
    await McpToken.all().update(last_used_ip="mark")
    for _ in range(5):
        await use("192.0.2.1")
    await api.app[USAGE].flush()
    assert (await McpToken.get()).last_used_ip == "mark"  # within the minute nothing is written
    await use("2001:db8::7")
    await api.app[USAGE].flush()
    assert (await McpToken.get()).last_used_ip == "2001:db8::7"
    with time_machine.travel(now() + timedelta(seconds=61), tick=True):
        await use("2001:db8::7")
        await api.app[USAGE].flush()
        later = (await McpToken.get()).last_used_at
        assert later is not None
        assert first.last_used_at is not None
        assert later - first.last_used_at >= timedelta(seconds=60)


async def test_a_token_that_is_refused_is_not_used(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    token = (await issue(api, ann, project_id))["token"]
    await McpToken.all().update(expires_at=ago(1))
    await api.json("GET", f"/projects/{project_id}", token, expect=401)
    await api.app[USAGE].flush()
    assert (await McpToken.get()).last_used_at is None
