"""The answer of a check-up."""

from typing import Literal

from typing_extensions import TypedDict

from gassapi_backend.doctor.findings import Finding


class FindingView(TypedDict):
    """What one check found, and what to do about it."""

    check: str
    verdict: Literal["good", "warning", "bad"]
    message: str
    advice: str | None


class FindingsAnswer(TypedDict):
    """What a check-up found."""

    findings: list[FindingView]


def finding_view(finding: Finding) -> FindingView:
    """Show a finding."""
    return {
        "check": finding.check,
        "verdict": finding.verdict.value,
        "message": finding.message,
        "advice": finding.advice or None,
    }
