"""Secret values of documents: sealed where they are stored, and shown to nobody unasked."""

from typing import Any

import orjson
import pytest

from gassapi_backend.models import Scope
from tests.conftest import Api, Person
from tests.server.importing.documents import bring, fetch
from tests.server.importing.secrets import (
    DOCUMENTS,
    HUSH,
    INSOMNIA,
    POSTMAN_COLLECTION,
    POSTMAN_ENVIRONMENT,
    everything_shown,
    everything_stored,
)

MASK = "•"
Place = tuple[Person, str]


@pytest.fixture
async def place(api: Api) -> Place:
    """Somebody, and their project."""
    ann = await api.person()
    return ann, (await api.project(ann, isPublic=True))["id"]


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
async def test_a_secret_value_is_sealed_and_leaves_only_when_asked_for(
    api: Api, place: Place, document: Any
) -> None:
    ann, project_id = place
    await bring(api, ann, project_id, document)
    stored = await everything_stored()
    assert HUSH not in stored
    assert '"sealed"' in stored
    reader = await api.person("bob")
    token = await api.token(ann, project_id, Scope.WRITE)
    for who in (ann, reader, token):
        shown = await everything_shown(api, who, project_id)
        assert HUSH not in shown
    whole = await fetch(api, ann, f"/projects/{project_id}/export?reveal=true")
    assert HUSH.encode() in whole


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
async def test_no_mask_leaves_in_a_file(api: Api, place: Place, document: Any) -> None:
    ann, project_id = place
    await bring(api, ann, project_id, document)
    shown = await everything_shown(api, ann, project_id)
    files = [line for line in shown.split("\n/") if "/export" in line.partition(":")[0]]
    assert files
    assert not [line for line in files if MASK in line]


@pytest.mark.engines("sqlite")
async def test_a_secret_of_a_vault_that_was_set_here_stays_here(api: Api, place: Place) -> None:
    ann, project_id = place
    await bring(api, ann, project_id, INSOMNIA)
    live = await environment(api, ann, project_id, "Live")
    changed = {"variables": [{"key": "vault.pw", "value": HUSH, "secret": True}]}
    await api.json("PATCH", f"/environments/{live['id']}", ann, json=changed)
    assert HUSH not in await everything_stored()
    shown = await everything_shown(api, ann, project_id)
    assert HUSH not in shown
    into = {"mode": "merge", "collectionId": (await roots(api, ann, project_id))[0]["id"]}
    await bring(api, ann, project_id, INSOMNIA.replace("Open", "Opened"), **into)
    shown = await api.json("GET", f"/environments/{live['id']}?reveal=true", ann)
    assert shown["environment"]["variables"][0]["value"] == HUSH


async def roots(api: Api, who: Person, project_id: str) -> Any:
    return (await api.json("GET", f"/projects/{project_id}/collections", who))["collections"]


@pytest.mark.parametrize("format_", ["postman", "insomnia", "dotenv"])
async def test_what_left_without_its_secret_does_not_overwrite_it(
    api: Api, place: Place, format_: str
) -> None:
    ann, project_id = place
    await bring(api, ann, project_id, POSTMAN_ENVIRONMENT)
    live = await environment(api, ann, project_id, "Live")
    path = f"/environments/{live['id']}/export?format={format_}"
    out = (await fetch(api, ann, path)).decode()
    again = await api.call(
        "POST",
        "/collections/import",
        ann,
        json={"projectId": project_id, "data": out, "mode": "merge"},
    )
    assert again.status < 500
    shown = await api.json("GET", f"/environments/{live['id']}?reveal=true", ann)
    assert [one["value"] for one in shown["environment"]["variables"]] == [HUSH]


async def environment(api: Api, who: Person, project_id: str, name: str) -> Any:
    """Return an environment of a project."""
    found = await api.json("GET", f"/projects/{project_id}/environments", who)
    [one] = [one for one in found["environments"] if one["name"] == name]
    return one


async def test_a_collection_without_its_secrets_does_not_overwrite_them(
    api: Api, place: Place
) -> None:
    ann, project_id = place
    made = await bring(api, ann, project_id, POSTMAN_COLLECTION)
    path = f"/collections/{made['collectionId']}"
    out = await fetch(api, ann, f"{path}/export?format=postman")
    assert HUSH.encode() not in out
    into = {"mode": "merge", "collectionId": made["collectionId"], "prefer": "source"}
    await bring(api, ann, project_id, out.decode(), expect=200, **into)
    shown = await api.json("GET", f"{path}?reveal=true", ann)
    assert shown["collection"]["variables"][0]["value"] == HUSH


async def test_a_project_without_its_secrets_comes_in_with_empty_ones(
    api: Api, place: Place
) -> None:
    ann, project_id = place
    await bring(api, ann, project_id, POSTMAN_ENVIRONMENT)
    await bring(api, ann, project_id, POSTMAN_COLLECTION)
    out = orjson.loads(await fetch(api, ann, f"/projects/{project_id}/export"))
    made = await api.json("POST", "/projects/import", ann, json={"data": out}, expect=201)
    found = await fetch(api, ann, f"/projects/{made['projectId']}/export?reveal=true")
    assert HUSH.encode() not in found
    assert MASK.encode() not in found
    live = await environment(api, ann, made["projectId"], "Live")
    assert [(one["key"], one["secret"]) for one in live["variables"]] == [("pw", True)]


async def test_a_merge_tells_no_secret_of_ours(api: Api, place: Place) -> None:
    ann, project_id = place
    first = orjson.loads(orjson.dumps(POSTMAN_COLLECTION).replace(HUSH.encode(), b"first"))
    made = await bring(api, ann, project_id, first)
    path = f"/collections/{made['collectionId']}"
    ours = {"variables": [{"key": "pw", "value": HUSH, "secret": True}]}
    await api.json("PATCH", path, ann, json=ours)
    newer = orjson.loads(orjson.dumps(POSTMAN_COLLECTION).replace(HUSH.encode(), b"newer"))
    newer["item"][0]["name"] = "Renamed"
    into = {"mode": "merge", "collectionId": made["collectionId"]}
    for prefer in ("ours", "source"):
        dry = await bring(
            api, ann, project_id, newer, expect=200, dryRun=True, prefer=prefer, **into
        )
        assert HUSH not in str(dry)
    answer = await bring(api, ann, project_id, newer, **into)
    assert HUSH not in str(answer)
    shown = await api.json("GET", f"{path}?reveal=true", ann)
    assert shown["collection"]["variables"][0]["value"] == HUSH
