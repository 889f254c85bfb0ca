"""Writes are recorded; passwords and tokens are not, wherever one looks."""

import re

from structlog.testing import capture_logs

from gassapi_backend.database import execute
from gassapi_backend.logs import redacted
from gassapi_backend.server.routes import ROUTES
from tests.conftest import PASSWORD, Api, everything
from tests.server.samples import FOR_NOBODY, accompany, fresh_links, furnish, request_for
from tests.server.toured import toured

SECRET = re.compile(
    r"gass_[0-9A-Za-z]{9,}|gassr_\w{9,}|eyJhbGciO[\w.-]{9,}"
    r"|\$bcrypt|[0-9a-f]{64}|correct horse|battery st"
)
"""MCP, refresh and access tokens, hashes of passwords and tokens, the passwords of these tests."""


def test_the_pattern_of_secrets_knows_them() -> None:
    assert SECRET.search(PASSWORD)
    assert not SECRET.search("gass_AbCd 01a20200-0000-7000-8000-000000000000")


FORGOTTEN = "/auth/forgot-password"  # is counted, and recorded as a number later


async def test_every_write_is_audited_and_no_read(engine: str, api: Api) -> None:
    visits = (await toured(engine, api)).visits
    for visit in [visit for visit in visits if not visit.route.is_rpc]:
        is_audited = visit.route.method != "GET" and visit.route.path != FORGOTTEN
        assert bool(visit.audited) == is_audited, visit.route.path


async def test_only_answers_that_are_meant_to_carry_a_secret(engine: str, api: Api) -> None:
    for visit in (await toured(engine, api)).visits:
        found = SECRET.findall(visit.text + str(visit.response.headers))
        if visit.route.is_secret:
            assert visit.response.headers["Cache-Control"] == "no-store"
            assert not [secret for secret in found if not secret.startswith(("gass", "eyJ"))]
        else:
            assert not found, visit.route.path


async def test_the_database_keeps_no_secret_but_hashes(engine: str, api: Api) -> None:
    done = await toured(engine, api)
    kept = done.kept
    assert not set(SECRET.findall(str(kept["audit_log"]))) - done.hashes
    found = [found for table in kept.values() for line in table for found in SECRET.findall(line)]
    assert {secret if len(secret) < 64 else "hash" for secret in found} == {"hash", "$bcrypt"}


async def test_the_log_keeps_no_secret(engine: str, api: Api) -> None:
    done = await toured(engine, api)
    assert len(done.lines) > 100
    assert not SECRET.findall(str(done.lines) + done.log)


async def test_a_secret_in_an_address_is_blotted_out_of_the_log(api: Api) -> None:
    ann = await api.person()
    with capture_logs() as lines:
        await api.call("GET", f"/projects/{ann.access}")
        await api.call("GET", f"/nowhere/{ann.refresh}")
    for line in lines:
        assert not SECRET.findall(redacted(line["path"]))


async def test_what_cannot_be_audited_does_not_happen(api: Api) -> None:
    ann, new = await api.person(is_admin=True), await api.person("New", is_confirmed=False)
    project_id = (await api.project(ann))["id"]
    token_id = (await api.issue(ann, project_id))["mcpToken"]["id"]
    session_id = (await api.json("GET", "/auth/sessions", ann))["sessions"][0]["id"]
    ids = {"project_id": project_id, "token_id": token_id, "session_id": session_id}
    ids |= await furnish(api, ann, project_id) | await accompany(api, ann, project_id)
    links = {route: await fresh_links(api, route, ann.id) for route in ROUTES}
    before, statuses = await everything(), {}
    await execute("ALTER TABLE audit_log RENAME TO audit_log_away")
    try:
        writing = [route for route in ROUTES if route.method != "GET" and not route.is_rpc]
        for route in writing:
            known = {**ids, **links[route], "user_id": ann.id, "refresh": ann.refresh}
            method, path, body = request_for(route, **known)
            others = {"/auth/refresh": None, "/auth/resend-verification": new}
            who = others.get(route.path, ann)
            response = await api.call(method, path, who, base="", json=body)
            statuses[method, route.path] = response.status
    finally:
        await execute("ALTER TABLE audit_log_away RENAME TO audit_log")
    assert statuses.pop(("DELETE", "/users/account")) == 409  # there is another member
    assert statuses.pop(("POST", FORGOTTEN)) == 200  # without mail, nothing happens
    assert statuses.pop(("POST", *FOR_NOBODY)) == 410
    assert set(statuses.values()) == {503}, statuses  # a table that is not there may come back
    assert await everything() == before
