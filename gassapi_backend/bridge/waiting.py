"""How long the bridge waits for a server that is unavailable, as during a restart."""

import threading
import time

PATIENCE_SECONDS = 30
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0


class Patience:
    """Growing pauses, up to ``PATIENCE_SECONDS`` in total or until the input ends."""

    def __init__(self, ended: threading.Event) -> None:
        self._ended = ended
        self._until = time.monotonic() + PATIENCE_SECONDS
        self._pause = FIRST_PAUSE

    def waits(self, wanted: str = "") -> bool:
        """Wait, at least as many seconds as the server ``wanted``; return whether to try again."""
        pause = max(self._pause, int(wanted) if wanted.isdecimal() else 0)
        self._pause = min(self._pause * 2, LONGEST_PAUSE)
        if time.monotonic() + pause > self._until:
            return False
        return not self._ended.wait(pause)
