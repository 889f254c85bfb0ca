"""Making the demo data, through the actions that everybody uses: checked and audited."""

import json
from collections.abc import Iterable
from typing import NamedTuple

import uvloop

from gassapi_backend.cli.demo import scene
from gassapi_backend.database import open_database
from gassapi_backend.database.migrations import upgrade
from gassapi_backend.instance_key import load_keys
from gassapi_backend.models import McpToken, Project, User
from gassapi_backend.private_files import write_private
from gassapi_backend.server.access.callers import CONSOLE, Actor, Caller, Kind
from gassapi_backend.server.accounts.actions import create_user, set_active
from gassapi_backend.server.accounts.passwords import Passwords
from gassapi_backend.server.accounts.queries import find_user
from gassapi_backend.server.accounts.schemas import NewAccount
from gassapi_backend.server.collections.actions import create_collection
from gassapi_backend.server.collections.schemas import NewCollection
from gassapi_backend.server.endpoints.actions import create_endpoint
from gassapi_backend.server.endpoints.schemas import NewEndpoint
from gassapi_backend.server.environments.actions import (
    create_environment,
    update_environment,
)
from gassapi_backend.server.environments.queries import list_environments
from gassapi_backend.server.environments.schemas import EnvironmentChanges, NewEnvironment
from gassapi_backend.server.flows.actions import create_flow
from gassapi_backend.server.flows.schemas import NewFlow
from gassapi_backend.server.importing.demo import scene as shop_scene
from gassapi_backend.server.importing.demo.shop import SHOP, Folder, Json
from gassapi_backend.server.limits.quotas import in_force
from gassapi_backend.server.members.actions import Chosen, accept_invitation, add_member, invite
from gassapi_backend.server.members.queries import invitation_to
from gassapi_backend.server.members.schemas import NewInvitation, invite_url
from gassapi_backend.server.names import email_key
from gassapi_backend.server.projects.actions import create_project, replace_settings
from gassapi_backend.server.projects.schemas import NewProject
from gassapi_backend.server.tokens.actions import issue_token
from gassapi_backend.server.tokens.schemas import NewToken
from gassapi_backend.server.web.bodies import validated
from gassapi_backend.server.web.etags import ANY_REVISION
from gassapi_backend.settings import Settings
from gassapi_backend.vault import Vault

TOKENS_FILE = "demo-tokens.json"


class Demo(NamedTuple):
    """What somebody needs to use the demo data."""

    write_token: str
    read_token: str
    invite_url: str | None


def make_demo(settings: Settings) -> Demo:
    """Fill the database with what it does not have yet; return how to use it.

    The tokens stay the same over restarts: the data directory keeps them, beside the database.
    """
    return uvloop.run(_make(settings))


async def _make(settings: Settings) -> Demo:
    with in_force(settings):
        return await _made(settings)


async def _made(settings: Settings) -> Demo:
    async with open_database(settings):
        await upgrade(settings)
        owner = await _person(settings, scene.OWNER, is_admin=True)
        member = await _person(settings, scene.MEMBER)
        shop = await Project.get_or_none(owner_id=owner.id, name=scene.SHOP_PROJECT["name"])
        if shop is None:
            shop = await _make_shop(settings, owner, member)
            await _make_public(settings, member)
        tokens = await _tokens(settings, shop.id, owner)
        return Demo(*tokens, await _invite_url(settings, shop.id))


async def _person(settings: Settings, person: scene.Person, *, is_admin: bool = False) -> User:
    new = validated(NewAccount, person._asdict())
    return await find_user(person.email) or await create_user(
        CONSOLE, new, Passwords(settings.password_rounds), is_admin=is_admin
    )


async def _make_shop(settings: Settings, owner: User, member: User) -> Project:
    """Create the project with all that is in it, the last part by its second member."""
    actor, vault = _as(owner), Vault(settings)
    project, _ = await create_project(actor, validated(NewProject, scene.SHOP_PROJECT))
    await replace_settings(actor, project.id, shop_scene.SHOP_SETTINGS, ANY_REVISION)
    invitation = await invite(actor, project.id, NewInvitation(email=member.email), None)
    chosen = Chosen(invitation["id"], invitation["generation"])
    await accept_invitation(_as(member), project.id, chosen)
    await invite(actor, project.id, NewInvitation(email=scene.INVITED), None)
    await _make_environments(actor, project.id, shop_scene.ENVIRONMENTS, vault)
    collections = await _fill(actor, project.id, SHOP, vault)
    drawn = shop_scene.PAY_AND_TRACK | {"collectionId": collections["Payments"]}
    await create_flow(_as(member), project.id, validated(NewFlow, shop_scene.BUY_SOMETHING))
    await create_flow(_as(member), project.id, validated(NewFlow, drawn))
    await _make_former_member(settings, project.id)
    return project


async def _make_former_member(settings: Settings, project_id: str) -> None:
    """Create a member whose account is deactivated."""
    former = await _person(settings, scene.FORMER)
    await add_member(CONSOLE, project_id, former.id)
    await set_active(CONSOLE, former.id, is_active=False)


async def _make_public(settings: Settings, owner: User) -> None:
    """Create the project that everybody may read."""
    actor = _as(owner)
    project, _ = await create_project(actor, validated(NewProject, scene.PUBLIC_PROJECT))
    variables = [{"key": "server", "value": settings.base_url}]
    environment = {"name": "Development", "variables": variables}
    vault = Vault(settings)
    await _make_environments(actor, project.id, [environment], vault)
    await _fill(actor, project.id, scene.THIS_SERVER, vault)


async def _make_environments(
    actor: Actor, project_id: str, wanted: Iterable[Json], vault: Vault
) -> None:
    """Create environments, or change the one that every project has from the start."""
    there = {row["name"]: row["id"] for row in await list_environments(project_id)}
    for body in wanted:
        if found := there.get(body["name"]):
            changes = validated(EnvironmentChanges, body)
            await update_environment(actor, project_id, found, changes, vault)
        else:
            await create_environment(actor, project_id, validated(NewEnvironment, body), vault)


async def _fill(
    actor: Actor,
    project_id: str,
    folders: Iterable[Folder],
    vault: Vault,
    parent_id: str | None = None,
) -> dict[str, str]:
    """Create collections with everything in them; return their ids by name."""
    ids = {}
    for folder in folders:
        own = {"name": folder.name, "description": folder.description, "parentId": parent_id}
        body = own | folder.inherited
        row = await create_collection(actor, project_id, validated(NewCollection, body), vault)
        ids[folder.name] = row["id"]
        for endpoint in folder.endpoints:
            new = validated(NewEndpoint, endpoint)
            await create_endpoint(actor, project_id, row["id"], new)
        ids |= await _fill(actor, project_id, folder.folders, vault, row["id"])
    return ids


async def _tokens(settings: Settings, project_id: str, owner: User) -> tuple[str, str]:
    """Return a token that writes and one that reads, both as they were before if there are any."""
    kept = settings.home / TOKENS_FILE
    if kept.exists() and await McpToken.exists(project_id=project_id):
        write, read = json.loads(kept.read_text("utf-8"))
        return write, read
    actor = _as(owner)
    write, read = [
        (await issue_token(actor, project_id, owner.id, validated(NewToken, body)))[0]
        for body in (
            {"projectId": project_id, "name": "Assistant", "scope": "write"},
            {"projectId": project_id, "name": "Dashboard", "scope": "read"},
        )
    ]
    write_private(kept, json.dumps([write, read]))
    return write, read


async def _invite_url(settings: Settings, project_id: str) -> str | None:
    """Return the link of the invitation, as long as it waits for an answer."""
    waiting = await invitation_to(project_id, email_key(scene.INVITED))
    if waiting is None:
        return None
    return invite_url(settings.base_url, load_keys(settings).links, waiting)


def _as(user: User) -> Actor:
    return Actor(Caller(Kind.USER, user_id=user.id, name=user.name))
