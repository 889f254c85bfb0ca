"""Merging a document into what an earlier version of it became: read, compare, lock, write."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from hashlib import sha256

from gassapi_backend.server.access.callers import Actor
from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.changes.change import Change, change
from gassapi_backend.server.collections.queries import ids_above, load_collection
from gassapi_backend.server.errors import Unavailable
from gassapi_backend.server.importing import queries
from gassapi_backend.server.importing.children import Document, Read, read_parts
from gassapi_backend.server.importing.compared import (
    Overtaken,
    check_target,
    digest_of,
    is_nothing,
    noted,
    stored_frames,
)
from gassapi_backend.server.importing.merge_targets import Targets, find_targets, is_still_so
from gassapi_backend.server.importing.merged_names import arrange
from gassapi_backend.server.importing.merged_rows import write_merge
from gassapi_backend.server.importing.new_documents import check_place, tell_apart, write_new
from gassapi_backend.server.importing.programs import Importing, read_options
from gassapi_backend.server.importing.reports import import_report, joined
from gassapi_backend.server.importing.schemas import ImportAnswer, ImportOptions
from gassapi_backend.server.importing.writing import record_import
from gassapi_backend.server.web.etags import IfMatch

ATTEMPTS = 4


async def merge_document(
    actor: Actor,
    project_id: str,
    wanted: ImportOptions,
    document: Document,
    name: str,
    program: Importing,
    if_match: IfMatch,
) -> tuple[ImportAnswer, bool]:
    """Merge a document; return the answer, and whether anything was written.

    It is compared before anything is locked, and again if others have written since. Each of
    several collections goes into the one that it was; those that are new in the document are
    created beside the first. Raises ``Conflict`` with the candidates if it is not clear what to
    merge into.
    """
    for _ in range(ATTEMPTS):
        targets = await find_targets(project_id, wanted, document, name, program)
        merge = _Merge(actor, project_id, wanted, document, name, program, if_match, targets)
        try:
            return await merge.once()
        except Overtaken:
            continue
    raise Unavailable("Others kept changing this collection. Try again.", retry_after=2)


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a document: what a child read of it, and the collection that it was here.

    A new one is ``is_new``; environments of no collection have no ``root_id`` either, nor has one
    that was deleted here.
    """

    read: Read
    root_id: str | None
    is_new: bool


@dataclass(frozen=True, slots=True)
class _Merge:
    """A document to be merged, who asked for it, and where it goes."""

    actor: Actor
    project_id: str
    wanted: ImportOptions
    document: Document
    name: str
    program: Importing
    if_match: IfMatch
    targets: Targets

    async def once(self) -> tuple[ImportAnswer, bool]:
        """Compare and write; raise ``Overtaken`` if others have written in between."""
        revision = await queries.project_revision(self.project_id)
        await self._check()
        compared = sha256()
        whole, parts = await self._read(noted(self._stored(), compared.update))
        try:
            return await self._carry_out(whole, parts, revision, compared.digest())
        finally:
            for part in parts:
                await part.read.let_go()

    async def _carry_out(
        self, whole: Read, parts: list[_Part], revision: int | None, compared: bytes
    ) -> tuple[ImportAnswer, bool]:
        """Write what a child decided; raise ``Overtaken`` if what it compared has changed."""
        if self.wanted.dry_run or not any(one.is_new or not is_nothing(one.read) for one in parts):
            answers = [await self._told(one) for one in parts]
            return await joined(answers, whole), False

        async def write(made: Change) -> ImportAnswer:
            if made.locked_project.revision != revision:
                await self._check()
                if not await is_still_so(self.project_id, self.targets):
                    raise Overtaken
                if await digest_of(self._stored()) != compared:
                    raise Overtaken
            return await self._write(made, whole, parts)

        return await change(self.actor, self.project_id, Permission.WRITE, write), True

    async def _check(self) -> None:
        for root_id in self.targets.here:
            await check_target(self.project_id, root_id, self.if_match)

    def _stored(self) -> AsyncGenerator[bytes]:
        lone = [None] if self.targets.has_lone else []
        return stored_frames(self.project_id, [*self.targets.here, *lone])

    async def _read(self, stored: AsyncGenerator[bytes]) -> tuple[Read, list[_Part]]:
        """Return what the whole document is, and its parts."""
        targets, wanted = self.targets, self.wanted
        heights = [len(await ids_above(self.project_id, one)) - 1 for one in targets.here]
        options = {
            **read_options(wanted, self.name, self.program.settings, max(heights, default=0)),
            "prefer": wanted.prefer,
            "prune": wanted.prune,
        }
        if not targets.is_each:
            root_id = targets.roots[0]
            options |= {"rootId": root_id}
            [read] = await read_parts(self.document, "child.updating:merged", options, stored)
            return read, [_Part(read, root_id, is_new=False)]
        options |= {"rootIds": targets.roots, "deleted": targets.deleted}
        job = "child.updating:merged_each"
        whole, *reads = await read_parts(self.document, job, options, stored)
        parts = [
            _Part(read, root_id, is_new=root_id is None and at not in targets.deleted)
            for at, (read, root_id) in enumerate(zip(reads, targets.roots, strict=False))
        ]
        return whole, [*parts, _Part(reads[-1], None, is_new=False)]

    async def _told(self, part: _Part) -> ImportAnswer:
        """Return what would be done, and write nothing."""
        is_dry, read = self.wanted.dry_run, part.read
        if part.is_new:
            renamed = await tell_apart(read, self.project_id, await self._parent_id())
        elif is_nothing(read):
            renamed = []
        else:
            ids = {frame.said["create"]: frame.said["create"] for frame in read.rows}
            renamed = (await arrange(self.project_id, part.root_id, read, ids)).lines
        return await import_report(
            read,
            collection_id=part.root_id,
            is_dry=is_dry,
            ids={},
            renamed=renamed,
            is_merge=not part.is_new,
        )

    async def _write(self, made: Change, whole: Read, parts: list[_Part]) -> ImportAnswer:
        project_id, vault = self.project_id, self.program.vault
        revision = await self._record(made, whole) if self.targets.is_each else None
        answers = []
        for part in parts:
            if part.is_new:
                parent_id = await self._parent_id()
                await check_place(project_id, parent_id, part.read)
                answers.append(
                    await write_new(made, project_id, parent_id, part.read, vault, revision)
                )
                continue
            answers.append(
                await self._told(part)
                if is_nothing(part.read)
                else await write_merge(made, project_id, part.root_id, part.read, vault, revision)
            )
        return await joined(answers, whole)

    async def _record(self, made: Change, whole: Read) -> int:
        """Record a merge of several collections, once for all of them."""
        first = self.targets.here[0]
        row = await load_collection(self.project_id, first) or {"name": ""}
        said = {"fields": {"name": row["name"]}}
        return record_import(made, whole, "collection", first, said, is_merge=True)

    async def _parent_id(self) -> str | None:
        """Return where new collections go: where it is said, or beside the first known one."""
        if self.wanted.parent_id is not None:
            return self.wanted.parent_id
        row = await load_collection(self.project_id, self.targets.here[0])
        return row and row["parent_id"]
