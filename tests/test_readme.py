"""What README says is so: its first steps work from the wheel, and it names what there is."""

import os
import re
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pexpect
import pytest

from gassapi_backend.mcp_clients.clients import CLIENTS
from gassapi_backend.settings import Settings
from tests.cli.known import commands
from tests.processes import PASSWORD, environment
from tests.servers import free_port
from tests.waiting import sooner_or_later

TOP = Path(__file__).parent.parent
README = (TOP / "README.md").read_text("utf-8")
MAKEFILE = (TOP / "Makefile").read_text("utf-8")
PROMPT = "> "


def section(heading: str) -> str:
    """Return the text under a heading of README."""
    return README.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]


def block(text: str) -> list[str]:
    """Return the commands of the first block of shell in a text: one each, comments left out."""
    lines = text.split("```sh\n", 1)[1].split("```", 1)[0].replace("\\\n", "").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a fresh environment with the wheel in it.

    Its dependencies are those of the running environment: a path in a ``.pth`` file does not make
    the ``.pth`` files there count, so that an editable installation of ours stays unseen.
    """
    folder = tmp_path_factory.mktemp("wheel")
    python = [sys.executable, "-m"]
    build = [*python, "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(TOP)]
    subprocess.run(build, check=True, capture_output=True)
    subprocess.run([*python, "venv", "--without-pip", str(folder / "venv")], check=True)
    fresh = folder / "venv" / "bin" / "python"
    (wheel,) = folder.glob("*.whl")
    install = ["pip", "--python", str(fresh), "install", "--no-deps", "--no-index", str(wheel)]
    subprocess.run([*python, *install], check=True, capture_output=True)
    (packages,) = (folder / "venv" / "lib").glob("python*/site-packages")
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    where = subprocess.run(
        [fresh, "-c", "import gassapi_backend; print(gassapi_backend.__file__)"],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    assert Path(where.stdout.strip()).is_relative_to(packages)
    return fresh.parent


INSTALLED = block(README.split("Or installed", 1)[1])
MCP = (TOP / "docs" / "mcp.md").read_text("utf-8")


@dataclass
class Shell:
    """A terminal in an empty folder, with a server that was started as README says."""

    terminal: "pexpect.spawn[str]"
    port: str
    folder: Path

    def type(self, command: str) -> str:
        """Give a command, answer what it asks; return what was printed."""
        typed = command.replace("localhost:3000", f"localhost:{self.port}")
        self.terminal.sendline(typed + "; echo ended=$?")
        printed = ""
        while self.terminal.expect(
            ["ended=0", "assword: ", "confirmation: ", r"n\]: ", "ended="]
        ) in (1, 2, 3):
            printed += self.terminal.before
            self.terminal.sendline("" if "n]" in self.terminal.after else PASSWORD)
        assert self.terminal.after == "ended=0", (command, self.terminal.before)
        return printed + self.terminal.before


@pytest.fixture
def shell(installed: Path, tmp_path: Path) -> Iterator[Shell]:
    start = INSTALLED[1].partition("#")[0].strip()
    assert start == "gassapi-backend start"
    port = str(free_port())
    env = environment(
        tmp_path / "home", GASSAPI_PORT=port, PS1=PROMPT, PATH=f"{installed}:{os.environ['PATH']}"
    )
    (tmp_path / "home").mkdir()
    (tmp_path / "empty").mkdir()
    terminal = pexpect.spawn(
        "bash",
        ["--norc", "--noprofile", "--noediting"],
        env=env,
        cwd=str(tmp_path / "empty"),
        encoding="utf-8",
        dimensions=(50, 1000),
        timeout=60,
    )
    terminal.setecho(False)
    (tmp_path / "log").touch()
    terminal.sendline(f"{start} > ../log 2>&1 &")
    try:
        assert sooner_or_later(lambda: '"event":"listening"' in (tmp_path / "log").read_text())
        yield Shell(terminal, port, tmp_path / "empty")
    finally:
        terminal.sendline("kill %1; wait; exit")
        terminal.expect(pexpect.EOF)
    assert "error" not in (tmp_path / "log").read_text()


def test_the_first_steps_work_as_they_are_written(shell: Shell) -> None:
    printed = [shell.type(command) for command in block(section("First steps"))]
    assert len(printed) == 6
    assert "https://api.example.com/products" in printed[-1]
    assert '"valid":true' in printed[4]
    assert '"name":"Shop"' in printed[4]
    assert list(shell.folder.iterdir()) == []


def test_the_first_screen_ends_with_an_assistant_connected(shell: Shell) -> None:
    assert len(INSTALLED) <= 4
    for command in INSTALLED[2:]:
        shell.type(command)
    assert (shell.folder / ".mcp.json").exists()
    assert "get_project_context answered" in shell.type("gassapi-backend mcp test")


def test_the_page_about_assistants_works_as_it_is_written(shell: Shell) -> None:
    shell.type('gassapi-backend user create --email you@example.com --name "Your Name"')
    shell.type("gassapi-backend project create Shop")
    blocks = MCP.split("```sh\n")[1:]
    printed = "".join(shell.type(command) for one in blocks for command in block("```sh\n" + one))
    assert printed.count("get_project_context answered") == 2
    assert "Revoked" in printed
    found = {path.name for path in shell.folder.iterdir()}
    assert found == {".mcp.json", ".cursor", "gassapi.json", "shop.mcpb"}


def test_the_page_about_assistants_names_every_client_and_its_files() -> None:
    table = {
        cells[1].strip(" `"): cells
        for line in MCP.splitlines()
        if (cells := line.split("|"))[0] == "" and len(cells) == 6 and cells[1].startswith(" `")
    }
    table.pop("--client")
    assert list(table) == list(CLIENTS)
    for key, client in CLIENTS.items():
        assert table[key][2].strip() == client.title
        if client.folder:
            assert f"`{client.folder.path}`" in table[key][3]
        says = {"variable": "a variable", "prompt": "prompt"}.get(client.token_place.value, "its")
        assert says in table[key][4]


def test_the_address_of_the_first_steps_is_only_ever_the_default() -> None:
    found = set(re.findall(r"https?://localhost[^/\s'`)>]*", README))
    assert found == {"http://localhost:3000", "http://localhost:<port"}


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_explained_with_its_default(name: str) -> None:
    field = Settings.model_fields[name]
    default = {"home": "the platform's data directory"}.get(name) or (
        "none" if field.default_factory else "–" if field.default is None else f"`{field.default}`"
    )
    row = f"| `GASSAPI_{name.upper()}` | {default} | {field.description} |"
    assert row in section("Settings").splitlines()


def test_no_row_of_a_table_is_there_twice() -> None:
    names = re.findall(r"^\| `(GASSAPI_\w+)`", section("Settings"), re.MULTILINE)
    assert names == [f"GASSAPI_{name.upper()}" for name in Settings.model_fields]
    assert len(listed()) == len(set(listed()))
    text = (TOP / "CHANGELOG.md").read_text("utf-8") + README
    lines = [line for line in text.splitlines() if line.startswith("- ") and len(line) > 40]
    assert len(lines) == len(set(lines))


def listed() -> list[tuple[str, ...]]:
    """Return the commands of the table, each with the groups it is in."""
    found = []
    for row in [line.split("|")[1] for line in section("Commands").splitlines() if "| `" in line]:
        first, *others = re.findall(r"`([^`]+)`", row)
        *group, name = first.split()
        found += [(*group, name) for name in (name, *others)]
    return found


def test_every_command_has_its_place_in_the_table() -> None:
    for path, _ in commands():
        assert any(entry[: len(path)] == tuple(path) for entry in listed()), path


def test_every_command_of_the_table_is_there() -> None:
    known = {tuple(path) for path, _ in commands()}
    assert [entry for entry in listed() if entry not in known] == []


def test_every_target_of_make_that_is_named_is_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):.*##", MAKEFILE, re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z][a-z-]*)", "\n".join(re.findall(r"(?s)`+.*?`+", README))))
    assert named >= {"run", "test", "check", "dev"}
    assert named <= targets


def test_every_link_leads_somewhere() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README)
    assert links
    for link in links:
        if "://" not in link:
            assert (TOP / link).exists(), link


def test_the_first_screen_says_how_to_run_it_and_how_to_test_it() -> None:
    screen = README.splitlines()[:25]
    for command in ("make run", "make test", "pipx install gassapi-backend"):
        assert any(line.startswith(command) for line in screen), command


def test_make_says_what_it_can_do() -> None:
    targets = re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE)
    done = subprocess.run(["make", "-C", TOP, "help"], check=True, capture_output=True, text=True)
    for target in targets:
        if target != "help":
            assert f"make {target}" in done.stdout


def test_the_first_steps_are_short_and_have_nothing_to_fill_in() -> None:
    commands = block(section("First steps"))
    assert len(commands) <= 6
    for command in commands:
        assert not re.search(r"\.\.\.|grep|-c |-b |<", command), command
        assert "\n" not in command.strip()


def test_an_extra_is_put_into_what_is_installed_already() -> None:
    named = re.findall(r"pipx? install[^`]*gassapi-backend\[\w+\]", README)
    assert named
    for command in named:  # without it, pipx says that it is installed, and does nothing
        assert command.startswith("pipx install --force "), command
