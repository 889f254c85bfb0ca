"""What a child makes of rows: a document in one of the formats we write."""

from collections.abc import Iterable, Iterator

from gassapi_backend.exchange import formats
from gassapi_backend.exchange.child.frames import Frame
from gassapi_backend.exchange.child.jobs import MAX_NOTES, said_of
from gassapi_backend.exchange.child.nodes import Placed, node_of, read_frames, tree_of
from gassapi_backend.exchange.resolving import fill_in, unless_masked
from gassapi_backend.exchange.tree import Document, Environment, Folder, Json
from gassapi_backend.exchange.writing import WriteOptions, Written

PIECE = 256 * 1024  # bytes of a document in one frame at most


def exported(options: Json, rows: Iterable[bytes]) -> Iterator[Frame]:
    """Yield what a document is, then its bytes, one piece per frame.

    Options are ``format``, ``version``, ``includeExamples``, and the ``variables`` of the
    environment to fill in, if any. ``rows`` are parts of frames as ``nodes.node_of()`` takes them:
    a collection with everything below it, environments, and the collections above it, outermost
    first, whose ``isAbove`` is true.
    """
    document = _document_of(frame for part in rows for frame in read_frames(part))
    if options["variables"] is not None:
        document = fill_in(document, options["variables"], shown=unless_masked)
    chosen = WriteOptions(options["includeExamples"], options["version"])
    yield from _frames(formats.write(document, options["format"], chosen))


def exported_environment(options: Json, rows: Iterable[bytes]) -> Iterator[Frame]:
    """Yield an environment in a ``format``, as ``exported()`` does a collection."""
    [frame] = [frame for part in rows for frame in read_frames(part)]
    node = node_of(frame)
    assert isinstance(node, Environment)  # noqa: S101 - requested above
    yield from _frames(formats.write_environment(node, options["format"]))


def _document_of(rows: Iterable[Frame]) -> Document:
    """Return the document that rows make up."""
    above: list[Folder] = []
    environments: list[Environment] = []
    below: list[Placed] = []
    for frame in rows:
        node = node_of(frame)
        if isinstance(node, Environment):
            environments.append(node)
        elif isinstance(node, Folder) and frame.said.get("isAbove"):
            above.append(node)
        else:
            below.append((frame.said["parent"], frame.said["position"], node))
    collections = tree_of(below)
    origin = collections[0].origin if collections else None
    return Document(
        origin.format if origin else "",
        origin.version if origin else "",
        collections,
        environments,
        source_id=origin.source_id if origin else None,
        above=above,
    )


def _frames(written: Written) -> Iterator[Frame]:
    yield Frame(
        {
            "mediaType": written.media_type,
            "filename": written.filename,
            "notes": [said_of(note) for note in written.notes[:MAX_NOTES]],
        }
    )
    for chunk in written.chunks:
        for start in range(0, len(chunk), PIECE):
            yield Frame({}, (chunk[start : start + PIECE],))
