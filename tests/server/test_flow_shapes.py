"""A flow's two shapes: each becomes the other and comes back as it was, to the last key."""

import json
import time
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from gassapi_backend.server.flows import shapes
from gassapi_backend.server.flows.checks import check_flow
from gassapi_backend.server.flows.shapes import redrawn, to_drawing, to_steps

Json = dict[str, Any]


def text(value: Any) -> str:
    """Return JSON in which ``1``, ``1.0``, ``true`` and other orders of keys differ."""
    return json.dumps(value, ensure_ascii=False)


FIRST = ["id", "name", "url", "type", "position", "data", "reactFlow", "nodes", "edges"]
KEYS = st.sampled_from([*FIRST, "flow", "steps", "version", "config", "x", "ä"])
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


@st.composite
def referring_steps(draw: st.DrawFn) -> Json:
    """A flow of steps that use each other's outputs, maybe with a drawing of its own kept in it.

    The steps were edited after they were drawn: the kept edges know nothing of what they use.
    """
    flow = draw(steps_of() | drawings().map(to_steps))
    before: list[str] = []
    for at, step in enumerate(flow["steps"]):
        flow["steps"][at] = _using(draw, step, before)
        before.append(step["id"])
    return flow


@st.composite
def referring_drawings(draw: st.DrawFn) -> Json:
    """A drawing of nodes that use outputs of those from which edges lead to them."""
    drawing = draw(drawings())
    nodes, edges = [], [(edge["source"], edge["target"]) for edge in drawing["edges"]]
    for node in drawing["nodes"]:
        before = {node["id"]}
        for _ in drawing["nodes"]:
            before |= {source for source, target in edges if target in before}
        data = _using(draw, node.get("data", {}), sorted(before - {node["id"]}))
        nodes.append({**node, "data": data})
    return {**drawing, "nodes": nodes}


def _using(draw: st.DrawFn, fields: Json, before: list[str]) -> Json:
    """Return the fields of a step with an output, and with references to some of others."""
    used = draw(st.lists(st.sampled_from(before), max_size=2)) if before else []
    return {**fields, "outputs": ["o"], "body": [f"{{{{{id_}.o}}}}" for id_ in used]}


@given(steps_of())
@hypothesis_settings(max_examples=60, deadline=None)
def test_steps_become_a_drawing_and_come_back_as_they_were(flow: Json) -> None:
    check_flow(flow, [])
    before = text(flow)
    drawing = to_drawing(flow)
    check_flow(drawing, [])
    assert text(to_steps(drawing)) == before
    assert text(flow) == before


@given(drawings())
@hypothesis_settings(max_examples=60, deadline=None)
def test_a_drawing_becomes_steps_and_comes_back_as_it_was(drawing: Json) -> None:
    check_flow(drawing, [])
    before = text(drawing)
    flow = to_steps(drawing)
    check_flow(flow, [])
    assert text(to_drawing(flow)) == before
    assert text(drawing) == before


@given(steps_of(), drawings(), st.lists(st.booleans(), min_size=1, max_size=4))
@hypothesis_settings(max_examples=60, deadline=None)
def test_a_flow_that_looks_like_the_result_of_both_ways_comes_back_too(
    flow: Json, drawing: Json, which: list[bool]
) -> None:
    """Carriers in carriers, as only somebody who writes them by hand can make them."""
    for is_whole in which:
        if is_whole:
            flow, drawing = shapes.drawn_flow(drawing), shapes.plain_drawing(flow)
        else:
            flow, drawing = each(flow, drawing)
        assert text(to_steps(to_drawing(flow))) == text(flow)
        assert text(to_drawing(to_steps(drawing))) == text(drawing)


@given(referring_steps())
@hypothesis_settings(max_examples=200, deadline=None)
def test_steps_that_are_valid_are_a_valid_drawing_which_is_saved_as_it_is(flow: Json) -> None:
    check_flow(flow, [])
    drawing = to_drawing(flow)
    check_flow(drawing, [])
    assert text(to_steps(drawing)) == text(flow)
    same, _ = redrawn(flow, {key: drawing[key] for key in ("nodes", "edges")})
    assert text(same) == text(flow)
    nodes = [{**node, "position": {"x": 7, "y": 8}} for node in drawing["nodes"]]
    moved_flow, moved_drawing = redrawn(flow, {"nodes": nodes})
    check_flow(moved_flow, [])
    assert text(to_drawing(moved_flow)) == text(moved_drawing)
    assert moved_drawing["nodes"] == nodes


@given(referring_drawings())
@hypothesis_settings(max_examples=200, deadline=None)
def test_a_drawing_that_is_valid_is_valid_steps_which_are_saved_as_they_are(drawing: Json) -> None:
    check_flow(drawing, [])
    flow = to_steps(drawing)
    check_flow(flow, [])
    assert text(to_drawing(flow)) == text(drawing)


@given(referring_steps(), referring_drawings(), st.integers(1, 4))
@hypothesis_settings(max_examples=100, deadline=None)
def test_carriers_of_flows_with_references_are_valid_in_both_shapes(
    flow: Json, drawing: Json, times: int
) -> None:
    for _ in range(times):
        flow, drawing = shapes.drawn_flow(drawing), shapes.plain_drawing(flow)
        for one in (flow, to_drawing(flow), drawing, to_steps(drawing)):
            check_flow(one, [])
        assert text(to_steps(to_drawing(flow))) == text(flow)
        assert text(to_drawing(to_steps(drawing))) == text(drawing)


def each(flow: Json, drawing: Json) -> tuple[Json, Json]:
    """Return both with each node made a drawn step, and each step a plain node."""
    steps = [shapes.drawn_step(node) for node in drawing["nodes"]]
    nodes = [shapes.plain_node(step, at) for at, step in enumerate(flow["steps"])]
    drawing = {key: value for key, value in drawing.items() if key not in ("nodes", "edges")}
    edges = shapes.edges_in_a_row([node["id"] for node in nodes])
    return {**flow, "steps": steps}, {"nodes": nodes, "edges": edges, **drawing}


def test_carriers_nested_as_deep_as_they_may_be_are_followed_in_a_moment() -> None:
    step: Json = {"id": "a", "text": "x" * 400_000}
    for _ in range(30):
        step = shapes.drawn_step(shapes.plain_node(step, 0))
    flow: Json = {"version": "1.0", "steps": [step], "config": {}}
    for _ in range(30):
        flow = shapes.drawn_flow(shapes.plain_drawing(flow))
    before = time.process_time()
    assert text(to_steps(to_drawing(flow))) == text(flow)
    assert time.process_time() - before < 1


PLAIN_STEPS = {
    "version": "1.0",
    "steps": [
        {"id": "login", "name": "Log in", "method": "POST", "url": "/login", "outputs": ["token"]},
        {"id": "pay", "method": "POST", "url": "/pay", "headers": {"A": "{{login.token}}"}},
        {"id": "bye", "url": "/logout"},
    ],
    "config": {"timeout": 30},
}


def moved(drawing: Json, **positions: Json) -> list[Json]:
    """Return the nodes of a drawing, some of them elsewhere."""
    return [
        {**node, "position": positions.get(node["id"], node["position"])}
        for node in drawing["nodes"]
    ]


def test_steps_are_drawn_in_a_row_each_joined_to_the_next() -> None:
    drawing = to_drawing(PLAIN_STEPS)
    assert drawing["nodes"][1] == {
        "id": "pay",
        "type": "request",
        "position": {"x": 320, "y": 0},
        "data": {"method": "POST", "url": "/pay", "headers": {"A": "{{login.token}}"}},
    }
    ends = [(edge["source"], edge["target"]) for edge in drawing["edges"]]
    assert ends == [("login", "pay"), ("pay", "bye")]
    assert len({edge["id"] for edge in drawing["edges"]}) == 2


def test_a_plain_drawing_becomes_plain_steps() -> None:
    nodes = [{"id": "a", "type": "x", "position": {"x": 1, "y": 2}, "data": {"url": "/a"}, "w": 1}]
    flow = to_steps({"nodes": nodes, "edges": []})
    drawn = {"type": "x", "position": {"x": 1, "y": 2}, "data": {}, "w": 1}
    steps = [{"id": "a", "url": "/a", "reactFlow": drawn}]
    assert flow == {"version": "1.0", "steps": steps, "config": {}}


def test_an_empty_flow_is_empty_in_both_shapes() -> None:
    empty = {"version": "1.0", "steps": [], "config": {}}
    assert to_drawing(empty) == {"nodes": [], "edges": []}
    assert to_steps({"nodes": [], "edges": []}) == empty


def test_steps_run_as_the_edges_say_whatever_the_order_of_the_nodes() -> None:
    nodes = [{"id": id_, "data": {}} for id_ in ("c", "a", "d", "b")]
    edges = [{"source": one, "target": other} for one, other in ("ab", "bc", "cd")]
    drawing = {"nodes": nodes, "edges": edges}
    flow = to_steps(drawing)
    assert [step["id"] for step in flow["steps"]] == ["a", "b", "c", "d"]
    assert text(to_drawing(flow)) == text(drawing)


def test_moving_a_node_keeps_the_steps_and_all_else() -> None:
    nodes = moved(to_drawing(PLAIN_STEPS), pay={"x": 5, "y": 6})
    flow, drawing = redrawn(PLAIN_STEPS, {"nodes": nodes})
    drawn = {"type": "request", "position": {"x": 5, "y": 6}, "data": {}}
    steps = [*PLAIN_STEPS["steps"]]
    steps[1] = {**steps[1], "reactFlow": drawn}
    assert text(flow) == text({**PLAIN_STEPS, "steps": steps})
    assert drawing["nodes"] == nodes
    back, _ = redrawn(flow, {"nodes": moved(drawing, pay={"x": 320, "y": 0})})
    assert text(back) == text(PLAIN_STEPS)


def test_redrawing_what_is_there_changes_nothing() -> None:
    drawn = to_drawing(PLAIN_STEPS)
    without = {**drawn, "viewport": None}  # as it is shown where there is none
    for flow in (PLAIN_STEPS, drawn, without, to_steps(without)):
        drawing = to_drawing(flow) if "steps" in flow else flow
        same = {"nodes": drawing["nodes"], "edges": drawing["edges"]}
        assert text(redrawn(flow, same)[0]) == text(flow)
        assert text(redrawn(flow, same | {"viewport": None})[0]) == text(flow)


def test_a_viewport_comes_and_goes() -> None:
    for flow in (PLAIN_STEPS, to_drawing(PLAIN_STEPS)):
        seen, drawing = redrawn(flow, {"viewport": {"x": 0, "y": 0, "zoom": 1.5}})
        assert drawing["viewport"]["zoom"] == 1.5
        assert ("steps" in seen) == ("steps" in flow)
        assert {key: seen[key] for key in flow} == flow
        assert text(redrawn(seen, {"viewport": None})[0]) == text(flow)


BRANCHES = [
    {"id": "e1", "source": "login", "target": "bye"},
    {"id": "e2", "source": "login", "target": "pay", "animated": True},
]


def test_branches_and_places_outlast_changed_steps() -> None:
    nodes = moved(to_drawing(PLAIN_STEPS), pay={"x": 5, "y": 6})
    flow, _ = redrawn(PLAIN_STEPS, {"nodes": nodes, "edges": BRANCHES})
    steps = [{**step, "url": "/v2"} for step in flow["steps"]]
    drawing = to_drawing({**flow, "steps": steps, "config": {"timeout": 60}})
    assert [node["data"]["url"] for node in drawing["nodes"]] == ["/v2"] * 3
    assert drawing["nodes"][1]["position"] == {"x": 5, "y": 6}
    assert drawing["edges"] == BRANCHES


def test_an_outdated_drawing_is_drawn_anew_where_the_steps_came_or_went() -> None:
    nodes = moved(to_drawing(PLAIN_STEPS), pay={"x": 5, "y": 6})
    flow, _ = redrawn(PLAIN_STEPS, {"nodes": nodes, "edges": BRANCHES})
    edited = {**flow, "steps": [*flow["steps"][:2], {"id": "new"}]}
    drawing = to_drawing(edited)
    ends = [(edge["source"], edge["target"]) for edge in drawing["edges"]]
    assert ends == [("login", "pay"), ("pay", "new")]
    assert drawing["nodes"][1]["position"] == {"x": 5, "y": 6}
    again, _ = redrawn(edited, {"nodes": moved(drawing, new={"x": 7, "y": 8})})
    assert (again["version"], again["config"]) == ("1.0", {"timeout": 30})
    assert "reactFlow" not in again
    assert again["steps"][:2] == flow["steps"][:2]


def test_an_outdated_drawing_is_drawn_anew_where_a_step_uses_what_no_edges_lead_to() -> None:
    nodes = moved(to_drawing(PLAIN_STEPS), pay={"x": 5, "y": 6})
    flow, _ = redrawn(PLAIN_STEPS, {"nodes": nodes, "edges": BRANCHES})
    assert [step["id"] for step in flow["steps"]] == ["login", "pay", "bye"]
    steps = [{**step, "outputs": ["token", "id"]} for step in flow["steps"]]
    edited = {**flow, "steps": [*steps[:2], {**steps[2], "body": "{{pay.id}}"}]}
    check_flow(edited, [])
    drawing = to_drawing(edited)
    check_flow(drawing, [])
    ends = [(edge["source"], edge["target"]) for edge in drawing["edges"]]
    assert ends == [("login", "pay"), ("pay", "bye")]
    assert drawing["nodes"][1]["position"] == {"x": 5, "y": 6}
    steps[2]["body"] = "{{login.id}}"  # to which an edge leads
    assert to_drawing({**flow, "steps": steps})["edges"] == BRANCHES


@pytest.mark.parametrize("key", ["sorted", "reversed"])
def test_steps_written_with_their_keys_in_another_order_keep_their_places(key: str) -> None:
    flow, _ = redrawn(PLAIN_STEPS, {"nodes": moved(to_drawing(PLAIN_STEPS), pay={"x": 5, "y": 6})})
    order = sorted if key == "sorted" else (lambda keys: list(keys)[::-1])
    steps = [{name: step[name] for name in order(step)} for step in flow["steps"]]
    drawing = to_drawing({**flow, "steps": steps})
    assert drawing["nodes"][1]["position"] == {"x": 5, "y": 6}
