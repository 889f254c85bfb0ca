"""How long the bridge waits for a server that is away, as during a restart."""

import threading
import time

PATIENCE_SECONDS = 30
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0


class Patience:
    """Pauses that grow, until they are ``PATIENCE_SECONDS`` together or there is no more input."""

    def __init__(self, ended: threading.Event) -> None:
        self._ended = ended
        self._until = time.monotonic() + PATIENCE_SECONDS
        self._pause = FIRST_PAUSE

    def waits(self, wanted: str = "") -> bool:
        """Wait, at least for the seconds that a server ``wanted``; return whether to try again."""
        pause = max(self._pause, int(wanted) if wanted.isdecimal() else 0)
        self._pause = min(self._pause * 2, LONGEST_PAUSE)
        if time.monotonic() + pause > self._until:
            return False
        return not self._ended.wait(pause)
