"""What a merge compares: what is stored of a document, and whether it is still the same."""

import asyncio
from hashlib import sha256

from gassapi_backend.server.collections.queries import load_collection
from gassapi_backend.server.collections.schemas import collection_view
from gassapi_backend.server.errors import Invalid
from gassapi_backend.server.importing import queries
from gassapi_backend.server.importing.children import Read
from gassapi_backend.server.importing.stored import merge_frame, packed
from gassapi_backend.server.web.etags import IfMatch, stale


class Overtaken(Exception):
    """What was compared has changed since."""


async def check_target(project_id: str, root_id: str | None, if_match: IfMatch) -> None:
    """Raise ``Invalid`` if a collection is gone, and ``Stale`` if another state of it was meant."""
    if root_id is None:
        return
    root = await load_collection(project_id, root_id)
    if root is None:
        raise Invalid.field("collectionId", "There is no such collection in this project.")
    if if_match.misses(root["revision"]):
        raise stale(collection_view(root))


async def stored_frames(project_id: str, root_id: str | None) -> list[bytes]:
    """Return everything that a merge compares, as frames in an order that is always the same.

    It comes in parts: all of it at once would be much for the event loop.
    """
    if root_id is None:
        found = await queries.lone_environments(project_id)
        return [await packed(merge_frame("environment", row, None) for row in found)]
    parts = []
    async for some in queries.merged_collections(root_id):
        parts.append(await packed(merge_frame("collection", row, root_id) for row in some))
    async for some in queries.merged_endpoints(root_id):
        parts.append(await packed(merge_frame("endpoint", row, root_id) for row in some))
    environments = await queries.environments_of_document(root_id)
    parts.append(await packed(merge_frame("environment", row, root_id) for row in environments))
    async for some in queries.deleted_origins(root_id):
        frames = (merge_frame(row["owner_type"], row, root_id, is_deleted=True) for row in some)
        parts.append(await packed(frames))
    return parts


async def digest_of(stored: list[bytes]) -> bytes:
    """Return a digest to tell whether what is stored has changed."""

    def digest() -> bytes:
        found = sha256()
        for part in stored:
            found.update(part)
        return found.digest()

    return await asyncio.to_thread(digest)


def is_nothing(read: Read) -> bool:
    """Whether a merge has nothing to write."""
    return not any((read.rows, read.updates, read.rebases, *(read.decisions or {}).values()))
