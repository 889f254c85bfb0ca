"""Exported collections run in newman: it sends what we say that they send."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.exchange.documents import CASES, CORPUS
from tests.interop.echo import Echo, echo
from tests.interop.exports import SAMPLES
from tests.interop.newman import NEWMAN, run_in_newman
from tests.interop.sending import differences, prepared, readable


def documents() -> "list[object]":
    """Return the documents that are run: our samples, and real files where there are some."""
    paths = [
        SAMPLES / "postman" / name
        for name in (
            "bakery.postman_collection.json",
            "old.postman_collection.json",
            "first.json",
            "workspace",
        )
    ]
    paths += [SAMPLES / "hoppscotch" / "bakery.json", SAMPLES / "openapi" / "shop.yaml"]
    for folder in filter(None, (CORPUS, CASES)):
        paths += sorted(Path(folder).rglob("*.json"))
        paths += sorted(Path(folder).glob("postman/v3-folder"))
    return [pytest.param(path, id=path.name) for path in paths if path.exists()]


@pytest.fixture(name="server", scope="module")
def _server() -> Iterator[Echo]:
    with echo() as server:
        yield server


@pytest.mark.parametrize("path", documents())
def test_newman_sends_what_we_say_is_sent(path: Path, server: Echo, tmp_path: Path) -> None:
    document = readable(path)
    if not document.collections:
        pytest.skip("it holds environments only")
    run = prepared(document, tmp_path)
    done = run_in_newman(run, server, tmp_path)
    assert len(done) == len(run.expected)
    wrong = [
        f"{expected.name}: {difference}"
        for expected, (_, received) in zip(run.expected, done, strict=True)
        for difference in differences(NEWMAN, expected, received)
    ]
    assert wrong == []
