"""MCP tokens and the configurations of their clients, over HTTP."""

import asyncio
import hashlib
import io
import json
import re
import string
import tomllib
import zipfile
import zlib
from typing import Any, get_args

import pytest

from gassapi_backend.mcp_clients.clients import CLIENTS, TokenPlace
from gassapi_backend.models import AuditEntry, Environment, McpToken, Scope, name_hash
from gassapi_backend.server.access.callers import CONSOLE
from gassapi_backend.server.accounts.actions import set_active
from gassapi_backend.server.errors import Conflict
from gassapi_backend.server.tokens.actions import issue_token
from gassapi_backend.server.tokens.schemas import Client, NewToken
from gassapi_backend.server.tokens.state import USAGE
from gassapi_backend.server.web.bodies import validated
from tests.conftest import Api, Person, Serve, audited, everything

ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
VARIABLES = [
    {"key": "HOST", "value": "https://example.com"},
    {"key": "OFF", "value": "x", "enabled": False},
    {"key": "KEY", "value": "hush hush", "secret": True},
    {"key": "ON", "value": "ü", "enabled": True, "secret": False, "description": "d"},
]
SHOWN = {"HOST": "https://example.com", "ON": "ü"}


async def listed(api: Api, who: Person, project_id: str, query: str = "") -> list[dict[str, Any]]:
    """Return a project's tokens as the list shows them."""
    path = f"/mcp/tokens?projectId={project_id}{query}"
    return (await api.json("GET", path, who))["tokens"]


async def validate(api: Api, token: str) -> dict[str, Any]:
    """Validate a token."""
    return await api.json("GET", "/mcp/validate", headers={"X-MCP-Token": token})


async def test_a_token_has_the_form_and_checksum_of_the_contract(api: Api) -> None:
    ann = await api.person()
    answer = await api.issue(ann, (await api.project(ann))["id"])
    token = answer["token"]
    assert re.fullmatch(r"gass_[0-9A-Za-z]{49}", token)
    crc, digits = zlib.crc32(token[5:48].encode()), ""
    for _ in range(6):
        crc, digit = divmod(crc, 62)
        digits = ALPHABET[digit] + digits
    assert token[48:] == digits
    assert answer["mcpToken"]["prefix"] == token[:9]


async def test_only_the_hash_of_a_token_is_kept(api: Api) -> None:
    ann = await api.person()
    token = await api.token(ann, (await api.project(ann))["id"])
    record = await McpToken.get()
    assert record.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert token[9:] not in str(await everything())


async def test_a_token_is_shown_once_and_its_hash_never(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    issued = await api.issue(ann, project_id, name="Laptop", scope=Scope.WRITE)
    found = await listed(api, ann, project_id)
    assert found == [issued["mcpToken"]]
    assert found[0] == {
        "id": found[0]["id"],
        "projectId": project_id,
        "name": "Laptop",
        "scope": "write",
        "prefix": issued["token"][:9],
        "status": "active",
        "createdBy": {"id": ann.id, "name": "Ann Doe"},
        "createdAt": found[0]["createdAt"],
        "expiresAt": None,
        "lastUsedAt": None,
        "lastUsedIp": None,
        "lastClient": None,
        "lastValidatedAt": None,
        "validationCount": 0,
        "revokedAt": None,
        "revokedReason": None,
    }


async def test_a_token_reads_unless_told_otherwise(api: Api) -> None:
    ann = await api.person()
    body = {"projectId": (await api.project(ann))["id"], "name": "CI"}
    answer = await api.json("POST", "/mcp/tokens", ann, json=body, expect=201)
    assert answer["mcpToken"]["scope"] == "read"
    assert (await audited())[-1] == "mcp_token_issued"


async def test_a_list_is_filtered_and_paged_the_newest_first(api: Api) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    project_id = (await api.project(ann))["id"]
    await api.join(bob, project_id)
    for number in range(5):
        await api.issue((ann, bob)[number % 2], project_id, name=f"CI {number}")
    await revoke(api, ann, project_id, (await listed(api, ann, project_id))[0]["id"])
    for query, wanted in {
        "": "43210",
        "&status=active": "3210",
        "&status=revoked": "4",
        f"&createdBy={bob.id}": "31",
        f"&createdBy={ann.id}&status=active": "20",
        f"&createdBy={project_id}": "",
        "&limit=2": "43",
        "&limit=2&page=3": "0",
        "&limit=2&page=4": "",
    }.items():
        answer = await api.json("GET", f"/mcp/tokens?projectId={project_id}{query}", bob)
        assert "".join(token["name"][3:] for token in answer["tokens"]) == wanted
        if "limit" in query:
            assert (answer["pagination"]["total"], answer["pagination"]["totalPages"]) == (5, 3)


async def revoke(api: Api, who: Person, project_id: str, token_id: str | None = None) -> int:
    """Revoke one token or all; return how many died."""
    body = {"projectId": project_id, "tokenId": token_id, "reason": "lost"}
    return (await api.json("POST", "/mcp/revoke-token", who, json=body))["revokedCount"]


async def test_a_valid_token_is_told_its_project_and_environment(api: Api) -> None:
    ann = await api.person()
    project = await api.project(ann, "Shop", description="All of it")
    await Environment.all().update(variables=VARIABLES)
    answer = await validate(api, await api.token(ann, project["id"]))
    assert answer["valid"] is True
    assert {key: answer["project"][key] for key in ("id", "name", "description")} == {
        "id": project["id"],
        "name": "Shop",
        "description": "All of it",
    }
    assert answer["environment"] == {"name": "Development", "variables": SHOWN}
    assert "hush" not in json.dumps(answer)


async def test_validations_are_counted_at_once_and_written_down_soon(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    token = await api.token(ann, project_id)
    answers = [await validate(api, token) for _ in range(3)]
    found = (await listed(api, ann, project_id))[0]
    assert (found["validationCount"], found["lastValidatedAt"]) == (
        3,
        answers[-1]["lastValidatedAt"],
    )
    await api.app[USAGE].flush()
    record = await McpToken.get()
    assert record.validation_count == 3
    assert record.last_validated_at is not None
    assert (await listed(api, ann, project_id))[0] == found


async def test_validations_at_once_are_all_counted(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    tokens = [await api.token(ann, project_id) for _ in range(3)]
    await asyncio.gather(*(validate(api, token) for token in tokens * 10))
    await asyncio.gather(*(api.app[USAGE].flush() for _ in range(3)))
    assert await McpToken.all().values_list("validation_count", flat=True) == [10, 10, 10]


async def test_a_refused_validation_is_not_counted(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    issued = await api.issue(ann, project_id)
    await revoke(api, ann, project_id)
    headers = {"X-MCP-Token": issued["token"]}
    answer = await api.json("GET", "/mcp/validate", headers=headers, expect=403)
    assert answer["error"]["code"] == "AUTHORIZATION_ERROR"
    await api.app[USAGE].flush()
    assert (await McpToken.get()).validation_count == 0


async def test_without_a_token_there_is_nothing_to_validate(api: Api) -> None:
    ann = await api.person()
    for headers in ({}, {"Cookie": f"gassapi_access={ann.access}"}, {"Authorization": "Bearer "}):
        answer = await api.json("GET", "/mcp/validate", headers=headers, expect=400)
        assert answer["error"]["code"] == "VALIDATION_ERROR"
    for headers in ({"Authorization": f"Bearer {ann.access}"}, {"X-MCP-Token": "gass_x"}):
        answer = await api.json("GET", "/mcp/validate", headers=headers, expect=401)
        assert answer["error"]["code"] == "TOKEN_INVALID"


async def test_a_token_is_taken_as_bearer_in_any_case(api: Api) -> None:
    ann = await api.person()
    token = await api.token(ann, (await api.project(ann))["id"])
    for scheme in ("Bearer", "bearer", "BEARER"):
        headers = {"Authorization": f"{scheme} {token}"}
        await api.json("GET", "/mcp/validate", headers=headers)


async def test_a_revoked_token_is_dead_on_the_next_request(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    issued = await api.issue(ann, project_id)
    await api.json("GET", "/projects", issued["token"])
    assert await revoke(api, ann, project_id, issued["mcpToken"]["id"]) == 1
    await api.json("GET", "/projects", issued["token"], expect=401)
    found = (await listed(api, ann, project_id))[0]
    assert (found["status"], found["revokedReason"]) == ("revoked", "lost")
    entry = await AuditEntry.filter(action="mcp_token_revoked").get()
    assert (entry.resource_id, entry.details) == (found["id"], {"reason": "lost"})


async def test_revoking_twice_counts_once(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    token_id = (await api.issue(ann, project_id))["mcpToken"]["id"]
    assert await revoke(api, ann, project_id, token_id) == 1
    before = await everything()
    assert await revoke(api, ann, project_id, token_id) == 0
    assert await revoke(api, ann, project_id) == 0
    assert await everything() == before


async def test_members_revoke_their_own_tokens_and_the_owner_any(api: Api) -> None:
    ann, bob, eve = [await api.person(name) for name in ("Ann", "Bob", "Eve")]
    project_id = (await api.project(ann))["id"]
    for member in (bob, eve):
        await api.join(member, project_id)
    ids = {
        who.name: (await api.issue(who, project_id))["mcpToken"]["id"] for who in (ann, bob, eve)
    }
    before = await everything()
    body = {"projectId": project_id, "tokenId": ids["Eve Doe"]}
    await api.json("POST", "/mcp/revoke-token", bob, json=body, expect=403)
    await api.json("POST", "/mcp/regenerate-token", bob, json=body, expect=403)
    assert await everything() == before
    assert await revoke(api, bob, project_id) == 1
    assert await revoke(api, ann, project_id, ids["Eve Doe"]) == 1
    assert await revoke(api, ann, project_id) == 1


async def test_a_token_of_another_project_is_404(api: Api) -> None:
    ann = await api.person()
    project_id, other_id = [(await api.project(ann))["id"] for _ in range(2)]
    token_id = (await api.issue(ann, other_id))["mcpToken"]["id"]
    before = await everything()
    for body in (
        {"projectId": project_id, "tokenId": token_id},
        {"projectId": project_id, "tokenId": project_id},
    ):
        await api.json("POST", "/mcp/revoke-token", ann, json=body, expect=404)
        await api.json("POST", "/mcp/regenerate-token", ann, json=body, expect=404)
    assert await everything() == before


async def test_a_regenerated_token_takes_the_place_of_the_old_one(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    old = await api.issue(ann, project_id, name="Laptop", scope=Scope.WRITE)
    body = {"projectId": project_id, "tokenId": old["mcpToken"]["id"]}
    await validate(api, old["token"])
    new = await api.json("POST", "/mcp/regenerate-token", ann, json=body, expect=201)
    assert (new["mcpToken"]["name"], new["mcpToken"]["scope"]) == ("Laptop", "write")
    await api.json("GET", "/mcp/validate", old["token"], expect=403)
    await validate(api, new["token"])
    statuses = [token["status"] for token in await listed(api, ann, project_id)]
    assert statuses == ["active", "revoked"]
    assert (await audited())[-2:] == ["mcp_token_revoked", "mcp_token_issued"]


async def test_of_two_regenerations_at_once_one_wins(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    token_id = (await api.issue(ann, project_id))["mcpToken"]["id"]
    body = {"projectId": project_id, "tokenId": token_id}
    calls = [api.call("POST", "/mcp/regenerate-token", ann, json=body) for _ in range(4)]
    statuses = sorted([response.status for response in await asyncio.gather(*calls)])
    assert statuses == [201, 409, 409, 409]
    assert await McpToken.filter(revoked_at=None).count() == 1


async def test_a_token_issued_by_the_owner_of_a_members_token_is_the_owners(api: Api) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    project_id = (await api.project(ann))["id"]
    await api.join(bob, project_id)
    token_id = (await api.issue(bob, project_id))["mcpToken"]["id"]
    body = {"projectId": project_id, "tokenId": token_id}
    new = await api.json("POST", "/mcp/regenerate-token", ann, json=body, expect=201)
    assert new["mcpToken"]["createdBy"]["id"] == ann.id


async def config(
    api: Api, who: Person, project_id: str, *, expect: int = 201, **options: Any
) -> Any:
    """Generate a configuration."""
    path = f"/projects/{project_id}/generate-config"
    return await api.json("POST", path, who, json=options, expect=expect)


async def test_a_configuration_is_ready_to_use(serve: Serve) -> None:
    api = await serve(public_url="https://api.example.com")
    ann = await api.person()
    project = await api.project(ann, "Shop", description="All of it")
    await Environment.all().update(variables=VARIABLES)
    answer = await config(api, ann, project["id"], customSettings={"theme": {"dark": True}})
    token = answer["config"]["mcpClient"].pop("token")
    assert answer["config"] == {
        "project": {"id": project["id"], "name": "Shop", "description": "All of it"},
        "mcpClient": {"serverURL": "https://api.example.com"},
        "environment": {"active": "Development", "variables": SHOWN},
        "theme": {"dark": True},
    }
    assert answer["instructions"]
    await validate(api, token)
    assert (await listed(api, ann, project["id"]))[0]["scope"] == "write"


async def test_a_configuration_without_a_token_issues_none(api: Api) -> None:
    ann = await api.person()
    project = await api.project(ann)
    before = await everything()
    answer = await config(api, ann, project["id"], includeAuth=False)
    assert "token" not in answer["config"]["mcpClient"]
    assert await everything() == before


async def test_a_configuration_is_for_the_environment_that_was_named(api: Api) -> None:
    ann = await api.person()
    project_id, other_id = [(await api.project(ann))["id"] for _ in range(2)]
    made = await Environment.create(
        project_id=project_id,
        name="Prodüktion",
        name_hash=name_hash("Prodüktion"),
        variables=VARIABLES,
    )
    for wanted in ("Prodüktion", " PRODÜKTION ", made.id):
        answer = await config(api, ann, project_id, environment=wanted)
        assert answer["config"]["environment"] == {"active": "Prodüktion", "variables": SHOWN}
    before = await everything()
    for unknown in ("", "x", "😀", "Staging", other_id, made.id.upper()):
        await config(api, ann, project_id, environment=unknown, expect=404)
    await config(api, ann, other_id, environment=made.id, expect=404)
    assert await everything() == before


def test_every_client_that_is_known_can_be_asked_for() -> None:
    assert get_args(Client) == tuple(CLIENTS)


@pytest.mark.parametrize("client", CLIENTS)
async def test_every_client_gets_its_own_configuration(serve: Serve, client: str) -> None:
    api = await serve(public_url="https://api.example.com")
    ann = await api.person()
    answer = await config(api, ann, (await api.project(ann))["id"], client=client)
    await validate(api, answer["token"])
    text = answer["config"] if isinstance(answer["config"], str) else json.dumps(answer["config"])
    is_in_it = CLIENTS[client].token_place is TokenPlace.FILE
    found = set(re.findall(r"gass_[0-9A-Za-z]{49}", text))
    assert found == ({answer["token"]} if is_in_it else set())
    assert "https://api.example.com" in text
    assert ("variable" in answer) is (CLIENTS[client].token_place is TokenPlace.VARIABLE)
    assert ("file" in answer) is not bool(CLIENTS[client].by_hand)
    assert answer["name"] == "gassapi"
    assert "no MCP endpoint" not in answer["instructions"]
    if client == "codex":
        entry = tomllib.loads(text)["mcp_servers"]["gassapi"]
        assert entry == {
            "url": "https://api.example.com/mcp",
            "bearer_token_env_var": "GASSAPI_TOKEN",
        }


async def test_projects_have_their_own_names_and_variables_in_a_client(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    answer = await config(api, ann, project_id, client="cursor", serverName="gassapi-shop")
    assert list(answer["config"]["mcpServers"]) == ["gassapi-shop"]
    assert answer["variable"] == "GASSAPI_TOKEN_SHOP"
    assert "name=gassapi-shop&" in answer["link"]
    before = await everything()
    for name in ("", "A", "a_b", "a--b", "a" * 41, 'a"', "a\n", "${x}", None, 5):
        await config(api, ann, project_id, client="cursor", serverName=name, expect=400)
    assert await everything() == before


async def test_a_bundle_is_for_anybody_and_holds_the_address_and_no_token(serve: Serve) -> None:
    api = await serve(public_url="https://api.example.com/gass")
    response = await api.client.get("/api/v1/mcp/bundle?serverName=gassapi-shop")
    assert response.status == 200
    assert response.headers["Content-Disposition"] == 'attachment; filename="gassapi-shop.mcpb"'
    body = await response.read()
    assert b"gass_" not in body
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        assert manifest["server"]["entry_point"] in archive.namelist()
    assert manifest["name"] == "gassapi-shop"
    assert manifest["user_config"]["url"]["default"] == "https://api.example.com/gass"
    assert manifest["user_config"]["token"]["sensitive"] is True
    for name in ("", "A", "../x", 'a"b', "a%0d%0aX: y"):
        assert (await api.client.get(f"/api/v1/mcp/bundle?serverName={name}")).status == 400


@pytest.mark.parametrize("client", CLIENTS)
async def test_a_clients_configuration_may_leave_the_token_out(api: Api, client: str) -> None:
    ann = await api.person()
    project = await api.project(ann)
    before = await everything()
    answer = await config(api, ann, project["id"], client=client, includeAuth=False)
    assert "gass_" not in json.dumps(answer)
    assert "token" not in answer
    assert await everything() == before


async def test_custom_settings_are_limited_and_replace_nothing_of_ours(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    fits = {"x": "é" * ((10_000 - len('{"x":""}')) // 2)}
    await config(api, ann, project_id, customSettings=fits)
    before = await everything()
    for custom in (
        {"x": fits["x"] + "é"},
        {"mcpClient": {}},
        {"project": 1},
        {"environment": None},
    ):
        answer = await config(api, ann, project_id, customSettings=custom, expect=400)
        assert answer["error"]["details"][0]["field"].startswith("customSettings")
    for client in ("x", "", "Cursor"):
        await config(api, ann, project_id, client=client, expect=400)
    assert await everything() == before


async def test_a_token_acts_as_its_creator_and_is_named_in_the_audit(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    issued = await api.issue(ann, project_id, name="Laptop")
    entry = await AuditEntry.filter(action="mcp_token_issued").get()
    assert (entry.resource_name, entry.actor_id) == ("Laptop", ann.id)
    assert entry.details == {"scope": "read"}
    shown = await api.json("GET", f"/projects/{project_id}", issued["token"])
    assert shown["project"]["userRole"] == "owner"


async def test_custom_settings_are_refused_for_a_client_that_has_no_place_for_them(
    api: Api,
) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    answer = await config(
        api, ann, project_id, client="cursor", customSettings={"theme": "dark"}, expect=400
    )
    assert answer["error"]["details"][0]["field"] == "customSettings"


async def test_nobody_issues_a_token_for_a_deactivated_member(api: Api) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    project_id = (await api.project(ann))["id"]
    await api.join(bob, project_id)
    await set_active(CONSOLE, bob.id, is_active=False)
    new = validated(NewToken, {"projectId": project_id, "name": "CI"})
    with pytest.raises(Conflict):
        await issue_token(CONSOLE, project_id, bob.id, new)
    assert not await McpToken.exists()
