"""A flow's two shapes, steps and drawing, and the way from each to the other and back.

Nothing is lost: ``to_steps(to_drawing(flow)) == flow`` and ``to_drawing(to_steps(flow)) == flow``,
to the order of keys and the type of numbers, for every flow that passed its checks, and the result
passes them too. How that can be is in ``docs/decisions/006-flow-shapes.md``; in short:

- Steps become nodes in a *plain* way: the step is the node's ``data``, the nodes stand in a row,
  each joined to the next, and the flow's other keys are kept under ``flow``.
- Nodes become steps in a *drawn* way: ``data`` becomes the step, and what is left of the node goes
  under the step's ``reactFlow``; what is left of the drawing, under the flow's ``reactFlow``.
- What is the result of one of the two is turned back instead. Where a flow could be the result of
  both, it is followed back to where it began, as in the proof of Cantor and Bernstein.
"""

from graphlib import CycleError
from itertools import pairwise
from typing import Any, Literal

from gassapi_backend.server.flows.graphs import running_order, unreached
from gassapi_backend.server.flows.references import uses_between

Json = dict[str, Any]
Shape = Literal["steps", "ui"]

KEY = "reactFlow"
NODE_TYPE = "request"
DISTANCE = 320  # pixels between the left edges of two nodes

_EMPTY: Json = {"version": "1.0", "steps": [], "config": {}}


def to_drawing(flow: Json) -> Json:
    """Return a flow of steps as ``{nodes, edges}``."""
    return _drawing_behind(flow) or plain_drawing(flow)


def to_steps(drawing: Json) -> Json:
    """Return a flow of nodes and edges as ``{version, steps, config}``, in running order."""
    flow = _plain_origin(drawing)
    return flow if flow is not None and not _drawing_behind(flow) else drawn_flow(drawing)


def redrawn(flow: Json, changes: Json) -> tuple[Json, Json]:
    """Return a flow, in the shape it has, and as a drawing, after changes to the drawing.

    ``changes`` may have ``nodes``, ``edges`` and ``viewport``; a viewport of ``None`` goes.
    """
    has_steps = "steps" in flow
    before = to_drawing(flow) if has_steps else flow
    after = {**before, **changes}
    if after.get("viewport", 0) is None and before.get("viewport", 0) is not None:
        del after["viewport"]
    if is_same(before, after):
        return flow, before
    if not has_steps:
        return after, after
    if list(before)[-1] == "flow" and _is_rest(rest := after["flow"]):
        del after["flow"]
        rest = {key: value for key, value in rest.items() if key != KEY}  # an outdated drawing
        if not is_same(rest, _EMPTY):
            after["flow"] = rest
    return to_steps(after), after


def is_same(one: Any, other: Any) -> bool:
    """Whether two values are the same JSON: ``1``, ``1.0`` and ``true`` are not.

    What the two share, and they share nearly all, is not looked into.
    """
    waiting = [(one, other)]
    while waiting:
        one, other = waiting.pop()
        if one is other:
            continue
        if type(one) is not type(other):
            return False
        if isinstance(one, dict):
            if list(one) != list(other):
                return False
            waiting += zip(one.values(), other.values(), strict=True)
        elif isinstance(one, list):
            if len(one) != len(other):
                return False
            waiting += zip(one, other, strict=True)
        elif one != other or (isinstance(one, float) and repr(one) != repr(other)):  # -0.0
            return False
    return True


def is_position(value: Any) -> bool:
    """Whether a value is a place on the drawing: ``{x, y}``."""
    return isinstance(value, dict) and all(
        isinstance(value.get(axis), (int, float)) and not isinstance(value[axis], bool)
        for axis in ("x", "y")
    )


def is_viewport(value: Any) -> bool:
    """Whether a value is the part of a drawing that is shown, or none."""
    return value is None or isinstance(value, dict)


# One step and one node; ``at`` is the step's place in the running order


def _node_of(step: Json, at: int) -> Json:
    return _node_behind(step, at) or plain_node(step, at)


def _step_of(node: Json, at: int) -> Json:
    step = _plain_step(node, at)
    return step if step is not None and not _node_behind(step, at) else drawn_step(node)


def _node_behind(step: Json, at: int) -> Json | None:
    """Return the node that a step was made of; ``None`` where the step was there first."""
    first = node = _drawn_from_step(step)
    while node is not None:
        origin = _plain_step(node, at)
        if origin is None:
            return first
        node = _drawn_from_step(origin)
    return None


def plain_node(step: Json, at: int) -> Json:
    """Return a node that carries a step, the ``at``-th of its flow."""
    drawing = step.get(KEY)
    position = drawing.get("position") if isinstance(drawing, dict) else None
    is_first = next(iter(step)) == "id"
    return {
        "id": step["id"],
        "type": NODE_TYPE,
        "position": position if is_position(position) else {"x": DISTANCE * at, "y": 0},
        "data": {key: value for key, value in step.items() if not (is_first and key == "id")},
    }


def _plain_step(node: Json, at: int) -> Json | None:
    """Return the step whose plain node this is."""
    if list(node) != ["id", "type", "position", "data"]:
        return None
    data = node["data"]
    step = data if "id" in data else {"id": node["id"], **data}
    return step if is_same(plain_node(step, at), node) else None


def drawn_step(node: Json) -> Json:
    """Return a step that carries a node of a drawing."""
    data = node.get("data", {})
    kept = _kept(data)
    drawing = {**node}
    if next(iter(node)) == "id":
        del drawing["id"]
    else:
        drawing["id"] = None
    if "data" in node:
        drawing["data"] = {key: kept.get(key) for key in data} if kept else {}
    lifted = {key: value for key, value in data.items() if key not in kept}
    return {"id": node["id"], **lifted, KEY: drawing}


def _kept(data: Json) -> Json:
    """Return what of a node's data cannot be a step's, since the step has its own."""
    return {key: data[key] for key in ("id", KEY) if key in data}


def _drawn_from_step(step: Json) -> Json | None:
    """Return the node whose drawn step this is."""
    drawing = step.get(KEY)
    if not isinstance(drawing, dict) or not isinstance(drawing.get("data", {}), dict):
        return None
    if "position" in drawing and not is_position(drawing["position"]):
        return None
    lifted = {key: value for key, value in step.items() if key not in ("id", KEY)}
    node = {**drawing} if "id" in drawing else {"id": None, **drawing}
    node["id"] = step["id"]
    if outline := node.get("data"):
        node["data"] = {key: lifted.get(key) for key in outline} | _kept(outline)
    elif "data" in node:
        node["data"] = lifted
    return node if is_same(drawn_step(node), step) else None


# The whole flow


def _drawing_behind(flow: Json) -> Json | None:
    """Return the drawing that a flow was made of; ``None`` where the steps were there first."""
    first = drawing = _drawn_from(flow)
    while drawing is not None:
        origin = _plain_origin(drawing)
        if origin is None:
            return first
        drawing = _drawn_from(origin)
    return None


def plain_drawing(flow: Json) -> Json:
    """Return a drawing that carries a flow of steps."""
    steps, rest = flow["steps"], {**flow, "steps": []}
    drawing = {
        "nodes": [_node_of(step, at) for at, step in enumerate(steps)],
        "edges": edges_in_a_row([step["id"] for step in steps]),
    }
    return drawing if is_same(rest, _EMPTY) else {**drawing, "flow": rest}


def _plain_origin(drawing: Json) -> Json | None:
    """Return the flow of steps whose plain drawing this is."""
    rest = drawing.get("flow", _EMPTY)
    if list(drawing) not in (["nodes", "edges"], ["nodes", "edges", "flow"]):
        return None
    if "flow" in drawing and not _is_rest(rest):
        return None
    if not is_same(drawing["edges"], edges_in_a_row([node["id"] for node in drawing["nodes"]])):
        return None
    return {**rest, "steps": [_step_of(node, at) for at, node in enumerate(drawing["nodes"])]}


def drawn_flow(drawing: Json) -> Json:
    """Return a flow of steps that carries a drawing."""
    nodes, edges = drawing["nodes"], drawing["edges"]
    order = _order([node["id"] for node in nodes], edges) or range(len(nodes))
    running = [nodes[at] for at in order]
    ids = [node["id"] for node in running]
    left, rest = {**drawing}, _EMPTY
    if list(left)[-1] == "flow" and _is_rest(left["flow"]) and KEY not in left["flow"]:
        rest = left.pop("flow")
    is_row = is_same(edges, edges_in_a_row(ids))
    is_in_order = is_row and list(order) == list(range(len(nodes)))
    left["nodes"] = None if is_in_order else [node["id"] for node in nodes]
    left["edges"] = None if is_row else edges
    steps = [_step_of(node, at) for at, node in enumerate(running)]
    return {**rest, "steps": steps, KEY: left}


def _drawn_from(flow: Json) -> Json | None:
    """Return the drawing whose drawn flow this is; ``None`` as well where it is outdated."""
    left, ids = flow.get(KEY), [step["id"] for step in flow["steps"]]
    if not isinstance(left, dict) or not {"nodes", "edges"} <= left.keys() or "steps" in left:
        return None
    if not is_viewport(left.get("viewport")):
        return None
    names = left["nodes"] or ids
    edges = edges_in_a_row(ids) if left["edges"] is None else left["edges"]
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return None
    if sorted(names) != sorted(ids) or _order(names, edges) is None:  # steps came or went
        return None
    if left["edges"] is not None and not _leads(edges, flow["steps"]):  # a row always does
        return None
    nodes = {step["id"]: _node_of(step, at) for at, step in enumerate(flow["steps"])}
    drawing = {**left, "nodes": [nodes[name] for name in names], "edges": edges}
    rest = {key: value for key, value in flow.items() if key != KEY} | {"steps": []}
    if not is_same(rest, _EMPTY):
        if "flow" in left:
            return None
        drawing["flow"] = rest
    return drawing if is_same(drawn_flow(drawing), flow) else None


def _leads(edges: list[Json], steps: list[Json]) -> bool:
    """Whether edges, which fit the steps, lead from each step to those that use its outputs."""
    numbers = {step["id"]: number for number, step in enumerate(steps)}
    pairs = [(numbers[edge["source"]], numbers[edge["target"]]) for edge in edges]
    return not unreached(len(steps), pairs, uses_between(steps))


def _is_rest(value: Any) -> bool:
    """Whether this is what is kept of a flow of steps that was made into a drawing."""
    return (
        isinstance(value, dict)
        and value.get("steps") == []
        and isinstance(value.get("config", {}), dict)
        and not {"nodes", "edges"} & value.keys()
        and not is_same(value, _EMPTY)
    )


def edges_in_a_row(ids: list[str]) -> list[Json]:
    """Return an edge from each to the next."""
    return [
        {"id": f"edge-{number}", "source": source, "target": target}
        for number, (source, target) in enumerate(pairwise(ids), 1)
    ]


def _order(ids: list[str], edges: Any) -> list[int] | None:
    """Return the running order; ``None`` where the edges do not fit the nodes or make a cycle."""
    numbers = {id_: number for number, id_ in enumerate(ids)}
    if not isinstance(edges, list):
        return None
    try:
        pairs = [(numbers[edge["source"]], numbers[edge["target"]]) for edge in edges]
    except (KeyError, TypeError):
        return None
    names = [edge["id"] for edge in edges if edge.get("id") is not None]
    if not all(isinstance(name, str) and name for name in names) or len(set(names)) < len(names):
        return None
    try:
        return running_order(len(ids), pairs)
    except CycleError:
        return None
