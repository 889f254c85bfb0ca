"""The demo project over HTTP: whole, its caller's own, made in one change."""

from gassapi_backend.models import AuditEntry, Flow, Member, Project
from gassapi_backend.server.importing.demo import scene
from gassapi_backend.server.importing.demo.shop import SHOP, Folder
from tests.conftest import Api, audited, everything


def size(folders: tuple[Folder, ...]) -> tuple[int, int]:
    below = [size(folder.folders) for folder in folders]
    collections = len(folders) + sum(one for one, _ in below)
    endpoints = sum(len(folder.endpoints) for folder in folders) + sum(one for _, one in below)
    return collections, endpoints


def names(folders: tuple[Folder, ...]) -> list[object]:
    """Return the names of collections and of what is in each, in order."""
    return [
        [one.name, [each["name"] for each in one.endpoints], names(one.folders)] for one in folders
    ]


async def test_it_has_all_that_the_demo_of_dev_has_in_one_change(api: Api) -> None:
    ann = await api.person()
    before = len(await audited())
    made = await api.json("POST", "/projects/demo", ann, json={}, expect=201)
    assert len(await audited()) == before + 1
    collections, endpoints = size(SHOP)
    variables = sum(len(one["variables"]) for one in scene.ENVIRONMENTS)
    imported = made["imported"]
    assert (imported["collections"], imported["endpoints"]) == (collections, endpoints)
    assert imported["environments"] == len(scene.ENVIRONMENTS)
    assert imported["variables"] >= variables
    project = (await api.json("GET", f"/projects/{made['projectId']}", ann))["project"]
    assert (project["name"], project["userRole"]) == ("Demo shop", "owner")
    assert project["settings"] == scene.SHOP_SETTINGS
    assert await Flow.filter(project_id=project["id"]).count() == made["flows"] == 2
    flow = await Flow.get(name="Pay and track")
    assert flow.collection_id is not None

    context = await api.json("GET", f"/projects/{project['id']}/context", ann)
    (default,) = [one for one in context["environments"] if one["isDefault"]]
    assert default["name"] == scene.ENVIRONMENTS[0]["name"]

    def shown(tree: list[dict[str, object]]) -> list[object]:
        return [
            [one["name"], [each["name"] for each in one["endpoints"]], shown(one["subCollections"])]  # type: ignore[attr-defined, arg-type]  # JSON
            for one in tree
        ]

    assert shown(context["collections"]) == names(SHOP)


async def test_it_may_be_had_again_under_another_name_and_by_others(api: Api) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    for who, body in ((ann, {}), (ann, {"name": "Mine"}), (bob, {"name": None})):
        await api.json("POST", "/projects/demo", who, json=body, expect=201)
    assert sorted(await Project.all().values_list("name", flat=True)) == [
        "Demo shop",
        "Demo shop",
        "Mine",
    ]
    assert await Member.filter(user_id=bob.id).count() == 1


async def test_what_is_wrong_makes_nothing(api: Api) -> None:
    ann = await api.person()
    before = await everything()
    for body in ({"name": ""}, {"name": "x" * 256}, {"title": "x"}, {"name": 5}):
        await api.json("POST", "/projects/demo", ann, json=body, expect=400)
    await api.json("POST", "/projects/demo", json={}, expect=401)
    assert await everything() == before
    assert await AuditEntry.filter(action="project_imported").count() == 0
