"""What somebody could do to the feed, or find in it."""

import asyncio
import contextlib
from typing import Any

import pytest

from gassapi_backend.models import Scope
from gassapi_backend.server.feed import followers as limits
from gassapi_backend.server.feed.parts import FEW, MAX_SIZE
from gassapi_backend.server.feed.state import FOLLOWERS
from tests.conftest import Api, Serve
from tests.server.feeds import Copy, Stream, following, pull


async def test_settings_patched_by_two_at_once_are_merged_and_both_see_both(api: Api) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    project_id = (await api.project(ann))["id"]
    await api.join(bob, project_id)
    path = f"/projects/{project_id}/settings"
    async with following(api, ann, project_id) as first, following(api, bob, project_id) as second:
        answers = await asyncio.gather(
            api.json("PATCH", path, ann, json={"theme": {"ann": 1}}),
            api.json("PATCH", path, bob, json={"theme": {"bob": 2}}),
        )
        assert {answer["revision"] for answer in answers} == {3, 4}
        for stream in (first, second):
            seen = await stream.changes(4)
            assert [change["revision"] for change in seen] == [3, 4]
            assert {change["actor"]["id"] for change in seen} == {ann.id, bob.id}
            assert seen[-1]["resource"]["settings"] == {"theme": {"ann": 1, "bob": 2}}
    copy = Copy()
    await pull(api, bob, project_id, copy)
    now = await api.json("GET", path, ann)
    assert copy.of("project")[project_id]["settings"] == now["settings"]


async def test_settings_patched_by_two_who_say_what_they_saw_conflict(api: Api) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    project_id = (await api.project(ann))["id"]
    await api.join(bob, project_id)
    path, seen = f"/projects/{project_id}/settings", {"If-Match": '"2"'}
    async with following(api, ann, project_id) as stream:
        answers = await asyncio.gather(
            api.call("PATCH", path, ann, json={"a": 1}, headers=seen),
            api.call("PATCH", path, bob, json={"b": 2}, headers=seen),
        )
        assert sorted(answer.status for answer in answers) == [200, 412]
        bodies = {answer.status: await answer.json() for answer in answers}
        current = bodies[412]["error"]["details"]["current"]
        assert (current["settings"], current["revision"]) == (bodies[200]["settings"], 3)
        (change,) = await stream.changes(3)
        assert change["resource"]["settings"] == bodies[200]["settings"]
    assert (await api.json("GET", path, bob))["settings"] == bodies[200]["settings"]


async def test_a_part_of_the_feed_ends_before_it_is_too_large(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    path, body = f"/projects/{project_id}/collections", {"name": "Large"}
    inside = (await api.json("POST", path, ann, json=body, expect=201))["collection"]["id"]
    new = {"name": "Large", "method": "POST", "url": "/", "body": "x" * 99_000}
    for _ in range(FEW):
        made = await api.json("POST", f"/collections/{inside}/endpoints", ann, json=new, expect=201)
    path = f"/endpoints/{made['endpoint']['id']}"
    for number in range(30):  # each shows the endpoint again
        await api.json("PATCH", path, ann, json={"name": f"N{number}"})
    revision = 3 + FEW + 30
    copy, parts = Copy(), 0
    while copy.revision < revision:
        where = f"/projects/{project_id}/changes?since={copy.revision}&limit=1000"
        response = await api.call("GET", where, ann)
        assert len(await response.read()) < MAX_SIZE * 1.1
        found = await response.json()
        copy.apply(found["changes"])
        assert found["hasMore"] == (copy.revision < revision)
        parts += 1
    assert parts == 3
    assert len(copy.of("endpoint")) == FEW
    followed = Copy()
    async with following(api, ann, project_id, "?since=0") as stream:
        followed.apply(await stream.changes(revision))
    assert followed == copy


async def test_one_change_of_a_megabyte_goes_through_in_one_piece(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    path, body = f"/projects/{project_id}/collections", {"name": "Large"}
    inside = (await api.json("POST", path, ann, json=body, expect=201))["collection"]["id"]
    new = {"name": "Large", "method": "POST", "url": "/", "body": "ü" * 49_000}
    for _ in range(15):
        await api.json("POST", f"/collections/{inside}/endpoints", ann, json=new, expect=201)
    async with following(api, ann, project_id) as stream:
        path = f"/collections/{inside}/duplicate"
        await api.json("POST", path, ann, json={}, expect=201)
        (change,) = await stream.changes(19)
    assert len(change["resources"]) == 15


async def test_a_stranger_follows_no_addresses_invitations_tokens_or_secrets(api: Api) -> None:
    ann, bob, sam = await api.person(), await api.person("Bob"), await api.person("Sam")
    project_id = (await api.project(ann, isPublic=True))["id"]
    reader = await api.token(ann, project_id, Scope.READ)
    async with contextlib.AsyncExitStack() as stack:
        streams = [
            await stack.enter_async_context(following(api, who, project_id, "?since=0"))
            for who in (sam, reader)
        ]
        await api.invite(ann, project_id, "secret@example.com")
        chosen = {"invitationId": (await api.invite(ann, project_id, bob.email))["id"]}
        await api.json("POST", "/invitations/accept", bob, json=chosen)
        variables = [{"key": "password", "value": "hunter2", "secret": True}]
        body: dict[str, Any] = {"name": "Live", "variables": variables}
        await api.json("POST", f"/projects/{project_id}/environments", ann, json=body, expect=201)
        await api.issue(ann, project_id, name="laptop-token")
        last = (await api.json("GET", f"/projects/{project_id}", ann))["project"]["revision"]
        for stream, sees_members in zip(streams, (True, False), strict=True):
            changes = await stream.changes(last)
            text = str(changes)
            for secret in (
                "example.com",
                "hunter2",
                "laptop-token",
                "gass_",
                chosen["invitationId"],
            ):
                assert secret not in text
            assert ("Bob Doe" in text) == sees_members
            assert "invitation" not in text
            assert "mcp_token" not in text


async def test_who_reconnects_again_and_again_is_let_in(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    project_id = (await api.project(ann))["id"]
    monkeypatch.setattr(limits, "LOOK_SECONDS", 60)  # nobody looks meanwhile
    async with following(api, bob, (await api.project(bob))["id"]):  # the first has one look
        for _ in range(5 * 20):
            async with following(api, ann, project_id):
                pass
        assert len(api.app[FOLLOWERS].everybody()) <= 20 + 2


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize(
    "last",
    ["-1", "1.5", "1e3", "0x1", "٣", "1, 2", "9" * 19, "9" * 400, "null", "2\x0b", "'; DROP TABLE"],
)
async def test_a_last_event_that_cannot_be_is_refused(api: Api, last: str) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    request = (
        f"GET /api/v1/projects/{project_id}/events HTTP/1.1\r\nHost: localhost\r\n"
        f"Authorization: Bearer {ann.access}\r\nConnection: close\r\nLast-Event-ID: {last}\r\n\r\n"
    )
    answer = await api.raw(request.encode())
    assert answer.split()[1] in (b"400", b"410"), answer
    assert not api.app[FOLLOWERS].everybody()


async def test_nobody_follows_what_they_may_not_read(api: Api) -> None:
    ann, sam = await api.person(), await api.person("Sam")
    project_id = (await api.project(ann))["id"]
    other = await api.token(ann, (await api.project(ann, "Other"))["id"])
    for who, status in ((None, 401), (sam, 403), (other, 403)):
        for what in ("events", "changes?since=0"):
            for method in ("GET", "HEAD"):
                answer = await api.call(method, f"/projects/{project_id}/{what}", who)
                assert answer.status == status
    assert not api.app[FOLLOWERS].everybody()


async def test_a_public_project_that_becomes_private_tells_a_stranger_nothing_more(
    api: Api,
) -> None:
    ann, sam = await api.person(), await api.person("Sam")
    project_id = (await api.project(ann, isPublic=True))["id"]
    path = f"/projects/{project_id}"
    response = await api.call("GET", f"{path}/events", sam)
    stream = Stream(response)
    assert (await stream.next()).name == "ready"
    await api.json("PATCH", path, ann, json={"isPublic": False})
    await asyncio.gather(
        *(api.json("PATCH", path, ann, json={"name": f"Hidden {n}"}) for n in range(5))
    )
    heard = (await response.content.read()).decode()
    assert "access_ended" in heard
    assert "Hidden" not in heard
    response.close()


async def test_the_streams_of_ones_tokens_count_as_ones_own(serve: Serve) -> None:
    """A hundred tokens would otherwise take all the streams that there are."""
    api = await serve(person_max_streams=3)
    ann, bob = await api.person(), await api.person("Bob")
    project_id = (await api.project(ann))["id"]
    await api.join(bob, project_id)
    tokens = [await api.token(ann, project_id) for _ in range(4)]
    path = f"/projects/{project_id}/events"
    async with contextlib.AsyncExitStack() as open_ones:
        for who in (ann, *tokens[:2]):
            await open_ones.enter_async_context(following(api, who, project_id))
        for who in (ann, *tokens):
            error = (await api.json("GET", path, who, expect=429))["error"]
            assert error["code"] == "RATE_LIMIT_ERROR"
        await open_ones.enter_async_context(following(api, bob, project_id))


async def test_a_project_leaves_streams_to_others(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PER_PROJECT", 2)
    ann, bob = await api.person(), await api.person("Bob")
    project_id, other = (await api.project(ann))["id"], (await api.project(bob))["id"]
    await api.join(bob, project_id)
    async with following(api, ann, project_id), following(api, bob, project_id):
        path = f"/projects/{project_id}/events"
        for who in (ann, bob):
            assert (await api.call("GET", path, who)).status == 429
        async with following(api, bob, other):
            assert len(api.app[FOLLOWERS].everybody()) == 3
