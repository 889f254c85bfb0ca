"""Importing documents one after the other: a refusal of one does not affect the others."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from gassapi_backend.cli.documents.choosing import chosen_collection, chosen_project
from gassapi_backend.cli.documents.outcomes import Outcome
from gassapi_backend.cli.documents.progress import Bar
from gassapi_backend.cli.documents.sources import Given
from gassapi_backend.server.errors import Failure, Invalid
from gassapi_backend.settings import Settings


@dataclass(frozen=True, slots=True)
class Wanted:
    """How documents are to be imported, as given on the command line.

    ``options`` are those of the API, by its names.
    """

    project: str | None
    into: str | None
    is_new_project: bool
    name: str | None
    owner: str | None
    options: dict[str, Any]

    @property
    def is_merge(self) -> bool:
        return bool(self.options["mode"] == "merge")


@dataclass(frozen=True, slots=True)
class _Part:
    """A document among what was given: a file, the file at ``path`` in a folder, or a folder.

    A folder is read ``without`` some of its files.
    """

    named: str
    file_name: str
    format: str | None
    path: str = ""
    without: list[str] | None = None


_Import = Callable[[bytes, _Part], Awaitable[Any]]
"""Imports some bytes and returns what the API would answer."""


async def import_all(
    given: list[Given], wanted: Wanted, settings: Settings, shown: Bar
) -> tuple[Any, list[Outcome]]:
    """Import everything; return the project, if it existed before, and the outcomes.

    Ends the command if there is no such project; other refusals are in the outcomes.
    """
    from gassapi_backend.exchange.child.running import Children
    from gassapi_backend.server.importing.programs import Importing
    from gassapi_backend.vault import Vault

    program = Importing(Children(heard=shown.hear), settings, Vault(settings))
    limit = settings.import_max_mb * 1_000_000
    project = None if wanted.is_new_project else await chosen_project(wanted.project)
    try:
        bring = await _importer(wanted, project, program)
    except Failure as refusal:
        return project, [Outcome(one.named, refusal=refusal) for one in given]
    outcomes = list[Outcome]()
    for number, one in enumerate(given, 1):
        shown.begin(one.named, number, len(given))
        outcomes += await _import_one(one, limit, wanted, program, bring, shown)
    return project, outcomes


async def _importer(wanted: Wanted, project: Any, program: Any) -> _Import:
    """Return what imports a document. Raises ``Invalid`` for a collection that does not exist."""
    from gassapi_backend.cli.projects import chosen_owner
    from gassapi_backend.server.access.callers import CONSOLE
    from gassapi_backend.server.importing import actions
    from gassapi_backend.server.importing.schemas import ImportOptions, ProjectImport
    from gassapi_backend.server.web.bodies import validated

    async def new_project(content: bytes, part: _Part) -> Any:
        new = validated(ProjectImport, {"name": wanted.name, "data": ""})
        async with program.document(content) as document:
            return await actions.import_project(
                CONSOLE, new, document, part.file_name, program, owner_id=owner_id
            )

    async def into_project(content: bytes, part: _Part) -> Any:
        options = validated(ImportOptions, {**where, "format": part.format})
        async with program.document(content) as document:
            answer, _ = await actions.import_document(
                CONSOLE, project["id"], options, document, part.file_name, program
            )
        return answer

    if wanted.is_new_project:
        owner_id = (await chosen_owner(wanted.owner)).id
        return new_project
    where = dict(wanted.options)
    if wanted.into is not None:
        collection = await chosen_collection(project, wanted.into)
        where["collectionId" if wanted.is_merge else "parentId"] = collection["id"]
    return into_project


async def _import_one(
    given: Given, limit: int, wanted: Wanted, program: Any, bring: _Import, shown: Bar
) -> list[Outcome]:
    """Import what was given; return the outcome of each document in it."""
    format_ = wanted.options["format"]
    if not given.is_folder:
        whole = _Part(given.named, given.file_name, format_)
        return [await _outcome(whole, bring, partial(given.read, limit))]
    try:
        parts, others = await _parts_of(given, limit, format_, program)
        _check_parts(parts, wanted)
    except Failure as refusal:
        return [Outcome(given.named, refusal=refusal, skipped=given.skipped)]
    found = list[Outcome]()
    for part in parts:
        shown.begin(part.named, len(found) + 1, len(parts))
        found.append(await _outcome(part, bring, _content_of(given, part, limit)))
    found[0].skipped = {**given.skipped, **others}
    return found


def _content_of(given: Given, part: _Part, limit: int) -> Callable[[], bytes]:
    if part.without is None:
        return partial(given.read, limit, part.path)
    return partial(given.archived, limit, part.without)


async def _parts_of(
    given: Given, limit: int, format_: str | None, program: Any
) -> tuple[list[_Part], dict[str, str]]:
    """Return a folder's documents, and why other files in it are not any. Raises ``Invalid``."""
    from gassapi_backend.server.importing.children import look_into

    options = {"name": given.file_name, "maxBytes": limit, "format": format_}
    said = await look_into(program.children, options, given.archived(limit))
    parts = []
    for one in said["documents"]:
        path = one["path"]
        named = str(Path(given.named) / path) if path else given.named
        name = given.file_name if one["without"] is not None else path.rpartition("/")[2]
        parts.append(_Part(named, name, one["format"], path, one["without"]))
    return parts, said["others"]


def _check_parts(parts: list[_Part], wanted: Wanted) -> None:
    if len(parts) > 1 and wanted.is_merge and wanted.into is not None:
        raise Invalid(
            f"It holds {len(parts)} documents, and --into is for one. Merge them one by one."
        )


async def _outcome(part: _Part, bring: _Import, content: Callable[[], bytes]) -> Outcome:
    try:
        return Outcome(part.named, await bring(content(), part))
    except Failure as refusal:
        return Outcome(part.named, refusal=refusal)
