"""The row of a new environment, made without a database."""

from gassapi_backend.models import name_hash
from gassapi_backend.models.rows import StoredEnvironment

NO_VARIABLES = "[]"


def new_row(
    environment_id: str,
    *,
    project_id: str,
    name: str,
    revision: int,
    moment: str,
    description: str | None = None,
    variables: str = NO_VARIABLES,
    is_default: bool = False,
) -> StoredEnvironment:
    """Return the row of an environment; ``variables`` and ``moment`` as they are stored."""
    return {
        "id": environment_id,
        "project_id": project_id,
        "name": name,
        "name_hash": name_hash(name),
        "description": description,
        "variables": variables,
        "default_of": project_id if is_default else None,
        "revision": revision,
        "created_at": moment,
        "updated_at": moment,
    }
