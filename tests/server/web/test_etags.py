"""``If-Match`` and ``If-None-Match``: on every write, on every read, and in all their forms."""

import logging
from typing import Any

import pytest

from tests.conftest import Api, Person, audited, everything
from tests.factories import EMPTY_FLOW, add_collection, save_endpoint


@pytest.fixture
async def content(api: Api) -> tuple[Person, dict[str, str]]:
    """Somebody, and the paths of one thing of each kind that they have."""
    ann = await api.person()
    project = f"/projects/{(await api.project(ann))['id']}"
    collection = await add_collection(api, ann, project.rpartition("/")[2], "Folder")
    endpoint = await save_endpoint(api, ann, collection["id"])
    made = await api.json(
        "POST", f"{project}/flows", ann, json={"name": "Flow", "flowData": EMPTY_FLOW}, expect=201
    )
    environments = await api.json("GET", f"{project}/environments", ann)
    return ann, {
        "project": project,
        "collection": f"/collections/{collection['id']}",
        "endpoint": f"/endpoints/{endpoint['id']}",
        "environment": f"/environments/{environments['environments'][0]['id']}",
        "flow": f"/flows/{made['flow']['id']}",
    }


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize("kind", ["collection", "endpoint", "environment", "flow"])
async def test_a_copy_of_another_revision_is_412_with_the_current_one(
    api: Api, content: Any, kind: str
) -> None:
    ann, paths = content
    current = (await api.json("GET", paths[kind], ann))[kind]
    before = await everything()
    path, headers = f"{paths[kind]}/duplicate", {"If-Match": '"999"'}
    refused = await api.json("POST", path, ann, json={}, headers=headers, expect=412)
    assert refused["error"]["details"]["current"] == current
    assert await everything() == before
    headers = {"If-Match": f'"{current["revision"]}"'}
    await api.json("POST", path, ann, json={}, headers=headers, expect=201)


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (["{tag}"], 200),
        (["*"], 200),
        (['"1000", {tag}'], 200),
        (['"1000"', "{tag}"], 200),  # a list may come in lines
        (["{tag}", '"1000"'], 200),
        (["W/{tag}"], 200),  # a proxy that compresses weakens it
        (['"{revision}-gzip"'], 200),  # or marks it
        (['W/"{revision}--gzip"'], 200),
        (['"1000-gzip"'], 412),
        (['"1000"', '"1001"'], 412),
        ([""], 412),
        (["{revision}"], 412),  # not a tag
        (['"*"'], 412),
    ],
)
async def test_if_match_is_understood_in_all_its_forms(
    api: Api, content: Any, lines: list[str], status: int
) -> None:
    ann, paths = content
    for path in paths.values():
        shown = await api.call("GET", path, ann)
        tag = shown.headers["ETag"]
        filled = [line.format(tag=tag, revision=tag.strip('"')) for line in lines]
        request = [
            f"PATCH {api.base}{path} HTTP/1.1",
            "Host: x",
            "Connection: close",
            "Content-Type: application/json",
            "Content-Length: 2",
            f"Authorization: {ann.auth['Authorization']}",
            *(f"If-Match: {line}" for line in filled),
        ]
        answer = await api.raw("\r\n".join([*request, "", "{}"]).encode())
        assert answer.startswith(f"HTTP/1.1 {status} ".encode()), (path, answer)


@pytest.mark.engines("sqlite")
async def test_a_read_of_what_one_has_is_304_and_costs_nothing_but_the_access_check(
    api: Api, content: Any, caplog: pytest.LogCaptureFixture
) -> None:
    ann, paths = content
    project = paths["project"]
    for path in [*paths.values(), f"{project}/context", f"{project}/settings"]:
        tag = (await api.call("GET", path, ann)).headers["ETag"]
        for method in ("GET", "HEAD"):
            for line in (tag, f"W/{tag}", f'"0", {tag}', "*"):
                caplog.clear()
                with caplog.at_level(logging.DEBUG, "tortoise.db_client"):
                    same = await api.call(method, path, ann, headers={"If-None-Match": line})
                assert (same.status, await same.read()) == (304, b""), (path, line)
                assert same.headers["ETag"] == tag
                asked = [entry for entry in caplog.records if entry.name == "tortoise.db_client"]
                assert len(asked) <= 2, path
        other = await api.call("GET", path, ann, headers={"If-None-Match": '"999"'})
        assert other.status == 200


@pytest.mark.engines("sqlite")
async def test_304_is_for_good_requests_of_those_who_may_read(api: Api, content: Any) -> None:
    ann, paths = content
    bob = await api.person("Bob")
    headers = {"If-None-Match": "*"}
    for path in paths.values():
        await api.json("GET", path, bob, headers=headers, expect=403)
        await api.json("GET", path, headers=headers, expect=401)
    await api.json("GET", f"{paths['flow']}?shape=round", ann, headers=headers, expect=400)
    await api.json("GET", f"{paths['environment']}?reveal=true", ann, headers=headers)
    await api.json("PATCH", paths["project"], ann, json={"isPublic": True})
    path = f"{paths['environment']}?reveal=true"
    await api.json("GET", path, bob, headers=headers, expect=403)


@pytest.mark.engines("sqlite")
async def test_a_collection_with_another_number_of_endpoints_is_no_304(
    api: Api, content: Any
) -> None:
    ann, paths = content
    path = paths["collection"]
    tag = (await api.call("GET", path, ann)).headers["ETag"]
    await api.json("DELETE", paths["endpoint"], ann)
    response = await api.call("GET", path, ann, headers={"If-None-Match": tag})
    assert response.status == 200
    assert (await response.json())["collection"]["endpointsCount"] == 0
    assert response.headers["ETag"] != tag
    headers = {"If-Match": tag}  # what it holds is no reason to refuse a new name
    changed = await api.call("PATCH", path, ann, json={"name": "Other"}, headers=headers)
    assert changed.status == 200
    headers = {"If-None-Match": changed.headers["ETag"]}
    assert (await api.call("GET", path, ann, headers=headers)).status == 304


@pytest.mark.engines("sqlite")
async def test_an_update_with_what_is_there_already_records_nothing(api: Api, content: Any) -> None:
    ann, paths = content
    written = {
        "project": ("name", "description", "isPublic", "settings"),
        "collection": ("name", "parentId", "description", "position"),
        "environment": ("name", "description", "variables", "isDefault"),
        "flow": ("name", "description", "collectionId", "flowData", "flowInputs", "isActive"),
    }
    for kind, path in paths.items():
        shown = (await api.json("GET", path, ann))[kind]
        derived = {"id", "projectId", "revision", "createdAt", "updatedAt"}
        fields = written.get(kind, tuple(shown.keys() - derived))
        entries, before = await audited(), await everything()
        body = {field: shown[field] for field in fields}
        assert (await api.json("PUT", path, ann, json=body))[kind] == shown
        assert await audited() == entries
        assert await everything() == before
    path = paths["project"]
    for value in (1, 1.0, True):  # not the same, though Python says so
        body = {"settings": {"a": value}}
        shown = (await api.json("PATCH", path, ann, json=body))["project"]
        assert str(shown["settings"]["a"]) == str(value)


@pytest.mark.engines("sqlite")
async def test_a_collection_in_which_an_endpoint_appeared_is_not_deleted(
    api: Api, content: Any
) -> None:
    ann, paths = content
    path = paths["collection"]
    tag = (await api.call("GET", path, ann)).headers["ETag"]
    await save_endpoint(api, ann, path.rpartition("/")[2], "Unseen")
    before = await everything()
    refused = await api.json("DELETE", path, ann, headers={"If-Match": tag}, expect=412)
    assert refused["error"]["details"]["current"]["endpointsCount"] == 2
    assert await everything() == before
    current = (await api.call("GET", path, ann)).headers["ETag"]
    await api.json("DELETE", path, ann, headers={"If-Match": current})


@pytest.mark.engines("sqlite")
async def test_a_collection_is_deleted_at_a_revision_whatever_is_in_it(
    api: Api, content: Any
) -> None:
    ann, paths = content
    collection = (await api.json("GET", paths["collection"], ann))["collection"]
    headers = {"If-Match": f'"{collection["revision"]}"'}
    await api.json("DELETE", paths["collection"], ann, headers=headers)


@pytest.mark.engines("sqlite")
async def test_what_one_person_was_shown_is_no_304_for_another(api: Api, content: Any) -> None:
    ann, paths = content
    bob = await api.person("Bob")
    await api.join(bob, paths["project"].rpartition("/")[2])
    for path in ("/users/profile", paths["project"], f"{paths['project']}/context"):
        for first, second in ((ann, bob), (bob, ann)):
            tag = (await api.call("GET", path, first)).headers["ETag"]
            response = await api.call("GET", path, second, headers={"If-None-Match": tag})
            assert response.status == 200, path
            assert response.headers["ETag"] != tag
            for name in ("Authorization", "Cookie", "X-MCP-Token"):
                assert name in response.headers["Vary"].split(", ")


@pytest.mark.engines("sqlite")
async def test_what_an_account_changes_elsewhere_is_no_304(api: Api, content: Any) -> None:
    ann, paths = content
    seen = [paths["project"], f"{paths['project']}/context"]
    tags = [(await api.call("GET", path, ann)).headers["ETag"] for path in seen]
    await api.json("PUT", "/users/profile", ann, json={"name": "Another Name"})
    for path, tag in zip(seen, tags, strict=True):
        changed = await api.json("GET", path, ann, headers={"If-None-Match": tag})
        assert changed["project"]["ownerName"] == "Another Name"
    tag = (await api.call("GET", "/users/profile", ann)).headers["ETag"]
    again = await api.sign_in(ann.email)
    response = await api.call("GET", "/users/profile", again, headers={"If-None-Match": tag})
    assert response.status == 200  # lastLoginAt is another
