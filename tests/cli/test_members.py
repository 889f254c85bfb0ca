"""Members, invitations and transfer on the command line, each audited as the console."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.processes import PASSWORD, Cli, Server
from tests.waiting import sooner_or_later

NOBODY = "01a20200-0000-7000-8000-000000000000"


@dataclass
class Scene:
    """A running server; ``you@example.com`` owns the project, ``ann@example.com`` may join."""

    server: Server
    cli: Cli
    access: str
    project: dict[str, Any]


@pytest.fixture(scope="module")
def accounts(server: Server) -> str:
    """A second account; the first one's access token."""
    server.cli.user("ann@example.com", "Ann [bold]")
    return server.sign_in()["accessToken"]


@pytest.fixture
def scene(server: Server, accounts: str) -> Iterator[Scene]:
    """A project for the time of a test."""
    project = server.project(accounts, "[red]Shop[/] :smile:")
    yield Scene(server, server.cli, accounts, project)
    server.cli.rows(f"DELETE FROM projects WHERE id = '{project['id']}'")  # noqa: S608 - an id


def done_by_console(scene: Scene) -> list[str]:
    """Return what the console did in the project."""
    found = scene.cli.rows(
        "SELECT action, project_id FROM audit_log WHERE actor_type = 'console' ORDER BY revision"
    )
    return [action for action, project_id in found if project_id == scene.project["id"]]


def test_a_member_is_added_listed_and_removed(scene: Scene) -> None:
    name, ann = scene.project["name"], scene.server.sign_in("ann@example.com")["accessToken"]
    path = f"/api/v1/projects/{scene.project['id']}"
    assert scene.server.call("GET", path, access=ann).status == 403
    added = scene.cli("project", "member", "add", name, "ANN@example.com")
    assert (added.code, added.out, added.err) == (0, f"Added ann@example.com to {name}.\n", "")
    assert scene.server.call("GET", path, access=ann).body["project"]["memberCount"] == 2
    listed = scene.cli("project", "member", "list", name, "--json").json
    assert [(item["email"], item["role"]) for item in listed] == [
        ("you@example.com", "owner"),
        ("ann@example.com", "member"),
    ]
    table = scene.cli("project", "member", "list", scene.project["id"]).out
    assert "Ann [bold]" in table
    issued = scene.cli("token", "issue", "--project", name, "--user", "ann@example.com").out.strip()
    assert scene.server.validate(issued) == 200
    removed = scene.cli("project", "member", "remove", name, "ann@example.com")
    assert (removed.code, removed.out) == (0, f"Removed ann@example.com from {name}.\n")
    assert scene.server.call("GET", path, access=ann).status == 403
    assert sooner_or_later(lambda: scene.server.validate(issued) == 403)
    assert done_by_console(scene) == [
        "member_joined",
        "mcp_token_issued",
        "member_removed",
        "mcp_token_revoked",
    ]


def test_members_are_json_for_scripts(scene: Scene) -> None:
    project = scene.project["id"]
    added = scene.cli("project", "member", "add", project, "ann@example.com", "--json").json
    assert (added["email"], added["role"]) == ("ann@example.com", "member")
    removed = scene.cli("project", "member", "remove", project, added["id"], "--json").json
    assert removed == {"id": added["id"], "email": "ann@example.com", "projectId": project}


def test_a_project_is_handed_over(scene: Scene) -> None:
    project = scene.project["id"]
    refused = scene.cli("project", "transfer", project, "ann@example.com")
    assert (refused.code, refused.out) == (1, "")
    assert "no member of the project" in refused.err
    scene.cli("project", "member", "add", project, "ann@example.com")
    done = scene.cli("project", "transfer", project, "ann@example.com")
    assert (done.code, done.out) == (0, "[red]Shop[/] :smile: belongs to Ann [bold] now.\n")
    shown = scene.cli("project", "transfer", project, "you@example.com", "--json").json
    assert (shown["ownerName"], shown["memberCount"]) == ("You", 2)
    assert done_by_console(scene)[-2:] == ["project_transferred"] * 2


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["member", "add", "Nowhere", "ann@example.com"], 'There is no project "Nowhere".'),
        (["member", "add", "<project>", "x[b]@example.com"], 'no account "x[b]@example.com".'),
        (["member", "add", "<project>", "you@example.com"], "is a member of the project already"),
        (["member", "add", "<project>", "ida@example.com"], "deactivated"),
        (["member", "remove", "<project>", "ann@example.com"], "no such member"),
        (["member", "remove", "<project>", "you@example.com"], "The owner cannot leave."),
        (["transfer", "<project>", "you@example.com"], "already theirs"),
        (["transfer", "<project>", "nobody@example.com"], 'no account "nobody@example.com".'),
    ],
)
def test_what_cannot_be_done_is_a_sentence(scene: Scene, arguments: list[str], says: str) -> None:
    if "ida@example.com" in arguments:
        scene.cli.user("ida@example.com", "Ida")
        scene.cli("user", "deactivate", "ida@example.com")
    given = [scene.project["id"] if word == "<project>" else word for word in arguments]
    refused = scene.cli("project", *given)
    assert (refused.code, refused.out) == (1, "")
    assert refused.err.startswith("Error: ")
    assert says in refused.err
    assert done_by_console(scene) == []


def test_an_invitation_is_a_link_that_works(scene: Scene) -> None:
    project = scene.project["id"]
    made = scene.cli("invite", "create", project, "guest@example.com")
    assert made.code == 0
    asked, note = made.err.splitlines()
    assert asked == "Send this link to guest@example.com. It is good for 7 days:"
    assert "on this machine only. Set GASSAPI_PUBLIC_URL" in note
    token = made.out.strip().rpartition("/invite/")[2]
    assert made.out.count("\n") == 1
    ann = scene.server.sign_in("ann@example.com")["accessToken"]
    body = {"token": token}
    joined = scene.server.call("POST", "/api/v1/invitations/accept", body, access=ann)
    assert joined.status == 200, joined.body
    assert joined.body["project"]["id"] == project
    assert done_by_console(scene) == ["invitation_created"]


def test_invitations_are_listed_and_withdrawn(scene: Scene) -> None:
    project = scene.project["id"]
    env = {"GASSAPI_PUBLIC_URL": "https://api.example.com/gass/"}
    made = scene.cli("invite", "create", project, "guest@example.com", "--json", **env).json
    assert made["inviteUrl"].startswith("https://api.example.com/gass/invite/")
    assert made["invitedBy"] is None
    assert scene.cli("invite", "list", project, "--json", **env).json == [made]
    assert made["id"] in scene.cli("invite", "list", project).out
    revoked = scene.cli("invite", "revoke", made["id"])
    assert (revoked.code, revoked.out) == (0, "Withdrew the invitation of guest@example.com.\n")
    assert scene.cli("invite", "list", project).out == "No invitations.\n"
    assert done_by_console(scene) == ["invitation_created", "invitation_revoked"]


def test_an_invitation_waits_to_be_mailed_where_mail_is_set_up(scene: Scene) -> None:
    made = scene.cli(
        "invite",
        "create",
        scene.project["id"],
        "mailed@example.com",
        GASSAPI_SMTP_URL="smtp://127.0.0.1:1",
    )
    assert made.err.startswith("A running server mails this link to mailed@example.com:\n")
    found = scene.cli.rows("SELECT kind, recipient FROM mails")
    assert ("invitation", "mailed@example.com") in found


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["create", "Nowhere", "guest@example.com"], 'There is no project "Nowhere".'),
        (["create", "<project>", "guest"], "email: "),
        (["create", "<project>", "you@example.com"], "is a member already"),
        (["list", "Nowhere"], 'There is no project "Nowhere".'),
        (["revoke", "[red]x"], 'There is no invitation "[red]x".'),
        (["revoke", NOBODY], f'There is no invitation "{NOBODY}".'),
    ],
)
def test_an_invitation_that_cannot_be_is_a_sentence(
    scene: Scene, arguments: list[str], says: str
) -> None:
    given = [scene.project["id"] if word == "<project>" else word for word in arguments]
    refused = scene.cli("invite", *given)
    assert (refused.code, refused.out) == (1, "")
    assert refused.err.startswith("Error: ")
    assert says in refused.err
    assert done_by_console(scene) == []


def test_a_password_is_asked_of_nobody(tmp_path: Path) -> None:
    cli = Cli(tmp_path)
    assert cli("db", "upgrade").code == 0
    outcome = cli("invite", "create", "Shop", "guest@example.com", typed=PASSWORD)
    assert outcome.err.startswith('Error: There is no project "Shop".')
