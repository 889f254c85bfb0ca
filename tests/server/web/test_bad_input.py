"""Whatever is sent: the contract's refusal, nothing written, never a fault of the server."""

import gzip
import json
import zlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from aiohttp import ClientResponse
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from yarl import URL

from gassapi_backend.models import Session
from gassapi_backend.server.routes import ROUTES
from gassapi_backend.server.routing import Route
from gassapi_backend.server.web.reading import MERGE_PATCH, AnyObject, Body
from tests.conftest import PASSWORD, Api, Person, audited, everything
from tests.server.samples import SAMPLES, furnish, request_for

JSON = {"Content-Type": "application/json"}
AUDITED_BEFORE = {
    "user_created",
    "session_started",
    "project_created",
    "environment_created",
    "collection_created",
    "endpoint_created",
    "flow_created",
}
WITH_BODY = [route for route in ROUTES if route.body is not None and route.upload is None]
WITH_FIELDS = [route for route in WITH_BODY if not issubclass(route.body or Body, AnyObject)]


def nested(depth: int, kind: str = "list") -> bytes:
    """Return JSON of that many levels."""
    if kind == "list":
        return b"[" * depth + b"]" * depth
    return b'{"a":' * depth + b"1" + b"}" * depth


VALUES = {  # JSON values that are refused wherever they stand
    "deeper than 100 levels": nested(101),
    "objects deeper than 100 levels": nested(101, "object"),
    "absurdly deep": nested(100_000),
    "absurdly deep objects": nested(100_000, "object"),
    "a NUL": b'"a\\u0000b"',
    "a raw NUL": b'"a\0b"',
    "a NUL in a key": b'{"a\\u0000b": 1}',
    "a raw line break": b'"a\nb"',
    "a lone surrogate": b'"\\ud800"',
    "surrogates in the wrong order": b'"\\udc00\\ud800"',
    "a lone surrogate in a key": b'{"\\udfff": 1}',
    "an infinite number": b"1e400",
    "a number that would become 0": b"1e-400",
    "a small number that would become 0": b"-0.00" + b"0" * 400 + b"1",
    "a negative infinite number": b"-1e400",
    "an integer beyond 64 bits": b"9223372036854775808",
    "a negative integer beyond 64 bits": b"-9223372036854775809",
    "10**30": b"1" + b"0" * 30,
    "a number of 5000 digits": b"9" * 5000,
    "NaN": b"NaN",
    "Infinity": b"Infinity",
    "-Infinity": b"-Infinity",
    "a key twice": b'{"a": 1, "a": 2}',
    "a key twice in two spellings": b'{"a": 1, "\\u0061": 2}',
    "invalid UTF-8": b'"\xff\xfe"',
    "a surrogate in UTF-8": b'"\xed\xa0\x80"',
    "an overlong NUL": b'"\xc0\x80"',
}
BROKEN = {
    **{name: b'{"name": ' + value + b"}" for name, value in VALUES.items()},
    "cut off": b'{"name": "Sh',
    "blanks": b" \n",
    "an array": b"[]",
    "a text": b'"{}"',
    "a number": b"1",
    "null": b"null",
    "two documents": b"{}{}",
    "single quotes": b"{'name': 'Shop'}",
    "a comma too many": b'{"name": "Shop",}',
    "a comment": b'{"name": "Shop"} // what it is',
    "a number with a zero before": b'{"name": 01}',
    "UTF-16": '{"name": "Shop"}'.encode("utf-16"),
    "a form": b"name=Shop",
    "XML": b"<name>Shop</name>",
}
BODIES = {
    **BROKEN,
    "an unknown field": b'{"nmae": "Shop"}',
    "a field in another case": b'{"NAME": "Shop"}',
    "a field of the prototype": b'{"__proto__": {"isAdmin": true}}',
}
TYPES = {
    "none": {},
    "text": {"Content-Type": "text/plain"},
    "a form": {"Content-Type": "application/x-www-form-urlencoded"},
    "a form of parts": {"Content-Type": "multipart/form-data; boundary=x"},
    "JSON's cousin": {"Content-Type": "application/json-patch+json"},
    "two types": {"Content-Type": "application/json, text/plain"},
    "garbage": {"Content-Type": "/;;,"},
}


async def refused(
    response: ClientResponse, status: int, code: str, what: str = ""
) -> dict[str, Any]:
    """Check that an answer is the contract's refusal; return its ``error``."""
    body = await response.json()
    assert response.status == status, (what, body)
    assert set(body) == {"success", "error", "requestId"}
    assert body["success"] is False
    assert body["requestId"] == response.headers["X-Request-Id"]
    assert body["error"]["code"] == code
    assert body["error"]["message"]
    return body["error"]


async def everywhere(
    api: Api,
    who: Person,
    body: bytes | Callable[[], Any],
    headers: dict[str, str],
    routes: list[Route] = WITH_BODY,
) -> list[ClientResponse]:
    """Send a body to every endpoint that takes one."""
    project_id = (await api.project(who))["id"]
    ids = await furnish(api, who, project_id)
    found = []
    for route in routes:
        path = request_for(route, project_id=project_id, user_id=who.id, **ids).path
        sent = body() if callable(body) else body
        found.append(await api.call(route.method, path, who, base="", data=sent, headers=headers))
    return found


async def test_a_broken_body_is_400_everywhere(api: Api) -> None:
    ann = await api.person(is_admin=True)
    for name, body in BODIES.items():
        routes = WITH_BODY if name in BROKEN else WITH_FIELDS
        answers = await everywhere(api, ann, body, JSON, routes)
        for response in answers:
            await refused(response, 400, "VALIDATION_ERROR", name)
    assert set(await audited()) == AUDITED_BEFORE


async def test_a_body_that_is_not_called_json_is_415_everywhere(api: Api) -> None:
    ann = await api.person(is_admin=True)
    for name, headers in TYPES.items():
        answers = await everywhere(api, ann, b'{"name": "Shop"}', headers)
        for response in answers:
            await refused(response, 415, "UNSUPPORTED_MEDIA_TYPE", name)
    assert set(await audited()) == AUDITED_BEFORE


async def _in_pieces() -> AsyncIterator[bytes]:
    yield b'{"name": "'
    for _ in range(20):
        yield b"x" * 100_000
    yield b'"}'


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        pytest.param(b'{"name": "' + b"x" * 1_000_000 + b'"}', JSON, id="with a length"),
        pytest.param(_in_pieces, JSON, id="in chunks"),
        pytest.param(
            gzip.compress(b'{"name": "' + b" " * 3_000_000 + b'"}'),
            JSON | {"Content-Encoding": "gzip"},
            id="a bomb",
        ),
        pytest.param(
            zlib.compress(b" " * 3_000_000),
            JSON | {"Content-Encoding": "deflate"},
            id="another bomb",
        ),
    ],
)
async def test_a_body_of_more_than_1_mb_is_413_everywhere(
    api: Api, body: Any, headers: dict[str, str]
) -> None:
    ann = await api.person(is_admin=True)
    answers = await everywhere(api, ann, body, headers)
    for response in answers:
        await refused(response, 413, "PAYLOAD_TOO_LARGE")
    assert set(await audited()) == AUDITED_BEFORE


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_a_body_that_is_not_compressed_as_it_says_is_400(api: Api, encoding: str) -> None:
    headers = JSON | {"Content-Encoding": encoding}
    response = await api.call("POST", "/auth/login", data=b"not compressed", headers=headers)
    await refused(response, 400, "VALIDATION_ERROR")
    assert (await api.call("GET", "/health")).status == 200


async def test_a_compressed_body_is_read(api: Api) -> None:
    ann = await api.person()
    body = gzip.compress(b'{"name": "Zipped"}')
    headers = JSON | {"Content-Encoding": "gzip"}
    answer = await api.json("POST", "/projects", ann, data=body, headers=headers, expect=201)
    assert answer["project"]["name"] == "Zipped"


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "Application/JSON"])
async def test_json_may_be_called_so_in_any_case_and_with_its_charset(api: Api, kind: str) -> None:
    ann = await api.person()
    body = '{"name": "Grüße"}'.encode()
    headers = {"Content-Type": kind}
    answer = await api.json("POST", "/projects", ann, data=body, headers=headers, expect=201)
    assert answer["project"]["name"] == "Grüße"


async def test_a_body_may_be_left_out_exactly_where_all_its_fields_may(api: Api) -> None:
    ann = await api.person(is_admin=True)
    found = {}
    for route in WITH_BODY:
        project = await api.project(ann)
        ids = await furnish(api, ann, project["id"])
        path = request_for(route, project_id=project["id"], user_id=ann.id, **ids).path
        who = ann if route.path != "/auth/logout" else await api.sign_in(ann.email)
        response = await api.call(route.method, path, who, base="", headers=JSON)
        found[route.path, route.method] = response.status
    assert {key for key, status in found.items() if status == 400} == {
        (route.path, route.method) for route in WITH_BODY if not route.body_is_optional
    }
    assert found["/auth/refresh", "POST"] == 401
    assert max(found.values()) < 500


NAMED = ("project_id", "token_id", "member_id", "own_invitation_id")
WRONG: dict[type, list[Any]] = {
    str: [7, 1.5, True, ["x"], {"a": "x"}],
    bool: ["true", 1, 0, "yes", [], {}],
    dict: ["x", 1, True, [], [1]],
    list: ["x", 1, True],
    int: ["1", 1.5, True, [], {}],
}
ANY_JSON = {"body"}
OBJECT_OR_ARRAY = {"headers", "params", "requestParams", "headerDocs"}


async def test_a_field_of_another_type_is_400_and_named(
    target: tuple[Api, Person, dict[str, str]],
) -> None:
    api, ann, ids = target
    before = await everything()
    for route in WITH_FIELDS:
        method, path, good = request_for(route, **ids)
        for field, value in (good or {}).items():
            kind = list if field in OBJECT_OR_ARRAY else type(value)
            for wrong in WRONG[kind] if field not in ANY_JSON else ():
                response = await api.call(method, path, ann, base="", json={**good, field: wrong})
                error = await refused(response, 400, "VALIDATION_ERROR")
                assert field in {detail["field"] for detail in error["details"]}, path
    assert await everything() == before


async def test_an_unknown_field_beside_good_ones_is_400_and_named(
    target: tuple[Api, Person, dict[str, str]],
) -> None:
    api, ann, ids = target
    before = await everything()
    for route in WITH_FIELDS:
        method, path, good = request_for(route, **ids)
        sent = {**(good or {}), "typo\u20ac": 1}
        response = await api.call(method, path, ann, base="", json=sent)
        error = await refused(response, 400, "VALIDATION_ERROR")
        wanted = [{"field": "typo\u20ac", "reason": "There is no such field."}]
        assert error["details"] == wanted, path
    assert await everything() == before


NOT_TOGETHER = {
    "client",  # refused beside customSettings; test_tokens has it with every client
    "token",  # refused beside invitationId; test_invitations has it
}


def test_samples_use_every_field_and_parameter() -> None:
    for route in ROUTES:
        body, query = SAMPLES[route.method, route.full_path]
        fields = (
            {field.alias for field in route.body.model_fields.values()} if route.body else set()
        )
        is_free = issubclass(route.body or Body, AnyObject)
        wanted_fields = fields if route.path.startswith("/auth/") else fields - NOT_TOGETHER
        assert is_free or route.is_rpc or set(body or {}) == wanted_fields
        wanted = (
            {field.alias for field in route.query.model_fields.values()} if route.query else set()
        )
        assert set(URL(query).query) == wanted


async def test_only_a_merge_patch_may_be_called_one(api: Api) -> None:
    ann = await api.person(is_admin=True)
    headers = {"Content-Type": MERGE_PATCH}
    answers = await everywhere(api, ann, b"{}", headers)
    taken = [
        f"{route.method} {route.path}"
        for route, response in zip(WITH_BODY, answers, strict=True)
        if response.status != 415
    ]
    assert taken == ["PATCH /projects/{project_id}/settings"]


async def test_free_json_takes_no_value_that_another_parser_would_change(api: Api) -> None:
    ann = await api.person()
    path = f"/projects/{(await api.project(ann))['id']}"
    before = await everything()
    for name, value in VALUES.items():
        body = b'{"settings": {"a": [' + value + b"]}}"
        response = await api.call("PATCH", path, ann, data=body, headers=JSON)
        await refused(response, 400, "VALIDATION_ERROR", name)
    assert await everything() == before


GOOD_VALUES = [
    nested(98),
    b"9223372036854775807",
    b"-9223372036854775807",
    b"1.7976931348623157e308",
    b"5e-324",
    b"-0.0",
    b'"\\ud83d\\ude00 \xf0\x9f\x98\x80 \\u2028 \xc3\xa9 e\\u0301 \\\\u0000"',
    b'{"z": 1, "a": {"10": 1, "9": 2}, "": null}',
]


async def test_a_hundred_levels_are_taken_and_one_more_is_not(api: Api) -> None:
    ann = await api.person()
    path = f"/projects/{(await api.project(ann))['id']}"
    for kind in ("list", "object"):
        for depth, status in ((98, 200), (99, 400)):
            body = b'{"settings": {"a": ' + nested(depth, kind) + b"}}"
            response = await api.call("PATCH", path, ann, data=body, headers=JSON)
            assert (kind, depth, response.status) == (kind, depth, status)


async def test_free_json_comes_back_as_it_was_sent(api: Api) -> None:
    ann = await api.person()
    path = f"/projects/{(await api.project(ann))['id']}"
    for value in GOOD_VALUES:
        body = b'{"settings": {"a": ' + value + b"}}"
        await api.json("PATCH", path, ann, data=body, headers=JSON)
        answer = await api.json("GET", path, ann)
        assert json.dumps(answer["project"]["settings"]["a"]) == json.dumps(json.loads(value))


QUERIES = [
    "unknown=1",
    "page=1&page=2",
    "page=0",
    "page=-1",
    "page=x",
    "page=",
    "page=1.5",
    "page=1000001",
    "page=99999999999999999999999",
    "limit=0",
    "limit=101",
    "limit=1e2",
    "sort=owner",
    "sort=name;DROP%20TABLE%20users",
    "order=up",
    "role=admin",
    "search=%00",
    "search=%ff",
    "search=%ED%A0%80",
    "limit=1_0",
    "limit=1.0",
    "limit=%201",
    "limit=+1",
    "limit=%D9%A1",
    "search=" + "x" * 256,
    "Search=x",
    "%00=1",
    "%ff=1&%ff=1",
    "%ed%a0%80=1",
]


async def test_a_bad_query_parameter_is_400_and_named(api: Api) -> None:
    ann = await api.person()
    for query in QUERIES:
        response = await api.call("GET", f"/projects?{query}", ann)
        error = await refused(response, 400, "VALIDATION_ERROR", query)
        assert error["details"]


async def test_a_list_of_tokens_needs_a_project_and_known_filters(api: Api) -> None:
    ann = await api.person(is_admin=True)
    project_id = (await api.project(ann))["id"]
    good = f"projectId={project_id}"
    for query in ("", "projectId=", "projectId=x", f"projectId={project_id.upper()}"):
        await refused(await api.call("GET", f"/mcp/tokens?{query}", ann), 400, "VALIDATION_ERROR")
    for query in ("createdBy=1", "status=dead", "limit=101", "search=x", good):
        response = await api.call("GET", f"/mcp/tokens?{good}&{query}", ann)
        await refused(response, 400, "VALIDATION_ERROR")


async def test_odd_percent_encoding_in_a_search_is_merely_not_found(api: Api) -> None:
    ann = await api.person()
    await api.project(ann, "Plain")
    for search in ("%zz", "%", "%f0%9f%92%a5", "%0a%09", "%25", "_", "!"):
        answer = await api.json("GET", f"/projects?search=x{search}", ann)
        assert answer["projects"] == []


async def test_a_malformed_id_in_a_path_is_404(api: Api) -> None:
    ann = await api.person()
    session = (await api.json("GET", "/auth/sessions", ann))["sessions"][0]["id"]
    ids = [session.upper(), session[:-1], f"{{{session}}}", session.replace("-", ""), "%00", "%ff"]
    for session_id in [*ids, "%2e%2e", "..%2fprofile", "1%20OR%201=1", "x" * 5000]:
        response = await api.call("DELETE", f"/auth/sessions/{session_id}", ann)
        await refused(response, 404, "NOT_FOUND", session_id)
    assert len((await api.json("GET", "/auth/sessions", ann))["sessions"]) == 1


@pytest.mark.parametrize("sent", ["a", "A.b:c_d-9", "x" * 128])
async def test_a_sane_request_id_is_echoed(api: Api, sent: str) -> None:
    response = await api.call("GET", "/nowhere", headers={"X-Request-Id": sent})
    assert response.headers["X-Request-Id"] == sent
    assert (await response.json())["requestId"] == sent


@pytest.mark.parametrize("sent", ["", " ", "x" * 129, "a b", "a\u00e9", "<script>", "a;b", "a,b"])
async def test_an_odd_request_id_is_replaced(api: Api, sent: str) -> None:
    response = await api.call("GET", "/nowhere", headers={"X-Request-Id": sent})
    assert len(response.headers["X-Request-Id"]) == 36
    assert (await response.json())["requestId"] == response.headers["X-Request-Id"]


async def test_a_user_agent_of_raw_bytes_is_kept_as_far_as_it_can_be(api: Api) -> None:
    await api.person()
    body = json.dumps({"email": "ann@example.com", "password": PASSWORD}).encode()
    head = b"POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
    agent = b"User-Agent: \xff\xfe \xf0\x9f\x98\x80 " + b"x" * 300 + b"\r\n"
    rest = b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
    answer = await api.raw(head + agent + rest + body)
    assert answer.startswith(b"HTTP/1.1 200")
    kept = await Session.filter(user_agent__startswith="\ufffd").get()
    assert kept.user_agent == ("\ufffd\ufffd \U0001f600 " + "x" * 300)[:255]


LASTING = [  # all but those that a good body makes sign out or delete
    route for route in WITH_BODY if route.method != "DELETE" and route.path != "/auth/logout"
]
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
FEW = hypothesis_settings(
    max_examples=40,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@st.composite
def changes_to_good_bodies(draw: st.DrawFn) -> tuple[Route, dict[str, Any]]:
    """Return a route, and some of its fields with values that may be anything."""
    route = draw(st.sampled_from(LASTING))
    fields = SAMPLES[route.method, route.full_path].body or {}
    return route, draw(st.dictionaries(st.sampled_from(sorted(fields)), ANYTHING, max_size=3))


@pytest.fixture
async def target(api: Api) -> tuple[Api, Person, dict[str, str]]:
    """A server, somebody who owns a project, and ids for requests about it."""
    ann = await api.person(is_admin=True)
    project_id = (await api.project(ann))["id"]
    token = await api.issue(ann, project_id)
    ids = {**dict.fromkeys(NAMED, project_id), "user_id": ann.id, "refresh": "x"}
    ids["token_id"] = token["mcpToken"]["id"]
    ids |= await furnish(api, ann, project_id)
    return api, ann, ids


@FEW
@given(changed=changes_to_good_bodies())
async def test_no_json_makes_the_server_fail(
    target: tuple[Api, Person, dict[str, str]], changed: tuple[Route, dict[str, Any]]
) -> None:
    (api, ann, ids), (route, changes) = target, changed
    method, path, good = request_for(route, **ids)
    text = json.dumps({**(good or {}), **changes})  # NaN and infinity included
    response = await api.call(method, path, ann, base="", data=text, headers=JSON)
    assert response.status < 500, await response.text()


@FEW
@given(route=st.sampled_from(LASTING), body=st.binary(max_size=300))
async def test_no_bytes_make_the_server_fail(
    target: tuple[Api, Person, dict[str, str]], route: Route, body: bytes
) -> None:
    api, ann, ids = target
    path = request_for(route, **ids).path
    response = await api.call(route.method, path, ann, base="", data=body, headers=JSON)
    assert response.status < 500, await response.text()
