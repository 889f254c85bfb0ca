"""What was committed in this process, told at once to those here who wait for it."""

from collections.abc import Callable
from typing import NamedTuple


class News(NamedTuple):
    """Projects and the revisions they are at now, and whether somebody may do less."""

    revisions: tuple[tuple[str, int], ...] = ()
    ends_access: bool = False


Listener = Callable[[News], None]
"""Called after the commit, outside the transaction; it must not wait and must not raise."""

_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """Tell ``listener`` all news from now on."""
    _listeners.append(listener)


def unlisten(listener: Listener) -> None:
    """Stop telling it."""
    _listeners.remove(listener)


def tell(news: News) -> None:
    """Pass news on. Losing it only costs speed: those who listen ask the database as well."""
    if news.revisions or news.ends_access:
        for listener in _listeners:
            listener(news)
