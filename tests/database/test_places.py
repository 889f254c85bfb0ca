"""Who waits for a place gets one in turn, and no place is ever lost."""

import asyncio

import pytest

from gassapi_backend.database.places import Places
from tests.waiting import PATIENCE


async def test_places_are_given_in_the_order_in_which_people_came() -> None:
    places, came = Places(1), list[int]()
    await places.take(PATIENCE)

    async def one(number: int) -> None:
        await places.take(PATIENCE)
        came.append(number)
        places.give_back()

    waiting = [asyncio.create_task(one(number)) for number in range(3)]
    await asyncio.sleep(0)
    assert places.are_wanted
    places.give_back()
    await asyncio.gather(*waiting)
    assert came == [0, 1, 2]
    assert not places.are_wanted


async def test_who_waits_too_long_is_told_and_takes_none() -> None:
    places = Places(1)
    await places.take(PATIENCE)
    with pytest.raises(TimeoutError):
        await places.take(0)
    assert not places.are_wanted
    places.give_back()
    await places.take(0)


async def test_who_goes_on_at_once_keeps_the_place_of_those_who_wait() -> None:
    places = Places(1)
    await places.take(PATIENCE)
    waiting = asyncio.create_task(places.take(PATIENCE))
    await asyncio.sleep(0)
    places.give_back()
    await places.take(PATIENCE)
    await asyncio.sleep(0)
    assert not waiting.done()
    places.give_back()
    await waiting


@pytest.mark.parametrize("is_given", [True, False])
async def test_who_is_cancelled_leaves_the_place_to_others(is_given: bool) -> None:
    places = Places(1)
    await places.take(PATIENCE)
    waiting = asyncio.create_task(places.take(PATIENCE))
    await asyncio.sleep(0)
    if is_given:
        places.give_back()
        asyncio.get_running_loop().call_soon(waiting.cancel)  # when it has been handed out
    else:
        waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    if not is_given:
        places.give_back()
    await places.take(0)
