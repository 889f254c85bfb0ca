"""A flow's data and inputs as the JSON that is stored: checked, converted, redrawn.

Where there is much of it, in a thread: the event loop goes on meanwhile.
"""

import asyncio
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import orjson

from gassapi_backend.server.errors import Invalid
from gassapi_backend.server.flows import shapes
from gassapi_backend.server.flows.checks import check_flow
from gassapi_backend.server.flows.shapes import Json, Shape

MAX_DATA = 500_000  # bytes of JSON
MAX_INPUTS = 50_000
THREAD_FROM = 16_000

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


async def checked(data: Json | str, inputs: list[Any] | str | None) -> tuple[str, str]:
    """Return the JSON of data and inputs, either of which may be stored JSON already.

    Raises ``Invalid`` where they are too large or do not fit each other.
    """
    data_text = _written(data, MAX_DATA, "flowData")
    inputs_text = _written(inputs or [], MAX_INPUTS, "flowInputs")
    await _worked(len(data_text), _check, data_text, inputs_text)
    return data_text, inputs_text


async def redrawn(data: str, inputs: str, changes: Json) -> tuple[str, Json]:
    """Return a flow's JSON after changes to its drawing, and that drawing. Raises ``Invalid``."""
    size = len(data) + len(orjson.dumps(changes))
    return await _worked(size, _redraw, data, inputs, changes)


async def shaped(data: str, shape: Shape) -> Json:
    """Return stored data in a shape."""
    return await _worked(len(data), _shape, data, shape)


async def _worked(
    size: int,
    work: Callable[Parameters, Result],
    *values: Parameters.args,
    **options: Parameters.kwargs,
) -> Result:
    if size < THREAD_FROM:
        return work(*values, **options)
    return await asyncio.to_thread(work, *values, **options)


def _written(value: Any, limit: int, field: str) -> str:
    if isinstance(value, str):
        return value
    written = orjson.dumps(value)
    if len(written) > limit:
        raise Invalid.field(field, f"It is larger than {limit // 1000} KB of JSON.")
    return written.decode()


def _check(data: str, inputs: str) -> None:
    check_flow(orjson.loads(data), orjson.loads(inputs))


def _shape(data: str, shape: Shape) -> Json:
    flow: Json = orjson.loads(data)
    if shape == "ui":
        return shapes.to_drawing(flow) if "steps" in flow else flow
    return flow if "steps" in flow else shapes.to_steps(flow)


def _redraw(data: str, inputs: str, changes: Json) -> tuple[str, Json]:
    if changes:
        check_flow(_shape(data, "ui") | changes, orjson.loads(inputs), place=())
    flow, drawing = shapes.redrawn(orjson.loads(data), changes)
    return _written(flow, MAX_DATA, "nodes"), drawing
