"""Slow statements are logged: their own time, and no value of theirs."""

import time

import pytest
import structlog

from gassapi_backend.database import rows, slow
from gassapi_backend.models import User


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that is set by hand."""
    at = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: at[0])
    return at


@pytest.mark.usefixtures("database")
async def test_a_slow_statement_is_logged_without_its_values(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(slow, "SECONDS", 0.0)
    with structlog.testing.capture_logs() as logs:
        await rows("SELECT id FROM users WHERE email = ?", "hidden@example.com")
        assert not await User.exists(email="hidden@example.com")
    assert {(line["event"], line["log_level"]) for line in logs} == {("slow statement", "warning")}
    assert len(logs) == 2
    assert all("FROM" in line["statement"] and "users" in line["statement"] for line in logs)
    assert "hidden" not in str(logs)


def test_what_a_statement_waited_for_is_not_its_own_time(clock: list[float]) -> None:
    with structlog.testing.capture_logs() as logs, slow.timed("SELECT 1"):
        clock[0] += 5
        slow.lent()
        clock[0] += 0.9
    assert logs == []


def test_a_statement_that_failed_after_long_is_logged_in_one_line(clock: list[float]) -> None:
    def run() -> None:
        with slow.timed("SELECT\n  1"):
            clock[0] += 2
            raise ValueError("away")

    with structlog.testing.capture_logs() as logs, pytest.raises(ValueError, match="away"):
        run()
    assert [(line["ms"], line["statement"]) for line in logs] == [(2000.0, "SELECT 1")]
