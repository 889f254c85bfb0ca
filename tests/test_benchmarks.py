"""The benchmarks measure what they say: both servers carry each request out."""

import asyncio
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks import mcp, sizes
from benchmarks.databases import sqlite
from benchmarks.documents import KINDS, document
from benchmarks.load import send
from benchmarks.pair import pair
from benchmarks.paths import CONNECTIONS, compare, paths_of
from benchmarks.plots import bars
from benchmarks.reading import Figures, plot
from benchmarks.report import BEGIN, END, README, Table, write
from gassapi_backend.exchange import formats
from gassapi_backend.exchange.loading import load as load_document


def test_both_servers_carry_out_each_request() -> None:
    with sqlite() as database, pair(database) as both:
        for path in paths_of(both.scene, both.bearer).values():
            for server, requests in ((both.ours, path.ours), (both.bare, path.bare or path.ours)):
                count = len(requests) + 1
                assert len(asyncio.run(send(server.port, requests, count, 2))) == count
        for request in mcp.requests_of(both.scene).values():
            assert len(asyncio.run(send(both.ours.port, [request], 2, 1))) == 2
        health = paths_of(both.scene, both.bearer)["health"]
        found = compare(both, health, requests=CONNECTIONS, rounds=1)
        assert 0.1 < found.ratio < 100
        assert found.with_database is None  # it works within ours


def test_all_that_is_measured_in_projects_of_each_size_is_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sizes, "ROUNDS", 1)
    monkeypatch.setattr(sizes, "REQUESTS", 2)
    with sqlite() as database:
        found = sizes.measure(database, (100, 120))
    assert all(len(costs) == 2 for costs in found.values())
    assert README.read_text("utf-8").count(sizes.BEGIN) == 1


def test_what_a_run_found_takes_the_place_of_what_the_last_one_found(tmp_path: Path) -> None:
    document = tmp_path / "README.md"
    document.write_text(f"Before.\n\n{BEGIN}\n\nold\n\n{END}\n\nAfter.\n", "utf-8")
    table = Table("Speed", ("", "a", "b"), [("this", "1", "2")], "A note.")
    write(table.as_markdown(), document)
    assert document.read_text("utf-8") == (
        f"Before.\n\n{BEGIN}\n\n### Speed\n\nA note.\n\n|  | a | b |\n"
        f"| --- | --: | --: |\n| this | 1 | 2 |\n\n{END}\n\nAfter.\n"
    )
    assert README.read_text("utf-8").count(BEGIN) == 1
    document.write_text("No marks.", "utf-8")
    with pytest.raises(ValueError, match="no marks"):
        write("new", document)


def test_a_picture_has_a_bar_for_each_value() -> None:
    groups = {"saving": {"A": 1.5, "B & C": 2.25}, "reading": {"A": 1.0, "B & C": 0.5}}
    picture = ElementTree.fromstring(bars({"CPU": groups}, across="times"))  # noqa: S314 - our own
    boxes = picture.findall("{http://www.w3.org/2000/svg}rect")
    assert len(boxes) == 1 + 4  # the ground, and the bars
    assert "B & C" in "".join(picture.itertext())
    assert "2.25" in "".join(picture.itertext())


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
