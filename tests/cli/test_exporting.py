"""``export``: documents come out whole, to a file, a pipe or a terminal, or not at all."""

import json
from pathlib import Path

import pytest

from tests.processes import Cli
from tests.server.importing.documents import ENVIRONMENT, POSTMAN

FULL = Path("/dev/full")


@pytest.fixture(scope="module", name="shop")
def _shop(tmp_path_factory: pytest.TempPathFactory) -> Cli:
    """An operator with one project, in which a collection and an environment were imported."""
    cli = Cli(tmp_path_factory.mktemp("export"))
    cli.user()
    assert cli("project", "create", "Shop").code == 0
    for document in (POSTMAN, ENVIRONMENT):
        assert cli("import", "-", typed=json.dumps(document)).code == 0
    return cli


def audited(cli: Cli) -> list[tuple[str, str]]:
    """Return who did what, the newest last."""
    return cli.rows("SELECT actor_type, action FROM audit_log ORDER BY id")


def test_a_collection_comes_back_as_it_was(shop: Cli) -> None:
    before = audited(shop)
    printed = shop("export", "collection", "bakery")
    assert (printed.code, printed.err) == (0, "")
    assert printed.json == POSTMAN
    written = shop("export", "collection", "Bakery", "--project", "shop", "--output", "out.json")
    assert (written.code, written.out) == (0, "Wrote out.json.\n")
    assert (shop.folder / "out.json").read_text("utf-8") == printed.out
    assert (shop.folder / "out.json").stat().st_mode & 0o777 == 0o600
    assert audited(shop) == before


@pytest.mark.parametrize(
    ("flags", "shows", "lacks"),
    [
        (["--format", "openapi", "--version", "3.0"], '"openapi": "3.0', "3.1"),
        (["--format", "insomnia"], "type: collection.insomnia", "_type"),
        (["--format", "insomnia", "--version", "4"], '"__export_format": 4', "yaml"),
        (["--format", "opencollection"], "opencollection:", "_postman_id"),
        (["--format", "har"], '"entries"', "item"),
        (["--format", "http"], "### List bread", "item"),
        (["--format", "curl", "--environment", "live"], "curl ", "{{base}}"),
        (["--no-sub-collections"], "List bread", '"Order"'),
        (["--no-examples"], "List bread", '"Good"'),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_a_collection_is_written_as_it_is_wanted(
    shop: Cli, flags: list[str], shows: str, lacks: str
) -> None:
    done = shop("export", "collection", "Bakery", *flags)
    assert done.code == 0
    assert shows in done.out
    assert lacks not in done.out


def test_secret_values_leave_only_when_they_are_revealed(shop: Cli) -> None:
    before = audited(shop)
    for command in (["environment", "Live", "--format", "dotenv"], ["project", "Shop"]):
        hidden = shop("export", *command)
        assert hidden.code == 0
        assert "hush hush" not in hidden.text
        assert audited(shop) == before
        shown = shop("export", *command, "--reveal")
        assert "hush hush" in shown.out
        before = [*before, ("console", "secrets_revealed")]
        assert audited(shop) == before


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["collection", "Nowhere"], 'There is no collection "Nowhere" in Shop.'),
        (["collection", "Bakery", "--format", "soap"], "There is no format “soap”"),
        (["collection", "Bakery", "--format", "bruno"], "Bruno is not written here."),
        (["collection", "Bakery", "--format", "gassapi"], "A GassAPI project is not written here."),
        (["collection", "Bakery", "--version", "9"], "Postman 9 is not written here."),
        (["collection", "Bakery", "--environment", "Moon"], 'no environment "Moon" in Shop.'),
        (["collection", "Bakery", "--project", "Nowhere"], 'no project "Nowhere"'),
        (["environment", "Moon"], 'There are: "Development", "Live".'),
        (["environment", "Live", "--format", "http"], "'postman', 'insomnia' or 'dotenv'"),
        (["project", "-p", "Nowhere"], 'no project "Nowhere"'),
        (["project", "Shop", "-p", "Shop"], "named twice"),
        (["project", "Nowhere"], 'no project "Nowhere"'),
    ],
)
def test_what_is_not_there_or_not_written_is_refused(
    shop: Cli, arguments: list[str], says: str
) -> None:
    refused = shop("export", *arguments, "--output", "refused.json")
    assert (refused.code, refused.out) == (2, "")
    assert says in refused.err
    assert not (shop.folder / "refused.json").exists()


def test_a_file_that_exists_is_replaced_only_if_that_is_said(shop: Cli) -> None:
    mine = shop.folder / "mine.json"
    mine.write_text("mine")
    refused = shop("export", "project", "Shop", "--output", "mine.json")
    assert (refused.code, "--force" in refused.err) == (1, True)
    assert mine.read_text() == "mine"
    assert shop("export", "project", "Shop", "--output", "mine.json", "--force").code == 0
    assert json.loads(mine.read_text("utf-8"))["format"] == "gassapi"


def test_a_folder_that_cannot_be_written_is_a_sentence(shop: Cli) -> None:
    (shop.folder / "shut").mkdir(mode=0o500)
    places = ["shut/out.json", "nowhere/out.json", "shut"]
    commands = [["export", "project", "Shop", "--output", place] for place in places]
    for outcome in shop.each(commands, privileged=False):
        assert outcome.code == 1, outcome
        assert "--output" in outcome.err
    assert list((shop.folder / "shut").iterdir()) == []


def test_a_device_is_written_to_and_never_replaced(shop: Cli) -> None:
    for force in ([], ["--force"]):
        full = shop("export", "project", "Shop", "--output", str(FULL), *force)
        assert (full.code, full.err) == (1, "Error: No space left on device.\n")
        nowhere = shop("export", "project", "Shop", "--output", "/dev/null", *force)
        assert nowhere.code == 0
    assert FULL.is_char_device()
    assert Path("/dev/null").is_char_device()
    piped = shop.shell("gassapi-backend export project Shop --output /dev/stdout | head -c 20")
    assert piped.out == '{"format":"gassapi",'


def test_a_disk_that_is_full_in_the_middle_leaves_the_old_file(shop: Cli) -> None:
    old = shop.folder / "old.json"
    old.write_text("old")
    files = sorted(shop.folder.iterdir())
    shop.rows(f"UPDATE endpoints SET description = '{'x' * 200_000}'")  # noqa: S608 - its own
    limited = "ulimit -f 100; gassapi-backend export project Shop --output old.json --force"
    done = shop.shell(limited)
    assert (done.code, done.err) == (1, "Error: File too large.\n")
    assert old.read_text() == "old"
    assert sorted(shop.folder.iterdir()) == files


def test_full_and_broken_outputs_end_it_with_1(shop: Cli) -> None:
    full = shop.shell("gassapi-backend export project Shop > /dev/full")
    assert (full.code, full.err) == (1, "Error: No space left on device.\n")
    broken = shop.shell("gassapi-backend export project Shop | true; echo ${PIPESTATUS[0]}")
    assert broken.err == ""
    assert broken.out.strip() in ("0", "1")
