"""A page of a list that is known to be long is work that others go before."""

from typing import Any

import pytest

from gassapi_backend.fair_share import Fairly
from gassapi_backend.server import routing
from gassapi_backend.server.routes import ROUTES
from gassapi_backend.server.web import long_lists
from gassapi_backend.server.web.long_lists import KEPT, LONG, LongLists
from tests.conftest import Api


def test_a_list_is_long_from_so_many_rows_on() -> None:
    lists = LongLists()
    lists.note(("/a", "ann"), LONG - 1)
    lists.note(("/b", "ann"), LONG)
    known = [("/a", "ann"), ("/b", "ann"), ("/b", "bob")]
    assert [whose in lists for whose in known] == [False, True, False]


def test_the_first_of_too_many_is_forgotten() -> None:
    lists = LongLists()
    for number in range(KEPT + 1):
        lists.note((f"/{number}", "ann"), LONG)
    assert [(f"/{number}", "ann") in lists for number in (0, 1, KEPT)] == [False, True, True]


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What was done so that others go first."""
    found = []

    def fairly(work: Any) -> Any:
        found.append(work)
        return Fairly(work)

    monkeypatch.setattr(routing, "Fairly", fairly)
    monkeypatch.setattr(long_lists, "LONG", 2)
    return found


async def test_others_go_before_a_list_once_it_was_long(api: Api, waited: list[Any]) -> None:
    ann, bob = await api.person("ann"), await api.person("bob")
    await api.project(ann)
    for _ in range(2):
        short = await api.json("GET", "/projects", ann)
    assert (short["pagination"]["total"], waited) == (1, [])
    await api.project(ann, name="Second")
    first = await api.json("GET", "/projects", ann)
    assert waited == []
    assert await api.json("GET", "/projects", ann) == first
    assert len(waited) == 1
    await api.json("GET", "/projects", bob)  # of theirs nothing is known
    assert len(waited) == 1


def test_a_list_that_may_grow_says_how_long_it_is() -> None:
    growing = [route for route in ROUTES if route.may_grow]
    assert len(growing) >= 9
    assert [route.path for route in growing if "limit" not in route.query.model_fields] == []  # type: ignore[union-attr]  # a list has parameters
