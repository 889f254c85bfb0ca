"""``import``: documents go into a project from files, folders and pipes, and CI can tell how."""

import json
import os
import re
import signal
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.processes import PROGRAM, Cli, Outcome
from tests.server.importing.documents import ENVIRONMENT, POSTMAN
from tests.waiting import sooner_or_later

SAMPLES = Path(__file__).parent.parent / "exchange" / "samples"
STYLE = re.compile(r"\x1b\[[\d;]*m")  # our own
NOBODY = "01a20200-0000-7000-8000-000000000000"


@dataclass
class Shop:
    """An operator with a project, in a folder with documents."""

    cli: Cli
    project: str

    def __call__(self, *arguments: str, typed: str | bytes = b"") -> Outcome:
        """Import something into the project."""
        return self.cli("import", *arguments, "--project", self.project, typed=typed)

    def write(self, name: str, document: Any) -> Path:
        """Write a document; return its path."""
        path = self.cli.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(document if isinstance(document, str) else json.dumps(document), "utf-8")
        return path

    def names(self, table: str = "collections") -> list[str]:
        """Return what the names of the things of a kind in the project are."""
        found = self.cli.rows(
            f"SELECT name FROM {table} WHERE project_id = '{self.project}' ORDER BY id"  # noqa: S608 - an id
        )
        return [name for (name,) in found]

    def audited(self) -> list[tuple[str, str]]:
        """Return who did what in the project."""
        return self.cli.rows(
            f"SELECT actor_type, action FROM audit_log WHERE project_id = '{self.project}' "  # noqa: S608 - an id
            "ORDER BY revision"
        )


@pytest.fixture(scope="module", name="operator")
def _operator(tmp_path_factory: pytest.TempPathFactory) -> Cli:
    cli = Cli(tmp_path_factory.mktemp("import"))
    cli.user()
    return cli


@pytest.fixture(name="shop")
def _shop(operator: Cli, tmp_path: Path) -> Iterator[Shop]:
    """A project for the time of a test."""
    operator.folder = tmp_path  # that of the test before is gone
    project = operator("project", "create", "Shop", "--json").json["id"]
    yield Shop(operator, project)
    operator.rows(f"DELETE FROM projects WHERE id = '{project}'")  # noqa: S608 - an id


def changed() -> dict[str, Any]:
    """Return the next version of the document: one request was renamed, one is gone."""
    later = json.loads(json.dumps(POSTMAN))
    later["item"][0]["name"] = "List all bread"
    del later["item"][1]["item"][0]
    return dict(later)


def test_a_file_is_imported_and_told(shop: Shop) -> None:
    shop.write("bakery.json", POSTMAN)
    done = shop("bakery.json")
    assert (done.code, done.err) == (0, "")
    heads, row, *_ = done.out.splitlines()
    assert heads.split()[:5] == ["Document", "Format", "Collections", "Requests", "Environments"]
    assert row.split()[:6] == ["bakery.json", "postman", "2.1.0", "2", "2", "0"]
    assert done.out.endswith("\nImported 1 document into Shop.\n")
    assert shop.names() == ["Bakery", "Orders"]
    assert shop.audited()[-1] == ("console", "collection_imported")


def test_what_is_told_is_json_for_scripts_and_for_a_file(shop: Shop) -> None:
    shop.write("bakery.json", POSTMAN)
    done = shop("bakery.json", "--json", "--report", "report.json")
    said = done.json
    assert said["project"] == {"id": shop.project, "name": "Shop"}
    assert said["exitCode"] == 0
    (one,) = said["imports"]
    assert one["source"] == "bakery.json"
    assert one["answer"]["imported"]["endpoints"] == 2
    assert {line["what"] for line in one["answer"]["report"]} == {"created", "kept"}
    report = shop.cli.folder / "report.json"
    assert json.loads(report.read_text("utf-8")) == said
    assert report.stat().st_mode & 0o777 == 0o600
    assert shop("bakery.json", "--report", "report.json").code == 1
    assert shop.names() == ["Bakery", "Orders"]
    assert shop("bakery.json", "--report", "report.json", "--force").code == 0
    assert "renamed" in report.read_text("utf-8")


def test_a_dry_run_tells_the_same_and_writes_nothing(shop: Shop) -> None:
    shop.write("bakery.json", POSTMAN)
    before = shop.audited()
    dry = shop("bakery.json", "--dry-run", "--json").json["imports"][0]["answer"]
    assert "Nothing was written" in shop("bakery.json", "--dry-run").out
    assert (shop.names(), shop.audited()) == ([], before)
    real = shop("bakery.json", "--json").json["imports"][0]["answer"]
    assert dry["imported"] == real["imported"]
    assert [line["name"] for line in dry["report"]] == [line["name"] for line in real["report"]]


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "with a mark"])
def test_standard_input_is_a_document(shop: Shop, mark: str) -> None:
    done = shop("-", typed=mark + json.dumps(POSTMAN))
    assert done.code == 0
    assert shop.names() == ["Bakery", "Orders"]


def test_a_pipe_that_has_a_name_is_read(shop: Shop) -> None:
    shop.write("bakery.json", POSTMAN)
    line = f"gassapi-backend import <(cat bakery.json) --project {shop.project}"
    assert shop.cli.shell(line).code == 0
    assert shop.names() == ["Bakery", "Orders"]


def test_a_folder_is_read_as_the_archive_of_it(shop: Shop) -> None:
    folder = SAMPLES / "bruno" / "folder"
    archive = shop.cli.folder / "folder.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for path in sorted(folder.rglob("*")):
            packed.write(path, path.relative_to(folder.parent))
    of_folder = shop(str(folder), "--json", "--dry-run").json["imports"]
    of_archive = shop(str(archive), "--json", "--dry-run").json["imports"]
    assert [one["answer"] for one in of_folder] == [one["answer"] for one in of_archive]
    assert of_folder[0]["answer"]["imported"]["endpoints"] == 4


def test_a_folder_of_several_documents_is_several_imports(shop: Shop) -> None:
    shop.write("all/bakery.json", POSTMAN)
    shop.write("all/live/live.json", ENVIRONMENT)
    shop.write("all/notes.md", "# Notes")
    done = shop("all", "--json").json
    assert [(one["source"], one["answer"]["format"]) for one in done["imports"]] == [
        ("all/bakery.json", "postman"),
        ("all/live/live.json", "postman-environment"),
    ]
    (skipped,) = done["imports"][0]["skippedFiles"]
    assert skipped["path"] == "notes.md"
    assert shop.names("environments") == ["Development", "Live"]
    imported = [action for _, action in shop.audited() if action.endswith("imported")]
    assert imported == ["collection_imported", "environment_imported"]
    shop.write("all/bakery.json", changed())
    again = shop("all", "--merge", "--json").json["imports"]
    assert [one["answer"]["updated"] for one in again] == [1, 0]
    assert again[1]["answer"]["unchanged"] == 1


def test_what_one_file_is_refused_for_is_no_other_s_matter(shop: Shop) -> None:
    shop.write("broken.json", '{"info": ')
    shop.write("bakery.json", POSTMAN)
    done = shop("broken.json", "bakery.json")
    assert done.code == 2
    assert done.err.startswith("Refused: broken.json: ")
    assert shop.names() == ["Bakery", "Orders"]
    shown = shop("broken.json", "--json")
    assert shown.code == 2
    assert shown.json["exitCode"] == 2
    assert shown.json["imports"][0]["error"]["code"] == "VALIDATION_ERROR"


def test_it_goes_into_the_collection_that_is_named(shop: Shop) -> None:
    shop.write("bakery.json", POSTMAN)
    assert shop("bakery.json").code == 0
    assert shop("bakery.json", "--into", "orders").code == 0
    assert shop.names() == ["Bakery", "Orders", "Bakery", "Orders"]
    twice = shop("bakery.json", "--into", "Orders")
    assert twice.code == 2
    assert "Bakery / Orders / Bakery / Orders" in twice.err
    for wanted in ("Nowhere", NOBODY):
        refused = shop("bakery.json", "--into", wanted)
        assert (refused.code, refused.out) == (2, "")
        assert f'There is no collection "{wanted}" in Shop.' in refused.err
    assert len(shop.names()) == 4


def test_a_merge_ends_as_ci_wants_to_know(shop: Shop) -> None:
    shop.write("bakery.json", POSTMAN)
    first = shop("bakery.json", "--merge")
    assert first.code == 2
    assert "Import it without --merge" in first.err
    assert shop("bakery.json").code == 0
    before = shop.audited()
    same = shop("bakery.json", "--merge", "--fail-on", "conflict", "--json")
    assert same.code == 0
    assert same.json["imports"][0]["answer"]["unchanged"] == 4
    assert "Nothing to do" in shop("bakery.json", "--merge").out
    assert shop.audited() == before
    shop.cli.rows("UPDATE endpoints SET name = 'Breads', name_key = 'breads' WHERE method = 'GET'")
    shop.write("bakery.json", changed())
    without = shop("bakery.json", "--merge", "--dry-run")
    assert without.code == 0
    merged = shop("bakery.json", "--merge", "--fail-on", "conflict")
    assert merged.code == 3
    assert "Here: Breads; in the document: List all bread." in merged.out
    assert merged.out.endswith("\nMerged 1 document into Shop.\n")
    assert sorted(shop.names("endpoints")) == ["Breads", "Order"]
    later = changed()
    later["item"][0]["name"] = "List fresh bread"
    shop.write("bakery.json", later)
    taken = shop("bakery.json", "--merge", "--prefer", "source", "--prune", "--yes")
    assert taken.code == 0
    assert shop.names("endpoints") == ["List fresh bread"]


def test_prune_asks_first(shop: Shop) -> None:
    shop.write("bakery.json", POSTMAN)
    assert shop("bakery.json").code == 0
    shop.write("bakery.json", changed())
    assert "--yes" in shop("bakery.json", "--merge", "--prune").err
    for answer, left in (("n", 2), ("y", 1)):
        asked = shop.cli.ask(
            "import", "bakery.json", "--merge", "--prune", "--project", shop.project
        )
        asked.expect("nobody edited it here: it is deleted")
        assert len(shop.names("endpoints")) == 2
        asked.expect("Do this.*N")
        asked.sendline(answer)
        asked.wait()
        assert len(shop.names("endpoints")) == left


def test_a_project_moves_to_a_new_one(shop: Shop) -> None:
    shop.write("bakery.json", POSTMAN)
    assert shop("bakery.json").code == 0
    exported = shop.cli("export", "project", shop.project, "--output", "shop.json")
    assert exported.code == 0
    made = shop.cli("import", "shop.json", "--new-project", "--name", "Other", "--json").json
    new = Shop(shop.cli, made["imports"][0]["answer"]["projectId"])
    assert new.names() == ["Bakery", "Orders"]
    assert new.audited() == [("console", "project_imported")]
    assert shop.cli("project", "show", new.project, "--json").json["name"] == "Other"
    refused = shop.cli("import", "bakery.json", "--new-project")
    assert refused.code == 2
    nobody = shop.cli("import", "shop.json", "--new-project", "--owner", "nobody@example.com")
    assert 'no account "nobody@example.com"' in nobody.err
    shop.cli.rows(f"DELETE FROM projects WHERE id = '{new.project}'")  # noqa: S608 - an id


def test_a_project_that_is_not_there_is_named(shop: Shop) -> None:
    shop.write("bakery.json", POSTMAN)
    for wanted in ("Nowhere", NOBODY, ""):
        refused = shop.cli("import", "bakery.json", "--project", wanted)
        assert (refused.code, refused.out) == (2, "")
        assert f'There is no project "{wanted}"' in refused.err


def test_what_is_too_large_is_refused_before_it_is_read(shop: Shop) -> None:
    large = shop.cli.folder / "large.json"
    with large.open("wb") as file:
        file.truncate(2_000_000_000)
    for source in ("large.json", "."):
        refused = shop(source)
        assert (refused.code, refused.out) == (2, "")
        assert f"{source} is larger than the 50 MB that may be imported." in refused.err
    assert "larger than" in shop("/dev/zero").err
    endless = shop.cli.shell(f"yes | gassapi-backend import - --project {shop.project}")
    assert endless.code == 2


def test_nothing_is_followed_or_waited_for_in_a_folder(shop: Shop) -> None:
    shop.write("all/bakery.json", POSTMAN)
    shop.write("secret.json", {**POSTMAN, "info": {**POSTMAN["info"], "name": "Secret"}})
    folder = shop.cli.folder / "all"
    (folder / "loop").symlink_to(folder)
    (folder / "link.json").symlink_to("../secret.json")
    (folder / "gone.json").symlink_to("nowhere")
    os.mkfifo(folder / "pipe.json")
    (folder / os.fsdecode(b"\xff.json")).write_text("{}")
    (folder / "node_modules").mkdir()
    (folder / "node_modules" / "x.json").write_text(json.dumps(POSTMAN))
    done = shop("all", "--json").json["imports"]
    assert [one["source"] for one in done] == ["all"]
    assert {one["path"]: one["reason"] for one in done[0]["skippedFiles"]} == {
        "loop": "It is a link, and links are not followed.",
        "link.json": "It is a link, and links are not followed.",
        "gone.json": "It is a link, and links are not followed.",
        "pipe.json": "It is not a file.",
        "\udcff.json": "Its name is not printable, or not UTF-8.",
    }
    assert shop.names() == ["Bakery", "Orders"]


def test_what_cannot_be_read_is_a_sentence(shop: Shop) -> None:
    locked = shop.write("locked.json", POSTMAN)
    locked.chmod(0)
    (shop.cli.folder / "empty").mkdir()
    shut = shop.cli.folder / "shut"
    shut.mkdir(mode=0)
    (shop.cli.folder / "round").symlink_to("round")
    tried = {
        "locked.json": "locked.json cannot be read: Permission denied.",
        "shut": "shut cannot be read: Permission denied.",
        "empty": "empty holds no file that could be imported.",
        "round": "round cannot be read: Too many levels of symbolic links.",
        "x" * 300: "cannot be read: File name too long.",
    }
    commands = [["import", name, "--project", shop.project] for name in tried]
    shop.cli.home.chmod(0o700)
    for says, outcome in zip(
        tried.values(), shop.cli.each(commands, privileged=False), strict=True
    ):
        assert outcome.code == 2, outcome
        assert says in outcome.err
        assert "Traceback" not in outcome.text
    shut.chmod(0o700)
    assert shop.names() == []


def test_a_report_that_cannot_be_written_is_refused_before_anything_is(shop: Shop) -> None:
    shop.write("bakery.json", POSTMAN)
    for place in ("nowhere/report.json", "."):
        refused = shop("bakery.json", "--report", place)
        assert refused.code == 1
        assert "--report" in refused.err
    assert shop.names() == []
    full = shop("bakery.json", "--report", "/dev/full")
    assert (full.code, "No space left on device" in full.err) == (1, True)
    assert Path("/dev/full").is_char_device()


def test_a_bar_is_shown_on_a_terminal_and_nowhere_else(shop: Shop) -> None:
    shop.write("bakery.json", POSTMAN)
    asked = shop.cli.ask("import", "bakery.json", "--project", shop.project)
    asked.expect("bakery.json.*━")
    asked.expect("Imported")
    asked.wait()
    assert "━" not in shop("bakery.json").text


def test_names_cannot_steer_the_terminal(shop: Shop) -> None:
    evil = "x\x1b]0;owned\x07\x9b31m\u202e"
    hostile = {**POSTMAN, "info": {**POSTMAN["info"], "name": evil}}
    hostile["item"] = [{"name": evil}, *POSTMAN["item"]]
    shop.write("evil.json", hostile)
    shop("evil.json")
    for done in (shop("evil.json"), shop("evil.json", "--json"), shop("evil.json", "--merge")):
        assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(done.text)
    collection = shop.names()[0]
    asked = shop.cli.ask(
        "export", "collection", collection, "--project", shop.project, "--format", "curl"
    )
    shown = STYLE.sub("", asked.read())
    assert "curl" in shown
    assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(shown)


def children_of(pid: int) -> list[int]:
    """Return the processes that a process has started and that live."""
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False)
    return [int(one) for one in found.stdout.split()]


@pytest.mark.parametrize("moment", ["reading", "writing"])
def test_ctrl_c_leaves_nothing_half_written_and_no_child(shop: Shop, moment: str) -> None:
    items = [{**POSTMAN["item"][0], "id": f"x{number}"} for number in range(9000)]
    shop.write("large.json", {**POSTMAN, "item": items})
    before = shop.audited()
    started = subprocess.Popen(
        [*PROGRAM, "import", "large.json", "--project", shop.project],
        env=shop.cli.env,
        cwd=shop.cli.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert sooner_or_later(lambda: children_of(started.pid))
    children = children_of(started.pid)
    if moment == "writing":
        assert sooner_or_later(lambda: not children_of(started.pid))
    started.send_signal(signal.SIGINT)
    _, said = started.communicate(timeout=30)
    assert (started.returncode, said) == (130, b"")
    assert [one for one in children if Path(f"/proc/{one}").exists()] == []
    assert (shop.names(), shop.audited()) == ([], before)
