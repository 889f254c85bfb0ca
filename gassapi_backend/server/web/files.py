"""Files that come with the package: with an ``ETag``, and 304 for those who have them already."""

from collections.abc import Mapping
from pathlib import Path

from aiohttp import web

from gassapi_backend.server.errors import NotFound


def file_response(
    folder: Path, name: str, types: Mapping[str, str], headers: Mapping[str, str] | None = None
) -> web.FileResponse:
    """Answer with one of the files of a folder that ``types`` names, each with its media type.

    Raises ``NotFound`` for any other name, so that nothing else is opened, here or elsewhere.
    """
    if name not in types:
        raise NotFound("There is nothing at this address.")
    kind = {"Content-Type": f"{types[name]}; charset=utf-8"}
    return web.FileResponse(folder / name, headers={**kind, **(headers or {})})
