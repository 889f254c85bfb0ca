"""Documents of Insomnia for tests."""

from pathlib import Path

from gassapi_backend.exchange import formats
from gassapi_backend.exchange.loading import load, load_text
from gassapi_backend.exchange.tree import Document, Environment, Folder, Json, Request
from gassapi_backend.exchange.writing import WriteOptions
from tests.exchange.documents import source_of
from tests.exchange.originals import stored

FOLDER = Path(__file__).parent.parent / "samples" / "insomnia"
SAMPLES = {"5": FOLDER / "v5.yaml", "4": FOLDER / "v4.json"}


def read_sample(version: str) -> Document:
    return stored(formats.read(source_of(SAMPLES[version])))


def read_text(text: str) -> Document:
    return stored(formats.read(load_text(text)))


def written(document: Document, version: str = "5") -> Json:
    """Return the data of what is written."""
    result = formats.write(document, "insomnia", WriteOptions(version=version))
    return load(result.content(), result.filename).data


def request_of(document: Document, name: str) -> Request:
    return next(
        one for folder in document.collections for one in folder.requests() if one.name == name
    )


def folder_of(document: Document, name: str) -> Folder:
    return next(
        one for folder in document.collections for one in folder.folders() if one.name == name
    )


def environment_of(document: Document, name: str) -> Environment:
    return next(one for one in document.environments if one.name == name)


def values_of(environment: Environment | Folder) -> dict[str, str]:
    return {one["key"]: one["value"] for one in environment.variables}
