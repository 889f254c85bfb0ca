"""What docs/import-export.md says is so: its examples, run in their order, do what it says."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from gassapi_backend.exchange.child.running import MB, Bounds
from gassapi_backend.exchange.fitting import LIMITS
from gassapi_backend.exchange.formats import ENVIRONMENTS_WRITTEN, FORMATS
from gassapi_backend.settings import Settings
from tests.checkout import TOP
from tests.processes import Cli, Server

TEXT = (TOP / "docs" / "import-export.md").read_text(encoding="utf-8")


class Block(NamedTuple):
    """A block of the manual, and the last file that the text before it names."""

    file: str
    language: str
    text: str


def blocks() -> list[Block]:
    """Return the blocks in their order."""
    found, file = [], ""
    for before, language, text in re.findall(r"(?s)((?:(?!```).)*?)```(\w+)\n(.*?)```", TEXT):
        file = ([file, *re.findall(r"`([\w.-]+\.(?:yaml|sh))`", before)])[-1]
        found.append(Block(file, language, text))
    return found


def commands(text: str) -> Iterator[tuple[str, int]]:
    """Yield the commands of a block, each with the code that it ends with."""
    for line in text.replace("\\\n", "").strip().splitlines():
        command, _, remark = line.partition("   #")
        code = re.search(r"ends with (\d)", remark)
        yield command, int(code[1]) if code else 0


def rename(cli: Cli, server: Server, name: str, new: str) -> None:
    """Rename a request, as somebody in a project would."""
    [id_] = cli.rows(f"SELECT id FROM endpoints WHERE name = '{name}'")[0]  # noqa: S608 - its own
    access = server.sign_in()["accessToken"]
    assert (
        server.call("PATCH", f"/api/v1/endpoints/{id_}", {"name": new}, access=access).status == 200
    )


@pytest.fixture(name="server")
def _server(tmp_path: Path) -> Iterator[Server]:
    cli = Cli(tmp_path)
    cli.user()
    assert cli("project", "create", "Shop").code == 0
    with Server(cli) as server:
        yield server


def test_the_examples_do_what_the_manual_says(server: Server) -> None:
    cli, printed, variables = server.cli, "", ""
    for block in blocks():
        if block.language in ("yaml", "bash"):
            (cli.folder / block.file).write_text(block.text, encoding="utf-8")
            if "List loaves" in block.text:
                rename(cli, server, "List bread", "Bread of today")
        elif block.language == "text":
            assert printed.endswith(block.text), block.text
        else:
            printed = ""
            for command, code in commands(block.text):
                line = command.replace("http://localhost:3000", server.url)
                if re.match(r"[A-Z]+=", line):
                    variables += f"{line}\n"
                    continue
                done = cli.shell(f"export -f gassapi-backend\n{variables}{line}")
                assert done.code == code, (line, done)
                printed += done.out.rstrip("\n") + "\n"
    assert len(blocks()) > 15


def test_the_table_of_formats_is_complete() -> None:
    rows = {
        name: (read, written)
        for name, read, written in re.findall(r"(?m)^\| `([a-z]+)` \| (.+?) \| (.+?) \|$", TEXT)
    }
    assert list(rows) == [one.name for one in FORMATS]
    for one in FORMATS:
        written = rows[one.name][1]
        assert (written != "–") == one.is_written, one.name
        assert all(version in written for version in one.versions), one.name
    for name in ENVIRONMENTS_WRITTEN:
        assert "environments" in rows[name][1] if name in rows else f"`{name}`" in TEXT


def test_the_limits_are_those_in_force() -> None:
    fields = Settings.model_fields
    assert f"| `GASSAPI_IMPORT_MAX_MB` | {fields['import_max_mb'].default} |" in TEXT
    assert f"| `GASSAPI_IMPORT_MAX_ITEMS` | {fields['import_max_items'].default:,} |" in TEXT
    flat = " ".join(TEXT.split())
    assert f"{Bounds().memory // MB} MB of memory and a minute" in flat
    assert Bounds().seconds == 60
    assert f"Collections go {LIMITS.depth} deep" in flat
    assert f"up to {LIMITS.variables:,} variables" in flat
    assert f"up to {LIMITS.headers} headers, and {LIMITS.body_bytes // 1000} KB each" in flat
