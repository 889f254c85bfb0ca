"""What a merge compares: what is stored of a document, and whether it is still the same."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing
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


async def stored_frames(project_id: str, roots: Sequence[str | None]) -> AsyncGenerator[bytes]:
    """Yield everything that a merge compares, as frames in an order that is always the same.

    It comes in parts, an empty one after those of each root: all of it may be far more than what
    may be in memory at once.
    """
    for root_id in roots:
        parts = _of_document(root_id) if root_id is not None else _of_none(project_id)
        async for part in parts:
            if part:
                yield part
        yield b""


async def _of_document(root_id: str) -> AsyncIterator[bytes]:
    async for some in queries.merged_collections(root_id):
        yield await packed(merge_frame("collection", row, root_id) for row in some)
    async for some in queries.merged_endpoints(root_id):
        yield await packed(merge_frame("endpoint", row, root_id) for row in some)
    environments = await queries.environments_of_document(root_id)
    yield await packed(merge_frame("environment", row, root_id) for row in environments)
    async for some in queries.deleted_origins(root_id):
        frames = (merge_frame(row["owner_type"], row, root_id, is_deleted=True) for row in some)
        yield await packed(frames)


async def _of_none(project_id: str) -> AsyncIterator[bytes]:
    found = await queries.lone_environments(project_id)
    yield await packed(merge_frame("environment", row, None) for row in found)


async def noted(
    parts: AsyncGenerator[bytes], note: Callable[[bytes], None]
) -> AsyncGenerator[bytes]:
    """Yield parts, each noted first."""
    async with aclosing(parts):
        async for part in parts:
            note(part)
            yield part


async def digest_of(parts: AsyncGenerator[bytes]) -> bytes:
    """Return a digest of parts, to tell whether what is stored has changed."""
    digest = sha256()
    async for part in parts:
        digest.update(part)
    return digest.digest()


def is_nothing(read: Read) -> bool:
    """Whether a merge has nothing to write."""
    return not any((read.rows, read.updates, read.rebases, *(read.decisions or {}).values()))
