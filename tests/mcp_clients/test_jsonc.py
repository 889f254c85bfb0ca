"""JSON with comments is changed in place: what people typed there stays."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gassapi_backend.mcp_clients import jsonc

COMMENTED = """\
// my settings
{
    "theme": "dark", // at night
    /* servers */
    "mcpServers": {
        "files": {"command": "files"}, // keep me
    },
}
"""


def test_a_member_is_added_and_every_comment_stays() -> None:
    changed = jsonc.with_value(COMMENTED, ["mcpServers", "gassapi"], {"url": "http://x/mcp"})
    assert jsonc.loads(changed)["mcpServers"] == {
        "files": {"command": "files"},
        "gassapi": {"url": "http://x/mcp"},
    }
    for line in COMMENTED.splitlines():
        assert line in changed
    assert (
        '\n        "gassapi": {\n            "url": "http://x/mcp"\n        },\n    },' in changed
    )


def test_the_same_again_changes_nothing() -> None:
    once = jsonc.with_value(COMMENTED, ["mcpServers", "gassapi"], {"url": "u"})
    assert jsonc.with_value(once, ["mcpServers", "gassapi"], {"url": "u"}) == once


def test_what_was_added_is_taken_out_again() -> None:
    once = jsonc.with_value(COMMENTED, ["mcpServers", "gassapi"], {"url": "u"})
    assert jsonc.without(once, ["mcpServers", "gassapi"]) == COMMENTED
    assert jsonc.without(COMMENTED, ["mcpServers", "other"]) == COMMENTED
    assert jsonc.without(COMMENTED, ["nothing", "other"]) == COMMENTED


@pytest.mark.parametrize("text", ["", "\ufeff", "\n", "{}", "{ }\n", "{\n  // nothing yet\n}\n"])
def test_an_empty_file_gets_all_on_the_way(text: str) -> None:
    changed = jsonc.with_value(text, ["a", "b"], 1)
    assert jsonc.loads(changed) == {"a": {"b": 1}}
    assert ("// nothing yet" in text) == ("// nothing yet" in changed)


@pytest.mark.parametrize("text", ['{"a": 1}', '{"a": 1,}', '{"a": 1 // x\n}', '{"a": 1, // x\n}'])
def test_a_comma_is_there_once(text: str) -> None:
    assert jsonc.loads(jsonc.with_value(text, ["b"], 2)) == {"a": 1, "b": 2}


def test_the_last_member_goes_with_the_comma_before_it() -> None:
    assert json.loads(jsonc.without('{"a": 1, "b": 2}', ["b"])) == {"a": 1}
    assert json.loads(jsonc.without('{"a": 1, "b": 2}', ["a"])) == {"b": 2}
    assert json.loads(jsonc.without('{"a": 1}', ["a"])) == {}


def test_an_object_of_a_list_replaces_the_one_of_its_id() -> None:
    text = jsonc.with_item("{}", ["inputs"], {"id": "t", "n": 1}, key="id")
    text = jsonc.with_item(text, ["inputs"], {"id": "u"}, key="id")
    text = jsonc.with_item(text, ["inputs"], {"id": "t", "n": 2}, key="id")
    assert jsonc.loads(text) == {"inputs": [{"id": "t", "n": 2}, {"id": "u"}]}
    assert jsonc.loads(jsonc.without_item(text, ["inputs"], "id", "t")) == {"inputs": [{"id": "u"}]}


@pytest.mark.parametrize(
    "text", ["{", "[1", '{"a"}', "{'a': 1}", '{"a": nope}', '{"a": 1} x', "/* open", "[" * 5000]
)
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(jsonc.NotJson):
        jsonc.with_value(text, ["a"], 1)


@pytest.mark.parametrize("text", ["[]", '{"a": 1}', '{"a": [1]}', '"text"'])
def test_what_is_no_object_on_the_way_is_not_replaced(text: str) -> None:
    with pytest.raises(jsonc.NotJson, match="is not an object"):
        jsonc.with_value(text, ["a", "b"], 1)


names = st.text(max_size=3)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=8,
)


@given(
    st.dictionaries(names, values, max_size=4),
    st.lists(names, min_size=1, max_size=3),
    values,
    st.sampled_from([None, 1, 2, "\t"]),
)
def test_of_any_object_only_what_was_named_is_changed(
    before: dict[str, Any], path: list[str], value: Any, indent: Any
) -> None:
    text = json.dumps(before, indent=indent)
    holder: Any = before
    for key in path[:-1]:
        holder = holder.setdefault(key, {}) if isinstance(holder, dict) else None
    if not isinstance(holder, dict):
        with pytest.raises(jsonc.NotJson):
            jsonc.with_value(text, path, value)
        return
    holder[path[-1]] = value
    changed = jsonc.with_value(text, path, value)
    assert jsonc.loads(changed) == before == json.loads(changed)
    del holder[path[-1]]
    assert jsonc.loads(jsonc.without(changed, path)) == before
