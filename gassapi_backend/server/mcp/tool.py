"""A tool and its description for clients, derived from its function's types."""

import inspect
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, get_type_hints

from pydantic import BaseModel, ConfigDict, TypeAdapter

from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.mcp.calls import Call


class Arguments(BaseModel):
    """The arguments of a tool: types are not coerced, unknown arguments are refused."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)

    def given(self, *leave_out: str) -> dict[str, Any]:
        """Return the arguments that were sent, by name."""
        return {
            name: getattr(self, name) for name in self.model_fields_set if name not in leave_out
        }


@dataclass(frozen=True)
class Tool:
    """A tool: its function's docstring and types are its description.

    ``is_destructive``: it removes something. ``is_idempotent``: repeating it changes nothing.
    ``is_large``: it reads so much that others go first, and keeps no lock meanwhile.
    """

    name: str
    title: str
    permission: Permission
    run: Callable[[Call, Any], Awaitable[Mapping[str, Any]]]
    is_destructive: bool = False
    is_idempotent: bool = False
    is_large: bool = False

    def __post_init__(self) -> None:
        if not isinstance(self.permission, Permission):
            raise TypeError(f"{self.name} needs a permission.")
        if self.is_large and not self.is_read:
            raise TypeError(f"{self.name} may keep a lock that others wait for.")

    @property
    def is_read(self) -> bool:
        """Whether it changes nothing."""
        return self.permission is Permission.READ

    @cached_property
    def arguments(self) -> type[Arguments]:
        """The schema of its arguments."""
        parameters = list(inspect.signature(self.run).parameters)
        kind: type[Arguments] = get_type_hints(self.run)[parameters[1]]
        return kind

    @property
    def description(self) -> str:
        """What it does, on one line."""
        return re.sub(r"\s+", " ", inspect.getdoc(self.run) or "")

    def described(self, *, with_titles: bool) -> dict[str, Any]:
        """Return it in the form of ``tools/list``; the first version had no titles or outputs."""
        found = dict(self._described)
        if not with_titles:
            del found["title"], found["outputSchema"]
        return found

    @cached_property
    def _described(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "inputSchema": compact(self.arguments.model_json_schema()),
            "outputSchema": self.output_schema,
            "annotations": self.hints,
        }

    @property
    def output_schema(self) -> dict[str, Any]:
        """The schema of its answer."""
        answer = TypeAdapter(get_type_hints(self.run)["return"])
        return compact(answer.json_schema(mode="serialization"))

    @property
    def hints(self) -> dict[str, Any]:
        """Hints that decide what clients ask people; only those that differ from the defaults."""
        if self.is_read:
            return {"readOnlyHint": True, "openWorldHint": False}
        return {
            "readOnlyHint": False,
            "destructiveHint": self.is_destructive,
            "idempotentHint": self.is_idempotent,
            "openWorldHint": False,
        }


_LEFT_OUT = {
    *("title", "additionalProperties", "pattern", "maxLength", "minLength", "maxItems"),
    *("default", "$defs"),
}


def compact(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema that small models and old clients understand: one type for each property.

    References are resolved. What only repeats a rule is left out: the server states the rule when
    it is broken.
    """
    found = _compact(schema, schema.get("$defs", {}))
    found.pop("description", None)
    found.setdefault("properties", {})
    return found


def _compact(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        referred = dict(definitions[schema["$ref"].rpartition("/")[2]])
        referred.pop("description", None)  # for us
        schema = {**referred, **{key: one for key, one in schema.items() if key != "$ref"}}
    found: dict[str, Any] = {}
    for key, value in schema.items():
        if key == "properties":
            found[key] = {name: _compact(one, definitions) for name, one in value.items()}
        elif key == "items":
            found[key] = _compact(value, definitions) if value else {"type": "object"}
        elif key == "const":
            found["enum"] = [value]
        elif key not in _LEFT_OUT:
            found[key] = value
    return found
