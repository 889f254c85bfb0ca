"""Reads about what is exported, merged or imported into: each a single statement."""

from collections.abc import AsyncIterator, Sequence
from operator import itemgetter

from gassapi_backend.database import Row, row, rows, taking
from gassapi_backend.database.indexes import BY_PLACE
from gassapi_backend.database.statements import batches
from gassapi_backend.models import is_id, name_hash
from gassapi_backend.server.items.outlines import in_parts, marks
from gassapi_backend.server.items.sizes import size_sql

COLLECTIONS = 1000  # whose endpoints are asked for at once
ORIGIN = """
  o.document_id, o.format AS o_format, o.version AS o_version, o.pointer AS o_pointer, o.source_id,
  o.operation_id, o.original, o.base, o.parent_id AS o_parent_id, o.position AS o_position,
  o.given_name
"""
_COLLECTION = """
  c.id, c.parent_id, c.position, c.is_gone, c.revision, c.name, c.description, c.variables, c.auth,
  c.headers, c.endpoint_count
"""
_ENDPOINT = """
  e.id, e.collection_id AS parent_id, e.position, e.is_gone, e.name, e.method, e.url, e.headers,
  e.params, e.body_type, e.body, e.auth, e.description, e.examples, e.purpose, e.request_params,
  e.response_schema, e.header_docs
"""
# CROSS JOIN: SQLite would begin with the other table, where statistics make it look shorter
_BELOW = """
WITH RECURSIVE below (id) AS (
  SELECT id FROM collections WHERE id = ?
  UNION ALL
  SELECT c.id FROM below CROSS JOIN collections c ON c.parent_id = below.id
)
"""
_OF_DOCUMENT = """
WITH RECURSIVE below (id) AS (
  SELECT id FROM collections WHERE id = ? OR id IN (
    SELECT owner_id FROM origins WHERE document_id = ? AND owner_type = 'collection'
  )
  UNION
  SELECT c.id FROM below CROSS JOIN collections c ON c.parent_id = below.id
)
"""
_MERGED_ENDPOINTS = f"""
{_OF_DOCUMENT} SELECT {{columns}} FROM (
  SELECT e.id FROM below CROSS JOIN endpoints e ON e.collection_id = below.id
  UNION SELECT owner_id FROM origins WHERE document_id = ? AND owner_type = 'endpoint'
) found CROSS JOIN endpoints e ON e.id = found.id
"""  # noqa: S608 - constants only


async def collections_of(collection_id: str, *, deep: bool = True) -> list[Row]:
    """Return a collection, optionally with everything below it, with their origins."""
    chosen = f"{_BELOW} SELECT" if deep else "SELECT"
    source = "below CROSS JOIN collections c ON c.id = below.id" if deep else "collections c"
    where = "" if deep else "WHERE c.id = ?"
    return await rows(
        f"{chosen} {_COLLECTION}, {ORIGIN} FROM {source} "
        f"LEFT JOIN origins o ON o.owner_id = c.id {where}",
        collection_id,
    )


async def endpoints_in(collection_ids: Sequence[str]) -> AsyncIterator[list[Row]]:
    """Yield the endpoints in some collections, some at a time, with their origins."""
    source = "endpoints e LEFT JOIN origins o ON o.owner_id = e.id"
    for some in batches(collection_ids, COLLECTIONS, len):
        found = await rows(
            f"SELECT id, {size_sql('endpoints')} AS size FROM endpoints {taking(BY_PLACE)} "  # noqa: S608 - our own text
            f"WHERE collection_id IN ({marks(some)})",
            *some,
        )
        async for part in in_parts(found, f"{_ENDPOINT}, {ORIGIN}", source, "e.id"):
            yield part


async def collections_above(collection_id: str) -> list[Row]:
    """Return the collections that contain one, the outermost first."""
    return await rows(
        f"""
        WITH RECURSIVE above (id, parent_id, height) AS (
          SELECT id, parent_id, 0 FROM collections WHERE id = ?
          UNION ALL
          SELECT c.id, c.parent_id, above.height + 1
          FROM above CROSS JOIN collections c ON c.id = above.parent_id
        )
        SELECT {_COLLECTION}, {ORIGIN} FROM above CROSS JOIN collections c ON c.id = above.id
        LEFT JOIN origins o ON o.owner_id = c.id WHERE above.height > 0
        ORDER BY above.height DESC
        """,  # noqa: S608 - constants only
        collection_id,
    )


async def environments_of_document(document_id: str) -> list[Row]:
    """Return the environments that came with the document that a collection came from."""
    return await rows(
        f"""
        SELECT n.id, n.name, n.description, n.variables, {ORIGIN}
        FROM origins o JOIN environments n ON n.id = o.owner_id
        WHERE o.document_id = ? AND o.owner_type = 'environment' ORDER BY n.id
        """,  # noqa: S608 - constants only
        document_id,
    )


async def environment_with_origin(environment_id: str) -> Row | None:
    """Return an environment, with its origin."""
    return await row(
        f"""
        SELECT n.id, n.project_id, n.name, n.description, n.variables, {ORIGIN}
        FROM environments n LEFT JOIN origins o ON o.owner_id = n.id WHERE n.id = ?
        """,  # noqa: S608 - constants only
        environment_id,
    )


async def find_environment(project_id: str, wanted: str) -> Row | None:
    """Return the environment of a project by its id or name."""
    column, value = ("id", wanted) if is_id(wanted) else ("name_hash", name_hash(wanted))
    return await row(
        f"""
        SELECT n.id, n.project_id, n.name, n.description, n.variables, {ORIGIN}
        FROM environments n LEFT JOIN origins o ON o.owner_id = n.id
        WHERE n.project_id = ? AND n.{column} = ?
        """,  # noqa: S608 - constants only
        project_id,
        value,
    )


async def merged_collections(root_id: str) -> AsyncIterator[list[Row]]:
    """Yield the collections that a merge compares, some at a time, in the order of their ids.

    They are one, those that came with it, and all below.
    """
    found = await rows(
        f"{_OF_DOCUMENT} SELECT c.id, {size_sql('collections', 'c')} AS size FROM below "  # noqa: S608 - constants only
        "CROSS JOIN collections c ON c.id = below.id",
        root_id,
        root_id,
    )
    source = (
        "collections c LEFT JOIN origins o ON o.owner_id = c.id "
        "LEFT JOIN collections p ON p.id = c.parent_id"
    )
    columns = f"{_COLLECTION}, {ORIGIN}, p.name AS parent_name"
    async for part in in_parts(_by_id(found), columns, source, "c.id"):
        yield part


async def merged_endpoints(root_id: str) -> AsyncIterator[list[Row]]:
    """Yield the endpoints in ``merged_collections()`` and others of the document, likewise."""
    found = await rows(
        _MERGED_ENDPOINTS.format(columns=f"e.id, {size_sql('endpoints', 'e')} AS size"),
        *[root_id] * 3,
    )
    source = (
        "endpoints e LEFT JOIN origins o ON o.owner_id = e.id "
        "LEFT JOIN collections p ON p.id = e.collection_id"
    )
    columns = f"{_ENDPOINT}, {ORIGIN}, p.name AS parent_name"
    async for part in in_parts(_by_id(found), columns, source, "e.id"):
        yield part


def _by_id(found: list[Row]) -> list[Row]:
    return sorted(found, key=itemgetter("id"))


async def merged_places(root_id: str) -> list[Row]:
    """Return id, collection and position of the endpoints in ``merged_endpoints()``."""
    columns = "e.id, e.collection_id, e.position"
    return await rows(_MERGED_ENDPOINTS.format(columns=columns), *[root_id] * 3)


async def lone_environments(project_id: str) -> list[Row]:
    """Return a project's environments that were imported on their own."""
    return await rows(
        f"""
        SELECT n.id, n.name, n.description, n.variables, {ORIGIN}
        FROM origins o JOIN environments n ON n.id = o.owner_id
        WHERE o.project_id = ? AND o.document_id IS NULL AND o.owner_type = 'environment'
        ORDER BY n.id
        """,  # noqa: S608 - constants only
        project_id,
    )


async def deleted_origins(document_id: str) -> AsyncIterator[list[Row]]:
    """Yield what is kept about things of a document that were deleted here, likewise."""
    found = await rows(
        "SELECT owner_id AS id, COALESCE(LENGTH(original), 0) + COALESCE(LENGTH(base), 0) AS size "
        "FROM origins WHERE document_id = ? AND is_deleted = ?",
        document_id,
        True,
    )
    columns = f"o.owner_id AS id, o.owner_type, {ORIGIN}"
    async for part in in_parts(_by_id(found), columns, "origins o", "o.owner_id"):
        yield part


async def documents_named(project_id: str, keys: Sequence[str]) -> list[Row]:
    """Return the collections of a project that came from documents with one of these keys."""
    if not keys:
        return []
    marks = ", ".join("?" * len(keys))
    return await rows(
        "SELECT c.id, c.name, o.document_key "  # noqa: S608 - question marks
        "FROM origins o JOIN collections c ON c.id = o.owner_id "
        f"WHERE o.document_key IN ({marks}) AND o.project_id = ? AND o.owner_type = 'collection' "
        "ORDER BY c.id",
        *keys,
        project_id,
    )


async def deleted_documents(project_id: str, keys: Sequence[str]) -> set[str]:
    """Return those of these keys whose collection was deleted here."""
    if not keys:
        return set()
    found = await rows(
        "SELECT document_key FROM origins WHERE document_key IN "  # noqa: S608 - question marks
        f"({marks(keys)}) AND project_id = ? AND owner_type = 'collection' AND is_deleted = ?",
        *keys,
        project_id,
        True,
    )
    return {one["document_key"] for one in found}


async def sibling_names(sibling_of: str) -> list[str]:
    """Return the names of sibling collections."""
    found = await rows("SELECT name FROM collections WHERE sibling_of = ?", sibling_of)
    return [one["name"] for one in found]


async def environment_names(project_id: str) -> list[str]:
    """Return the names of a project's environments."""
    found = await rows("SELECT name FROM environments WHERE project_id = ?", project_id)
    return [one["name"] for one in found]


async def project_revision(project_id: str) -> int | None:
    """Return the revision of a project; ``None`` if it is gone."""
    found = await row("SELECT revision FROM projects WHERE id = ?", project_id)
    return found["revision"] if found else None
