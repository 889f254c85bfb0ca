"""Whatever a document of Insomnia holds, it is read or refused."""

from dataclasses import replace

import pytest

from gassapi_backend.exchange import formats
from gassapi_backend.exchange.insomnia import read
from gassapi_backend.exchange.tree import Unreadable
from gassapi_backend.exchange.writing import WriteOptions
from tests.exchange import documents
from tests.exchange.insomnia.samples import SAMPLES
from tests.exchange.mutations import mutated
from tests.exchange.originals import stored


@pytest.mark.parametrize("version", ["5", "4"])
def test_a_broken_document_is_read_or_refused_and_what_is_read_can_be_written(version: str) -> None:
    source = documents.source_of(SAMPLES[version])
    for seed in range(150):
        try:
            document = stored(read(replace(source, data=mutated(source.data, seed, changes=8))))
        except Unreadable:
            continue
        for goes_as in ("5", "4"):
            if document.collections or document.environments:
                formats.write(document, "insomnia", WriteOptions(version=goes_as)).content()


def test_folders_may_stand_in_each_other_ever_deeper() -> None:
    resources = [{"_id": "f0", "_type": "workspace", "name": "w"}]
    resources += [
        {"_id": f"f{n}", "_type": "request_group", "parentId": f"f{n - 1}", "name": "f"}
        for n in range(1, 3000)
    ]
    source = documents.source_of(SAMPLES["4"])
    document = read(replace(source, data={"__export_format": 4, "resources": resources}))
    assert len([*document.collections[0].folders()]) == 3000
