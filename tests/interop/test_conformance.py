"""MCP's conformance suite: the scenarios about what this server does."""

import re
from collections.abc import Iterator

import pytest

from tests.interop.scenes import SUITE, Scene, node, scene
from tests.interop.token_proxy import token_proxy

MODERN = [
    "server-stateless",
    "caching",
    "http-header-validation",
    "tools-list",
    "resources-list",
    "prompts-list",
    "sep-2164-resource-not-found",
    "dns-rebinding-protection",
]
NEEDS_TOOLS_OF_THE_SUITE = {
    # each calls a tool that a server has to have for the suite: test_missing_capability,
    # test_streaming_elicitation, test_logging_tool
    "sep-2575-server-rejects-undeclared-capability",
    "sep-2575-missing-capability-http-400",
    "sep-2575-http-server-no-independent-requests-on-stream",
    "sep-2575-server-no-log-without-loglevel",
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with scene(tmp_path_factory.mktemp("conformance")) as found:
        yield found


@pytest.mark.parametrize(
    ("name", "version"),
    [*((one, "2026-07-28") for one in MODERN), ("server-initialize", ""), ("ping", "")],
)
def test_the_server_passes(place: Scene, name: str, version: str) -> None:
    with token_proxy(place.server.port, place.token) as url:
        flags = ["--spec-version", version] if version else []
        command = [str(node()), str(SUITE), "server", "--url", f"{url}/mcp", *flags]
        code, said = place.run([*command, "--scenario", name])
    failed = set(re.findall(r"\[([\w-]+)\s*\] FAILURE", said))
    assert failed <= NEEDS_TOOLS_OF_THE_SUITE, said
    assert re.search(r"\] SUCCESS|Passed: [1-9]", said), said
    assert code == 0 or failed, said
