"""Collections over HTTP."""

from typing import Annotated

from aiohttp import web

from gassapi_backend.server.collections import actions, queries
from gassapi_backend.server.collections.schemas import (
    CollectionAnswer,
    CollectionChanges,
    CollectionCopy,
    CollectionList,
    CollectionsAnswer,
    NewCollection,
    collection_list,
    collection_tree,
    collection_view,
)
from gassapi_backend.server.collections.trees import flat_in_parts, tree_in_parts
from gassapi_backend.server.items.schemas import Reveal
from gassapi_backend.server.web.etags import if_match
from gassapi_backend.server.web.pieces import SMALL, send_answer
from gassapi_backend.server.web.reading import Message, reply
from gassapi_backend.server.web.state import ACTOR, HANDLING, PROJECT, SUBJECT, VAULT


async def list_collections(
    request: web.Request, wanted: CollectionList
) -> Annotated[web.StreamResponse, CollectionsAnswer]:
    """List a project's collections as a tree, or flat."""
    if request[PROJECT]["size"] <= SMALL:
        found = await queries.list_collections(request[PROJECT]["id"])
        return reply({"collections": (collection_list if wanted.flat else collection_tree)(found)})
    return await send_answer(request, flat_in_parts if wanted.flat else tree_in_parts)


async def create(request: web.Request, new: NewCollection) -> CollectionAnswer:
    """Create a collection, at most twelve deep."""
    row = await actions.create_collection(
        request[ACTOR], request[PROJECT]["id"], new, request.app[VAULT]
    )
    return {"collection": collection_view(row)}


async def show(request: web.Request, wanted: Reveal) -> CollectionAnswer:
    """Show a collection.

    Secret values of its variables are masked unless `reveal` asks for them, which is audited. Such
    an answer is never to be stored, and `If-None-Match` means nothing to it.
    """
    loaded = request[SUBJECT]
    if not wanted.reveal:
        return {"collection": collection_view(loaded)}
    request[HANDLING].reveals = True
    shown = await actions.reveal(
        request[ACTOR], loaded["project_id"], loaded["id"], request.app[VAULT]
    )
    return {"collection": shown}


async def update(request: web.Request, changes: CollectionChanges) -> CollectionAnswer:
    """Change a collection, or move it.

    `parentId` moves it within the project, `null` to the top; without `position`, to the end.
    """
    loaded = request[SUBJECT]
    row = await actions.update_collection(
        request[ACTOR],
        loaded["project_id"],
        loaded["id"],
        changes,
        request.app[VAULT],
        if_match(request),
    )
    return {"collection": collection_view(row)}


async def delete(request: web.Request) -> Message:
    """Delete a collection and everything below it; its flows stay, without a collection."""
    loaded = request[SUBJECT]
    await actions.delete_collection(
        request[ACTOR], loaded["project_id"], loaded["id"], if_match(request)
    )
    return {"message": "The collection and everything below it are deleted."}


async def duplicate(request: web.Request, wanted: CollectionCopy) -> CollectionAnswer:
    """Copy a collection with everything below it, beside it or into another project."""
    loaded = request[SUBJECT]
    row = await actions.duplicate_collection(
        request[ACTOR],
        loaded["project_id"],
        loaded["id"],
        wanted,
        request.app[VAULT],
        if_match(request),
    )
    return {"collection": collection_view(row)}
