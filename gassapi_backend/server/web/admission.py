"""Letting a request in: what its address or its body names, put where handlers find it."""

from aiohttp import web

from gassapi_backend.server.access.admission import SUBJECTS, enter
from gassapi_backend.server.access.decisions import check_kind
from gassapi_backend.server.access.permissions import ABOUT_NO_PROJECT, Permission
from gassapi_backend.server.web.state import ACTOR, PROJECT, ROLE, SUBJECT


async def admit(request: web.Request, permission: Permission, *, is_counted: bool = False) -> None:
    """Let the caller of a request in, to all that its path names. Raises as ``enter()`` does."""
    caller = request[ACTOR].caller
    check_kind(caller, permission, is_admin=caller.is_admin)
    if permission in ABOUT_NO_PROJECT:
        return
    for parameter, named in request.match_info.items():
        if parameter == "project_id" or parameter in SUBJECTS:
            await admit_to(request, permission, parameter, named, is_counted=is_counted)


async def admit_to(
    request: web.Request,
    permission: Permission,
    parameter: str,
    named: str,
    *,
    is_counted: bool = False,
) -> None:
    """Put what is named on the request, as ``PROJECT`` or ``SUBJECT``, if the caller may enter."""
    entered = await enter(request[ACTOR], permission, parameter, named, is_counted=is_counted)
    request[ROLE] = entered.role
    if entered.subject is None:
        request[PROJECT] = entered.project
    else:
        request[SUBJECT] = entered.subject
