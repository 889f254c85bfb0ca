"""What the OpenAPI document says of a flow's steps and drawing; ``checks`` knows more rules."""

from typing import Any

from gassapi_backend.server.flows.checks import MAX_URL
from gassapi_backend.server.flows.references import MAX_NAME

Schema = dict[str, Any]

_ID: Schema = {"type": "string", "minLength": 1, "maxLength": MAX_NAME, "pattern": r"\S"}
_NULL: Schema = {"type": "null"}
_OPTIONAL_TEXT: Schema = {"anyOf": [{"type": "string"}, _NULL]}


def _object(properties: dict[str, Schema], required: list[str]) -> Schema:
    """Return the schema of an object that may have more than these properties."""
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": True,
    }


def _array(item: Schema) -> Schema:
    return {"type": "array", "items": item}


_REQUEST: dict[str, Schema] = {
    "name": _OPTIONAL_TEXT,
    "method": _OPTIONAL_TEXT,
    "url": {"anyOf": [{"type": "string", "maxLength": MAX_URL}, _NULL]},
    "headers": {"anyOf": [{"type": "object", "additionalProperties": True}, _NULL]},
    "body": {},
    "outputs": {
        "anyOf": [{"type": "object", "additionalProperties": True}, _array({}), _NULL],
        "description": "An object by name, or an array of names or of `{name}`.",
    },
}
_STEP = _object({"id": _ID, **_REQUEST}, ["id"])
_POSITION = _object({"x": {"type": "number"}, "y": {"type": "number"}}, ["x", "y"])
NODE = _object({"id": _ID, "position": _POSITION, "data": _object(_REQUEST, [])}, ["id"])
EDGE = _object(
    {
        "id": {"anyOf": [{"type": "string", "minLength": 1}, _NULL]},
        "source": {"type": "string", "description": "The id of a node."},
        "target": {"type": "string", "description": "The id of another node."},
    },
    ["source", "target"],
)
_NONE: Schema = {"not": {}}
_VIEWPORT: Schema = {"anyOf": [{"type": "object", "additionalProperties": True}, _NULL]}

FLOW_DATA: Schema = {
    "type": "object",
    "oneOf": [
        _object(
            {
                "version": {},
                "steps": _array(_STEP),
                "config": {"type": "object", "additionalProperties": True},
                "nodes": _NONE,
                "edges": _NONE,
            },
            ["steps"],
        ),
        _object(
            {
                "nodes": _array(NODE),
                "edges": _array(EDGE),
                "viewport": _VIEWPORT,
                "steps": _NONE,
            },
            ["nodes", "edges"],
        ),
    ],
}
NODES = _array(NODE)
EDGES = _array(EDGE)

_END: Schema = {"anyOf": [{"type": "number"}, {"type": "string"}, _NULL]}
_LENGTH: Schema = {"anyOf": [{"type": "integer", "minimum": 0}, _NULL]}
_RULES: dict[str, Schema] = {
    "min": _END,
    "max": _END,
    "minLength": _LENGTH,
    "maxLength": _LENGTH,
    "pattern": {"anyOf": [{"type": "string", "maxLength": 500}, _NULL]},
    "enum": {"anyOf": [{"type": "array", "items": {}, "minItems": 1}, _NULL]},
}
VALIDATION: Schema = {"anyOf": [_object(_RULES, []), _NULL]}
"""Of an input: ``min`` and ``max`` may be texts where it is a date."""
