"""Documents of other tools, small and our own, and how to send them."""

from typing import Any

from aiohttp import FormData

from tests.conftest import Api, Person

POSTMAN: dict[str, Any] = {
    "info": {
        "_postman_id": "11111111-2222-4333-8444-555555555555",
        "name": "Bakery",
        "description": "Bread",
        "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json",
    },
    "item": [
        {
            "name": "List bread",
            "id": "a1",
            "event": [{"listen": "test", "script": {"exec": ["pm.test('x')"]}}],
            "request": {
                "method": "GET",
                "header": [
                    {"key": "X-A", "value": "1"},
                    {"key": "X-A", "value": "2", "disabled": True},
                ],
                "url": {
                    "raw": "{{base}}/bread?page=1",
                    "host": ["{{base}}"],
                    "path": ["bread"],
                    "query": [{"key": "page", "value": "1", "description": "which"}],
                },
            },
            "response": [
                {
                    "name": "Good",
                    "status": "OK",
                    "code": 200,
                    "header": [{"key": "Content-Type", "value": "application/json"}],
                    "body": "[]",
                }
            ],
        },
        {
            "name": "Orders",
            "id": "f1",
            "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "{{t}}"}]},
            "item": [
                {
                    "name": "Order",
                    "id": "b1",
                    "request": {
                        "method": "POST",
                        "header": [],
                        "body": {
                            "mode": "raw",
                            "raw": '{\n  "n": {{n}}, // how many\n  "x": 1.0\n}',
                            "options": {"raw": {"language": "json"}},
                        },
                        "url": {"raw": "{{base}}/orders", "host": ["{{base}}"], "path": ["orders"]},
                    },
                    "response": [],
                }
            ],
        },
    ],
    "variable": [{"key": "base", "value": "https://bakery.test"}],
}
ENVIRONMENT: dict[str, Any] = {
    "id": "e1",
    "name": "Live",
    "values": [
        {"key": "host", "value": "live.test", "enabled": True, "type": "default"},
        {"key": "password", "value": "hush hush", "enabled": True, "type": "secret"},
    ],
    "_postman_variable_scope": "environment",
}


async def bring(
    api: Api, who: Person | str, project_id: str, data: Any, *, expect: int = 201, **options: Any
) -> Any:
    """Import a document; return the answer."""
    body = {"projectId": project_id, "data": data, **options}
    return await api.json("POST", "/collections/import", who, json=body, expect=expect)


def bomb() -> str:
    """Return YAML whose aliases are four times as many on each of twenty levels."""
    lines = ["a: &a [x, x, x, x]"]
    for above, name in zip("abcdefghijklmnopqrst", "bcdefghijklmnopqrstu", strict=True):
        lines.append(f"{name}: &{name} [{', '.join([f'*{above}'] * 4)}]")
    return "\n".join(lines)


async def fetch(api: Api, who: Person | str, path: str, *, expect: int = 200) -> bytes:
    """Return the bytes of an export."""
    response = await api.call("GET", path, who)
    content = await response.read()
    assert response.status == expect, content
    return content


def form(project_id: str, content: bytes, name: str = "file.json", **fields: str) -> FormData:
    """Return a form with a file."""
    data = FormData({"projectId": project_id, **fields})
    data.add_field("file", content, filename=name)
    return data


async def endpoints_of(api: Api, who: Person | str, project_id: str) -> dict[str, dict[str, Any]]:
    """Return a project's endpoints by name."""
    path = f"/projects/{project_id}/endpoints?limit=100"
    return {one["name"]: one for one in (await api.json("GET", path, who))["endpoints"]}


def without_ids(value: Any) -> Any:
    """Return a document without what names it: that is what equal means."""
    dropped = {"id", "_postman_id", "uid", "_exporter_id"}
    if isinstance(value, dict):
        return {key: without_ids(one) for key, one in value.items() if key not in dropped}
    return [without_ids(one) for one in value] if isinstance(value, list) else value
