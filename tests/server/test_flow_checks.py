"""What a flow has to be like: each refusal names the place, the step and what is wrong."""

import time
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from gassapi_backend.server.errors import Invalid
from gassapi_backend.server.flows.checks import MAX_PROBLEMS, check_flow
from gassapi_backend.server.flows.references import names_in
from gassapi_backend.server.flows.shapes import to_drawing, to_steps

Json = dict[str, Any]


def problems(flow: Any, *inputs: str) -> list[tuple[str, str]]:
    """Return what is wrong with a flow: the fields and the reasons."""
    try:
        check_flow(flow, [{"name": name} for name in inputs])
    except Invalid as refusal:
        return [(item["field"], item["reason"]) for item in refusal.details]
    return []


def steps(*items: Any) -> Json:
    """Return a flow of steps."""
    return {"version": "1.0", "steps": list(items), "config": {}}


def drawing(ids: str, *edges: str, **data: Json) -> Json:
    """Return a flow of nodes named by letters, and edges named by two."""
    nodes = [{"id": id_, "data": data.get(id_, {})} for id_ in ids]
    return {"nodes": nodes, "edges": [{"source": edge[0], "target": edge[1]} for edge in edges]}


def one(url: str, **others: Any) -> Json:
    """Return a flow of one step."""
    return steps({"id": "pay", "url": url, **others})


LOGIN = {"id": "login", "outputs": ["token", "user"]}


def using(text: str, *before: Json) -> list[str]:
    """Return the reasons why a step after others may not use something."""
    return [reason for _, reason in problems(steps(*before, {"id": "pay", "url": text}), "mail")]


@pytest.mark.parametrize(
    "flow",
    [{}, {"version": "1.0"}, {"nodes": []}, {"edges": []}, {"Steps": []}, {"config": {}}],
    ids=str,
)
def test_what_is_neither_shape_is_told_what_the_two_are(flow: Json) -> None:
    [(field, reason)] = problems(flow)
    assert field == "flowData"
    assert '"steps"' in reason
    assert '"nodes"' in reason


@pytest.mark.parametrize("key", ["nodes", "edges"])
def test_both_shapes_at_once_are_refused(key: str) -> None:
    [(field, reason)] = problems({"steps": [], key: []})
    assert field == "flowData"
    assert "not both" in reason


@pytest.mark.parametrize(
    ("flow", "field"),
    [
        ({"steps": {}}, "flowData.steps"),
        ({"steps": None}, "flowData.steps"),
        ({"nodes": {}, "edges": []}, "flowData.nodes"),
        ({"nodes": [], "edges": "x"}, "flowData.edges"),
        ({"steps": [], "config": []}, "flowData.config"),
        (steps(1), "flowData.steps.0"),
        (steps({"url": "x"}), "flowData.steps.0.id"),
        (steps({"id": 1}), "flowData.steps.0.id"),
        (steps({"id": " "}), "flowData.steps.0.id"),
        (steps({"id": "x" * 256}), "flowData.steps.0.id"),
        (steps({"id": "a"}, {"id": "a"}), "flowData.steps.1.id"),
        (one("x" * 2001), "flowData.steps.0.url"),
        (one("x", method=5), "flowData.steps.0.method"),
        (one("x", headers=[]), "flowData.steps.0.headers"),
        (one("x", name=0), "flowData.steps.0.name"),
        (one("x", outputs="x"), "flowData.steps.0.outputs"),
        (one("x", outputs=["a", 5]), "flowData.steps.0.outputs.1"),
        (one("x", outputs=[{"path": "a"}]), "flowData.steps.0.outputs.0"),
        (one("x", outputs={"": "$"}), "flowData.steps.0.outputs."),
        (drawing("aa"), "flowData.nodes.1.id"),
        (drawing("a", a={"url": 5}), "flowData.nodes.0.data.url"),
        ({"nodes": [{"id": "a", "data": []}], "edges": []}, "flowData.nodes.0.data"),
        ({"nodes": [{"id": "a", "position": {"x": 1}}], "edges": []}, "flowData.nodes.0.position"),
        ({"nodes": [], "edges": [], "viewport": 1}, "flowData.viewport"),
        ({"nodes": [], "edges": [7]}, "flowData.edges.0"),
        ({"nodes": [], "edges": [{"target": "a"}]}, "flowData.edges.0.source"),
        ({"nodes": [], "edges": [{"id": 5, "source": "a", "target": "a"}]}, "flowData.edges.0.id"),
    ],
)
def test_what_is_wrong_is_named_by_its_place(flow: Json, field: str) -> None:
    assert field in [found for found, _ in problems(flow)]


@pytest.mark.parametrize(
    "flow",
    [
        steps(),
        {"steps": []},
        {"nodes": [], "edges": []},
        one("x" * 2000, method=None, headers=None, outputs=None, name="", more={"a": [1]}),
        steps({"id": "é 中.文"}, {"id": "É 中.文"}),
        drawing("abc", "ab", "ab", "bc", "ac"),
    ],
)
def test_what_is_allowed_is_left_alone(flow: Json) -> None:
    assert problems(flow) == []


@pytest.mark.parametrize(
    "outputs", [["a", "token"], [{"name": "token", "path": "$.t"}], {"token": "$.t"}]
)
def test_outputs_are_declared_in_three_ways(outputs: Any) -> None:
    assert using("{{login.token}}", {"id": "login", "outputs": outputs}) == []
    assert len(using("{{login.t}}", {"id": "login", "outputs": outputs})) == 1


@pytest.mark.parametrize(
    "text",
    [
        "{{baseUrl}}",
        "{{ input.mail }}",
        "{{input.mail.domain}}",
        "{{login.token}}",
        "{{login.user.id}}",
        "{{login.user[0].id}}",
        "{{env.host}}",
        "{{$random.uuid}}",
        "{{login}}",
        "{{",
        "}}",
        "{{}}",
        "{{ }}",
        "{{login.nope",
        "login.nope}}",
        "{login.nope}",
        "{{#if order.total}}",
        "{{ date order.at 'short' }}",
        "{{.Name}}",
        '{"a":{"b":{{"x.y":1}}}}',
        "{{a{b.c}d}}",
    ],
)
def test_what_is_there_or_is_no_reference_may_be_used(text: str) -> None:
    assert using(text, LOGIN) == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{{input.name}}", 'Step "pay" uses {{input.name}}, but there is no input "name".'),
        ("{{input.}}", 'Step "pay" uses {{input.}}, but there is no input "".'),
        ("{{logn.token}}", 'Step "pay" uses {{logn.token}}, but there is no step "logn".'),
        ("{{login.t}}", 'Step "pay" uses {{login.t}}, but step "login" has no output "t".'),
        ("{{login.tokens}}", 'Step "pay" uses {{login.tokens}}, but step "login" has no output'),
        ("{{pay.x}}", 'Step "pay" uses {{pay.x}}, but step "pay" has no output "x".'),
        ("a {{b}} {{{ c.d }}}", 'Step "pay" uses {{c.d}}, but there is no step "c".'),
        ("{{x{{nope.token}}", 'Step "pay" uses {{nope.token}}, but there is no step "nope".'),
        ("{{中.文}}", 'Step "pay" uses {{中.文}}, but there is no step "中".'),
    ],
)
def test_what_is_not_there_is_named_with_the_step_that_uses_it(text: str, reason: str) -> None:
    [found] = using(text, LOGIN)
    assert found.startswith(reason)


def test_a_step_uses_nothing_of_a_later_one_nor_of_itself() -> None:
    flow = steps({"id": "pay", "outputs": ["x"], "body": ["{{pay.x}}"], "url": "{{login.user}}"})
    flow["steps"].append(LOGIN)
    assert sorted(problems(flow)) == [
        ("flowData.steps.0.body.0", 'Step "pay" uses {{pay.x}}, an output of its own.'),
        ("flowData.steps.0.url", 'Step "pay" uses {{login.user}}, but "login" comes later.'),
    ]


def test_a_node_uses_what_edges_lead_to_it_from() -> None:
    data = {"a": {"outputs": ["x"]}, "c": {"url": "{{a.x}}"}}
    assert problems(drawing("cba", "ab", "bc", **data)) == []
    [(field, reason)] = problems(drawing("abc", "ab", **data))
    assert field == "flowData.nodes.2.data.url"
    assert reason == 'Step "c" uses {{a.x}}, but no edges lead from "a" to it.'
    assert len(problems(drawing("abc", "ca", "ab", **data))) == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"headers": {"A": "{{x.y}}"}}, "headers.A"),
        ({"headers": {"{{x.y}}": "a"}}, "headers.{{x.y}}"),
        ({"body": {"a": [0, {"b": "{{x.y}}"}]}}, "body.a.1.b"),
        ({"body": "{{x.y}}"}, "body"),
        ({"retry": {"while": "{{x.y}}"}}, "retry.while"),
    ],
)
def test_references_are_found_wherever_they_stand(fields: Json, field: str) -> None:
    assert [found for found, _ in problems(one("x", **fields))] == [f"flowData.steps.0.{field}"]
    drawn = {"nodes": [{"id": "a", "data": fields}], "edges": []}
    assert [found for found, _ in problems(drawn)] == [f"flowData.nodes.0.data.{field}"]


def test_words_for_people_and_places_in_a_response_are_no_references() -> None:
    words = {"name": "{{x.y}}", "description": "{{x.y}}", "outputs": {"a": "{{response.body}}"}}
    assert problems(one("x", **words, reactFlow={"label": "{{x.y}}"})) == []


def test_the_longest_step_id_is_meant_where_ids_have_dots() -> None:
    both = ({"id": "a", "outputs": ["b"]}, {"id": "a.b", "outputs": ["c", "d.e"]})
    assert using("{{a.b.c}} {{a.b.d.e}} {{a.b.d.e.f}} {{a.b}}", *both) == []
    assert using("{{a.b.x}}", *both) == [
        'Step "pay" uses {{a.b.x}}, but step "a.b" has no output "x".'
    ]


def test_input_and_env_never_mean_a_step() -> None:
    named = ({"id": "input", "outputs": ["x"]}, {"id": "env", "outputs": ["x"]})
    assert len(using("{{input.x}}", *named)) == 1
    assert using("{{env.y}}", *named) == []


@pytest.mark.parametrize(
    ("edges", "reason"),
    [
        (["ax"], 'Edge 1 leads to "x", but there is no such node.'),
        (["ab", "xa"], 'Edge 2 leads from "x", but there is no such node.'),
        (["aa"], 'Edge 1 leads from node "a" to itself.'),
        (["ab", "bc", "ca"], "The edges make a cycle:"),
        (["ba", "ab", "bc"], "The edges make a cycle:"),
    ],
)
def test_edges_join_nodes_and_make_no_cycle(edges: list[str], reason: str) -> None:
    [(_, found)] = problems(drawing("abc", *edges))
    assert found.startswith(reason)


def test_an_edge_is_named_by_its_id_which_is_its_own() -> None:
    edges = [{"id": "e", "source": "a", "target": "x"}, {"id": "e", "source": "a", "target": "b"}]
    found = problems({"nodes": drawing("ab")["nodes"], "edges": edges})
    assert found == [
        ("flowData.edges.0.target", 'Edge "e" leads to "x", but there is no such node.'),
        ("flowData.edges.1.id", 'There is another edge "e".'),
    ]


def test_a_cycle_is_named_by_its_nodes_in_order() -> None:
    [(field, reason)] = problems(drawing("abcdx", "ab", "bc", "cd", "db", "dx"))
    assert field == "flowData.edges"
    cycle = reason.removeprefix("The edges make a cycle: ").rstrip(".").replace('"', "")
    walk = cycle.split(" to ")
    assert walk[0] == walk[-1]
    assert sorted(walk[1:]) == ["b", "c", "d"]
    assert all("".join(pair) in "bcdb" for pair in pairwise(walk))


def test_an_answer_says_not_more_than_it_can_bear() -> None:
    assert len(problems(steps(*({"id": "a"} for _ in range(1000))))) == MAX_PROBLEMS
    [(_, reason)] = problems(one("{{" + "x" * 100_000 + ".y}}"))
    assert len(reason) <= 1000


RING = [{"source": str(at), "target": str((at + 1) % 10_000)} for at in range(10_000)]
NODES = [{"id": str(at)} for at in range(10_000)]
CHAIN = [
    {"id": str(at), "data": {"outputs": ["a"], "url": f"{{{{{at - 1}.a}}}}{{{{0.a}}}}" * (at > 0)}}
    for at in range(4_000)
]
HOSTILE = {
    "an endless opening": one("x", body="{{" * 250_000),
    "openings and one end": one("x", body="{{" * 250_000 + "}}"),
    "ends": one("x", body="}}" * 250_000),
    "empty pairs": one("x", body="{{}}" * 125_000),
    "single braces between": one("x", body="{{{" * 100_000 + "}" * 200_000),
    "many references": steps(LOGIN, {"id": "b", "body": "{{login.token}}" * 33_000}),
    "many dots": steps(LOGIN, {"id": "b", "body": "{{" + "a." * 240_000 + "}}"}),
    "many dots often": steps(LOGIN, {"id": "b", "body": ("{{login" + ".a" * 120 + "}}") * 2000}),
    "a long row": {"nodes": NODES, "edges": RING[:-1]},
    "a cycle of 10000": {"nodes": NODES, "edges": RING},
    "each uses the one before and the first": {"nodes": CHAIN, "edges": RING[:3_999]},
    "small values": one("x", body=[0] * 250_000),
}


@pytest.mark.parametrize("flow", HOSTILE.values(), ids=HOSTILE)
def test_hostile_flows_are_checked_in_a_moment(flow: Json) -> None:
    before = time.process_time()
    found = problems(flow)
    assert time.process_time() - before < 2
    if flow.get("edges") is RING:
        assert "and 9990 more" in found[0][1]


def test_deep_nesting_is_walked_without_recursion() -> None:
    body: Any = "{{x.y}}"
    for _ in range(5_000):
        body = [body]
    assert len(problems(one("x", body=body))) == 1


@given(st.text(alphabet="{}a. $", max_size=60))
@hypothesis_settings(max_examples=200, deadline=None)
def test_any_text_is_read_to_its_end(text: str) -> None:
    for name in names_in(text):
        assert name == name.strip()
        assert name
        assert not {"{", "}"} & set(name)
        assert name in text


@pytest.mark.parametrize("flow", [steps(LOGIN, {"id": "b", "url": "{{login.token}}"})])
def test_what_passes_in_one_shape_passes_in_the_other(flow: Json) -> None:
    assert problems(to_drawing(flow)) == []
    branched = drawing("cab", "ab", a={"outputs": ["x"]}, b={"url": "{{a.x}}"})
    assert problems(branched) == problems(to_steps(branched)) == []
