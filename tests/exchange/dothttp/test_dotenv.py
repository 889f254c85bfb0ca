"""Environments as .env files, read back by a reader and by the shell."""

import io
import subprocess
from pathlib import Path

import dotenv
import pytest

from gassapi_backend.exchange import formats
from gassapi_backend.exchange.tree import Environment, Variable

VALUES = [
    "", "plain", "with blanks", "  at both ends  ", "it's", 'say "x"', "two\nlines", "it's\ntwo",
    "C:\\temp\\new", "$HOME `id` $(id)", "a#b # c", "ü✓", "x=y&z", "\ttab", "{{x}}", "0123", "!h",
    "#x", "a;b", "*", "~", "\n", "a\\",
]  # fmt: skip


def written(*variables: Variable) -> tuple[str, list[str]]:
    result = formats.write_environment(Environment("E", [*variables]), "dotenv")
    return result.content().decode(), [note.name for note in result.notes]


@pytest.mark.parametrize("value", VALUES)
def test_a_value_is_read_back_as_it_is(value: str, tmp_path: Path) -> None:
    text, _ = written({"key": "K", "value": value})
    assert dotenv.dotenv_values(stream=io.StringIO(text)) == {"K": value}
    (tmp_path / ".env").write_text(text, "utf-8")
    run = subprocess.run(
        ["/bin/sh", "-c", '. ./.env; printf %s "$K"; printf .'],
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )
    assert run.stdout.decode() == f"{value}."


@pytest.mark.parametrize("key", ["a-b", "a.b", "1a", "a b", "ü"])
def test_keys_that_such_files_cannot_have_are_left_out_and_noted(key: str) -> None:
    assert written({"key": key, "value": "1"}) == ("", [key])


def test_what_readers_take_differently_is_noted() -> None:
    _, noted = written({"key": "A", "value": "'\""}, {"key": "B", "value": "${HOME}"})
    assert noted == ["A", "B"]


def test_what_is_off_is_a_comment_and_what_is_hidden_is_empty() -> None:
    text, _ = written(
        {"key": "OFF", "value": "1\n2", "enabled": False},
        {"key": "PIN", "value": "••••", "secret": True, "description": "of the\ncard"},
    )
    assert text == "# OFF='1\n# 2'\n# of the\n# card\nPIN=\n"
