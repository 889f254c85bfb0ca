"""Tools that write: the same as over HTTP, only what is given, nothing lost, all audited."""

import asyncio
from typing import Any

import pytest

from gassapi_backend.database import rows
from gassapi_backend.models import Scope
from tests.conftest import Api, audited
from tests.server.mcp.scenes import FLOW, Scene, content, furnished

VARIABLES = [{"key": "host", "value": "a"}, {"key": "token", "value": "hidden-x", "secret": True}]


async def make_all(made: Scene, key: str | None = None) -> dict[str, dict[str, Any]]:
    """Create one of everything by tools; return what they answer, by kind."""

    def more(kind: str) -> dict[str, str]:
        return {"idempotency_key": f"{key} {kind}"} if key else {}

    collection = await made.call(
        "create_collection", name="New", variables=VARIABLES, **more("collection")
    )
    id_ = collection["collection"]["id"]
    ping = {"collection_id": id_, "name": "Ping", "method": "get", "url": "/"}
    endpoint = await made.call("create_endpoint", **ping, **more("endpoint"))
    environment = await made.call(
        "create_environment", name="Live", variables=VARIABLES, **more("environment")
    )
    flow = await made.call("create_flow", name="Way", flow_data=FLOW, **more("flow"))
    return {**collection, **endpoint, **environment, **flow}


async def test_everything_is_made_changed_and_deleted(api: Api) -> None:
    made = await furnished(api)
    found = await make_all(made)
    for kind in ("flow", "environment", "endpoint", "collection"):
        id_, revision = found[kind]["id"], found[kind]["revision"]
        given = {f"{kind}_id": id_}
        changed = await made.call(f"update_{kind}", **given, name="Renamed", if_revision=revision)
        assert changed[kind]["name"] == "Renamed"
        assert changed[kind]["revision"] > revision
        shown = await made.call(f"get_{kind}", **given)
        assert shown[kind]["name"] == "Renamed"
        said = await made.refused(f"delete_{kind}", **given, confirm_name="Other")
        assert "confirm_name" in said
        gone = await made.call(f"delete_{kind}", **given, confirm_name="Renamed")
        assert gone == {"deleted": {"id": id_, "name": "Renamed"}}
        assert "There is no" in await made.refused(f"get_{kind}", **given)


async def test_what_is_done_is_audited_with_the_token(api: Api) -> None:
    made = await furnished(api)
    before = len(await audited())
    await make_all(made)
    assert (await audited())[before:] == [
        *("collection_created", "endpoint_created", "environment_created", "flow_created")
    ]
    entries = await rows("SELECT actor_type, token_id FROM audit_log ORDER BY id")
    tokens = await rows("SELECT id FROM mcp_tokens")
    assert [(one["actor_type"], one["token_id"]) for one in entries[before:]] == [
        ("token", tokens[0]["id"])
    ] * 4


async def test_only_what_is_given_changes(api: Api) -> None:
    made = await furnished(api)
    before = await made.show("endpoint")
    await made.call("update_endpoint", endpoint_id=before["id"], description="New")
    after = await made.show("endpoint")
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"description", "revision", "updatedAt"}
    await made.call("update_endpoint", endpoint_id=before["id"], clear=["description", "headers"])
    after = await made.show("endpoint")
    assert after["description"] is None
    assert not after["headers"]
    assert after["purpose"] == "Who there is"


async def test_null_empties_nothing(api: Api) -> None:
    made = await furnished(api)
    before = await content()
    said = await made.refused("update_endpoint", endpoint_id=made.endpoint["id"], description=None)
    assert "clear" in said
    assert await content() == before
    await made.call("create_collection", name="Other", description=None, parent_id=None)


@pytest.mark.parametrize("kind", ["environment", "collection"])
async def test_variables_are_merged_and_stay_secret(api: Api, kind: str) -> None:
    made = await furnished(api)
    given = {f"{kind}_id": getattr(made, kind)["id"]}
    secret = "password" if kind == "environment" else "key"
    sent = [{"key": secret, "value": "hidden-rotated"}, {"key": "fresh", "value": "1"}]
    await made.call(f"update_{kind}", **given, set=sent)
    path = f"/{kind}s/{given[f'{kind}_id']}?reveal=true"
    shown = (await api.json("GET", path, made.ann))[kind]["variables"]
    by_key = {one["key"]: one for one in shown}
    assert by_key[secret]["value"] == "hidden-rotated"
    assert by_key[secret]["secret"] is True
    assert by_key["fresh"] == {"key": "fresh", "value": "1", "enabled": True, "secret": False}
    assert len(shown) == 3
    if kind == "environment":
        assert by_key[secret]["description"] == "Ask Bob"
    await made.call(f"update_{kind}", **given, unset=["fresh"])
    shown = (await api.json("GET", path, made.ann))[kind]["variables"]
    assert {one["key"]: one["value"] for one in shown}[secret] == "hidden-rotated"
    assert len(shown) == 2


@pytest.mark.parametrize("kind", ["environment", "collection"])
async def test_the_mask_is_no_value(api: Api, kind: str) -> None:
    made = await furnished(api)
    before = await content()
    given = {f"{kind}_id": getattr(made, kind)["id"]}
    mask = [{"key": "password", "value": "••••", "secret": True}]
    assert "mask" in await made.refused(f"update_{kind}", **given, set=mask)
    assert "mask" in await made.refused(f"create_{kind}", name="Other", variables=mask)
    assert "no variable" in await made.refused(f"update_{kind}", **given, unset=["moon"])
    assert await content() == before


async def test_no_change_of_a_variable_is_lost_when_many_come_at_once(api: Api) -> None:
    made = await furnished(api)
    given = {"environment_id": made.environment["id"]}
    await asyncio.gather(
        *(
            made.call("update_environment", **given, set=[{"key": f"v{n}", "value": str(n)}])
            for n in range(5)
        )
    )
    found = await made.call("get_environment", **given)
    assert {f"v{n}" for n in range(5)} < {one["key"] for one in found["environment"]["variables"]}


@pytest.mark.parametrize("kind", ["collection", "endpoint", "environment", "flow"])
async def test_a_write_meant_for_another_revision_is_refused(api: Api, kind: str) -> None:
    made = await furnished(api)
    thing = getattr(made, kind)
    given = {f"{kind}_id": thing["id"], "if_revision": thing["revision"] + 100}
    before = await content()
    for said in (
        await made.refused(f"update_{kind}", **given, name="Other"),
        await made.refused(f"delete_{kind}", **given, confirm_name=thing["name"]),
    ):
        assert f"get_{kind}" in said
        assert f"revision {thing['revision']}" in said
    if kind in ("environment", "collection"):
        sent = [{"key": "a", "value": "b"}]
        assert "revision" in await made.refused(f"update_{kind}", **given, set=sent)
    assert await content() == before


async def test_a_call_with_the_same_key_is_done_once(api: Api) -> None:
    made = await furnished(api)
    first = await make_all(made, "call")
    before = await content()
    again = await make_all(made, "call")
    assert again == first
    assert await content() == before
    said = await made.refused("create_collection", name="Third", idempotency_key="call flow")
    assert "another request" in said
    assert await content() == before
    assert "idempotency_key" in await made.refused("create_flow", idempotency_key="", **A_FLOW)


A_FLOW = {"name": "Way", "flow_data": FLOW}


async def test_a_refusal_is_told_again_under_its_key(api: Api) -> None:
    made = await furnished(api)
    given = {"name": "Users", "idempotency_key": "call-2"}
    said = await made.refused("create_collection", **given)
    assert await made.refused("create_collection", **given) == said


BODIES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"body": '{"a": {{b}}}'}, {"body": '{"a": {{b}}}', "bodyType": "json"}),
    ({"body": "plain"}, {"body": "plain", "bodyType": "text"}),
    ({"body": "<a/>", "body_type": "xml"}, {"body": "<a/>", "bodyType": "xml"}),
    ({"body": "/x.bin", "body_type": "binary"}, {"body": {"src": "/x.bin"}, "bodyType": "binary"}),
    (
        {"form": [{"key": "a", "value": "1"}]},
        {"body": [{"key": "a", "value": "1"}], "bodyType": "x-www-form-urlencoded"},
    ),
    (
        {"form": [{"key": "a", "type": "file", "src": "/x"}]},
        {"body": [{"key": "a", "type": "file", "src": "/x"}], "bodyType": "form-data"},
    ),
    ({"graphql": {"query": "{a}"}}, {"body": {"query": "{a}"}, "bodyType": "graphql"}),
]


@pytest.mark.parametrize(("given", "stored"), BODIES)
async def test_each_kind_of_body_is_stored_as_the_contract_has_it(
    api: Api, given: dict[str, Any], stored: dict[str, Any]
) -> None:
    made = await furnished(api)
    basis = {"collection_id": made.collection["id"], "name": "Post", "method": "POST", "url": "/"}
    found = await made.call("create_endpoint", **basis, **given)
    shown = await made.call("get_endpoint", endpoint_id=found["endpoint"]["id"])
    assert {name: shown["endpoint"][name] for name in stored} == stored
    await made.call("update_endpoint", endpoint_id=made.endpoint["id"], **given)
    shown = await made.call("get_endpoint", endpoint_id=made.endpoint["id"])
    wanted = dict(stored)
    if given.keys() == {"body"}:
        wanted["bodyType"] = None  # as it was
    assert {name: shown["endpoint"][name] for name in wanted} == wanted


async def test_every_field_of_an_endpoint_is_taken(api: Api) -> None:
    made = await furnished(api)
    fields: dict[str, Any] = {
        "name": "All",
        "method": "PUT",
        "url": "/all",
        "description": "d",
        "purpose": "p",
        "headers": [{"key": "A", "value": "1", "enabled": False}],
        "params": [{"key": "q", "value": "1", "in": "query"}],
        "body_type": "json",
        "body": "{}",
        "auth": {"type": "bearer", "token": "{{t}}"},
        "examples": [{"name": "ok", "status": 200}],
        "request_params": {"q": "what"},
        "response_schema": {"type": "object"},
        "header_docs": {"A": "why"},
        "position": 0,
    }
    await made.call("create_endpoint", collection_id=made.collection["id"], **fields)
    found = await made.call("list_endpoints", text="/all")
    given = {"endpoint_id": found["endpoints"][0]["id"]}
    shown = (await made.call("get_endpoint", **given))["endpoint"]
    names = {"body_type": "bodyType", "request_params": "requestParams"}
    names |= {"response_schema": "responseSchema", "header_docs": "headerDocs"}
    assert {name: shown[names.get(name, name)] for name in fields} == fields
    several = {"body": "x", "graphql": {"query": "{a}"}}
    assert "one body" in await made.refused("update_endpoint", **given, **several)


async def test_collections_are_nested_and_moved(api: Api) -> None:
    made = await furnished(api)
    parent = made.collection["id"]
    inner = (await made.call("create_collection", name="Inner", parent_id=parent))["collection"]
    assert inner["parentId"] == parent
    found = await made.call("get_collection", collection_id=parent)
    assert [one["name"] for one in found["subCollections"]] == ["Inner"]
    moved = await made.call("update_collection", collection_id=inner["id"], to_top=True)
    assert moved["collection"]["parentId"] == ""
    moved = await made.call("update_collection", collection_id=inner["id"], parent_id=parent)
    assert moved["collection"]["parentId"] == parent


async def test_an_import_first_tells_what_it_would_do(api: Api) -> None:
    made = await furnished(api)
    document = "curl https://example.com/a -H 'A: b'"
    before = await content()
    found = await made.call("import_document", document=document)
    assert found["dryRun"]
    assert found["imported"]["endpoints"] == 1
    assert "collectionId" not in found
    assert await content() == before
    given = {"document": document, "dry_run": False, "idempotency_key": "import-1"}
    found = await made.call("import_document", **given)
    assert found["collectionId"]
    assert not found["dryRun"]
    before = await content()
    assert await made.call("import_document", **given) == found
    assert await content() == before
    listed = await made.call("list_endpoints", collection_id=found["collectionId"])
    assert len(listed["endpoints"]) == 1


async def test_nested_folders_are_imported(api: Api) -> None:
    made = await furnished(api)
    document = """{"info": {"name": "Deep", "schema":
        "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
        "item": [{"name": "A", "item": [{"name": "B", "item": [
        {"name": "R", "request": {"method": "GET", "url": "https://example.com"}}]}]}]}"""
    found = await made.call("import_document", document=document, dry_run=False)
    assert found["imported"] == {
        "collections": 3,
        "endpoints": 1,
        "environments": 0,
        "variables": 0,
    }


async def test_a_document_that_cannot_be_read_is_refused_in_words(api: Api) -> None:
    made = await furnished(api)
    before = await content()
    said = await made.refused("import_document", document="asyncapi: 3.0.0", dry_run=False)
    assert "AsyncAPI" in said
    assert await content() == before


async def test_a_token_that_reads_writes_nothing(api: Api) -> None:
    made = await furnished(api, Scope.READ)
    before = await content()
    said = await made.refused("create_collection", name="New")
    assert "scope" in said
    assert await content() == before
