"""How many statements a request costs: few, and no more for more rows."""

import logging
from typing import Any

import pytest

from gassapi_backend.server.identity import forget_everybody
from tests.conftest import Api, Person


async def statements(
    api: Api, caplog: pytest.LogCaptureFixture, path: str, who: Person | str, **options: Any
) -> list[str]:
    """Return the statements that a request costs when its caller is not remembered."""
    forget_everybody()
    caplog.clear()
    with caplog.at_level(logging.DEBUG, "tortoise.db_client"):
        await api.json(options.pop("method", "GET"), path, who, **options)
    return [record.message for record in caplog.records if record.name == "tortoise.db_client"]


@pytest.mark.parametrize("query", ["", "?limit=3", "?search=shop&role=owner", "?page=2&limit=2"])
async def test_a_list_of_many_projects_costs_no_more_than_one_of_few(
    api: Api, caplog: pytest.LogCaptureFixture, query: str
) -> None:
    ann = await api.person()
    for _ in range(3):
        await api.project(ann)
    few = await statements(api, caplog, f"/projects{query}", ann)
    for _ in range(17):
        await api.project(ann)
    many = await statements(api, caplog, f"/projects{query}", ann)
    assert 2 <= len(few) <= 3
    assert 2 <= len(many) <= 3


async def test_a_list_of_many_tokens_costs_no_more_than_one_of_few(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    ann = await api.person()
    path = f"/mcp/tokens?projectId={(await api.project(ann))['id']}"
    few = await statements(api, caplog, path, ann)
    for _ in range(20):
        await api.token(ann, path.partition("=")[2])
    many = await statements(api, caplog, path, ann)
    assert len(few) == len(many) == 4  # the session, the project, the page, its count


async def test_reading_costs_one_statement_beside_finding_the_caller(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    token = await api.token(ann, project_id)
    for path, who in {
        f"/projects/{project_id}": ann,
        "/auth/sessions": ann,
        "/users/profile": ann,
        "/mcp/validate": token,
        "/projects": token,
    }.items():
        assert len(await statements(api, caplog, path, who)) == 2, path


async def test_a_caller_is_remembered_for_a_moment(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    ann = await api.person()
    with caplog.at_level(logging.DEBUG, "tortoise.db_client"):
        for _ in range(20):
            await api.json("GET", "/users/profile", ann)
    found = [record for record in caplog.records if "FROM sessions" in record.message]
    assert len(found) < 20
