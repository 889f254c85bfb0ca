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
    collection, how many there are, and which was written last.
    """

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._bodies: OrderedDict[tuple[str, str], bytes] = OrderedDict()

    def get(self, state: str, address: str) -> bytes | None:
        """Return what was answered at an address in that state of its project."""
        body = self._bodies.get((state, address))
        if body is not None:
            self._bodies.move_to_end((state, address))
        return body

    def put(self, state: str, address: str, body: bytes) -> None:
        """Keep an answer, unless it is a very large one."""
        if len(body) > MAX_ONE or (state, address) in self._bodies:
            return
        self._bodies[state, address] = body
        self._bytes += len(address) + len(body) + OVERHEAD
        while self._bytes > self._max_bytes:
            (_, forgotten), old = self._bodies.popitem(last=False)
            self._bytes -= len(forgotten) + len(old) + OVERHEAD


ANSWERS = web.AppKey("answers", AnswerCache)
