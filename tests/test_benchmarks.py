"""The benchmarks measure what they say: both servers carry each request out."""

import asyncio
from pathlib import Path

import pytest

from benchmarks.__main__ import SECRET, requests_of
from benchmarks.load import send
from benchmarks.scene import Server, build, sign_in
from gassapi_backend.settings import load
from tests.servers import free_port


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {
        "GASSAPI_HOME": str(tmp_path),
        "GASSAPI_DATABASE_URL": f"sqlite:///{tmp_path}/bench.db",
        "GASSAPI_SECRET_KEY": SECRET,
        "GASSAPI_RATE_LIMITS": "off",
    }


def test_both_servers_carry_out_each_request(environment: dict[str, str], tmp_path: Path) -> None:
    settings = load(
        home=tmp_path,
        database_url=environment["GASSAPI_DATABASE_URL"],
        secret_key=SECRET,
        password_rounds=4,
    )
    scene = asyncio.run(build(settings))
    ports = free_port(), free_port()
    servers = [
        Server(["gassapi_backend", "start", "--port", str(ports[0])], ports[0], environment),
        Server(["benchmarks.bare", str(ports[1])], ports[1], environment),
    ]
    try:
        for server in servers:
            server.wait_until_up("/health")
        for request in requests_of(scene, sign_in(ports[0])).values():
            for port in ports:
                assert len(asyncio.run(send(port, request, 2, 1))) == 2
    finally:
        for server in servers:
            server.stop()
