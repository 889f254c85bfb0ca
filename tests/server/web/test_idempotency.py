"""``Idempotency-Key``: what is sent twice happens once and is answered alike."""

import asyncio
import hashlib
import json
from typing import Any

import pytest
from tortoise.exceptions import OperationalError

from gassapi_backend.clock import ago, stored
from gassapi_backend.database import execute, row, rows
from gassapi_backend.models import Collection, Idempotency, Project
from gassapi_backend.server.app import purge
from gassapi_backend.server.projects import handlers
from gassapi_backend.server.routes import ROUTES
from gassapi_backend.server.routing import Route
from gassapi_backend.server.web import idempotency
from tests.conftest import PASSWORD, Api, Person, Serve, everything
from tests.factories import NOWHERE
from tests.server.importing.documents import form
from tests.server.samples import FOR_NOBODY, ready

KEY = {"Idempotency-Key": "5f8e2f2e-order-1"}
NAME = {"name": "Shop"}
ENDS_ACCESS = {  # to what they answered with: kept answers give no access that was lost
    "/auth/logout",
    "/projects/{project_id}/transfer",
}


async def create(api: Api, who: Person | str, key: str = "k", name: str = "Shop") -> Any:
    """Create a project under a key; return the status, the body and the headers."""
    response = await api.call(
        "POST", "/projects", who, json={"name": name}, headers={"Idempotency-Key": key}
    )
    return response.status, await response.json(), response.headers


async def test_the_same_request_is_carried_out_once_and_answered_alike(api: Api) -> None:
    ann = await api.person()
    first, second = [await create(api, ann) for _ in range(2)]
    assert first[:2] == second[:2]
    assert first[0] == 201
    assert first[2]["ETag"] == second[2]["ETag"]
    assert "Idempotency-Replayed" not in first[2]
    assert second[2]["Idempotency-Replayed"] == "true"
    assert await Project.all().count() == 1


async def test_many_at_once_are_carried_out_once(api: Api) -> None:
    ann = await api.person()
    answers = await asyncio.gather(*(create(api, ann) for _ in range(20)))
    assert {status for status, *_ in answers} == {201}
    assert len({body["project"]["id"] for _, body, _ in answers}) == 1
    assert await Project.all().count() == 1


async def test_another_request_under_the_same_key_is_refused(api: Api) -> None:
    ann = await api.person()
    await create(api, ann)
    before = await everything()
    status, body, _ = await create(api, ann, name="Other")
    assert (status, body["error"]["code"]) == (409, "IDEMPOTENCY_CONFLICT")
    other = await api.json(
        "POST", "/auth/logout", ann, json={}, headers={"Idempotency-Key": "k"}, expect=409
    )
    assert other["error"]["code"] == "IDEMPOTENCY_CONFLICT"
    assert await everything() == before


async def test_a_form_that_is_sent_again_is_the_same_whatever_stands_between_its_parts(
    api: Api,
) -> None:
    ann = await api.person()
    project = await api.project(ann)
    large = b"\n".join(
        b"curl https://example.com/%d -d %s" % (at, b"x" * 4000) for at in range(400)
    )
    for key, document in (("small", b"curl https://example.com"), ("large", large)):
        found = []
        for _ in range(2):
            data = form(project["id"], document, "a.txt")  # each with a boundary of its own
            headers = {"Idempotency-Key": key}
            response = await api.call(
                "POST", "/collections/import", ann, data=data, headers=headers
            )
            found.append((response.status, await response.json()))
        assert found[0] == found[1]
        assert found[0][0] == 201
        other = form(project["id"], document + b"\n", "a.txt")
        response = await api.call("POST", "/collections/import", ann, data=other, headers=headers)
        assert (await response.json())["error"]["code"] == "IDEMPOTENCY_CONFLICT"
    assert await Collection.all().count() == 2


async def test_keys_of_different_callers_have_nothing_to_do_with_each_other(api: Api) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    assert (await create(api, ann))[1] != (await create(api, bob))[1]
    assert await Project.all().count() == 2


async def test_a_key_is_good_for_a_day(api: Api) -> None:
    ann = await api.person()
    await create(api, ann)
    await execute("UPDATE idempotency SET expires_at = ?", stored(ago(1)))
    assert (await create(api, ann, name="Other"))[0] == 201
    assert await Project.all().count() == 2
    await execute("UPDATE idempotency SET expires_at = ?", stored(ago(1)))
    await purge()
    assert not await Idempotency.all().count()


@pytest.mark.parametrize("key", ["", " ", "a" * 256, "ä", "a\tb"])
async def test_a_key_that_is_none_is_refused(api: Api, key: str) -> None:
    ann = await api.person()
    before = await everything()
    status, body, _ = await create(api, ann, key)
    assert (status, body["error"]["details"][0]["field"]) == (400, "Idempotency-Key")
    assert await everything() == before


async def test_a_refusal_is_repeated_too_and_what_breaks_a_rule_takes_no_key(api: Api) -> None:
    ann = await api.person()
    taken = {"email": ann.email, "password": PASSWORD, "name": "Ann"}
    first = await api.json("POST", "/auth/register", json=taken, headers=KEY, expect=409)
    again = await api.call("POST", "/auth/register", json=taken, headers=KEY)
    assert (again.status, again.headers["Idempotency-Replayed"]) == (409, "true")
    body = await again.json()
    assert body["error"] == first["error"]
    assert body["requestId"] == again.headers["X-Request-Id"] != first["requestId"]
    await api.json("POST", "/projects", ann, json={"name": ""}, headers=KEY, expect=400)
    await api.json("POST", "/projects", ann, json=NAME, headers=KEY, expect=201)


@pytest.mark.engines("sqlite")
async def test_what_is_found_wrong_late_takes_no_key_either(api: Api) -> None:
    ann = await api.person()
    path = f"/projects/{(await api.project(ann))['id']}/collections"
    wrong = {**NAME, "parentId": "01a20200-0000-7000-8000-000000000000"}
    await api.json("POST", path, ann, json=wrong, headers=KEY, expect=400)
    await api.json("POST", path, ann, json=NAME, headers=KEY, expect=201)


async def test_a_replayed_sign_in_sets_the_same_cookies(api: Api) -> None:
    ann = await api.person()
    sign_in = {"email": ann.email, "password": PASSWORD}
    first, second = [
        await api.call("POST", "/auth/login", json=sign_in, headers=KEY) for _ in range(2)
    ]
    assert await first.json() == await second.json()
    assert {name: morsel.value for name, morsel in first.cookies.items()} == {
        name: morsel.value for name, morsel in second.cookies.items()
    }
    assert second.headers["Cache-Control"] == "no-store"


async def test_a_token_in_a_kept_answer_cannot_be_read_in_the_database(api: Api) -> None:
    ann = await api.person()
    project = await api.project(ann)
    new = {"projectId": project["id"], "name": "CI"}
    first = await api.json("POST", "/mcp/tokens", ann, json=new, headers=KEY, expect=201)
    again = await api.json("POST", "/mcp/tokens", ann, json=new, headers=KEY, expect=201)
    assert first["token"] == again["token"]
    kept = (await rows("SELECT answer FROM idempotency"))[0]["answer"]
    assert first["token"].encode() not in bytes(kept)
    assert b"gass_" not in bytes(kept)


async def test_access_that_was_lost_is_not_given_by_a_kept_answer(api: Api) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    project = await api.project(ann)
    await api.join(bob, project["id"])
    new = {"projectId": project["id"], "name": "CI"}
    await api.json("POST", "/mcp/tokens", bob, json=new, headers=KEY, expect=201)
    await execute("DELETE FROM members WHERE user_id = ?", bob.id)
    await api.json("POST", "/mcp/tokens", bob, json=new, headers=KEY, expect=403)


async def test_a_request_that_failed_here_is_carried_out_when_it_comes_again(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: Any) -> Any:
        raise RuntimeError("no")

    with monkeypatch.context() as breaking:
        breaking.setattr(handlers.actions, "create_project", broken)
        api = await serve()
        ann = await api.person()
        assert (await create(api, ann))[0] == 500
    assert (await create(api, ann))[0] == 201


async def test_a_request_is_carried_out_if_and_only_if_its_answer_is_kept(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await api.person()
    execute = idempotency.execute

    async def fails(sql: str, *values: Any) -> int:
        if sql.startswith("INSERT INTO idempotency"):
            raise OperationalError(ConnectionError("gone"))
        return await execute(sql, *values)

    before = await everything()
    with monkeypatch.context() as breaking:
        breaking.setattr(idempotency, "execute", fails)
        assert (await create(api, ann))[0] == 503
    assert await everything() == before
    assert (await create(api, ann))[0] == 201
    assert await Project.all().count() == 1


async def test_who_is_beaten_to_it_elsewhere_undoes_theirs_and_gives_the_first_answer(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two processes know nothing of each other until the second writes its answer."""
    ann = await api.person()
    first = await create(api, ann)
    find, looked = idempotency.row, []

    async def late(sql: str, *values: Any) -> Any:
        looked.append(sql)
        return await find(sql, *values) if len(looked) > 1 else None

    monkeypatch.setattr(idempotency, "row", late)
    before = await everything()
    second = await create(api, ann)
    assert second[:2] == first[:2]
    assert second[2]["Idempotency-Replayed"] == "true"
    assert await everything() == before


async def test_a_request_that_stays_under_way_is_told_so(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "PATIENCE", 0.2)
    begun, end = asyncio.Event(), asyncio.Event()
    create_project = handlers.actions.create_project

    async def slow(*given: Any, **named: Any) -> Any:
        begun.set()
        await end.wait()
        return await create_project(*given, **named)

    monkeypatch.setattr(handlers.actions, "create_project", slow)
    api = await serve()
    ann = await api.person()
    first = asyncio.create_task(create(api, ann))
    await begun.wait()
    status, body, _ = await create(api, ann)
    assert (status, body["error"]["code"]) == (409, "IDEMPOTENCY_CONFLICT")
    end.set()
    assert (await first)[0] == 201


async def test_a_refusal_after_a_change_leaves_the_change(api: Api) -> None:
    """A stolen refresh token is refused, and its session ends."""
    ann = await api.person()
    given = {"json": {"refreshToken": ann.refresh}}
    await api.json("POST", "/auth/refresh", **given)
    await execute("UPDATE sessions SET rotations = '[]'")
    await api.json("POST", "/auth/refresh", **given, headers=KEY, expect=401)
    assert await rows("SELECT id FROM sessions WHERE revoked_at IS NULL") == []
    assert not await Idempotency.all().count()


async def test_a_key_with_another_method_means_nothing(api: Api) -> None:
    ann = await api.person()
    project = await api.project(ann)
    for _ in range(2):
        path = f"/projects/{project['id']}"
        await api.json("PATCH", path, ann, json={"name": "Other"}, headers=KEY)
    assert not await Idempotency.all().count()


async def test_a_password_cannot_be_tried_on_what_is_kept(api: Api) -> None:
    ann = await api.person()
    body = json.dumps({"email": ann.email, "password": PASSWORD}).encode()
    headers = {"Content-Type": "application/json", **KEY}
    await api.json("POST", "/auth/login", data=body, headers=headers)
    found = await row("SELECT body_hash FROM idempotency")
    guess = b"POST /api/v1/auth/login\0" + body
    assert found is not None
    assert found["body_hash"] != hashlib.sha256(guess).hexdigest()


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize("header", [b"Cookie: a=\xff", b"Authorization: Bearer \xff"])
async def test_headers_of_any_bytes_tell_callers_apart(api: Api, header: bytes) -> None:
    ann = await api.person()
    body = json.dumps({"email": ann.email, "password": PASSWORD}).encode()
    head = (
        b"POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        b"Content-Type: application/json\r\nIdempotency-Key: k\r\nContent-Length: %d\r\n%s\r\n\r\n"
    )
    answer = await api.raw(head % (len(body), header) + body)
    assert answer.startswith(b"HTTP/1.1 200 ")


@pytest.mark.engines("sqlite")
async def test_who_comes_from_elsewhere_gets_no_kept_answer(api: Api) -> None:
    ann = await api.person()
    own = str(api.client.make_url("/")).rstrip("/")
    headers = {"Cookie": f"gassapi_refresh={ann.refresh}", **KEY}
    ours = {**headers, "Origin": own}
    await api.json("POST", "/auth/refresh", json={}, headers=ours)
    theirs = {**headers, "Origin": "https://evil.example"}
    answer = await api.json("POST", "/auth/refresh", json={}, headers=theirs, expect=403)
    assert answer["error"]["code"] == "CSRF_ERROR"


async def test_what_wrote_nothing_is_answered_although_the_answer_cannot_be_kept(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await api.person()
    project = await api.project(ann)
    execute = idempotency.execute

    async def fails(sql: str, *values: Any) -> int:
        if sql.startswith("INSERT INTO idempotency"):
            raise OperationalError("gone")
        return await execute(sql, *values)

    monkeypatch.setattr(idempotency, "execute", fails)
    trial = {"projectId": project["id"], "data": "curl https://example.com", "dryRun": True}
    await api.json("POST", "/collections/import", ann, json=trial, headers=KEY)
    gone = {"projectId": project["id"], "tokenId": NOWHERE}
    await api.json("POST", "/mcp/revoke-token", ann, json=gone, headers=KEY, expect=404)


@pytest.mark.parametrize(
    "route",
    [
        route
        for route in ROUTES
        if route.method == "POST" and not route.is_rpc and route.path not in FOR_NOBODY
    ],
    ids=lambda route: route.path,
)
async def test_every_post_that_is_sent_again_is_answered_alike_and_done_once(
    api: Api, route: Route
) -> None:
    await api.person("Ann")  # who the sample signs in as
    send = await ready(api, route, "Owner", KEY)
    first = await send()
    assert first.status in (route.status, *route.also)
    before = await everything()
    again = await send()
    if route.path in ENDS_ACCESS:
        assert again.status in (401, 403)
    else:
        assert (again.status, await again.read()) == (first.status, await first.read())
        assert again.headers["Idempotency-Replayed"] == "true"
    assert await everything() == before
