"""What is in the database while it is measured, and the processes that are."""

import os
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import orjson

from gassapi_backend.cli.people import new_account
from gassapi_backend.database import open_database
from gassapi_backend.database.migrations import upgrade
from gassapi_backend.models import Member, Project, Scope
from gassapi_backend.server.access.callers import Actor, Caller, Kind
from gassapi_backend.server.collections.actions import create_collection
from gassapi_backend.server.collections.schemas import NewCollection
from gassapi_backend.server.endpoints.actions import create_endpoint
from gassapi_backend.server.endpoints.schemas import NewEndpoint
from gassapi_backend.server.projects.actions import create_project
from gassapi_backend.server.projects.schemas import NewProject
from gassapi_backend.server.tokens.actions import issue_token
from gassapi_backend.server.tokens.schemas import NewToken
from gassapi_backend.settings import Settings
from gassapi_backend.vault import Vault

PASSWORD = "correct horse 42"
EMAIL = "bench@example.com"
PROJECTS = 20
MEMBERS = 10
ENDPOINTS = 50
REQUEST = {
    "method": "POST",
    "url": "{{host}}/things/{{id}}",
    "headers": {"Accept": "application/json"},
    "body": {"items": [{"id": number, "name": "A thing"} for number in range(10)]},
    "bodyType": "json",
    "description": "What it does. " * 5,
}


@dataclass(frozen=True)
class Scene:
    """Ids and a token of what was made; ``collection_ids`` has one of each project."""

    project_id: str
    token: str
    collection_id: str
    endpoint_id: str
    collection_ids: tuple[str, ...]


async def build(settings: Settings) -> Scene:
    """Fill an empty database: one person in 20 projects of 11 members, the last with 50 endpoints.

    Each has a collection.
    """
    async with open_database(settings):
        await upgrade(settings)
        people = [
            await new_account(
                settings, email=email, name="Bench", password=PASSWORD, is_admin=False
            )
            for email in [EMAIL, *(f"m{number}@example.com" for number in range(MEMBERS))]
        ]
        actor = Actor(Caller(Kind.USER, user_id=people[0].id, name="Bench"))
        folder, folders = NewCollection(name="Things"), []
        for number in range(PROJECTS):
            new = NewProject(name=f"Project {number}", description="What it is about. " * 5)
            project, _ = await create_project(actor, new)
            await Member.bulk_create(
                [Member(project_id=project.id, user_id=person.id) for person in people[1:]]
            )
            await Project.filter(id=project.id).update(
                member_count=MEMBERS + 1, settings={"theme": "dark", "timeout": 30}
            )
            made = await create_collection(actor, project.id, folder, Vault(settings))
            folders.append(made["id"])
        token, _ = await issue_token(
            actor,
            project.id,
            people[0].id,
            NewToken(projectId=project.id, name="bench", scope=Scope.WRITE),
        )
        collection_id = folders[-1]
        for number in range(ENDPOINTS):
            saved = NewEndpoint.model_validate({"name": f"Thing {number}", **REQUEST})
            endpoint = await create_endpoint(actor, project.id, collection_id, saved)
        return Scene(project.id, token, collection_id, endpoint["id"], tuple(folders))


class Server:
    """A server process: ours or the bare one."""

    def __init__(self, command: list[str], port: int, environment: dict[str, str]) -> None:
        self.port = port
        self._process = subprocess.Popen(
            [sys.executable, "-m", *command],
            env=os.environ | environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    def wait_until_up(self, path: str) -> float:
        """Wait for any answer; return after how many seconds it came."""
        started = time.monotonic()
        while time.monotonic() - started < 20:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=1)
            except urllib.error.HTTPError:
                break
            except OSError:
                time.sleep(0.02)
                continue
            break
        return time.monotonic() - started

    def stop(self) -> None:
        """End it at once."""
        self._process.kill()
        self._process.wait(20)


def cpu_seconds(pid: int) -> float:
    """Return the CPU time that a process has used, all its threads together."""
    return time.clock_gettime(~pid << 3 | 2)  # Linux's number for the clock of another process


def memory_megabytes(pid: int) -> float:
    """Return a process's resident memory."""
    pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def sign_in(port: int) -> str:
    """Sign the one person in; return the access token."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/v1/auth/login",
        orjson.dumps({"email": EMAIL, "password": PASSWORD}),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - always to ourselves
        return str(orjson.loads(answer.read())["tokens"]["accessToken"])
