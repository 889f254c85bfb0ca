"""Mutated requests over every route that writes: no fault, no time-out, no broken connection."""

import http.client
import json
import os
import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.fuzz.known import ENDS, VALUES
from tests.fuzz.mutations import JSON, Sent, mutated
from tests.fuzz.world import SECONDS, World, api, new_number

WRITING = ("POST", "PUT", "PATCH", "DELETE")
ODD_IDS = ("x", "%00", "%FF", "01A20200-0000-7000-8000-000000000000", "0" * 36, "%F0%9F%92%A5")
RPC = "post_root_mcp"  # refuses in the shape of JSON-RPC
GOOD_PATH = 0.95  # of the requests are about real things


@dataclass
class Mutating:
    """A run: what was answered by operation, and what is wrong."""

    seed: int
    answers: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    problems: list[str] = field(default_factory=list)

    def run(self, count: int) -> None:
        """Send so many requests, to each writing operation in its turn."""
        chance = random.Random(self.seed)  # noqa: S311 - a repeatable choice, no secret
        writing = [
            (name, *one) for name, one in sorted(api().operations.items()) if one[0] in WRITING
        ]
        world = World.new()
        for number in range(count):
            name, method, path, operation = writing[number % len(writing)]
            path = self._filled(path, world, chance)
            sent = mutated(self._good(name, operation, world), chance)
            is_mcp = "accessToken" not in {one for way in operation["security"] for one in way}
            bearer = world.new_mcp_token()["token"] if is_mcp and operation["security"] else None
            status = self._send(name, method, path, sent, bearer or world.access)
            self.answers[name][status] += 1
            if status < 300 and (method == "DELETE" or name in ENDS):
                world = World.new()

    def _filled(self, path: str, world: World, chance: random.Random) -> str:
        for parameter, value in world.ids.items():
            odd = chance.choice(ODD_IDS)
            path = path.replace(f"{{{parameter}}}", value if chance.random() < GOOD_PATH else odd)
        return path.replace("{", "").replace("}", "")

    def _good(self, name: str, operation: dict[str, Any], world: World) -> Any:
        content = operation.get("requestBody", {}).get("content", {})
        body = dict(content.get(JSON, {}).get("example", {}))
        values = world.values | VALUES.get(name, {})
        if name in ("post_auth_register", "post_users"):
            values["email"] = world.new_email
        body.pop("expiresAt", None)  # what is an example today is past some day
        if isinstance(body.get("name"), str):
            body["name"] = f"{body['name']} {new_number()}"
        return body | {key: value for key, value in values.items() if key in body}

    def _send(self, name: str, method: str, path: str, sent: Sent, access: str) -> int:
        """Send a request over a connection of its own; return its status, 0 for no answer."""
        parts = urlsplit(os.environ["FUZZ_URL"])
        connection = http.client.HTTPConnection(parts.netloc, timeout=SECONDS)
        try:
            headers = {"Authorization": f"Bearer {access}", **sent.headers}
            connection.request(method, path, sent.body, headers)
            response = connection.getresponse()
            body = response.read()
        except (OSError, http.client.HTTPException) as error:
            self._note(name, method, path, sent, f"{type(error).__name__}: {error}")
            return 0
        finally:
            connection.close()
        if response.status >= 500:
            self._note(name, method, path, sent, f"{response.status} {body[:200]!r}")
        elif response.status >= 400 and name != RPC and not _is_refusal(body):
            self._note(name, method, path, sent, f"{response.status}, no refusal: {body[:200]!r}")
        return response.status

    def _note(self, name: str, method: str, path: str, sent: Sent, what: str) -> None:
        shown = f"{sent.headers} {sent.body[:300]!r}"
        self.problems.append(f"{name}: {method} {path} {shown}: {what}")


def _is_refusal(body: bytes) -> bool:
    try:
        found = json.loads(body)
    except ValueError:
        return False
    return found.get("success") is False and bool(found["error"]["message"])
