"""Somebody who reads by the API or by a tool, and what the database is asked for meanwhile."""

import logging
from typing import Any

import pytest

from tests.conftest import Api, Person
from tests.server.lists import PAGING, Read
from tests.server.mcp import clients as mcp

Asked = list[tuple[str, Any]]


class Reader:
    """A person, and an assistant with a token."""

    def __init__(self, api: Api, who: Person, token: str, caplog: pytest.LogCaptureFixture) -> None:
        self._api = api
        self._who = who
        self._token = token
        self._caplog = caplog

    async def pages(self, read: Read) -> Asked:
        """Return what the first and the last page of a list ask for, gone to by its cursors."""
        first, answer = await self._ask(read)
        last: Asked = []
        while (cursor := _cursor_in(answer)) and not _says_where(read):
            last, answer = await self._ask(_behind(read, cursor))
        return first + last

    async def _ask(self, read: Read) -> tuple[Asked, Any]:
        self._caplog.clear()
        with self._caplog.at_level(logging.DEBUG, "tortoise.db_client"):
            answer = await self._answer(read)
        records = [record for record in self._caplog.records if record.name == "tortoise.db_client"]
        said = [record.args for record in records]
        asked = [(str(one[0]), one[1] or []) for one in said if isinstance(one, tuple) and one[1:]]
        assert asked, read
        return [one for one in asked if "FROM sessions" not in one[0]], answer

    async def _answer(self, read: Read) -> Any:
        if isinstance(read, str):
            response = await self._api.call("GET", read, self._who)
            assert response.status == 200, (read, await response.text())
            return await response.json() if response.content_type == "application/json" else {}
        return await mcp.call(self._api, self._token, read[0], **dict(read[1]))


def _says_where(read: Read) -> bool:
    return isinstance(read, str) and any(f"{name}=" in read for name in PAGING)


def _cursor_in(answer: Any) -> str | None:
    return answer.get("nextCursor") or answer.get("pagination", {}).get("nextCursor")


def _behind(read: Read, cursor: str) -> Read:
    if isinstance(read, str):
        return f"{read}{'&' if '?' in read else '?'}cursor={cursor}"
    return read[0], (*read[1], ("cursor", cursor))
