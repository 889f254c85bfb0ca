"""Real files: each is what the index says, holds as much, and comes back when written again."""

import json

import pytest

from gassapi_backend.exchange import formats
from gassapi_backend.exchange.tree import Environment, Folder, Json, Request, Unreadable
from tests.exchange import documents
from tests.exchange.documents import Sample

CORPUS = documents.samples()
GOOD = documents.samples(*formats.READ)


def found(sample: Sample) -> dict[str, int]:
    """Count what is read of a file, by the names of the index."""
    document = formats.read(documents.source_of(sample.path))
    return {
        "collections": len(document.collections),
        "requests": sum(len(list(one.requests())) for one in document.collections),
        "folders": documents.folders_below(document),
        "max_depth": documents.depth(document),
        "environments": len(document.environments),
    }


@pytest.mark.parametrize("sample", CORPUS)
def test_a_real_file_is_recognised_or_refused(sample: Sample) -> None:
    if sample.is_refused:
        with pytest.raises(Unreadable):
            formats.read(documents.source_of(sample.path))
    else:
        assert formats.recognise(documents.source_of(sample.path)).name == sample.format


@pytest.mark.parametrize("sample", GOOD)
def test_a_real_file_gives_what_the_index_counts(sample: Sample) -> None:
    counts = found(sample)
    assert counts == {name: sample.count(name) for name in counts}


@pytest.mark.parametrize("sample", GOOD)
def test_origins_of_a_real_file_can_be_stored_as_json(sample: Sample) -> None:
    document = formats.read(documents.source_of(sample.path))
    nodes: list[Folder | Request | Environment] = [*document.environments]
    for collection in document.collections:
        nodes += [*collection.folders(), *collection.requests()]
    for node in nodes:
        assert node.origin is not None, f"{node.name} has no origin"
        kept: Json = [node.origin.original, node.origin.base]
        assert json.loads(json.dumps(kept, allow_nan=False)) == kept
        json.dumps(kept, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    "sample", documents.samples("postman", "insomnia", "opencollection", "har")
)
def test_a_real_file_is_the_same_tree_when_written_and_read_again(sample: Sample) -> None:
    document = formats.read(documents.source_of(sample.path))
    if not document.collections:
        pytest.skip("it holds environments only")
    version = {"insomnia": sample.facts["version"]}.get(sample.format, "")
    shape = documents.shape(document)["collections"]
    assert documents.shape(documents.again(document, sample.format, version))["collections"] == (
        shape
    )
