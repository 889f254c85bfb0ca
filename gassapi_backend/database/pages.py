"""Pages of long lists."""

from gassapi_backend.database import Row, row, rows

MAX_COUNTED = 10_000
"""Rows that are counted at most: a list with more says so, instead of counting all."""


class AtLeast(int):
    """How many rows there are at least: nobody counted them to the end."""


async def page_of(
    source: str,
    *values: object,
    columns: str,
    order: str,
    limit: int,
    offset: int,
    around: str = "{page}",
    total: int | None = None,
    is_counted: bool = True,
    after: tuple[object, ...] = (),
) -> tuple[list[Row], int]:
    """Return a page of ``SELECT columns FROM source ORDER BY order``, and the number of all rows.

    Everything but ``values`` is our own text. Asks for one row more than the page shows: where
    there is none, the list ends here and needs no counting, as where the ``total`` is known.
    Otherwise at most ``MAX_COUNTED`` rows are counted, or none behind a page that is not to be
    ``is_counted``; where there are more, their number is ``AtLeast`` that.
    ``after`` are the columns of ``order``, all in one direction, of the row that the page comes
    behind; without them, the ``offset`` rows before it are read. ``source`` ends in conditions.
    ``around`` is a statement about the rows of ``{page}`` alone, in the same order. Where it may
    leave out the last of them, it says in ``in_page`` how many there were.
    """
    behind, keys = _behind(order, after) if after else ("", ())
    page = (
        f"SELECT {columns} FROM {source} {behind} ORDER BY {order} LIMIT {limit + 1}"  # noqa: S608 - our own text, numbers checked
        f" OFFSET {0 if after else offset}"
    )
    found = await rows(around.format(page=page), *values, *keys)
    in_page = found[0].get("in_page", len(found)) if found else 0
    if total is not None:
        return found[:limit], total
    if in_page <= limit and (found or not offset):
        return found, offset + in_page
    seen = AtLeast(offset + in_page)
    if found and not is_counted:
        return found[:limit], seen
    some = f"SELECT 1 FROM {source} LIMIT {MAX_COUNTED + 1}"  # noqa: S608 - as above
    counted = await row(f"SELECT COUNT(*) AS total FROM ({some}) counted", *values)  # noqa: S608 - as above
    count = counted["total"] if counted else 0
    return found[:limit], count if count <= MAX_COUNTED else max(AtLeast(MAX_COUNTED), seen)


def _behind(order: str, key: tuple[object, ...]) -> tuple[str, tuple[object, ...]]:
    """Return the condition of rows that come behind one, such that an index is read from there."""
    columns = [one.split()[0] for one in order.split(", ")]
    sign = "<" if order.endswith("DESC") else ">"
    if len(columns) == 1:
        return f"AND {columns[0]} {sign} ?", key
    first, second = columns
    return f"AND {first} {sign}= ? AND ({first} {sign} ? OR {second} {sign} ?)", (key[0], *key)
