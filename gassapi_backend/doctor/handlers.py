"""The check-up over HTTP."""

from aiohttp import web

from gassapi_backend.doctor.schemas import FindingsAnswer, finding_view
from gassapi_backend.doctor.state import DOCTOR


async def show_findings(request: web.Request) -> FindingsAnswer:
    """Check this server, as `gassapi-backend doctor` does, and list what is found.

    It takes 20 seconds at most, and its result is reused for 5 seconds.
    """
    found = await request.app[DOCTOR].findings()
    return {"findings": [finding_view(finding) for finding in found]}
