"""The subject of an import or export, found by name or id."""

from collections.abc import Sequence
from typing import Any

from gassapi_backend.server.errors import Invalid


async def chosen_project(wanted: str | None) -> Any:
    """Return the project with a name or id; for ``None``, the only one there is."""
    from gassapi_backend.cli.projects import find_project

    return await find_project(wanted, code=2)


async def chosen_collection(project: Any, wanted: str) -> Any:
    """Return the collection of a project with a name or id. Raises ``Invalid``."""
    from gassapi_backend.server.collections.queries import list_collections

    found = await list_collections(project["id"])
    matching = _matching(found, wanted)
    if not matching:
        raise Invalid(f'There is no collection "{wanted}" in {project["name"]}.')
    if len(matching) > 1:
        paths = _paths(found)
        lines = [f"  {one['id']}  {paths[one['id']]}" for one in matching]
        raise Invalid("Which one? Give its id:\n" + "\n".join(lines))
    return matching[0]


async def chosen_environment(project: Any, wanted: str) -> Any:
    """Return the environment of a project with a name or id. Raises ``Invalid``."""
    from gassapi_backend.server.environments.queries import list_environments

    found = await list_environments(project["id"])
    if matching := _matching(found, wanted):
        return matching[0]
    names = ", ".join(f'"{one["name"]}"' for one in found[:20])
    raise Invalid(f'There is no environment "{wanted}" in {project["name"]}. There are: {names}.')


def _matching(found: Sequence[Any], wanted: str) -> list[Any]:
    """Return what has an id, or a name regardless of case."""
    from gassapi_backend.models import folded, is_id

    if is_id(wanted):
        return [one for one in found if one["id"] == wanted]
    return [one for one in found if folded(one["name"]) == folded(wanted)]


def _paths(collections: Sequence[Any]) -> dict[str, str]:
    """Return the paths of collections, by id."""
    by_id = {one["id"]: one for one in collections}
    found = {}
    for id_ in by_id:
        names, at = list[str](), by_id.get(id_)
        while at is not None:
            names.insert(0, at["name"])
            at = by_id.get(at["parent_id"])
        found[id_] = " / ".join(names)
    return found
