"""Real files through a real server: in, out, equal; in again, the same rows; again, no change."""

import json
from pathlib import Path
from typing import Any

import pytest

from gassapi_backend.exchange import formats
from gassapi_backend.exchange.loading import load
from tests.conftest import Api, Person, audited, everything
from tests.exchange import documents
from tests.exchange.documents import Sample
from tests.server.counting import check_counts
from tests.server.importing.corpus import (
    differences,
    equal_form,
    holding,
    project_document,
    rows_of,
    send,
)
from tests.server.importing.documents import bring, fetch, form

pytestmark = pytest.mark.engines("sqlite")

GOOD = documents.samples(*formats.READ)
WRITTEN = documents.samples(*formats.WRITTEN)
REFUSED = [one for one in documents.samples() if one not in GOOD]
Place = tuple[Person, str]


@pytest.fixture
async def place(api: Api) -> Place:
    """Somebody, and their project."""
    ann = await api.person()
    return ann, (await api.project(ann))["id"]


def counts_of(sample: Sample) -> dict[str, int]:
    """Return what the index counts of a sample, by the words of an answer."""
    return {
        "collections": sample.count("collections") + sample.count("folders"),
        "endpoints": sample.count("requests"),
        "environments": sample.count("environments"),
    }


@pytest.mark.parametrize("sample", GOOD)
async def test_a_real_file_comes_in_with_what_the_index_counts(
    api: Api, place: Place, sample: Sample
) -> None:
    ann, project_id = place
    before = await everything()
    dry = await send(api, ann, project_id, sample.path, expect=200, dryRun="true")
    assert await everything() == before
    answer = await send(api, ann, project_id, sample.path)
    variables = answer["imported"].pop("variables")
    assert answer["imported"] == counts_of(sample)
    if sample.format != "openapi":  # the index knows none of its servers' addresses
        assert variables >= sample.count("variables")
    await check_counts(project_id)
    if sample.path.is_file():
        text = sample.path.read_bytes().decode("utf-8-sig")
        again = await bring(api, ann, project_id, text, dryRun=True, expect=200)
        assert again["imported"] == dry["imported"]
    for line in answer["report"]:
        line.pop("id", None)
    assert answer["report"] == dry["report"]


@pytest.mark.parametrize("sample", REFUSED)
async def test_a_real_file_that_is_none_is_refused_with_a_sentence(
    api: Api, place: Place, sample: Sample
) -> None:
    ann, project_id = place
    before = await everything()
    refused = await send(api, ann, project_id, sample.path, expect=400)
    [detail] = refused["error"]["details"]
    assert detail["field"] == "data"
    assert detail["reason"].endswith(".")
    assert await everything() == before


@pytest.mark.parametrize("sample", WRITTEN)
async def test_a_real_file_goes_out_equal_and_comes_in_as_the_same_rows(
    api: Api, place: Place, sample: Sample
) -> None:
    ann, project_id = place
    answer = await send(api, ann, project_id, sample.path)
    if answer["collectionId"] is None:
        await _check_environment(api, ann, project_id, sample)
        return
    out, name = await export(api, ann, answer["collectionId"], sample)
    if is_written_alike(sample):
        source = documents.source_of(sample.path)
        wanted = equal_form(sample, json.loads(json.dumps(source.data)))
        assert equal_form(sample, json.loads(json.dumps(load(out, "").data))) == wanted
    twin = (await api.project(ann, "Twin"))["id"]
    data = form(twin, out, name, format=sample.format)
    again = await api.json("POST", "/collections/import", ann, data=data, expect=201)
    first, second = [await project_document(api, ann, one) for one in (project_id, twin)]
    if not refers_to_itself(sample):
        assert rows_of(second, again["collectionId"]) == rows_of(first, answer["collectionId"])
    assert again["imported"] == answer["imported"]


async def export(api: Api, who: Person, collection_id: str, sample: Sample) -> tuple[bytes, str]:
    """Return a collection in the format and, where that is written, the version of a sample.

    The other is the name of the file.
    """
    version = {"insomnia": sample.facts["version"][:1], "openapi": sample.facts["version"][:3]}
    wanted = version.get(sample.format, "")
    wanted = "" if wanted == "2.0" else wanted
    path = f"/collections/{collection_id}/export?format={sample.format}&version={wanted}"
    response = await api.call("GET", f"{path}&reveal=true", who)
    content = await response.read()
    assert response.status == 200, content
    assert response.content_disposition is not None
    return content, str(response.content_disposition.filename)


def refers_to_itself(sample: Sample) -> bool:
    """Whether components of an OpenAPI document are nothing but themselves; those are left out."""
    return "refer to themselves" in sample.facts["expect"]


def is_written_alike(sample: Sample) -> bool:
    """Whether the version of a sample is one that is written, as one document."""
    if sample.facts["container"] in ("folder", "bru") or refers_to_itself(sample):
        return False
    return (sample.format, sample.facts["version"][:3]) not in (
        ("postman", "2.0"),
        ("openapi", "2.0"),
    )


async def _check_environment(api: Api, who: Person, project_id: str, sample: Sample) -> None:
    found = await api.json("GET", f"/projects/{project_id}/environments", who)
    made = max(found["environments"], key=lambda one: one["id"])
    path = f"/environments/{made['id']}/export?format={sample.format}&reveal=true"
    out = json.loads(await fetch(api, who, path))
    source = documents.source_of(sample.path).data
    assert documents.without_ids(out) == documents.without_ids(source)


@pytest.mark.parametrize("sample", GOOD)
async def test_a_project_of_a_real_file_goes_out_and_in_whole(
    api: Api, place: Place, sample: Sample
) -> None:
    ann, project_id = place
    await send(api, ann, project_id, sample.path)
    first = await project_document(api, ann, project_id)
    made = await api.json("POST", "/projects/import", ann, json={"data": first}, expect=201)
    second = await project_document(api, ann, made["projectId"])
    assert holding(second) == holding(first)
    assert not ids_of(first) & ids_of(second)
    await check_counts(made["projectId"])


def ids_of(document: Any) -> set[str]:
    """Return the ids of everything in a project's document."""
    kinds = ("environments", "collections", "endpoints", "flows")
    return {one["id"] for kind in kinds for one in document[kind]}


@pytest.mark.parametrize("sample", GOOD)
async def test_the_same_bytes_again_change_nothing(api: Api, place: Place, sample: Sample) -> None:
    ann, project_id = place
    answer = await send(api, ann, project_id, sample.path)
    before = await everything(), await audited()
    into = {"collectionId": answer["collectionId"]} if answer["collectionId"] else {}
    again = await send(api, ann, project_id, sample.path, expect=200, mode="merge", **into)
    assert (again["updated"], again["conflicts"]) == (0, 0)
    assert not any(again["imported"].values())
    assert (await everything(), await audited()) == before


@pytest.mark.parametrize("sample", documents.samples("postman", "openapi", "insomnia", "har"))
async def test_an_edited_field_wins_over_what_is_kept_and_only_that_field(
    api: Api, place: Place, sample: Sample
) -> None:
    ann, project_id = place
    answer = await send(api, ann, project_id, sample.path)
    found = await api.json("GET", f"/projects/{project_id}/endpoints", ann)
    if not found["endpoints"]:
        pytest.skip("it holds no request")
    before, _ = await export(api, ann, answer["collectionId"], sample)
    path = f"/endpoints/{found['endpoints'][-1]['id']}"
    await api.json("PATCH", path, ann, json={"description": "Edited here"})
    after, _ = await export(api, ann, answer["collectionId"], sample)
    changed = differences(load(before, "").data, load(after, "").data)
    assert [value for _, value in changed] == ["Edited here"]


CASES = {
    "01-auth-inherit.json": 5,
    "02-apikey-without-in.json": 2,
    "03-sibling-names.json": 4,
    "04-order.json": 5,
    "05-examples.json": 1,
    "06-disabled.json": 4,
    "07-insomnia-v5-scalars.yaml": 1,
    "08-cookie-key.yaml": 3,
    "09-servers.yaml": 3,
    "10-circular.json": 2,
    "11-chrome.curl": 4,
    "12-h2.har": 1,
    "13-loose.json": 5,
    "14-variable-hosts.json": 3,
    "15-same-path-twice.json": 7,
    "16-merge.v1.yaml": 5,
}


@pytest.mark.parametrize("name", CASES)
async def test_a_case_comes_in_whole_and_in_every_format_out_and_in_again(
    api: Api, place: Place, name: str
) -> None:
    documents.case(name)
    ann, project_id = place
    answer = await send(api, ann, project_id, Path(documents.CASES) / name)
    assert answer["imported"]["endpoints"] == CASES[name]
    for format_ in formats.WRITTEN:
        if format_ == "gassapi":
            continue
        path = f"/collections/{answer['collectionId']}/export?format={format_}"
        out = await fetch(api, ann, path)
        again = await bring(api, ann, project_id, out.decode(), dryRun=True, expect=200)
        assert again["format"].startswith(format_)
        is_unsaid = format_ == "curl" and name == "13-loose.json"  # one has no URL
        assert again["imported"]["endpoints"] == CASES[name] - is_unsaid, format_
