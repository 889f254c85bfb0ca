"""Projects over HTTP."""

from tests.conftest import Api


async def test_a_new_project_has_its_default_environment_and_owner(api: Api) -> None:
    ann = await api.person()
    project = await api.project(ann, "Shop", description="All of it")
    assert project["userRole"] == "owner"
    assert project["memberCount"] == 1
    config = await api.json("POST", f"/projects/{project['id']}/generate-config", ann, expect=201)
    assert config["config"]["environment"] == {"active": "Development", "variables": {}}
