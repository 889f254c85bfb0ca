"""The context of calls to tools, resources and prompts: who calls, and in which project."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gassapi_backend.models.tokens import Scope
from gassapi_backend.server.access.admission import Entered, enter
from gassapi_backend.server.access.callers import Actor
from gassapi_backend.server.access.permissions import SCOPES, Permission
from gassapi_backend.server.errors import Forbidden, NotFound
from gassapi_backend.server.importing.programs import Importing
from gassapi_backend.server.web.answer_cache import AnswerCache
from gassapi_backend.settings import Settings
from gassapi_backend.vault import Vault

if TYPE_CHECKING:
    from aiohttp import web

READ_ONLY = (
    "This token may only read. Ask a member of the project for a token with the scope write."
)


@dataclass(frozen=True, slots=True)
class Call:
    """A caller with a token of a project, and the parts of the server that the call may need.

    ``extend`` gives the answer so many more seconds from now. ``written`` are parts of the result
    that are JSON already.
    """

    actor: Actor
    project_id: str
    scope: Scope
    program: Importing
    answers: AnswerCache
    extend: Callable[[float], None]
    request: "web.Request"
    written: dict[str, Any] = field(default_factory=dict)

    @property
    def settings(self) -> Settings:
        """The settings of the server."""
        return self.program.settings

    @property
    def vault(self) -> Vault:
        """What seals secret values."""
        return self.program.vault

    def require(self, permission: Permission) -> None:
        """Raise ``Forbidden`` if the token's scope does not allow it."""
        if permission not in SCOPES[self.scope]:
            raise Forbidden(READ_ONLY)

    async def enter(self, permission: Permission) -> Entered:
        """Enter the token's project. Raises ``Forbidden``."""
        self.require(permission)
        return await enter(self.actor, permission, "project_id", self.project_id)

    async def enter_at(self, permission: Permission, parameter: str, named: str) -> Entered:
        """Enter at something in the token's project, see ``access.admission.enter()``.

        Raises ``Forbidden``, and ``NotFound`` also for what is in another project: a token must
        not reveal anything about those.
        """
        self.require(permission)
        kind = parameter.removesuffix("_id")
        try:
            return await enter(self.actor, permission, parameter, named)
        except (Forbidden, NotFound):
            raise NotFound(f"There is no {kind} with this id in the project.") from None
