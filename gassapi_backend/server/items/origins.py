"""Origins go along with their owners: copied, and marked or gone when these are deleted.

Everything here belongs in a change that has the project locked.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from gassapi_backend.database import execute, rows
from gassapi_backend.database.statements import for_ids, send

BATCH = 400  # rows of a statement that names each; SQLite joins 500 SELECTs at most

_COPIED = (
    "owner_type, document_key, format, version, pointer, source_id, operation_id, original, base, "
    "position, given_name, is_deleted"
)


async def copy(copies: Mapping[str, str], project_id: str) -> None:
    """Give copies the origins of what they are copies of, into a project.

    ``copies`` are their ids by the ids of the originals. Where a whole document was copied, the
    copy is one that a newer version can be merged into; a part of one is not.
    """
    for some in _batches(list(copies)):
        marks = ", ".join("?" * len(some))
        found = await rows(
            "SELECT owner_id, document_id, parent_id FROM origins "  # noqa: S608 - question marks
            f"WHERE owner_id IN ({marks}) AND is_deleted = ?",
            *some,
            False,
        )
        if not found:
            continue
        pairs = " UNION ALL SELECT ?, ?, ?, ?" * (len(found) - 1)
        originals = ", ".join(f"o.{column.strip()}" for column in _COPIED.split(","))
        await execute(
            f"""
            INSERT INTO origins (owner_id, document_id, parent_id, project_id, {_COPIED})
            SELECT n.id, n.document_id, n.parent_id, ?, {originals} FROM origins o
            JOIN (SELECT ? AS original, ? AS id, ? AS document_id, ? AS parent_id{pairs}) n
              ON n.original = o.owner_id
            WHERE o.owner_id IN ({", ".join("?" * len(found))})
            """,  # noqa: S608 - constants and question marks
            project_id,
            *(
                value
                for one in found
                for value in (
                    one["owner_id"],
                    copies[one["owner_id"]],
                    copies.get(one["document_id"]),
                    copies.get(one["parent_id"]),
                )
            ),
            *(one["owner_id"] for one in found),
        )


async def mark_deleted(owner_ids: Iterable[str]) -> int:
    """Note that things are deleted here, so that the next import leaves them so.

    Of what the source has no more (it is marked so), nothing is kept. Returns for how many of them
    it was noted: if for any, ``forget_documents()`` has to follow once they are deleted.
    """
    return await _mark("owner_id IN ({marks})", list(owner_ids))


async def mark_deleted_in(collection_ids: Iterable[str]) -> int:
    """Note, while they are there, that collections are deleted with the endpoints in them.

    Returns as ``mark_deleted()`` does.
    """
    ids = list(collection_ids)
    in_them = "owner_id IN (SELECT id FROM endpoints WHERE collection_id IN ({marks}))"
    return await mark_deleted(ids) + await _mark(in_them, ids)


_OF_WHOLE = "owner_id = document_id AND document_key IS NOT NULL"


async def forget_documents(project_id: str) -> None:
    """Drop what is kept of deleted things whose document is gone too.

    That it is gone stays known: it may have been one of several in what is imported next.
    """
    await execute(
        f"DELETE FROM origins WHERE project_id = ? AND is_deleted = ? AND NOT ({_OF_WHOLE}) "  # noqa: S608 - constants
        "AND NOT EXISTS (SELECT 1 FROM collections WHERE collections.id = origins.document_id)",
        project_id,
        True,
    )


async def forget_contents(project_id: str) -> None:
    """Of documents that are gone, keep no more than that; of those of no format here, nothing."""
    here = await rows(
        "SELECT DISTINCT o.format FROM collections c CROSS JOIN origins o ON o.owner_id = c.id "
        "WHERE c.project_id = ? AND o.document_key IS NOT NULL",
        project_id,
    )
    gone = f"project_id = ? AND is_deleted = ? AND {_OF_WHOLE}"
    formats = [one["format"] for one in here]
    among = f"format IN ({', '.join('?' * len(formats))})" if formats else "1 = 0"
    await execute(f"DELETE FROM origins WHERE {gone} AND NOT ({among})", project_id, True, *formats)  # noqa: S608 - constants and question marks
    await execute(f"UPDATE origins SET base = NULL WHERE {gone}", project_id, True)  # noqa: S608 - constants


async def forget_deleted(project_id: str, keys: Sequence[str]) -> None:
    """Forget that documents with these keys were deleted here: they are here again."""
    sql = f"DELETE FROM origins WHERE project_id = ? AND is_deleted = ? AND {_OF_WHOLE}"  # noqa: S608 - constants
    await send(for_ids(f"{sql} AND document_key IN ({{ids}})", keys, project_id, True))


async def _mark(where: str, ids: Sequence[str]) -> int:
    count = 0
    for some in _batches(ids):
        condition = where.format(marks=", ".join("?" * len(some)))
        await execute(
            f"DELETE FROM origins WHERE {condition} AND "  # noqa: S608 - constants and question marks
            "(EXISTS (SELECT 1 FROM endpoints e WHERE e.id = owner_id AND e.is_gone = ?) OR "
            "EXISTS (SELECT 1 FROM collections c WHERE c.id = owner_id AND c.is_gone = ?))",
            *some,
            True,
            True,
        )
        count += await execute(
            f"UPDATE origins SET is_deleted = ?, original = NULL WHERE {condition}",  # noqa: S608 - constants and question marks
            True,
            *some,
        )
    return count


def _batches(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]
