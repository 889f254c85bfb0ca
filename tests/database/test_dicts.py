"""Rows become dictionaries by the names of their columns, whatever these are."""

import pytest

from gassapi_backend.database.dicts import maker_of


def test_values_stand_under_the_names_of_their_columns() -> None:
    make = maker_of(("id", "COUNT(*)", "it's \"\n{x}"))
    assert make([(1, 2, 3), ("a", None, b"b")]) == [
        {"id": 1, "COUNT(*)": 2, "it's \"\n{x}": 3},
        {"id": "a", "COUNT(*)": None, "it's \"\n{x}": b"b"},
    ]
    assert make([]) == []
    assert maker_of(("n",))([(1,)]) == [{"n": 1}]


def test_a_row_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="unpack"):
        maker_of(("id", "name"))([(1, 2, 3)])
