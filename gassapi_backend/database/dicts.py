"""Rows as dictionaries, made by a function that is compiled for the names of their columns.

``dict(zip(names, row))`` takes twice as long, a twentieth of all that listing projects took.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

KNOWN = 500  # lists of columns, a kilobyte or two each

Maker = Callable[[Iterable[Iterable[Any]]], list[dict[str, Any]]]


@lru_cache(maxsize=KNOWN)
def maker_of(names: tuple[str, ...]) -> Maker:
    """Return what makes dictionaries of rows whose columns have these names, in their order.

    It raises ``ValueError`` for a row of another length.
    """
    values = [f"v{number}" for number in range(len(names))]
    pairs = ", ".join(f"{name!r}: {value}" for name, value in zip(names, values, strict=True))
    text = f"lambda rows: [{{{pairs}}} for [{', '.join(values)}] in rows]"
    made: Maker = eval(text, {"__builtins__": {}})  # noqa: S307 - names stand in it as literals
    return made
