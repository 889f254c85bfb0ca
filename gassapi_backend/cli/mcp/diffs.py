"""The changes to a client's file, shown without tokens."""

import difflib
import re
from typing import TYPE_CHECKING

from gassapi_backend.cli.console import print_plain
from gassapi_backend.terminal_text import visible

if TYPE_CHECKING:
    from gassapi_backend.mcp_clients.files import Edit


def print_diff(edit: "Edit") -> None:
    """Print the removed and added lines."""
    before, after = edit.before.splitlines(), edit.after.splitlines()
    name = str(edit.path)
    for line in difflib.unified_diff(before, after, name, name, "now", "then", lineterm="", n=2):
        print_plain(visible(re.sub(r"gass_\w+", "<token>", line)))
