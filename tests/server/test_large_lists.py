"""Lists of large things: pages end by size, and leave out what is larger than a summary."""

from typing import Any

import pytest

from tests.conftest import Api, Person
from tests.factories import filled

MOST = 2_600_000  # bytes of an answer: 2 MB, one more row, and what is around


async def walk(api: Api, path: str, who: Person) -> tuple[list[dict[str, Any]], int]:
    """Read a list page by page; return all that it has, and how many pages there were."""
    found: list[dict[str, Any]] = []
    pages = 0
    while True:
        response = await api.call("GET", f"{path}&offset={len(found)}", who)
        assert len(await response.read()) < MOST
        answer = await response.json()
        pages += 1
        found += answer["endpoints"]
        assert answer["pagination"]["offset"] == len(found) - len(answer["endpoints"])
        if not answer["pagination"]["hasMore"]:
            assert answer["pagination"]["total"] == len(found)
            return found, pages


@pytest.mark.parametrize("place", ["collections", "projects"])
@pytest.mark.parametrize("search", ["", "&method=GET", "&search=r"])
async def test_a_page_ends_where_it_is_two_megabytes(api: Api, place: str, search: str) -> None:
    ann = await api.person()
    project = await api.project(ann)
    folder = await filled(api, ann, project["id"], 12, body="x" * 400_000)
    owner = folder if place == "collections" else project["id"]
    path = f"/{place}/{owner}/endpoints?whole=true&limit=100{search}"
    found, pages = await walk(api, path, ann)
    assert [item["name"] for item in found] == [f"R{number}" for number in range(12)]
    assert {len(item["body"]) for item in found} == {400_000}
    assert pages == 3  # of five, as 4 of them are less than 2 MB
    assert all("omitted" not in item for item in found)


async def test_a_list_leaves_out_what_is_larger_than_a_summary_and_says_so(api: Api) -> None:
    ann = await api.person()
    project = await api.project(ann)
    examples = [{"name": "n", "body": "y" * 21_000}]
    folder = await filled(api, ann, project["id"], 2, body="x" * 400_000, examples=examples)
    short = {"name": "Short", "method": "GET", "url": "/", "body": "x" * 19_000, "params": {"a": 1}}
    path = f"/collections/{folder}/endpoints"
    await api.json("POST", path, ann, json=short, expect=201)
    large, _, small = (await api.json("GET", path, ann))["endpoints"]
    assert (large["body"], large["examples"]) == (None, None)
    assert large["omitted"] == ["body", "examples"]
    assert (small["body"], small["params"]) == (short["body"], short["params"])
    assert "omitted" not in small
    one = (await api.json("GET", f"/endpoints/{large['id']}", ann))["endpoint"]
    assert len(one["body"]) == 400_000
    whole = (await api.json("GET", f"{path}?whole=true", ann))["endpoints"]
    assert whole[0] == one


async def test_every_field_that_may_be_large_is_left_out(api: Api) -> None:
    ann = await api.person()
    project = await api.project(ann)
    text = "x" * 20_001
    large = {
        "description": text,
        "params": {"a": text},
        "body": "é" * 10_001,  # of two bytes each
        "examples": [text],
        "requestParams": {"a": text},
        "responseSchema": {"a": text},
        "headerDocs": {"a": text},
    }
    folder = await filled(api, ann, project["id"], 1, **large)
    [found] = (await api.json("GET", f"/collections/{folder}/endpoints", ann))["endpoints"]
    assert sorted(found["omitted"]) == sorted(large)
    assert all(found[name] is None for name in large)
