"""The benchmarks measure what they say: both servers carry each request out."""

import asyncio
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks import mcp
from benchmarks.__main__ import SECRET, requests_of
from benchmarks.documents import KINDS, document
from benchmarks.load import send
from benchmarks.reading import Figures, plot
from benchmarks.scene import Server, build, sign_in
from gassapi_backend.exchange import formats
from gassapi_backend.exchange.loading import load as load_document
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
        for request in mcp.requests_of(scene).values():
            assert len(asyncio.run(send(ports[0], request, 2, 1))) == 2
    finally:
        for server in servers:
            server.stop()


@pytest.mark.parametrize("kind", KINDS)
def test_a_document_of_the_benchmark_is_as_large_as_asked_for_and_is_read(kind: str) -> None:
    content = document(kind, 0.3)
    assert 200_000 < len(content) < 400_000
    [collection] = formats.read(load_document(content)).collections
    assert len(list(collection.requests())) > 5


def test_a_plot_is_a_picture_with_a_line_for_each_kind() -> None:
    figures = [Figures(1.0, 0.5, 30, 100), Figures(13.0, 4.2, 140, 170)]
    picture = ElementTree.fromstring(plot({"Postman": figures, "A & B": figures}))  # noqa: S314 - our own
    lines = picture.findall("{http://www.w3.org/2000/svg}polyline")
    assert len(lines) == 4  # two panels of two kinds
    assert "A & B" in "".join(picture.itertext())
