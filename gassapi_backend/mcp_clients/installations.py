"""Which servers this program added to which clients, so that it can remove them again."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from gassapi_backend.own_files import Spoiled, changed_list, own_folder, read_list

FILE_NAME = "mcp-clients.json"


@dataclass(frozen=True, slots=True)
class Installation:
    """A server in a client's file. ``token_id`` is ``None`` for a token that was issued elsewhere.

    ``variable`` is the environment variable from which the client takes the token, if any.
    """

    client: str
    path: str
    name: str
    base_url: str
    project_id: str
    project: str
    token_id: str | None = None
    variable: str | None = None


class Installations:
    """All installations, as they are read and written."""

    def __init__(self, items: list[dict[str, str | None]]) -> None:
        try:
            self.all = [Installation(**item) for item in items]  # type: ignore[arg-type]  # checked here
        except TypeError:
            place = own_folder() / FILE_NAME
            raise Spoiled(
                f"{place} was written by another version. Move it away and try again."
            ) from None

    def of(self, client: str, path: Path, base_url: str, project_id: str) -> Installation | None:
        """Return what a project has in a client's file."""
        return next(
            (
                one
                for one in self.all
                if (one.client, one.path) == (client, str(path))
                and (one.base_url, one.project_id) == (base_url, project_id)
            ),
            None,
        )

    def put(self, new: Installation) -> None:
        """Add one, replacing the one of the same name in the same file.

        Those that take their token from the same variable use the new one from now on.
        """
        self.remove(new)
        if new.variable and new.token_id:
            self.all = [
                replace(one, token_id=new.token_id)
                if (one.variable, one.project_id) == (new.variable, new.project_id)
                else one
                for one in self.all
            ]
        self.all.append(new)

    def remove(self, old: Installation) -> None:
        """Forget one."""
        self.all = [one for one in self.all if (one.path, one.name) != (old.path, old.name)]

    def uses(self, token_id: str) -> bool:
        """Whether any known client uses a token."""
        return any(one.token_id == token_id for one in self.all)


def known() -> Installations:
    """Return what is installed. Raises ``Spoiled``."""
    return Installations(read_list(own_folder() / FILE_NAME))


@contextmanager
def changing() -> Iterator[Installations]:
    """Yield what is installed, for changing, to one process at a time. Raises ``Spoiled``."""
    with changed_list(own_folder() / FILE_NAME) as items:
        found = Installations(items)
        yield found
        items[:] = [asdict(one) for one in found.all]
