"""Lists that were found to be long: a page of one is work that others go before."""

from aiohttp import web

LONG = 500  # rows
KEPT = 1_000  # lists that are known


class LongLists:
    """Which lists are long: whose, and at which address."""

    def __init__(self) -> None:
        self._known = dict[tuple[str, str], None]()

    def __contains__(self, whose: tuple[str, str]) -> bool:
        return whose in self._known

    def note(self, whose: tuple[str, str], rows: int) -> None:
        """Note of how many rows a page was."""
        if rows < LONG:
            return
        if len(self._known) == KEPT:
            del self._known[next(iter(self._known))]  # it comes back with its next page
        self._known[whose] = None


LONG_LISTS = web.AppKey("long_lists", LongLists)
