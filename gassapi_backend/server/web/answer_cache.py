"""Answers that are right until what they show changes."""

from collections import OrderedDict

from aiohttp import web

MAX_BYTES = 16_000_000
MAX_ONE = 1_000_000
OVERHEAD = 500  # bytes that keeping one takes beside its text, about


class AnswerCache:
    """Bodies of answers by what they depend on; the least recently used are forgotten first.

    An answer is kept under a state that a request reads along with its access: while that is the
    same, so is the answer. It is the hash of the last audit entry of its project, which whatever
    changes something there writes in its transaction, in any process; or, for endpoints in a
    collection, how many there are, and which was written last. No state comes back, so an address
    has one answer: a newer takes the older's place.
    """

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._kept: OrderedDict[str, tuple[str, bytes]] = OrderedDict()

    def get(self, state: str, address: str) -> bytes | None:
        """Return what was answered at an address in that state of its project."""
        kept = self._kept.get(address)
        if kept is None or kept[0] != state:
            return None
        self._kept.move_to_end(address)
        return kept[1]

    def put(self, state: str, address: str, body: bytes) -> None:
        """Keep an answer, unless it is a very large one."""
        kept = self._kept.get(address)
        if kept is not None:
            if kept[0] == state:
                return
            del self._kept[address]
            self._bytes -= _size(address, kept[1])
        if len(body) > MAX_ONE:
            return
        self._kept[address] = state, body
        self._bytes += _size(address, body)
        while self._bytes > self._max_bytes:
            forgotten, (_, old) = self._kept.popitem(last=False)
            self._bytes -= _size(forgotten, old)


def _size(address: str, body: bytes) -> int:
    return len(address) + len(body) + OVERHEAD


ANSWERS = web.AppKey("answers", AnswerCache)
