"""How much a project may hold and a person may have: counted under locks, limited by settings.

The limits in force are those of the server or command that opened the database. Actions take them
from here, so they apply however an action is called, and no caller has to pass them on.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields

from gassapi_backend.server.errors import Conflict
from gassapi_backend.settings import PREFIX, Settings

MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Quotas:
    """The limits, under the names of their settings."""

    project_max_mb: int
    project_max_endpoints: int
    project_max_collections: int
    project_max_flows: int
    project_max_members: int
    project_max_tokens: int
    person_max_projects: int
    person_max_tokens: int
    import_max_mb: int
    import_max_items: int

    @classmethod
    def of(cls, settings: Settings) -> "Quotas":
        """Return the limits that settings set."""
        return cls(**{field.name: getattr(settings, field.name) for field in fields(cls)})


_DEFAULTS = Quotas(
    **{field.name: Settings.model_fields[field.name].default for field in fields(Quotas)}
)
_in_force: list[Quotas] = []


@contextmanager
def in_force(settings: Settings) -> Iterator[None]:
    """Have the limits of these settings apply in this process while the block runs."""
    quotas = Quotas.of(settings)
    _in_force.append(quotas)
    try:
        yield
    finally:
        _in_force.remove(quotas)


def quotas() -> Quotas:
    """Return the limits in force: by default, the settings' defaults."""
    return _in_force[-1] if _in_force else _DEFAULTS


def require(setting: str, wanted: int, *, so: str, now: str, unit: int = 1) -> None:
    """Raise ``Conflict`` if ``wanted``, the new total, exceeds the limit that a setting sets.

    ``so`` states the limit, ``now`` what to do; the setting counts in ``unit``.
    """
    limit = getattr(quotas(), setting)
    if wanted <= limit * unit:
        return
    raise Conflict(
        f"{so.format(limit=f'{limit:,}')}. {now} "
        f"The operator of this server can raise the limit, {PREFIX}{setting.upper()}.",
        details={"quota": setting, "limit": limit, "wanted": -(-wanted // unit)},
    )
