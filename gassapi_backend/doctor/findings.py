"""What a check-up finds."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How serious a finding is."""

    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True)
class Finding:
    """What one check found, and what to do about it."""

    check: str
    verdict: Verdict
    message: str
    advice: str | None = None
