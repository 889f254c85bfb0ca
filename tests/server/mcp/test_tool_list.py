"""The list of tools: what the issue's table names, small, and such that every client takes it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import orjson
import pytest

from gassapi_backend.fair_share import Fairly
from gassapi_backend.models import Scope
from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.mcp import running
from gassapi_backend.server.mcp.tool import Tool
from gassapi_backend.server.mcp.tools import BY_NAME, TOOLS, tools_of
from tests.conftest import Api
from tests.server.mcp.clients import VERSIONS, ask, call

READS = [
    *("get_project_context", "search_project", "list_endpoints", "get_collection"),
    *("get_endpoint", "get_environment", "get_flow", "render_request", "list_changes"),
    "export_collection",
]
WRITES = [
    *(
        f"{verb}_{kind}"
        for kind in ("collection", "endpoint", "environment", "flow")
        for verb in ("create", "update", "delete")
    ),
    "import_document",
]
MAX_LIST = 24_000
EVERY_TOOL = pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)


def schemas_in(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the schema of every property and item in a schema."""
    for part in (*schema.get("properties", {}).values(), schema.get("items")):
        if part is not None:
            yield part
            yield from schemas_in(part)


def test_the_tools_are_those_that_are_promised() -> None:
    assert [tool.name for tool in TOOLS] == READS + WRITES
    assert len(TOOLS) == len(BY_NAME) <= 25


def test_who_may_call_a_tool_follows_from_its_permission() -> None:
    assert {tool.permission for tool in TOOLS} == {Permission.READ, Permission.WRITE}
    assert [tool.name for tool in tools_of(Scope.READ)] == READS
    assert tools_of(Scope.WRITE) == list(TOOLS)


@pytest.mark.parametrize("version", VERSIONS)
async def test_the_list_is_small_and_in_a_stable_order(api: Api, version: str) -> None:
    ann = await api.person()
    project = await api.project(ann)
    token = await api.token(ann, project["id"], Scope.WRITE)
    answer = await ask(api, token, "tools/list", version=version)
    assert len(orjson.dumps(answer)) <= MAX_LIST
    assert [tool["name"] for tool in answer["result"]["tools"]] == READS + WRITES
    assert ("outputSchema" in answer["result"]["tools"][0]) == (version != "2025-03-26")
    assert ("resultType" in answer["result"]) == (version == "2026-07-28")


@EVERY_TOOL
def test_a_property_has_one_type(tool: Tool) -> None:
    """What Gemini and Copilot refuse: unions, null, schemas that are true or false."""
    shown = tool.described(with_titles=True)
    for whole in (shown["inputSchema"], shown["outputSchema"]):
        assert whole["type"] == "object"
        for schema in schemas_in(whole):
            assert isinstance(schema, dict)
            assert schema["type"] in ("string", "integer", "boolean", "array", "object")
            assert not {"anyOf", "oneOf", "allOf", "$ref", "$defs"} & schema.keys()
            if schema["type"] == "array":
                assert isinstance(schema["items"], dict)
            if "enum" in schema:
                assert len(set(schema["enum"])) == len(schema["enum"])
                assert None not in schema["enum"]
    assert "$defs" not in orjson.dumps(shown).decode()


@EVERY_TOOL
def test_a_tool_says_what_it_does(tool: Tool) -> None:
    assert tool.title
    assert tool.description.endswith(".")
    assert len(tool.name) <= 40  # clients put the server's name before it, and have 64 in all
    assert tool.hints["readOnlyHint"] == (tool.permission is Permission.READ)
    assert tool.hints["openWorldHint"] is False
    if tool.name.startswith("delete"):
        assert tool.hints["destructiveHint"] is True
    if not tool.is_read and not tool.name.startswith("delete"):
        assert "idempotency_key" in tool.arguments.model_fields


def test_a_tool_that_shows_more_than_one_thing_lets_others_go_first() -> None:
    of_one = {"get_endpoint", "get_environment", "get_flow", "render_request"}
    assert {tool.name for tool in TOOLS if tool.is_large} == set(READS) - of_one


def test_a_tool_that_writes_does_not_wait_for_others_with_a_lock() -> None:
    with pytest.raises(TypeError, match="lock"):
        replace(BY_NAME["create_endpoint"], is_large=True)


async def test_only_what_is_large_is_read_behind_others(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    token = await api.token(ann, project_id, Scope.WRITE)
    shared = list[object]()

    class Seen(Fairly[Any]):
        def __init__(self, work: Any) -> None:
            shared.append(work)
            super().__init__(work)

    monkeypatch.setattr(running, "Fairly", Seen)
    made = await call(api, token, "create_collection", name="Users")
    assert shared == []
    for name, arguments in (
        ("get_project_context", {}),
        ("search_project", {"text": "Users"}),
        ("get_collection", {"collection_id": made["collection"]["id"]}),
    ):
        before = len(shared)
        await call(api, token, name, **arguments)
        assert len(shared) == before + 1, name
