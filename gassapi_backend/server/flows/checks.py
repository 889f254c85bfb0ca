"""What a flow has to be like to be stored; says what is wrong, and with which step.

Nothing here recurses, and all of it is about linear in the size of the flow.
"""

from collections.abc import Iterable, Mapping, Sequence
from types import NoneType
from typing import Any, NamedTuple

from gassapi_backend.server.errors import Invalid
from gassapi_backend.server.flows.graphs import find_cycle, unreached
from gassapi_backend.server.flows.references import MAX_NAME, Path, Unknown, source_of, uses_in
from gassapi_backend.server.flows.shapes import Shape, is_position, is_viewport
from gassapi_backend.server.web.bodies import printable

MAX_PROBLEMS = 20  # in one answer
MAX_URL = 2000
SHAPES = 'It has to be {"version", "steps": [...], "config"} or {"nodes": [...], "edges": [...]}'

_TEXTS = ("name", "method", "url")


class Step(NamedTuple):
    """A step, or the data of a node: its fields, and where it is in the flow."""

    id: str
    fields: Mapping[str, Any]
    path: Path
    outputs: frozenset[str]


class Problems:
    """What is wrong, as far as one answer says it."""

    def __init__(self) -> None:
        self.found: list[dict[str, str]] = []

    def add(self, path: Path, reason: str) -> None:
        """Note what is wrong at a place."""
        if len(self.found) < MAX_PROBLEMS:
            field = printable(".".join(map(str, path)))
            self.found.append({"field": field, "reason": printable(reason, 1000)})

    def refuse(self) -> None:
        """Raise ``Invalid`` if anything is wrong."""
        if self.found:
            raise Invalid("The flow is not valid.", details=self.found)


def check_flow(
    flow: Mapping[str, Any], inputs: Iterable[Mapping[str, Any]], place: Path = ("flowData",)
) -> None:
    """Check a flow of either shape against its inputs. Raises ``Invalid``.

    ``place`` goes before the paths of what is wrong.
    """
    problems = Problems()
    if shape_of(flow, place) == "steps":
        steps = _check_steps(flow, place, problems)
        edges = None
    else:
        steps = _check_nodes(flow, place, problems)
        edges = _check_edges(flow["edges"], (*place, "edges"), steps, problems)
    problems.refuse()
    _check_uses(steps, edges, frozenset(item["name"] for item in inputs), problems)
    problems.refuse()


def shape_of(flow: Mapping[str, Any], place: Path = ("flowData",)) -> Shape:
    """Return which shape a flow has. Raises ``Invalid`` for neither and for both."""
    where = ".".join(place) or "nodes"
    has_steps, drawn = "steps" in flow, [key for key in ("nodes", "edges") if key in flow]
    if has_steps and drawn:
        raise Invalid.field(where, f"{SHAPES}, not both at once.")
    if not has_steps and len(drawn) < 2:
        raise Invalid.field(where, f"{SHAPES}.")
    for key in drawn or ["steps"]:
        if not isinstance(flow[key], list):
            raise Invalid.field(".".join((*place, key)), "It has to be an array.")
    return "steps" if has_steps else "ui"


def _check_steps(flow: Mapping[str, Any], place: Path, problems: Problems) -> list[Step]:
    if not isinstance(flow.get("config", {}), dict):
        problems.add((*place, "config"), "It has to be an object.")
    steps = []
    for path, item in _identified(flow["steps"], (*place, "steps"), "step", problems):
        steps.append(_step(item["id"], item, path, problems))
    return steps


def _check_nodes(flow: Mapping[str, Any], place: Path, problems: Problems) -> list[Step]:
    if not is_viewport(flow.get("viewport")):
        problems.add((*place, "viewport"), "It has to be an object.")
    steps = []
    for path, item in _identified(flow["nodes"], (*place, "nodes"), "node", problems):
        if "position" in item and not is_position(item["position"]):
            problems.add((*path, "position"), "It has to be an object of two numbers, x and y.")
        data = item.get("data", {})
        if not isinstance(data, dict):
            problems.add((*path, "data"), "It has to be an object.")
            data = {}
        steps.append(_step(item["id"], data, (*path, "data"), problems))
    return steps


def _identified(
    items: Sequence[Any], place: Path, what: str, problems: Problems
) -> Iterable[tuple[Path, Mapping[str, Any]]]:
    """Return those of some objects that have an id of their own."""
    seen: set[str] = set()
    for at, item in enumerate(items):
        path = (*place, at)
        if not isinstance(item, dict):
            problems.add(path, f"A {what} has to be an object.")
        elif not isinstance(id_ := item.get("id"), str) or not id_.strip():
            problems.add((*path, "id"), f"A {what} needs an id, a text.")
        elif len(id_) > MAX_NAME:
            problems.add((*path, "id"), f"It has more than {MAX_NAME} characters.")
        elif id_ in seen:
            problems.add((*path, "id"), f'There is another {what} "{id_}".')
        else:
            seen.add(id_)
            yield path, item


def _step(id_: str, fields: Mapping[str, Any], path: Path, problems: Problems) -> Step:
    for key in _TEXTS:
        if not isinstance(fields.get(key), (str, NoneType)):
            problems.add((*path, key), f'Step "{id_}": it has to be a text.')
    if isinstance(url := fields.get("url"), str) and len(url) > MAX_URL:
        problems.add((*path, "url"), f'Step "{id_}": it has more than {MAX_URL} characters.')
    if not isinstance(fields.get("headers"), (dict, NoneType)):
        problems.add((*path, "headers"), f'Step "{id_}": they have to be an object.')
    return Step(id_, fields, path, _outputs(id_, fields.get("outputs"), path, problems))


def _outputs(id_: str, outputs: Any, path: Path, problems: Problems) -> frozenset[str]:
    """Return the names of a step's outputs: an array of them, of ``{name}``, or an object."""
    if outputs is None:
        return frozenset()
    if isinstance(outputs, list):
        names = [item.get("name") if isinstance(item, dict) else item for item in outputs]
    elif isinstance(outputs, dict):
        names = list(outputs)
    else:
        problems.add((*path, "outputs"), f'Step "{id_}": they are an array or an object.')
        return frozenset()
    for at, name in enumerate(names):
        if not isinstance(name, str) or not 0 < len(name) <= MAX_NAME:
            where = at if isinstance(outputs, list) else name
            reason = f"an output needs a name of 1 to {MAX_NAME} characters."
            problems.add((*path, "outputs", where), f'Step "{id_}": {reason}')
    return frozenset(name for name in names if isinstance(name, str))


def _check_edges(
    edges: Sequence[Any], place: Path, steps: list[Step], problems: Problems
) -> list[tuple[int, int]]:
    numbers = {step.id: number for number, step in enumerate(steps)}
    pairs, seen = [], set[str]()
    for at, edge in enumerate(edges):
        path = (*place, at)
        if not isinstance(edge, dict):
            problems.add(path, "An edge has to be an object.")
            continue
        if (id_ := edge.get("id")) is not None:
            if not isinstance(id_, str) or not id_:
                problems.add((*path, "id"), "The id of an edge has to be a text.")
            elif id_ in seen:
                problems.add((*path, "id"), f'There is another edge "{id_}".')
            else:
                seen.add(id_)
        name = f'Edge "{id_}"' if isinstance(id_, str) else f"Edge {at + 1}"
        ends = [_end(edge, key, name, path, numbers, problems) for key in ("source", "target")]
        if ends[0] is None or ends[1] is None:
            continue
        if ends[0] == ends[1]:
            problems.add(path, f'{name} leads from node "{steps[ends[0]].id}" to itself.')
        else:
            pairs.append((ends[0], ends[1]))
    if not problems.found and (cycle := find_cycle(len(steps), pairs)):
        problems.add(place, f"The edges make a cycle: {_walk([steps[node].id for node in cycle])}.")
    return pairs


def _end(
    edge: Mapping[str, Any],
    key: str,
    name: str,
    path: Path,
    numbers: Mapping[str, int],
    problems: Problems,
) -> int | None:
    node = edge.get(key)
    if not isinstance(node, str):
        problems.add((*path, key), f"{name} needs a {key}, the id of a node.")
        return None
    if node not in numbers:
        word = "leads from" if key == "source" else "leads to"
        problems.add((*path, key), f'{name} {word} "{node}", but there is no such node.')
    return numbers.get(node)


def _walk(ids: list[str]) -> str:
    shown = [f'"{printable(id_, 50)}"' for id_ in ids[:10]]
    if len(ids) > len(shown):
        shown.append(f"and {len(ids) - len(shown)} more, back")
    return " to ".join([*shown, shown[0]])


def _check_uses(
    steps: list[Step],
    edges: list[tuple[int, int]] | None,
    inputs: frozenset[str],
    problems: Problems,
) -> None:
    """Check that each reference names something that is there by then.

    Without edges, steps run in their order; with them, a node runs after those that lead to it.
    """
    known = {step.id: (number, step.outputs) for number, step in enumerate(steps)}
    between: list[tuple[int, int]] = []
    places: list[tuple[Path, str]] = []
    for number, step in enumerate(steps):
        for use in uses_in(step.fields):
            source = source_of(use.name, inputs, known)
            path = (*step.path, *use.path)
            if isinstance(source, Unknown):
                problems.add(path, f"{_uses(step, use.name)}, {source.reason}.")
            elif source == number:
                problems.add(path, f"{_uses(step, use.name)}, an output of its own.")
            elif source is not None:
                between.append((source, number))
                places.append((path, use.name))
    for at in _too_early(len(steps), edges, between):
        source, number = between[at]
        path, name = places[at]
        why = (
            f'but "{steps[source].id}" comes later'
            if edges is None
            else f'but no edges lead from "{steps[source].id}" to it'
        )
        problems.add(path, f"{_uses(steps[number], name)}, {why}.")


def _too_early(
    count: int, edges: list[tuple[int, int]] | None, between: list[tuple[int, int]]
) -> list[int]:
    if edges is None:
        return [at for at, (source, number) in enumerate(between) if source > number]
    return unreached(count, edges, between)


def _uses(step: Step, name: str) -> str:
    return f'Step "{step.id}" uses {{{{{printable(name, 300)}}}}}'
