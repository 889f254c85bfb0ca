"""People and projects that no change has made."""

from gassapi_backend.clock import now
from gassapi_backend.models import Member, Project, User, folded


async def make_user(name: str = "ann") -> User:
    """Add a person past the server."""
    email = f"{name}@example.com"
    return await User.create(
        email=email, email_key=email, name=name, name_key=folded(name), password_hash="x"
    )


async def make_project() -> Project:
    """Add a project, and its owner, past the server."""
    owner = await make_user()
    project = await Project.create(
        owner=owner, name="Shop", name_key="shop", updated_at=now().replace(year=2020)
    )
    await Member.create(project=project, user=owner)
    return project
