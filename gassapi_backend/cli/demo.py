"""The demo data of ``dev``."""

import uvloop

from gassapi_backend.cli.users import new_account
from gassapi_backend.database import open_database
from gassapi_backend.database.migrations import upgrade
from gassapi_backend.models import Project, Scope
from gassapi_backend.server.accounts.queries import find_user
from gassapi_backend.server.identity import Actor, Caller, Kind
from gassapi_backend.server.projects.actions import create_project
from gassapi_backend.server.projects.schemas import NewProject
from gassapi_backend.server.tokens.actions import issue_token
from gassapi_backend.settings import Settings

DEMO_EMAIL = "demo@example.com"
DEMO_PASSWORD = "demo-password-1"  # noqa: S105 - printed on purpose, for a throw-away database
DEMO_PROJECT = "Demo shop"


def make_demo(settings: Settings) -> str:
    """Fill the database where it is empty; return a fresh token for the demo project."""
    return uvloop.run(_make(settings))


async def _make(settings: Settings) -> str:
    async with open_database(settings):
        await upgrade(settings)
        user = await find_user(DEMO_EMAIL) or await new_account(
            settings, email=DEMO_EMAIL, name="Demo", password=DEMO_PASSWORD, is_admin=True
        )
        actor = Actor(Caller(Kind.USER, user_id=user.id, name=user.name))
        project = await Project.filter(owner_id=user.id).first() or await create_project(
            actor, NewProject(name=DEMO_PROJECT, description="Try things here.")
        )
        token, _ = await issue_token(
            actor, project.id, creator_id=user.id, name="dev", scope=Scope.WRITE
        )
        return token
