"""Windows in memory: how often a subject may do something, and what is remembered of it."""

import pytest

from gassapi_backend.server.limits.windows import AT_ONCE, Windows
from gassapi_backend.settings_checks import Rate, parsed_rate


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that a monotonic clock shows."""
    shown = [1_000.0]
    monkeypatch.setattr("gassapi_backend.server.limits.windows.time.monotonic", lambda: shown[0])
    return shown


def test_a_window_begins_with_its_first_hit_and_ends_by_itself(clock: list[float]) -> None:
    windows = Windows(Rate(2, 60))
    found = []
    for clock[0] in (1_000.0, 1_030.5, 1_059.9, 1_060.0):
        window = windows.hit("ann")
        found.append((window.remaining, window.reset, window.is_exceeded))
    assert found == [(1, 60, False), (0, 30, False), (0, 1, True), (1, 60, False)]
    assert {windows.hit("bob").limit, window.limit} == {2}


def test_each_subject_has_its_own(clock: list[float]) -> None:
    windows = Windows(Rate(1, 60))
    assert not any(windows.hit(name).is_exceeded for name in ("ann", "bob"))
    assert all(windows.hit(name).is_exceeded for name in ("ann", "bob"))


def test_windows_that_are_over_are_forgotten_however_many_they_were(clock: list[float]) -> None:
    windows = Windows(Rate(10, 60))
    for number in range(10 * AT_ONCE):
        windows.hit(f"address {number}")
        clock[0] += 0.01
    clock[0] += 60
    assert windows.hit("address 5").remaining == 9
    assert len(windows) <= 9 * AT_ONCE + 1
    for number in range(10):
        windows.hit(f"new {number}")
    assert len(windows) == 11


def test_whoever_goes_on_past_the_end_of_a_window_does_not_keep_others(clock: list[float]) -> None:
    windows = Windows(Rate(10, 60))
    windows.hit("ann")
    clock[0] += 30
    windows.hit("bob")
    clock[0] += 31
    windows.hit("ann")
    assert windows.hit("bob").remaining == 8
    clock[0] += 30
    windows.hit("carl")
    assert (len(windows), windows.hit("ann").remaining) == (2, 8)


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("5 per 15 minutes", (5, 900)),
        ("300/minute", (300, 60)),
        ("1 PER Day", (1, 86_400)),
        (" 10 / 2 hours ", (10, 7_200)),
        ("7 per second", (7, 1)),
        ("2 per 3 months", (2, 3 * 30 * 86_400)),
        ("2/year", (2, 12 * 30 * 86_400)),
    ],
)
def test_a_rate_is_read(text: str, rate: tuple[int, int]) -> None:
    assert parsed_rate(text) == rate


@pytest.mark.parametrize("text", ["", "5", "5 per", "per minute", "5 per fortnight", "-5/minute"])
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="5 per 15 minutes"):
        parsed_rate(text)
