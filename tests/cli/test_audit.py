"""The audit log on the command line: read, taken elsewhere, checked."""

import ast
import hashlib
import json
import stat
from pathlib import Path

import pytest

from gassapi_backend import server
from gassapi_backend.server.audit.words import ACTIONS
from tests.processes import Cli


@pytest.fixture
def shop(cli: Cli) -> Cli:
    """An instance with two projects, an account each was made for."""
    assert cli("user", "create", *FLAGS, typed="correct horse 42\n").code == 0
    for name in ("Shop", "[bold]Yard[/]"):
        made = cli("project", "create", name, "--owner", "you@example.com")
        assert made.code == 0, made.text
    return cli


FLAGS = ("--email", "you@example.com", "--name", "You", "--password-stdin")


def test_entries_are_listed_in_words_the_newest_first(shop: Cli) -> None:
    listed = shop("audit", "list")
    assert listed.code == 0
    assert "project created" in listed.flat
    assert "[bold]Yard[/]" in listed.flat
    found = shop("audit", "list", "--json").json
    assert [entry["action"] for entry in found][-1] == "user_created"
    assert len(found) == len(shop.rows("SELECT id FROM audit_log"))
    assert shop("audit", "list", "--json", "--limit", "1").json == found[:1]


def test_entries_are_found_by_what_is_asked_for(shop: Cli) -> None:
    found = shop("audit", "list", "--json", "--project", "shop").json
    assert {entry["projectName"] for entry in found} == {"Shop"}
    by_id = shop("audit", "list", "--json", "--project", found[0]["projectId"]).json
    assert by_id == found
    for action in ("project_created", "Project created"):
        named = shop("audit", "list", "--json", "--action", action).json
        assert [entry["resourceName"] for entry in named] == ["[bold]Yard[/]", "Shop"]
    assert shop("audit", "list", "--json", "--since", "2099-01-31").json == []
    assert shop("audit", "list", "--json", "--until", "2001-01-31T12:00:00Z").json == []
    assert shop("audit", "list", "--until", "2001-01-31").out == "No entries.\n"
    who = shop("audit", "list", "--json", "--user", "you@example.com").json
    assert {entry["actor"]["name"] for entry in who} <= {"You"}


@pytest.mark.parametrize(
    ("flags", "code", "says"),
    [
        (("list", "--since", "yesterday"), 2, "--since: Write it as 2026-01-31"),
        (("list", "--action", "bogus"), 2, '--action: there is no "bogus". There is: '),
        (("list", "--action", "project_create"), 2, "Did you mean project_created?"),
        (("list", "--project", "Nowhere"), 1, 'There is no project "Nowhere"'),
        (("list", "--user", "no@example.com"), 1, 'There is no account "no@example.com"'),
        (("verify", "01a20200-0000-7000-8000-000000000000"), 1, "There is no project"),
        (("verify", "--against", "nowhere.json"), 2, "nowhere.json cannot be read: No such file"),
        (("export", "--output", "data"), 1, "Give --"),
    ],
)
def test_what_makes_no_sense_is_refused(
    shop: Cli, flags: tuple[str, ...], code: int, says: str
) -> None:
    refused = shop("audit", *flags)
    assert refused.code == code
    assert says in refused.flat


def test_an_export_is_private_and_can_be_verified_without_us(shop: Cli) -> None:
    printed = shop("audit", "export").out
    written = shop("audit", "export", "--output", "log.jsonl")
    assert written.code == 0
    file = shop.folder / "log.jsonl"
    assert file.read_text() == printed
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert shop("audit", "export", "--output", "log.jsonl").code == 1
    lines = printed.splitlines()
    assert len(lines) == len(shop.rows("SELECT id FROM audit_log"))
    last: dict[str, str] = {}
    for line in map(json.loads, lines):
        if line["projectId"] is not None:
            *values, found = line.values()
            text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
            assert hashlib.sha256(text.encode()).hexdigest() == found
            assert line["previousHash"] == last.get(line["projectId"], "0" * 64)
            last[line["projectId"]] = found
    heads = shop("audit", "verify", "--json").json["chains"]
    assert last == {chain["projectId"]: chain["head"]["hash"] for chain in heads}
    some = shop("audit", "export", "--project", "Shop").out.splitlines()
    assert {json.loads(line)["projectId"] for line in some} < set(last)


def test_a_record_that_was_tampered_with_is_named(shop: Cli) -> None:
    whole = shop("audit", "verify")
    assert (whole.code, "Whole:" in whole.out) == (0, True)
    assert "[bold]Yard[/]: 2 entries" in whole.flat
    noted = shop("audit", "verify", "--json")
    (shop.folder / "heads.json").write_text(noted.out)
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):  # the last two are what Windows makes
        (shop.folder / "heads.json").write_text(noted.out, encoding)
        assert shop("audit", "verify", "--against", "heads.json").code == 0
    (shop.folder / "other.json").write_text("[]")
    other = shop("audit", "verify", "--against", "other.json")
    assert "is not what gassapi-backend audit verify --json printed" in other.err
    shop.rows("UPDATE audit_log SET resource_name = 'Innocent' WHERE resource_name = 'Shop'")
    broken = shop("audit", "verify")
    assert broken.code == 1
    assert "changed: Entry 1 (project_created" in broken.flat
    assert "1 of 2 chains is broken." in broken.flat
    report = shop("audit", "verify", "Shop", "--json")
    assert report.code == 1
    assert not report.json["isWhole"]
    [problem] = report.json["chains"][0]["problems"]
    assert (problem["what"], problem["number"]) == ("changed", 1)
    assert shop("audit", "verify", "[bold]Yard[/]").code == 0
    assert all(one["check"] != "audit log" for one in bad(shop))


def test_a_cut_off_record_is_found_by_doctor_too(shop: Cli) -> None:
    noted = shop("audit", "verify", "--json")
    (shop.folder / "heads.json").write_text(noted.out)
    shop.rows("DELETE FROM audit_log WHERE number = 2")
    assert [one["message"][:13] for one in bad(shop) if one["check"] == "audit log"] == [
        "the audit log"
    ]
    shop.rows("DELETE FROM audit_log")
    shop.rows("DELETE FROM environments")
    shop.rows("DELETE FROM members")
    shop.rows("DELETE FROM projects")
    assert shop("audit", "verify").code == 0  # as if there had never been anything
    found = shop("audit", "verify", "--against", "heads.json")
    assert found.code == 1
    assert "2 of 2 chains are broken." in found.flat


def test_what_retention_cannot_have_removed_is_missing_though_an_anchor_is_forged(
    shop: Cli,
) -> None:
    (shop.folder / "heads.json").write_text(shop("audit", "verify", "--json").out)
    shop.rows(
        "INSERT INTO audit_chains (project_id, anchor_number, anchor_hash) "
        "SELECT id, audit_number, audit_hash FROM projects WHERE name = 'Shop'"
    )
    shop.rows("DELETE FROM audit_log WHERE project_id IN (SELECT project_id FROM audit_chains)")
    for flags in ((), ("--against", "heads.json")):
        for env in ({}, {"GASSAPI_AUDIT_KEEP_DAYS": "30"}):
            found = shop("audit", "verify", *flags, **env)
            assert found.code == 1
            assert "missing: Entries are gone from its beginning" in found.flat
            assert "1 of 2 chains is broken." in found.flat
    shop.rows("UPDATE audit_chains SET anchor_number = anchor_number + 1")
    found = shop("audit", "verify", "Shop", "--against", "heads.json", "--json")
    assert found.code == 1
    assert found.json["chains"][0]["compared"] == "removed"


def test_what_was_not_noted_is_said(shop: Cli) -> None:
    noted = shop("audit", "verify", "Shop", "--json")
    (shop.folder / "heads.json").write_text(noted.out)
    assert noted.json["chains"][0]["head"]["at"]
    found = shop("audit", "verify", "--against", "heads.json")
    assert found.code == 0
    assert "[bold]Yard[/]: 2 entries, no head was noted" in found.flat
    assert "Shop: 2 entries " in found.flat
    assert shop("audit", "verify", "Shop", "--against", "heads.json").code == 0
    refused = shop("audit", "verify", "[bold]Yard[/]", "--against", "heads.json")
    assert (refused.code, refused.out) == (1, "")
    assert 'heads.json says nothing about the project "[bold]Yard[/]".' in refused.flat


def bad(cli: Cli) -> list[dict[str, str]]:
    return [one for one in cli("doctor", "--json").json if one["verdict"] == "bad"]


def test_an_action_that_only_the_log_knows_is_found(shop: Cli) -> None:
    shop.rows("UPDATE audit_log SET action = 'project_imagined' WHERE action = 'project_created'")
    found = shop("audit", "list", "--json", "--action", "project imagined").json
    assert [entry["action"] for entry in found] == ["project_imagined"] * 2


def test_every_action_that_is_recorded_is_known() -> None:
    recorded = set()
    for path in Path(server.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in ("record", "note")
            ):
                words = [part for part in ast.walk(node.args[0]) if isinstance(part, ast.Constant)]
                recorded |= {word.value for word in words if isinstance(word.value, str)}
    assert len(recorded) > 40
    assert recorded <= set(ACTIONS)
