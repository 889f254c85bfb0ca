"""Finds the OpenAPI documents of a source, and reads each in its version."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from gassapi_backend.exchange.descriptions import has_paths, roots_of
from gassapi_backend.exchange.loading import load_text
from gassapi_backend.exchange.openapi.copying import unshared
from gassapi_backend.exchange.openapi.reading.bundling import Load, bundle
from gassapi_backend.exchange.openapi.reading.naming import is_two, named_rightly
from gassapi_backend.exchange.openapi.reading.swagger import from_swagger, pointer_in
from gassapi_backend.exchange.openapi.reading.trees import FORMAT, read_document
from gassapi_backend.exchange.openapi.texts import text_or_none
from gassapi_backend.exchange.openapi.versions import minor
from gassapi_backend.exchange.sources import Source
from gassapi_backend.exchange.tree import Document, Json, Unreadable

_NAMES_ITSELF = re.compile(r"""(?m)^[\s{]*["']?(?:openapi|swagger)["']?\s*:""")


def is_openapi(data: Json) -> bool:
    """Whether a parsed document says that it is OpenAPI or Swagger, of any version."""
    return isinstance(data, dict) and any(
        text_or_none(data.get(key)) is not None for key in ("openapi", "swagger")
    )


def read(source: Source) -> Document:
    """Return what a document or the files of an archive hold.

    Raises ``Unreadable`` if there is no document of a known version.
    """
    load = _loader(source) if source.files else None
    try:
        documents = [_read(data, name, load) for name, data in _roots(source, load)]
    except RecursionError:
        raise Unreadable("The document is nested too deeply to be read.") from None
    if not documents:
        raise Unreadable("There is no OpenAPI document: none has the field openapi or swagger.")
    if len(documents) == 1:
        return documents[0]
    return _together(documents)


def _loader(source: Source) -> Load:
    """Return a function that parses the files of a source, each on demand and once."""
    parsed: dict[str, Json] = {}

    def load(path: str) -> Json:
        if path not in parsed:
            parsed[path] = _data_of(source.files[path], path)
        if parsed[path] is None:
            raise LookupError(path)
        return parsed[path]

    return load


def _data_of(text: str, path: str) -> Json:
    """Return a parsed file; ``None`` if it cannot be read: references to it are then reported."""
    try:
        return load_text(text, path).data
    except Unreadable:
        return None


def _roots(source: Source, load: Load | None) -> Iterator[tuple[str, Json]]:
    if load is None:
        yield source.name, source.data
        return
    found = {}
    for name in sorted(source.files, key=lambda path: (path.count("/"), path)):
        if source.main in ("", name) and _NAMES_ITSELF.search(source.files[name]):
            with suppress(LookupError):
                found[name] = load(name)
    documents = {name: has_paths(data) for name, data in found.items() if is_openapi(data)}
    for name in roots_of(source.files, documents):
        yield name, found[name]


def _read(data: Json, name: str, load: Load | None) -> Document:
    if not is_openapi(data):
        raise Unreadable("This is not an OpenAPI document: it has no field openapi or swagger.")
    data, notes = named_rightly(data)
    version = _version(data)
    if load is not None:
        data = bundle(data, name, load)
    if version != "2.0":
        document = read_document(data, version)
    else:
        document = _read_swagger(data if load is not None else unshared(data), version)
    document.notes = notes + document.notes
    return document


def _read_swagger(data: dict[str, Json], version: str) -> Document:
    converted, notes = from_swagger(data)
    document = read_document(converted, version)
    document.notes = [replace(one, pointer=pointer_in(data, one.pointer)) for one in document.notes]
    document.notes[:0] = notes
    for environment in document.environments:
        if environment.origin is not None:
            environment.origin.pointer = pointer_in(data, environment.origin.pointer)
    return document


def _version(data: dict[str, Json]) -> str:
    """Return the version of a document; raise ``Unreadable`` for an unknown one."""
    version = text_or_none(data.get("openapi", data.get("swagger"))) or ""
    if "openapi" in data and minor(version):
        return version
    if "swagger" in data and is_two(version):
        return "2.0"
    is_mixed = "openapi" in data and is_two(version)
    advice = (
        "its fields are those of OpenAPI 3: write openapi: 3.0.3"
        if is_mixed
        else "convert the document to one of them"
    )
    raise Unreadable(
        f"OpenAPI {version[:20]} is not known here. OpenAPI 3.0, 3.1 and 3.2 and Swagger 2.0 are; "
        f"{advice}.",
        "/openapi" if "openapi" in data else "/swagger",
    )


def _together(documents: list[Document]) -> Document:
    """Return several documents from one archive as one, which has no name of its own."""
    whole = Document(FORMAT, documents[0].version)
    for document in documents:
        whole.collections += document.collections
        whole.environments += document.environments
        whole.notes += document.notes
    return whole
