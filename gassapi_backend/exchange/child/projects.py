"""What a child makes of an exported project: prepared rows, with the ids that they had."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

from gassapi_backend.exchange.child.frames import Frame
from gassapi_backend.exchange.child.jobs import described, node_frame
from gassapi_backend.exchange.fitting import Limits, fit
from gassapi_backend.exchange.gassapi import Project, read_project
from gassapi_backend.exchange.loading import json_text, load
from gassapi_backend.exchange.tree import Folder, Json, Node
from gassapi_backend.folding import folded


def read(options: Json, data: bytes) -> Iterator[Frame]:
    """Yield a project: first what it is, then its nodes as ``jobs.read()`` does, then its flows.

    A node's ``ref`` is the id that it had; its ``refs`` are what its origin refers to by such ids.
    """
    source = load(data, options.get("name", ""), max_bytes=options["maxBytes"])
    project = read_project(source.data)
    fit(project.document, folded, Limits(**options.get("limits", {})))
    yield Frame({"document": described(project.document), "project": project.info})
    numbers = count()
    for environment in project.document.environments:
        yield _frame(project, environment, next(numbers), None, 0)
    for place, collection in enumerate(project.document.collections):
        yield from _frames_of(project, collection, place, numbers)
    for flow in project.flows:
        yield Frame({"flow": flow})


def _frames_of(
    project: Project, collection: Folder, place: int, numbers: Iterator[int]
) -> Iterator[Frame]:
    waiting: list[tuple[Node, int | None, int]] = [(collection, None, place)]
    while waiting:
        node, parent, position = waiting.pop()
        number = next(numbers)
        yield _frame(project, node, number, parent, position)
        if isinstance(node, Folder):
            waiting += [(item, number, at) for at, item in enumerate(node.items)]


def _frame(project: Project, node: Node, number: int, parent: int | None, position: int) -> Frame:
    frame = node_frame(node, number, parent, position)
    ref = node.id or ""
    fields = dict(frame.said["fields"])
    for name in project.objects.get(ref, ()):
        fields[name] = json_text({one["key"]: one["value"] for one in getattr(node, name)})
    return replace(
        frame, said={**frame.said, "fields": fields, "ref": ref, "refs": project.refs.get(ref)}
    )
