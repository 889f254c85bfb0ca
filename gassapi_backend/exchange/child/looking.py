"""What a child finds out about a folder: which documents are in it."""

from collections.abc import Iterator

from gassapi_backend.exchange.child.frames import Frame
from gassapi_backend.exchange.folders import WHOLE, Part, parts_of
from gassapi_backend.exchange.known_formats import find_format
from gassapi_backend.exchange.loading import MAX_BYTES, load
from gassapi_backend.exchange.tree import Json


def looked(options: Json, data: bytes) -> Iterator[Frame]:
    """Yield the ``documents`` in an archive of a folder, and why each of the ``others`` is not one.

    A document has its ``path``, the name of its ``format``, and ``without``: the paths to leave out
    when it is read from the archive, or null if it is a single file. The path ``WHOLE`` stands for
    all files together; it has no format if none was recognised, and reading it then says so.
    Options are those of ``jobs.read_document()``; with a ``format``, documents in other formats are
    left out.
    """
    source = load(data, options.get("name", ""), max_bytes=options.get("maxBytes", MAX_BYTES))
    found, others = parts_of(source)
    wanted = options.get("format") and find_format(options["format"]).name
    chosen = [_said(one) for one in found if wanted in (None, one.format)]
    nothing: Json = {"path": WHOLE, "format": wanted, "without": []}
    yield Frame({"documents": chosen or [nothing], "others": others if chosen else {}})


def _said(part: Part) -> Json:
    without = None if part.without is None else [*part.without]
    return {"path": part.path, "format": part.format, "without": without}
