"""How a server fared lately: counted as it happens, for half an hour, in little room."""

from datetime import timedelta
from typing import Any

import pytest

from gassapi_backend.clock import now
from gassapi_backend.server.service.board import Board
from gassapi_backend.server.service.history import SLOT_SECONDS, SLOTS, History, Slot
from gassapi_backend.server.service.state import HISTORY
from tests.conftest import Api, Person
from tests.server.feeds import following


def history() -> History:
    return History(lambda: 1000, lambda: 2)


async def slots(api: Api, adam: Person) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await api.json("GET", "/status/history", adam))["history"][
        "slots"
    ]
    return found


@pytest.mark.parametrize("seconds", [0.00001, 0.0004, 0.003, 0.25, 7, 29])
async def test_a_time_is_told_as_a_quarter_more_at_most(seconds: float) -> None:
    kept = history()
    kept.note(seconds, 200)
    kept.turn()
    (slot,) = kept.slots()
    found = slot.percentile(0.5)
    assert found is not None
    assert max(seconds, 0.0002) <= found <= max(seconds, 0.0002) * 1.25


async def test_half_and_most_of_the_requests_are_told_apart() -> None:
    kept = history()
    for number in range(200):
        kept.note(0.001 if number < 195 else 2.0, 200 if number else 503)
    kept.turn()
    (slot,) = kept.slots()
    assert (slot.requests, slot.failures, slot.memory, slot.streams) == (200, 1, 1000, 2)
    half, most, all_of_them = (slot.percentile(share) for share in (0.5, 0.975, 0.99))
    assert half == most
    assert half is not None
    assert half < 0.002
    assert all_of_them is not None
    assert all_of_them >= 2


async def test_a_quiet_time_has_no_percentiles() -> None:
    kept = history()
    kept.turn()
    assert kept.slots()[0].percentile(0.99) is None


async def test_only_the_last_slots_are_kept() -> None:
    kept = history()
    for number in range(SLOTS + 5):
        for _ in range(number):
            kept.note(0.001, 200)
        kept.turn()
    found = kept.slots()
    assert len(found) == SLOTS
    assert [slot.requests for slot in found[:2]] == [5, 6]
    assert found[-1].requests == SLOTS + 4


def test_what_workers_noted_in_the_same_slot_is_added_up() -> None:
    board = Board(3)
    ended = now() - timedelta(seconds=now().timestamp() % SLOT_SECONDS + SLOT_SECONDS)
    for row, requests in enumerate((3, 4)):
        slot = Slot(ended, requests, row, memory=1000, streams=2)
        slot.classes[row] = requests
        board.write(row, slot)
    board.write(0, Slot(ended - timedelta(seconds=SLOT_SECONDS), 1))
    earlier, both = board.slots()
    assert (earlier.requests, earlier.memory) == (1, 0)
    assert (both.requests, both.failures, both.memory, both.streams) == (7, 1, 2000, 4)
    assert both.classes[:3] == [3, 4, 0]
    assert both.at == ended


def test_a_slot_of_long_ago_and_one_that_others_still_write_are_left_out() -> None:
    board = Board(1)
    last = now() - timedelta(seconds=now().timestamp() % SLOT_SECONDS)
    for step in range(SLOTS):
        board.write(0, Slot(last - timedelta(seconds=SLOT_SECONDS * (SLOTS + step)), 1))
    assert board.slots() == []
    board.write(0, Slot(last + timedelta(seconds=SLOT_SECONDS), 1))
    assert board.slots() == []


async def test_requests_are_counted_with_their_failures_and_streams_are_no_requests(
    api: Api,
) -> None:
    adam = await api.person("Adam", is_admin=True)
    project = await api.project(adam)
    assert await slots(api, adam) == []
    api.app[HISTORY].turn()
    async with following(api, adam, project["id"]):
        for _ in range(3):
            await api.json("GET", "/users/profile", adam)
        await api.call("GET", "/nowhere", adam)
        api.app[HISTORY].turn()
    (_, slot) = await slots(api, adam)
    assert (slot["requests"], slot["failures"], slot["streams"]) == (4, 0, 1)
    assert slot["memoryBytes"] > 1_000_000
    assert 0 < slot["p50Ms"] <= slot["p99Ms"]
