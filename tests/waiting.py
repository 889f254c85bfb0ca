"""Waiting for what has to happen, with no claim about how soon: machines are slow now and then."""

import time
from typing import Any

PATIENCE = 30  # seconds after which a test gives up


def sooner_or_later(holds: Any) -> bool:
    """Whether something becomes true."""
    end = time.monotonic() + PATIENCE
    while not (found := holds()) and time.monotonic() < end:
        time.sleep(0.05)
    return bool(found)
