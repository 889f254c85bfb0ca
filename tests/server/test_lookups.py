"""What people type to name something may be any text: it is found, or it is not."""

from typing import Any

import pytest

from gassapi_backend.models import Environment, Member, Project, User, folded, name_hash, search_key
from gassapi_backend.server.accounts.queries import all_users, find_user
from gassapi_backend.server.names import email_key
from gassapi_backend.server.projects.queries import find_projects
from gassapi_backend.server.tokens.queries import find_environment
from gassapi_backend.settings import Settings

TEXTS = ["Prod", "Prodüktion", "ÜBER", "中文", "😀", "it's 100% ?", "x" * 100, "é" * 100]


@pytest.mark.parametrize("name", TEXTS, ids=lambda text: text[:9])
async def test_an_environment_is_found_by_a_name_of_any_characters(
    database: Settings, name: str
) -> None:
    project = await make_project()
    assert await find_environment(project.id, name, name_hash(name)) is None
    made = await Environment.create(project=project, name=name, name_hash=name_hash(name))
    found = await find_environment(project.id, name, name_hash(name))
    assert found
    assert found["name"] == name
    assert await find_environment(project.id, made.id, name_hash(made.id)) == found


@pytest.mark.parametrize("name", TEXTS, ids=lambda text: text[:9])
async def test_a_project_is_found_by_a_name_of_any_characters(
    database: Settings, name: str
) -> None:
    assert await find_projects(name) == []
    made = await make_project(name)
    assert [found["id"] for found in await find_projects(name.upper())] == [made.id]
    assert [found["id"] for found in await find_projects(made.id)] == [made.id]


@pytest.mark.parametrize("who", [*TEXTS, "x" * 1000, "ﷺ" * 20 + "@x.test"], ids=lambda who: who[:9])
async def test_text_that_is_no_address_finds_nobody(database: Settings, who: str) -> None:
    await make_person()
    assert await find_user(who) is None


@pytest.mark.parametrize("name", ["prod", "prodüktion", "中文", "it's+100%?", "é" * 30])
async def test_a_person_is_found_by_an_address_of_any_characters(
    database: Settings, name: str
) -> None:
    who = f"{name}@例え.example"
    assert await find_user(who) is None
    made = await make_person(who)
    assert await find_user(who.upper()) == made
    assert await find_user(made.id) == made


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("muller", ["Muller", "Müller"]),
        ("MÜLLER", ["Muller", "Müller"]),
        ("%", ["100%"]),
        ("_", ["a_b"]),
        ("!", []),
        ("ll", ["Muller", "Müller"]),
    ],
)
async def test_a_search_for_people_finds_the_names_that_contain_the_text(
    database: Settings, text: str, names: list[str]
) -> None:
    for name in ("Muller", "Müller", "100%", "a_b", "axb"):
        await make_person(f"{folded(name).encode().hex()}@example.com", name=name)
    assert sorted(user["name"] for user in await all_users(text)) == names


async def make_person(email: str = "ann@example.com", name: str = "Ann") -> User:
    columns: dict[str, Any] = {"email": email, "email_key": email_key(email)}
    return await User.create(name=name, name_key=search_key(name), password_hash="x", **columns)


async def make_project(name: str = "Shop") -> Project:
    owner = await make_person()
    project = await Project.create(owner=owner, name=name, name_key=search_key(name))
    await Member.create(project=project, user=owner)
    return project
