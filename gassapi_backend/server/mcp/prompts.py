"""Prompts: tasks that people start by name, with their subject included as data."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gassapi_backend.server.errors import Invalid
from gassapi_backend.server.mcp import markdown
from gassapi_backend.server.mcp.answers import marked_text
from gassapi_backend.server.mcp.calls import Call
from gassapi_backend.server.mcp.collection_tools import CollectionWanted, get_collection
from gassapi_backend.server.mcp.endpoint_tools import (
    EndpointsWanted,
    EndpointWanted,
    get_endpoint,
    list_endpoints,
)
from gassapi_backend.server.mcp.handles import id_of
from gassapi_backend.server.mcp.rendering import RenderWanted, render_request

Given = Mapping[str, str]
MAX_GIVEN = 10_000  # characters of what people may add

DOCUMENT = """
Document this saved request of our API. Say what it is for (purpose), what it does (description),
what each parameter and each header means (request_params, header_docs), and what comes back
(response_schema). Keep what is right already; ask where something cannot be known from here. Show
the text first; write it with update_endpoint once the person agrees.
"""
TEST = """
Write a flow that tests these requests of our API: steps in an order that works, each taking from
earlier steps what it needs ({{step.output}}), with inputs for what differs between runs
({{input.x}}). Look at each request with get_endpoint first. Show the steps in words; create the
flow with create_flow once the person agrees.
"""
REVIEW = """
Review this collection of our API. Look at its requests with get_endpoint. Name what is
inconsistent (names, paths, methods, headers), what is repeated and could be inherited, secrets that
are not in secret variables, and what lacks a description. Begin with what matters most; change
nothing without being asked.
"""
DEBUG = """
Find out why this request fails. Compare it as it is sent with what the API expects: method, URL,
variables without a value, credentials, headers, body. Say what is most likely wrong and how to
check that; propose the change as update_endpoint or update_environment would make it.
"""


@dataclass(frozen=True)
class Prompt:
    """A prompt: its arguments, by name (meaning, whether required), and its text."""

    name: str
    title: str
    description: str
    arguments: dict[str, tuple[str, bool]]
    write: Callable[[Call, Given], Awaitable[str]]

    def described(self) -> dict[str, Any]:
        """Return it in the form of ``prompts/list``."""
        arguments = [
            {"name": name, "description": about, "required": is_required}
            for name, (about, is_required) in self.arguments.items()
        ]
        return {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "arguments": arguments,
        }


async def get_prompt(call: Call, prompt: Prompt, given: Given) -> dict[str, Any]:
    """Return a prompt with its subject. Raises ``Invalid``, and what the tools raise."""
    for name, value in given.items():
        if name not in prompt.arguments:
            known = ", ".join(prompt.arguments)
            raise Invalid(f"The prompt {prompt.name} takes no argument {name[:100]}, but {known}.")
        if len(value) > MAX_GIVEN:
            raise Invalid(f"The argument {name} is longer than {MAX_GIVEN} characters.")
    for name, (_, is_required) in prompt.arguments.items():
        if is_required and not given.get(name):
            raise Invalid(f"The prompt {prompt.name} needs the argument {name}.")
    text = await prompt.write(call, given)
    message = {"role": "user", "content": {"type": "text", "text": text}}
    return {"description": prompt.description, "messages": [message]}


async def _document(call: Call, given: Given) -> str:
    return _with_data(DOCUMENT, await _endpoint(call, given["endpoint"]))


async def _test(call: Call, given: Given) -> str:
    goal = given.get("goal")
    task = f"{TEST.strip()}\n\nWhat it is to show: {goal}" if goal else TEST
    return _with_data(task, await _collection(call, given["collection"]))


async def _review(call: Call, given: Given) -> str:
    return _with_data(REVIEW, await _collection(call, given["collection"]))


async def _debug(call: Call, given: Given) -> str:
    wanted = RenderWanted(endpoint_id=id_of(given["endpoint"]))
    if environment := given.get("environment"):
        wanted = RenderWanted(endpoint_id=wanted.endpoint_id, environment=id_of(environment))
    sent = await render_request(call, wanted)
    parts = ["## As it is sent", "", sent["request"]]
    for name in ("unresolved", "secret", "notes"):
        if sent[name]:
            parts.append(f"{name}: {', '.join(sent[name])}")
    if failure := given.get("failure"):
        parts += ["", "## What came back", "", failure]
    saved = await _endpoint(call, given["endpoint"])
    return _with_data(DEBUG, "\n".join([saved, "", *parts]))


async def _endpoint(call: Call, handle: str) -> str:
    found = await get_endpoint(call, EndpointWanted(endpoint_id=id_of(handle)))
    return f"Id: {id_of(handle)}\n\n{markdown.endpoint_text(found['endpoint'])}"


async def _collection(call: Call, handle: str) -> str:
    id_ = id_of(handle)
    found = await get_collection(call, CollectionWanted(collection_id=id_))
    inside = await list_endpoints(call, EndpointsWanted(collection_id=id_))
    lines = [
        f"- {one['method']} {one['name']}: {one['url']} ({one['id']})"
        for one in inside["endpoints"]
    ]
    return "\n".join([f"Id: {id_}", "", markdown.collection_text(found), "", *lines])


def _with_data(task: str, data: str) -> str:
    return f"{task.strip()}\n\n{marked_text(data)}"


_ENDPOINT = ("The endpoint: its id, or what completion offers", True)
_COLLECTION = ("The collection: its id, or what completion offers", True)

PROMPTS = (
    Prompt(
        "document_endpoint",
        "Document an endpoint",
        "Write down what a saved request is for and what its parts mean.",
        {"endpoint": _ENDPOINT},
        _document,
    ),
    Prompt(
        "write_test_flow",
        "Write a test flow",
        "Make a flow that tests the requests of a collection.",
        {"collection": _COLLECTION, "goal": ("What the test is to show", False)},
        _test,
    ),
    Prompt(
        "review_collection",
        "Review a collection",
        "Look for what is inconsistent, repeated, unsafe or undocumented.",
        {"collection": _COLLECTION},
        _review,
    ),
    Prompt(
        "debug_failure",
        "Find out why a request fails",
        "Compare a request as it is sent with what came back.",
        {
            "endpoint": _ENDPOINT,
            "environment": ("The environment; default the project's default one", False),
            "failure": ("What came back: the status, the body, the error", False),
        },
        _debug,
    ),
)
PROMPTS_BY_NAME = {prompt.name: prompt for prompt in PROMPTS}
