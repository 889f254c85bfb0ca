"""Live streams: at once, without loss or repetition, and only as long as one may read."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
from tortoise.exceptions import OperationalError

from gassapi_backend.database import execute
from gassapi_backend.models import Member, Project, User, new_id
from gassapi_backend.server.access.callers import CONSOLE
from gassapi_backend.server.accounts.actions import set_active
from gassapi_backend.server.changes.change import Change
from gassapi_backend.server.feed import followers as limits
from gassapi_backend.server.feed import handlers, streams
from gassapi_backend.server.feed.state import FOLLOWERS
from gassapi_backend.server.feed.streams import End
from tests.conftest import Api, Person, Serve, everything
from tests.factories import written
from tests.server.counting import statements
from tests.server.feeds import Copy, Stream, environment, following
from tests.waiting import PATIENCE


async def rename(api: Api, who: Person, project_id: str, name: str = "Store") -> int:
    """Change a project; return its revision."""
    body = await api.json("PATCH", f"/projects/{project_id}", who, json={"name": name})
    return int(body["project"]["revision"])


@pytest.fixture
async def ann(api: Api) -> Person:
    """Somebody."""
    return await api.person()


@pytest.fixture
async def project_id(api: Api, ann: Person) -> str:
    """A project of hers, at revision 2."""
    return str((await api.project(ann))["id"])


async def test_a_stream_says_where_the_project_is_and_then_what_changes(
    api: Api, ann: Person, project_id: str
) -> None:
    response = await api.call("GET", f"/projects/{project_id}/events", ann)
    assert response.status == 200
    assert response.content_type == "text/event-stream"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Accel-Buffering"] == "no"
    assert "Content-Encoding" not in response.headers
    stream = Stream(response)
    ready = await stream.next()
    assert (ready.name, ready.id, ready.data) == ("ready", "2", {"revision": 2})
    await rename(api, ann, project_id)
    changed = await stream.next()
    assert (changed.name, changed.id) == ("change", "3")
    read = await api.json("GET", f"/projects/{project_id}/changes?since=2", ann)
    assert changed.data == read["changes"][0]
    response.close()


async def test_a_change_reaches_the_streams_of_its_process_by_news_alone(
    api: Api, ann: Person, project_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "LOOK_SECONDS", 600)
    token = await api.token(ann, project_id)
    async with following(api, ann, project_id) as one, following(api, token, project_id) as two:
        for number in range(5):
            revision = await rename(api, ann, project_id, f"N{number}")
            for stream in (one, two):
                (found,) = await stream.changes(revision)
                assert found["resource"]["name"] == f"N{number}"


async def test_a_change_that_nobody_here_made_is_found_by_looking(
    api: Api, ann: Person, project_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with following(api, ann, project_id) as stream:
        monkeypatch.setattr("gassapi_backend.server.changes.change.tell", lambda _: None)

        async def add(made: Change) -> None:
            await environment(made).save(force_create=True)

        await written(project_id, add)
        await stream.changes(3)
    assert limits.LOOK_SECONDS <= 0.5  # the contract says: within a second


async def test_only_what_is_committed_is_told(api: Api, ann: Person, project_id: str) -> None:
    async with following(api, ann, project_id) as stream:

        async def fail(made: Change) -> None:
            made.record("project_updated", "project", project_id)
            raise ZeroDivisionError

        with contextlib.suppress(ZeroDivisionError):
            await written(project_id, fail)
        revision = await rename(api, ann, project_id)
        assert [one["action"] for one in await stream.changes(revision)] == ["project_updated"]
        assert revision == 3


async def test_another_projects_changes_are_not_told(api: Api, ann: Person) -> None:
    mine, other = (await api.project(ann))["id"], (await api.project(ann))["id"]
    async with following(api, ann, mine) as stream:
        await rename(api, ann, other, "Other")
        await rename(api, ann, mine, "Mine")
        assert [one["name"] for one in await stream.changes(3)] == ["Mine"]


@pytest.mark.parametrize("by", ["header", "query", "both"])
async def test_a_stream_resumes_at_every_point_without_loss_or_repetition(
    api: Api, ann: Person, project_id: str, by: str
) -> None:
    for number in range(6):
        await rename(api, ann, project_id, f"N{number}")
    for since in range(9):
        query = {"header": "", "query": f"?since={since}", "both": "?since=0"}[by]
        headers = {} if by == "query" else {"Last-Event-ID": str(since)}
        async with following(api, ann, project_id, query, **headers) as stream:
            found = [] if since == 8 else await stream.changes(8)
            assert [one["revision"] for one in found] == list(range(since + 1, 9))
            with pytest.raises(TimeoutError):
                await stream.next(0.02)


async def test_a_client_that_is_cut_off_again_and_again_has_everything_once(
    api: Api, ann: Person, project_id: str
) -> None:
    copy, done = Copy(2), asyncio.Event()

    async def write() -> None:
        for number in range(60):
            await rename(api, ann, project_id, f"N{number}")
        done.set()

    async def follow() -> None:
        cut = 0
        while copy.revision < 62:
            cut += 1
            resume = {"Last-Event-ID": str(copy.revision)}
            async with following(api, ann, project_id, **resume) as stream:
                for _ in range(cut % 4):  # also right after it began
                    copy.apply([(await stream.next()).data])
                    if copy.revision == 62:
                        return

    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(write(), follow())
    assert done.is_set()
    assert copy.of("project")[project_id]["name"] == "N59"


@pytest.mark.parametrize("text", ["x", "-1", "1.0", "9223372036854775808", "9" * 30, "1 2"])
async def test_a_last_event_that_is_none_of_ours_is_400(
    api: Api, ann: Person, project_id: str, text: str
) -> None:
    path, headers = f"/projects/{project_id}/events", {"Last-Event-ID": text}
    refused = await api.json("GET", path, ann, headers=headers, expect=400)
    assert refused["error"]["details"][0]["field"] == "Last-Event-ID"


async def test_a_comment_keeps_a_quiet_stream_open(
    api: Api, ann: Person, project_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "PING_SECONDS", 0.2)
    monkeypatch.setattr("gassapi_backend.server.middleware.DEADLINE", 1)
    async with following(api, ann, project_id) as stream:
        monkeypatch.setattr("gassapi_backend.server.middleware.DEADLINE", 60)  # for the others
        for _ in range(10):  # longer than an answer may take
            assert await stream.block() == [": still here"]
        await rename(api, ann, project_id)
        await stream.changes(3)


@pytest.mark.parametrize("how", ["refuses", "hangs"])
@pytest.mark.engines("sqlite")
async def test_a_comment_comes_in_time_to_a_stream_that_is_behind(
    api: Api, ann: Person, project_id: str, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    is_back = asyncio.Event()

    async def away(*_: Any, **__: Any) -> Any:
        if how == "hangs":
            await is_back.wait()
        raise OperationalError(OSError("gone"))

    read = limits.read_changes
    monkeypatch.setattr(streams, "PING_SECONDS", 0.3)
    monkeypatch.setattr(streams, "RETRY_SECONDS", 0.1)
    monkeypatch.setattr(limits, "PATIENCE", 600)
    async with following(api, ann, project_id) as stream:
        monkeypatch.setattr(limits, "read_changes", away)
        await rename(api, ann, project_id)
        for _ in range(3):
            assert await stream.block() == [": still here"]
        monkeypatch.setattr(limits, "read_changes", read)
        is_back.set()
        while (block := await stream.block()) == [": still here"]:
            pass
        assert block[:2] == ["id: 3", "event: change"]


async def test_head_says_what_get_would_and_ends(api: Api, ann: Person, project_id: str) -> None:
    response = await api.call("HEAD", f"/projects/{project_id}/events", ann)
    assert (response.status, await response.read()) == (200, b"")


# Access


async def test_a_removed_members_stream_ends(api: Api, ann: Person, project_id: str) -> None:
    bob = await api.person("Bob")
    await api.join(bob, project_id)
    async with following(api, bob, project_id) as theirs, following(api, ann, project_id) as hers:
        await Member.filter(user_id=bob.id, project_id=project_id).delete()
        assert await theirs.reason() == "access_ended"
        await rename(api, ann, project_id)
        await hers.changes(3)


async def test_a_member_removed_from_a_public_project_has_to_come_back_as_a_stranger(
    api: Api, ann: Person
) -> None:
    bob = await api.person("Bob")
    project_id = (await api.project(ann, isPublic=True))["id"]
    await api.join(bob, project_id)
    async with following(api, bob, project_id) as stream:
        await Member.filter(user_id=bob.id, project_id=project_id).delete()
        assert await stream.reason() == "access_ended"
    async with following(api, bob, project_id) as stream:
        await api.join(bob, project_id)
        assert await stream.reason() == "access_changed"


@pytest.mark.parametrize("how", ["revoked", "creator left", "creator deactivated"])
async def test_a_dead_tokens_stream_ends(api: Api, ann: Person, project_id: str, how: str) -> None:
    bob = await api.person("Bob")
    await api.join(bob, project_id)
    issued = await api.issue(bob, project_id)
    async with following(api, issued["token"], project_id) as stream:
        if how == "revoked":
            body = {"projectId": project_id, "tokenId": issued["mcpToken"]["id"]}
            await api.json("POST", "/mcp/revoke-token", bob, json=body)
        elif how == "creator left":
            await Member.filter(user_id=bob.id).delete()
        else:
            await set_active(CONSOLE, bob.id, is_active=False)
        assert await stream.reason() == "token_revoked"


@pytest.mark.parametrize("how", ["logged out", "deactivated", "expired", "deleted"])
async def test_an_ended_sessions_stream_ends(
    api: Api, ann: Person, project_id: str, how: str
) -> None:
    elsewhere = await api.sign_in(ann.email)
    async with following(api, ann, project_id) as stream:
        if how == "logged out":
            await api.json("POST", "/auth/logout", ann)
        elif how == "deactivated":
            await set_active(CONSOLE, ann.id, is_active=False)
        else:
            verb = "UPDATE sessions SET expires_at = '2020-01-01 00:00:00.000'"
            await execute(verb if how == "expired" else "DELETE FROM sessions")
        assert await stream.reason() == "session_ended"
    if how == "logged out":
        async with following(api, elsewhere, project_id):
            pass


async def test_a_deleted_projects_streams_end(api: Api, ann: Person, project_id: str) -> None:
    token = await api.token(ann, project_id)
    async with following(api, ann, project_id) as one, following(api, token, project_id) as two:
        await api.json("DELETE", f"/projects/{project_id}", ann)
        assert [await one.reason(), await two.reason()] == ["project_deleted"] * 2
    told = " ".join((handlers.follow.__doc__ or "").split())
    assert "`project_deleted` is the project's tombstone" in told
    await api.json("GET", f"/projects/{project_id}/changes", ann, expect=404)


async def test_a_project_made_private_ends_the_streams_of_strangers(api: Api, ann: Person) -> None:
    sam = await api.person("Sam")
    project_id = (await api.project(ann, isPublic=True))["id"]
    async with following(api, sam, project_id) as theirs, following(api, ann, project_id) as hers:
        await api.json("PATCH", f"/projects/{project_id}", ann, json={"isPublic": False})
        assert await theirs.reason() == "access_ended"
        await hers.changes(3)


async def test_the_end_of_access_is_seen_at_once_in_this_process(
    api: Api, ann: Person, project_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with following(api, ann, project_id) as stream:
        await asyncio.sleep(0.05)
        monkeypatch.setattr(limits, "LOOK_SECONDS", 60)
        await rename(api, ann, project_id)
        await stream.changes(3)
        await asyncio.sleep(0.6)  # the last look of the shorter kind
        await api.json("POST", "/auth/logout", ann)
        assert await stream.reason() == "session_ended"


async def test_a_stream_does_not_begin_with_somebody_who_has_just_signed_out_elsewhere(
    api: Api, ann: Person, project_id: str
) -> None:
    await api.json("GET", f"/projects/{project_id}", ann)  # she is remembered
    await execute("UPDATE sessions SET revoked_at = '2026-01-31 12:00:00.000'")
    before = await everything()
    refused = await api.json("GET", f"/projects/{project_id}/events", ann, expect=401)
    assert refused["error"]["code"] == "TOKEN_INVALID"
    assert await everything() == before


async def test_looking_after_streams_costs_three_statements_however_many_there_are(
    api: Api, ann: Person, project_id: str, caplog: pytest.LogCaptureFixture
) -> None:
    other = (await api.project(ann))["id"]
    token = await api.token(ann, project_id)
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(6):
            for who, where in ((ann, project_id), (token, project_id), (ann, other)):
                await stack.enter_async_context(following(api, who, where))
        caplog.clear()
        with caplog.at_level("DEBUG", "tortoise.db_client"):
            await api.app[FOLLOWERS].look()
        found = [record for record in caplog.records if record.name == "tortoise.db_client"]
        assert 3 <= len(found) <= 6  # now and then the server looks at the same time


async def test_a_change_is_read_once_for_all_who_see_the_same(
    api: Api, ann: Person, project_id: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with contextlib.AsyncExitStack() as stack:
        streams = [
            await stack.enter_async_context(following(api, ann, project_id)) for _ in "x" * 15
        ]
        path = f"/projects/{project_id}"
        found = await statements(api, caplog, path, ann, method="PATCH", json={"name": "Store"})
        await asyncio.gather(*(stream.changes(3) for stream in streams))
    assert len([text for text in found if "FROM audit_log" in text]) <= 1


# Limits, and what goes wrong


async def test_a_person_has_so_many_streams_and_no_more(serve: Serve) -> None:
    api = await serve(person_max_streams=20)
    ann, bob = await api.person(), await api.person("Bob")
    project_id = (await api.project(ann))["id"]
    await api.join(bob, project_id)
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(20):
            await stack.enter_async_context(following(api, ann, project_id))
        path = f"/projects/{project_id}/events"
        refused = await api.call("GET", path, ann)
        assert (refused.status, (await refused.json())["error"]["code"]) == (
            429,
            "RATE_LIMIT_ERROR",
        )
        assert "on this server process" in (await refused.json())["error"]["message"]
        assert refused.headers["Retry-After"] == "5"
        async with following(api, bob, project_id):
            pass
    await asyncio.sleep(1)  # those that went away are noticed
    async with following(api, ann, project_id):
        assert len(api.app[FOLLOWERS].everybody()) == 1


@contextlib.asynccontextmanager
async def deaf(api: Api, who: Person, project_id: str) -> AsyncIterator[socket.socket]:
    """Open a stream whose client reads nothing."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.setblocking(False)
    loop = asyncio.get_running_loop()
    with client:
        await loop.sock_connect(client, (api.client.host, api.client.port))
        request = (
            f"GET /api/v1/projects/{project_id}/events?since=0 HTTP/1.1\r\nHost: localhost\r\n"
            f"Authorization: Bearer {who.access}\r\n\r\n"
        )
        await loop.sock_sendall(client, request.encode())
        yield client


async def test_a_reader_who_is_too_slow_is_cut_off_and_delays_nobody(
    api: Api, ann: Person, project_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handlers, "DRAIN_SECONDS", 5)
    big = {"settings": {"text": "x" * 60_000}}
    for number in range(100):  # each change shows the project: six megabytes
        big["settings"]["number"] = str(number)
        await api.json("PATCH", f"/projects/{project_id}", ann, json=big)
    async with following(api, ann, project_id) as stream, deaf(api, ann, project_id):
        await _until(lambda: len(api.app[FOLLOWERS].everybody()) == 2)
        await rename(api, ann, project_id)
        await stream.changes(103)
        assert len(api.app[FOLLOWERS].everybody()) == 2  # the slow one is still waited for
        await _until(lambda: len(api.app[FOLLOWERS].everybody()) == 1)


@pytest.mark.parametrize("why", [End.SESSION_ENDED, End.SERVER_STOPPING])
async def test_a_slow_readers_stream_ends_as_soon_as_anybodys_and_the_log_says_why(
    api: Api,
    ann: Person,
    project_id: str,
    why: End,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(handlers, "DRAIN_SECONDS", 600)
    settings = {"settings": {"text": "x" * 60_000}}
    for number in range(100):
        await api.json(
            "PATCH", f"/projects/{project_id}", ann, json=settings | {"name": f"N{number}"}
        )
    async with deaf(api, ann, project_id):
        await _until(lambda: len(api.app[FOLLOWERS].everybody()) == 1)
        await _until(lambda: is_full(api))
        if why is End.SERVER_STOPPING:
            api.app[FOLLOWERS].close()
        else:
            await api.json("POST", "/auth/logout", ann)
        await _until(lambda: len(api.app[FOLLOWERS].everybody()) == 0)
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "cut off" in line]
    assert f"reason='{why}'" in line


def is_full(api: Api) -> bool:
    """Whether more waits to be taken by a client than is written without waiting for it."""
    server = api.client.server.runner.server
    return any(
        one.transport is not None and one.transport.get_write_buffer_size() > 2**16
        for one in server.connections
    )


async def _until(holds: Any) -> None:
    async with asyncio.timeout(PATIENCE):
        while not holds():  # noqa: ASYNC110 - it changes by itself
            await asyncio.sleep(0.02)


async def test_a_stopping_server_ends_its_streams_with_a_reason(serve: Serve) -> None:
    api = await serve()
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    async with following(api, ann, project_id) as stream:
        api.app[FOLLOWERS].close()
        assert await stream.reason() == "server_stopping"
    refused = await api.json("GET", f"/projects/{project_id}/events", ann, expect=503)
    assert refused["error"]["code"] == "UNAVAILABLE"


async def test_a_stream_outlives_a_reading_that_fails(
    api: Api, ann: Person, project_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, failures = limits.read_changes, iter([TimeoutError(), OSError("gone")])

    async def failing(*values: Any, **named: Any) -> Any:
        if isinstance(error := next(failures, None), TimeoutError):
            raise error
        return await read(*values, **named)

    async with following(api, ann, project_id) as stream:
        monkeypatch.setattr(limits, "read_changes", failing)
        await rename(api, ann, project_id)
        await stream.changes(3)


async def test_a_stream_that_breaks_says_so_and_tells_nothing(
    api: Api, ann: Person, project_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: Any, **__: Any) -> Any:
        raise KeyError("secret")

    async with following(api, ann, project_id) as stream:
        monkeypatch.setattr(limits, "read_changes", broken)
        await rename(api, ann, project_id)
        event = await stream.next()
        assert event.data == {"reason": "server_error"}
    assert len(api.app[FOLLOWERS].everybody()) == 0


async def test_history_that_goes_while_a_stream_is_behind_ends_it(
    api: Api, ann: Person, project_id: str
) -> None:
    async with following(api, ann, project_id) as stream:
        await execute("UPDATE projects SET revision = 4")
        columns = "id, at, actor_type, project_id, revision, action, resource_type"
        await execute(
            f"INSERT INTO audit_log ({columns}) "  # noqa: S608 - as above
            "VALUES (?, '2026-01-01 00:00:00.000', 'console', ?, 4, 'x', 'project')",
            new_id(),
            project_id,
        )
        assert await stream.reason() == "history_compacted"


async def test_streams_of_many_people_are_told_apart(api: Api, ann: Person) -> None:
    project_id = (await api.project(ann, isPublic=True))["id"]
    sam, token = await api.person("Sam"), await api.token(ann, project_id)
    async with contextlib.AsyncExitStack() as stack:
        streams = [
            await stack.enter_async_context(following(api, who, project_id))
            for who in (ann, sam, token)
        ]
        await api.issue(ann, project_id, name="Laptop")
        seen = [(await stream.changes(4))[-1]["name"] for stream in streams]
    assert seen == ["Laptop", None, None]


def test_every_reason_is_explained() -> None:
    silent = {End.CLIENT_GONE}
    for reason in set(End) - silent:
        assert f"`{reason}`" in (handlers.follow.__doc__ or "")


async def test_nothing_of_a_stream_stays_behind(api: Api, ann: Person, project_id: str) -> None:
    for _ in range(5):
        async with following(api, ann, project_id):
            pass
    await asyncio.sleep(1.1)
    assert api.app[FOLLOWERS].is_idle
    assert await Project.filter(id=project_id).exists()
    assert await User.filter(id=ann.id).exists()
