"""Projects on the command line: made, renamed, deleted, and named in every command alike."""

import pexpect
import pytest

from tests.processes import Cli, Outcome, Server


def projects(cli: Cli) -> list[str]:
    return [project["name"] for project in cli("project", "list", "--json").json]


@pytest.fixture
def shop(cli: Cli) -> Cli:
    """An operator with an account and a project."""
    cli.user()
    assert cli("project", "create", "Shop").code == 0
    return cli


def test_a_project_is_renamed_and_its_clients_go_on(shop: Cli) -> None:
    renamed = shop("project", "rename", "shop", "Store [b]")
    assert (renamed.code, renamed.out, renamed.err) == (0, "Renamed Shop to Store [b].\n", "")
    assert projects(shop) == ["Store [b]"]
    view = shop("project", "rename", "Store [b]", "Shop", "--json").json
    assert (view["name"], view["ownerName"]) == ("Shop", "You")
    done = shop.rows("SELECT actor_type, action FROM audit_log WHERE action LIKE 'project_%'")
    assert done == [("console", "project_created")] + [("console", "project_updated")] * 2


def test_a_project_is_deleted_only_by_its_name(shop: Cli) -> None:
    refused = shop("project", "delete", "Shop")
    assert (refused.code, "--yes" in refused.err) == (2, True)
    asked = shop.ask("project", "delete", "Shop")
    asked.expect_exact("Shop, of You: 1 member, 0 collections, 0 endpoints.")
    asked.expect_exact("Type its name to delete it for good: ")
    asked.sendline("shop")
    asked.expect_exact("Nothing is deleted.")
    asked.expect(pexpect.EOF)
    assert asked.wait() == 1
    assert projects(shop) == ["Shop"]
    asked = shop.ask("project", "delete", "Shop")
    asked.expect_exact("for good: ")
    asked.sendline("Shop")
    asked.expect("Deleted.* the project Shop.")
    asked.expect(pexpect.EOF)
    assert asked.wait() == 0
    assert projects(shop) == []


def test_a_deleted_project_is_gone_from_a_running_server(server: Server) -> None:
    access = server.sign_in()["accessToken"]
    project = server.project(access, "Gone soon")
    gone = server.cli("project", "delete", project["id"], "--yes", "--json")
    assert gone.json == {"id": project["id"], "name": "Gone soon"}
    path = f"/api/v1/projects/{project['id']}"
    assert server.call("GET", path, access=access).status == 404


def test_a_second_project_of_a_name_is_made_only_when_it_is_meant(shop: Cli) -> None:
    refused = shop("project", "create", "SHOP")
    assert refused.code == 2
    assert 'There is a project "SHOP" of You already. Give --yes' in refused.err
    asked = shop.ask("project", "create", "Shop")
    asked.expect_exact("Make another of this name? [y/N]: ")
    asked.sendline("")
    asked.expect_exact("Nothing is created.")
    asked.expect(pexpect.EOF)
    assert asked.wait() == 1
    shop.user("ann@example.com", "Ann")
    assert shop("project", "create", "Shop", "--owner", "ann@example.com").code == 0
    assert shop("project", "create", "Shop", "--owner", "you@example.com", "--yes").code == 0
    assert projects(shop) == ["Shop"] * 3


def test_over_http_a_second_project_of_a_name_comes_with_a_warning(server: Server) -> None:
    access = server.sign_in()["accessToken"]
    path, body = "/api/v1/projects", {"name": "Twice"}
    first = server.call("POST", path, body, access=access)
    second = server.call("POST", path, {"name": "TWICE"}, access=access)
    assert (first.status, second.status) == (201, 201)
    assert first.body["warnings"] == []
    assert second.body["warnings"] == ['You own another project called "TWICE".']


@pytest.mark.parametrize("flag", ["--project", "-p"])
def test_a_project_is_named_by_the_same_option_everywhere(shop: Cli, flag: str) -> None:
    token = shop("token", "issue", flag, "Shop", "--json").json
    assert [one["id"] for one in shop("token", "list", flag, "Shop", "--json").json] == [
        token["id"]
    ]
    invited = shop("invite", "create", "ann@example.com", flag, "Shop", "--json").json
    listed = shop("invite", "list", flag, "Shop", "--json").json
    assert [one["id"] for one in listed] == [invited["id"]]
    assert shop("audit", "list", flag, "Shop").code == 0
    assert shop("audit", "verify", flag, "Shop").code == 0
    twice = shop("invite", "list", "Shop", flag, "Shop")
    assert (twice.code, "named twice" in twice.err) == (2, True)


def test_the_only_project_needs_no_name(shop: Cli) -> None:
    assert shop("invite", "create", "ann@example.com").code == 0
    assert len(shop("invite", "list", "--json").json) == 1


def complete(cli: Cli, words: str) -> list[str]:
    """Return what a shell offers at the end of a line."""
    outcome: Outcome = cli(
        _GASSAPI_BACKEND_COMPLETE="complete_bash",
        COMP_WORDS=f"gassapi-backend {words}",
        COMP_CWORD=str(len(words.split(" "))),
    )
    assert outcome.err == ""
    return outcome.out.split()


def test_a_shell_completes_projects_people_and_tokens(shop: Cli) -> None:
    spaced = shop("project", "create", "My shop; rm", "--json").json
    token = shop("token", "issue", "--project", "Shop", "--json").json
    assert complete(shop, "project show S") == ["Shop"]
    assert complete(shop, "project show ") == [spaced["id"], "Shop"]
    assert complete(shop, "project show My") == []  # would have to be quoted
    assert complete(shop, "token issue --project Sh") == ["Shop"]
    assert complete(shop, "user show you") == ["you@example.com"]
    assert complete(shop, "token revoke ") == [token["id"]]


def test_completion_without_a_database_offers_nothing_and_makes_none(cli: Cli) -> None:
    assert complete(cli, "project show S") == []
    assert not cli.home.exists()
    away = cli(
        _GASSAPI_BACKEND_COMPLETE="complete_bash",
        COMP_WORDS="gassapi-backend user show y",
        COMP_CWORD="3",
        GASSAPI_DATABASE_URL="mysql://nobody:secret@127.0.0.1:1/none",
    )
    assert (away.out.strip(), away.err) == ("", "")
