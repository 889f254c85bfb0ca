"""The time is cut to the millisecond, and written the same by every way to it."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from gassapi_backend.clock import http_date, now, rfc3339, rfc3339_now, stored, stored_now

MOMENT = datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize("milliseconds", [0, 1, 9, 57, 123, 499, 500, 501, 998, 999])
@pytest.mark.parametrize("microseconds", [0, 1, 499, 999])
def test_now_is_cut_to_the_millisecond_never_rounded(milliseconds: int, microseconds: int) -> None:
    whole = MOMENT + timedelta(milliseconds=milliseconds)
    with time_machine.travel(whole + timedelta(microseconds=microseconds), tick=False):
        assert now() == whole
        assert stored_now() == stored(whole) == f"2026-12-31 23:59:59.{milliseconds:03d}"
        assert rfc3339_now() == rfc3339(whole) == f"2026-12-31T23:59:59.{milliseconds:03d}Z"
        assert http_date() == "Thu, 31 Dec 2026 23:59:59 GMT"
