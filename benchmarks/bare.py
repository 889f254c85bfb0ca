"""The yardstick: aiohttp handlers with hand-written SQL, nothing around them.

What somebody would write by hand for one purpose: check the JWT, ask the database in one statement
(session, membership and row together, members counted), answer with orjson. No error envelope, no
headers, no limits, no log, no cache, no audit beyond one insert.
"""

import asyncio
import os
import sqlite3
import sys
from typing import Any
from urllib.parse import urlsplit

import aiosqlite
import asyncmy
import jwt
import orjson
import uuid_utils
import uvloop
from aiohttp import web

from gassapi_backend.clock import now, stored
from gassapi_backend.instance_key import derive_keys
from gassapi_backend.server.access.mcp_tokens import hash_of

LIST = """
SELECT p.id, p.name, p.description, p.is_public AS isPublic, p.owner_id AS ownerId,
  o.name AS ownerName, p.revision, p.created_at AS createdAt, p.updated_at AS updatedAt,
  (SELECT COUNT(*) FROM members x WHERE x.project_id = p.id) AS memberCount
FROM sessions s JOIN members m ON m.user_id = s.user_id JOIN projects p ON p.id = m.project_id
JOIN users o ON o.id = p.owner_id
WHERE s.id = %s AND s.revoked_at IS NULL ORDER BY p.updated_at DESC LIMIT 20
"""
ONE = """
SELECT p.id, p.name, p.description, p.is_public AS isPublic, p.owner_id AS ownerId,
  o.name AS ownerName, p.revision, p.created_at AS createdAt, p.updated_at AS updatedAt, p.settings,
  (SELECT COUNT(*) FROM members x WHERE x.project_id = p.id) AS memberCount
FROM sessions s JOIN members m ON m.user_id = s.user_id JOIN projects p ON p.id = m.project_id
JOIN users o ON o.id = p.owner_id
WHERE s.id = %s AND s.revoked_at IS NULL AND p.id = %s
"""
ENDPOINTS = """
SELECT e.id, e.project_id AS projectId, e.collection_id AS collectionId, e.name, e.method, e.url,
  e.description, e.position, e.headers, e.params, e.body, e.body_type AS bodyType, e.auth,
  e.examples, e.purpose, e.request_params AS requestParams, e.response_schema AS responseSchema,
  e.header_docs AS headerDocs, e.revision, e.created_at AS createdAt, e.updated_at AS updatedAt
FROM sessions s JOIN members m ON m.user_id = s.user_id
JOIN collections c ON c.project_id = m.project_id JOIN endpoints e ON e.collection_id = c.id
WHERE s.id = %s AND s.revoked_at IS NULL AND c.id = %s ORDER BY e.position, e.id LIMIT 50
"""
JSON_COLUMNS: tuple[str, ...] = ("headers", "params", "body", "auth", "examples", "requestParams")
JSON_COLUMNS += ("responseSchema", "headerDocs")
SAVE = (
    "INSERT INTO endpoints (id, project_id, collection_id, name, name_key, method, url, url_key, "
    "description, position, headers, body, body_type, revision, created_at, updated_at) "
    "SELECT %s, p.id, c.id, %s, %s, %s, %s, %s, %s, c.endpoint_count, %s, %s, %s, p.revision, "
    "%s, %s FROM collections c JOIN projects p ON p.id = c.project_id WHERE c.id = %s",
    "INSERT INTO audit_log (id, at, actor_type, actor_id, project_id, action, "
    "resource_type, resource_id) SELECT %s, %s, 'user', %s, project_id, "
    "'endpoint_created', 'endpoint', id FROM endpoints WHERE id = %s",
)
COUNT = (
    "UPDATE collections SET endpoint_count = endpoint_count + 1 WHERE id = %s",
    "UPDATE projects SET revision = revision + 1, endpoint_count = endpoint_count + 1, "
    "updated_at = %s WHERE id = (SELECT project_id FROM collections WHERE id = %s)",
)
EDIT = (
    "UPDATE endpoints SET name = %s, name_key = %s, updated_at = %s, revision = revision + 1 "
    "WHERE id = %s",
    "INSERT INTO audit_log (id, at, actor_type, actor_id, project_id, action, "
    "resource_type, resource_id) SELECT %s, %s, 'user', %s, project_id, "
    "'endpoint_updated', 'endpoint', id FROM endpoints WHERE id = %s",
)
VALIDATE = """
SELECT t.id, p.id AS projectId, p.name, e.name AS environment, e.variables
FROM mcp_tokens t JOIN projects p ON p.id = t.project_id JOIN users u ON u.id = t.creator_id
JOIN members m ON m.project_id = p.id AND m.user_id = u.id
LEFT JOIN environments e ON e.default_of = p.id
WHERE t.token_hash = %s AND t.revoked_at IS NULL AND u.is_active
"""
TOUCH = """
UPDATE mcp_tokens SET validation_count = validation_count + 1, last_validated_at = %s WHERE id = %s
"""
RENAME = """
UPDATE projects SET name = %s, name_key = %s, updated_at = %s, revision = revision + 1
WHERE id = %s AND owner_id = %s
"""
RENAMED = """
INSERT INTO audit_log (id, at, actor_type, actor_id, project_id, revision, action, resource_type,
  resource_id)
SELECT %s, %s, 'user', %s, %s, revision, 'project_updated', 'project', %s
FROM projects WHERE id = %s
"""
INSERTS = (
    "INSERT INTO projects (id, owner_id, name, name_key, is_public, settings, member_count, "
    "collection_count, endpoint_count, revision, created_at, updated_at) "
    "VALUES (%s, %s, %s, %s, 0, '{}', 1, 0, 0, 2, %s, %s)",
    "INSERT INTO members (id, project_id, user_id, created_at) VALUES (%s, %s, %s, %s)",
    "INSERT INTO environments (id, project_id, name, name_hash, variables, default_of, revision, "
    "created_at, updated_at) VALUES (%s, %s, 'Development', %s, '[]', %s, 2, %s, %s)",
    "INSERT INTO audit_log (id, at, actor_type, actor_id, project_id, revision, action, "
    "resource_type, resource_id) "
    "VALUES (%s, %s, 'user', %s, %s, 1, 'project_created', 'project', %s)",
)


Statement = tuple[str, tuple[Any, ...]]


class Sqlite:
    """One connection, as the server under test has."""

    async def open(self, url: str) -> None:
        """Open the database."""
        self._connection = await aiosqlite.connect(urlsplit(url).path[1:], isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        await self._connection.execute("PRAGMA synchronous = NORMAL")
        await self._connection.execute("PRAGMA busy_timeout = 10000")
        self._lock = asyncio.Lock()

    async def rows(self, sql: str, values: tuple[Any, ...]) -> list[dict[str, Any]]:
        """Run a statement and return its rows."""
        found = await self._connection.execute_fetchall(sql.replace("%s", "?"), values)
        return [dict(row) for row in found]

    async def together(self, statements: list[Statement]) -> None:
        """Run statements in a transaction."""
        async with self._lock:
            await self._connection.execute("BEGIN IMMEDIATE")
            for sql, values in statements:
                await self._connection.execute(sql.replace("%s", "?"), values)
            await self._connection.execute("COMMIT")


class MySql:
    """A pool of ten connections, as the server under test has."""

    async def open(self, url: str) -> None:
        """Open the pool."""
        parts = urlsplit(url)
        self._pool = await asyncmy.create_pool(
            host=parts.hostname, port=parts.port, user=parts.username, password=parts.password,
            db=parts.path[1:], maxsize=10, autocommit=True,
        )  # fmt: skip

    async def rows(self, sql: str, values: tuple[Any, ...]) -> list[dict[str, Any]]:
        """Run a statement and return its rows."""
        async with self._pool.acquire() as connection, connection.cursor() as cursor:
            await cursor.execute(sql, values)
            names = [column[0] for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in await cursor.fetchall()]

    async def together(self, statements: list[Statement]) -> None:
        """Run statements in a transaction."""
        async with self._pool.acquire() as connection, connection.cursor() as cursor:
            await connection.begin()
            for sql, values in statements:
                await cursor.execute(sql, values)
            await connection.commit()


def _claims(request: web.Request) -> dict[str, Any]:
    token = request.headers["Authorization"].removeprefix("Bearer ")
    return jwt.decode(
        token, request.app["key"], algorithms=["HS256"], audience="gassapi", issuer="gassapi"
    )


def _reply(answer: Any, status: int = 200) -> web.Response:
    return web.Response(body=orjson.dumps(answer), content_type="application/json", status=status)


async def projects(request: web.Request) -> web.Response:
    """List one's projects."""
    found = await request.app["database"].rows(LIST, (_claims(request)["sid"],))
    return _reply({"success": True, "projects": found})


async def project(request: web.Request) -> web.Response:
    """Show a project."""
    values = (_claims(request)["sid"], request.match_info["id"])
    found = (await request.app["database"].rows(ONE, values))[0]
    found["settings"] = orjson.Fragment(found["settings"])
    return _reply({"success": True, "project": found})


async def validate(request: web.Request) -> web.Response:
    """Check a token, and count it."""
    database = request.app["database"]
    found = (await database.rows(VALIDATE, (hash_of(request.headers["X-MCP-Token"]),)))[0]
    await database.rows(TOUCH, (stored(now()), found.pop("id")))
    found["variables"] = orjson.Fragment(found["variables"])
    return _reply({"success": True, "valid": True, "project": found})


async def create(request: web.Request) -> web.Response:
    """Create a project with its member, environment and audit entry."""
    user = _claims(request)["sub"]
    name = (await request.json(loads=orjson.loads))["name"]
    new, at = str(uuid_utils.uuid7()), stored(now())
    ids = [str(uuid_utils.uuid7()) for _ in range(3)]
    values: list[tuple[Any, ...]] = [
        (new, user, name, name.lower(), at, at),
        (ids[0], new, user, at),
        (ids[1], new, "x" * 64, new, at, at),
        (ids[2], at, user, new, new),
    ]
    await request.app["database"].together(list(zip(INSERTS, values, strict=True)))
    return _reply({"success": True, "project": {"id": new, "name": name}}, 201)


async def rename(request: web.Request) -> web.Response:
    """Rename a project, with an audit entry."""
    user, project_id = _claims(request)["sub"], request.match_info["id"]
    name = (await request.json(loads=orjson.loads))["name"]
    at = stored(now())
    await request.app["database"].together(
        [
            (RENAME, (name, name.lower(), at, project_id, user)),
            (RENAMED, (str(uuid_utils.uuid7()), at, user, project_id, project_id, project_id)),
        ]
    )
    return _reply({"success": True, "project": {"id": project_id, "name": name}})


def _shown(found: dict[str, Any]) -> dict[str, Any]:
    for column in JSON_COLUMNS:
        if found[column] is not None:
            found[column] = orjson.Fragment(found[column])
    return found


async def endpoints(request: web.Request) -> web.Response:
    """List a collection's endpoints."""
    values = (_claims(request)["sid"], request.match_info["id"])
    found = await request.app["database"].rows(ENDPOINTS, values)
    return _reply({"success": True, "endpoints": [_shown(one) for one in found]})


async def save(request: web.Request) -> web.Response:
    """Save an endpoint, with an audit entry."""
    return await _save(request, [])


async def save_and_count(request: web.Request) -> web.Response:
    """Save an endpoint, with an audit entry, and count it in its collection and its project."""
    collection_id = request.match_info["id"]
    values = (collection_id,), (stored(now()), collection_id)
    return await _save(request, list(zip(COUNT, values, strict=True)))


async def _save(request: web.Request, before: list[Statement]) -> web.Response:
    user, collection_id = _claims(request)["sub"], request.match_info["id"]
    sent = await request.json(loads=orjson.loads)
    new, at = str(uuid_utils.uuid7()), stored(now())
    name, url = sent["name"], sent["url"]
    texts = [orjson.dumps(sent[field]).decode() for field in ("headers", "body")]
    named = (name, name.lower(), sent["method"], url, url.lower(), sent["description"])
    values: list[tuple[Any, ...]] = [
        (new, *named, *texts, sent["bodyType"], at, at, collection_id),
        (str(uuid_utils.uuid7()), at, user, new),
    ]
    await request.app["database"].together([*before, *zip(SAVE, values, strict=True)])
    return _reply({"success": True, "endpoint": {"id": new, **sent}}, 201)


async def edit(request: web.Request) -> web.Response:
    """Rename an endpoint, with an audit entry."""
    user, endpoint_id = _claims(request)["sub"], request.match_info["id"]
    name = (await request.json(loads=orjson.loads))["name"]
    at = stored(now())
    values = (
        (name, name.lower(), at, endpoint_id),
        (str(uuid_utils.uuid7()), at, user, endpoint_id),
    )
    await request.app["database"].together(list(zip(EDIT, values, strict=True)))
    return _reply({"success": True, "endpoint": {"id": endpoint_id, "name": name}})


async def health(_: web.Request) -> web.Response:
    """Say that this is up."""
    return _reply({"status": "ok"})


async def make(url: str, secret: str) -> web.Application:
    """Return the application over a migrated database."""
    app = web.Application()
    app["key"] = derive_keys(secret).access
    app["database"] = Sqlite() if url.startswith("sqlite:") else MySql()
    await app["database"].open(url)
    app.router.add_get("/api/v1/projects", projects)
    app.router.add_post("/api/v1/projects", create)
    app.router.add_get("/api/v1/projects/{id}", project)
    app.router.add_patch("/api/v1/projects/{id}", rename)
    app.router.add_get("/api/v1/mcp/validate", validate)
    app.router.add_get("/api/v1/collections/{id}/endpoints", endpoints)
    app.router.add_post("/api/v1/collections/{id}/endpoints", save)
    app.router.add_post("/counted/collections/{id}/endpoints", save_and_count)
    app.router.add_patch("/api/v1/endpoints/{id}", edit)
    app.router.add_get("/health", health)
    return app


if __name__ == "__main__":
    uvloop.install()
    web.run_app(
        make(os.environ["GASSAPI_DATABASE_URL"], os.environ["GASSAPI_SECRET_KEY"]),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        access_log=None,
        print=None,
    )
