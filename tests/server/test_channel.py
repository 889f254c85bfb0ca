"""News through Redis within one process: what others may say there, and what is never said."""

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from gassapi_backend.server.app import build_app
from gassapi_backend.server.channel import NAME, connect
from gassapi_backend.settings import SettingsError, load
from tests.conftest import Api, Serve
from tests.server.feeds import following
from tests.servers import PrivateRedis

pytestmark = pytest.mark.engines("sqlite")


async def connected(serve: Serve, redis: PrivateRedis) -> Api:
    """Return a server that hears what Redis carries."""
    api = await serve(redis_url=SecretStr(redis.url))
    async with connect(redis.url) as client, asyncio.timeout(5):
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
            (change,) = await stream.changes(3 + number, seconds=2)
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
        await stream.changes(3, seconds=2)


def test_without_its_package_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "redis.asyncio", None)
    settings = load(home=tmp_path, redis_url="redis://localhost")
    with pytest.raises(SettingsError, match=r"pipx install --force 'gassapi-backend\[redis\]'"):
        build_app(settings)
