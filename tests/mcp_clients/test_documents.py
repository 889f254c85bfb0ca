"""An entry is added to and taken out of the files of clients, in JSON, TOML and YAML."""

import tomllib
from typing import Any

import pytest
import yaml

from gassapi_backend.mcp_clients.documents import Unusable, entries, with_entry, without_entry

ENTRY: dict[str, Any] = {"url": "http://localhost:3000/mcp", "headers": {"A": "B: c # d"}, "n": 300}

TOML = """\
# mine
model = "o9"  # the good one

[mcp_servers.files]
command = "files"
args = ["a", "b"]
"""

YAML = """\
# mine
GOOSE_MODEL: o9   # the good one
extensions:
  # built in
  developer:
    enabled: true
    type: builtin
other: [1, 2]
"""


def test_a_toml_file_keeps_what_is_there() -> None:
    changed = with_entry("c.toml", TOML, ["mcp_servers"], "gassapi", ENTRY)
    assert tomllib.loads(changed) == {
        "model": "o9",
        "mcp_servers": {"files": {"command": "files", "args": ["a", "b"]}, "gassapi": ENTRY},
    }
    assert changed.startswith(TOML)
    assert with_entry("c.toml", changed, ["mcp_servers"], "gassapi", ENTRY) == changed
    removed = without_entry("c.toml", changed, ["mcp_servers"], "gassapi")
    assert tomllib.loads(removed) == tomllib.loads(TOML)
    assert "# the good one" in removed


def test_an_empty_toml_file_gets_one_table() -> None:
    changed = with_entry("c.toml", "", ["mcp_servers"], "gassapi", {"url": "u"})
    assert changed == '[mcp_servers.gassapi]\nurl = "u"\n'


def test_a_yaml_file_keeps_what_is_there() -> None:
    changed = with_entry("c.yaml", YAML, ["extensions"], "gassapi", ENTRY)
    assert yaml.safe_load(changed)["extensions"] == {
        "developer": {"enabled": True, "type": "builtin"},
        "gassapi": ENTRY,
    }
    for line in YAML.splitlines():
        assert line in changed.splitlines()
    assert with_entry("c.yaml", changed, ["extensions"], "gassapi", ENTRY) == changed
    assert without_entry("c.yaml", changed, ["extensions"], "gassapi") == YAML


@pytest.mark.parametrize("text", ["", "a: 1\n", "extensions:\n", "extensions: {}\n", "a: 1"])
def test_a_yaml_file_without_entries_gets_the_first(text: str) -> None:
    changed = with_entry("c.yaml", text, ["extensions"], "gassapi", ENTRY)
    assert yaml.safe_load(changed)["extensions"] == {"gassapi": ENTRY}
    assert entries("c.yaml", changed, ["extensions"]) == {"gassapi": ENTRY}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("c.yaml", "a: [1\n"),
        ("c.yaml", "- a\n"),
        ("c.yaml", "extensions: {a: {b: 1}}\n"),
        ("c.yaml", "extensions: text\n"),
        ("c.toml", "a = \n"),
        ("c.toml", "extensions = 1\n"),
        ("c.json", "{"),
        ("c.json", '{"extensions": 1}'),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_refused(path: str, text: str) -> None:
    with pytest.raises(Unusable):
        with_entry(path, text, ["extensions"], "gassapi", ENTRY)


def test_the_entries_of_a_file_are_known_by_name() -> None:
    assert set(entries("c.toml", TOML, ["mcp_servers"])) == {"files"}
    assert entries("c.json", "", ["mcpServers"]) == {}
    assert entries("c.json", '{"mcpServers": {"x": {}}}', ["mcpServers"]) == {"x": {}}
