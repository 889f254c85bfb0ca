"""Names for people to read: collections, projects, accounts and the rest check them alike."""

import pytest

from gassapi_backend.server.names import check_name


@pytest.mark.parametrize(
    "name", ["\u3164", "\u2800\u2800", "\u115f\u1160", "\uffa0", "\u3164 \u0301", "\u200d", " "]
)
def test_a_name_of_which_nothing_can_be_seen_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="nothing that can be seen"):
        check_name(name)


@pytest.mark.parametrize("name", ["a\u3164b", "⠓⠊", "한글", "👨‍👩‍👧", "می‌خواهم", "é"])
def test_a_name_of_which_something_can_be_seen_is_kept(name: str) -> None:
    assert check_name(name) == name
