"""Refused sign-ins are in the audit as counts: all of them, and no more entries than that takes."""

import asyncio
from typing import Any

import pytest

from gassapi_backend.database import execute
from gassapi_backend.models import AuditEntry
from gassapi_backend.server.access.callers import CONSOLE
from gassapi_backend.server.accounts.actions import set_active
from gassapi_backend.server.audit.queries import project_ids
from gassapi_backend.server.audit.verification import verify
from gassapi_backend.server.sessions.state import REFUSED
from tests.conftest import PASSWORD, Api, Serve
from tests.processes import Cli, Server

WRONG = "wrong horse 42"


async def fail(api: Api, email: str, password: str = WRONG) -> int:
    """Try to sign in; return the status."""
    body = {"email": email, "password": password}
    return (await api.call("POST", "/auth/login", json=body)).status


async def entries() -> list[tuple[str, str | None, Any]]:
    """Return type, name and details of what the audit says of refusals."""
    found = await AuditEntry.filter(action="sign_ins_refused").order_by("id")
    return [(one.resource_type, one.resource_name, one.details) for one in found]


async def test_failures_and_lock_outs_are_summed_up_and_named_by_account(serve: Serve) -> None:
    api = await serve(rate_limits="on")
    await api.person()
    ida = await api.person("Ida")
    await set_active(CONSOLE, ida.id, is_active=False)
    assert [await fail(api, "Ann@example.com") for _ in range(7)] == [401] * 5 + [429] * 2
    assert await fail(api, "ida@example.com", PASSWORD) == 403
    assert await fail(api, "nobody@example.com") == 401
    assert await entries() == []
    await api.app[REFUSED].flush()
    total, *named = await entries()
    assert total == (
        "instance",
        None,
        {"failed": 7, "locked": 2, "accounts": 3, "addresses": 1},
    )
    assert sorted(named, key=lambda one: str(one[1])) == [
        ("user", "ann@example.com", {"failed": 5, "locked": 2}),
        ("user", "ida@example.com", {"failed": 1, "locked": 0}),
    ]
    assert "nobody@example.com" not in str(await AuditEntry.all().values())
    await api.app[REFUSED].flush()
    assert len(await entries()) == 3  # nothing new
    assert [one async for one in verify(await project_ids()) if one.problems] == []


async def test_who_signs_in_is_not_counted(api: Api) -> None:
    await api.person()
    await api.app[REFUSED].flush()
    assert await entries() == []


async def test_many_accounts_make_few_entries(api: Api) -> None:
    for number in range(30):
        await api.person(f"P{number}")
    for number in range(30):
        for _ in range(2 if number < 20 else 1):
            assert await fail(api, f"p{number}@example.com") == 401
    await api.app[REFUSED].flush()
    total, *named = await entries()
    assert total[2] == {"failed": 50, "locked": 0, "accounts": 30, "addresses": 1}
    assert {name for _, name, _ in named} == {f"p{number}@example.com" for number in range(20)}


async def test_counts_survive_a_database_that_is_away(api: Api) -> None:
    await api.person()
    await fail(api, "ann@example.com")
    await execute("ALTER TABLE audit_log RENAME TO audit_log_away")
    try:
        with pytest.raises(Exception, match="audit_log"):
            await api.app[REFUSED].flush()
        await fail(api, "ann@example.com")
    finally:
        await execute("ALTER TABLE audit_log_away RENAME TO audit_log")
    await asyncio.gather(*(api.app[REFUSED].flush() for _ in range(3)))
    assert [details for _, _, details in await entries()] == [
        {"failed": 2, "locked": 0, "accounts": 1, "addresses": 1},
        {"failed": 2, "locked": 0},
    ]


@pytest.mark.engines("sqlite")
def test_a_server_that_stops_writes_them_down(tmp_path: Any, engine: str) -> None:
    cli = Cli(tmp_path)
    cli.user()
    with Server(cli) as server:
        body = {"email": "you@example.com", "password": "wrong horse 42"}
        for _ in range(3):
            assert server.call("POST", "/api/v1/auth/login", body).status == 401
    listed = cli("audit", "list", "--action", "sign_ins_refused", "--json").json
    assert [entry["details"]["failed"] for entry in listed] == [3, 3]
