"""Turns the bytes of any file, archive or folder into a ``Source``: decoded, parsed, bounded."""

from collections.abc import Iterable
from dataclasses import replace

from gassapi_backend.exchange.loading.archives import (
    archives_in,
    files_of_zip,
    is_read,
    is_zip,
    path_problem,
    texts_of,
)
from gassapi_backend.exchange.loading.decoding import decoded
from gassapi_backend.exchange.loading.json_text import begins_with_comments, parse_json
from gassapi_backend.exchange.loading.limits import MAX_BYTES, MAX_DEPTH
from gassapi_backend.exchange.loading.scalars import as_written, json_text, text_of
from gassapi_backend.exchange.sources import Source, Syntax
from gassapi_backend.exchange.tree import Unreadable

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "as_written",
    "is_read",
    "json_text",
    "load",
    "load_files",
    "load_text",
    "text_of",
]


def load(data: bytes, name: str = "", *, max_bytes: int = MAX_BYTES) -> Source:
    """Return what a file holds; raise ``Unreadable`` for what cannot be read.

    A ZIP archive becomes a source of files, unless it holds just one.
    """
    if len(data) > max_bytes:
        raise Unreadable(f"The file is larger than {max_bytes // 1_000_000} MB.")
    if is_zip(data):
        try:
            source = load_files(files_of_zip(data, max_bytes), name, max_bytes=max_bytes)
        except NoFile:
            if found := archives_in(data):
                only = f"There is only an archive in it. Import that: {found[0].name}."
                raise Unreadable(only, found[0].pointer) from None
            raise
        return replace(source, notes=(*source.notes, *archives_in(data)))
    return load_text(decoded(data), name)


class NoFile(Unreadable):
    """There is nothing in a folder or archive that could be a document."""


_NEVER_JSON = (".yaml", ".yml", ".http", ".rest", ".bru")


def _starts_as_json(text: str) -> bool:
    """Whether text is meant as JSON; ``{{variable}}`` at its start means that it is a request."""
    if begins_with_comments(text):
        return True
    return text[0] in "{[" and not text.startswith("{{")


def load_text(text: str, name: str = "") -> Source:
    """Return what a text holds; raise ``Unreadable`` for empty text and for broken JSON.

    Text that is not YAML either becomes a source with only its text: some formats are just text.
    """
    text = text.removeprefix("\ufeff")
    if not text.strip():
        raise Unreadable("The document is empty.")
    if _starts_as_json(text.lstrip()) and not name.lower().endswith(_NEVER_JSON):
        data, notes = parse_json(text)
        return Source(data=data, name=name, syntax=Syntax.JSON, notes=tuple(notes))
    from gassapi_backend.exchange.loading.yaml_text import parse_yaml  # not for servers' memory

    try:
        parsed = parse_yaml(text)
    except Unreadable as problem:
        return Source(text, name=name, problem=problem)
    if not isinstance(parsed.data, (dict, list)):
        return Source(text, name=name)
    return Source(
        text,
        parsed.data,
        name,
        scalars=parsed.scalars,
        syntax=Syntax.YAML,
        notes=tuple(parsed.notes),
    )


def load_files(
    files: Iterable[tuple[str, bytes]], name: str = "", *, max_bytes: int = MAX_BYTES
) -> Source:
    """Return the files of a folder, given as path and content, as one source.

    Files that cannot belong to a document are left out. A single file is returned as the document
    it holds. A folder common to all is removed from the paths, and becomes the name.
    """
    chosen = ((path, data) for path, data in files if not _is_refused(path) and is_read(path))
    texts, notes = texts_of(chosen, max_bytes)
    if not texts:
        raise NoFile("There is no file in it that could be imported.")
    if len(texts) == 1:
        [(path, text)] = texts.items()
        source = load_text(text, path.rpartition("/")[2])
        return replace(source, notes=(*notes, *source.notes))
    top, texts = _without_top(texts)
    return Source(name=top or name, files=texts, syntax=Syntax.FILES, notes=tuple(notes))


def _is_refused(path: str) -> bool:
    if problem := path_problem(path):
        raise Unreadable(f"The folder is refused: {problem}.", path[:200])
    return False


def _without_top(texts: dict[str, str]) -> tuple[str, dict[str, str]]:
    tops = {path.partition("/")[0] for path in texts}
    if len(tops) > 1 or not all("/" in path for path in texts):
        return "", texts
    inner, shorter = _without_top({path.partition("/")[2]: text for path, text in texts.items()})
    return inner or tops.pop(), shorter
