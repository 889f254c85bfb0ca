"""Exported cURL lines are run by a shell: they send what we say that the requests send."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.interop.curl import CURL, run_in_shell
from tests.interop.echo import Echo, echo
from tests.interop.exports import paths
from tests.interop.sending import differences, prepared, readable


@pytest.fixture(name="server", scope="module")
def _server() -> Iterator[Echo]:
    with echo() as server:
        yield server


@pytest.mark.parametrize("path", paths())
def test_a_shell_sends_what_we_say_is_sent(path: Path, server: Echo, tmp_path: Path) -> None:
    document = readable(path)
    if not document.collections:
        pytest.skip("it holds environments only")
    done = run_in_shell(prepared(document, tmp_path), server, tmp_path)
    wrong = [
        f"{expected.name}: {difference}"
        for expected, received in done
        for difference in differences(CURL, expected, received)
    ]
    assert wrong == []
