"""Reads files of requests as trees: one such file, or a folder of them with environments."""

from collections.abc import Iterator

from gassapi_backend.exchange.dothttp.environments import (
    environments_of,
    is_environments,
    loaded,
)
from gassapi_backend.exchange.dothttp.requests import OTHERS, read_curl, read_request
from gassapi_backend.exchange.dothttp.segments import Segment, segments_of
from gassapi_backend.exchange.loading import text_of
from gassapi_backend.exchange.sources import Source
from gassapi_backend.exchange.tree import (
    Document,
    Folder,
    Json,
    Note,
    Origin,
    Request,
    Unreadable,
    What,
    base_of,
)

FORMAT = "http"
_ENDINGS = (".http", ".rest")


def read(source: Source) -> Document:
    """Return the tree of requests, and environments if there are files of them."""
    if source.files:
        return _read_files(source)
    if is_environments(source.name):
        document = Document(FORMAT, "")
        document.environments, document.notes = environments_of({source.name: source.data})
        return document
    document = Document(FORMAT, "")
    document.collections = [_read_file(source.text, _title(source.name), "", document.notes)]
    if not any(True for _ in document.collections[0].requests()):
        raise Unreadable("There is no request in this file.", "line 1")
    return document


def _title(name: str) -> str:
    name = name.rpartition("/")[2]
    ending = next((one for one in _ENDINGS if name.lower().endswith(one)), "")
    return name[: len(name) - len(ending)] or "Requests"


def _read_files(source: Source) -> Document:
    document = Document(FORMAT, "")
    paths = [path for path in sorted(source.files) if path.lower().endswith(_ENDINGS)]
    root = Folder(source.name or "Requests")
    folders = {"": root}
    for path in paths:
        inner = path.rpartition("/")[0]
        folder = _read_file(source.files[path], _title(path), path, document.notes)
        _folder_at(inner, folders).items.append(folder)
    only = root.items[0] if len(root.items) == 1 else None
    if isinstance(only, Folder) and len(paths) == 1:
        root = only
    for folder in root.folders():
        folder.origin = folder.origin or Origin(FORMAT, original={}, base=base_of(folder))
    document.collections = [root] if paths else []
    said = {
        path: loaded(path, text, document.notes)
        for path, text in source.files.items()
        if is_environments(path)
    }
    document.environments, notes = environments_of(said)
    document.notes += notes
    return document


def _folder_at(path: str, folders: dict[str, Folder]) -> Folder:
    """Return the folder of a path; if it is new, create it and those above it."""
    missing = []
    while path not in folders:
        missing.append(path)
        path = path.rpartition("/")[0]
    folder = folders[path]
    for one in reversed(missing):
        inner = Folder(one.rpartition("/")[2])
        folder.items.append(inner)
        folders[one] = folder = inner
    return folder


def _read_file(text: str, name: str, path: str, notes: list[Note]) -> Folder:
    """Return the requests of a file as a collection; its variables are the collection's."""
    folder = Folder(name)
    variables: dict[str, Json] = {}
    others: list[list[Json]] = []
    for at, segment in enumerate(segments_of(text)):
        variables |= dict(segment.variables)
        kind = OTHERS.get(segment.method or "") if segment.is_request else None
        notes += _imports(segment, path)
        is_read = segment.is_request and not kind
        if is_read and (found := _requests(segment, at, path, notes, variables)):
            folder.items += found
            continue
        others.append([at, segment.text])
        if kind:
            reason = f"this is {kind}, which is kept, and comes back when exporting as .http"
            pointer = _pointer(path, segment)
            notes.append(Note(What.SKIPPED, "endpoint", segment.name, pointer, reason))
    folder.variables = [
        {"key": key, "value": text_of(value), "enabled": True, "secret": False}
        for key, value in variables.items()
    ]
    original: dict[str, Json] = {"others": others}
    folder.origin = Origin(FORMAT, "", path, original=original, base=base_of(folder))
    return folder


def _pointer(path: str, segment: Segment) -> str:
    return f"{path}#line {segment.line}" if path else f"line {segment.line}"


def _imports(segment: Segment, path: str) -> Iterator[Note]:
    """Report the lines that take in or run requests of other files."""
    for line in segment.before:
        if line.strip().startswith(("import ", "run ")):
            reason = "requests of other files are not taken in or run here; the line is kept"
            yield Note(What.KEPT, "document", line.strip()[:200], _pointer(path, segment), reason)


def _requests(
    segment: Segment, at: int, path: str, notes: list[Note], variables: dict[str, Json]
) -> list[Request]:
    """Return the request of a segment; those of its commands, if it is cURL."""
    found, said = read_curl(segment) if segment.is_curl else read_request(segment, variables)
    for note in said:
        note.pointer = _pointer(path, segment)
    notes += said
    for request in found:
        _keep(request, segment, at, path, is_alone=len(found) == 1)
    return found


def _keep(request: Request, segment: Segment, at: int, path: str, *, is_alone: bool) -> None:
    """Set where a request came from; its text is kept if the segment holds no other."""
    original: dict[str, Json] = {"at": at, "before": segment.before, "after": segment.after}
    if is_alone:
        original["text"] = segment.text
    if "name" in segment.directives:
        original["named"] = True
    request.origin = Origin(
        FORMAT, "", _pointer(path, segment), original=original, base=base_of(request)
    )
