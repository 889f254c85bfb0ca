"""Reads over kinds of things: each a single statement."""

from gassapi_backend.database import Row, rows

_SEALED = " UNION ALL ".join(
    f"SELECT id, project_id, name, variables, '{kind}' AS kind FROM {kind}s WHERE {{where}}"  # noqa: S608 - constants only
    for kind in ("environment", "collection")
)


async def list_sealed(project_id: str | None = None) -> list[Row]:
    """Return the environments and collections, of one project or of all, with secret values.

    Their ``kind``, ``environment`` or ``collection``, is among the columns.
    """
    where, values = 'variables LIKE \'%"sealed":"%\'', list[str]()
    if project_id is not None:
        where, values = f"project_id = ? AND {where}", [project_id]
    found = await rows(_SEALED.format(where=where), *values, *values)
    return sorted(found, key=lambda row: (row["project_id"], row["id"]))
