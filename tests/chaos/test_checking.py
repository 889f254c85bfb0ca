"""The checker finds each kind of wrong in a history, and nothing in one that is right."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.chaos.checking import wrong_in
from tests.chaos.failpoints import read
from tests.chaos.history import History, Kind, Operation


def right() -> History:
    """Return a history in which all is well, with something of every kind."""
    history = History(shared={Kind.WRITE: "w", Kind.COMPARE: "c"})
    history.operations = [
        Operation(Kind.CREATE, "one", 0, 1, is_done=True, resource_id="1", revision=3),
        Operation(Kind.CREATE, "two", 1.5, 2, is_done=True, resource_id="2", revision=4),
        Operation(Kind.CREATE, "unanswered", 2, 3),
        Operation(Kind.WRITE, "first", 2.5, 3, is_done=True, resource_id="w", revision=5),
        Operation(Kind.WRITE, "unknown", 3.5, 4),
        Operation(Kind.COMPARE, "fourth", 4, 5, is_done=True, resource_id="c", revision=6, base=2),
        Operation(Kind.COMPARE, "late", 4, 5, is_refused=True, base=2),
        Operation(Kind.READ, "look", 5, 6, is_done=True, resource_id="w", revision=5),
    ]
    named = ["w", "c", "1", "2", "w", "c"]
    history.changes = [{"revision": n + 1, "resourceId": one} for n, one in enumerate(named)]
    history.followed = [[1, 2, 3], [1]]
    history.endpoints = [
        _endpoint("w", "write", 5, "first"),
        _endpoint("c", "compare", 6, "fourth"),
        _endpoint("1", "one", 3),
        _endpoint("2", "two", 4),
    ]
    return history


def _endpoint(id_: str, name: str, revision: int, description: str = "") -> dict[str, Any]:
    return {"id": id_, "name": name, "revision": revision, "description": description}


def _lose(history: History) -> None:
    del history.endpoints[2]


def _repeat(history: History) -> None:
    history.endpoints.append(_endpoint("9", "unanswered", 7))
    history.endpoints.append(_endpoint("8", "unanswered", 8))


def _invent(history: History) -> None:
    history.endpoints.append(_endpoint("9", "nobody's", 7))


def _answer_otherwise(history: History) -> None:
    history.operations[0].replays.append(("1", 9))


def _misplace(history: History) -> None:
    history.changes[2]["resourceId"] = "2"


def _skip(history: History) -> None:
    history.changes[4]["revision"] = 7


def _tell_twice(history: History) -> None:
    history.followed[1] = [1, 1, 2]


def _swap(history: History) -> None:
    for one, revision in zip(history.operations, (4, 3), strict=False):
        one.revision = revision


def _lose_a_write(history: History) -> None:
    history.endpoints[0]["description"] = "something older"


def _return_to_an_older_one(history: History) -> None:
    history.endpoints[0] |= {"description": "unknown", "revision": 1}


def _write_over(history: History) -> None:
    history.operations[6].is_done, history.operations[6].revision = True, 6


def _read_the_past(history: History) -> None:
    history.operations[7].revision = 1


def test_nothing_is_wrong_with_what_is_right() -> None:
    assert wrong_in(right()) == []


def test_what_was_not_answered_may_have_been_carried_out_once() -> None:
    history = right()
    history.endpoints.append(_endpoint("9", "unanswered", 7))
    history.endpoints[0] |= {"description": "unknown", "revision": 8}
    assert wrong_in(history) == []


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_lose, "one is lost"),
        (_repeat, "unanswered is repeated: 2 times"),
        (_invent, "nobody's was asked for by nobody"),
        (_answer_otherwise, "one was answered otherwise when it was sent again: ('1', 9)"),
        (_misplace, "one is not in the feed at revision 3"),
        (_skip, "the feed has gaps or repetitions: 4 then 7"),
        (_tell_twice, "follower 1 was told with gaps or repetitions: 1 then 1"),
        (_swap, "two (revision 3) came after revision 4"),
        (_lose_a_write, "first (revision 5) is lost: something older is there"),
        (_return_to_an_older_one, "first (revision 5) is lost: unknown is there"),
        (_write_over, "2 wrote over revision 2"),
        (_read_the_past, "a read saw revision 1, after 5 was answered"),
    ],
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_whatever_is_wrong_is_found(spoil: Callable[[History], None], said: str) -> None:
    history = right()
    spoil(history)
    assert any(said in one for one in wrong_in(history)), wrong_in(history)


@pytest.mark.parametrize("said", ["nowhere=kill:1", "after commit=laugh:1", "after commit=kill:x"])
def test_a_failpoint_that_is_none_is_refused(said: str) -> None:
    with pytest.raises(ValueError, match=said.partition("=")[0] if "x" not in said else "x"):
        read(said)
