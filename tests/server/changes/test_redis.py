"""News through Redis within one process: what others may say there, and what is never said."""

import asyncio
import contextlib
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from gassapi_backend.server.app import build_app
from gassapi_backend.server.changes import redis as channel
from gassapi_backend.server.changes.redis import NAME, connect
from gassapi_backend.settings import SettingsError, load
from tests.conftest import Api, Serve
from tests.server.feeds import following
from tests.servers import PrivateRedis
from tests.waiting import PATIENCE

pytestmark = pytest.mark.engines("sqlite")


async def connected(serve: Serve, redis: PrivateRedis, url: str | None = None) -> Api:
    """Return a server that hears what Redis carries."""
    api = await serve(redis_url=SecretStr(url or redis.url))
    async with connect(redis.url) as client, asyncio.timeout(PATIENCE):
        while not (await client.pubsub_numsub(NAME))[0][1]:  # noqa: ASYNC110 - another connection
            await asyncio.sleep(0.02)
    return api


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"\xff",
        b"null",
        b"[]",
        b"[1, 2, 3]",
        b'["x", [["p"]], false]',
        b'["x", [["<project>", "y"]], false]',
        b'["x", [["<project>", 99]], true]',
        b'["x", [["<project>", -1], ["<project>", 0]], false]',
        b"[" * 2000,
    ],
)
async def test_nothing_that_is_said_there_stops_or_misleads_a_stream(
    serve: Serve, redis: PrivateRedis, said: bytes
) -> None:
    api = await connected(serve, redis)
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    async with following(api, ann, project_id) as stream, connect(redis.url) as client:
        await client.publish(NAME, said.replace(b"<project>", project_id.encode()))
        with pytest.raises(TimeoutError):
            await stream.next(0.1)
        for number in range(3):
            path = f"/projects/{project_id}"
            await api.json("PATCH", path, ann, json={"name": f"N{number}"})
            (change,) = await stream.changes(3 + number)
            assert change["name"] == f"N{number}"


async def test_what_is_said_there_are_ids_and_numbers(serve: Serve, redis: PrivateRedis) -> None:
    api = await connected(serve, redis)
    heard: list[Any] = []
    async with connect(redis.url) as client, client.pubsub() as subscription:
        await subscription.subscribe(NAME)
        ann = await api.person()
        project_id = (await api.project(ann, "Zebra"))["id"]
        await api.json("POST", "/auth/logout", ann)
        while len(heard) < 2:
            message = await subscription.get_message(timeout=2)
            assert message is not None
            heard += [message["data"]] if message["type"] == "message" else []
    created, ended = (data.decode() for data in heard)
    assert created.endswith(f',[["{project_id}",2]],false]')
    assert ended.endswith(",[],true]")
    assert "Zebra" not in created


async def test_a_password_that_redis_refuses_costs_speed_only(
    serve: Serve, redis: PrivateRedis
) -> None:
    api = await serve(redis_url=SecretStr(redis.url.replace("secret", "wrong")), rate_limits="on")
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    async with following(api, ann, project_id) as stream:
        await api.json("PATCH", f"/projects/{project_id}", ann, json={"name": "Store"})
        await stream.changes(3)


def test_without_its_package_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "redis.asyncio", None)
    settings = load(home=tmp_path, redis_url="redis://localhost")
    with pytest.raises(SettingsError, match=r"pipx install --force 'gassapi-backend\[redis\]'"):
        build_app(settings)


async def test_a_subscription_that_nobody_answers_is_given_up_and_made_anew(
    serve: Serve,
    redis: PrivateRedis,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(channel, "SILENCE", 1.5)
    is_black_hole = asyncio.Event()

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ours = is_black_hole.is_set()  # those made later go through
        while data := await reader.read(65536):
            if ours or not is_black_hole.is_set():
                writer.write(data)

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", redis.port)
        with contextlib.suppress(ConnectionError):
            await asyncio.gather(pump(reader, back), pump(there, writer))
        back.close()
        writer.close()

    between = await asyncio.start_server(pass_on, "127.0.0.1", 0)
    port = between.sockets[0].getsockname()[1]
    url = redis.url.replace(f":{redis.port}", f":{port}")
    api = await serve(redis_url=SecretStr(url), log_level="info")
    await asyncio.sleep(2)  # longer than the silence: it is answered
    assert "Redis is away" not in capsys.readouterr().out
    is_black_hole.set()
    said = ""
    async with asyncio.timeout(PATIENCE):
        while "Redis carries news" not in said:
            await asyncio.sleep(0.05)
            said += capsys.readouterr().out
    assert "Redis is away: news travels more slowly" in said
    assert "it does not answer" in said
    await api.client.close()
    between.close()


async def test_a_redis_that_refuses_to_be_pinged_is_kept(
    serve: Serve, redis: PrivateRedis, capsys: pytest.CaptureFixture[str]
) -> None:
    async with connect(redis.url) as client:
        await client.execute_command(
            "ACL", "SETUSER", "quiet", "on", ">hidden-word", "~*", "&*", "+@all", "-ping"
        )
    url = redis.url.replace(":secret@", "quiet:hidden-word@")
    api = await connected(serve, redis, url)
    await asyncio.sleep(4)  # longer than a silence that ends the connection
    said = capsys.readouterr().out
    assert said.count("Redis carries news") == 1
    assert said.count("Redis refuses what we ask") == 1
    assert "Redis is away" not in said
    await api.client.close()


async def test_a_redis_that_refuses_news_is_warned_of_once(
    serve: Serve, redis: PrivateRedis, capsys: pytest.CaptureFixture[str]
) -> None:
    async with connect(redis.url) as client:
        await client.execute_command(
            "ACL", "SETUSER", "listener", "on", ">hidden-word", "~*", "&*", "+@all", "-publish"
        )
    url = redis.url.replace(":secret@", "listener:hidden-word@")
    api = await connected(serve, redis, url)
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    async with following(api, ann, project_id) as stream:
        for number in range(3):
            await api.json("PATCH", f"/projects/{project_id}", ann, json={"name": f"N{number}"})
        await stream.changes(5)
        await asyncio.sleep(0.2)
    said = capsys.readouterr().out
    assert said.count("Redis refuses what we ask: news may travel more slowly") == 1
    assert "NoPermissionError" in said
    assert "hidden-word" not in said
