"""Documents with secret values in every place where a format has one, and where they may not be."""

import zlib
from typing import Any

from gassapi_backend.database import rows
from tests.conftest import TABLES, Api, Person

HUSH = "hush-hush-4711"

POSTMAN_ENVIRONMENT = {
    "name": "Live",
    "values": [{"key": "pw", "value": HUSH, "type": "secret", "enabled": True}],
    "_postman_variable_scope": "environment",
}
POSTMAN_COLLECTION = {
    "info": {
        "name": "Safe",
        "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json",
    },
    "variable": [{"key": "pw", "value": HUSH, "type": "secret"}],
    "item": [
        {
            "name": "Folder",
            "variable": [{"key": "inner", "value": HUSH, "type": "secret"}],
            "item": [
                {
                    "name": "Open",
                    "request": {
                        "method": "POST",
                        "url": "http://x.test/?k={{pw}}",
                        "header": [{"key": "X-Key", "value": "{{inner}}"}],
                        "auth": {
                            "type": "basic",
                            "basic": [
                                {"key": "username", "value": "ann"},
                                {"key": "password", "value": "{{pw}}"},
                            ],
                        },
                        "body": {"mode": "raw", "raw": '{"key": "{{pw}}"}'},
                    },
                }
            ],
        }
    ],
}
POSTMAN_DUMP = {
    "version": 1,
    "collections": [],
    "environments": [POSTMAN_ENVIRONMENT],
    "globals": [{"key": "g", "value": HUSH, "type": "secret", "enabled": True}],
}
HOPPSCOTCH = [
    {
        "v": 2,
        "name": "Live",
        "variables": [{"key": "pw", "initialValue": HUSH, "currentValue": HUSH, "secret": True}],
    }
]
HOPPSCOTCH_COLLECTION = {
    "v": 12,
    "name": "Safe",
    "folders": [],
    "requests": [],
    "auth": {"authType": "none", "authActive": True},
    "headers": [],
    "variables": [{"key": "pw", "initialValue": HUSH, "currentValue": HUSH, "secret": True}],
}
OPENCOLLECTION = f"""
opencollection: 1.0.0
info: {{name: Safe}}
config:
  environments:
    - name: Live
      variables:
        - {{name: pw, value: {HUSH}, secret: true}}
items:
  - {{name: Open, type: http, http: {{method: GET, url: 'http://x.test/{{{{pw}}}}'}}}}
"""
BRUNO = {
    "name": "Safe",
    "version": "1",
    "items": [],
    "environments": [
        {
            "name": "Live",
            "variables": [
                {"name": "pw", "value": HUSH, "type": "text", "enabled": True, "secret": True}
            ],
        }
    ],
}
SEALED = "eyJpdiI6ICIwMGZmIiwgInQiOiAiMTEiLCAiZCI6ICIyMiIsICJhZCI6ICIifQ=="
INSOMNIA = f"""
type: collection.insomnia.rest/5.0
schema_version: "5.1"
name: Safe
meta: {{id: wrk_1}}
collection:
  - {{name: Open, url: "http://x.test/{{{{ _.vault.pw }}}}", method: GET, meta: {{id: req_1}}}}
environments:
  name: Base
  meta: {{id: env_1}}
  data: {{}}
  subEnvironments:
    - name: Live
      meta: {{id: env_2, isPrivate: true}}
      data: {{__insomnia_vault: {{pw: {SEALED}}}}}
      kvPairData: [{{id: kv_1, name: pw, value: {SEALED}, type: secret, enabled: true}}]
"""
"""The vault's values are encrypted for Insomnia alone; they are set here by hand."""

INSOMNIA_BY_HAND = INSOMNIA.replace(SEALED, HUSH)

DOCUMENTS: dict[str, Any] = {
    "a Postman environment": POSTMAN_ENVIRONMENT,
    "a Postman collection": POSTMAN_COLLECTION,
    "a Postman dump": POSTMAN_DUMP,
    "Hoppscotch environments": HOPPSCOTCH,
    "a Hoppscotch collection": HOPPSCOTCH_COLLECTION,
    "OpenCollection": OPENCOLLECTION,
    "Bruno": BRUNO,
    "Insomnia": INSOMNIA_BY_HAND,
}


async def everything_stored() -> str:
    """Return all that the database holds, unpacked, but for what is sealed."""
    found = []
    for table in TABLES:
        for row in await rows(f"SELECT * FROM {table}"):  # noqa: S608 - the list of tables
            found += [_text(value) for value in row.values()]
    return "\n".join(found)


def _text(value: Any) -> str:
    if not isinstance(value, bytes):
        return str(value)
    try:
        return zlib.decompress(value).decode()
    except zlib.error:
        return value.decode(errors="replace")


async def everything_shown(api: Api, who: Person | str, project_id: str) -> str:
    """Return all that somebody sees of a project without asking for secret values."""
    found = []
    for path in await _paths(api, who, project_id):
        response = await api.call("GET", path, who)
        assert response.status in (200, 403), (path, await response.text())
        found.append(f"{path}: {await response.text()}")
    return "\n".join(found)


async def _paths(api: Api, who: Person | str, project_id: str) -> list[str]:
    base = f"/projects/{project_id}"
    below = (
        "",
        "/context",
        "/collections",
        "/collections?flat=true",
        "/endpoints",
        "/environments",
    )
    paths = [f"{base}{one}" for one in (*below, "/changes?since=0", "/activity", "/export")]
    collections = await api.json("GET", f"{base}/collections?flat=true", who)
    environments = await api.json("GET", f"{base}/environments", who)
    for one in environments["environments"]:
        path = f"/environments/{one['id']}"
        formats = ("postman", "insomnia", "dotenv")
        paths += [path, *(f"{path}/export?format={each}" for each in formats)]
    for one in collections["collections"]:
        path = f"/collections/{one['id']}"
        formats = ("postman", "openapi", "insomnia", "har", "curl", "http", "opencollection")
        exports = [f"{path}/export?format={each}" for each in formats]
        paths += [path, *exports, f"{path}/export?format=insomnia&version=4"]
        for environment in environments["environments"]:
            paths += [f"{each}&environment={environment['id']}" for each in exports]
    return paths
