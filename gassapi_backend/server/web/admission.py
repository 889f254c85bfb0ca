"""Letting a request in: what its address or its body names, put where handlers find it."""

from aiohttp import web

from gassapi_backend.server.access.admission import SUBJECTS, enter
from gassapi_backend.server.access.decisions import check_kind
from gassapi_backend.server.access.permissions import ABOUT_NO_PROJECT, Permission
from gassapi_backend.server.web.idempotency import HEADER
from gassapi_backend.server.web.state import ACTOR, ENTERED, PROJECT, ROLE, SUBJECT


async def admit(
    request: web.Request,
    permission: Permission,
    *,
    is_counted: bool = False,
    is_decided_again: bool = False,
) -> None:
    """Let the caller of a request in, to all that its path names. Raises as ``enter()`` does.

    ``is_decided_again``: a change will decide, so that nothing is asked about who was let in to
    write here before. Not with an ``Idempotency-Key``, whose answer may come without a change.
    """
    caller = request[ACTOR].caller
    check_kind(caller, permission, is_admin=caller.is_admin)
    if permission in ABOUT_NO_PROJECT:
        return
    for parameter, named in request.match_info.items():
        if parameter == "project_id" or parameter in SUBJECTS:
            if is_decided_again:
                await _admit_again(request, permission, parameter, named)
            else:
                await admit_to(request, permission, parameter, named, is_counted=is_counted)


async def _admit_again(
    request: web.Request, permission: Permission, parameter: str, named: str
) -> None:
    """Put what is known of a subject on the request, if its caller was let in to it before."""
    caller, entered = request[ACTOR].caller, request.app[ENTERED]
    project_id = entered.project_of(caller, named)
    if project_id is not None and HEADER not in request.headers:
        request[SUBJECT] = {"id": named, "project_id": project_id}
        return
    await admit_to(request, permission, parameter, named)
    entered.note(caller, named, request[SUBJECT]["project_id"])


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
