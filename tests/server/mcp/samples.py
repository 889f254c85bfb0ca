"""For each tool, arguments that are good for a scene; ``<name>`` stands for an id of it."""

from typing import Any

from tests.server.mcp.scenes import FLOW, Scene

SAMPLES: dict[str, dict[str, Any]] = {
    "get_project_context": {},
    "search_project": {"text": "e"},
    "list_endpoints": {"collection_id": "<collection>"},
    "get_collection": {"collection_id": "<collection>"},
    "get_endpoint": {"endpoint_id": "<endpoint>"},
    "get_environment": {"environment_id": "<environment>"},
    "get_flow": {"flow_id": "<flow>"},
    "render_request": {"endpoint_id": "<endpoint>", "environment": "<environment>"},
    "list_changes": {"since_revision": 0},
    "export_collection": {"collection_id": "<collection>", "format": "curl"},
    "create_collection": {"name": "New", "parent_id": "<collection>"},
    "update_collection": {"collection_id": "<collection>", "set": [{"key": "a", "value": "b"}]},
    "delete_collection": {"collection_id": "<collection>", "confirm_name": "Users"},
    "create_endpoint": {
        "collection_id": "<collection>",
        "name": "New",
        "method": "GET",
        "url": "/",
    },
    "update_endpoint": {"endpoint_id": "<endpoint>", "name": "Renamed"},
    "delete_endpoint": {"endpoint_id": "<endpoint>", "confirm_name": "List users"},
    "create_environment": {"name": "New"},
    "update_environment": {"environment_id": "<environment>", "name": "Renamed"},
    "delete_environment": {"environment_id": "<environment>", "confirm_name": "Stage"},
    "create_flow": {"name": "New", "flow_data": FLOW, "collection_id": "<collection>"},
    "update_flow": {"flow_id": "<flow>", "name": "Renamed"},
    "delete_flow": {"flow_id": "<flow>", "confirm_name": "Sign in"},
    "import_document": {
        "document": "curl https://example.com",
        "parent_id": "<collection>",
        "dry_run": False,
    },
}


def arguments_for(tool: str, made: Scene) -> dict[str, Any]:
    """Return the good arguments of a tool, about what is in a scene."""
    ids = {f"<{kind}>": getattr(made, kind)["id"] for kind in KINDS}
    return {
        name: ids.get(value, value) if isinstance(value, str) else value
        for name, value in SAMPLES[tool].items()
    }


def names_something(tool: str) -> bool:
    """Whether the arguments of a tool have an id."""
    return any(str(value).startswith("<") for value in SAMPLES[tool].values())


KINDS = ("collection", "endpoint", "environment", "flow")
