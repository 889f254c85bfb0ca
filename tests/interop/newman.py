"""Newman: a collection is exported and run, and what came of each request is returned."""

import json
from pathlib import Path

from gassapi_backend.exchange import formats
from gassapi_backend.exchange.postman.requests import is_pruned
from gassapi_backend.exchange.postman.urls import parts_differ
from gassapi_backend.exchange.tree import Document
from gassapi_backend.exchange.writing import WriteOptions
from tests.interop import npm
from tests.interop.echo import Echo, Received
from tests.interop.sending import Expected, Run, Sender

OWN = frozenset(
    {
        "accept",
        "accept-encoding",
        "cache-control",
        "connection",
        "content-length",
        "host",
        "postman-token",
        "proxy-connection",
        "transfer-encoding",
        "user-agent",
    }
)
"""Headers that newman sends by itself."""


def is_beyond_newman(expected: Expected) -> bool:
    """Whether newman cannot send what Postman's own documents say.

    It takes parts of a path that are objects for text, looks for variables with the blanks around
    their names, and where text and parts of a URL differ, it takes the parts.
    """
    origin = expected.request.origin
    url = origin.original["node"]["request"] if origin and origin.format == "postman" else None
    said = url.get("url") if isinstance(url, dict) else None
    path = said.get("path") if isinstance(said, dict) else None
    has_objects = isinstance(path, list) and any(isinstance(one, dict) for one in path)
    return has_objects or "{{ " in expected.request.url or parts_differ(said)


def is_without_body(expected: Expected) -> bool:
    """Whether Postman leaves out this body, and did before we exported it."""
    origin = expected.request.origin
    node = origin.original["node"] if origin and origin.format == "postman" else None
    return node is not None and is_pruned(expected.request.method, node)


NEWMAN = Sender(OWN, is_beyond_newman, is_without_body)


def run_in_newman(run: Run, server: Echo, folder: Path) -> list[tuple[str, Received | None]]:
    """Run a collection; return the names of its requests with what came of each, if it was sent."""
    collection, environment = folder / "collection.json", folder / "environment.json"
    one = Document("", "", run.document.collections[:1])
    collection.write_bytes(formats.write(one, "postman", WriteOptions()).content())
    values = [{**variable, "enabled": True} for variable in run.variables]
    environment.write_text(json.dumps({"name": "e", "values": values}), encoding="utf-8")
    del server.received[:]
    arguments = ["--environment", str(environment), "--working-dir", str(folder)]
    arguments += ["--reporters", "json", "--reporter-json-export", "report.json"]
    arguments += ["--timeout-request", "20000"]
    done = npm.run(
        "newman",
        "run",
        str(collection),
        *arguments,
        folder=folder,
        HTTP_PROXY=server.url,
        http_proxy=server.url,
        NO_PROXY="",
        no_proxy="",
    )
    report = folder / "report.json"
    assert report.exists(), done.output
    executions = json.loads(report.read_text(encoding="utf-8"))["run"]["executions"]
    received = iter(server.received)
    return [
        (execution["item"].get("name", ""), next(received) if "response" in execution else None)
        for execution in executions
        if "request" in execution["item"]
    ]
