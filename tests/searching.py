"""What searches look in, compared with what is there."""

from gassapi_backend.database import rows
from gassapi_backend.models import search_key


async def unsearchable(project_id: str) -> list[str]:
    """Return what is wrong with what a project's searches look in: nothing, as it has to be."""
    wanted = {
        one["id"]: (one["method"], f"{search_key(one['name'])}\t{search_key(one['url'], 8000)}")
        for one in await rows(
            "SELECT id, method, name, url FROM endpoints WHERE project_id = ?", project_id
        )
    }
    blocks = await rows("SELECT * FROM search_blocks WHERE project_id = ? ORDER BY id", project_id)
    found: dict[str, tuple[str, str]] = {}
    wrong, end = [], ""
    for block in blocks:
        texts = block["texts"]
        texts = (texts.decode() if isinstance(texts, bytes) else texts).split("\n")
        heads = [tuple(head.split(" ")) for head in block["heads"].split("\n")]
        ids = [id_ for id_, _ in heads]
        found |= {id_: (method, text) for (id_, method), text in zip(heads, texts, strict=True)}
        first = block["id"].removeprefix(f"{project_id}/")
        if block["entries"] != len(ids) or block["last_id"] != max(ids):
            wrong.append(f"{block['id']} says {block['entries']} to {block['last_id']}: {ids}")
        if end and (min(ids) < first or min(ids) <= end):
            wrong.append(f"{block['id']} has an endpoint that is in the order of the one before")
        end = max(ids)
    missing = [f"not found: {wanted[id_]}" for id_ in wanted.keys() - found.keys()]
    gone = [f"gone, or twice: {found[id_]}" for id_ in found.keys() - wanted.keys()]
    other = [
        f"{found[id_]} instead of {one}"
        for id_, one in wanted.items()
        if found.get(id_, one) != one
    ]
    return [*wrong, *missing, *gone, *other]
