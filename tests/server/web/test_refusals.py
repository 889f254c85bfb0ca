"""Refusals are bounded, whatever is wrong with what was sent, and however much of it."""

from typing import Any

import pytest

from tests.conftest import Api

MOST = 20
UNKNOWN = {f"f{number}": 1 for number in range(70_000)}


async def details(api: Api, path: str, body: Any, **options: Any) -> list[dict[str, str]]:
    """Send a body that is refused; return the details of that, which is not long."""
    response = await api.call("POST", path, json=body, **options)
    assert response.status == 400, await response.text()
    assert len(await response.read()) < 10_000
    found: list[dict[str, str]] = (await response.json())["error"]["details"]
    return found


async def test_of_a_hundred_thousand_unknown_fields_twenty_are_named(api: Api) -> None:
    found = await details(api, "/auth/login", UNKNOWN)
    assert len(found) == MOST
    required = [item["field"] for item in found if item["reason"] == "It is required."]
    assert required == ["email", "password"]
    rest = found[2:]
    assert rest == [
        {"field": f"f{number}", "reason": "There is no such field."} for number in range(len(rest))
    ]


async def test_unknown_fields_below_the_first_level_count_together(api: Api) -> None:
    ann = await api.person()
    project = await api.project(ann)
    variables = [{f"k{j}": 1 for j in range(60)} for _ in range(1000)]
    path = f"/projects/{project['id']}/environments"
    found = await details(api, path, {"name": "E", "variables": variables}, who=ann)
    assert len(found) == MOST
    assert found[0]["field"] == "variables.0.key"


async def test_a_few_broken_rules_are_all_named(api: Api) -> None:
    found = await details(api, "/auth/login", {"email": 1, "passwort": "x", "b": 1})
    assert [item["field"] for item in found] == ["email", "password", "passwort", "b"]


@pytest.mark.parametrize("size", [10, 100_000])
async def test_a_body_is_judged_the_same_whatever_its_size(api: Api, size: int) -> None:
    """A large one is checked in a thread."""
    body = {"email": "a@b.test", "password": "x" * size, "other": 1}
    found = await details(api, "/auth/login", body)
    assert {"field": "other", "reason": "There is no such field."} in found


async def test_many_unknown_parameters_are_named_in_part(api: Api) -> None:
    query = "&".join(f"p{number}=1" for number in range(500))
    ann = await api.person()
    response = await api.call("GET", f"/projects?{query}", ann)
    assert response.status == 400
    assert len((await response.json())["error"]["details"]) == MOST
