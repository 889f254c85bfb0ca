"""What clients send that is wrong: the protocol's error with a sentence, and nothing written."""

import asyncio
import json
import time
from typing import Any

import pytest

from gassapi_backend.server.mcp.tools import TOOLS
from tests.conftest import Api
from tests.server.mcp.clients import HANDSHAKES, META, MODERN, VERSIONS, ask, post
from tests.server.mcp.samples import SAMPLES, arguments_for
from tests.server.mcp.scenes import Scene, content, furnished

CREATE = {"name": "create_collection", "arguments": {"name": "Written"}}


def message(method: Any = "tools/call", params: Any = CREATE, **more: Any) -> dict[str, Any]:
    """Return a message as it goes over the wire."""
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": params, **more}


def without(body: dict[str, Any], *names: str) -> dict[str, Any]:
    """Return a message without some of its members."""
    return {name: value for name, value in body.items() if name not in names}


DEEP = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":' + '{"a":' * 5000 + "1" + "}" * 5001
LONG = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":' + "9" * 5000 + "}}"
TEXTS = {
    "nothing": "",
    "no JSON": "{",
    "deep": DEEP,
    "a long number": LONG,
    "a lone surrogate": json.dumps(message(params={**CREATE, "x": "\ud800"})),
    "a NUL": json.dumps(message(params={**CREATE, "x": "\0"})),
    "NaN": '{"jsonrpc":"2.0","id":NaN,"method":"ping"}',
    "one name twice": '{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}',
}


@pytest.mark.parametrize("name", TEXTS)
async def test_what_is_no_json_is_a_parse_error(api: Api, name: str) -> None:
    made = await furnished(api)
    before = await content()
    for version in (None, *VERSIONS):
        response = await post(api, made.token, TEXTS[name], version)
        answer = await response.json()
        assert response.status == 400
        assert answer["id"] is None
        assert answer["error"]["code"] == -32700
        assert len(answer["error"]["message"]) > 15
    assert await content() == before


BODIES: list[Any] = [
    [],
    [message(), message()],
    [message()] * 1000,
    {},
    3,
    "ping",
    None,
    without(message(), "jsonrpc"),
    message(jsonrpc="1.0"),
    message(id=None),
    message(id=True),
    message(id=1.5),
    message(id={}),
    message(method=7),
    message(method=None),
    message(params=[1]),
    message(params="x"),
    without(message(), "method"),
    {"jsonrpc": "2.0", "method": 7},
    {"jsonrpc": "2.0", "method": "notifications/initialized", "params": []},
]


@pytest.mark.parametrize("body", BODIES, ids=lambda body: json.dumps(body)[:60])
async def test_what_is_no_message_is_an_invalid_request(api: Api, body: Any) -> None:
    made = await furnished(api)
    before = await content()
    response = await post(api, made.token, json.dumps(body))
    answer = await response.json()
    assert response.status == 400
    assert answer["error"]["code"] == -32600
    assert len(answer["error"]["message"]) > 15
    assert await content() == before


async def test_a_batch_is_refused_with_a_sentence(api: Api) -> None:
    made = await furnished(api)
    answer = await (await post(api, made.token, json.dumps([message()]))).json()
    assert "Batches" in answer["error"]["message"]


@pytest.mark.parametrize("version", [None, *VERSIONS])
async def test_what_has_no_id_is_taken_and_never_carried_out(api: Api, version: str | None) -> None:
    made = await furnished(api)
    before = await content()
    for body in (
        without(message(), "id"),
        without(message("notifications/initialized", {}), "id"),
        without(message("notifications/cancelled", {"requestId": 1}), "id"),
        without(message("no/such/thing", None), "id"),
        without(message("no/such/thing", None), "id", "params"),
    ):
        response = await post(api, made.token, body, version)
        assert (response.status, await response.read()) == (202, b"")
    assert await content() == before


async def test_an_answer_of_a_client_is_dropped(api: Api) -> None:
    made = await furnished(api)
    answers: list[dict[str, Any]] = [{"result": {}}, {"error": {"code": 1, "message": "x"}}]
    for more in answers:
        response = await post(api, made.token, {"jsonrpc": "2.0", "id": 1, **more})
        assert response.status == 202


@pytest.mark.parametrize("version", VERSIONS)
async def test_unknown_methods_and_tools_are_said_to_be_so(api: Api, version: str) -> None:
    made = await furnished(api)
    before = await content()
    for method in ("tools/run", "subscriptions/listen", "logging/setLevel", "x" * 1000, ""):
        answer = await ask(api, made.token, method, {}, version)
        assert answer["error"]["code"] in (-32601, -32602), method
        assert answer["id"] == 1
    for name in ("get_endpoints", "rm -rf /", "x" * 1000, ""):
        params = {"name": name, "arguments": {}}
        answer = await ask(api, made.token, "tools/call", params, version)
        assert answer["error"]["code"] == -32602, name
        assert "There is no tool" in answer["error"]["message"]
    assert await content() == before


@pytest.mark.parametrize("version", VERSIONS)
async def test_arguments_may_be_left_out_or_null(api: Api, version: str) -> None:
    made = await furnished(api)
    for params in (
        {"name": "get_project_context"},
        {"name": "get_project_context", "arguments": None},
        {"name": "get_project_context", "arguments": {}},
        {"name": "get_project_context", "arguments": {"cursor": None}},
    ):
        answer = await ask(api, made.token, "tools/call", params, version)
        assert answer["result"]["isError"] is False, params


@pytest.mark.parametrize("arguments", [[], "x", 3, True], ids=str)
async def test_arguments_of_another_type_break_the_protocol(api: Api, arguments: Any) -> None:
    made = await furnished(api)
    params = {"name": "create_collection", "arguments": arguments}
    for version in VERSIONS:
        answer = await ask(api, made.token, "tools/call", params, version)
        assert answer["error"]["code"] == -32602
        assert "params" in answer["error"]["message"]


WRONG: list[Any] = [7, -1, 1.5, True, "", "x", "x" * 200_000, [], [[]], [{}], {}, {"a": {"b": 1}}]


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
async def test_wrong_types_are_refused_by_name_and_nothing_is_written(api: Api, tool: Any) -> None:
    """Every argument of every tool gets every kind of value; no answer is a failure of ours."""
    made = await furnished(api)
    good = arguments_for(tool.name, made)
    before = await content()
    for name in tool.arguments.model_fields:
        for value in WRONG:
            answer = await _called(made, tool.name, {**good, name: value})
            assert "result" in answer, answer
            text = answer["result"]["content"][0]["text"]
            assert "went wrong" not in text, (name, value)
            if answer["result"]["isError"]:
                assert len(text) > 15
                assert "structuredContent" not in answer["result"]
            elif not tool.is_read:
                break  # it was a good value: what follows is another state
    missing = [name for name in tool.arguments.model_fields if name in good]
    for name in [one for one in missing if tool.arguments.model_fields[one].is_required()]:
        said = await made.refused(tool.name, **without(good, name))
        assert name in said
    said = await made.refused(tool.name, **good, typo=1)
    assert "There is no argument typo" in said
    if tool.is_read:
        assert await content() == before


async def _called(made: Scene, tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
    params = {"name": tool, "arguments": arguments}
    return await ask(made.api, made.token, "tools/call", params)


@pytest.mark.parametrize("tool", [name for name, good in SAMPLES.items() if "_id" in str(good)])
async def test_ids_of_nothing_are_refused_in_words(api: Api, tool: str) -> None:
    made = await furnished(api)
    before = await content()
    good = arguments_for(tool, made)
    id_ = next(name for name in good if name.endswith("_id"))
    for wrong in ("01a20200-0000-7000-8000-000000000000", "x", "", "' OR 1=1", "%00", "é" * 300):
        said = await made.refused(tool, **{**good, id_: wrong})
        assert "no" in said.lower()
        assert "Traceback" not in said
    assert await content() == before


HEADERS: list[tuple[dict[str, str], dict[str, Any]]] = [
    ({}, {}),  # no Mcp-Method
    ({"Mcp-Method": "tools/list", "Mcp-Name": "create_collection"}, {}),
    ({"Mcp-Method": "tools/call"}, {}),  # no Mcp-Name
    ({"Mcp-Method": "tools/call", "Mcp-Name": "get_endpoint"}, {}),
    (
        {"Mcp-Method": "tools/call", "Mcp-Name": "create_collection"},
        {"io.modelcontextprotocol/protocolVersion": "2025-11-25"},
    ),
]


@pytest.mark.parametrize(("headers", "meta"), HEADERS)
async def test_headers_that_say_something_else_are_refused(
    api: Api, headers: dict[str, str], meta: dict[str, Any]
) -> None:
    made = await furnished(api)
    before = await content()
    body = message(params={**CREATE, "_meta": {**META, **meta}})
    response = await post(api, made.token, body, MODERN, **headers)
    assert response.status == 400
    assert (await response.json())["error"]["code"] == -32020
    assert await content() == before


async def test_a_header_that_comes_twice_is_refused(api: Api) -> None:
    made = await furnished(api)
    body = json.dumps(message("ping", {"_meta": META})).encode()
    for name, value in (("Mcp-Method", "ping"), ("MCP-Protocol-Version", MODERN)):
        lines = [
            "POST /mcp HTTP/1.1",
            "Host: localhost",
            "Connection: close",
            f"Authorization: Bearer {made.token}",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
            f"MCP-Protocol-Version: {MODERN}",
            "Mcp-Method: ping",
            f"{name}: {value}",
        ]
        answer = await api.raw("\r\n".join([*lines, "", ""]).encode() + body)
        assert answer.startswith(b"HTTP/1.1 400")
        assert b"-32020" in answer


async def test_a_version_in_the_body_alone_is_refused(api: Api) -> None:
    made = await furnished(api)
    body = message("ping", {"_meta": META})
    response = await post(api, made.token, body, **{"Mcp-Method": "ping"})
    assert response.status == 400
    assert (await response.json())["error"]["code"] == -32020


async def test_a_body_that_is_too_large_or_of_another_type_is_refused(api: Api) -> None:
    made = await furnished(api)
    before = await content()
    large = message(params={"name": "create_collection", "arguments": {"name": "x" * 1_100_000}})
    assert (await post(api, made.token, large)).status == 413
    other = {"Content-Type": "text/plain"}
    assert (await post(api, made.token, json.dumps(message()), **other)).status == 415
    assert await content() == before


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT", "PATCH"])
async def test_there_is_nothing_to_open_or_to_end(api: Api, method: str) -> None:
    made = await furnished(api)
    response = await api.call(method, "/mcp", made.token, base="")
    assert response.status == 405
    assert response.headers["Allow"] == "POST"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/.well-known/oauth-protected-resource"),
        ("GET", "/.well-known/oauth-protected-resource/mcp"),
        ("GET", "/.well-known/oauth-authorization-server"),
        ("GET", "/.well-known/openid-configuration"),
        ("POST", "/register"),
    ],
)
async def test_there_is_no_oauth(api: Api, method: str, path: str) -> None:
    response = await api.call(method, path, base="")
    assert response.status == 404
    assert (await response.json())["error"]["code"] == "NOT_FOUND"
    refused = await post(api, None, message())
    assert refused.status == 401
    assert "resource_metadata" not in refused.headers["WWW-Authenticate"]


async def test_no_session_is_begun_or_asked_for(api: Api) -> None:
    made = await furnished(api)
    offered = {"protocolVersion": HANDSHAKES[0], "capabilities": {}, "clientInfo": {}}
    offered["clientInfo"] = {"name": "tests", "version": "1"}
    response = await post(api, made.token, message("initialize", offered))
    assert response.status == 200
    assert "Mcp-Session-Id" not in response.headers
    made_up = {"Mcp-Session-Id": "made-up"}
    response = await post(api, made.token, message("ping", {}), HANDSHAKES[0], **made_up)
    assert (await response.json())["result"] == {}


SENT = [
    ("${GASSAPI_TOKEN}", "GASSAPI_TOKEN"),
    ("$GASSAPI_TOKEN", "GASSAPI_TOKEN"),
    ("${env:GASSAPI_TOKEN}", "GASSAPI_TOKEN"),
    ("{env:GASSAPI_TOKEN}", "GASSAPI_TOKEN"),
    ("${input:gassapi-token}", "gassapi-token"),
    ("%GASSAPI_TOKEN%", "GASSAPI_TOKEN"),
    ("<token>", "configuration"),
]


@pytest.mark.parametrize(("sent", "named"), SENT)
async def test_a_placeholder_in_place_of_the_token_is_explained(
    api: Api, sent: str, named: str
) -> None:
    response = await post(api, sent, message())
    assert response.status == 401
    answer = (await response.json())["error"]["message"]
    assert sent in answer
    assert named in answer.replace(sent, "")


async def test_a_person_is_told_what_kind_of_token_is_wanted(api: Api) -> None:
    ann = await api.person()
    for credential in (None, ann.access, "gass_made-up", "nonsense"):
        response = await post(api, credential, message("ping", {}))
        assert response.status == 401
        assert "oken" in (await response.json())["error"]["message"]
    cookie = {"Cookie": f"gassapi_access={ann.access}"}
    assert (await post(api, None, message("ping", {}), **cookie)).status == 401


async def test_the_loop_is_free_while_the_kernel_is_loaded_and_answers_are_large(api: Api) -> None:
    """Others are answered between the pieces of work, however large the messages are."""
    made = await furnished(api)
    body = "x" * 480_000
    path = f"/endpoints/{made.endpoint['id']}"
    await api.json("PATCH", path, made.ann, json={"body": body, "bodyType": "text"})
    longest, last = 0.0, time.monotonic()

    async def watch() -> None:
        nonlocal longest, last
        while True:
            await asyncio.sleep(0)
            longest, last = max(longest, time.monotonic() - last), time.monotonic()

    watching = asyncio.create_task(watch())
    given = {"endpoint_id": made.endpoint["id"]}
    await asyncio.gather(*(made.call("get_endpoint", **given) for _ in range(5)))
    await asyncio.gather(*(made.call("render_request", **given) for _ in range(5)))
    watching.cancel()
    assert longest < 5  # of a machine that others use, too: it went on at all
