"""A flow's two shapes: each becomes the other and comes back as it was, to the last key."""

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from gassapi_backend.server.flows.checks import check_flow
from gassapi_backend.server.flows.shapes import redrawn, to_drawing, to_steps

Json = dict[str, Any]


def text(value: Any) -> str:
    """Return JSON in which ``1``, ``1.0``, ``true`` and other orders of keys differ."""
    return json.dumps(value, ensure_ascii=False)


KEYS = st.sampled_from(
    ["id", "name", "url", "type", "position", "data", "reactFlow", "nodes", "edges", "flow"]
    + ["steps", "version", "config", "x", "ä"]  # noqa: RUF005 - a line each
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.sampled_from([0.0, -0.0, 1.0, 1.5, "", "a", "b", "request", "1.0", "é😀"])
)
ANYTHING = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4)
)
EXTRAS = st.dictionaries(KEYS, ANYTHING, max_size=4)
IDS = st.lists(st.sampled_from(["a", "b", "c", "d.e", "é", "edge-1"]), unique=True, max_size=4)
POSITIONS = st.sampled_from(
    [{"x": 0, "y": 0}, {"x": 320, "y": 0}, {"y": 1.5, "x": -2, "z": None}, {"x": 0.0, "y": 0}]
)


@st.composite
def shuffled(draw: st.DrawFn, value: st.SearchStrategy[Json]) -> Json:
    """An object with its keys in any order."""
    found = draw(value)
    return {key: found[key] for key in draw(st.permutations(list(found)))}


@st.composite
def steps_of(draw: st.DrawFn) -> Json:
    """A flow of steps with anything else in it that passes the checks."""
    steps = []
    for id_ in draw(IDS):
        extras = draw(EXTRAS) | draw(st.sampled_from([{}, {"name": "N"}, {"method": "GET"}]))
        extras |= {key: "u" for key in ("name", "url") if key in extras}
        if draw(st.booleans()):
            drawing = draw(EXTRAS | st.just({"data": {}, "position": {"x": 0, "y": 0}}))
            extras = {**extras, "reactFlow": drawing}
        steps.append({"id": id_, **{key: extras[key] for key in extras if key != "id"}})
        if draw(st.booleans()):
            steps[-1] = draw(shuffled(st.just(steps[-1])))
    flow = draw(st.sampled_from([{}, {"version": "1.0"}, {"version": "1.0", "config": {}}]))
    flow |= draw(EXTRAS) | {"steps": steps}
    if "config" in flow:
        flow["config"] = draw(EXTRAS)
    if draw(st.booleans()):
        flow["reactFlow"] = {
            "nodes": draw(st.none() | st.permutations([step["id"] for step in steps])),
            "edges": draw(st.none() | st.just([]) | ANYTHING),
            **draw(st.dictionaries(st.sampled_from(["flow", "viewport"]), ANYTHING)),
        }
    flow = {key: value for key, value in flow.items() if key not in ("nodes", "edges")}
    return draw(shuffled(st.just(flow))) if draw(st.booleans()) else flow


@st.composite
def drawings(draw: st.DrawFn) -> Json:
    """A flow of nodes and edges with anything else in it that passes the checks."""
    ids = draw(IDS)
    nodes = []
    for at, id_ in enumerate(ids):
        data = draw(EXTRAS)
        data |= {key: "u" for key in ("name", "url") if key in data}
        node: Json = {"id": id_, "type": "request", "position": {"x": 320 * at, "y": 0}}
        node["data"] = data
        if draw(st.booleans()):
            node |= draw(st.fixed_dictionaries({}, optional={"position": POSITIONS}))
            node |= {key: value for key, value in draw(EXTRAS).items() if key not in node}
            node = draw(shuffled(st.just(node)))
            for key in draw(st.sets(st.sampled_from(["type", "position", "data"]))):
                del node[key]
        nodes.append(node)
    row = [
        {"id": f"edge-{at}", "source": one, "target": other}
        for at, (one, other) in enumerate(pairwise(ids), 1)
    ]
    before = draw(st.permutations(ids))
    pairs = [(one, other) for at, one in enumerate(before) for other in before[at + 1 :]]
    some = st.lists(st.sampled_from(pairs), max_size=5) if pairs else st.just([])
    loose = [{"source": one, "target": other} for one, other in draw(some)]
    drawing = {"nodes": nodes, "edges": draw(st.sampled_from([row, loose]))}
    for key, value in draw(EXTRAS).items():
        if key not in ("nodes", "edges", "steps"):
            drawing[key] = value
    if draw(st.booleans()):
        rest = {"version": "1.0", "steps": [], "config": draw(EXTRAS)} | draw(EXTRAS)
        drawing["flow"] = rest | {"steps": []}
    if isinstance(drawing.get("viewport", {}), dict) and draw(st.booleans()):
        drawing = draw(shuffled(st.just(drawing)))
    return drawing


@given(steps_of())
@hypothesis_settings(max_examples=400, deadline=None)
def test_steps_become_a_drawing_and_come_back_as_they_were(flow: Json) -> None:
    check_flow(flow, [])
    before = text(flow)
    drawing = to_drawing(flow)
    check_flow(drawing, [])
    assert text(to_steps(drawing)) == before
    assert text(flow) == before


@given(drawings())
@hypothesis_settings(max_examples=400, deadline=None)
def test_a_drawing_becomes_steps_and_comes_back_as_it_was(drawing: Json) -> None:
    check_flow(drawing, [])
    before = text(drawing)
    flow = to_steps(drawing)
    check_flow(flow, [])
    assert text(to_drawing(flow)) == before
    assert text(drawing) == before
